// The console in a real browser: an officer's day on a phone, a coordinator's on a desk, with the keyboard alone, without
// scripts; every page accessible, valid and quiet. $SHOTS names a folder for pictures of the pages.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HtmlValidate } from 'html-validate';
import { PEOPLE, checklist, png, route, start } from '../scenario/lib.mjs';
import { desk, launch, phone } from './chromium.mjs';

const axe = readFileSync(new URL('node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const validator = new HtmlValidate(JSON.parse(readFileSync(new URL('.htmlvalidate.json', import.meta.url))));
const PASSWORD = 'Shaodao2026';
const photo = () => ({ name: 'photo.png', mimeType: 'image/png', buffer: png() });

const s = await start({ at: '2026-04-20T09:00:00+08:00' });
let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/** A page of somebody who has logged in; what the browser complains about is kept in page.faults. */
async function at(who, options, extra = {}, server = s) {
  const context = await browser.newContext({ ...options, ...extra });
  const page = await context.newPage();
  page.faults = [];
  page.on('pageerror', e => page.faults.push(String(e)));
  // refusals are part of the day; axe puts back an empty style attribute, which the policy reports
  page.on('console', m => m.type() === 'error' && !/status of 4(09|22|51)|sha256-47DEQpj8HBSa/.test(m.text()) && page.faults.push(m.text()));
  await page.goto(server.url + '/login');
  await page.fill('#f-username', who);
  await page.fill('#f-password', PASSWORD);
  await Promise.all([page.waitForURL(/\/desk/), page.click('main button[type=submit]')]);
  return page;
}

async function shot(page, name) {
  if (process.env.SHOTS)
    await page.screenshot({ path: join(process.env.SHOTS, `staff-${name}.png`), fullPage: true });
}

/** Accessible (pins of a map stand where the places are, WCAG 2.5.8 "essential": the list below leads to the same), nothing to the side, nothing too small to touch, no complaint of the browser. The window is made as high as
 *  the page, so that no bar that sticks to its edge lies over what is looked at. */
async function look(page, name) {
  await shot(page, name);
  const { width, height } = page.viewportSize();
  await page.setViewportSize({ width, height: Math.min(9000, Math.max(height, await page.evaluate(() => document.documentElement.scrollHeight))) });
  await page.evaluate(axe);
  const result = await page.evaluate(() => axe.run({ exclude: ['.leaflet-marker-pane'] }, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  await page.setViewportSize({ width, height });
  assert.deepEqual(result.violations.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | ')}`), [], name);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth) <= 0, `${name} scrolls sideways`);
  const small = await page.$$eval('main a.btn,main button,main .in,main .opt,main summary,#drawer a.btn,#drawer button,#drawer .in',
    list => list.filter(e => e.getClientRects().length && e.getBoundingClientRect().height < 43).map(e => e.outerHTML.slice(0, 90)));
  assert.deepEqual(small, [], name);
  assert.deepEqual(page.faults, [], name);
}

async function valid(html, name) {
  const faults = (await validator.validateString(html)).results.flatMap(r => r.messages).map(m => `${name}:${m.line} ${m.ruleId} ${m.message}`);
  assert.deepEqual(faults, []);
}

/** Opens the first row's case in the drawer. */
async function openDrawer(page, words) {
  await page.locator('.tbl a.main', { hasText: words }).first().click();
  await page.waitForSelector('.wk.open #drawer .dh h2');
}

/** Chooses an action in the drawer and waits for its form. */
async function choose(page, label) {
  const link = page.locator('#drawer .acts a', { hasText: label }).first();
  if (!await link.isVisible())
    await page.click('#drawer .acts summary');
  await link.click();
  await page.waitForSelector('#drawer form.form');
}

const send = page => page.locator('#drawer form.form button[type=submit].btn').click();
const confirm = async page => { await page.waitForSelector('dialog[open]'); await page.click('dialog[open] .btn.danger'); };
const done = async page => (await page.locator('#drawer .note.ok').first().textContent()).trim();

test('an officer’s day on the phone: accept, persuade, order, recheck, close', async () => {
  s.tick('2026-04-20T09:00:00+08:00');
  const report = await s.report({ item: 'QC04', words: '三栋楼下有人养鸡，天不亮就叫' });
  await route(s, report.no, { accept: null });
  const page = await at('cg01', phone(390));
  await look(page, 'phone-desk');
  await openDrawer(page, '饲养家禽家畜');
  await look(page, 'phone-drawer');
  await choose(page, '接单');
  await send(page);
  await page.waitForSelector('#drawer .note.ok');
  assert.match(await done(page), /接单：已办好。10 分钟内可以撤销/);

  await choose(page, '登记劝导');
  await page.locator('#drawer .opt', { hasText: '不改' }).click();
  await page.locator('#drawer .chips button').first().click();
  assert.ok((await page.inputValue('#drawer #f-words')).length > 8, 'a ready phrase fills the field');
  await page.locator('#drawer input[type=file]').last().setInputFiles(photo());
  await page.waitForSelector('#drawer .shots li[data-state=done]');
  await send(page);
  await page.waitForSelector('#drawer .tl img');
  assert.match(await done(page), /登记劝导/);

  await choose(page, '责令限期改正');
  await look(page, 'phone-order');
  await page.locator('#drawer .opt', { hasText: s.logins.cg01.name }).click();
  await page.fill('#drawer #f-words', '三日内把鸡移走并清理干净');
  await page.fill('#drawer #f-until', '2026-04-23');
  await send(page);
  await confirm(page);
  await page.waitForSelector('#drawer .errs');
  assert.match(await page.textContent('#drawer .errs'), /第四十二条/, 'one officer is not enough, the article is named');
  assert.equal(await page.inputValue('#drawer #f-words'), '三日内把鸡移走并清理干净', 'nothing is lost');
  await page.locator('#drawer .opt', { hasText: s.logins.cg02.name }).click();
  await send(page);
  await confirm(page);
  await page.waitForSelector('#drawer .note.ok');

  await page.goto(`${s.url}/desk/cases/${report.no}/order.html`);
  const paper = await page.textContent('article.doc');
  for (const words of [/草稿（签章后生效）/, /责令(限期)?改正通知书/, /2026年4月23日前改正：三日内把鸡移走/, /六十日内依法申请行政复议/, /执法证号/])
    assert.match(paper, words);
  await look(page, 'phone-order-paper');

  s.tick('2026-04-23T10:00:00+08:00');
  await page.goto(`${s.url}/desk`);
  await openDrawer(page, '饲养家禽家畜');
  await choose(page, '复查');
  await page.locator('#drawer .opt', { hasText: '已改正' }).first().click();
  await page.locator('#drawer input[type=file]').last().setInputFiles(photo());
  await page.waitForSelector('#drawer .shots li[data-state=done]');
  await send(page);
  await page.waitForSelector('#drawer .note.ok');
  await choose(page, '办结答复');
  await page.locator('#drawer .opt', { hasText: '已解决' }).first().click();
  for (const condition of await checklist(s, 'QC04'))
    await page.locator('#drawer .opt', { hasText: condition }).click();
  await page.fill('#drawer #f-reply', '您好，鸡已经移走，楼下已清理干净。');
  await page.locator('#drawer input[type=file]').last().setInputFiles(photo());
  await page.waitForSelector('#drawer .shots li[data-state=done]');
  await send(page);
  await page.waitForSelector('#drawer .note.ok');
  await look(page, 'phone-closed');
  const c = await s.as('coord01').case(report.no);
  assert.deepEqual([c.state, c.outcome], ['closed', 'solved']);
  await page.goto(`${s.url}/desk?tab=done`);
  assert.equal(await page.locator('.tbl tbody tr').count(), 1);
  await page.context().close();
});

test('a coordinator’s day at the desk: classify, dispatch, take back, several at once, the board', async () => {
  s.tick('2026-04-24T09:00:00+08:00');
  const unclear = await s.report({ words: '楼上天天晚上吵，没法睡觉' });
  const page = await at('coord01', desk(1366));
  await page.goto(`${s.url}/desk?kind=classify`);
  await openDrawer(page, '待归类');
  await choose(page, '归类');
  await look(page, 'desk-classify');
  assert.match(await page.textContent('#drawer .pre'), /没法睡觉/, 'the words stand beside the choice');
  await page.selectOption('#drawer #f-item', 'ZS05');
  await send(page);
  await page.waitForSelector('#drawer .note.ok');
  assert.equal((await s.as('coord01').case(unclear.no)).item.code, 'ZS05');
  await page.locator('#drawer button', { hasText: '撤销' }).click();
  await page.waitForFunction(() => /已撤销/.test(document.querySelector('#drawer .note.ok')?.textContent));
  assert.equal((await s.as('coord01').case(unclear.no)).state, 'registered');

  const two = [];
  for (const item of ['QC04', 'XF01']) {
    const r = await s.report({ item, words: '请派人来看看这件事' });
    await s.as(PEOPLE.grid).act(r.no, 'call');
    await s.as(PEOPLE.community).act(r.no, 'admit', { result: 'admit' });
    two.push(r.no);
  }
  await page.goto(`${s.url}/desk?kind=dispatch`);
  await look(page, 'desk-dispatch-list');
  await page.click('[data-all=ids]');
  await page.click('.batch button[value=dispatch]');
  await look(page, 'desk-batch');
  await page.click('form.form button[type=submit].btn');
  await page.waitForSelector('.note[role=status]');
  assert.match(await page.textContent('.note[role=status]'), /办成 2 件/);
  const leads = await Promise.all(two.map(async no => (await s.as('coord01').case(no)).lead.code));
  assert.deepEqual(leads, ['CG', 'XFJY'], 'each goes to the lead of its own row of the list');

  await page.goto(`${s.url}/desk/board`);
  await look(page, 'desk-board');
  const open = Number(await page.textContent('.kpi li:first-child b'));
  await page.click('.kpi li:first-child a');
  assert.match(await page.textContent('.pager'), new RegExp(`共 ${open} 条`), 'the number leads to its list');
  await look(page, 'desk-cases');
  await page.click('.tbl a.main');
  await page.waitForSelector('.wk.open #drawer .dh');
  await look(page, 'desk-drawer');
  const sheet = await page.request.get(`${s.url}/desk/cases.xlsx?state=-2`);
  assert.equal(sheet.status(), 200);
  assert.equal((await sheet.body()).subarray(0, 2).toString(), 'PK');
  await page.context().close();
});

test('with the keyboard alone: skip link, a row, the drawer, back again', async () => {
  const page = await at('coord01', desk(1366));
  await page.goto(`${s.url}/desk/cases`);
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), '跳到正文');
  await page.keyboard.press('Enter');
  for (let n = 0; n < 40 && !await page.evaluate(() => document.activeElement.matches('a.main')); n++)
    await page.keyboard.press('Tab');
  const words = await page.evaluate(() => document.activeElement.textContent);
  await page.keyboard.press('Enter');
  await page.waitForSelector('.wk.open #drawer .dh');
  assert.equal(await page.evaluate(() => document.activeElement.closest('#drawer') !== null), true, 'focus follows into the drawer');
  assert.match(page.url(), /\/desk\/cases\/\d{8}-\d{4}$/, 'the drawer has an address of its own');
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('.wk.open').count(), 0);
  assert.equal(await page.evaluate(() => document.activeElement.textContent), words, 'and comes back to the row');
  await page.context().close();
});

test('at the counter in one screen; a like case is shown before a second one', async () => {
  s.tick('2026-04-24T10:00:00+08:00');
  await s.report({ item: 'QC04', words: '阳台上养鸡' });
  const page = await at(PEOPLE.station, desk(1366));
  await page.goto(`${s.url}/desk/new`);
  await page.selectOption('#f-source', 'chat');
  await page.fill('#f-words', '群里有人说幸福里 2 栋有户人家在阳台养鸡，臭得很');
  await page.locator('#f-spot').focus();
  await page.waitForSelector('#hint .opt');
  assert.equal(await page.inputValue('#f-place'), '幸福里小区', 'the compound is read out of the pasted text');
  assert.ok(await page.locator('#hint .opt', { hasText: '饲养家禽家畜' }).first().isVisible());
  assert.ok(await page.locator('#hint .likecase').first().isVisible(), 'there is one already');
  await look(page, 'desk-new');
  await page.fill('[name=contact_phone]', '13800001234');
  await page.locator('#hint .opt', { hasText: '都不是' }).click();
  await page.locator('form.form .btns button[type=submit]').click();
  await page.waitForURL(/\/desk\/new\/\d/);
  await look(page, 'desk-new-done');
  const no = page.url().match(/\d{8}-\d{4}/)[0];
  await page.goto(`${s.url}/desk/cases/${no}/receipt.html`);
  assert.match(await page.textContent('article.receipt'), new RegExp(no));
  await look(page, 'desk-receipt');
  await page.goto(`${s.url}/desk/cases/${no}`);
  await page.locator('summary', { hasText: '联系方式' }).click();
  await page.selectOption('#f-purpose', { index: 1 });
  await page.locator('button', { hasText: '查看一次' }).click();
  assert.match(await page.textContent('.note a'), /13800001234/);
  await page.goto(`${s.url}/desk/cases/${no}`);
  assert.equal(await page.locator('text=13800001234').count(), 0, 'shown once');
  assert.match(await page.textContent('.tl'), /查看联系方式/);
  await page.context().close();
});

test('an open desk hears of new work', async () => {
  const page = await at(PEOPLE.grid, desk(1366));
  await page.waitForTimeout(500);
  const before = Number(await page.locator('.nav [data-badge=todo]').evaluate(e => parseInt(e.textContent) || 0));
  await s.report({ item: 'QC04', place: 'XFL', words: '又有一户养鸭子' });
  await page.waitForFunction(n => (parseInt(document.querySelector('.nav [data-badge=todo]').textContent) || 0) > n, before, { timeout: 15_000 });
  await page.context().close();
});

test('every page in both sizes: accessible, valid, quiet', async () => {
  const c = await s.report({ item: 'QC04', place: 'XFL', words: '页面检查用的一件' });
  await route(s, c.no);
  const visit = (await s.as('cg01').post('/visits', { kind: 'patrol', place: 'XFL', began_at: s.now, words: '页面检查用的一次' })).body.id;
  const pages = ['', '?tab=done', '?tab=watch', '?tab=chase', '/cases', '/cases?overdue=1&item=QC04', `/cases/${c.no}`, `/cases/${c.no}/do/note`,
    '/board', '/figures', '/figures/received', '/lists', '/lists?q=狗叫', '/lists/XF01', '/people', '/people/cg01', '/places', '/places/XFL',
    '/orgs', '/orgs/CG', '/notices', '/new', '/password', '/components', '/visits', '/visits/new', '/visits/new?kind=operation&place=XFL',
    `/visits/${visit}`, '/visits/plan', '/operations', '/routines', '/routines/patrol_week', '/routines/round_week', '/places/HQHY/points', '/places/HQHY/points/print', '/calendar', '/calendar?place=XFL', '/attendance',
    '/map', '/rota', '/stations', '/grids', '/posts', '/leave'];
  for (const [size, options] of Object.entries({ phone: phone(390), desk: desk(1366) })) {
    const page = await at('coord01', options);
    for (const path of pages) {
      const answer = await page.goto(`${s.url}/desk${path}`);
      assert.equal(answer.status(), 200, path);
      if (size === 'desk') await valid(await answer.text(), path);
      await look(page, `${size}${path.replace(/\W+/g, '-')}`);
    }
    for (const headers of [{ 'HX-Request': 'true', 'HX-Target': 'drawer' }]) {
      const fragment = await (await page.request.get(`${s.url}/desk/cases/${c.no}`, { headers })).text();
      assert.ok(!/<html/.test(fragment) && /class="dh"/.test(fragment), 'the drawer gets only its inside');
    }
    await page.context().close();
  }
});

test('the register, its forms, the month to sign and the calendar: in three sizes', async () => {
  const n = await start({ scheme: 'nanhu', months: 2, at: '2026-04-20T18:00:00+08:00' });
  const { surveys } = await n.as('fd02').read('/surveys?limit=100'), e = surveys.find(x => x.has_holder && x.is_due) || surveys[0];
  const coordinator = (await n.as('coord01').read('/surveys?limit=100')).surveys.find(x => x.cases.length);
  const steps = ['check', 'case', 'change', 'holder'].map(x => `/survey/${e.id}/do/${x}`);
  const days = { fd02: ['/survey', '/survey?show=due', '/survey?place=YY&kind=dog', '/survey/new', `/survey/${e.id}`, ...steps, `/places/${e.place.code}`, '/calendar'],
    coord01: [`/survey/${coordinator.id}`, '/survey?show=all', '/attendance'],
    [Object.values(n.logins).find(l => l.role === 'community_office').username]: ['/survey', '/attendance', '/calendar'] };
  for (const [size, options] of Object.entries({ small: phone(360), phone: phone(390), desk: desk(1366) }))
    for (const [who, pages] of Object.entries(days)) {
      const page = await at(who, options, {}, n);
      for (const path of pages) {
        const answer = await page.goto(`${n.url}/desk${path}`);
        assert.equal(answer.status(), 200, path);
        if (size === 'desk') await valid(await answer.text(), path);
        await look(page, `${size}-nanhu-${who}${path.replace(/\W+/g, '-')}`);
      }
      const feed = page.locator('form[action$="/calendar/feed"] button');
      if (size === 'desk' && await feed.count()) {
        await feed.first().click();
        await look(page, `${size}-nanhu-${who}-feed`);
      }
      await page.context().close();
    }
});

test('without scripts: log in, act with a photo, take back, log out', async () => {
  const c = await s.report({ item: 'QC04', place: 'XFL', words: '不用脚本也能办' });
  await route(s, c.no, { accept: null });
  const page = await at('cg01', phone(390), { javaScriptEnabled: false });
  await page.goto(`${s.url}/desk/cases/${c.no}`);
  await page.click('.acts a.btn');
  await page.click('form.form button[type=submit]');
  assert.match(await page.textContent('.note.ok'), /接单：已办好/);
  await page.locator('button', { hasText: '撤销' }).click();
  assert.match(await page.textContent('.note.ok'), /已撤销/);
  assert.equal((await s.as('cg01').case(c.no)).state, 'awaiting_accept');
  await s.as('cg01').act(c.no, 'accept');
  await page.goto(`${s.url}/desk/cases/${c.no}/do/persuade`);
  await page.locator('.opt', { hasText: '答应改正' }).click();
  await page.fill('#f-words', '已上门劝导');
  await page.locator('input[type=file]').last().setInputFiles(photo());
  await page.click('form.form button[type=submit]');
  assert.match(await page.textContent('.note.ok'), /登记劝导/);
  assert.equal(await page.locator('.tl > li').last().locator('img').count(), 1);
  await page.click('details.who summary');
  await page.click('details.who button');
  assert.match(page.url(), /\/login\?out=1/);
  await page.goto(`${s.url}/desk`);
  assert.match(page.url(), /\/login\?next=/, 'the session has ended on the server');
  await page.context().close();
});

test('a new colleague: added, posted, first password changed, at work', async () => {
  const page = await at('coord01', desk(1366));
  await page.goto(`${s.url}/desk/people`);
  await page.click('summary:has-text("添加人员")');
  await page.fill('#f-username', 'newcomer1');
  await page.fill('#f-name', '赵新');
  await page.locator('form.form:has(#f-username) button[type=submit]').click();
  await page.click('summary:has-text("增加岗位")');
  await page.selectOption('#f-role', 'officer');
  await page.selectOption('#f-org', 'CG');
  await page.fill('#f-cert_no', '示例-CG-099');
  await page.fill('#f-cert_until', '2026-05-10');
  await page.locator('form.form:has(#f-role) button[type=submit]').click();
  assert.match(await page.textContent('.tbl'), /快到期 2026-05-10/, 'a certificate that runs out is marked');
  await look(page, 'desk-newcomer');
  await page.click('summary:has-text("密码和停用")');
  await page.click('button:has-text("重设初始密码")');
  await confirm(page);
  await page.waitForSelector('.note code');
  const first = await page.textContent('.note code');
  await page.context().close();

  const context = await browser.newContext(desk(1366));
  const own = await context.newPage();
  own.faults = [];
  await own.goto(`${s.url}/login`);
  await own.fill('#f-username', 'newcomer1');
  await own.fill('#f-password', first);
  await own.click('main button[type=submit]');
  await own.waitForURL(/\/desk\/password/);
  await own.goto(`${s.url}/desk/cases`);
  assert.match(own.url(), /\/desk\/password/, 'nothing else before the first password is changed');
  await own.fill('#f-old', first);
  await own.fill('#f-password', 'short');
  await own.fill('#f-again', 'shorter');
  await own.click('main button[type=submit]');
  await own.waitForSelector('.errs');
  await look(own, 'desk-password-errors');
  for (const [field, text] of [['#f-old', first], ['#f-password', 'Xiaoqu-2026-ok'], ['#f-again', 'Xiaoqu-2026-ok']])
    await own.fill(field, text);
  await own.click('main button[type=submit]');
  await own.waitForURL(/\/desk$/);
  await look(own, 'desk-newcomer-at-work');
  await context.close();
});

test('who may not, does not see', async () => {
  const c = await s.report({ item: 'QC04', place: 'XFL', words: '别的部门看不到' });
  await route(s, c.no);
  const look403 = async (who, path) => {
    const page = await at(who, desk(1366));
    page.faults = [];
    const answer = await page.goto(`${s.url}${path}`);
    await shot(page, `refused-${who}`);
    await page.context().close();
    return answer.status();
  };
  assert.equal(await look403(PEOPLE.grid, '/desk/board'), 403);
  assert.equal(await look403('zj01', `/desk/cases/${c.no}`), 403, 'another department');
  const admin = Object.values(s.logins).find(l => l.role === 'admin').username;
  assert.equal(await look403(admin, `/desk/cases/${c.no}`), 403, 'administrators see no business data');
  const page = await at('coord01', desk(1366));
  const foreign = await page.request.post(`${s.url}/logout`, { form: { csrf: 'x' } });
  assert.equal(foreign.status(), 403, 'no form token, no act');
  await page.context().close();
});
