/**
 * Notices that a filter writes hold the filter's lasting name of the mail in their Message-ID.
 * Shape:  Amavis: `<VSkQI3GXUyr93J@ama.example.com>` to the sender, `VR` to recipients, `VA` to administrators, then the mail_id
 * Source: recorded Amavis 2.13 (bounces); amavisd, templates of notifications (`Message-ID: <VA%i@%h>`)
 */
const NOTICE = /^V([ARS])([\w+-]{8,32})@/;

export interface FilterNotice {
  /** S: to the sender */
  readonly to: 'A' | 'R' | 'S';
  readonly mailId: string;
}

export function filterNoticeOf(messageId: string): FilterNotice | undefined {
  if (!messageId.startsWith('V')) return undefined;
  const [, to, mailId] = NOTICE.exec(messageId) ?? [];
  return mailId === undefined ? undefined : { to: to as FilterNotice['to'], mailId };
}
