/**
 * The numbers of `--count --json` and of NDJSON against what the generator knows of its log.
 */
import { readFileSync } from 'node:fs';
import type { Truth } from '../generator/ledger.ts';
import type { Verdict } from '../row.ts';
import { eachLine } from './lines.ts';

/** What is counted of a log. */
type Counts = Pick<Truth, 'messages' | 'recipients' | 'byStatus'>;

/** What differs between the one JSON object in the file `out` and the truth. */
export function checkCount(out: string, truth: Truth): Verdict {
  const found = countOf(out);
  return found === undefined ? { wrong: 'stdout is not one JSON object' } : compareCounts(found, truth);
}

/** What differs between the number of messages and that which the generator made. */
export function checkMessages(out: string, messages: number): Verdict {
  const found = countOf(out)?.messages;
  return found === messages ? {} : { wrong: `wrong content: messages ${found} for ${messages}` };
}

function countOf(out: string): Partial<Counts> | undefined {
  try {
    return JSON.parse(readFileSync(out, 'utf8')) as Partial<Counts>;
  } catch {
    return undefined;
  }
}

/** Counts the messages, recipients and statuses of NDJSON; the first times must not fall. */
export function checkNdjson(out: string, truth: Truth): Verdict {
  const counts: Counts = { messages: 0, recipients: 0, byStatus: {} };
  let last = '';
  let disorder = 0;
  try {
    eachLine(out, (block, a, b) => {
      const message = JSON.parse(block.toString('utf8', a, b)) as { time?: string; recipients?: { status: string }[] };
      counts.messages += 1;
      for (const { status } of message.recipients ?? []) {
        counts.recipients += 1;
        counts.byStatus[status] = (counts.byStatus[status] ?? 0) + 1;
      }
      // All stamps are UTC and of one length: they compare as text.
      if (message.time !== undefined && message.time < last) disorder += 1;
      last = message.time ?? last;
    });
  } catch (error) {
    return { wrong: `a line is not JSON: ${String(error).slice(0, 200)}` };
  }
  const verdict = compareCounts(counts, truth);
  return disorder > 0 && verdict.wrong === undefined ? { wrong: `${disorder} messages out of order` } : verdict;
}

function compareCounts(found: Partial<Counts>, truth: Truth): Verdict {
  const wrong: string[] = [];
  for (const key of ['messages', 'recipients'] as const)
    if (found[key] !== truth[key]) wrong.push(`${key} ${found[key]} for ${truth[key]}`);
  const statuses = found.byStatus ?? {};
  for (const word of new Set([...Object.keys(truth.byStatus), ...Object.keys(statuses)])) {
    const [is, want] = [statuses[word] ?? 0, truth.byStatus[word] ?? 0];
    if (is !== want) wrong.push(`${word} ${is} for ${want}`);
  }
  return wrong.length > 0 ? { wrong: `wrong content: ${wrong.join(', ')}` } : {};
}
