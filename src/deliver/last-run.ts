/**
 * `--since last-run`: the period of a report goes from where the last one ended to five minutes ago, and the file that tells it
 * is written after the report was delivered. A run that is killed in between reports its period again: twice, never not at all.
 * Shape:  NAME.json = {"v":1,"report":…,"filters":…,"sources":[…],"until":ISO,"written":ISO}
 * Units:  Instants; periods hold both their ends, so the next begins a millisecond after `until`.
 * Errors: UserError for a file that is damaged, of another report, or of a time to come: nothing is guessed.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import type { Instant } from '../model/message.ts';
import { fileTrouble, makeFolder, writeWhole } from './whole-file.ts';

/** What a state belongs to. */
export interface StateOwner {
  /** `bounces` */
  readonly report: string;
  /** in words; '' = none */
  readonly filters: string;
  /** names of the logs, without what a rotation puts to them */
  readonly sources: readonly string[];
}

/** Log lines are written late: a daemon tells of what began minutes ago, a collector sends in batches. */
export const MARGIN_MS = 5 * 60_000;
const DAY_MS = 86_400_000;

export interface LastRunPeriod {
  readonly since: Instant;
  readonly until: Instant;
  /** there was no state: the last 24 hours were taken */
  readonly isFirst: boolean;
}

/** File name of a state that nobody named: of the report, its filters and its logs. */
export function stateName({ report, filters, sources }: StateOwner): string {
  const key = JSON.stringify([filters, [...new Set(sources)].toSorted()]);
  return `${report}-${createHash('sha256').update(key).digest('hex').slice(0, 16)}`;
}

export class LastRun {
  readonly path: string;
  readonly #folder: string;
  readonly #owner: StateOwner;

  constructor(folder: string, name: string, owner: StateOwner) {
    this.#folder = folder;
    this.path = join(folder, `${name}.json`);
    this.#owner = owner;
  }

  /** undefined: the last one ended less than the margin ago, nothing is to be reported yet. */
  period(now: Instant): LastRunPeriod | undefined {
    const until = now - MARGIN_MS;
    const last = this.#read(now);
    if (last === undefined) return { since: until - DAY_MS + 1, until, isFirst: true };
    return last >= until ? undefined : { since: last + 1, until, isFirst: false };
  }

  /** To be called after the report was delivered. */
  write(until: Instant, now: Instant): void {
    makeFolder(this.#folder);
    const { report, filters, sources } = this.#owner;
    const told = {
      v: 1,
      report,
      filters,
      sources,
      until: new Date(until).toISOString(),
      written: new Date(now).toISOString(),
    };
    writeWhole(this.path, `${JSON.stringify(told)}\n`);
  }

  #read(now: Instant): Instant | undefined {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new UserError({ where: this.path, what: fileTrouble(error).replace('written', 'read') });
    }
    const { report, until } = this.#parsed(text);
    if (report !== this.#owner.report) {
      throw new UserError({
        where: this.path,
        what: `it is the state of report ${report}`,
        help: 'give each report a --state NAME of its own',
      });
    }
    if (until > now) {
      throw new UserError({
        where: this.path,
        what: `its last period ended at ${new Date(until).toISOString()}, which is still to come`,
        help: `mend the clock; or remove the file, then the next report takes the last 24 hours`,
      });
    }
    return until;
  }

  #parsed(text: string): { report: string; until: Instant } {
    try {
      const { v, report, until } = JSON.parse(text) as Record<string, unknown>;
      const at = typeof until === 'string' ? Date.parse(until) : Number.NaN;
      if (v === 1 && typeof report === 'string' && Number.isFinite(at)) return { report, until: at };
    } catch {
      // said below
    }
    throw new UserError({
      where: this.path,
      what: 'it is damaged: it does not say when the last period ended',
      help: 'write "until" back into it, or remove it: then the next report takes the last 24 hours',
    });
  }
}
