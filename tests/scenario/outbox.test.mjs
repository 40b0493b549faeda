// 消息发送：没有接通短信时，留了电话的反映人要有人打电话告诉；发不出去的邮件看得见原因，可以再发，也可以写明理由不再发。
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { PEOPLE, route, start } from './lib.mjs';
import { Visitor } from './_pages.mjs';

const s = await start();
const PHONE = '13907971234';
const coordinator = await new Visitor(s.url).logIn(s.logins[PEOPLE.coordinator]);
const admin = await new Visitor(s.url).logIn(Object.values(s.logins).find(l => l.role === 'admin'));

async function until(what, seconds = 15) {
  for (let i = 0; i < seconds * 10; i++) {
    const got = await what();
    if (got) return got;
    await sleep(100);
  }
  assert.fail('did not come');
}
const page = async (v, show) => (await v.get(`/desk/outbox?show=${show}`)).text;
const lines = text => [...text.matchAll(/<tr><th scope="row"[\s\S]*?<\/tr>/g)].map(m => m[0]);
const ids = text => [...text.matchAll(/action="\/desk\/outbox\/(\d+)"/g)].map(m => m[1]);

const r = await s.report({ item: 'QC04', words: '三栋楼下有人养鸡，请来看看', contact: { name: '钱女士', phone: PHONE } });
const quiet = await s.report({ item: 'QC04', words: '又有人养鸡，不想留电话' });
await route(s, r.no);
await route(s, quiet.no);

test('短信没有接通：列为需要电话告知，写明原因，没有电话号码；没留电话的不在里面', async () => {
  const text = await until(async () => { const t = await page(coordinator, 'call'); return t.includes(r.no) && t; });
  assert.match(text, /需要电话告知（\d+）/);
  for (const line of lines(text)) {
    assert.match(line, /需要电话告知/);
    assert.match(line, /未配置短信/);
    assert.match(line, /反映人（短信）/);
  }
  assert.ok(!text.includes(PHONE) && !text.includes('钱女士'));
  assert.ok(!text.includes(quiet.no));
});

test('查看电话要说用途，只显示一次，记进经过', async () => {
  await coordinator.get('/desk/outbox?show=call');
  const shown = await coordinator.post(`/desk/cases/${r.no}/contact`, { purpose: '短信没有发出，电话告知办理进展或结果' });
  assert.ok(shown.text.includes(PHONE));
  const again = await coordinator.get(`/desk/cases/${r.no}`);
  assert.ok(!again.text.includes(PHONE));
  assert.match(again.text, /查看了反映人联系方式。用途：短信没有发出/);
});

test('不再告知要写明理由；一次电话算告知了这件事项的全部消息，都记进经过', async () => {
  const text = await page(coordinator, 'call');
  const [id] = ids(text);
  const refused = await coordinator.post(`/desk/outbox/${id}`, { act: 'give_up', note: '', show: 'call' });
  assert.equal(refused.status, 422);
  assert.match(refused.text, /请写明为什么不再发送/);
  const done = await coordinator.post(`/desk/outbox/${id}`, { act: 'told', note: '说明了处理结果，表示满意', show: 'call' });
  assert.equal(done.status, 303);
  assert.ok(!(await page(coordinator, 'call')).includes(r.no));
  const after = await page(coordinator, 'done');
  assert.match(after, /已电话告知：说明了处理结果，表示满意/);
  assert.match((await coordinator.get(`/desk/cases/${r.no}`)).text, /<b>电话告知<\/b>[\s\S]*短信没有发出，已电话告知反映人：说明了处理结果，表示满意/);
  const twice = await coordinator.post(`/desk/outbox/${id}`, { act: 'told', note: '', show: 'call' });
  assert.equal(twice.status, 409);
  assert.match(twice.text, /已经有人处理/);
});

test('管理员看得见有没有发出和原因，看不见是哪件事、说了什么', async () => {
  const more = await s.report({ item: 'QC04', words: '四栋也有人养鸡，请来看看', contact: { phone: PHONE } });
  await route(s, more.no);
  await until(async () => (await page(coordinator, 'call')).includes(more.no));
  const text = await page(admin, 'call');
  assert.match(text, /未配置短信/);
  assert.ok(!text.includes(more.no) && !/养鸡|受理/.test(lines(text).join('')));
  assert.deepEqual(ids(text), [], '告知居民不是管理员的事');
  const [id] = ids(await page(coordinator, 'call'));
  await admin.get('/desk/outbox');
  assert.equal((await admin.post(`/desk/outbox/${id}`, { act: 'told', note: '' })).status, 403);
  const gave = await coordinator.post(`/desk/outbox/${id}`, { act: 'give_up', note: '号码是空号', show: 'call' });
  assert.equal(gave.status, 303);
  assert.match((await coordinator.get(`/desk/cases/${more.no}`)).text, /短信没有发出，也不再电话告知：号码是空号/);
});

test('别的岗位没有这个页面；没有登录的不行；乱写的不行', async () => {
  const officer = await new Visitor(s.url).logIn(s.logins[PEOPLE.officer]);
  const home = (await officer.get('/desk')).text;
  assert.ok(!home.includes('/desk/outbox'));
  assert.equal((await officer.get('/desk/outbox')).status, 403);
  assert.equal((await officer.post('/desk/outbox/1', { act: 'told' })).status, 403);
  assert.equal((await new Visitor(s.url).get('/desk/outbox', { accept: 'application/json' })).status, 401);
  assert.ok((await coordinator.get('/desk')).text.includes('/desk/outbox'));
  assert.equal((await coordinator.post('/desk/outbox/12345', { act: 'told' })).status, 404);
  assert.equal((await coordinator.post('/desk/outbox/x', { act: 'told' })).status, 400);
  assert.equal((await coordinator.post('/desk/outbox/1', { act: 'eat' })).status, 400);
  assert.equal((await coordinator.post('/desk/outbox/1', { act: 'told', csrf: 'x' })).status, 403);
});

test('邮件地址写不进去：列出原因和遮住的地址，可以再发一次，也可以不再发', async () => {
  s.process.removeAllListeners('exit');
  s.process.kill('SIGTERM');
  await new Promise(ok => s.process.on('close', ok));
  const yaml = `base_url: https://example.org/\nmail:\n  url: file:outbox\n  from: shaodao@example.org\n  to:\n    - {role: grid_chief, address: grid.office@example.org}\n`;
  writeFileSync(join(s.dir, 'data/shaodao.yaml'), yaml);
  writeFileSync(join(s.dir, 'data/outbox'), '这里应当是一个目录');
  await s.run();
  for (const v of [coordinator, admin]) v.base = s.url;
  const urgent = await s.report({ item: 'XF01', words: '消防通道停满了车，请来看看', urgent: true });
  const waiting = await until(async () => { const t = await page(coordinator, 'waiting'); return /试过 \d 次/.test(t) && t; });
  assert.match(waiting, /gr\*\*\*@example\.org（邮件）/);
  assert.ok(!waiting.includes('grid.office'));
  const at = new Date('2026-04-20T09:00:00+08:00').getTime();
  for (let hour = 1; hour <= 12; hour++) { // 按间隔试完
    s.tick(new Date(at + hour * 3600_000).toISOString());
    await sleep(700);
  }
  const failed = await until(async () => { const t = await page(coordinator, 'failed'); return t.includes(urgent.no) && t; });
  assert.match(lines(failed)[0], /没有发出<\/span><small>.+<\/small>/);
  const [id] = ids(await page(admin, 'failed'));
  assert.ok(id, '邮件由管理员也能处理');
  assert.ok(!(await page(admin, 'failed')).includes(urgent.no));
  assert.equal((await admin.post(`/desk/outbox/${id}`, { act: 'told' })).status, 409);
  const again = await admin.post(`/desk/outbox/${id}`, { act: 'retry', show: 'failed' });
  assert.equal(again.status, 303);
  await until(async () => /试过 1 次/.test(await page(coordinator, 'waiting')));
  for (let hour = 13; hour <= 24; hour++) {
    s.tick(new Date(at + hour * 3600_000).toISOString());
    await sleep(700);
  }
  await until(async () => (await page(coordinator, 'failed')).includes(urgent.no));
  const wrong = await admin.post(`/desk/outbox/${id}`, { act: 'give_up', note: ' ', show: 'failed' });
  assert.equal(wrong.status, 422);
  assert.equal((await admin.post(`/desk/outbox/${id}`, { act: 'give_up', note: '地址已停用', show: 'failed' })).status, 303);
  assert.match(await page(coordinator, 'done'), /决定不再发送：地址已停用/);
});
