/**
 * Texts of mailbox providers of Asia: QQ, NetEase (163, 126), Sina, Aliyun, Coremail, Naver, docomo, au, SoftBank.
 * Source: the page in each row.
 */
import type { TextRow } from '../advice.ts';
import { rowsOf } from './row.ts';

export const ASIAN_ROWS: readonly TextRow[] = [
  ...rowsOf('NetEase', 'https://mail.163.com/help/help_spam_16.htm', [
    [
      'netease-domain-ip',
      'auth-failed',
      ['mismatches client ip', 'invalid ip for sending mail of domain'],
      '550 domain [example.com] mismatches client ip 192.0.2.225.',
    ],
  ]),
  ...rowsOf('QQ', 'https://smtp.codes/qq', [
    [
      'qq-content',
      'spam',
      ['mail content denied', 'content rejected*qq'],
      '550 Mail content denied. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000726',
    ],
    [
      'qq-recipients',
      'policy',
      ['mail is rejected by recipients'],
      '550 Mail is rejected by recipients',
      { side: 'recipient', todo: 'Ask the recipient by other means to allow the sender.' },
    ],
    [
      'qq-frequency',
      'rate-limited',
      ['sender frequency limited', 'ip frequency limited', 'connection frequency limited', 'frequency limited'],
      '550 Ip frequency limited. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000725',
    ],
    [
      'qq-sender-domain',
      'bad-sender',
      ['domain may not exist or dns check failed'],
      '550 Domain may not exist or DNS check failed [MAn2ccjsT8 IP: 192.0.2.1].',
    ],
    [
      'qq-access',
      'rate-limited',
      ['mailbox unavailable or access denied'],
      '550 Mailbox unavailable or access denied',
      { side: 'recipient' },
    ],
    [
      'qq-suspected',
      'reputation',
      ['suspected spam sender', 'suspected bounce attacks', 'suspected spam ip', 'mail sender ip*spam'],
      '550 Suspected spam sender',
    ],
  ]),
  ...rowsOf('NetEase', 'https://help.163.com/09/1224/17/5RAJ4LMH00753VB8.html', [
    [
      'netease-spam',
      'spam',
      ['dt:spm', 'dt:spc', 'mi:spb'],
      '554 DT:SPM 163 smtp10,DsCowEAZ1FD, please see http://mail.163.com/help/help_spam_16.htm',
    ],
    [
      'netease-rate',
      'rate-limited',
      ['hl:icc', 'hl:ifc', 'mi:dmc', 'rp:drc', 'mi:sfq', 'rp:qrc', 'mi:sfl', 'rp:trc', 'rp:rcl'],
      '421 HL:ICC 163 mx21, please see http://mail.163.com/help/help_spam_16.htm',
    ],
    [
      'netease-reputation',
      'reputation',
      ['hl:rep', 'hl:mep', 'hl:ihu'],
      '421 HL:REP 163 mx29, please see http://mail.163.com/help/help_spam_16.htm',
    ],
    [
      'netease-listed',
      'blocklist',
      ['dt:rbl', 'mi:bli', 'wm:bli', 'hl:itc', 'ip is rejected'],
      '450 DT:RBL 163 mx21, please see http://www.rbls.org/',
    ],
  ]),
  ...rowsOf('NetEase', 'https://help.163.com/09/1224/17/5RAJ4LMH00753VB8.html', [
    [
      'netease-spf',
      'auth-failed',
      ['mi:spf'],
      '550 MI:SPF 163 mx32, please see http://mail.163.com/help/help_spam_16.htm',
    ],
    [
      'netease-forged',
      'bad-sender',
      ['dt:sum'],
      '553 DT:SUM 163 mx32, please see http://mail.163.com/help/help_spam_16.htm',
    ],
  ]),
  ...rowsOf('QQ', 'https://smtp.codes/qq', [
    ['qq-sender', 'bad-sender', ['mail from must equal authorized user'], '501 Mail from must equal authorized user'],
    ['qq-dmarc', 'auth-failed', ['dmarc check failed'], '550 DMARC check failed'],
  ]),
  ...rowsOf('Coremail', 'https://www.icoremail.vip/support/', [
    [
      'coremail-invalid',
      'reputation',
      ['requested mail action not taken: invalid ip', 'ip is hangup'],
      '550 Requested mail action not taken: Invalid IP',
    ],
    ['coremail-fake', 'bad-sender', ['fake sender'], '553 Requested mail action not taken: Fake sender'],
    ['coremail-suspended', 'mailbox-disabled', ['user hangup', 'user suspended', 'user locked'], '550 User suspended'],
    [
      'coremail-list',
      'blocklist',
      ['user in blacklist', 'requested action not taken: mail is rejected'],
      '550 User in blacklist',
    ],
  ]),
  ...rowsOf('eYou', 'https://blog.sina.com.cn/s/blog_8dc13ec50101fxxr.html', [
    [
      'eyou-sender',
      'bad-sender',
      ['sender is unvalidated', 'mail from invalid', 'mail address invalid'],
      '554 mail address invalid.',
    ],
    ['eyou-sending-address', 'auth-failed', ['remote ip check error'], '556 remote ip check error.'],
    ['eyou-listed', 'blocklist', ['black ip.', 'rbl deny', 'openrelay check'], '554 rbl deny.'],
    ['eyou-recipients', 'too-many-recipients', ['out of allow rcpt numbers'], '451 out of allow RCPT numbers.'],
  ]),
  ...rowsOf('Coremail', 'https://www.fobhost.com/jishuzhichi/jishuzhichi59.html', [
    ['coremail-full', 'mailbox-full', ['exceed the hard limit'], '550 Quota exceed the hard limit for user'],
    [
      'coremail-antispam',
      'spam',
      ['netease antispam', 'by netease anti-spam'],
      '550 CoremailSys:Your message was blocked by NetEase AntiSpam+',
      { source: 'https://www.icoremail.vip/support/' },
    ],
    [
      'coremail-sender',
      'policy',
      ['from @ message blocked', 'from @ , message blocked'],
      '553 From <bob@example.net>, message blocked.',
      { source: 'https://www.icoremail.vip/support/' },
    ],
  ]),
  ...rowsOf('Aliyun', 'https://www.alibabacloud.com/help/en/direct-mail/', [
    ['aliyun-content', 'spam', ['reject by content spam'], '554 Reject by content spam at DATA State (DATA:mx1234)'],
    [
      'aliyun-recipients',
      'too-many-recipients',
      ['the number of rcpts is over size'],
      '556 The number of RCPTs is over size',
    ],
    [
      'aliyun-size',
      'too-big',
      ['length of data content is achieved the maximum'],
      '557 The length of DATA content is achieved the maximum threshold',
    ],
    ['aliyun-recipient', 'user-unknown', ['invalid rcptto'], '559 Invalid rcptto'],
    ['aliyun-account', 'sender-blocked', ['main account unavailable'], '551 Main account unavailable'],
    [
      'aliyun-quota',
      'rate-limited',
      ['monthly sending quota exceeded', 'daily sending quota exceeded', 'not enough sending quota'],
      '552 Monthly sending quota exceeded',
    ],
    [
      'aliyun-dns',
      'dns',
      ['dns resolve error', 'not found by dns resolve', 'no data by dns resolve'],
      '524 Host not found by dns resolve',
    ],
    [
      'aliyun-behaviour',
      'reputation',
      ['reject by behaviour spam'],
      '554 Reject by behaviour spam at Rcpt State (Connection IP address:192.0.2.1)',
    ],
  ]),
  ...rowsOf('au', 'https://www.au.com/support/service/mobile/trouble/mail/email/returned-mail/', [
    [
      'au-account',
      'mailbox-disabled',
      ['the user(s) account is disabled', 'the user(s) account is temporarily limited'],
      'The user(s) account is disabled.',
    ],
    [
      'au-limited',
      'mailbox-full',
      ['user(s) account is temporarily over quota'],
      'The following recipients did not receive this message: user(s) account is temporarily over quota',
    ],
  ]),
];
