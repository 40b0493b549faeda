// Lighthouse on the pages that residents open first: performance, accessibility and best practice at least 95.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, test } from 'node:test';
import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';
import { start } from '../scenario/lib.mjs';

const FLOOR = 0.95;
const s = await start();
const chrome = await launch({ chromePath: process.env.CHROMIUM || '/usr/bin/chromium',
  chromeFlags: ['--headless=new', '--no-sandbox', '--lang=zh-CN', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
after(() => chrome.kill());

async function scores(path) {
  const { lhr } = await lighthouse(s.url + path, { port: chrome.port, output: 'json', logLevel: 'error',
    onlyCategories: ['performance', 'accessibility', 'best-practices'] });
  return { ...Object.fromEntries(Object.entries(lhr.categories).map(([k, c]) => [k, c.score])),
    bytes: lhr.audits['total-byte-weight'].numericValue };
}

for (const path of ['/x/XFL', '/x/XFL/report', '/lists', '/t'])
  test(`${path} 在慢手机上也快、也好用`, async () => {
    let got = await scores(path);
    // A busy machine only ever lowers a score: the best of three says what the page can do.
    for (let again = 0; again < 2 && got.performance < FLOOR; again++) got = await scores(path);
    for (const k of ['performance', 'accessibility', 'best-practices'])
      assert.ok(got[k] >= FLOOR, `${k} ${got[k]}`);
    assert.ok(got.bytes <= 30 * 1024, `${got.bytes} bytes`);
  });
