/** The built command where a log is rotated away, deleted or cut off in the middle of a run, or its last line is half written. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { cli, shell, type CliResult } from '../helpers/cli.ts';
import { copyFixture, temporaryFolder } from '../helpers/fixtures.ts';

const folder = temporaryFolder();
const cwd = folder.path;
const LOG = 'single.mail.log';

beforeEach(() => copyFixture('postfix/single.mail.log', cwd));
afterAll(folder.remove);

/** The command waits at a pipe that it has opened, and so has found its inputs; then `happens`, then the pipe ends. */
function during(happens: string, args: string): CliResult {
  return shell(
    `rm -f pipe; mkfifo pipe; $MT ${args} ${LOG} pipe & pid=$!; exec 3>pipe; ${happens}; exec 3>&-; wait $pid`,
    { cwd },
  );
}

const HAPPENINGS = {
  'rotated away': `mv ${LOG} ${LOG}.1; echo 'Nov 21 23:59:59 mx1 postfix/qmgr[1]: FFFFFFFFFF: removed' > ${LOG}`,
  deleted: `rm ${LOG}`,
};
const QUESTIONS = ['search --format raw', 'search --json', 'search --count --json', 'report traffic --json'];

describe.skipIf(!existsSync('/proc/self/fd'))('a log that goes in the middle of a run', () => {
  describe.each(Object.entries(HAPPENINGS))('%s', (_, happens) => {
    test.each(QUESTIONS)('%s: what it held is told', (question) => {
      const whole = during(':', question);
      const { status, out, err } = during(happens, question);
      expect([status, out.split('\n').length]).toEqual([0, whole.out.split('\n').length]);
      expect(out).toBe(whole.out);
      expect(err).toBe(whole.err);
    });
  });

  test('cut off: no line is made up', () => {
    const all = readFileSync(join(cwd, LOG), 'utf8').split('\n');
    const lines = new Set(all);
    const size = Buffer.byteLength(`${all.slice(0, 100).join('\n')}\n`);
    const { status, out, err } = during(`truncate -s ${size} ${LOG}`, 'search --format raw');
    expect([0, 1]).toContain(status);
    expect(out.split('\n').filter((line) => !line.startsWith('#') && !lines.has(line))).toEqual([]);
    expect(err).not.toContain('bug');
  });
});

describe('a last line that is half written', () => {
  test('takes nothing from what stands before it', () => {
    const text = readFileSync(join(cwd, LOG), 'utf8');
    const lines = text.trimEnd().split('\n');
    const last = lines.at(-1) ?? '';
    const before = `${lines.slice(0, -1).join('\n')}\n`;
    writeFileSync(join(cwd, 'before.log'), before);
    const told = cli(['search', '--json', 'before.log'], { cwd });
    for (let length = 1; length < last.length; length += 13) {
      writeFileSync(join(cwd, 'before.log'), `${before}${last.slice(0, length)}`);
      const { status, out } = cli(['search', '--count', '--json', 'before.log'], { cwd });
      expect(status).toBe(0);
      expect((JSON.parse(out) as { messages: number }).messages).toBe(told.out.trimEnd().split('\n').length);
    }
  });
});
