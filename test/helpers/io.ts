/** An Io for tests: what is written is kept, the clock stands still. */
import { Readable } from 'node:stream';
import type { Io, Writer } from '../../src/io.ts';

class FakeWriter implements Writer {
  closed = false;
  /** closes after so many bytes, as `head` would */
  closeAfter = Number.POSITIVE_INFINITY;
  readonly #pieces: Buffer[] = [];
  #size = 0;

  write(piece: string | Uint8Array): boolean {
    if (this.closed) return true;
    this.#pieces.push(Buffer.from(piece as Uint8Array));
    this.#size += piece.length;
    if (this.#size >= this.closeAfter) this.closed = true;
    return true;
  }

  async drained(): Promise<void> {}

  async flush(): Promise<void> {}

  /** all that was written */
  get bytes(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  get text(): string {
    return this.bytes.toString('utf8');
  }
}

export interface FakeIo extends Io {
  readonly stdout: FakeWriter;
  readonly stderr: FakeWriter;
}

/** 2026-11-21T12:00:00Z, UTC, no terminal, no colour, empty standard input; `over` changes any of it. */
export function fakeIo(
  over: Partial<Omit<Io, 'stdout' | 'stderr' | 'stdin'>> & { stdin?: string | Buffer } = {},
): FakeIo {
  const { stdin = '', ...rest } = over;
  return {
    stdin: Readable.from(stdin.length === 0 ? [] : [Buffer.from(stdin as Buffer)]),
    stdout: new FakeWriter(),
    stderr: new FakeWriter(),
    stdinIsTty: false,
    stdoutIsTty: false,
    stderrIsTty: false,
    columns: 80,
    colour: false,
    timeZone: 'UTC',
    cwd: process.cwd(),
    env: {},
    now: () => Date.UTC(2026, 10, 21, 12),
    ...rest,
  };
}
