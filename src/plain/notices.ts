/**
 * Mails that name notices which Postfix wrote of them (a bounce, a delay notice), and those notices: told together, with links to
 * each other, once all were written. What stays alone is given back.
 */
import type { Chosen } from '../weigh/chosen.ts';
import type { LinkType } from '../model/words.ts';

/** A message that was written, and waits. */
export interface Written {
  readonly id: string;
  readonly hash: number;
  /** ms */
  readonly time: number;
  readonly order: number;
  readonly rows: number;
  readonly json: Buffer;
  /** of each recipient the pair (attempts.ts) */
  readonly pairs: readonly number[];
  /** of each line offset, length and number, in the one long log */
  readonly lines: readonly number[];
}

/** A notice as its mail names it. */
export interface Named {
  /** its queue id, and who wrote it */
  readonly key: string;
  /** as src/kernel/assembly/mails has it */
  readonly kind: number;
  /** when, ms */
  readonly at: number;
}

const DELAY = 2;
/** A notice is logged within this time of the line that names it (src/correlate/tracker.ts). */
const NEAR_MS = 600_000;
/** `{"v":1,"id":"20261120-082400-08ysc8000","kind":"bounce"`: where the kind stands */
const KIND_START = 48;

/** A mail and all notices of it. */
export class Family {
  readonly mail: Written;
  readonly named: readonly Named[];
  /** by the place in `named` */
  readonly notices: (Written | undefined)[] = [];

  constructor(mail: Written, named: readonly Named[]) {
    this.mail = mail;
    this.named = named;
  }

  get members(): Written[] {
    return [this.mail, ...this.notices.filter((one) => one !== undefined)];
  }

  /** How the mail is linked to its notice i, and that to it. */
  links(i: number): { down: LinkType; up: LinkType } {
    return this.named[i]?.kind === DELAY
      ? { down: 'notified-by', up: 'notice-of' }
      : { down: 'bounced-by', up: 'bounce-of' };
  }
}

export class Notices {
  /** by key: mails that wait for it, and notices that nobody named yet */
  readonly #families = new Map<string, Family>();
  readonly #notices = new Map<string, Written>();
  /** these were told, or more than two have them */
  readonly #spoilt = new Set<string>();
  readonly #kindStart: number;

  /** `lead`: bytes before the object of a message. */
  constructor(lead: number) {
    this.#kindStart = lead + KIND_START;
  }

  /** Returns the family that this mail completes; undefined: it waits, or is alone. `alone` takes those that will never be told. */
  addMail(mail: Written, named: readonly Named[], alone: (one: Written) => void): Family | undefined {
    const family = new Family(mail, named);
    const isOnce = new Set(named.map(({ key }) => key)).size === named.length;
    if (!isOnce || named.some(({ key }) => this.#spoilt.has(key) || this.#families.has(key))) {
      this.#part(family, alone);
      for (const { key } of named) this.#part(this.#families.get(key), alone);
      return undefined;
    }
    for (const { key } of named) this.#families.set(key, family);
    let whole: Family | undefined;
    for (const { key } of named) {
      const notice = this.#notices.get(key);
      if (notice === undefined) continue;
      this.#notices.delete(key);
      whole = this.addNotice(key, notice, alone);
    }
    return whole;
  }

  /** The same of a notice with this key. */
  addNotice(key: string, notice: Written, alone: (one: Written) => void): Family | undefined {
    const family = this.#families.get(key);
    const before = this.#notices.get(key);
    const i = family?.named.findIndex((one) => one.key === key) ?? -1;
    if (this.#spoilt.has(key) || before !== undefined) {
      alone(notice);
      if (before !== undefined) alone(before);
      this.#notices.delete(key);
      this.#spoilt.add(key);
      return undefined;
    }
    const named = family?.named[i];
    if (family === undefined || named === undefined) {
      this.#notices.set(key, notice);
      return undefined;
    }
    if (Math.abs(notice.time - named.at) > NEAR_MS) {
      alone(notice);
      this.#part(family, alone);
      return undefined;
    }
    if (named.kind === DELAY) notice.json.write('notice', this.#kindStart, 'latin1');
    family.notices[i] = notice;
    this.#families.delete(key);
    this.#spoilt.add(key);
    return family.members.length > family.named.length ? family : undefined;
  }

  /** All that still wait. */
  left(): Written[] {
    const families = new Set(this.#families.values());
    return [...this.#notices.values(), ...[...families].flatMap(({ members }) => members)];
  }

  /** It is none: its members, and whoever else has their keys, are alone. */
  #part(family: Family | undefined, alone: (one: Written) => void): void {
    for (const one of family?.members ?? []) alone(one);
    for (const { key } of family?.named ?? []) {
      if (this.#families.get(key) === family) this.#families.delete(key);
      this.#spoilt.add(key);
      const notice = this.#notices.get(key);
      if (notice !== undefined) alone(notice);
      this.#notices.delete(key);
    }
  }
}

/** The lines of a message that was written are to be read after all. */
export function giveBackLines({ lines }: Written, chosen: Chosen): void {
  for (let i = 0; i < lines.length; i += 3)
    chosen.add(lines[i] as number, lines[i + 1] as number, lines[i + 2] as number);
}
