/**
 * Lines anywhere in a log that make chosen lines not enough: looked for in the first pass.
 * Source: postfix src/smtpd/smtpd.c, smtpd_proxy.c (before-queue proxies); rsyslog, syslogd (`last message repeated`);
 *         Kubernetes CRI log format (`stdout P`: a line goes on in another).
 */

/** Words that formats name (trap-words.ts). */
export interface TrapWords {
  /** what programs say of mails that no chosen line names */
  readonly besides: readonly string[];
  /** programs beside the servers that may tell of a mail by its Message-ID alone */
  readonly mids: readonly string[];
  /** programs beside the servers that may tell of a mail by its client, sender and recipients alone */
  readonly envelopes: readonly string[];
  /** a command took a mail that only stores it */
  readonly stored: readonly string[];
}

/** What was seen of them, so far or in a part of a log. */
export interface TrapsSeen {
  /** a before-queue proxy hands mail on: what came behind it is known by its client alone */
  fronts: boolean;
  /** Message-IDs alone may tell whose line it is */
  mids: boolean;
  /** clients, senders and recipients alone may tell whose line it is */
  envelopes: boolean;
  /** commands take mail */
  pipes: boolean;
  /** a list manager beside an Exim sends to its members */
  lists: boolean;
  doubt: string | undefined;
}

const REPEATED = 'last message repeated ';
const PIECES = [' stdout P ', ' stderr P '];
/** A header of Exim's reject log behind a stamp that a container put there: lines of one entry are not told by their bytes. */
const STAMPED = [' Envelope-from: <', ' Envelope-to: <'];
/** A command took a mail: it may hand it in again, or write one. Source: postfix pipe(8), local(8). */
const PIPES = ['delivered via ', 'delivered to command'];
/** What a list manager sends (correlate/lists.ts); Exim does not say that a command took the post. */
const LISTS = ['-bounces@', '-bounces+', '<= owner-', '-return-', '-owner@'];
const EXIM_ARRIVAL = ' <= ';
/** handed in here */
const HERE = [' [127.', ' [::1]', ' U='];
const FRONTS = ['NOQUEUE: client=', 'proxy-accept', 'proxy-reject'];

const HAS_PIPES = anyOf(PIPES);
const HAS_LISTS = anyOf(LISTS);
const HAS_HERE = anyOf(HERE);
const HAS_FRONTS = anyOf(FRONTS);

/** Whether one of the words stands in a text, nothing where there is none; `behind`: a pattern of what must follow. */
function anyOf(words: readonly string[], behind: (word: string) => string = () => ''): RegExp {
  const patterns = words.map((word) => word.replaceAll(/[^\w ]/g, String.raw`\$&`) + behind(word));
  return new RegExp(patterns.length === 0 ? '(?!)' : patterns.join('|'));
}

export class Traps implements TrapsSeen {
  fronts = false;
  mids = false;
  envelopes = false;
  pipes = false;
  lists = false;
  doubt: string | undefined;
  #news = false;
  readonly #words: TrapWords;
  /** why a line with one of these is a doubt */
  readonly #doubts: ReadonlyMap<string, string>;
  readonly #hasDoubts: RegExp;
  readonly #hasSigns: RegExp;
  readonly #hasMids: RegExp;
  readonly #hasStored: RegExp;
  /** A program's name ends there: `http://postgrey.schweikert.ch/help` is the text of a refusal. */
  readonly #hasEnvelopes: RegExp;

  constructor(words: TrapWords) {
    this.#words = words;
    const all = (list: readonly string[], why: string): [string, string][] => list.map((word) => [word, why]);
    this.#doubts = new Map([
      [REPEATED, 'a line repeats the line before it'],
      ...all(PIECES, 'lines in pieces'),
      ...all(STAMPED, 'lines of an entry with a stamp each'),
      ...all(words.besides, 'a program that tells of mails by other names'),
    ]);
    this.#hasDoubts = anyOf([...this.#doubts.keys()]);
    this.#hasSigns = anyOf([...FRONTS, ...PIPES, ...LISTS, ...words.mids]);
    this.#hasMids = anyOf(words.mids);
    this.#hasStored = anyOf(words.stored);
    this.#hasEnvelopes = anyOf(words.envelopes, (word) => (/[a-z]$/.test(word) ? '(?![A-Za-z._-])' : ''));
  }

  /** Looks at a line; gives whether it is one of a program that may know mails by their envelopes. */
  look(line: string): boolean {
    const doubt = this.#hasDoubts.exec(line);
    if (doubt !== null) this.doubt = this.#doubts.get(doubt[0]);
    if (this.#hasSigns.test(line)) this.#lookAtSigns(line);
    const isOfEnvelope = this.#hasEnvelopes.test(line);
    if (isOfEnvelope) this.envelopes = true;
    return isOfEnvelope;
  }

  /** What another thread saw of other lines. */
  add({ fronts, mids, envelopes, pipes, lists, doubt }: TrapsSeen): void {
    this.fronts ||= fronts;
    this.mids ||= mids;
    this.envelopes ||= envelopes;
    this.pipes ||= pipes;
    this.lists ||= lists;
    this.doubt ??= doubt;
  }

  get seen(): TrapsSeen {
    const { fronts, mids, envelopes, pipes, lists, doubt } = this;
    return { fronts, mids, envelopes, pipes, lists, doubt };
  }

  /** What is looked for: what was seen once is known. */
  get needles(): readonly string[] {
    return [
      ...this.#doubts.keys(),
      ...(this.fronts ? [] : FRONTS),
      ...(this.mids ? [] : this.#words.mids),
      ...this.#words.envelopes,
      ...(this.pipes ? [] : PIPES),
      ...(this.lists ? [] : LISTS),
    ];
  }

  /** Whether less is looked for than before. */
  get hasNews(): boolean {
    const news = this.#news;
    this.#news = false;
    return news;
  }

  #lookAtSigns(line: string): void {
    if (!this.fronts && HAS_FRONTS.test(line)) this.fronts = this.#news = true;
    if (!this.pipes && HAS_PIPES.test(line) && !this.#hasStored.test(line)) this.pipes = this.#news = true;
    if (!this.lists && isDistribution(line)) this.lists = this.#news = true;
    if (!this.mids && this.#hasMids.test(line)) this.mids = this.#news = true;
  }
}

function isDistribution(line: string): boolean {
  return line.includes(EXIM_ARRIVAL) && HAS_LISTS.test(line) && HAS_HERE.test(line);
}
