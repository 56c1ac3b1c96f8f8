/**
 * One JSON object read by position: the values of the few keys that are asked for, without making objects.
 * Shape:  `{"KEY":"text","KEY2":"123","KEY3":null,"KEY4":[72,105],"KEY5":["a","b"],"KEY6":{…}}` (RFC 8259). A text with
 *         escapes and a byte array are decoded into a scratch; of an array of texts the first is taken (systemd writes a
 *         repeated field so). `a.b` is key b of the object at a, or a key of that name with a dot in it. Values of keys that
 *         nobody asks for are skipped by their brackets and quotes.
 * Errors: scan() returns false where the object does not end or is no object.
 */
import type { Scratch } from './scratch.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE = 0x5d;
const BRACE = 0x7b;
const BRACE_CLOSE = 0x7d;

/** objects within objects that are looked into */
const DEPTH_MAX = 6;

/** A value: bytes[a, b); `bytes` is the line or the scratch. */
export class Field {
  /** its key is there, with whatever value */
  isSeen = false;
  isFound = false;
  isNull = false;
  /** a text, not a number, a word or an array */
  isText = false;
  /** decoded into the scratch */
  isDecoded = false;
  a = 0;
  b = 0;

  /** Found, and something. */
  get isTold(): boolean {
    return this.isFound && !this.isNull && this.b > this.a;
  }
}

/** A key that is asked for. */
class Key {
  readonly name: Uint8Array;
  field: Field | undefined = undefined;
  /** keys of the object that it holds; those of the object around it where that is only an envelope */
  inner: Keys | undefined = undefined;

  constructor(name: string) {
    this.name = Buffer.from(name);
  }
}

/** Keys of one object, by length. */
class Keys {
  private readonly byLength: (Key[] | undefined)[] = [];

  key(name: string): Key {
    const made = new Key(name);
    const same = (this.byLength[made.name.length] ??= []);
    const known = same.find((key) => Buffer.compare(key.name, made.name) === 0);
    if (known !== undefined) return known;
    same.push(made);
    return made;
  }

  find(b: Uint8Array, a: number, z: number): Key | undefined {
    const length = z - a;
    const same = this.byLength[length];
    if (same === undefined) return undefined;
    for (const key of same) {
      const { name } = key;
      if (name[length - 1] !== b[z - 1]) continue;
      let i = 0;
      while (i < length && name[i] === b[a + i]) i++;
      if (i === length) return key;
    }
    return undefined;
  }
}

export class JsonScan {
  /** keys of the outermost object, those that nobody asked for too */
  count = 0;
  private readonly keys = new Keys();
  private readonly fields: Field[] = [];
  private readonly scratch: Scratch;
  private p = 0;

  constructor(scratch: Scratch) {
    this.scratch = scratch;
  }

  /** The value at `path` of the object that is scanned: the same for each who asks. */
  field(path: string): Field {
    const flat = this.keys.key(path);
    const names = path.split('.');
    let keys: Keys = this.keys;
    let last = flat;
    for (const [i, name] of names.entries()) {
      last = keys.key(name);
      if (i < names.length - 1) keys = last.inner ??= new Keys();
    }
    const field = last.field ?? new Field();
    if (last.field === undefined) this.fields.push(field);
    last.field = field;
    flat.field = field;
    return field;
  }

  /** The object at this key is read as if its keys stood in the outermost. */
  envelope(name: string): void {
    this.keys.key(name).inner = this.keys;
  }

  /** Reads the object b[p, end). */
  scan(b: Buffer, p: number, end: number): boolean {
    for (const field of this.fields) {
      field.isSeen = false;
      field.isFound = false;
      field.isNull = false;
      field.isText = false;
      field.isDecoded = false;
    }
    this.count = 0;
    this.p = p;
    return this.readObject(b, end, this.keys, 0);
  }

  /** The object at p; moves behind it. */
  private readObject(b: Buffer, end: number, keys: Keys, depth: number): boolean {
    this.p = skipBlank(b, this.p + 1, end);
    if (b[this.p] === BRACE_CLOSE && this.p < end) {
      this.p++;
      return true;
    }
    while (this.p < end) {
      if (b[this.p] !== QUOTE) return false;
      const name = this.p + 1;
      const nameEnd = closingQuote(b, name, end);
      if (nameEnd < 0) return false;
      if (depth === 0) this.count++;
      const key = keys.find(b, name, nameEnd);
      this.p = skipBlank(b, nameEnd + 1, end);
      if (this.p >= end || b[this.p] !== COLON) return false;
      this.p = skipBlank(b, this.p + 1, end);
      if (!this.readMember(b, end, key, depth)) return false;
      this.p = skipBlank(b, this.p, end);
      if (this.p >= end) return false;
      if (b[this.p] === BRACE_CLOSE) {
        this.p++;
        return true;
      }
      if (b[this.p] !== COMMA) return false;
      this.p = skipBlank(b, this.p + 1, end);
    }
    return false;
  }

  private readMember(b: Buffer, end: number, key: Key | undefined, depth: number): boolean {
    if (key === undefined) return this.skipValue(b, end);
    if (key.field !== undefined) key.field.isSeen = true;
    if (b[this.p] === BRACE && key.inner !== undefined && depth < DEPTH_MAX) {
      return this.readObject(b, end, key.inner, depth + 1);
    }
    const { field } = key;
    return field === undefined || field.isFound ? this.skipValue(b, end) : this.readValue(b, end, field, false);
  }

  private readValue(b: Buffer, end: number, field: Field, isInner: boolean): boolean {
    field.isFound = true;
    const c = b[this.p];
    if (c === QUOTE) return this.readText(b, end, field);
    if (c === OPEN) return this.readArray(b, end, field, isInner);
    if (c === BRACE) {
      field.isFound = false;
      return this.skipValue(b, end);
    }
    field.a = this.p;
    if (!this.skipValue(b, end)) return false;
    field.b = this.p;
    field.isNull = c === 0x6e;
    return true;
  }

  private readText(b: Buffer, end: number, field: Field): boolean {
    field.isText = true;
    const a = this.p + 1;
    let i = a;
    while (i < end && b[i] !== QUOTE && b[i] !== BACKSLASH) i++;
    if (i >= end) return false;
    if (b[i] === QUOTE) {
      field.a = a;
      field.b = i;
      this.p = i + 1;
      return true;
    }
    const { scratch } = this;
    field.isDecoded = true;
    field.a = scratch.length;
    scratch.append(b, a, i);
    while (i < end && b[i] !== QUOTE) {
      if (b[i] !== BACKSLASH) {
        const from = i;
        while (i < end && b[i] !== QUOTE && b[i] !== BACKSLASH) i++;
        scratch.append(b, from, i);
      } else {
        i = this.unescape(b, i + 1, end);
        if (i < 0) return false;
      }
    }
    field.b = scratch.length;
    this.p = i + 1;
    return i < end;
  }

  /** The escape whose letter stands at p: appended; returns the position after it, or -1. */
  private unescape(b: Buffer, p: number, end: number): number {
    if (p >= end) return -1;
    const c = b[p] as number;
    if (c !== 0x75) {
      this.scratch.push(simpleEscape(c));
      return p + 1;
    }
    let code = hex4(b, p + 1, end);
    let next = p + 5;
    if (code < 0) return -1;
    if (code >= 0xd800 && code < 0xdc00 && next + 1 < end && b[next] === BACKSLASH && b[next + 1] === 0x75) {
      const low = hex4(b, next + 2, end);
      if (low >= 0xdc00 && low < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        next += 6;
      }
    }
    this.scratch.pushCodePoint(code);
    return next;
  }

  /** `[72,105]`: bytes; `["a","b"]` or `[[72],[105]]`: the first. */
  private readArray(b: Buffer, end: number, field: Field, isInner: boolean): boolean {
    const whole = this.p;
    this.p = skipBlank(b, this.p + 1, end);
    const first = b[this.p] as number;
    if (first === QUOTE || first === OPEN || first === 0x6e) {
      // deeper than an array of byte arrays is nothing that a journal writes
      if (isInner) field.isNull = true;
      else if (!this.readValue(b, end, field, true)) return false;
      this.p = whole;
      return this.skipValue(b, end);
    }
    const { scratch } = this;
    field.isDecoded = true;
    field.a = scratch.length;
    let value = -1;
    let i = this.p;
    for (; i < end && b[i] !== CLOSE; i++) {
      const digit = (b[i] as number) - 0x30;
      if (digit >>> 0 <= 9) value = (value < 0 ? 0 : value * 10) + digit;
      else if (b[i] === COMMA && value >= 0) {
        scratch.push(value & 0xff);
        value = -1;
      }
    }
    if (value >= 0) scratch.push(value & 0xff);
    field.b = scratch.length;
    this.p = i + 1;
    return i < end;
  }

  /** Moves behind the value at p, whatever it is. */
  private skipValue(b: Buffer, end: number): boolean {
    let depth = 0;
    let i = this.p;
    while (i < end) {
      const c = b[i] as number;
      if (c === QUOTE) {
        i = closingQuote(b, i + 1, end);
        if (i < 0) return false;
      } else if (c === OPEN || c === BRACE) depth++;
      else if (c === CLOSE || c === BRACE_CLOSE || c === COMMA) {
        if (depth === 0) break;
        if (c !== COMMA) depth--;
        if (depth === 0 && c !== COMMA) {
          i++;
          break;
        }
      }
      i++;
      if (depth === 0 && c === QUOTE) break;
    }
    this.p = i;
    return i <= end;
  }
}

function closingQuote(b: Uint8Array, p: number, end: number): number {
  for (let i = p; i < end; i++) {
    const c = b[i];
    if (c === QUOTE) return i;
    if (c === BACKSLASH) i++;
  }
  return -1;
}

function simpleEscape(c: number): number {
  switch (c) {
    case 0x6e:
      return 0x0a;
    case 0x74:
      return 0x09;
    case 0x72:
      return 0x0d;
    case 0x62:
      return 0x08;
    case 0x66:
      return 0x0c;
    default:
      return c;
  }
}

function hex4(b: Uint8Array, p: number, end: number): number {
  if (p + 4 > end) return -1;
  let value = 0;
  for (let i = p; i < p + 4; i++) {
    const c = b[i] as number;
    const digit = c <= 0x39 ? c - 0x30 : (c | 0x20) - 0x57;
    if (digit < 0 || digit > 15 || (c > 0x39 && digit < 10)) return -1;
    value = value * 16 + digit;
  }
  return value;
}

function skipBlank(b: Uint8Array, p: number, end: number): number {
  let i = p;
  while (i < end && (b[i] === 0x20 || b[i] === 0x09)) i++;
  return i;
}
