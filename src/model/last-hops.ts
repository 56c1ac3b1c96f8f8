/**
 * Delivery programs behind pipe(8) that store a mail and hand nothing in again: what master.cf calls them begins so.
 * Source: Dovecot's dovecot-lda page (`dovecot unix - n n - - pipe`); what its Sieve forwards, it tells itself.
 * maildrop is none: maildropfilter(7) `to "! a@b"` and `cc` hand the mail in again by sendmail(1) (recorded: fixtures/last-hops).
 */
export const LAST_HOPS: readonly string[] = ['dovecot'];

/** Whether a service or transport of this name stores; others that tell of a mailbox may be filters by their pipes (Exim names no kind). */
export function isLastHop(name: string | undefined): boolean {
  return name !== undefined && LAST_HOPS.some((one) => name.startsWith(one));
}
