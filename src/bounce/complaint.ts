/**
 * message/feedback-report -> a complaint: a user (or a filter for them) called a mail of ours spam.
 * Source: RFC 5965 section 3 (fields), RFC 6591 (auth-failure reports).
 */
import type { Complaint } from '../model/bounce.ts';
import { bareOf, readBlocks, valueOf, type Fields } from './fields.ts';

const MOST = 100;

export interface FeedbackReport {
  readonly complaint: Complaint;
  /** Original-Mail-From */
  readonly sender?: string;
  readonly envelopeId?: string;
  /** Reporting-MTA */
  readonly reporter?: string;
}

export function readFeedback(text: string): FeedbackReport {
  const [fields = new Map() as Fields] = readBlocks(text, 1);
  const one = (name: string): string | undefined => valueOf(fields, name);
  const all = (name: string): string[] => (fields.get(name) ?? []).filter((value) => value !== '').slice(0, MOST);
  const reporter = one('user-agent');
  const sourceIp = one('source-ip');
  const authFailure = one('auth-failure');
  const incidents = Number(one('incidents'));
  const sender = bareOf(one('original-mail-from'));
  const envelopeId = one('original-envelope-id');
  const mta = one('reporting-mta')?.replace(/^[a-z]+\s*;\s*/i, '');
  return {
    complaint: {
      type: (one('feedback-type') ?? 'other').toLowerCase(),
      reportedDomains: all('reported-domain'),
      recipients: all('original-rcpt-to').map((address) => bareOf(address) ?? address),
      ...(reporter === undefined ? {} : { reporter }),
      ...(sourceIp === undefined ? {} : { sourceIp }),
      ...(authFailure === undefined ? {} : { authFailure: authFailure.toLowerCase() }),
      ...(Number.isInteger(incidents) && incidents > 0 ? { incidents } : {}),
    },
    ...(sender === undefined ? {} : { sender }),
    ...(envelopeId === undefined ? {} : { envelopeId }),
    ...(mta === undefined ? {} : { reporter: mta }),
  };
}
