/**
 * What reads or writes bytes beside logs: the unpackers, of packed bytes that were damaged: they end, with what is there and at
 * most a word on what is not; and the redactor, of lines with somebody in them: nobody is left.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Redactor } from '../../../src/render/redact/index.ts';
import { type ByteSource, WAIT } from '../../../src/sources/byte-source.ts';
import { GunzipBytes } from '../../../src/sources/gunzip.ts';
import { loadDecoder } from '../../../src/sources/unpack/decoder.ts';
import { InsideBytes } from '../../../src/sources/unpack/inside-bytes.ts';
import { root } from '../../house/sources.ts';
import { donorsOf, someBlock } from '../blocks.ts';
import { splitLines } from '../corpus.ts';
import { mutated } from '../mutate.ts';
import type { Random } from '../random.ts';
import { must, type Target } from '../target.ts';

const PACKED = (['zstd', 'xz', 'bzip2'] as const).map((packing) => {
  const ending = packing === 'zstd' ? 'zst' : packing === 'bzip2' ? 'bz2' : 'xz';
  return { packing, bytes: readFileSync(join(root, 'fixtures/packed', `single.mail.log.${ending}`)) };
});
/** A case is one of these and its packed bytes. */
const KINDS = ['gzip', ...PACKED.map(({ packing }) => packing)] as const;
/** Damage may make bytes of nothing, but not without end: what a decoder may be told to repeat. */
const MOST_BYTES = 256 * 1024 * 1024;

function damaged(bytes: Buffer, random: Random): Buffer {
  const out = Buffer.from(bytes);
  for (let n = random.few(6); n > 0; n--) {
    const at = random.below(random.is(0.5) ? Math.min(64, out.length) : out.length);
    if (random.is(0.2)) out.fill(random.below(256), at, Math.min(out.length, at + random.few(40)));
    else out[at] = random.below(256);
  }
  if (random.is(0.2)) return out.subarray(0, random.below(out.length));
  return random.is(0.1) ? Buffer.concat([out, out]) : out;
}

function makePacked(random: Random): Buffer {
  const kind = random.below(KINDS.length);
  const bytes = kind === 0 ? gzipSync(someBlock(random)) : (PACKED[kind - 1]?.bytes ?? Buffer.alloc(0));
  return Buffer.concat([Buffer.of(kind), damaged(bytes, random)]);
}

/** Bytes that are there, some at a time. */
class Given implements ByteSource {
  #at = 0;
  readonly #bytes: Buffer;
  readonly #most: number;

  constructor(bytes: Buffer, most: number) {
    this.#bytes = bytes;
    this.#most = most;
  }

  read(into: Buffer, at: number, room: number): number {
    const length = Math.min(room, this.#most, this.#bytes.length - this.#at);
    this.#bytes.copy(into, at, this.#at, this.#at + length);
    this.#at += length;
    return length;
  }

  fill(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    this.#at = this.#bytes.length;
  }
}

async function checkPacked(input: Buffer, random: Random): Promise<void> {
  if (input.length === 0) return;
  const kind = KINDS[(input[0] as number) % KINDS.length] ?? 'gzip';
  const given = new Given(input.subarray(1), 1 + random.below(70_000));
  let failures = 0;
  const onFailure = (): void => void failures++;
  const bytes =
    kind === 'gzip'
      ? new GunzipBytes('mail.log.gz', given, onFailure)
      : new InsideBytes(await loadDecoder(kind), given, onFailure);
  const into = Buffer.alloc(1 + random.below(100_000));
  let total = 0;
  for (let idle = 0; idle < 100_000 && total < MOST_BYTES;) {
    const count = bytes.read(into, 0, into.length);
    if (count === 0) break;
    if (count === WAIT) {
      idle++;
      await bytes.fill();
      continue;
    }
    must(count > 0 && count <= into.length, `${count} bytes were read into ${into.length}`);
    total += count;
  }
  bytes.close();
  must(total < MOST_BYTES, 'no end of unpacked bytes');
  must(failures <= 1, `${failures} words on one failure`);
}

const PERSON = 'zoltan.quimby';
const DOMAIN = 'hidden-place.example';
const AROUND: readonly (readonly [string, string])[] = [
  [' ', ' '],
  ['<', '>'],
  ['to=<', '>, '],
  [' from=<', '> '],
  ['"', '"'],
  [' for ', ''],
];

/** Lines in which somebody was written, at any place. */
function makeLines(random: Random): Buffer {
  const donors = donorsOf();
  const lines = splitLines(someBlock(random, { lines: 20 })).map((line) => {
    const at = random.below(line.length + 1);
    const [before, behind] = random.of(AROUND);
    const written = Buffer.from(`${before}${PERSON}@${DOMAIN}${behind}`);
    const whole = Buffer.concat([line.subarray(0, at), Buffer.from(' '), written, Buffer.from(' '), line.subarray(at)]);
    return random.is(0.3) ? mutated(whole, random, donors) : whole;
  });
  return Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
}

const WRITTEN = new RegExp(
  `(?:^|[\\s<"])${PERSON.replace('.', '\\.')}@${DOMAIN.replace('.', '\\.')}(?:[\\s>"]|$)`,
  'i',
);

function checkRedacted(input: Buffer): void {
  const redactor = new Redactor({ key: Buffer.alloc(32, 7), keepsHosts: false });
  for (const line of splitLines(input)) {
    const text = line.toString('utf8');
    const redacted = redactor.text(text);
    must(redacted === redactor.text(text), 'the same line, other pseudonyms');
    if (!WRITTEN.test(text)) continue;
    must(
      !WRITTEN.test(redacted),
      `somebody is left in ${JSON.stringify(redacted.slice(0, 500))} of ${JSON.stringify(text.slice(0, 500))}`,
    );
  }
}

export const unpack: Target = {
  name: 'unpack',
  title: 'damaged packed bytes end, and are told once',
  cases: 40,
  make: makePacked,
  check: checkPacked,
};
export const redact: Target = {
  name: 'redact',
  title: 'an address that stands in a line is not in the redacted one',
  make: makeLines,
  check: checkRedacted,
};
