// 移送：对方给了接收编号才算送走；没有回执，就还是我们的事。
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duty, owed, start } from './lib.mjs';

const s = await start();
const coord = s.as('coord01');

async function transferring() {
  const r = await s.report({ item: 'JY02', words: '小区外的马路上货车乱停' });
  await coord.act(r.no, 'transfer', { refer: 'traffic', note: '在公共道路上，不属小区执法清单' });
  return r;
}

test('移送中仍有人跟进，居民知道正在移送给谁', async () => {
  const r = await transferring();
  const c = owed(await coord.case(r.no));
  assert.equal(c.state, 'routing');
  assert.deepEqual([duty(c, 'transfer').owner.org, duty(c, 'transfer').due], ['ZBZX', '2026-04-27T17:30:00+08:00']);
  const seen = await r.me.case(r.no);
  assert.match(seen.events.at(-1).text, /对方接收前仍由我们跟进/);
  assert.ok(seen.duties.some(d => d.kind === 'answer' && d.end === 'open'), '答复居民的期限还在');
});

test('没有接收编号不能结束', async () => {
  const r = await transferring();
  const p = await coord.refused(422, r.no, 'confirm_transfer', { result: 'accepted' });
  assert.deepEqual(p.errors.map(e => e.field), ['receipt_no']);
  const c = await coord.act(r.no, 'confirm_transfer', { result: 'accepted', receipt_no: '交警受字 88 号' });
  assert.deepEqual([c.state, c.receipt_no], ['transferred', '交警受字 88 号']);
  assert.ok(c.duties.every(d => d.end !== 'open'));
  const seen = await r.me.case(r.no);
  assert.match(seen.events.at(-1).text, /接收编号 交警受字 88 号/);
  await coord.refused(409, r.no, 'dispatch', { lead: 'CG' });
});

test('对方不收：回到派单，继续办', async () => {
  const r = await transferring();
  const c = owed(await coord.act(r.no, 'confirm_transfer', { result: 'refused', note: '对方说在小区红线内' }));
  assert.deepEqual([c.state, c.transferred_to], ['routing', null]);
  assert.equal(duty(c, 'dispatch').owner.org, 'ZBZX');
});

test('五个工作日没有回执：超期，报领导小组', async () => {
  const r = await transferring();
  s.tick('2026-04-27T17:31:00+08:00');
  const c = owed(await coord.case(r.no));
  assert.equal(duty(c, 'transfer').missed, true);
  assert.equal(duty(c, 'chase').owner.role, 'leading_group');
});

test('社区受理时也能移送，退回补充、转服务清单都在同一步', async () => {
  const r = await s.report({ item: 'JY02', words: '有人打架斗殴' });
  await s.as('wgz03').act(r.no, 'call');
  await s.as('comm01').refused(422, r.no, 'admit', { result: 'refer' });
  const c = owed(await s.as('comm01').act(r.no, 'admit', { result: 'refer', refer: 'to110', note: '涉嫌治安' }));
  assert.equal(duty(c, 'transfer').owner.org, 'ZBZX');
});
