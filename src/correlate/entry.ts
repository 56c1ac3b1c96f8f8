/**
 * A recipient in the making, and addresses as they are compared.
 */
import type { Instant } from '../model/message.ts';
import type { Action, Status } from '../model/words.ts';
import type { End, Hop, Refusal } from './hop.ts';

export const low = (s: string): string => s.toLowerCase();

/** A recipient in the making. */
export interface Entry {
  address: string | undefined;
  finalAddress: string | undefined;
  via: string[];
  status: Status;
  /** what filters did, if anything; undefined = nothing that changed it */
  action: Action | undefined;
  at: Instant | undefined;
  code: number;
  codeFromDaemon: boolean;
  dsn: string | undefined;
  reply: string | undefined;
  reason: string | undefined;
  relayName: string | undefined;
  relayIp: string | undefined;
  port: number;
  remoteId: string | undefined;
  mailbox: string | undefined;
  attempts: number;
  added: 'bcc' | 'redirect' | undefined;
  /** refused at RCPT: none that the server took */
  notTaken: boolean;
  /** the lines that would tell of it are missing */
  untold: boolean;
  /** the hop where it ended */
  hop: Hop;
  end: End | undefined;
}

export function blank(hop: Hop, address: string | undefined): Entry {
  return {
    address,
    finalAddress: undefined,
    via: [],
    status: 'pending',
    action: undefined,
    at: undefined,
    code: 0,
    codeFromDaemon: false,
    dsn: undefined,
    reply: undefined,
    reason: undefined,
    relayName: undefined,
    relayIp: undefined,
    port: -1,
    remoteId: undefined,
    mailbox: undefined,
    attempts: 0,
    added: undefined,
    notTaken: false,
    untold: false,
    hop,
    end: undefined,
  };
}

export function fromRefusal(hop: Hop, address: string | undefined, refusal: Refusal): Entry {
  const entry = blank(hop, address);
  entry.status =
    refusal.outcome === 'greylisted' ? 'greylisted' : refusal.outcome === 'aborted' ? 'aborted' : 'rejected';
  if (refusal.outcome !== 'aborted') entry.action = refusal.outcome;
  entry.notTaken = !refusal.final && refusal.outcome !== 'aborted';
  entry.at = refusal.at;
  entry.code = refusal.code;
  entry.codeFromDaemon = refusal.codeFromDaemon;
  entry.dsn = refusal.dsn;
  entry.reply = refusal.reply;
  return entry;
}

export function sameAddress(a: string, b: string): boolean {
  return a === b || low(a) === low(b) || bareAddress(a) === bareAddress(b);
}

const QUOTE = 0x22;

/** Lower case, without needless quotes: `"ann"@x` is `ann@x`. */
export function bareAddress(a: string): string {
  return a.charCodeAt(0) === QUOTE ? low(a).replace(/^"([^"\\]+)"@/, '$1@') : low(a);
}

export function carried(entry: Entry, typed: string, passed: string): Entry {
  const final = entry.finalAddress ?? entry.address ?? passed;
  const via = [...entry.via];
  for (const a of [passed, entry.address]) if (a !== undefined && !via.some((v) => sameAddress(v, a))) via.push(a);
  return { ...entry, address: typed, finalAddress: sameAddress(final, typed) ? undefined : final, via };
}
