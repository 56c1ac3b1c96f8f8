/**
 * Reads a Postfix log once and tells which of its lines the formats must read for every mail to be counted: of all mails that
 * are plain and have one shape, the lines of the first, with how many there are; and all lines of those that are not plain.
 * What is plain is told here and nowhere else; in doubt a mail is not.
 *
 * How it is used: open(size); for each block of whole lines at buffer(): scan(start, end), which returns the position it came to,
 * stops at a program that it does not know (its name lies in [askedStart, askedEnd): answer with `program`), and leaves lines
 * from outStart() on; finish(). If clashesSeen() is not 0 then: open again, `forceKey` each clash, and read anew.
 */
import { attach, isTorn, mention, namesNobody, openAttach, tear } from './attach.ts';
import { addSign, hasUnserved, mayComeBack, openSigns, sawBeside, sawServer } from './beside.ts';
import { openBlocks } from './blocks.ts';
import { indexOf } from './bytes.ts';
import { chainCount, chainsAt, clearChains, isChaining, openChains, wantChains as want } from './chains.ts';
import {
  answerProgram,
  ASK,
  askedEnd as nameEnd,
  askedStart as nameStart,
  BESIDE,
  BESIDE_NAMELESS,
  BESIDE_OTHERWISE,
  body,
  DNSBLOG,
  FOREIGN,
  GOOD,
  hasTooManyHosts,
  isNoise,
  kind,
  openHeads,
  OTHER,
  POSTSCREEN,
  READER,
  readHead,
  SMTPD,
  hosts,
} from './head.ts';
import { openFront, recordCount, takeRecord, turnTo, writeRecords } from './front.ts';
import { firstsAreLost, keepWord, openFirstRecipients } from './first-recipients.ts';
import { openIds, settleIds } from './ids.ts';
import { clashCount, clashes, force, openKeys } from './keys.ts';
import {
  ANCHOR,
  clearOut,
  emit,
  emitLast,
  end,
  forgetOut,
  number,
  openLines,
  out,
  outCount,
  setBase,
  start,
  toLine,
} from './line.ts';
import { readLookup } from './lookups.ts';
import { readOpen, sweep, weighOpen } from './over.ts';
import { type f64, hash, hash2, type i32, isFull, ld8, renew, settleIn, take, taken } from './memory.ts';
import { holdWord, letWordsOut, openHeldWords } from './held-words.ts';
import { entries, knownName, nameCount, pool } from './names.ts';
import { openOutcomes, tallies } from './outcomes.ts';
import { idEnd, parse } from './parse.ts';
import { get, IS_GOOD, LIKE_ID, openParsed, WHAT } from './parsed.ts';
import { readQueued } from './queued.ts';
import { letAllOut, openRecords, openRing } from './records.ts';
import { nameClient, openNamedClients } from './named-clients.ts';
import { openRefusals, wentBack } from './refuse.ts';
import { openScreens, readScreen } from './screen.ts';
import { openServer, readServer } from './server.ts';
import { readSessionLine } from './sessions.ts';
import { counts, openShapes, shapeCount } from './shape.ts';
import { now } from './stamps.ts';
import { isTelling, isUntellable, openTold, sawTime, tellsServer, wantRecords } from './told.ts';
import { clearTold, tellStrange, toldAt, toldBytes } from './told-out.ts';
import { openTransactions } from './transactions.ts';
import { odd, words } from './words.ts';

export { take as lend, taken as bytesTaken, turnTo, writeRecords as look };

const ROOM = 2 * 1024 * 1024;
/** lines between two looks at what is over, a power of two */
const SWEEP_LINES = 256;

let block: i32 = 0;
let again: i32 = 0;
let lost: boolean = false;

/** Begins anew. `size`: bytes of the log. `most`: so many bytes of memory are to be taken (isCrowded), 0 = any. */
export function open(size: f64, most: i32): void {
  renew(most);
  openBlocks();
  block = take(ROOM + 64);
  again = 0;
  lost = false;
  openParsed();
  openFront();
  openSigns();
  openHeads();
  forgetOut();
  openLines(block);
  openKeys();
  openIds(size);
  openShapes();
  openRecords();
  openRefusals();
  openOutcomes();
  openScreens();
  openRing();
  openChains();
  openAttach();
  openNamedClients();
  openHeldWords();
  openFirstRecipients();
  openTransactions();
  openTold();
  openServer();
}

/** As open(), in a piece of another machine's memory (lend): to read lines' heads for it. */
export function openIn(from: i32, room: i32): void {
  settleIn(from, room);
  open(0, 0);
}

/** In place of numbers, chains are asked for (chains.ts), `alone`: their lines and nothing else; `sessions`: too. Before the first scan. */
export function wantChains(alone: boolean, sessions: boolean): void {
  want(alone, sessions);
}

export function chainsStart(): i32 {
  return chainsAt;
}

export function chainsSeen(): i32 {
  return chainCount;
}

export function chainsTaken(): void {
  clearChains();
}

/** In place of numbers, records are asked for: bits as told.ts has them. Before the first scan. */
export function wantTold(what: i32, outcomes: i32): void {
  wantRecords(what, outcomes);
}

export function toldStart(): i32 {
  return toldAt;
}

export function toldLength(): i32 {
  return toldBytes;
}

export function toldTaken(): void {
  clearTold();
}

/** By name from 1 on: where it is from namesPool() on, and how long it is. */
export function namesStart(): i32 {
  return entries;
}

export function namesSeen(): i32 {
  return nameCount;
}

export function namesPool(): i32 {
  return pool;
}

/** The number of the name that the first `length` bytes of the buffer are in this role (names.ts), 0 = none. */
export function numberOf(role: i32, length: i32): i32 {
  return knownName(role, block, block + length);
}

/** The two words of hash that stand for the first `length` bytes of the buffer: of a Message-ID those in its mail's record. */
export function hashOf(length: i32): i32 {
  const x = hash(block, block + length);
  return x === 0 ? 1 : x;
}

export function secondHash(): i32 {
  return hash2;
}

/** Where a block is put, and how long it may be (a byte less: what ends the last line is put behind it). */
export function buffer(): i32 {
  return block;
}

export function room(): i32 {
  return ROOM;
}

/** What the first byte of the block is in the file. */
export function base(value: f64): void {
  setBase(value);
}

export function forceKey(a: i32, b: i32): void {
  force(a, b);
}

/** A sign of lines beside the server that must be read: `length` bytes; `format`: what its programs are answered with. */
export function sign(length: i32, format: i32): boolean {
  return addSign(block, length, format);
}

/** A line was seen of which nobody can tell whose mail it decides on: the log must be read whole. */
export function isLost(): boolean {
  return lost || isTorn || firstsAreLost() || mayComeBack() || hasUnserved(false) || isUntellable() || wentBack;
}

export function askedStart(): i32 {
  return nameStart;
}

export function askedEnd(): i32 {
  return nameEnd;
}

/** Answers what was asked: what the program writes, and a number of its instance. */
export function program(what: i32, ofInstance: i32): void {
  answerProgram(what, ofInstance);
}

export function outStart(): i32 {
  return out;
}

export function outLength(): i32 {
  return outCount;
}

export function outTaken(): void {
  clearOut();
}

/** By shape from 1 on: how many there are. */
export function weightsStart(): i32 {
  return counts;
}

export function shapesSeen(): i32 {
  return shapeCount;
}

/** Mails that are counted without a shape, and their recipients by outcome (outcomes.ts). */
export function talliesStart(): i32 {
  return tallies;
}

export function clashesStart(): i32 {
  return clashes;
}

export function clashesSeen(): i32 {
  return clashCount;
}

export function linesSeen(): i32 {
  return number;
}

/** More hosts write this log than can be held apart, or there is no room for what must be known of it. */
export function isCrowded(): boolean {
  return hasTooManyHosts() || isFull();
}

/** Reads block[from, to), whole lines. Returns where it came to: less than `to` where it asks for a program. */
export function scan(from: i32, to: i32): i32 {
  let p = from;
  while (p < to) {
    const next = again !== 0 ? again : toLine(p, to);
    again = 0;
    const state = readHead();
    if (state === ASK) {
      again = next;
      return p;
    }
    if (state === GOOD) {
      parse();
      readText();
    } else strange();
    p = next;
    lookBack();
  }
  return p;
}

/** Always behind the same lines, so that the same comes of it however the log is cut into blocks. */
function lookBack(): void {
  if ((number & (SWEEP_LINES - 1)) !== 0) return;
  letWordsOut(false);
  sweep(now, false);
}

/** How many records another machine has written for this one: `look` is as scan(), and stops where there is no room for more too. */
export function recordsSeen(): i32 {
  return recordCount;
}

/** Reads the lines of the block that it was turned to, of which the first `count` records tell. */
export function scanTold(count: i32): void {
  for (let i: i32 = 0; i < count; i++) {
    if (takeRecord(i) === GOOD) readText();
    else strange();
    lookBack();
  }
}

/** No more lines come. */
export function finish(): void {
  // of a line that was cut in its stamp only the one before tells when the log ends
  emitLast();
  if (number > 0) emit(ANCHOR);
  letWordsOut(true);
  // a mail waits for its session, which is over in the first
  sweep(now, true);
  sweep(now, true);
  weighOpen();
  if (hasUnserved(true)) lost = true;
  settleIds();
  if (isChaining) readOpen();
  letAllOut(isChaining);
}

/** A line of none of the usual shapes. */
function strange(): void {
  // whose line is repeated, only the lines before it tell
  if (isChaining && indexOf(start, end, 'repeated ') >= 0) tear();
  if (tellsServer) tellStrange();
  odd();
}

function readText(): void {
  if (isTelling) {
    sawTime();
    if (tellsServer) readServer();
  }
  readBody();
}

function readBody(): void {
  if (kind === FOREIGN) {
    if (isChaining) mention();
    return;
  }
  if (kind === BESIDE || kind === BESIDE_NAMELESS || kind === BESIDE_OTHERWISE) return readBeside();
  if (idEnd > 0) {
    sawServer(now);
    readQueued(idEnd + 2);
  } else if (get(WHAT) === LIKE_ID) odd();
  else if (kind === SMTPD) {
    sawServer(now);
    readSessionLine(body);
  } else if (kind === POSTSCREEN) readScreen(body);
  else if (kind === DNSBLOG) readLookup(body);
  else if (kind === OTHER) return;
  else if (kind === READER || !isNoise()) odd();
}

function readBeside(): void {
  sawBeside(now);
  if (kind === BESIDE_NAMELESS && namesNobody()) {
    // Evidence, which changes no number but where it names a refused mail's recipient; which chain it is part of hangs on what is around it (src/correlate/by-envelope.ts).
    if (isChaining) namesClientAlone();
    else keepWord();
    return;
  }
  if (get(IS_GOOD) === 0) {
    if (kind === BESIDE_OTHERWISE) lost = true;
    else odd();
    return;
  }
  if (!isChaining) return;
  if (kind === BESIDE_OTHERWISE) tear();
  else if (!attach()) odd();
}

function namesClientAlone(): void {
  if (hosts > 1) return tear();
  words();
  if (holdWord()) return;
  if (nameClient()) emit(0);
  else tear();
}
