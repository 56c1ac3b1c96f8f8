/**
 * `--redact`: messages, raw lines and sentences with pseudonyms in place of people, hosts and subjects, ready to be rendered.
 * Queue ids, times, codes, words and the ids of messages stay: by them a shared result is still about something.
 * Errors: none; a text that nothing is known of goes through the shapes alone.
 */
import { isUtf8 } from 'node:buffer';
import { isIP } from 'node:net';
import { decodeText } from '../../model/frame.ts';
import type { Client, Message, Recipient, Relay, Session, Verdict } from '../../model/message.ts';
import type { InputProblem, RunSummary } from '../../model/run.ts';
import type { RawLine } from '../contract.ts';
import { addressToken } from './address.ts';
import { redactJson } from './json-text.ts';
import { Known } from './known.ts';
import type { PseudonymOptions } from './pseudonyms.ts';
import { Pseudonyms } from './pseudonyms.ts';
import { peopleToken, redactText, subjectToken } from './text.ts';
import { isLogWord, isPathWord } from './vocabulary.ts';

/** Fields that are given are changed; a field that the log does not tell stays away. */
function changed<T extends object>(
  given: T,
  changes: { readonly [K in keyof T]?: (value: NonNullable<T[K]>) => T[K] },
): T {
  const out = { ...given };
  for (const name of Object.keys(changes) as (keyof T)[]) {
    const value = given[name];
    if (value !== undefined && value !== null) out[name] = (changes[name] as (value: unknown) => T[keyof T])(value);
  }
  return out;
}

/** Names that a sentence of ours may hold. */
export interface Told {
  /** what was searched for */
  readonly typed?: readonly string[];
  readonly hosts?: readonly string[];
}

export class Redactor {
  readonly #names: Pseudonyms;

  constructor(options: PseudonymOptions) {
    this.#names = new Pseudonyms(options);
  }

  /** A sentence of ours, an answer, a note. */
  text(text: string, { typed = [], hosts = [] }: Told = {}): string {
    const known = Known.ofTyped(typed);
    for (const host of hosts) known.host(host);
    return redactText(this.#names, text, { known });
  }

  /** The same message, a copy. Its raw lines are those of the original: see `lines`. */
  message(message: Message): Message {
    const known = Known.of(message);
    const text = this.#textOf(known);
    const address = (value: string): string => this.#address(value, known);
    return changed(message, {
      sender: address,
      from: (value) => peopleToken(this.#names, value),
      subject: (value) => subjectToken(this.#names, value),
      messageId: (value) => addressToken(this.#names, value),
      client: (value) => this.#client(value, known),
      verdicts: (value) => value.map((verdict) => this.#verdict(verdict, known)),
      hops: (value) =>
        value.map((hop) =>
          changed(hop, {
            host: (host) => this.#host(host),
            queueId: (id) => (id.includes('@') ? text(id) : id),
          }),
        ),
      recipients: (value) => value.map((recipient) => this.#recipient(recipient, known)),
      notes: (value) => value.map((note) => changed(note, { text })),
    });
  }

  /** The raw lines of a message or session. */
  lines(lines: readonly RawLine[], of: Message | Session): RawLine[] {
    const known = 'recipients' in of ? Known.of(of) : Known.ofSession(of);
    for (const { host } of lines) known.host(host);
    return lines.map((line) => {
      const bytes = Buffer.from(line.bytes.buffer, line.bytes.byteOffset, line.bytes.byteLength);
      const text = decodeText(bytes, 0, bytes.length);
      const out = redactJson(this.#names, text, known) ?? redactText(this.#names, text, { known, host: line.host });
      return {
        ...line,
        file: this.path(line.file),
        ...(line.host === undefined ? {} : { host: this.#host(line.host) }),
        bytes: Buffer.from(out, isUtf8(bytes) ? 'utf8' : 'latin1'),
      };
    });
  }

  session(session: Session): Session {
    const known = Known.ofSession(session);
    return changed(session, {
      host: (value) => this.#host(value),
      client: (value) => this.#client(value, known),
      text: this.#textOf(known),
    });
  }

  /** A path as it was given: parts that logs are named by stay, others (whose log it is) do not. */
  path(path: string): string {
    return path.replace(/[^/]+/g, (part) =>
      part
        .split(/([.@_-]+)/)
        .map((word, i) => (i % 2 === 1 || word === '' || isPathWord(word) ? word : this.#names.token('file', word)))
        .join(''),
    );
  }

  /** What a run tells of its inputs. */
  summary(summary: RunSummary): RunSummary {
    return {
      ...summary,
      sources: summary.sources.map((source) => ({
        ...source,
        path: this.path(source.path),
        ...(source.sample === undefined
          ? {}
          : {
              sample: {
                ...source.sample,
                text: redactJson(this.#names, source.sample.text) ?? this.text(source.sample.text),
              },
            }),
      })),
      problems: summary.problems.map((problem) => this.problem(problem)),
      assumptions: summary.assumptions.map((text) => this.sentence(text, summary)),
    };
  }

  problem(problem: InputProblem): InputProblem {
    return changed(problem, {
      where: (where) => this.path(where),
      what: (what) => this.text(what),
      help: (help) => this.text(help),
    });
  }

  /** A sentence that may name inputs. */
  sentence(text: string, { sources }: Pick<RunSummary, 'sources'>, told: Told = {}): string {
    let out = text;
    for (const { path } of sources.toSorted((a, b) => b.path.length - a.path.length))
      out = out.replaceAll(path, this.path(path));
    return this.text(out, told);
  }

  #textOf(known: Known): (text: string) => string {
    return (text) => redactText(this.#names, text, { known });
  }

  /** An address, or what stands in place of one: a file, a command. */
  #address(value: string, known: Known): string {
    return /^[|/:]/.test(value) ? redactText(this.#names, value, { known }) : addressToken(this.#names, value);
  }

  #host(name: string): string {
    return redactText(this.#names, name) === name ? this.#names.host(name) : redactText(this.#names, name);
  }

  #ip(value: string): string {
    return isIP(value) === 0 ? this.#names.token('host', value) : this.#names.ip(value);
  }

  #client(client: Client, known: Known): Client {
    return changed(client, {
      ip: (value) => this.#ip(value),
      name: (value) => (value === 'unknown' ? value : this.#host(value)),
      helo: (value) => this.#host(value),
      user: (value) => addressToken(this.#names, value),
      tls: this.#textOf(known),
    });
  }

  #verdict(verdict: Verdict, known: Known): Verdict {
    const text = this.#textOf(known);
    return changed(verdict, {
      host: (value) => this.#host(value),
      reason: text,
      quarantineId: (value) => (value.includes('@') || value.includes('/') ? text(value) : value),
      recipients: (value) => value.map((address) => this.#address(address, known)),
    });
  }

  #relay(relay: Relay): Relay {
    const isTransport = (name: string): boolean => relay.ip === undefined && !name.includes('.') && isLogWord(name);
    return changed(relay, {
      name: (value) => (isTransport(value) || value.includes('/') ? value : this.#host(value)),
      ip: (value) => this.#ip(value),
    });
  }

  #recipient(recipient: Recipient, known: Known): Recipient {
    const text = this.#textOf(known);
    const address = (value: string): string => this.#address(value, known);
    return changed(recipient, {
      address,
      finalAddress: address,
      mailbox: text,
      reply: text,
      relay: (value) => this.#relay(value),
      remoteId: (value) => (/[@/]|\.\p{L}{2,}$/u.test(value) ? text(value) : value),
      via: (value) => value.map(address),
    });
  }
}
