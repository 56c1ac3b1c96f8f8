/** What a renderer must know of where its text goes. Made of the IO object by the commands: render knows no process. */
import { Chalk } from 'chalk';
import type { ChalkInstance } from 'chalk';
import type { Instant } from '../model/message.ts';
import type { StatusGroup } from '../model/words.ts';
import type { Clock } from './times.ts';

export interface Screen {
  /** the text goes to a terminal: it must fit, and nothing in it may be obeyed */
  tty: boolean;
  /** columns of the terminal; for prose in a pipe or file, the width to wrap at */
  columns: number;
  colour: boolean;
  clock: Clock;
  now: Instant;
}

/** Colours for a screen; with `colour` false each gives its text back. */
export interface Paint {
  group: Readonly<Record<StatusGroup, (text: string) => string>>;
  head: (text: string) => string;
  dim: (text: string) => string;
  strong: (text: string) => string;
  warn: (text: string) => string;
}

export function paintOf(screen: Pick<Screen, 'colour'>): Paint {
  const chalk: ChalkInstance = new Chalk({ level: screen.colour ? 1 : 0 });
  return {
    group: { sent: chalk.green, waiting: chalk.yellow, failed: chalk.red, stopped: chalk.magenta },
    head: chalk.bold,
    dim: chalk.dim,
    strong: chalk.bold,
    warn: chalk.yellow,
  };
}
