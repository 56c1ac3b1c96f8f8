/** Bounces that real servers sent back (fixtures/bounces), with what they must be read as, and the logs they belong to. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../house/sources.ts';

export interface RecordedBounce {
  readonly folder: string;
  readonly file: string;
  readonly kind: string;
  readonly messageId: string;
  readonly sender: string;
  readonly recipients: readonly { recipient: string; action: string; reason?: string }[];
}

/** Folder of fixtures/bounces -> the log of the same run; none where it is not among the fixtures. */
export const LOGS: Readonly<Record<string, readonly string[]>> = {
  exim: ['exim/rich/mainlog'],
  'postfix-two-hosts': [
    'postfix/two-hosts/mx1.mail.log',
    'postfix/two-hosts/filter.mail.log',
    'postfix/two-hosts/store.mail.log',
  ],
  'postfix-single': ['postfix/single.mail.log'],
  rspamd: ['rspamd/mail.log'],
  amavis: ['amavis/mail.log'],
  dovecot: ['dovecot/mail.log'],
  sendmail: ['sendmail/mail.log'],
  opensmtpd: [],
};

export const pathOf = ({ folder, file }: RecordedBounce): string => join(root, 'fixtures/bounces', folder, file);

export const BOUNCES: readonly RecordedBounce[] = Object.keys(LOGS).flatMap((folder) =>
  readFileSync(join(root, 'fixtures/bounces', folder, 'expected.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => ({ folder, ...(JSON.parse(line) as Omit<RecordedBounce, 'folder'>) })),
);
