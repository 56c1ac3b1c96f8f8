import { spawn, spawnSync } from 'node:child_process';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { UserError } from '../src/errors.ts';
import { columnsOf, StreamWriter, wantsColour } from '../src/io.ts';
import { fakeIo } from './helpers/io.ts';

const tsx = import.meta.resolve('tsx');
const io = fileURLToPath(new URL('../src/io.ts', import.meta.url));

/** A program that writes through processIo(). */
function program(body: string): string[] {
  return [
    '--import',
    tsx,
    '--input-type=module',
    '-e',
    `const { processIo } = await import(${JSON.stringify(io)}); const io = processIo(); ${body}`,
  ];
}

class Sink extends Writable {
  readonly pieces: Buffer[] = [];
  readonly #fail: NodeJS.ErrnoException | undefined;
  constructor(fail?: NodeJS.ErrnoException) {
    super({ highWaterMark: 10 });
    this.#fail = fail;
  }
  override _write(piece: Buffer, _: string, done: (error?: Error) => void): void {
    setImmediate(() => {
      this.pieces.push(piece);
      done(this.#fail);
    });
  }
}

const code = (name: string): NodeJS.ErrnoException => Object.assign(new Error(`${name}: no`), { code: name });

describe('StreamWriter', () => {
  it('gathers pieces of 64 KiB and keeps text and bytes in order', async () => {
    const sink = new Sink();
    const writer = new StreamWriter(sink, 'standard output');
    for (let i = 0; i < 1000; i++) {
      writer.write('ü');
      writer.write(Buffer.from([0xff]));
    }
    expect(sink.pieces).toHaveLength(0);
    await writer.flush();
    expect(sink.pieces).toHaveLength(1);
    expect(
      sink.pieces[0]?.equals(Buffer.concat(Array.from({ length: 1000 }, () => Buffer.from([0xc3, 0xbc, 0xff])))),
    ).toBe(true);
  });

  it('says when the reader is behind, and waits for it', async () => {
    const sink = new Sink();
    const writer = new StreamWriter(sink, 'standard output');
    expect(writer.write('x'.repeat(10))).toBe(true);
    expect(writer.write('x'.repeat(70_000))).toBe(false);
    await writer.drained();
    expect(Buffer.concat(sink.pieces)).toHaveLength(70_010);
    expect(writer.write('x')).toBe(true);
  });

  it('ends quietly where the reader has gone', async () => {
    const writer = new StreamWriter(new Sink(code('EPIPE')), 'standard output');
    writer.write('x');
    await writer.flush();
    expect(writer.closed).toBe(true);
    expect(writer.write('x'.repeat(100_000))).toBe(true);
    await writer.drained();
    await writer.flush();
  });

  it('tells of any other failure once', async () => {
    const writer = new StreamWriter(new Sink(code('ENOSPC')), 'standard output');
    writer.write('x');
    await expect(writer.flush()).rejects.toThrowError(new UserError({ where: 'standard output', what: 'ENOSPC: no' }));
    await writer.flush();
  });
});

describe('processIo', () => {
  it('loses nothing that was written to a pipe', () => {
    const { stdout, status } = spawnSync(
      process.execPath,
      program(
        `for (let i = 0; i < 300; i++) if (!io.stdout.write('x'.repeat(999) + '\\n')) await io.stdout.drained(); await io.stdout.flush();`,
      ),
      { maxBuffer: 1e7 },
    );
    expect([status, stdout.length]).toEqual([0, 300_000]);
  });

  it('ends with 0 and says nothing where the reader goes away', async () => {
    const child = spawn(
      process.execPath,
      program(
        `while (!io.stdout.closed) if (!io.stdout.write('x'.repeat(999) + '\\n')) await io.stdout.drained(); await io.stdout.flush();`,
      ),
    );
    let errors = '';
    child.stderr.on('data', (piece: Buffer) => (errors += piece.toString()));
    child.stdout.once('data', () => child.stdout.destroy());
    const status = await new Promise((resolve) => child.once('close', resolve));
    expect([status, errors]).toEqual([0, '']);
  });
});

describe('the environment', () => {
  it('NO_COLOR wins over FORCE_COLOR, and both over the terminal', () => {
    expect(wantsColour({}, true)).toBe(true);
    expect(wantsColour({}, false)).toBe(false);
    expect(wantsColour({ TERM: 'dumb' }, true)).toBe(false);
    expect(wantsColour({ NO_COLOR: '1', FORCE_COLOR: '1' }, true)).toBe(false);
    expect(wantsColour({ NO_COLOR: '' }, true)).toBe(true);
    expect(wantsColour({ FORCE_COLOR: '1' }, false)).toBe(true);
    expect(wantsColour({ FORCE_COLOR: '0' }, true)).toBe(false);
  });

  it('columns: the terminal, then COLUMNS, then 80', () => {
    expect([
      columnsOf({ COLUMNS: '100' }, 132),
      columnsOf({ COLUMNS: '100' }, undefined),
      columnsOf({ COLUMNS: 'wide' }, 0),
      columnsOf({}, undefined),
    ]).toEqual([132, 100, 80, 80]);
  });

  it('a fake one keeps what is written', () => {
    const io = fakeIo({ stdoutIsTty: true });
    io.stdout.write('a');
    io.stdout.write(Buffer.from('b'));
    expect([io.stdout.text, io.stderr.text, io.stdoutIsTty, io.now()]).toEqual([
      'ab',
      '',
      true,
      Date.UTC(2026, 10, 21, 12),
    ]);
  });
});
