// What the browser tests of pages share: the program with sample people (from the scenarios), a context, and how to look at
// a page: accessible, valid, nothing to the side at any size of text, everything large enough to touch, no script error.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HtmlValidate } from 'html-validate';
import { desk, phone } from './chromium.mjs';

export { PEOPLE, checklist, png, route, start } from '../scenario/lib.mjs';

const axe = readFileSync(new URL('node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const validator = new HtmlValidate(JSON.parse(readFileSync(new URL('.htmlvalidate.json', import.meta.url))));
const RULES = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'];
const TARGETS = 'a.btn,button,input:not([type=hidden]):not([type=radio]):not([type=checkbox]):not([type=file]),select,textarea,' +
  '.opt,.check,.tile,.seg label,.pick,.call,.link,.list a,.foot a,.sum a,.back,.sz,.brand,summary';

/** Phones and a desk; `large` is the elder version on the narrowest phone. */
export const SIZES = { 360: phone(360), 390: phone(390), large: phone(360), desk: desk(1366) };

/** A context that remembers script and console errors; `faults` must stay empty. */
export async function visitor(browser, url, size, extra = {}) {
  const context = await browser.newContext({ ...SIZES[size], ...extra });
  await context.addCookies([{ name: 'size', value: size === 'large' ? 'large' : 'normal', url }]);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const faults = [];
  page.on('pageerror', e => faults.push(String(e)));
  page.on('console', m => m.type() === 'error' && !/ (404|409|422) /.test(m.text()) && faults.push(m.text()));
  return { context, page, faults };
}

/** $SHOTS names a folder for pictures. */
export async function look(page, name, size) {
  if (process.env.SHOTS)
    await page.screenshot({ path: join(process.env.SHOTS, `${name}-${size}.png`), fullPage: true });
  await page.evaluate(axe);
  const result = await page.evaluate(rules => axe.run(document, { runOnly: rules }), RULES);
  assert.deepEqual(result.violations.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | ')}`), [], name);
  const least = size === 'large' ? 60 : 44;
  assert.deepEqual(await page.$$eval(TARGETS, (all, n) => all.filter(e => {
    const box = e.getBoundingClientRect();
    return e.getClientRects().length && !e.closest('.vh,.skip') && (box.height < n - 0.5 || box.width < n - 0.5);
  }).map(e => e.outerHTML.slice(0, 100)), least), [], `${name}: too small to touch`);
  await fits(page, name);
}

const sideways = page => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

/** Nothing to the side, also with letters twice as large. */
export async function fits(page, name) {
  assert.ok(await sideways(page) <= 0, `${name} scrolls sideways`);
  await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
  assert.ok(await sideways(page) <= 0, `${name} scrolls sideways at 200 %`);
  await page.evaluate(() => { document.documentElement.style.fontSize = ''; });
}

export async function valid(html, name) {
  const report = await validator.validateString(html);
  assert.deepEqual(report.results.flatMap(r => r.messages).map(m => `${name}:${m.line} ${m.ruleId} ${m.message}`), []);
}

/** What a first visit takes over the wire, photos apart, in bytes; and the hosts asked. */
export async function weigh(browser, url, path) {
  const { context, page } = await visitor(browser, url, '360');
  const wire = await context.newCDPSession(page);
  await wire.send('Network.enable');
  let bytes = 0;
  const photos = new Set(), hosts = new Set();
  wire.on('Network.responseReceived', e => {
    hosts.add(new URL(e.response.url).host);
    if (/^image\/(jpeg|png|webp)/.test(e.response.mimeType)) photos.add(e.requestId);
  });
  wire.on('Network.loadingFinished', e => { if (!photos.has(e.requestId)) bytes += e.encodedDataLength; });
  await page.goto(url + path, { waitUntil: 'networkidle' });
  await context.close();
  return { bytes, hosts: [...hosts] };
}
