/**
 * Scores the built mailtrace over recordings of real mail servers and compares with .ci/truth.json.
 *
 *   node .ci/truth-gate.mjs [CHECK]            fails if a recorded run is worse than recorded
 *   node .ci/truth-gate.mjs --record [CHECK]   raises .ci/truth.json to what is better now; it never lowers it
 *
 * CHECK is the program that scores (default $MAILTRACE_SHARED/truth/check, else ../shared/truth/check). It is run with
 * `--json` and answers with rows {name, scores: {what: percent}, faults, failed?}; its exit status is not used. A run
 * is known by its name: folder of the recording, its parent, the run. A recorded run fails here if it failed, has no
 * score, lost a score, scores lower or has more faults. A run that is new, or whose logs are gone, is only mentioned.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const home = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const args = process.argv.slice(2);
const isRecord = args.includes('--record');
const shared = process.env.MAILTRACE_SHARED || '../shared';
const check = resolve(args.find((arg) => !arg.startsWith('--')) ?? resolve(home, shared, 'truth/check'));
const recordFile = process.env.MAILTRACE_TRUTH_FILE ?? join(home, '.ci/truth.json');

/** Names of all runs whose logs lie beside `check`, named as it names them. */
function runsOnDisk(folder) {
  const names = new Set();
  const file = join(folder, 'recording.json');
  if (existsSync(file)) {
    const parent = `${basename(dirname(folder))}/${basename(folder)}`;
    for (const { name, files } of JSON.parse(readFileSync(file, 'utf8')).runs) {
      if (files.every((log) => existsSync(join(folder, log)))) names.add(`${parent} ${name}`);
    }
    return names;
  }
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) for (const name of runsOnDisk(join(folder, entry.name))) names.add(name);
  }
  return names;
}

/** Two runs of one name (recordings of equal names in different folders) stand or fall together. */
function lesser(a, b) {
  const scores = { ...a.scores };
  for (const [what, percent] of Object.entries(b.scores)) scores[what] = Math.min(scores[what] ?? Infinity, percent);
  return { ...a, scores, faults: Math.max(a.faults, b.faults), failed: a.failed === true || b.failed === true };
}

/** @returns {{ rows: Map<string, object>, said: string }} the rows by name, and what `check` said of failed runs */
function score() {
  const { stdout, stderr, error } = spawnSync(process.execPath, [check, '--json', '--bin', 'node bin/mailtrace.js'], {
    cwd: home,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (error !== undefined) throw error;
  try {
    const rows = new Map();
    for (const row of JSON.parse(stdout))
      rows.set(row.name, rows.has(row.name) ? lesser(rows.get(row.name), row) : row);
    return { rows, said: stderr };
  } catch {
    throw new Error(`${check} --json gave no JSON: ${stderr.trim().split('\n').at(-1) ?? ''}`);
  }
}

/** A run counts only if mailtrace ended as the recording says, even if it printed something before. */
const isFailed = (row, said) => row.failed === true || `\n${said}`.includes(`\n${row.name}: mailtrace failed`);
const hasScores = (row) => Object.values(row.scores).some((percent) => typeof percent === 'number');

/** @returns {string[]} what is worse now than recorded */
function worse(name, was, row, said) {
  if (row === undefined) return [`${name}: recorded, its logs are there, and it was not run`];
  if (isFailed(row, said)) return [`${name}: mailtrace failed`];
  if (!hasScores(row)) return [`${name}: no score`];
  const found = Object.entries(was.scores).flatMap(([what, percent]) => {
    const now = row.scores[what];
    if (typeof now !== 'number') return [`${name}: no score for ${what} (was ${percent})`];
    return now < percent ? [`${name}: ${what} ${now} (was ${percent})`] : [];
  });
  return row.faults > was.faults ? [...found, `${name}: ${row.faults} faults (was ${was.faults})`] : found;
}

/** The better of both: higher scores, fewer faults. Rounded down, so that a number read back is never above the score. */
function raise(was, row) {
  const scores = { ...was?.scores };
  for (const [what, percent] of Object.entries(row.scores)) {
    if (typeof percent === 'number') scores[what] = Math.max(scores[what] ?? 0, Math.floor(percent * 100) / 100);
  }
  return { scores, faults: Math.min(was?.faults ?? Infinity, row.faults) };
}

if (!existsSync(check)) {
  console.error(`truth: ${check} is not there\nhelp: MAILTRACE_SHARED=FOLDER names the folder that holds truth/check`);
  process.exit(2);
}
if (!existsSync(join(home, 'dist/cli.cjs'))) {
  console.error('truth: mailtrace is not built\nhelp: npm run build');
  process.exit(2);
}

const recorded = JSON.parse(readFileSync(recordFile, 'utf8')).runs;
const { rows, said } = score();
const onDisk = runsOnDisk(dirname(check));

if (isRecord) {
  const better = { ...recorded };
  for (const [name, row] of rows) if (!isFailed(row, said) && hasScores(row)) better[name] = raise(recorded[name], row);
  const runs = Object.fromEntries(Object.entries(better).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(recordFile, `${JSON.stringify({ runs }, undefined, 2)}\n`);
}

const problems = [];
let passed = 0;
for (const [name, was] of Object.entries(recorded)) {
  if (!onDisk.has(name)) {
    console.log(`truth: ${name}: its logs are gone, not compared`);
    continue;
  }
  const found = worse(name, was, rows.get(name), said);
  problems.push(...found);
  if (found.length === 0) passed += 1;
}
for (const [name, row] of rows) {
  if (name in recorded) continue;
  const what = isFailed(row, said)
    ? 'failed'
    : `lowest score ${Math.min(...Object.values(row.scores))}, ${row.faults} faults`;
  console.log(`truth: ${name}: not recorded (${what})`);
}
for (const problem of problems) console.error(`truth: ${problem}`);
console.log(`truth: ${passed} of ${Object.keys(recorded).length} recorded runs as good as recorded or better`);
process.exitCode = problems.length > 0 ? 1 : 0;
