/**
 * The HTML report in a browser, light and dark, narrow and wide: axe-core finds nothing, nothing is wider than the page, no
 * hostile text runs. Skipped where there is no Chromium (MAILTRACE_CHROMIUM names another; MAILTRACE_PICTURES is a folder for
 * pictures of the pages, to be looked at).
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import axe from 'axe-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportHtml } from '../../../src/render/report/html.ts';
import { Clock } from '../../../src/render/times.ts';
import { DAY_START, aReport } from './documents.ts';

const CHROMIUM = process.env['MAILTRACE_CHROMIUM'] ?? '/usr/bin/chromium';
const PICTURES = process.env['MAILTRACE_PICTURES'];
const OPTIONS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
];

/** What the page tells of itself: a script in it writes that into its title. */
const TELL = `
axe.run(document).then(({ violations }) => {
  const wrong = violations.map(({ id, nodes }) => id + ': ' + nodes[0].html);
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  document.title = 'TOLD ' + encodeURIComponent(JSON.stringify({ wrong, wide, ran: window.ran === true }));
});`;

describe.skipIf(!existsSync(CHROMIUM))('the HTML report in Chromium', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mailtrace-html-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const run = async (...args: string[]): Promise<string> => {
    const profile = mkdtempSync(join(folder, 'profile-'));
    const { stdout } = await promisify(execFile)(CHROMIUM, [...OPTIONS, `--user-data-dir=${profile}`, ...args], {
      maxBuffer: 1 << 26,
    });
    return stdout;
  };

  const views = [
    ['light', 1200],
    ['dark', 500],
    ['light', 500],
    ['dark', 1200],
  ] as const;

  test.each(views.slice(0, PICTURES === undefined ? 2 : 4))('%s, %i pixels', async (scheme, width) => {
    const page = reportHtml(
      aReport({ title: `<img src=x onerror="window.ran=true"><script>window.ran=true</script>` }),
      {
        clock: new Clock('UTC'),
        now: DAY_START,
      },
    )
      // the browser's own setting of the scheme has no switch
      .replaceAll('(prefers-color-scheme:dark)', scheme === 'dark' ? 'all' : 'speech');
    const file = join(folder, `${scheme}-${width}.html`);
    writeFileSync(
      file,
      page
        .replace(/<meta http-equiv[^>]*>/, '')
        .replace('</body>', () => `<script>${axe.source}${TELL}</script></body>`),
    );
    const size = `--window-size=${width},900`;
    const dom = await run(size, '--dump-dom', '--virtual-time-budget=20000', `file://${file}`);
    const told = JSON.parse(decodeURIComponent(/<title>TOLD ([^<]+)</.exec(dom)?.[1] ?? '')) as unknown;
    expect(told).toEqual({ wrong: [], wide: 0, ran: false });
    if (PICTURES !== undefined)
      await run(size, `--screenshot=${join(PICTURES, `${scheme}-${width}.png`)}`, `file://${file}`);
  });
});
