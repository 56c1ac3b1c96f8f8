/**
 * `explain --redact`: a report, its explanations and what was given, with pseudonyms in place of people, hosts and subjects.
 * They are explained first: rows know a provider by its name. What a report says to people in free words is left out, as names
 * may stand there in any form.
 */
import type { Explained } from '../../explain/explain-bounce.ts';
import { LISTS } from '../../explain/lists-table.ts';
import type { BounceReport } from '../../model/bounce.ts';
import type { Message } from '../../model/message.ts';
import type { Redactor } from '../../render/redact/index.ts';
import type { Absence } from './absent.ts';

const NOTHING = { recipients: [], verdicts: [], hops: [], notes: [] };

/** Header fields of a mail are redacted as those of a message in a log. */
function fieldsOf(redactor: Redactor, fields: Partial<Message>): Partial<Message> {
  const { sender, from, subject, messageId } = redactor.message({ ...NOTHING, ...fields } as unknown as Message);
  return {
    ...(sender === undefined ? {} : { sender }),
    ...(from === undefined ? {} : { from }),
    ...(subject === undefined ? {} : { subject }),
    ...(messageId === undefined ? {} : { messageId }),
  };
}

const peopleOf = (redactor: Redactor, people: string): string => fieldsOf(redactor, { from: people }).from ?? '';
/** X.400 names and commands have no shape of an address. */
const addressOf = (redactor: Redactor, address: string): string =>
  /^[/|:]/.test(address)
    ? peopleOf(redactor, address.replace(/@/g, ' '))
    : (fieldsOf(redactor, { sender: address }).sender ?? '');

/** A name that is a host's by its field, whatever its shape. */
function hostOf(redactor: Redactor, name: string): string {
  const client = { ...NOTHING, client: { name } } as unknown as Message;
  return redactor.message(client).client?.name ?? '';
}

/** What stands in the way of shapes alone: the report's own addresses. */
export function typedOf({ recipients, original, complaint }: BounceReport): string[] {
  const named = recipients.flatMap(({ address, original: written }) => [address, written]);
  return [...named, original.sender, ...(complaint?.recipients ?? [])].filter((each) => each !== undefined);
}

export function redactedReport(report: BounceReport, redactor: Redactor): BounceReport {
  const { original, reporter, envelopeId, complaint, from: _from, to: _to, subject: _subject, ...others } = report;
  const { messageId, sender, from, subject, to, received: _received, ...rest } = original;
  const told = { typed: typedOf(report) };
  const fields = fieldsOf(redactor, {
    ...(messageId === undefined ? {} : { messageId }),
    ...(sender === undefined ? {} : { sender }),
    ...(from === undefined ? {} : { from }),
    ...(subject === undefined ? {} : { subject }),
  });
  return {
    ...others,
    recipients: [],
    received: [],
    original: { ...rest, ...fields, received: [], ...(to === undefined ? {} : { to: peopleOf(redactor, to) }) },
    ...(reporter === undefined ? {} : { reporter: hostOf(redactor, reporter) }),
    ...(envelopeId === undefined ? {} : { envelopeId: redactor.text(envelopeId, told) }),
    ...(complaint === undefined
      ? {}
      : {
          complaint: {
            ...complaint,
            recipients: complaint.recipients.map((address) => addressOf(redactor, address)),
            reportedDomains: complaint.reportedDomains.map((host) => hostOf(redactor, host)),
            ...(complaint.sourceIp === undefined ? {} : { sourceIp: redactor.text(complaint.sourceIp) }),
          },
        }),
  };
}

export function redactedExplained(explained: Explained, redactor: Redactor, typed: readonly string[]): Explained {
  const { recipient, list, logged } = explained;
  const { address, original, reply, remote, said: _said, ...rest } = recipient;
  const hosts = [remote, logged?.remote].filter((host) => host !== undefined);
  const text = (value: string): string => redactor.text(value, { typed, hosts });
  return {
    ...explained,
    recipient: {
      ...rest,
      ...(address === undefined ? {} : { address: addressOf(redactor, address) }),
      ...(original === undefined ? {} : { original: addressOf(redactor, original) }),
      ...(reply === undefined ? {} : { reply: text(reply) }),
      ...(remote === undefined ? {} : { remote: hostOf(redactor, remote) }),
    },
    list: list && (LISTS.some(({ name }) => name === list.name) ? list : { name: text(list.name) }),
    ...(logged === undefined
      ? {}
      : {
          logged: {
            ...logged,
            ...(logged.reply === undefined ? {} : { reply: text(logged.reply) }),
            ...(logged.remote === undefined ? {} : { remote: hostOf(redactor, logged.remote) }),
          },
        }),
  };
}

export function redactedAbsence(absence: Absence, redactor: Redactor, typed: readonly string[]): Absence {
  return { ...absence, evidence: absence.evidence.map((text) => redactor.text(text, { typed })) };
}
