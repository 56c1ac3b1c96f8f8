/**
 * Hours in which a host wrote nothing: its log may be missing for them.
 * Units:  ms; lines come in the order of the merge, so a step back in time (another host, a clock) is no gap.
 * Memory: at most MOST_HOSTS hosts with MOST_GAPS gaps each.
 */
import type { Frame } from '../model/frame.ts';
import type { Instant } from '../model/message.ts';

export interface Gap {
  /** undefined where lines name no host */
  readonly host?: string;
  /** stamps of the lines before and behind it */
  readonly from: Instant;
  readonly to: Instant;
}

const MOST_HOSTS = 64;
const MOST_GAPS = 20;
const HOUR = 3_600_000;

interface HostTimes {
  last: Instant;
  /** longest first */
  readonly gaps: Gap[];
}

export class Gaps {
  readonly #hosts = new Map<string, HostTimes>();
  #lastHost: string | undefined;
  #lastTimes: HostTimes | undefined;

  see(frame: Pick<Frame, 'host' | 'at'>): void {
    const { host, at } = frame;
    if (Number.isNaN(at)) return;
    const times = host === this.#lastHost && this.#lastTimes !== undefined ? this.#lastTimes : this.#timesOf(host, at);
    if (times === undefined) return;
    if (at - times.last > HOUR) add(times.gaps, { ...(host === undefined ? {} : { host }), from: times.last, to: at });
    if (at > times.last) times.last = at;
  }

  get hosts(): string[] {
    return [...this.#hosts.keys()].filter((host) => host !== '');
  }

  /** Those that touch the window, the longest first. */
  found(since = -Infinity, until = Infinity): Gap[] {
    return [...this.#hosts.values()]
      .flatMap(({ gaps }) => gaps)
      .filter(({ from, to }) => to >= since && from <= until)
      .toSorted((a, b) => b.to - b.from - (a.to - a.from) || a.from - b.from);
  }

  #timesOf(host: string | undefined, at: Instant): HostTimes | undefined {
    const name = host ?? '';
    let times = this.#hosts.get(name);
    if (times === undefined) {
      if (this.#hosts.size >= MOST_HOSTS) return undefined;
      times = { last: at, gaps: [] };
      this.#hosts.set(name, times);
    }
    this.#lastHost = host;
    this.#lastTimes = times;
    return times;
  }
}

function add(gaps: Gap[], gap: Gap): void {
  gaps.push(gap);
  if (gaps.length <= MOST_GAPS) return;
  gaps.sort((a, b) => b.to - b.from - (a.to - a.from));
  gaps.length = MOST_GAPS;
}
