/**
 * The log formats there are: one folder each, one line here each. Formats with stronger evidence come first.
 */
import type { LogFormat } from '../model/log-format.ts';
import exim from './exim/index.ts';
import opensmtpd from './opensmtpd/index.ts';
import postfix from './postfix/index.ts';
import sendmail from './sendmail/index.ts';

export const FORMATS: readonly LogFormat[] = [postfix, exim, sendmail, opensmtpd];
