/** What is not plain is read by the formats: its lines so far, and all to come. */
import { type i32, ld } from './memory.ts';
import { isChaining } from './chains.ts';
import { ABANDONED, CHILD, FIRST, has, IS_SESSION, letOut, NEXT, PARENT, SESSION, SIBLING, SLOW } from './records.ts';

export function rootOf(mail: i32): i32 {
  let root = mail;
  while (ld(root + PARENT) !== 0) root = ld(root + PARENT);
  return root;
}

export function letTreeOut(mail: i32): void {
  if (!has(mail, SLOW)) {
    letOut(mail);
    const session = ld(mail + SESSION);
    // its lines are part of the chain, and of those of its other mails
    const isPart = isChaining || has(mail, ABANDONED);
    if (isPart && session !== 0 && !has(session, SLOW)) readSession(session);
  }
  for (let child = ld(mail + CHILD); child !== 0; child = ld(child + SIBLING)) letTreeOut(child);
}

/** The mail, with all that it is part of, must be read. */
export function read(mail: i32): void {
  const root = rootOf(mail);
  if (!has(mail, SLOW) || !has(root, SLOW)) letTreeOut(root);
}

/** The session must be read, with all its mails. */
export function readSession(session: i32): void {
  if (!has(session, SLOW)) letOut(session);
  for (let mail = ld(session + FIRST); mail !== 0; mail = ld(mail + NEXT)) read(mail);
}

export function readRecord(record: i32): void {
  if (has(record, IS_SESSION)) readSession(record);
  else read(record);
}
