/**
 * Which mail a report that came in later is about: an OOB record has the id of the report, and of the mail only its sender
 * and recipient.
 * Source: KumoMTA crates/kumod/src/logging/disposition.rs log_disposition().
 * Bounds: the last pairs of sender and recipient.
 */
const MAX_PAIRS = 100_000;

export class Sent {
  /** ids of mails that a server took; '' where several are of one pair */
  private readonly byPair = new Map<string, string>();

  note(sender: string | undefined, recipient: string, id: string): void {
    const key = keyOf(sender, recipient);
    const known = this.byPair.get(key);
    this.byPair.delete(key);
    this.byPair.set(key, known === undefined || known === id ? id : '');
    if (this.byPair.size <= MAX_PAIRS) return;
    for (const oldest of this.byPair.keys()) {
      this.byPair.delete(oldest);
      return;
    }
  }

  /** That mail bounced in the session: no report will come for it. */
  forget(sender: string | undefined, recipient: string, id: string): void {
    const key = keyOf(sender, recipient);
    if (this.byPair.get(key) === id) this.byPair.delete(key);
  }

  /** The mail that it is about; undefined where none or several may be. */
  about(sender: string | undefined, recipient: string): string | undefined {
    const id = this.byPair.get(keyOf(sender, recipient));
    return id === '' ? undefined : id;
  }
}

function keyOf(sender: string | undefined, recipient: string): string {
  return `${(sender ?? '').toLowerCase()} ${recipient.toLowerCase()}`;
}
