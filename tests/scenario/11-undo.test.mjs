// 点错了：十分钟内自己撤销，像没发生过，但记录里有。
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duty, owed, start } from './lib.mjs';

async function admitted(at) {
  const s = await start({ at });
  const r = await s.report({ item: 'QC04', words: '养鸡扰民' });
  await s.as('wgz03').act(r.no, 'call');
  await s.as('comm01').act(r.no, 'admit', { result: 'admit' });
  return { s, r, coord: s.as('coord01') };
}

test('派错了单，九分钟后撤销：回到待派单，期限还是原来的', async () => {
  const { s, r, coord } = await admitted('2026-04-20T09:00:00+08:00');
  const before = await coord.case(r.no);
  await coord.act(r.no, 'dispatch', { lead: 'XFJY', note: '点错了', assists: ['NYNC'] });
  s.tick('2026-04-20T09:09:00+08:00');
  const c = owed(await coord.undo(r.no));
  assert.deepEqual([c.state, c.lead?.code, c.dispatched_at], [before.state, before.lead?.code, null]);
  assert.deepEqual([duty(c, 'dispatch').id, duty(c, 'dispatch').due], [duty(before, 'dispatch').id, duty(before, 'dispatch').due]);
  assert.deepEqual(c.duties.filter(d => d.end === 'void').map(d => d.kind).sort(), ['accept', 'assist']);
  assert.deepEqual(c.events.slice(-2).map(e => e.type), ['dispatched', 'undone'], '记录都在');
  assert.equal(duty(c, 'answer').owner.org, duty(before, 'answer').owner.org);
  const again = await coord.act(r.no, 'dispatch', { lead: 'CG' });
  assert.equal(again.lead.code, 'CG');
});

test('过了十分钟就不能撤销了', async () => {
  const { s, r, coord } = await admitted('2026-04-20T09:00:00+08:00');
  await coord.act(r.no, 'dispatch', { lead: 'CG' });
  s.tick('2026-04-20T09:10:01+08:00');
  const x = await coord.post(`/cases/${r.no}/undo`);
  assert.equal(x.status, 409);
  assert.match(x.body.detail, /10 分钟/);
});

test('只能撤销自己做的', async () => {
  const { s, r, coord } = await admitted('2026-04-20T09:00:00+08:00');
  await coord.act(r.no, 'dispatch', { lead: 'CG' });
  assert.equal((await s.as('coord02').post(`/cases/${r.no}/undo`)).status, 403);
  await s.as('cg01').act(r.no, 'accept');
  assert.equal((await coord.post(`/cases/${r.no}/undo`)).status, 403, '别人已经接着办了');
});

test('有法律后果的不能撤销', async () => {
  const { s, r, coord } = await admitted('2026-04-20T09:00:00+08:00');
  await coord.act(r.no, 'dispatch', { lead: 'CG' });
  await s.as('cg01').act(r.no, 'accept');
  await s.as('cg01').act(r.no, 'persuade', { reaction: 'promised', words: '上门劝导' });
  const x = await s.as('cg01').post(`/cases/${r.no}/undo`);
  assert.equal(x.status, 409);
  assert.match(x.body.detail, /不能撤销/);
});

test('接单撤销后还能退单；撤销过的不能再撤销一次', async () => {
  const { s, r, coord } = await admitted('2026-04-20T09:00:00+08:00');
  await coord.act(r.no, 'dispatch', { lead: 'CG' });
  const cg = s.as('cg01');
  await cg.act(r.no, 'accept');
  const c = owed(await cg.undo(r.no));
  assert.deepEqual([c.state, c.accepted_at], ['awaiting_accept', null]);
  assert.equal((await cg.post(`/cases/${r.no}/undo`)).status, 409);
  await cg.act(r.no, 'refuse', { item: 'QC04', instead: 'NYNC', reason: 'other_lead' });
});

test('撤销不抹去超期', async () => {
  const { s, r, coord } = await admitted('2026-04-20T09:00:00+08:00');
  s.tick('2026-04-20T16:00:00+08:00');
  const late = await coord.case(r.no);
  assert.equal(duty(late, 'dispatch').missed, true);
  await coord.act(r.no, 'dispatch', { lead: 'CG' });
  const c = owed(await coord.undo(r.no));
  assert.equal(duty(c, 'dispatch').missed, true);
});
