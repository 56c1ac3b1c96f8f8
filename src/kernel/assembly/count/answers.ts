/**
 * Answers as they are told (told.ts): each by the number of its shape (reply-shape.ts), so that one line of each is read.
 */
import { indexOf, indexOfByte, is } from './bytes.ts';
import { tag } from './head.ts';
import { end } from './line.ts';
import { type i32 } from './memory.ts';
import { codesAt, readPairs, readRelay } from './parse-delivery.ts';
import {
  beginShape,
  kind1,
  kind2,
  LONGEST as MOST_ANSWER,
  shape1,
  shape2,
  shapeAnswer,
  shapeBytes,
} from './reply-shape.ts';
import { nameAs, RELAY } from './names.ts';
import { newTable, put, valueOf } from './tables.ts';
import { tellShape, tellText } from './told-out.ts';

/** So many at most: of others the line goes out as text. */
const MOST_SHAPES = 100_000;
let shapes: i32 = 0;
let shapeCount: i32 = 0;
/** by the kind of an answer: its first shape */
let kinds: i32 = 0;
let texts: i32 = 0;
/** of a delivery, where its line tells who answered, and what */
let relayStart: i32 = 0;
let relayEnd: i32 = 0;
let wordsAt: i32 = 0;

export function openAnswers(): void {
  shapes = kinds = shapeCount = texts = 0;
}

export function wantAnswers(): void {
  shapes = newTable(256);
  kinds = newTable(256);
}

/** The number of the shape that was looked at last, which is told where it is new. 0 = there are too many. */
function shapeHere(): i32 {
  const a = shape1;
  const b = shape2;
  const known = valueOf(shapes, a, b);
  if (known !== 0) return known;
  if (shapeCount === MOST_SHAPES) return 0;
  put(shapes, a, b, ++shapeCount, 0);
  let like = valueOf(kinds, kind1, kind2);
  if (like === 0) {
    like = shapeCount;
    put(kinds, kind1, kind2, like, 0);
  }
  tellShape(shapeCount, like);
  return shapeCount;
}

/** The shape of the answer that the line at hand tells of a delivery; of one that has none, below 0, the number of its text. */
export function shapeOfDelivery(): i32 {
  beginShape(tag);
  shapeBytes(relayStart, relayEnd);
  const open = indexOfByte(wordsAt, end, 0x28);
  const words = open < 0 ? wordsAt : remoteWords(open + 1);
  shapeBytes(wordsAt, words);
  // tables cut an answer with all that stands before its words
  if (open >= 0 && end - open > MOST_ANSWER) shapeBytes(words, end);
  else shapeAnswer(words, end);
  const shape = shapeHere();
  return shape === 0 ? -tellText(++texts) : shape;
}

/** The name of who took the mail that the line at hand tells of (tellAnswer). */
export function relayHere(): i32 {
  return nameAs(RELAY, relayStart, relayEnd);
}

/** As shapeOfDelivery, of the answer in [a, b) that refuses. `asText`: each has a text of its own. */
export function shapeOfRefusal(a: i32, b: i32, asText: boolean): i32 {
  if (asText) return -tellText(++texts);
  beginShape(0);
  shapeAnswer(a, b);
  const shape = shapeHere();
  return shape === 0 ? -tellText(++texts) : shape;
}

/** Where the words of the other server begin, behind those of the daemon (src/explain/reply-text.ts replyRange()). */
function remoteWords(p: i32): i32 {
  if (!is(p, 'host ')) return p;
  const said = indexOf(p, end, ' said: ');
  if (said >= 0) return said + 7;
  const refused = indexOf(p, end, ' refused to talk to me: ');
  return refused < 0 ? p : refused + 24;
}

/** The line at hand is of a delivery, and the address that was typed ends here: who answered, and what, stands behind. */
export function tellAnswer(typedEnd: i32): void {
  relayStart = typedEnd + 9;
  relayEnd = readRelay(relayStart);
  const status = readPairs(relayEnd);
  wordsAt = codesAt > 0 ? codesAt : status;
}
