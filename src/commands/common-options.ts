/**
 * Options that several commands share: output format, zones, raw lines.
 * Errors: UsageError for a word that is none of those an option takes.
 */
import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import { Option } from 'commander';
import type { Command } from 'commander';
import { UsageError, didYouMean } from '../errors.ts';
import { parseSize } from '../filter/units.ts';
import { isZone as isLogZone } from '../framing/zone.ts';
import type { Io } from '../io.ts';
import type { LogZone } from '../model/run.ts';
import type { Screen } from '../render/screen.ts';
import { Clock, isZone } from '../render/times.ts';
import { boundGarbage, DEFAULT_MEMORY, LEAST_MEMORY, sizeText } from '../util/memory.ts';
import type { Values } from './filter-options.ts';

const OUTPUT = 'Output:';
const GENERAL = 'General:';

const collect = (value: string, previous: readonly string[] | undefined): string[] => [...(previous ?? []), value];

/** `--redact`, of commands that print what logs hold. */
export function redactOption(): Option {
  return outputOption('--redact [users]', 'pseudonyms for people, hosts, IPs, subjects; users: domains stay');
}

/** `--log-tz`, `--tz`, `--no-color`, `--debug`, `--help`. */
export function addGeneralOptions(command: Command): Command {
  return command
    .addOption(new Option('--tz <zone>', 'zone of the times printed and typed').helpGroup(GENERAL))
    .addOption(
      new Option('--log-tz <[host=]zone>', 'zone of stamps that name none; HOST= or GLOB= for some')
        .argParser(collect)
        .helpGroup(GENERAL),
    )
    .addOption(new Option('--config <file>', 'the configuration (else ~/.config or /etc/mailtrace)').helpGroup(GENERAL))
    .addOption(new Option('--memory <size>', 'most memory to take: 512M, 4G (1G)').helpGroup(GENERAL))
    .addOption(new Option('--no-color', 'no colour').helpGroup(GENERAL))
    .addOption(new Option('--debug', 'the stack of an error').helpGroup(GENERAL));
}

export function outputOption(flags: string, help: string): Option {
  return new Option(flags, help).helpGroup(OUTPUT);
}

/** The text of an option's value; commander gives strings where no parser was set. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** One of the words an option takes. */
export function oneOf<T extends string>(value: unknown, known: readonly T[], where: string): T | undefined {
  if (value === undefined) return undefined;
  const typed = textOf(value);
  const word = typed.trim().toLowerCase();
  const found = known.find((each) => each === word);
  if (found === undefined) {
    throw new UsageError({ where, what: `unknown word '${typed}'`, help: didYouMean(word, known) });
  }
  return found;
}

/** The zone printed: --tz, else the machine's. */
function zoneOf(values: Values, io: Io): string {
  const zone = values['tz'];
  if (typeof zone !== 'string') return io.timeZone;
  if (zone === 'local') return io.timeZone;
  if (!isZone(zone)) {
    throw new UsageError({
      where: '--tz',
      what: `no time zone '${zone}'`,
      help: 'give Europe/Berlin, UTC, local or +05:30',
    });
  }
  return zone;
}

/** `[HOST=|GLOB=]ZONE`, each. */
export function logZonesOf(values: Values): LogZone[] {
  const typed = values['logTz'];
  if (!Array.isArray(typed)) return [];
  return (typed as string[]).map((text) => {
    const equals = text.lastIndexOf('=');
    const zone = text.slice(equals + 1);
    if (!isLogZone(zone)) {
      throw new UsageError({
        where: '--log-tz',
        what: `no time zone '${zone}'`,
        help: 'give Europe/Berlin, UTC or +05:30, or for some logs mx1=UTC, /logs/old/*=UTC',
      });
    }
    return equals <= 0 ? { zone } : { match: text.slice(0, equals), zone };
  });
}

/** `--memory`, in bytes: at most what Node may use here. Not given: 1 GiB, or half of what the machine has where that is less. */
export function memoryOf(values: Values): number {
  const typed = values['memory'];
  // objects are a part of it; the heap must have room for those and for what is no more used
  const most = getHeapStatistics().heap_size_limit;
  if (typed === undefined) {
    const usual = Math.min(DEFAULT_MEMORY, Math.max(LEAST_MEMORY, totalmem() / 2), most);
    boundGarbage(usual);
    return usual;
  }
  const text = textOf(typed);
  const bytes = parseSize(text);
  if (bytes === undefined || bytes < LEAST_MEMORY)
    throw new UsageError({
      where: '--memory',
      what: bytes === undefined ? `'${text}' is no size` : `'${text}' is too little`,
      help: `give 512M, 4G, …; ${sizeText(LEAST_MEMORY)} is the least`,
    });
  if (bytes > most)
    throw new UsageError({
      where: '--memory',
      what: `Node may use ${sizeText(most)} here`,
      help: `NODE_OPTIONS=--max-old-space-size=${Math.ceil(bytes / (1 << 20))} lets it use more`,
    });
  boundGarbage(bytes);
  return bytes;
}

/** What renderers need to know of standard output. */
export function screenOf(values: Values, io: Io): Screen {
  return {
    tty: io.stdoutIsTty,
    columns: io.columns,
    colour: io.colour && values['color'] !== false,
    clock: new Clock(zoneOf(values, io)),
    now: io.now(),
  };
}

/** The same of standard error, where footers go. */
export function errorScreenOf(screen: Screen, io: Io): Screen {
  return { ...screen, tty: io.stderrIsTty, colour: screen.colour && io.stderrIsTty };
}
