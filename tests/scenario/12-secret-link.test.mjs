// 反映人凭秘密链接：补充、催办、撤回；一天催一次，立了案不能撤。
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duty, owed, route, start } from './lib.mjs';

const s = await start();

test('补充：牵头单位看得到，照片也在', async () => {
  const r = await s.report({ item: 'QC04', words: '有人养鸡' });
  await route(s, r.no);
  const photo = await r.me.photo();
  await r.me.act(r.no, 'supplement', { words: '今早五点又叫，拍了照片', files: [photo] });
  const c = await s.as('cg01').case(r.no);
  assert.match(c.events.at(-1).text, /今早五点/);
  assert.deepEqual(c.events.at(-1).files, [photo]);
  assert.equal(c.events.at(-1).actor.role, 'resident');
  await r.me.refused(422, r.no, 'supplement', { words: '' });
});

test('退回补充的，一补就接着办，不用重新反映', async () => {
  const r = await s.report({ item: 'QC04', words: '小区里养鸡' });
  await s.as('wgz03').act(r.no, 'return', { note: '请写明是哪一栋' });
  let c = owed(await s.as('comm01').case(r.no));
  assert.deepEqual([c.state, duty(c, 'complete').owner.org], ['returned', 'SQ-HQ']);
  assert.match((await r.me.case(r.no)).events.at(-1).text, /请写明是哪一栋/);
  await r.me.act(r.no, 'supplement', { words: '是三栋一楼' });
  c = owed(await s.as('comm01').case(r.no));
  assert.deepEqual([c.state, duty(c, 'admit').owner.org], ['routing', 'SQ-HQ']);
});

test('催办一天一次，办的人收到提醒', async () => {
  const r = await s.report({ item: 'QC04', words: '有人养鸡' });
  let c = await r.me.act(r.no, 'urge');
  assert.equal(c.urges, 1);
  assert.match((await r.me.refused(409, r.no, 'urge')).detail, /明天/);
  assert.ok(!(await r.me.can(r.no)).includes('urge'), '按钮也不再给');
  s.tick('2026-04-21T09:00:00+08:00');
  c = await r.me.act(r.no, 'urge');
  assert.equal(c.urges, 2);
});

test('撤回：责任都取消，不再有人欠着；之后什么也不能做', async () => {
  const r = await s.report({ item: 'QC04', words: '有人养鸡' });
  const c = await r.me.act(r.no, 'withdraw', { note: '已经解决了' });
  assert.equal(c.state, 'withdrawn');
  const staff = await s.as('wgz03').case(r.no);
  assert.ok(staff.duties.every(d => d.end === 'void'));
  for (const action of ['urge', 'withdraw', 'supplement'])
    await r.me.refused(409, r.no, action, { words: '还想补充' });
});

test('凭证只管自己这一件；错的凭证什么也看不到', async () => {
  const mine = await s.report({ item: 'QC04', words: '有人养鸡' }), other = await s.report({ item: 'QC04', words: '别人的' });
  await mine.me.refused(403, other.no, 'withdraw');
  const token = mine.token, broken = token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A');
  await s.as({ case: broken }).refused(401, mine.no, 'withdraw');
  await s.resident.refused(401, mine.no, 'withdraw');
  await mine.me.refused(403, mine.no, 'dispatch', { lead: 'CG' });
  assert.equal((await s.as('wgz03').case(other.no)).state, 'routing');
});

test('查询码：受理号和六位数对上才看得到，页面同一件事', async () => {
  const r = await s.report({ item: 'QC04', words: '有人养鸡' });
  const form = await fetch(s.url + '/t');
  assert.equal(form.status, 200);
  const page = await fetch(r.url);
  const html = await page.text();
  assert.ok(html.includes(r.no));
  assert.equal((await fetch(s.url + '/t/' + 'A'.repeat(32))).status, 404);
});
