// 监督举报 and the photos that a reporter may see, in a real browser: on a phone, in the elder version, on a desk, without scripts.
// $SHOTS names a folder for pictures of the pages.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HtmlValidate } from 'html-validate';
import { PEOPLE, route, start } from '../scenario/lib.mjs';
import { desk, launch, phone } from './chromium.mjs';

const axe = readFileSync(new URL('node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const validator = new HtmlValidate(JSON.parse(readFileSync(new URL('.htmlvalidate.json', import.meta.url))));
const SIZES = { 360: phone(360), 390: phone(390), 1366: desk(1366) };
const WORDS = '四月十八日下午三点，两名执法队员在三栋楼下对卖菜老人大声呵斥，没有出示执法证，旁边有很多人看见';

const s = await start();
let browser, report;
before(async () => {
  browser = await launch();
  report = await s.report({ item: 'QC04', words: '三栋楼下有人养鸡，请来看看' });
  await route(s, report.no);
  const cg = s.as(PEOPLE.officer);
  await cg.act(report.no, 'persuade', { reaction: 'promised', words: '上门劝导', files: [await cg.photo(), await cg.photo()] });
});
after(() => browser.close());

async function context(options, who, extra = {}) {
  const c = await browser.newContext({ ...options, ...extra });
  if (who) {
    const page = await c.newPage();
    await page.goto(s.url + '/login');
    await page.fill('#f-username', who);
    await page.fill('#f-password', s.logins[who].password);
    await Promise.all([page.waitForURL(/\/desk/), page.click('main button[type=submit]')]);
    await page.close();
  }
  return c;
}

/** Accessible, valid, nothing to the side, everything large enough to touch. */
async function look(page, name) {
  if (process.env.SHOTS)
    await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`), fullPage: true });
  await page.evaluate(axe);
  const result = await page.evaluate(() => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  assert.deepEqual(result.violations.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | ')}`), [], name);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth) <= 0, `${name} scrolls sideways`);
  const small = await page.$$eval('main a.btn,main button,main input:not([type=radio]):not([type=hidden]),main select,main .opt,main .call',
    list => list.filter(e => e.getClientRects().length && e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML.slice(0, 90)));
  assert.deepEqual(small, [], name);
}

async function valid(html, name) {
  const faults = (await validator.validateString(html)).results.flatMap(r => r.messages).map(m => `${name}:${m.line} ${m.ruleId} ${m.message}`);
  assert.deepEqual(faults, []);
}

test('a resident complains without scripts, on a phone and on a desk', async () => {
  for (const [width, options] of Object.entries(SIZES)) {
    const c = await context(options, null, { javaScriptEnabled: false });
    const page = await c.newPage();
    await page.goto(s.url + '/x/XFL');
    await page.click('a[href$="/x/XFL/supervise"]');
    await page.click('button[type=submit]');
    assert.match(await page.title(), /^错误：/);
    await page.click('.errs a[href="#kind"]');
    await page.check('input[value=rude]');
    await page.selectOption('#org', 'CG');
    await page.fill('#words', WORDS + width);
    await page.fill('#phone', '13800000777');
    await page.click('button[type=submit]');
    assert.match(await page.textContent('h1'), /已收到您的举报/);
    assert.match(await page.textContent('.panel'), /5 月 7 日 17:30 前核查完/);
    assert.match(await page.textContent('.next'), /138\*\*\*\*0777/);
    await c.close();
  }
});

test('the resident pages, in every size', async () => {
  for (const [width, options] of Object.entries({ ...SIZES, large: phone(360) })) {
    const c = await context(options);
    const page = await c.newPage();
    await page.goto(s.url + '/x/XFL/supervise' + (width === 'large' ? '?size=large' : ''));
    await look(page, `supervise-${width}`);
    await page.click('button[type=submit]');
    await look(page, `supervise-wrong-${width}`);
    await valid(await page.content().then(() => page.evaluate(() => fetch('/supervise').then(r => r.text()))), 'supervise');
    await page.check('input[value=slow]');
    await page.fill('#words', `催了三次都没有人来，${width}`);
    await page.click('button[type=submit]');
    await look(page, `supervise-sent-${width}`);
    assert.equal(await page.evaluate(() => Object.keys(localStorage).filter(k => /superv|kind|words/.test(k)).length), 0);
    await c.close();
  }
});

test('the oversight body reads and answers, in every size', async () => {
  for (const [width, options] of Object.entries(SIZES)) {
    const c = await context(options, 'oversight01');
    const page = await c.newPage();
    await page.goto(s.url + '/desk');
    await look(page, `oversight-desk-${width}`);
    await page.click('.kpi a[href="/desk/complaints"]');
    await look(page, `complaints-${width}`);
    await page.click('table a.main >> nth=0');
    await look(page, `complaint-${width}`);
    await valid(await page.evaluate(() => fetch(location.href).then(r => r.text())), 'complaint');
    await page.check('input[value=partly]');
    await page.fill('#f-words', '调取执法记录仪，当事人态度生硬属实；已批评教育，并向反映人说明。');
    await page.click('main button[type=submit]');
    await page.click('dialog[open] button:has-text("提交结论")');
    await page.waitForSelector('text=结论已记下');
    await look(page, `complaint-answered-${width}`);
    await page.goto(s.url + '/desk/complaints?state=all');
    await look(page, `complaints-all-${width}`);
    await valid(await page.evaluate(() => fetch(location.href).then(r => r.text())), 'complaints');
    await c.close();
  }
});

test('an officer clears a photo on the page and in the drawer, and the reporter sees it', async () => {
  for (const [width, options] of Object.entries(SIZES)) {
    const c = await context(options, PEOPLE.officer);
    const page = await c.newPage();
    await page.goto(`${s.url}/desk/cases/${report.no}`);
    await look(page, `case-${width}`);
    await page.click('button:has-text("公开给反映人") >> nth=0');
    await page.waitForSelector('text=这张照片已公开给反映人');
    await look(page, `case-cleared-${width}`);
    const anybody = await context(options);
    const tracking = await anybody.newPage();
    await tracking.goto(report.url);
    assert.equal(await tracking.locator('.photos img').count(), 1);
    await tracking.locator('.photos img').scrollIntoViewIfNeeded();
    await tracking.waitForFunction(() => document.querySelector('.photos img').naturalWidth > 0);
    await look(tracking, `track-${width}`);
    await anybody.close();
    await page.click('button:has-text("不再公开")');
    await page.waitForSelector('text=这张照片不再公开');
    await c.close();
  }
  const c = await context(desk(), PEOPLE.officer);
  const page = await c.newPage();
  await page.goto(s.url + '/desk/cases');
  await page.click(`a.main[href$="${report.no}"]`);
  await page.click('#drawer button:has-text("公开给反映人") >> nth=0');
  await page.waitForSelector('#drawer >> text=这张照片已公开给反映人');
  assert.equal(await page.locator('#drawer button:has-text("不再公开")').count(), 1);
  await c.close();
});
