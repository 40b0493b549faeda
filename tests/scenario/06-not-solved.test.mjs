// 居民说没有解决：第一次自动复办；第二次由统筹裁定，裁定答复居民。
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checklist, duty, owed, route, start } from './lib.mjs';

const s = await start();
const cg = s.as('cg01');

async function closed() {
  const r = await s.report({ item: 'QC04', words: '鸡还在叫' });
  await route(s, r.no);
  await settle(r.no);
  return r;
}

async function settle(no) {
  await cg.act(no, 'persuade', { reaction: 'fixed', words: '上门劝导，当场答应送走' });
  return cg.act(no, 'close', { outcome: 'solved', reply: '已经劝导，鸡已送走', checklist: await checklist(s, 'QC04'), files: [await cg.photo()] });
}

test('第一次说没有解决：自动复办，牵头单位重新欠着，统筹知道', async () => {
  const r = await closed();
  const c = await r.me.act(r.no, 'rate', { solved: 'no', grade: '4', words: '第二天又养回来' });
  assert.equal(c.state, 'handling');
  const staff = owed(await cg.case(r.no));
  assert.deepEqual([staff.reopens, staff.outcome, staff.lead.code], [1, null, 'CG']);
  assert.equal(duty(staff, 'handle').owner.org, 'CG');
  assert.ok((await s.as('coord01').read('/cases?reopened=true')).cases.some(x => x.no === r.no));
});

test('第二次说没有解决：不自动重开，统筹一个工作日内裁定', async t => {
  const r = await closed();
  await r.me.act(r.no, 'rate', { solved: 'no', grade: '4' });
  await settle(r.no);
  await r.me.act(r.no, 'rate', { solved: 'no', grade: '5', words: '还是没有解决' });
  const c = await s.as('coord01').case(r.no);
  assert.deepEqual([c.state, c.reopens], ['closed', 1]);
  assert.deepEqual([duty(c, 'rule_reopen').owner.org, duty(c, 'rule_reopen').due], ['ZBZX', '2026-04-21T17:30:00+08:00']);

  await t.test('裁定要写理由，牵头单位不能自己裁定', async () => {
    await cg.refused(403, r.no, 'rule_reopen', { result: 'uphold', note: '我们办好了' });
    await s.as('coord01').refused(422, r.no, 'rule_reopen', { result: 'uphold' });
  });
  await t.test('维持办结：理由答复居民', async () => {
    const ruled = await s.as('coord01').act(r.no, 'rule_reopen', { result: 'uphold', note: '现场看过两次，鸡确已送走，新叫声来自小区外' });
    assert.ok(['closed', 'archived'].includes(ruled.state));
    assert.match((await r.me.case(r.no)).events.at(-1).text, /经核查维持办理结果.*小区外/);
  });
});

test('裁定再次办理：回到牵头单位，不能退', async () => {
  const r = await closed();
  await r.me.act(r.no, 'rate', { solved: 'no', grade: '4' });
  await settle(r.no);
  await r.me.act(r.no, 'rate', { solved: 'no', grade: '5' });
  const c = owed(await s.as('coord01').act(r.no, 'rule_reopen', { result: 'reopen', note: '确实还有两只' }));
  assert.deepEqual([c.state, c.reopens, c.binding], ['handling', 2, true]);
});

test('解决了但不满意：不复办，部门负责人三个工作日内核查', async () => {
  const r = await closed();
  await r.me.act(r.no, 'rate', { solved: 'yes', grade: '5', words: '态度不好' });
  const c = await s.as('cghead').case(r.no);
  assert.equal(c.reopens, 0);
  assert.deepEqual([duty(c, 'review_grade').owner.role, duty(c, 'review_grade').due], ['department_head', '2026-04-23T17:30:00+08:00']);
  const after = await s.as('cghead').act(r.no, 'review_grade', { words: '已向居民道歉，批评了当事人' });
  assert.equal(after.duties.find(d => d.kind === 'review_grade').end, 'done');
});

test('电话回访也算：回访说没有解决，同样复办', async () => {
  const r = await closed();
  const c = await s.as('comm01').act(r.no, 'revisit', { result: 'not_solved', words: '电话里说还在叫' });
  assert.deepEqual([c.state, c.reopens], ['handling', 1]);
});

test('办结三十天后不能再评，请重新反映', async () => {
  const r = await closed();
  s.tick('2026-05-22T09:00:00+08:00');
  const p = await r.me.refused(409, r.no, 'rate', { solved: 'no', grade: '5' });
  assert.match(p.detail, /重新反映/);
});
