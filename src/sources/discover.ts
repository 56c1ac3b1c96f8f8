/**
 * What the user named, as a list of inputs: files, folders, globs, `-`; nothing named: the usual places, else the journal.
 * Shape:  a folder gives the regular files in it and its subfolders, hidden ones left out; what is no text in a folder is
 *         left out and counted. A glob gives what the shell would have given. The same file under two names comes once.
 * Errors: what is missing, unreadable or packed in a way we cannot read is a problem line each; the rest goes on.
 */
import { closeSync, openSync, readdirSync, statSync, type Dirent, type Stats } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import type { InputProblem } from '../model/run.ts';
import { Breather } from '../util/breather.ts';
import { type Held, hold, lastingPath } from './held.ts';
import { identityOf } from './identity.ts';
import type { InputFile, InputKind } from './input-file.ts';
import { readAt } from './peek.ts';
import { errorCode, problemOf } from './problems.ts';
import { SNIFF_BYTES, packingOf, sniff, sniffProblem } from './sniff.ts';
import { packedHead, prepareStart } from './unpack/start.ts';

export interface DiscoverOptions {
  readonly cwd: string;
  /** absolute paths and globs, used where no path is given */
  readonly standardPlaces: readonly string[];
  /** of a path without links: it may be read; undefined = all may, pipes and the journal too */
  readonly allows?: ((real: string) => boolean) | undefined;
  /** files are held until the process ends: a rotation in the middle of a run that reads them more than once changes nothing */
  readonly isLasting?: boolean | undefined;
}

export interface Discovered {
  readonly files: InputFile[];
  readonly problems: InputProblem[];
  /** files in folders that are no text */
  readonly binaries: number;
}

const GLOB_HELP = 'a glob in quotes is matched by mailtrace: * and ? within a name, ** for folders';

/** `paths` as typed; relative ones are of `cwd`. */
export async function discover(paths: readonly string[], options: DiscoverOptions): Promise<Discovered> {
  const search = new Search(options);
  for (const path of paths) await search.add(path);
  if (paths.length === 0) {
    for (const place of options.standardPlaces) await search.addGlob(place, false);
    if (search.files.length === 0 && search.problems.length === 0 && search.binaries === 0) search.addNamed('journal');
  }
  return search;
}

/** The package is loaded only for what could be a glob. */
async function isGlob(path: string): Promise<boolean> {
  return /[*?[\]{}()!+@\\]/.test(path) && (await import('tinyglobby')).isDynamicPattern(path);
}

interface Place {
  /** leads there */
  readonly full: string;
  /** absolute path under which it was found */
  readonly name: string;
  /** as the user named it */
  readonly shown: string;
  readonly held?: Held;
}

class Search implements Discovered {
  readonly files: InputFile[] = [];
  readonly problems: InputProblem[] = [];
  binaries = 0;
  readonly #cwd: string;
  readonly #seen = new Set<string>();
  readonly #breather = new Breather();
  readonly #allows: DiscoverOptions['allows'];
  readonly #isLasting: boolean;

  constructor({ cwd, allows, isLasting }: DiscoverOptions) {
    this.#cwd = cwd;
    this.#allows = allows;
    this.#isLasting = isLasting === true;
  }

  async add(path: string): Promise<void> {
    if (path === '-') {
      this.addNamed('stdin');
      return;
    }
    if (path === '') {
      this.problems.push({ where: "''", what: 'an empty path', help: 'an unset variable of the shell?' });
      return;
    }
    // a file may be named like a glob: then it is that file
    if ((await isGlob(path)) && !this.#exists(path)) await this.addGlob(path, true);
    else await this.#addPath(path, path);
  }

  addNamed(kind: 'stdin' | 'journal'): void {
    if (this.#seen.has(kind) || this.#allows !== undefined) return;
    this.#seen.add(kind);
    const path = kind === 'stdin' ? '-' : 'journal';
    this.files.push({ path, full: '', kind, encoding: 'plain', size: 0, mtime: undefined, identity: kind });
  }

  async addGlob(pattern: string, mustMatch: boolean): Promise<void> {
    const { globSync } = await import('tinyglobby');
    let found: string[];
    try {
      found = globSync(pattern, {
        cwd: this.#cwd,
        onlyFiles: false,
        expandDirectories: false,
        absolute: isAbsolute(pattern),
      });
    } catch (error) {
      this.problems.push(problemOf(pattern, error));
      return;
    }
    if (found.length === 0 && mustMatch) {
      this.problems.push({ where: pattern, what: 'no file matches', help: GLOB_HELP });
    }
    for (const path of found.map((name) => name.replace(/\/$/, '')).sort()) await this.#addPath(path, path);
  }

  #exists(path: string): boolean {
    try {
      return statSync(resolve(this.#cwd, path), { throwIfNoEntry: false }) !== undefined;
    } catch (error) {
      return errorCode(error) !== 'ENAMETOOLONG';
    }
  }

  /** A path that the user named. */
  async #addPath(path: string, shown: string): Promise<void> {
    const name = resolve(this.#cwd, path);
    const place = this.#placeOf(name, name, shown);
    if (place === undefined) return;
    let stat: Stats;
    try {
      stat = statSync(place.full);
    } catch (error) {
      this.problems.push(problemOf(shown, error));
      this.#leave(place);
      return;
    }
    if (stat.isDirectory()) await this.#addFolder(place, stat);
    else if (stat.isFile()) await this.#addFile(place, stat, false);
    else if (this.#allows === undefined && (stat.isFIFO() || stat.isCharacterDevice()))
      this.#push(place, stat, 'pipe', 'plain');
    else this.problems.push({ where: shown, what: `is a ${stat.isSocket() ? 'socket' : 'device'}, not a log` });
    this.#leave(place);
  }

  /** Asked before a path is looked at. What only some may be read of is held from here on: its name may lead elsewhere later. */
  #placeOf(full: string, name: string, shown: string, isInFolder = false): Place | undefined {
    if (this.#allows === undefined) return { full, name, shown };
    let held: Held;
    try {
      held = hold(full);
    } catch (error) {
      if (!isInFolder || errorCode(error) !== 'ENOENT') this.problems.push(problemOf(shown, error));
      return undefined;
    }
    if (this.#allows(held.real)) return { full: held.full, name, shown, held };
    held.release();
    this.problems.push({
      where: shown,
      what: 'it leads out of what the policy lets be read',
      help: 'name a link by the file itself in the policy',
    });
    return undefined;
  }

  /** Lets a place go, unless it has become an input. */
  #leave({ full, held }: Place): void {
    if (this.files.at(-1)?.full !== full) held?.release();
  }

  async #addFolder({ full, name: folder, shown }: Place, stat: Stats): Promise<void> {
    const identity = identityOf(stat);
    if (this.#seen.has(identity)) return;
    this.#seen.add(identity);
    let entries: Dirent[];
    try {
      entries = readdirSync(full, { withFileTypes: true });
    } catch (error) {
      this.problems.push(problemOf(shown, error));
      return;
    }
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const { name } of entries) {
      if (name.startsWith('.')) continue;
      await this.#breather.breathe();
      const place = this.#placeOf(join(full, name), join(folder, name), join(shown, name), true);
      if (place === undefined) continue;
      try {
        const entry = statSync(place.full);
        if (entry.isDirectory()) await this.#addFolder(place, entry);
        else if (entry.isFile()) await this.#addFile(place, entry, true);
        // pipes and sockets in a folder (dev/log of a chroot) are nobody's log
      } catch (error) {
        // a link to nowhere, or a file that a rotation renamed a moment ago
        if (errorCode(error) !== 'ENOENT') this.problems.push(problemOf(place.shown, error));
      }
      this.#leave(place);
    }
  }

  async #addFile(place: Place, stat: Stats, isInFolder: boolean): Promise<void> {
    const { full, shown } = place;
    if (this.#seen.has(identityOf(stat))) return;
    let head: Buffer;
    try {
      const fd = openSync(full, 'r');
      try {
        head = readAt(fd, 0, SNIFF_BYTES);
      } finally {
        closeSync(fd);
      }
    } catch (error) {
      if (isInFolder && errorCode(error) === 'ENOENT') return;
      this.#seen.add(identityOf(stat));
      this.problems.push(problemOf(shown, error));
      return;
    }
    const packing = packingOf(head);
    if (packing !== undefined) await prepareStart(packing);
    const sniffed = sniff(head, (found) =>
      packedHead({ full, size: stat.size, mtime: stat.mtimeMs, identity: identityOf(stat) }, found),
    );
    if ('encoding' in sniffed) {
      this.#push(place, stat, 'file', sniffed.encoding);
      return;
    }
    this.#seen.add(identityOf(stat));
    if ('binary' in sniffed && isInFolder) {
      this.binaries += 1;
      return;
    }
    const problem = sniffProblem(shown, sniffed);
    if (problem !== undefined) this.problems.push(problem);
  }

  #push(place: Place, stat: Stats, kind: InputKind, encoding: InputFile['encoding']): void {
    const identity = identityOf(stat);
    if (this.#seen.has(identity)) return;
    this.#seen.add(identity);
    const { name, shown, held } = place;
    const isFile = kind === 'file';
    const full = isFile && this.#isLasting && held === undefined ? lastingPath(place.full, identity) : place.full;
    this.files.push({
      path: shown,
      full,
      ...(name === full ? {} : { name }),
      kind,
      encoding,
      size: isFile ? stat.size : 0,
      mtime: isFile ? stat.mtimeMs : undefined,
      identity,
    });
  }
}
