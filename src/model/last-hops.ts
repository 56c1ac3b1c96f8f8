/**
 * Delivery programs behind pipe(8) that store a mail and hand nothing in again: what master.cf calls them begins so.
 * Sources: Dovecot's dovecot-lda page (`dovecot unix - n n - - pipe`), MAILDROP_README (`maildrop unix - n n - - pipe`).
 */
export const LAST_HOPS: readonly string[] = ['dovecot', 'maildrop'];

/** Whether a service or transport of this name stores; others that tell of a mailbox may be filters by their pipes (Exim names no kind). */
export function isLastHop(name: string | undefined): boolean {
  return name !== undefined && LAST_HOPS.some((one) => name.startsWith(one));
}
