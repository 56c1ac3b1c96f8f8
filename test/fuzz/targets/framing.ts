/**
 * The wrappings of lines: each line of a fixture in a collector's, mutated, cut into blocks of any size. What a framer makes of
 * it must not hang on the blocks.
 */
import { Framer } from '../../../src/framing/framer.ts';
import { Frame } from '../../../src/model/frame.ts';
import { BlockReader } from '../../../src/sources/block-reader.ts';
import type { ByteSource } from '../../../src/sources/byte-source.ts';
import { exportAsJson } from '../../../src/sources/journal-export.ts';
import { donorsOf, familiesOf, someBlock } from '../blocks.ts';
import { mutated } from '../mutate.ts';
import type { Random } from '../random.ts';
import { must, mustEqual, type Target } from '../target.ts';

const LF = Buffer.from('\n');
const BOUND = Date.UTC(2026, 10, 22, 12);
const ISO = '2026-11-21T22:31:18.123456789Z';

const json = (value: unknown): string => JSON.stringify(value);

/** As collectors write it: their documents are named in src/framing/containers.ts. */
const WRAPPINGS: readonly ((text: string, random: Random) => string)[] = [
  (text) => text,
  (text) => `<22>${text}`,
  (text) => json({ log: `${text}\n`, stream: 'stdout', time: ISO }),
  (text, random) => `${ISO} stdout ${random.is(0.8) ? 'F' : 'P'} ${text}`,
  (text) =>
    json({
      MESSAGE: text,
      SYSLOG_IDENTIFIER: 'postfix/smtp',
      _PID: '7',
      __REALTIME_TIMESTAMP: '1795252502418233',
      _HOSTNAME: 'mx1',
    }),
  (text) =>
    json({
      MESSAGE: [...Buffer.from(text, 'latin1')],
      _COMM: 'exim',
      __REALTIME_TIMESTAMP: '1795252502418233',
      _HOSTNAME: 'mx1',
    }),
  (text) => json({ message: text, '@timestamp': ISO, host: { name: 'mx1' } }),
  (text) => `mail-1  | ${text}`,
  (text) => `[pod/mail-0/postfix] ${text}`,
  (text) => `${ISO} ${text}`,
  (text) => `2026-11-21 22:31:18.000000000 +0000 mail.info: ${json({ message: text, host: 'mx1' })}`,
  (text) => `${ISO} {app="mail"} ${text}`,
  (text) => `@400000006b01613000000000 ${text}`,
  (text) => `Nov 21 22:31:18 relay1 ${text}`,
  (text) => `<22>1 ${ISO} mx1 postfix/smtp 7 - [x@1 a="b\\"]"] ${text}`,
];

function wrapped(random: Random): Buffer {
  const family = random.of(familiesOf());
  const donors = donorsOf();
  const wrap = random.of(WRAPPINGS);
  const out: Buffer[] = [];
  for (let n = random.few(40); n > 0; n--) {
    const line = random.of(family.lines);
    const inside = random.is(0.5) ? mutated(line, random, donors) : line;
    const whole = Buffer.from(
      (random.is(0.9) ? wrap : random.of(WRAPPINGS))(inside.toString('latin1'), random),
      'latin1',
    );
    out.push(random.is(0.6) ? mutated(whole, random, donors) : whole, LF);
  }
  return Buffer.concat(out);
}

const ENDS = ['\n', '\r\n', '\n\n', '\0\n'];

/** Entries of `journalctl -o export`: fields, some of them binary, with lengths that may lie. */
function exported(random: Random): Buffer {
  const donors = donorsOf();
  const out: Buffer[] = [];
  for (let n = random.few(20); n > 0; n--) {
    out.push(
      Buffer.from(
        '__CURSOR=s=1\n__REALTIME_TIMESTAMP=1795252502418233\n_HOSTNAME=mx1\nSYSLOG_IDENTIFIER=postfix/smtp\n',
      ),
    );
    const line = donors.line(random);
    if (random.is(0.5)) out.push(Buffer.from('MESSAGE='), random.is(0.5) ? mutated(line, random, donors) : line, LF);
    else {
      const length = Buffer.alloc(8);
      const told = random.is(0.9) ? line.length : random.of([0, 1, 255, 65_536, 0xffff_ffff, line.length + 1]);
      length.writeBigUInt64LE(random.is(0.05) ? 0xffff_ffff_ffff_ffffn : BigInt(told));
      out.push(Buffer.from('MESSAGE\n'), length, line, LF);
    }
    out.push(Buffer.from(random.is(0.95) ? '\n' : random.of(ENDS)));
  }
  return Buffer.concat(out);
}

/** Gives the bytes in pieces. */
class Pieces implements ByteSource {
  #at = 0;
  readonly #bytes: Buffer;
  readonly #size: () => number;
  constructor(bytes: Buffer, size: () => number) {
    this.#bytes = bytes;
    this.#size = size;
  }
  read(into: Buffer, at: number, room: number): number {
    const count = Math.min(room, this.#size(), this.#bytes.length - this.#at);
    this.#bytes.copy(into, at, this.#at, this.#at + count);
    this.#at += count;
    return count;
  }
  fill(): Promise<void> {
    return Promise.resolve();
  }
  close(): void {
    this.#at = this.#bytes.length;
  }
}

/** What is made of each line, read by such pieces. */
function framesOf(bytes: Buffer, size: () => number, blockSize: number): { frames: unknown[]; reasons: unknown } {
  const reader = new BlockReader(new Pieces(bytes, size), { blockSize, maxLine: 200_000 });
  const framer = new Framer({ zone: 'UTC', bound: BOUND });
  const frame = new Frame();
  const frames: unknown[] = [];
  while (reader.read() === 'block') {
    framer.startBlock(reader.bytes);
    for (let at = reader.start; at < reader.end;) {
      let end = reader.bytes.indexOf(10, at);
      if (end < 0 || end >= reader.end) end = reader.end;
      const result = framer.frame(reader.bytes, at, end, frame);
      const { framing, host, program, pid, repeated } = frame;
      if (result === 'line') {
        must(frame.body <= frame.end && frame.end <= frame.bytes.length, 'the body is not in the bytes');
        must(Number.isInteger(pid) && pid >= -1 && repeated >= 1, `pid ${pid}, repeated ${repeated}`);
      }
      const at_ = Number.isNaN(frame.at) ? '' : frame.at;
      must(at_ === '' || Number.isFinite(at_), `time ${at_}`);
      frames.push(
        result === 'line' ? [framing, at_, host, program, pid, repeated, frame.text(frame.body, frame.end)] : result,
      );
      at = end + 1;
    }
  }
  return { frames, reasons: framer.reasons };
}

export const framing: Target = {
  name: 'framing',
  title: 'wrappings of lines, in blocks and pieces of any size',
  make: (random) => (random.is(0.2) ? exported(random) : random.is(0.2) ? someBlock(random) : wrapped(random)),
  check(input, random) {
    const bytes =
      random.is(0.2) || input.subarray(0, 8).toString('latin1') === '__CURSOR' ? exportAsJson(input) : input;
    const whole = framesOf(bytes, () => bytes.length, bytes.length + 1);
    const pieces = framesOf(bytes, () => 1 + random.below(300), random.few(3000));
    mustEqual('one block and many', whole, pieces);
  },
};
