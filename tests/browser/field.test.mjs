// /m on a phone: kept and opened without a network, three taps to a settled duty, and an outbox that loses nothing and doubles
// nothing: fifty forms over hours, a browser killed, a server killed, a session gone. $SHOTS names a folder for pictures.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { launch } from './chromium.mjs';
import { look, png, start, valid, visitor } from './server.mjs';

const WHO = 'wgz03', PASSWORD = 'Shaodao2026';
const photo = () => ({ name: 'photo.png', mimeType: 'image/png', buffer: png() });

const s = await start({ at: '2026-04-20T09:00:00+08:00' });
const grid = s.as(WHO), boss = s.as('coord01');
let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

async function logIn(page, who = WHO) {
  await page.fill('#f-username', who);
  await page.fill('#f-password', PASSWORD);
  await Promise.all([page.waitForURL(/\/m$/), page.click('main button[type=submit]')]);
}

/** A phone of somebody who has opened /m and whose worker has kept the shell. */
async function phone(who, size = '390') {
  const at = await visitor(browser, s.url, size);
  await at.page.goto(s.url + '/m');
  await at.page.waitForURL(/\/login/);
  await logIn(at.page, who);
  await kept(at.page);
  return at;
}

async function kept(page) {
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForSelector('.jobs,.empty');
}

const says = (page, words, timeout = 15_000) =>
  page.waitForFunction(w => new RegExp(w).test(document.querySelector('#net').textContent), words.source ?? words, { timeout });
const quiet = faults => faults.filter(f => !/ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|Failed to fetch|status of (401|40\d)|sha256-47DEQpj8HBSa/.test(f));
const tab = (page, name) => page.click(`[data-tab=${name}]`);

async function report(page, words, { place = 'XFL', files = 0 } = {}) {
  await tab(page, 'report');
  await page.selectOption('#f-place', place);
  await page.fill('#f-words', words);
  if (files) {
    await page.setInputFiles('[data-photos=files] input[multiple]', Array.from({ length: files }, photo));
    await page.waitForFunction(n => document.querySelectorAll('.thumbs li').length === n, files);
  }
  await page.click('button.wide');
  await page.waitForSelector('.note.ok');
}

/** Opens the card of the caller's duty in this case. */
async function openCard(page, no) {
  const d = (await grid.read('/duties?mine=true&limit=100')).duties.find(x => x.case?.no === no);
  await page.click(`.jobs a[href="/m/duty/${d.id}"]`);
}

const reported = async () => {
  const { cases } = await boss.read('/cases?source=grid_sweep&limit=100');
  return Promise.all(cases.map(c => boss.case(c.no)));
};

/** The window is as high as the page: no bar that sticks to its edge lies over what is looked at. */
async function lookAt(page, name, size) {
  const { width, height } = page.viewportSize();
  await page.setViewportSize({ width, height: Math.max(height, await page.evaluate(() => document.documentElement.scrollHeight)) });
  await look(page, name, size);
  await page.setViewportSize({ width, height });
}

test('three taps from opening to a settled duty: open, card, done', async () => {
  const r = await s.report({ item: 'QC04', words: '楼下有人养鸡' });
  const { context, page, faults } = await phone(WHO);
  await page.goto(s.url + '/m');                                        // 1: the icon
  await page.click('.jobs a >> nth=0');                                 // 2: the card
  assert.match(await page.textContent('main'), /楼下有人养鸡/);
  await page.click('button.wide');                                      // 3: 完成
  await page.waitForSelector('.note.ok');
  await says(page, /已联网，没有待上传的/);
  const c = await boss.case(r.no);
  assert.ok(c.events.some(e => e.type === 'called' && e.actor.name), 'the duty is settled');
  assert.deepEqual(quiet(faults), []);
  await context.close();
});

test('every page is accessible and fits, with forms open, on 360 and 390 px and in the elder version', async () => {
  const r = await s.report({ item: 'QC04', words: '夜里有人在楼道烧纸' });
  await Promise.all(['360', '390', 'large'].map(async size => {
    const { context, page, faults } = await phone(WHO, size);
    if (size === '360') await valid(await (await fetch(s.url + '/m/shell')).text(), 'm');
    await lookAt(page, 'field-todo', size);
    await page.click('.jobs a >> nth=0');
    await lookAt(page, 'field-duty', size);
    for (const name of size === 'large' ? ['report'] : ['report', 'patrol', 'me']) {
      await tab(page, name);
      await page.waitForTimeout(50);
      await lookAt(page, `field-${name}`, size);
    }
    assert.deepEqual(quiet(faults), []);
    await context.close();
  }));
  await grid.act(r.no, 'call', {});
});

test('offline the shell, the duties and their forms are there; what is recorded waits and says so', async () => {
  const r = await s.report({ item: 'QC04', words: '地下车库里有人养狗' });
  const { context, page, faults } = await phone(WHO);
  await context.setOffline(true);
  await page.reload();
  await page.waitForSelector('.jobs a');
  await says(page, /离线：填好的先存在手机里/);
  await page.goto(s.url + '/m/patrol');
  await page.waitForSelector('#f-kind');
  await tab(page, 'todo');
  await openCard(page, r.no);
  await page.fill('#f-note', '到车库看过，狗在笼子里');
  await page.setInputFiles('[data-photos=files] input[multiple]', [photo()]);
  await page.click('button.wide');
  await page.waitForSelector('.note.ok');
  await says(page, /离线：1 条待上传/);
  assert.match(await page.textContent('.jobs'), /已记下，待上传/);
  await page.reload();
  await says(page, /离线：1 条待上传/);
  await context.setOffline(false);
  await says(page, /已联网，没有待上传的/);
  const c = await boss.case(r.no);
  const called = c.events.filter(e => e.type === 'called');
  assert.equal(called.length, 1);
  assert.match(called[0].text, /狗在笼子里/);
  assert.equal(called[0].files.length, 1);
  assert.deepEqual(quiet(faults), []);
  await context.close();
});

test('a round without a network: points are ticked, ticked away and scanned; each keeps its moment, what is left out is said', async () => {
  s.tick('2026-04-20T09:02:00+08:00');
  const who = Object.values(s.logins).find(l => l.role === 'property' && l.org === 'WY01').username;
  const { context, page, faults } = await phone(who);
  await context.setOffline(true);
  await page.goto(s.url + '/m/at/HQHY-3');                  // what a phone's own camera opens
  await page.waitForSelector('[value=HQHY-3]:checked', { state: 'attached' });
  assert.equal(await page.inputValue('#f-place'), 'HQHY');
  await page.locator('[value=HQHY-1]').check({ force: true });
  await page.locator('[value=HQHY-2]').check({ force: true });
  await page.locator('[value=HQHY-2]').uncheck({ force: true });
  assert.equal(await page.textContent('legend b'), '2 / 6');
  await page.waitForTimeout(1100);                          // moments are told to the second
  await page.reload();
  await page.waitForSelector('[value=HQHY-1]:checked', { state: 'attached' });
  await page.click('button.wide');
  await says(page, /离线：1 条待上传/);
  s.tick('2026-04-20T09:08:00+08:00');
  await context.setOffline(false);
  await says(page, /已联网，没有待上传的/);
  const { visits } = await s.as(who).read('/visits?kind=round&place=HQHY'), v = await s.as(who).read(`/visits/${visits[0].id}`);
  assert.deepEqual(v.stops.map(x => x.skipped), [false, true, false, true, true, true]);
  assert.deepEqual([v.stops[0].grade, v.stops[2].grade], [0, 3]);
  assert.ok(Date.parse(v.stops[2].at) <= Date.parse(v.stops[0].at), 'each has its own moment');
  assert.deepEqual(quiet(faults), []);
  await context.close();
});

test('a patrol without a network: the checklist is answered, a problem becomes a case, the time is the original', async () => {
  s.tick('2026-04-20T09:10:00+08:00');
  const { context, page, faults } = await phone('cg01');
  await context.setOffline(true);
  await tab(page, 'patrol');
  await page.selectOption('#f-place', 'XFL');
  await page.click('[data-every]');
  const point = page.locator('.point:visible').first();
  await point.locator('input[value=problem]').check({ force: true });
  await point.locator('[data-words]').fill('三栋东侧停了两辆车；堵住了');
  await point.locator('input[multiple]').setInputFiles([photo()]);
  await page.waitForSelector('.thumbs li');
  await page.click('button.wide');
  await says(page, /离线：1 条待上传/);
  s.tick('2026-04-20T09:40:00+08:00');
  await context.setOffline(false);
  await says(page, /已联网，没有待上传的/);
  const { visits } = await s.as('cg01').read('/visits?kind=patrol&place=XFL');
  assert.equal(visits.length, 1);
  const v = await s.as('cg01').read(`/visits/${visits[0].id}`), bad = v.answers.filter(a => a.answer === 'problem');
  assert.deepEqual([bad.length, bad[0].words], [1, '三栋东侧停了两辆车，堵住了']);
  assert.ok(v.answers.length > 3 && bad[0].case, 'the problem is a case');
  assert.ok(Date.parse(v.ended_at) < Date.parse('2026-04-20T09:30:00+08:00'), v.ended_at);
  assert.deepEqual(quiet(faults), []);
  await context.close();
});

test('when the case has gone on, the record stays with it; what is wrong comes back with the reason', async () => {
  const r = await s.report({ item: 'QC04', words: '楼道里堆了鸡笼' });
  const { context, page } = await phone(WHO);
  await context.setOffline(true);
  await openCard(page, r.no);
  await page.fill('#f-note', '我在现场，鸡笼还在');
  await page.click('button.wide');
  await page.waitForSelector('.note.ok');
  await grid.act(r.no, 'call', { note: '别人先办了' });
  await tab(page, 'report');
  await page.selectOption('#f-place', 'XFL');
  await page.fill('#f-words', '居民要求回电话');
  await page.click('details.more summary');
  await page.fill('#f-phone', '12');
  await page.click('button.wide');
  await says(page, /离线：2 条待上传/);
  await context.setOffline(false);
  await says(page, /1 条没有收下，请看原因/);
  const c = await boss.case(r.no), late = c.events.find(e => e.type === 'late_record');
  assert.match(late.text, /补传的记录，没有改变办理：核实并呼叫.*鸡笼还在/s);
  assert.equal(c.events.filter(e => e.type === 'called').length, 1);
  await tab(page, 'me');
  const queue = await page.textContent('#queue');
  assert.match(queue, /没有收下[\s\S]*原因：电话请填写手机号/);
  assert.match(queue, /已收到，留作补传的记录 \d{8}-\d{4}/);
  await page.click('#queue .link');
  await page.click('.ask .danger');
  await says(page, /已联网，没有待上传的/);
  await context.close();
});

test('logging out warns when the queue is not empty, wipes what was taken along and keeps the records', async () => {
  const { context, page } = await phone(WHO);
  await page.route('**/api/v1/cases', route => route.abort());
  await report(page, '退出以前记下的一条');
  await says(page, /1 条待上传/);
  await tab(page, 'me');
  await page.click('[data-out]');
  assert.match(await page.textContent('.ask'), /还有 1 条没有上传/);
  await page.click('.ask .btn >> nth=0');
  await page.waitForURL(/\/login\?out=1/);
  assert.deepEqual(await page.evaluate(() => new Promise(done => {
    const call = indexedDB.open('shaodao-field', 1);
    call.onsuccess = () => {
      const tx = call.result.transaction(['box', 'kept']), n = ['box', 'kept'].map(name => tx.objectStore(name).count());
      tx.oncomplete = () => done(n.map(r => r.result));
    };
  })), [1, 0]);
  await page.unroute('**/api/v1/cases');
  await page.goto(s.url + '/m');
  await logIn(page, 'wgz01');
  await says(page, /这台手机上有 1 条是别人记的/);
  await context.clearCookies();
  await page.goto(s.url + '/m');
  await logIn(page);
  await says(page, /已联网，没有待上传的/);
  assert.equal((await reported()).filter(c => c.words === '退出以前记下的一条').length, 1);
  await context.close();
});

// ---- Fifty forms ----

/** A browser of its own that can be killed like a phone without power; what it keeps lies in `profile`. */
async function device(profile) {
  const p = spawn(process.env.CHROMIUM || '/usr/bin/chromium', ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--lang=zh-CN', '--disable-background-networking', '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'],
  { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  const ws = await new Promise((ok, fail) => {
    p.stderr.on('data', d => { const m = /ws:\/\/\S+/.exec(said += d); if (m) ok(m[0]); });
    p.on('exit', () => fail(new Error(`the browser ended\n${said}`)));
  });
  const b = await chromium.connectOverCDP(ws), context = b.contexts()[0], page = context.pages()[0] ?? await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.setViewportSize({ width: 390, height: 780 });
  const kill = async () => {
    const gone = once(p, 'exit');
    try { process.kill(-p.pid, 'SIGKILL'); } catch { /* gone already */ }
    await gone.catch(() => {});
    await b.close().catch(() => {});
  };
  return { page, context, kill };
}

async function killServer() {
  s.process.removeAllListeners('exit');
  s.process.kill('SIGKILL');
  await once(s.process, 'close');
}

test('fifty forms over hours, the browser killed, the server killed: each once, in order, with its time', async () => {
  const N = 50, profile = mkdtempSync(join(tmpdir(), 'shaodao-phone-')), before = (await reported()).length;
  s.tick('2026-04-20T10:00:00+08:00');
  let phone = await device(profile), { page } = phone;
  await page.clock.install({ time: '2026-04-20T10:00:00+08:00' });
  await page.goto(s.url + '/m');
  await logIn(page);
  await kept(page);
  await killServer();                                                   // no network, for hours
  for (let i = 1; i <= N; i++) {
    await report(page, `第 ${i} 条：地下室积水`, { files: i % 10 === 0 ? 1 : 0 });
    await says(page, new RegExp(`离线：${i} 条待上传`));
    await page.clock.fastForward('05:00');
  }
  await phone.kill();                                                   // no power either

  phone = await device(profile);
  ({ page } = phone);
  await page.clock.install({ time: '2026-04-20T15:00:00+08:00' });
  await page.goto(s.url + '/m');
  await says(page, new RegExp(`离线：${N} 条待上传`));

  s.tick('2026-04-20T15:00:00+08:00');
  await s.run();
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await says(page, /登录已过期|正在上传/);
  if (/登录已过期/.test(await page.textContent('#net'))) {
    await page.click('#net a');
    await logIn(page);
  }
  await page.waitForFunction(n => { const m = /还有 (\d+) 条/.exec(document.querySelector('#net').textContent); return m && m[1] < n; }, N - 12);
  await killServer();                                                   // in the middle of a delivery
  await says(page, /离线：\d+ 条待上传/);
  await s.run();
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await says(page, /已联网，没有待上传的/, 30_000);
  await phone.kill();
  rmSync(profile, { recursive: true, force: true });

  const mine = (await reported()).filter(c => /地下室积水/.test(c.words)).sort((a, b) => a.no < b.no ? -1 : 1);
  assert.deepEqual(mine.map(c => c.words), Array.from({ length: N }, (_, i) => `第 ${i + 1} 条：地下室积水`), 'each once, in order');
  assert.equal((await reported()).length, before + N);
  mine.forEach((c, i) => {
    const away = (Date.parse(c.events[0].occurred_at) - Date.parse('2026-04-20T10:00:00+08:00')) / 60e3 - 5 * i;
    assert.ok(away >= 0 && away < 3, `${c.words}: ${c.events[0].occurred_at}`);
    assert.equal(c.files.length, (i + 1) % 10 === 0 ? 1 : 0);
  });
});
