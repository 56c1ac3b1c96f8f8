/**
 * What to do about an answer, seen from the server whose logs are read.
 * The tables say what the side that must act has to do. Here that becomes something the reader can do: nobody waits for an
 * attempt that does not come, nobody is sent to the log of a server that is not theirs, and no administrator is told to
 * ask themselves.
 * Shape:  plain sentences with `{domain}` in them, as the tables have them.
 */
import type { Advice, TableSide } from './advice.ts';
import type { Reason } from './reason-words.ts';

export interface View {
  /** our own server gave the answer */
  readonly own: boolean;
  /** no further attempt comes: the mail bounced, expired or was refused for good */
  readonly over: boolean;
  /** the mail lies in a queue and is tried again by itself */
  readonly waits: boolean;
  readonly expired: boolean;
}

const NEXT_ATTEMPT = /next attempt|tries again by itself/;
const ASKS_DOMAIN = 'administrator of {domain}';

const RESEND = 'Send the mail again later; if that fails too, tell the administrator of {domain}.';

/** In place of waiting, where nothing comes any more. */
const AGAIN: Readonly<Record<TableSide, string>> = {
  network: 'Test whether port 25 of the mail server of {domain} answers; when it does, send the mail again.',
  'receiving-server': RESEND,
  nobody: RESEND,
  recipient: 'Reach the recipient by other means, and send the mail again later.',
  sender: RESEND,
  'sending-server':
    'Look for misused accounts and other causes on the sending server, then send the mail again; the answer may say more.',
  us: 'Look at the log of our mail server for the cause, then send the mail again.',
};

const OUR_RULE = 'Find the rule of our server that refused it, and allow the sender if the mail is wanted.';
const OUR_LOG = 'Look at the log and the configuration of our mail server.';
const TELL_SENDER = 'Tell the administrator of the sending server';

/** What to do about `row`. */
export function todoFor(row: Advice & { readonly reason?: Reason | undefined }, view: View): string {
  const { todo, side } = row;
  if (side === 'receiving-server' && view.own) {
    // Our own server: there is no one else to tell, and waiting mends nothing.
    if (row.ownTodo !== undefined) return row.ownTodo;
    if (todo.includes(ASKS_DOMAIN)) return row.reason === 'policy' || row.reason === 'refused' ? OUR_RULE : OUR_LOG;
  }
  const saysWait = NEXT_ATTEMPT.test(todo);
  if (view.over && (saysWait || (view.expired && side === 'network' && !todo.includes('again')))) return AGAIN[side];
  const told = side !== 'sending-server' || !view.own || saysWait ? todo : toldSender(todo);
  return view.waits ? withoutResend(told) : told;
}

function toldSender(todo: string): string {
  if (todo.includes(ASKS_DOMAIN)) return `${TELL_SENDER} the exact words of the answer.`;
  return `${TELL_SENDER}: ${todo.charAt(0).toLowerCase()}${todo.slice(1)}`;
}

/** A mail that waits in a queue must not be sent a second time. */
function withoutResend(todo: string): string {
  return todo
    .replace(/, then send the mail again\.$/, '; the server tries again by itself.')
    .replace(/^Send the mail again; /, 'Wait for the next attempt; ');
}
