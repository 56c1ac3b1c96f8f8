/**
 * `--fail-over N|N%`: when a report is an alert.
 * Shape: `10` = as many recipients in the report; `5%` or `0.5%` = that share of all recipients with a result in the period.
 *        Reached is enough; an empty report never is one.
 */
import { UsageError } from '../errors.ts';

export interface FailOver {
  readonly least: number;
  readonly isShare: boolean;
}

export function failOverOf(typed: string, where: string): FailOver {
  const match = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(typed.trim());
  const least = Number(match?.[1]);
  const isShare = match?.[2] === '%';
  if (match === null || (isShare ? least > 100 : !Number.isSafeInteger(least))) {
    throw new UsageError({
      where,
      what: `'${typed}' is no limit`,
      help: 'give a number of recipients (10), or a share of all (5%)',
    });
  }
  return { least, isShare };
}

/** `reported`: recipients in the report; `all`: recipients with a result in the period, after the filters. */
export function isOver({ least, isShare }: FailOver, reported: number, all: number): boolean {
  if (reported === 0) return false;
  return isShare ? 100 * reported >= least * all : reported >= least;
}
