/**
 * The progress line: from the first second of a run to its end, on a terminal alone. It looks at counters from a timer (the
 * readers let timers run every 20 ms), so a line of a log costs nothing for it.
 */
import type { Io, StatusLine } from '../io.ts';
import type { Phase } from '../model/run.ts';
import { progressText } from '../render/progress.ts';

const FIRST_MS = 1000;
const EVERY_MS = 200;
/** The rate is that of the last seconds. */
const RATE_MS = 5000;

/** Hands `work` what a run takes as `onPhase`; the line is gone when it returns or throws, and as soon as `signal` says stop. */
export async function withProgress<T>(
  io: Io,
  signal: AbortSignal | undefined,
  /** found so far; undefined where that is not known yet */
  matches: () => number | undefined,
  work: (onPhase: ((phase: Phase) => void) | undefined) => Promise<T>,
): Promise<T> {
  const result = await shown(io.status, signal, matches, work);
  // Ctrl-C that ended `cat LOG | mailtrace …` comes together with the end of the input: let it be seen.
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
  return result;
}

async function shown<T>(
  status: StatusLine | undefined,
  signal: AbortSignal | undefined,
  matches: () => number | undefined,
  work: (onPhase: ((phase: Phase) => void) | undefined) => Promise<T>,
): Promise<T> {
  if (status === undefined) return work(undefined);
  const progress = new Progress(status, matches);
  const stop = (): void => progress.stop();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    return await work((phase) => progress.begin(phase));
  } finally {
    signal?.removeEventListener('abort', stop);
    stop();
  }
}

class Progress {
  readonly #status: StatusLine;
  readonly #matches: () => number | undefined;
  readonly #begun = performance.now();
  readonly #timer: NodeJS.Timeout;
  #phase: Phase | undefined;
  #seen = new Set<string>();
  #what = '';
  /** bytes at times, oldest first */
  #samples: { at: number; bytes: number }[] = [];

  constructor(status: StatusLine, matches: () => number | undefined) {
    this.#status = status;
    this.#matches = matches;
    this.#timer = setInterval(() => this.#tick(), EVERY_MS);
    this.#timer.unref();
  }

  begin(phase: Phase): void {
    this.#what = this.#seen.has(phase.what) ? `${phase.what} again` : phase.what;
    this.#seen.add(phase.what);
    this.#phase = phase;
    this.#samples = [{ at: performance.now(), bytes: 0 }];
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#status.clear();
  }

  #tick(): void {
    if (this.#phase === undefined) return;
    const at = performance.now();
    const bytes = this.#phase.done();
    const samples = this.#samples;
    samples.push({ at, bytes });
    while (samples.length > 2 && at - (samples[0]?.at ?? 0) > RATE_MS) samples.shift();
    if (at - this.#begun < FIRST_MS) return;
    const facts = { what: this.#what, bytes, total: this.#phase.total, rate: this.#rate(), matches: this.#matches() };
    this.#status.show(progressText(facts, this.#status.room));
  }

  #rate(): number | undefined {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.at - first.at < EVERY_MS) return undefined;
    return (1000 * (last.bytes - first.bytes)) / (last.at - first.at);
  }
}
