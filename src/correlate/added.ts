/**
 * Copies for addresses that the configuration names (archives, journals): our servers add them, and no line tells them from
 * what the sender typed (Postfix always_bcc, recipient_bcc_maps: cleanup_addr.c cleanup_addr_bcc_dsn(); Exim's `unseen`
 * routers).
 */
import { type Entry, sameAddress } from './entry.ts';
import type { Hop } from './hop.ts';

/** Marks them, but where the sender wrote to nobody else, or the log shows that it was typed. */
export function markAdded(root: Hop, entries: readonly Entry[], isAdded: (address: string) => boolean): void {
  const copies = entries.filter(
    (entry) => entry.added === undefined && isCopy(entry, entries, isAdded) && !isTyped(root, entry),
  );
  if (copies.length === 0 || entries.every((entry) => entry.added !== undefined || copies.includes(entry))) return;
  for (const copy of copies) copy.added = 'bcc';
}

/** The archive itself, or what a router sent to it beside the recipient's own end. */
function isCopy(entry: Entry, all: readonly Entry[], isAdded: (address: string) => boolean): boolean {
  const { address, finalAddress } = entry;
  if (address === undefined) return false;
  if (isAdded(address)) return true;
  return (
    finalAddress !== undefined &&
    isAdded(finalAddress) &&
    all.some((other) => other !== entry && other.address !== undefined && sameAddress(other.address, address))
  );
}

/** The client named it: in RCPT lines, or in the list that the arrival declares (Exim `for …`). */
function isTyped(root: Hop, { address, finalAddress }: Entry): boolean {
  if (address === undefined || finalAddress !== undefined) return false;
  const isIt = (other: string | undefined): boolean => other !== undefined && sameAddress(other, address);
  return (
    (root.declared && root.named?.some(isIt) === true) ||
    root.acts?.some((act) => isIt(act.recipient)) === true ||
    root.refusals?.some((refusal) => isIt(refusal.recipient)) === true
  );
}
