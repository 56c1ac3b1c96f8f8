/**
 * Why packed data could not be unpacked to its end, in the same words whoever unpacked it.
 */
import type { InputProblem } from '../../model/run.ts';
import type { Packing } from './packing.ts';

export type FailureKind =
  | 'early' // the data ends before its end
  | 'behind' // all of it was unpacked, something else stands behind it
  | 'memory' // it asks for more memory than we allow
  | 'damaged'
  | 'unable'; // the tool did not start, or died of something else

/** Thrown by a decoder. */
export class UnpackError extends Error {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** What the tools say with LC_ALL=C. None of it is shown: it is another program's text. */
const SAID: readonly (readonly [words: RegExp, kind: FailureKind])[] = [
  [/premature end|unexpected end|ends unexpectedly/i, 'early'],
  [/unsupported format|unknown header|trailing garbage|not recognized/i, 'behind'],
  [/too much memory|memory (?:usage )?limit/i, 'memory'],
  [/corrupt|integrity|checksum|doesn't match/i, 'damaged'],
];

export function kindOf(said: string): FailureKind {
  return SAID.find(([words]) => words.test(said))?.[1] ?? 'unable';
}

/** `given`: bytes that were unpacked before. */
export function failureProblem(where: string, packing: Packing, failure: FailureKind, given: number): InputProblem {
  const kind = failure === 'behind' && given === 0 ? 'damaged' : failure;
  const [what, help] = WORDS[kind](packing, where === '-' ? 'FILE' : where);
  return help === undefined ? { where, what } : { where, what, help };
}

const WORDS: Readonly<Record<FailureKind, (name: Packing, file: string) => readonly [what: string, help?: string]>> = {
  early: (name) => [`${name} data ends early`, 'all lines up to there were read; is it still being written or copied?'],
  behind: (name) => [`bytes behind the ${name} data were ignored`],
  memory: (name, file) => [
    `${name} data needs more memory to unpack than is allowed`,
    `${name} -dc${name === 'zstd' ? ' --long=31' : ''} < ${file} | mailtrace … -`,
  ],
  unable: (name, file) => [`${name} data could not be unpacked`, `try: ${name} -t < ${file}`],
  damaged: (name) => [`${name} data is damaged`, 'the lines before the damage were read'],
};
