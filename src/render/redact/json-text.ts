/**
 * Lines that are JSON, or end in it (journald, Docker, collectors, KumoMTA, Haraka): every text in them is redacted by what it
 * says and by the key it stands under, then the object is written again. journald's byte arrays are texts, too.
 */
import { isIP } from 'node:net';
import { isUtf8 } from 'node:buffer';
import { addressToken } from './address.ts';
import type { Known } from './known.ts';
import { NOTHING_KNOWN } from './known.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import { peopleToken, redactText, subjectToken } from './text.ts';

const DEEPEST = 30;

const SUBJECT_KEY = /subject/i;
const HOST_KEY =
  /^_?(?:host(?:name)?|.*[_-]host(?:name)?|helo|ehlo|rdns|node|nodename|server|client_name|container_name|machine|_machine_id|_hostname)$/i;
const USER_KEY = /^(?:user(?:name)?|login|account|auth_?user|sasl_username|authn_id|owner|mailbox_user)$/i;
const PEOPLE_KEY =
  /^(?:from|to|cc|bcc|sender|recipient|recipients|rcpt|rcpts|mail_from|rcpt_to|reply_to|header_from|mime_from|smtp_from)$/i;

/** The line with its JSON redacted; undefined where it holds none. */
export function redactJson(names: Pseudonyms, line: string, known: Known = NOTHING_KNOWN): string | undefined {
  const start = line.indexOf('{');
  if (start < 0 || !line.trimEnd().endsWith('}')) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(line.slice(start));
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const before = start === 0 ? '' : redactText(names, line.slice(0, start), { known });
  return before + JSON.stringify(redactValue(names, parsed, '', known, 0));
}

function redactValue(names: Pseudonyms, given: unknown, key: string, known: Known, depth: number): unknown {
  if (depth > DEEPEST) return undefined;
  if (typeof given === 'string') return redactKeyed(names, given, key, known);
  if (Array.isArray(given)) {
    const text = textOfBytes(given);
    if (text !== undefined) return [...Buffer.from(redactText(names, text, { known }))];
    return given.map((each) => redactValue(names, each, key, known, depth + 1));
  }
  if (typeof given !== 'object' || given === null) return given;
  const entries = Object.entries(given).map(([name, each]) => [
    name.includes('@') ? redactText(names, name, { known }) : name,
    // KumoMTA: enhanced_code {class, subject, detail} are numbers and pass
    redactValue(names, each, name, known, depth + 1),
  ]);
  return Object.fromEntries(entries);
}

function redactKeyed(names: Pseudonyms, text: string, key: string, known: Known): string {
  if (SUBJECT_KEY.test(key)) return subjectToken(names, text);
  if (HOST_KEY.test(key) && /^[\p{L}\p{N}_.-]+$/u.test(text) && isIP(text) === 0) return names.host(text);
  if (USER_KEY.test(key) && !/\s/.test(text)) return addressToken(names, text);
  if (PEOPLE_KEY.test(key)) return /^[^\s<>]+$/.test(text) ? addressToken(names, text) : peopleToken(names, text);
  return redactJson(names, text, known) ?? redactText(names, text, { known });
}

/** Bytes as journald writes what is not UTF-8 or holds controls (systemd.journal-fields(7)). */
function textOfBytes(given: readonly unknown[]): string | undefined {
  if (
    given.length < 4 ||
    !given.every((each) => Number.isInteger(each) && (each as number) >= 0 && (each as number) < 256)
  )
    return undefined;
  const bytes = Buffer.from(given as number[]);
  if (!/[ -~]{4}/.test(bytes.toString('latin1'))) return undefined;
  return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
}
