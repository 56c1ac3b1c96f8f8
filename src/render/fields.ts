/**
 * `--fields a,b.c`: paths of the contract, for JSON (which keeps the tree) and for the columns of tables and CSV.
 * Shape:  a path is names joined by dots: `id`, `client.ip`, `hops.queueId`; `recipient.X` is field X of the row's recipient
 *         in tables and CSV, and recipients[].X in JSON; `recipient` alone is its address. A path to an object or list of objects means all of it.
 * Errors: UsageError for a path that the contract does not have, with the nearest that it has.
 */
import { UsageError, didYouMean } from '../errors.ts';
import type { Message, Recipient } from '../model/message.ts';
import { MESSAGE_FIELDS } from './contract.ts';
import type { FieldKind, Fields } from './contract.ts';
import type { Clock } from './times.ts';

/** Name -> the fields below it that were asked for; undefined = all of it. */
export type FieldTree = Map<string, FieldTree | undefined>;

export interface FieldPath {
  /** as typed */
  text: string;
  /** of the row's recipient, not of the message */
  ofRecipient: boolean;
  keys: readonly string[];
  kind: FieldKind;
}

function fieldsBelow(kind: FieldKind): Fields | undefined {
  if (typeof kind === 'string') return undefined;
  return Array.isArray(kind) ? (kind[0] as Fields) : (kind as Fields);
}

/** Every path of the contract, objects before their fields: `client`, `client.ip`, …; `recipient.X` too. */
function allPaths(): string[] {
  const paths: string[] = [];
  const walk = (fields: Fields, prefix: string): void => {
    for (const [name, kind] of Object.entries(fields)) {
      paths.push(prefix + name);
      const below = fieldsBelow(kind);
      if (below !== undefined) walk(below, `${prefix}${name}.`);
    }
  };
  walk(MESSAGE_FIELDS, '');
  walk(MESSAGE_FIELDS.recipients[0], 'recipient.');
  return paths;
}

/** A field of the recipient is easily typed as one of the message: `status`. */
function guessPath(text: string): string {
  const paths = allPaths();
  const ofRecipient = `recipient.${text}`;
  const parent = text.slice(0, text.lastIndexOf('.') + 1);
  const below = paths.filter((path) => path.startsWith(parent) && !path.slice(parent.length).includes('.'));
  if (parent !== '' && below.length > 0) {
    // Only the last name is wrong: that alone is compared.
    const names = below.map((path) => path.slice(parent.length));
    return didYouMean(text.slice(parent.length), names).replace("mean '", `mean '${parent}`);
  }
  return paths.includes(ofRecipient) ? `did you mean '${ofRecipient}'?` : didYouMean(text, paths);
}

function parsePath(text: string): FieldPath {
  const names = text.split('.');
  const ofRecipient = names[0] === 'recipient';
  const keys = text === 'recipient' ? ['address'] : ofRecipient ? names.slice(1) : names;
  let kind: FieldKind | undefined = ofRecipient ? MESSAGE_FIELDS.recipients[0] : MESSAGE_FIELDS;
  for (const key of keys) {
    const below: Fields | undefined = kind === undefined ? undefined : fieldsBelow(kind);
    kind = below !== undefined && Object.hasOwn(below, key) ? below[key] : undefined;
  }
  if (kind === undefined || keys.length === 0) {
    throw new UsageError({
      where: '--fields',
      what: `no field '${text}'`,
      help: [guessPath(text), 'mailtrace schema lists all fields'],
    });
  }
  return { text, ofRecipient, keys, kind };
}

/** The paths of `--fields`, in the order typed, each once. Throws UsageError. */
export function parseFields(list: string): FieldPath[] {
  const texts = [
    ...new Set(
      list
        .split(',')
        .map((text) => text.trim())
        .filter((text) => text !== ''),
    ),
  ];
  if (texts.length === 0)
    throw new UsageError({
      where: '--fields',
      what: 'no field named',
      help: 'for example --fields time,sender,recipient.address',
    });
  return texts.map(parsePath);
}

/** The tree that JSON keeps. */
export function fieldTree(paths: readonly FieldPath[]): FieldTree {
  const root: FieldTree = new Map();
  for (const path of paths) {
    const keys = path.ofRecipient ? ['recipients', ...path.keys] : path.keys;
    let tree = root;
    for (const [i, key] of keys.entries()) {
      const below = tree.get(key);
      if (i === keys.length - 1) tree.set(key, undefined);
      else if (below !== undefined) tree = below;
      else if (tree.has(key)) break;
      else {
        const next: FieldTree = new Map();
        tree.set(key, next);
        tree = next;
      }
    }
  }
  return root;
}

function textOfKind(value: unknown, kind: FieldKind, clock: Clock): string {
  if (value === undefined) return '';
  if (Array.isArray(value))
    return value
      .map((entry) => textOfKind(entry, Array.isArray(kind) ? (kind[0] as Fields) : 'text', clock))
      .filter((text) => text !== '')
      .join('; ');
  if (kind === 'time') return clock.iso(value as number);
  if (typeof kind === 'string') return typeof value === 'string' ? value : JSON.stringify(value);
  return Object.entries(fieldsBelow(kind) ?? {})
    .map(([name, below]) => textOfKind((value as Record<string, unknown>)[name], below, clock))
    .filter((text) => text !== '')
    .join(' ');
}

/** The values of one path as one text, '' where the log does not say; several are joined by `; `. */
export function valueText(path: FieldPath, message: Message, recipient: Recipient | undefined, clock: Clock): string {
  const walk = (value: unknown, kind: FieldKind, depth: number): string => {
    const key = path.keys[depth];
    if (value === undefined) return '';
    if (key === undefined) return textOfKind(value, kind, clock);
    const below = fieldsBelow(kind)?.[key];
    if (below === undefined) return '';
    if (!Array.isArray(value)) return walk((value as Record<string, unknown>)[key], below, depth + 1);
    const texts = value.map((entry) => walk((entry as Record<string, unknown>)[key], below, depth + 1));
    return texts.filter((text) => text !== '').join('; ');
  };
  return path.ofRecipient ? walk(recipient, MESSAGE_FIELDS.recipients[0], 0) : walk(message, MESSAGE_FIELDS, 0);
}
