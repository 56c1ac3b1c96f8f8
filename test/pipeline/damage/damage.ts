/** What happens to logs, seeded: each gives the log as it is then, and which lines of the clean one were hurt. */
import type { Logs } from '../properties/harness.ts';

export interface Damaged {
  logs: Logs;
  /** `file:line` of the clean log */
  hurt: Set<string>;
}

type Line = Buffer;

/** Lines with their ends. */
export function rawLines(content: string | Buffer): Line[] {
  const bytes = Buffer.from(content as Buffer);
  const lines: Line[] = [];
  for (let at = 0; at < bytes.length;) {
    const lf = bytes.indexOf(10, at);
    const end = lf < 0 ? bytes.length : lf + 1;
    lines.push(bytes.subarray(at, end));
    at = end;
  }
  return lines;
}

/** Changes some lines: `change` gives what stands in place of a line; undefined leaves it. */
function changed(logs: Logs, change: (line: Line, index: number, all: readonly Line[]) => Buffer | undefined): Damaged {
  const hurt = new Set<string>();
  const now = Object.entries(logs).map(([name, content]) => {
    const lines = rawLines(content);
    const out = lines.map((line, i) => {
      const other = change(line, i, lines);
      if (other === undefined) return line;
      hurt.add(`${name}:${i + 1}`);
      return other;
    });
    return [name, Buffer.concat(out)] as const;
  });
  return { logs: Object.fromEntries(now), hurt };
}

type Dice = () => number;
const LF = Buffer.from('\n');

/** Lines are not there. */
export const lost = (logs: Logs, random: Dice, share: number): Damaged =>
  changed(logs, () => (random() < share ? Buffer.alloc(0) : undefined));

/** Lines end somewhere: at any byte. */
export const cut = (logs: Logs, random: Dice, share: number): Damaged =>
  changed(logs, (line) =>
    random() < share ? Buffer.concat([line.subarray(0, Math.floor(random() * (line.length - 1))), LF]) : undefined,
  );

/** Lines begin somewhere: what was before is lost. */
export const beheaded = (logs: Logs, random: Dice, share: number): Damaged =>
  changed(logs, (line) => (random() < share ? line.subarray(1 + Math.floor(random() * (line.length - 1))) : undefined));

/** A run of zero bytes over parts of lines: what a file system leaves of blocks that were not written before a crash. */
export function zeroed(logs: Logs, random: Dice, share: number): Damaged {
  const hurt = new Set<string>();
  const now = Object.entries(logs).map(([name, content]) => {
    const bytes = Buffer.from(content as Buffer);
    const lines = rawLines(content);
    let at = 0;
    for (const [i, line] of lines.entries()) {
      if (random() < share && line.length > 2) {
        const from = at + Math.floor(random() * (line.length - 1));
        const to = Math.min(bytes.length, from + 1 + Math.floor(random() * 600));
        bytes.fill(0, from, to);
        let [behind, k] = [at, i];
        // a line whose LF is gone takes the next one with it
        while (behind <= to && k < lines.length) {
          hurt.add(`${name}:${k + 1}`);
          behind += (lines[k++] as Line).length;
        }
      }
      at += line.length;
    }
    return [name, bytes] as const;
  });
  return { logs: Object.fromEntries(now), hurt };
}

/** A crash: before a line stand zero bytes, and the line before them was not written to its end, or at all. */
export const crashed = (logs: Logs, random: Dice, share: number): Damaged =>
  changed(logs, (line) => {
    if (random() >= share) return undefined;
    const zeros = Buffer.alloc(random() < 0.5 ? 1 + Math.floor(random() * 9) : Math.floor(random() * 5000));
    const begun = random() < 0.5 ? Buffer.alloc(0) : line.subarray(0, Math.floor(random() * (line.length - 1)));
    return Buffer.concat(begun.length > 0 ? [begun, zeros, LF] : [zeros]);
  });

/** The last line was not written to its end. */
export function unfinished(logs: Logs, random: Dice): Damaged {
  const hurt = new Set<string>();
  const now = Object.entries(logs).map(([name, content]) => {
    const lines = rawLines(content);
    const kept = lines.length - Math.floor(random() ** 3 * lines.length);
    const last = lines[kept - 1] as Line;
    const part = Math.floor(random() * last.length);
    for (let i = kept; i <= lines.length; i++) hurt.add(`${name}:${i}`);
    return [name, Buffer.concat([...lines.slice(0, kept - 1), last.subarray(0, part)])] as const;
  });
  return { logs: Object.fromEntries(now), hurt };
}

/** Lines that come later than others that were written behind them; those that are passed over are as they were. */
export function late(logs: Logs, random: Dice, share: number): Damaged {
  const hurt = new Set<string>();
  const now = Object.entries(logs).map(([name, content]) => {
    const lines = rawLines(content);
    // an entry of a reject log is several lines: one stays with the others
    const moves = lines.map((_, i) => {
      if (name.includes('reject') || random() >= share) return i;
      hurt.add(`${name}:${i + 1}`);
      return i + 1.5 + Math.floor(random() * 20);
    });
    const order = lines.map((line, i) => ({ line, at: moves[i] as number })).toSorted((a, b) => a.at - b.at);
    return [name, Buffer.concat(order.map(({ line }) => line))] as const;
  });
  return { logs: Object.fromEntries(now), hurt };
}
