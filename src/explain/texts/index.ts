/**
 * All texts that answers are known by, in the order in which they are tried: one provider's own words, the words of
 * reports, filters and lists, what servers of every kind say, other languages.
 */
import type { TextRow } from '../advice.ts';
import { AMERICAN_ROWS } from './american.ts';
import { ASIAN_ROWS } from './asian.ts';
import { LIST_ROWS } from './block-lists.ts';
import { BOUNCE_RULE_ROWS } from './bounce-rules.ts';
import { PUBLISHED_ROWS } from './published-bounces.ts';
import { OTHER_ROWS } from './servers-other-words.ts';
import { EXACT_ROWS } from './servers-exact.ts';
import { EUROPEAN_ROWS } from './european.ts';
import { FIELD_MANUAL_ROWS } from './field-manual.ts';
import { GATEWAY_ROWS } from './gateways.ts';
import { GOOGLE_ROWS } from './google.ts';
import { EASTERN_ROWS } from './languages-east.ts';
import { GERMAN_ROWS } from './languages-german.ts';
import { NEAR_ROWS } from './near-words.ts';
import { NUMBERED_ROWS } from './numbered.ts';
import { ROMANCE_ROWS } from './languages-romance.ts';
import { EXCHANGE_ROWS } from './microsoft-reports.ts';
import { MICROSOFT_LIMIT_ROWS } from './microsoft-limits.ts';
import { MICROSOFT_ROWS } from './microsoft.ts';
import { SERVER_REPORT_ROWS } from './server-reports.ts';
import { CONTENT_TEXTS } from './servers-content.ts';
import { RECIPIENT_TEXTS } from './servers-recipients.ts';
import { SENDER_TEXTS } from './servers-senders.ts';
import { SYSTEM_TEXTS } from './servers-system.ts';
import { WEBMAIL_ROWS } from './webmail-reports.ts';
import { YAHOO_ROWS } from './yahoo.ts';

export const TEXTS: readonly TextRow[] = [
  ...GOOGLE_ROWS,
  ...NUMBERED_ROWS,
  ...EUROPEAN_ROWS,
  ...MICROSOFT_LIMIT_ROWS,
  ...EXCHANGE_ROWS,
  ...MICROSOFT_ROWS,
  ...FIELD_MANUAL_ROWS,
  ...YAHOO_ROWS,
  ...PUBLISHED_ROWS,
  ...EXACT_ROWS,
  ...WEBMAIL_ROWS,
  ...AMERICAN_ROWS,
  ...ASIAN_ROWS,
  ...SERVER_REPORT_ROWS,
  ...GATEWAY_ROWS,
  ...LIST_ROWS,
  ...BOUNCE_RULE_ROWS,
  ...NEAR_ROWS,
  ...SENDER_TEXTS,
  ...RECIPIENT_TEXTS,
  ...CONTENT_TEXTS,
  ...SYSTEM_TEXTS,
  ...GERMAN_ROWS,
  ...ROMANCE_ROWS,
  ...EASTERN_ROWS,
  ...OTHER_ROWS,
];
