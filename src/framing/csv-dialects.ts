/**
 * Which CSV files are mail logs, by the names of their columns (as plainName() gives them).
 * Source: learn.microsoft.com/exchange/mail-flow/transport-logs/message-tracking (`#Fields:`);
 *         learn.microsoft.com/powershell/module/exchange/get-messagetrackinglog ("the dashes are removed");
 *         learn.microsoft.com/exchange/monitoring/trace-an-email-message/message-trace-modern-eac (enhanced summary, extended);
 *         learn.microsoft.com/powershell/module/exchangepowershell/get-messagetracev2 (summary);
 *         support.google.com/a/answer/13828463 (Email Log Search); PowerMTA user's guide, accounting files.
 */
import type { CsvHeader } from '../model/csv-row.ts';

export interface Dialect {
  /** Frame.program of its rows */
  readonly program: string;
  /** each list: one of them is there */
  readonly needs: readonly (readonly string[])[];
  readonly lacks?: readonly string[];
  /** columns of the time, the first that is there */
  readonly time: readonly string[];
  /** times without a zone are of the machine that made the export, not UTC */
  readonly isLocal?: boolean;
}

const TRACE_TIME = [
  'datetimeutc',
  'datetime',
  'origintimestamputc',
  'origintimestamp',
  'received',
  'date',
  'timestamp',
];
const RECIPIENT = ['recipientaddress', 'recipient'];

export const TRACKING: Dialect = {
  program: 'exchange-tracking',
  needs: [['datetime'], ['eventid'], ['messageid'], ['recipientaddress']],
  time: ['datetime'],
};

export const DIALECTS: readonly Dialect[] = [
  {
    // Get-MessageTrackingLog | Export-Csv: properties of .NET objects, whose times are local
    program: 'exchange-tracking',
    needs: [['timestamp'], ['eventid'], ['messageid'], ['recipients'], ['source']],
    time: ['timestamp'],
    isLocal: true,
  },
  {
    program: 'm365-extended',
    needs: [TRACE_TIME, ['eventid'], ['networkmessageid', 'messageid'], RECIPIENT],
    time: TRACE_TIME,
  },
  {
    program: 'm365-enhanced',
    needs: [TRACE_TIME, ['recipientstatus'], ['networkmessageid', 'messageid'], ['senderaddress', 'sender']],
    lacks: ['eventid'],
    time: TRACE_TIME,
  },
  {
    program: 'm365-summary',
    needs: [
      TRACE_TIME,
      ['status', 'deliverystatus'],
      RECIPIENT,
      ['senderaddress', 'sender'],
      ['messageid', 'messagetraceid', 'networkmessageid'],
    ],
    lacks: ['eventid', 'recipientstatus'],
    time: ['received', ...TRACE_TIME],
  },
  {
    program: 'google-els',
    needs: [['messageid'], ['startdate'], ['eventtarget'], ['eventstatus']],
    time: ['startdate'],
  },
  { program: 'powermta', needs: [['type'], ['timelogged'], ['rcpt', 'orig']], time: ['timelogged'] },
];

export function dialectOf(header: CsvHeader, dialects: readonly Dialect[] = DIALECTS): Dialect | undefined {
  return dialects.find(
    ({ needs, lacks = [] }) =>
      needs.every((names) => header.at(...names) >= 0) && !lacks.some((name) => header.has(name)),
  );
}
