/**
 * The table on stdout and the dated JSON. Neither names the machine or a path.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { GENERATOR_VERSION } from './generator/options.ts';
import type { BenchOptions, Measured } from './rows.ts';

const HEAD = ['row', 'log', 'ours', 'peer', 'theirs', 'times as fast', 'wanted', ''];

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
  const verdict = row.ok === undefined ? '' : row.ok ? 'ok' : 'FAILED';
  return [
    row.row,
    row.bytes === undefined ? '' : `${Math.round(row.bytes / 1e6)} MB`,
    amount(row.ours, row.unit),
    row.peer ?? '',
    amount(row.theirs, row.unit),
    row.ratio === undefined ? '' : `${row.ratio.toFixed(2)}x`,
    row.wanted,
    [verdict, row.note ?? ''].filter((text) => text !== '').join(': '),
  ];
}

function amount(value: number | undefined, unit: Measured['unit']): string {
  if (value === undefined) return '';
  return unit === 'B' ? `${(value / 1e6).toFixed(0)} MB` : `${value < 1000 ? value.toFixed(1) : value.toFixed(0)} ms`;
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
    generator: { version: GENERATOR_VERSION, seed: options.seed },
    rounds: options.rounds,
    rows: rows.map((row) => rounded(row)),
  };
  writeFileSync(path.join(folder, name), `${JSON.stringify(result, undefined, 2)}\n`);
  return name;
}

/** Times to a tenth of a millisecond, ratios to a hundredth: more is noise. */
function rounded(row: Measured): Measured {
  const out = { ...row };
  if (out.ours !== undefined) out.ours = tenth(out.ours);
  if (out.theirs !== undefined) out.theirs = tenth(out.theirs);
  if (out.ratio !== undefined) out.ratio = Math.round(out.ratio * 100) / 100;
  if (out.rounds !== undefined) {
    out.rounds = { ours: out.rounds.ours.map((ms) => tenth(ms)), theirs: out.rounds.theirs.map((ms) => tenth(ms)) };
  }
  return out;
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
