/**
 * The only door to the process: streams, terminal, clock, environment. Commands take an Io and nothing else of the process,
 * so that a test can hand them another.
 * One Writer owns each of standard output and standard error: it gathers what is written into pieces of 64 KiB, tells when
 * the reader is slower than we are, and where the reader has gone (`| head -1`) it swallows the rest: `closed` is true, and
 * who writes much should stop.
 * Errors: a stream that fails in another way (a full disk) is a UserError from drained() and flush().
 */
import { existsSync, fstatSync, readlinkSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { UserError } from './errors.ts';
import type { Instant } from './model/message.ts';
import type { PolicyPlace } from './model/policy-place.ts';

export interface Writer {
  /** Takes text (as UTF-8) or bytes. False: the reader is behind, await drained() before writing much more. */
  write(piece: string | Uint8Array): boolean;
  /** Resolves when there is room again, at once if there is. */
  drained(): Promise<void>;
  /** Resolves when everything written has left the process, or the reader has gone. */
  flush(): Promise<void>;
  /** The reader has gone; nothing written is of use any more. */
  readonly closed: boolean;
}

/** One line on a terminal, rewritten in place, and gone before anything else is written there. */
export interface StatusLine {
  /** most columns a text may take now */
  readonly room: number;
  /** Expects plain text that fits. Nothing where the terminal has got the results. */
  show(text: string): void;
  clear(): void;
}

export interface Io {
  /** opened when first asked for: a command that does not read it does not wait for it */
  readonly stdin: Readable;
  readonly stdout: Writer;
  readonly stderr: Writer;
  /** of the terminal that standard error is; left out: it is none */
  readonly status?: StatusLine | undefined;
  readonly stdinIsTty: boolean;
  /** somebody pipes something in; left out: no */
  readonly stdinIsPipe?: boolean;
  readonly stdoutIsTty: boolean;
  readonly stderrIsTty: boolean;
  /** of the terminal; 80 where none tells */
  readonly columns: number;
  readonly colour: boolean;
  /** IANA name of the machine's zone (TZ obeyed) */
  readonly timeZone: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** what those are held to who come through sudo; left out: nothing */
  readonly policy?: PolicyPlace;
  now(): Instant;
}

const PIECE = 65_536;
/** The reader of a pipe or socket has gone. */
const GONE: ReadonlySet<string> = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED']);

/** A Writer over a stream that nobody else writes to. `name` is for messages: `standard output`. */
export class StreamWriter implements Writer {
  readonly #stream: Writable;
  readonly #name: string;
  readonly #beforeWrite: (() => void) | undefined;
  #text = '';
  #bytes: Uint8Array[] = [];
  #size = 0;
  #closed = false;
  #error: Error | undefined;
  #full = false;
  #unsent = 0;
  #waiting: (() => void)[] = [];

  /** `beforeWrite` is called before each piece leaves. */
  constructor(stream: Writable, name: string, beforeWrite?: () => void) {
    this.#stream = stream;
    this.#name = name;
    this.#beforeWrite = beforeWrite;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.#fail(error);
    });
    stream.on('drain', () => {
      this.#full = false;
      this.#wake();
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  write(piece: string | Uint8Array): boolean {
    if (this.#closed) return true;
    if (typeof piece === 'string') this.#text += piece;
    else {
      this.#closeText();
      this.#bytes.push(piece);
      this.#size += piece.length;
    }
    if (this.#text.length + this.#size >= PIECE) this.#send();
    return !this.#full;
  }

  async drained(): Promise<void> {
    while (this.#full && !this.#closed) await this.#change();
    this.#check();
  }

  async flush(): Promise<void> {
    this.#send();
    while (this.#unsent > 0 && !this.#closed) await this.#change();
    this.#check();
  }

  #closeText(): void {
    if (this.#text === '') return;
    const bytes = Buffer.from(this.#text, 'utf8');
    this.#text = '';
    this.#bytes.push(bytes);
    this.#size += bytes.length;
  }

  #send(): void {
    this.#closeText();
    if (this.#closed || this.#size === 0) return;
    const piece = this.#bytes.length === 1 ? (this.#bytes[0] as Uint8Array) : Buffer.concat(this.#bytes, this.#size);
    this.#bytes = [];
    this.#size = 0;
    this.#unsent++;
    this.#beforeWrite?.();
    // The callback comes after the piece has left, or failed; a pipe that is full for now (EAGAIN) is libuv's business.
    const more = this.#stream.write(piece, (error) => {
      this.#unsent--;
      if (error) this.#fail(error);
      this.#wake();
    });
    if (!more) this.#full = true;
  }

  #fail(error: NodeJS.ErrnoException): void {
    if (!GONE.has(error.code ?? '')) this.#error ??= error;
    this.#closed = true;
    this.#text = '';
    this.#bytes = [];
    this.#wake();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #check(): void {
    if (this.#error === undefined) return;
    const error = this.#error;
    this.#error = undefined;
    throw new UserError({ where: this.#name, what: error.message });
  }
}

/** ECMA-48: EL, erase to the end of the line. */
const ERASE = '\u001b[K';

class TerminalLine implements StatusLine {
  readonly #stream: WriteStream;
  #isShown = false;
  #isOver = false;

  constructor(stream: WriteStream) {
    this.#stream = stream;
  }

  get room(): number {
    // In the last column some terminals wrap at once, others with the next character.
    return columnsOf({}, this.#stream.columns) - 1;
  }

  show(text: string): void {
    if (this.#isOver) return;
    this.#stream.write(`\r${text}${ERASE}`);
    this.#isShown = true;
  }

  clear(): void {
    if (!this.#isShown) return;
    this.#isShown = false;
    this.#stream.write(`\r${ERASE}`);
  }

  /** Results come to a terminal: it may be the same one, so no more is shown. */
  end(): void {
    this.clear();
    this.#isOver = true;
  }
}

type Env = Readonly<Record<string, string | undefined>>;

/** Whether to colour what goes to a stream. NO_COLOR (no-color.org) wins over FORCE_COLOR, as it is the user's last word. */
export function wantsColour(env: Env, isTty: boolean): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  return isTty && env['TERM'] !== 'dumb';
}

/** Columns of the terminal: what it says, else COLUMNS, else 80. */
export function columnsOf(env: Env, told: number | undefined): number {
  for (const columns of [told, Number(env['COLUMNS'])]) {
    if (columns !== undefined && Number.isInteger(columns) && columns > 0) return Math.min(columns, 1000);
  }
  return 80;
}

/** What /etc/localtime is a link to on a machine that keeps UTC. */
const UTC_LINK = /\/zoneinfo\/(?:Etc\/)?UTC$/;

/** Many servers keep UTC. ICU, asked below, takes 20 ms to start; it looks at the same two places. */
function keepsUtc(env: Env): boolean {
  const told = env['TZ'];
  if (told !== undefined) return told === 'UTC' || told === 'Etc/UTC';
  try {
    return UTC_LINK.test(readlinkSync('/etc/localtime'));
  } catch {
    return false;
  }
}

function machineZone(env: Env): string {
  if (keepsUtc(env)) return 'UTC';
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return timeZone === undefined || timeZone === 'Etc/Unknown' ? 'UTC' : timeZone;
}

/** isTTY is missing, not false, on what is no terminal. */
function isTty(stream: { isTTY?: boolean }): boolean {
  return stream.isTTY ?? false;
}

/** Whether file descriptor 0 is a pipe; not where it is closed, /dev/null or a file. */
function stdinIsPipe(): boolean {
  try {
    return fstatSync(0).isFIFO();
  } catch {
    return false;
  }
}

/** Fixed: no option, variable or file changes it. */
const POLICY: PolicyPlace = {
  path: '/etc/mailtrace/policy.yaml',
  owner: 0,
  passwd: '/etc/passwd',
  group: '/etc/group',
  id: '/usr/bin/id',
};
/** What is left of the environment of somebody whom a policy holds: how their terminal is, and what sudo says of them. */
const KEPT = ['TERM', 'COLUMNS', 'NO_COLOR', 'FORCE_COLOR', 'SUDO_UID', 'SUDO_GID', 'SUDO_USER'];
const SAFE_PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

/** Before anything else looks: folders for temporary files, programs that unpack, zones are then those of the machine. */
function withoutUsersWishes(env: Record<string, string | undefined>): void {
  if (env['SUDO_UID'] === undefined && env['SUDO_GID'] === undefined && env['SUDO_USER'] === undefined) return;
  if (!existsSync(POLICY.path)) return;
  for (const name of Object.keys(env)) if (!KEPT.includes(name)) delete env[name];
  env['PATH'] = SAFE_PATH;
}

/** The real thing. `colour: false` is --no-color. Make it once: it takes the process' streams as its own. */
export function processIo(options: { colour?: boolean } = {}): Io {
  const { env, stdout, stderr } = process;
  withoutUsersWishes(env);
  const stdoutIsTty = isTty(stdout);
  // Writes to a terminal are synchronous (Node's "process I/O"), so what two streams write there comes in their order.
  const status = isTty(stderr) && env['TERM'] !== 'dumb' ? new TerminalLine(stderr) : undefined;
  return {
    get stdin() {
      return process.stdin;
    },
    stdout: new StreamWriter(stdout, 'standard output', stdoutIsTty ? () => status?.end() : undefined),
    stderr: new StreamWriter(stderr, 'standard error', () => status?.clear()),
    status,
    get stdinIsTty() {
      return isTty(process.stdin);
    },
    get stdinIsPipe() {
      return stdinIsPipe();
    },
    stdoutIsTty,
    stderrIsTty: isTty(stderr),
    columns: columnsOf(env, stdoutIsTty ? stdout.columns : undefined),
    colour: options.colour !== false && wantsColour(env, stdoutIsTty),
    timeZone: machineZone(env),
    cwd: process.cwd(),
    env,
    policy: POLICY,
    now: () => Date.now(),
  };
}
