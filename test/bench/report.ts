/**
 * The table on stdout and the dated JSON. Neither names the machine or a path.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { GENERATOR_VERSION } from './generator/options.ts';
import type { BenchOptions, Mark, Measured, Unit } from './row.ts';

const HEAD = ['row', 'log', 'ours', 'peer', 'theirs', 'figure', 'at least', 'aim', 'reached', ''];
const WORDS: Record<Mark, string> = { aim: 'aim', least: 'least', missed: 'MISSED', wrong: 'WRONG' };

export function printTable(rows: readonly Measured[]): void {
  const cells = [HEAD, ...rows.map((row) => cellsOf(row))];
  const widths = HEAD.map((_, i) => Math.max(...cells.map((line) => line[i]?.length ?? 0)));
  for (const line of cells)
    process.stdout.write(
      `${line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    );
}

function cellsOf(row: Measured): string[] {
  return [
    row.row,
    row.bytes === undefined || row.bytes === 0 ? '' : `${Math.round(row.bytes / 1e6)} MB`,
    row.unit === 'B' ? '' : time(row.ours),
    row.peer ?? '',
    time(row.theirs),
    figure(row.figure, row.unit),
    figure(row.target?.least, row.unit),
    figure(row.target?.aim, row.unit),
    row.mark === undefined ? '' : WORDS[row.mark],
    row.note ?? '',
  ];
}

function time(ms: number | undefined): string {
  if (ms === undefined) return '';
  return ms < 1000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

function figure(value: number | undefined, unit: Unit): string {
  if (value === undefined) return '';
  if (unit === 'x') return `${Number(value.toPrecision(3))}x`;
  return unit === 'B' ? `${(value / 1e6).toFixed(0)} MB` : `${value < 0 ? '' : '+'}${Number(value.toFixed(1))} ms`;
}

/** Writes `results/DATE.json` beside this file and returns its name. */
export function writeResults(rows: readonly Measured[], options: BenchOptions): string {
  const date = new Date();
  const folder = path.join(import.meta.dirname, 'results');
  mkdirSync(folder, { recursive: true });
  const name = `${date.toISOString().slice(0, 19).replaceAll(':', '')}Z.json`;
  const cores = cpus();
  const result = {
    date: date.toISOString(),
    node: process.version,
    cpu: { model: cores[0]?.model, count: cores.length },
    generator: { version: GENERATOR_VERSION, ...options.log },
    rounds: options.rounds,
    rows: rows.map((row) => rounded(row)),
  };
  writeFileSync(path.join(folder, name), `${JSON.stringify(result, undefined, 2)}\n`);
  return name;
}

/** Times to a tenth of a millisecond, ratios to a thousandth: more is noise. */
function rounded(row: Measured): Measured {
  const out = { ...row };
  if (out.ours !== undefined) out.ours = tenth(out.ours);
  if (out.theirs !== undefined) out.theirs = tenth(out.theirs);
  if (out.figure !== undefined)
    out.figure = out.unit === 'x' ? Math.round(out.figure * 1000) / 1000 : tenth(out.figure);
  if (out.rounds !== undefined) {
    out.rounds = { ours: out.rounds.ours.map((ms) => tenth(ms)), theirs: out.rounds.theirs.map((ms) => tenth(ms)) };
  }
  return out;
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
