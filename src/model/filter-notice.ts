/**
 * Notices that a filter writes hold the filter's lasting name of the mail in their Message-ID.
 * Shape:  Amavis: `<VSkQI3GXUyr93J@ama.example.com>`: V for a virus or what is banned, S for spam; then S to the sender, R to
 *         recipients, A to administrators; then the mail_id
 * Source: Amavis 2.13 Amavis.pm, templates of notices (`Message-ID: <VS%i@%h>`, VA, VR, SS, SA); recorded bounces
 */
const NOTICE = /^(?:V([ARS])|S([AS]))([\w+-]{8,32})@/;

export interface FilterNotice {
  /** S: to the sender */
  readonly to: 'A' | 'R' | 'S';
  readonly mailId: string;
}

/** Whether it begins as one of a notice does: nearly none does. */
export function mayBeNotice(messageId: string): boolean {
  return messageId.startsWith('V') || messageId.startsWith('S');
}

export function filterNoticeOf(messageId: string): FilterNotice | undefined {
  if (!mayBeNotice(messageId)) return undefined;
  const [, virus, spam, mailId] = NOTICE.exec(messageId) ?? [];
  return mailId === undefined ? undefined : { to: (virus ?? spam) as FilterNotice['to'], mailId };
}
