/**
 * The numbers of `report traffic --json` against what the generator knows of its log: mails that count and those beside them
 * (bounces, notices, attempts that came back) are all messages of the log, and their recipients all recipients.
 */
import { readFileSync } from 'node:fs';
import type { Truth } from '../generator/ledger.ts';
import type { Verdict } from '../row.ts';

interface Traffic {
  figures: Readonly<Record<string, number>>;
  tables: { beyond: readonly { kind: string; messages?: number; recipients: number }[] };
}

/** Statuses of mails alone: what servers write themselves is neither refused nor dropped. */
const OF_MAILS = ['aborted', 'discarded'] as const;

export function checkTraffic(out: string, truth: Truth): Verdict {
  let traffic: Traffic;
  try {
    traffic = JSON.parse(readFileSync(out, 'utf8')) as Traffic;
  } catch {
    return { wrong: 'stdout is not one JSON object' };
  }
  const { figures, tables } = traffic;
  const figure = (name: string): number => figures[name] ?? 0;
  const beside = tables.beyond.filter(({ kind }) => kind !== 'session');
  const refused = figure('rejected') + figure('greylisted') + figure('came_back');
  const rows: [string, number, number][] = [
    ['messages', beside.reduce((sum, { messages = 0 }) => sum + messages, figure('mails')), truth.messages],
    ['recipients', beside.reduce((sum, { recipients }) => sum + recipients, figure('recipients')), truth.recipients],
    ['refused', refused, (truth.byStatus.rejected ?? 0) + (truth.byStatus.greylisted ?? 0)],
    ...OF_MAILS.map((word): [string, number, number] => [word, figure(word), truth.byStatus[word] ?? 0]),
  ];
  const wrong = rows.filter(([, is, want]) => is !== want).map(([name, is, want]) => `${name} ${is} for ${want}`);
  return wrong.length === 0 ? {} : { wrong: `wrong content: ${wrong.join(', ')}` };
}
