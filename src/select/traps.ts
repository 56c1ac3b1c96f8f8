/**
 * Lines anywhere in a log that make chosen lines not enough: looked for in the first pass.
 * Source: postfix src/smtpd/smtpd.c, smtpd_proxy.c (before-queue proxies); rsyslog, syslogd (`last message repeated`);
 *         Kubernetes CRI log format (`stdout P`: a line goes on in another).
 */
import { FORMATS } from '../formats/index.ts';
import { LAST_HOPS } from '../model/last-hops.ts';

const REPEATED = 'last message repeated ';
const PIECES = [' stdout P ', ' stderr P '];
/** A header of Exim's reject log behind a stamp that a container put there: lines of one entry are not told by their bytes. */
const STAMPED = [' Envelope-from: <', ' Envelope-to: <'];
/** What programs say of mails that no chosen line names. */
const BESIDE = FORMATS.flatMap(({ besides }) => besides?.traps ?? []);
/** Programs beside the servers that may tell of a mail by its Message-ID alone. */
const MIDS = FORMATS.flatMap(({ besides }) => besides?.mids ?? []);
/** Programs beside the servers that may tell of a mail by its client, sender and recipients alone. */
const ENVELOPES = FORMATS.flatMap(({ besides }) => besides?.envelopes ?? []);
/** A command took a mail: it may hand it in again, or write one. Source: postfix pipe(8), local(8). */
const PIPES = ['delivered via ', 'delivered to command'];
const STORED = LAST_HOPS.map((name) => `delivered via ${name}`);
/** What a list manager sends (correlate/lists.ts); Exim does not say that a command took the post. */
const LISTS = ['-bounces@', '-bounces+', '<= owner-', '-return-', '-owner@'];
const EXIM_ARRIVAL = ' <= ';
/** handed in here */
const HERE = [' [127.', ' [::1]', ' U='];
const FRONTS = ['NOQUEUE: client=', 'proxy-accept', 'proxy-reject'];

const HAS_PIECES = anyOf(PIECES);
const HAS_STAMPED = anyOf(STAMPED);
const HAS_BESIDE = anyOf(BESIDE);
const HAS_MIDS = anyOf(MIDS);
const HAS_PIPES = anyOf(PIPES);
const HAS_STORED = anyOf(STORED);
const HAS_LISTS = anyOf(LISTS);
const HAS_HERE = anyOf(HERE);
const HAS_FRONTS = anyOf(FRONTS);
/** A program's name ends there: `http://postgrey.schweikert.ch/help` is the text of a refusal. */
const HAS_ENVELOPES = anyOf(ENVELOPES, (word) => (/[a-z]$/.test(word) ? '(?![A-Za-z._-])' : ''));

/** Whether one of the words stands in a text; `behind`: a pattern of what must follow. */
function anyOf(words: readonly string[], behind: (word: string) => string = () => ''): RegExp {
  return new RegExp(words.map((word) => word.replaceAll(/[^\w ]/g, String.raw`\$&`) + behind(word)).join('|'));
}

export class Traps {
  /** a before-queue proxy hands mail on: what came behind it is known by its client alone */
  fronts = false;
  /** Message-IDs alone may tell whose line it is */
  mids = false;
  /** clients, senders and recipients alone may tell whose line it is */
  envelopes = false;
  /** commands take mail */
  pipes = false;
  /** a list manager beside an Exim sends to its members */
  lists = false;
  doubt: string | undefined;
  #news = false;

  look(line: string): void {
    if (line.includes(REPEATED)) this.doubt = 'a line repeats the line before it';
    else if (HAS_PIECES.test(line)) this.doubt = 'lines in pieces';
    else if (HAS_STAMPED.test(line)) this.doubt = 'lines of an entry with a stamp each';
    else if (HAS_BESIDE.test(line)) this.doubt = 'a program that tells of mails by other names';
    if (!this.fronts && HAS_FRONTS.test(line)) this.fronts = this.#news = true;
    if (!this.pipes && HAS_PIPES.test(line) && !HAS_STORED.test(line)) this.pipes = this.#news = true;
    if (!this.lists && isDistribution(line)) this.lists = this.#news = true;
    if (!this.mids && HAS_MIDS.test(line)) this.mids = this.#news = true;
    if (!this.envelopes && HAS_ENVELOPES.test(line)) this.envelopes = true;
  }

  /** Whether the line is one of a program that may know mails by their envelopes. */
  isOfEnvelope(line: string): boolean {
    return this.envelopes && HAS_ENVELOPES.test(line);
  }

  /** What is looked for: what was seen once is known. */
  get needles(): readonly string[] {
    return [
      REPEATED,
      ...PIECES,
      ...STAMPED,
      ...BESIDE,
      ...(this.fronts ? [] : FRONTS),
      ...(this.mids ? [] : MIDS),
      ...ENVELOPES,
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
}

function isDistribution(line: string): boolean {
  return line.includes(EXIM_ARRIVAL) && HAS_LISTS.test(line) && HAS_HERE.test(line);
}
