/**
 * The log formats there are: one folder each, one line here each. The first that claims a line gets it: the programs beside
 * a server are known by their tags alone, a server's own tag may be anything its administrator chose.
 */
import type { LogFormat } from '../model/log-format.ts';
import amavis from './amavis/index.ts';
import ciscoEsa from './cisco-esa/index.ts';
import clamav from './clamav/index.ts';
import courier from './courier/index.ts';
import cyrus from './cyrus/index.ts';
import dovecot from './dovecot/index.ts';
import exchange from './exchange/index.ts';
import exim from './exim/index.ts';
import haraka from './haraka/index.ts';
import kumomta from './kumomta/index.ts';
import googleEls from './google-els/index.ts';
import m365 from './m365/index.ts';
import mailscanner from './mailscanner/index.ts';
import mimedefang from './mimedefang/index.ts';
import opendkim from './opendkim/index.ts';
import opendmarc from './opendmarc/index.ts';
import opensmtpd from './opensmtpd/index.ts';
import pmg from './pmg/index.ts';
import policyd from './policyd/index.ts';
import policydSpf from './policyd-spf/index.ts';
import postfix from './postfix/index.ts';
import postgrey from './postgrey/index.ts';
import qmail from './qmail/index.ts';
import powermta from './powermta/index.ts';
import rspamd from './rspamd/index.ts';
import sendmail from './sendmail/index.ts';
import spamd from './spamd/index.ts';
import spampd from './spampd/index.ts';

export const FORMATS: readonly LogFormat[] = [
  amavis,
  clamav,
  cyrus,
  dovecot,
  kumomta,
  exchange,
  googleEls,
  m365,
  mailscanner,
  mimedefang,
  opendkim,
  opendmarc,
  pmg,
  policyd,
  policydSpf,
  postgrey,
  powermta,
  rspamd,
  spamd,
  qmail,
  spampd,
  postfix,
  exim,
  sendmail,
  opensmtpd,
  haraka,
  courier,
  ciscoEsa,
];
