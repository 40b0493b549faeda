// 退单：第一次退回重派；第二次退单的仍要办着，等统筹裁定；到期不裁定，就还是它。
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duty, owed, route, start } from './lib.mjs';

const refusal = { item: 'CD01', instead: 'CG', reason: 'other_lead', note: '应由城管牵头' };

async function refused_twice(s) {
  const r = await s.report({ item: 'CD01', words: '二楼甩电线下来给电动车充电' });
  await route(s, r.no, { lead: 'XFJY', accept: null });
  await s.as('xfjy01').act(r.no, 'refuse', refusal);
  await s.as('coord01').act(r.no, 'dispatch', { lead: 'XFJY' });
  await s.as('xfjyhead').act(r.no, 'refuse', refusal);
  return r;
}

test('退单要说清依据清单哪一项、该谁管；退回后由统筹重新派', async () => {
  const s = await start();
  const r = await s.report({ item: 'CD01', words: '二楼甩电线下来给电动车充电' });
  await route(s, r.no, { lead: 'XFJY', accept: null });
  const p = await s.as('xfjy01').refused(422, r.no, 'refuse', { reason: 'other_lead' });
  assert.deepEqual(p.errors.map(e => e.field).sort(), ['instead', 'item']);
  await s.as('xfjy01').refused(422, r.no, 'refuse', { ...refusal, instead: 'XFJY' });
  await s.as('xfjy01').act(r.no, 'refuse', refusal);
  const c = owed(await s.as('coord01').case(r.no));
  assert.deepEqual([c.state, c.lead, c.refusals, c.refused_by.code], ['routing', null, 1, 'XFJY']);
  assert.equal(duty(c, 'dispatch').owner.org, 'ZBZX');
  assert.equal(duty(c, 'answer').owner.org, 'ZBZX', '答复居民的责任跟着走，没有人空着');
  const seen = await r.me.case(r.no);
  assert.match(seen.events.at(-1).text, /仍有人跟进/);
});

test('第二次退单：裁定前仍由它办，统筹一个工作日内裁定', async () => {
  const s = await start();
  const r = await refused_twice(s);
  const c = owed(await s.as('xfjy01').case(r.no));
  assert.deepEqual([c.state, c.lead.code, c.refusals], ['handling', 'XFJY', 2]);
  assert.equal(duty(c, 'handle').owner.org, 'XFJY');
  assert.deepEqual([duty(c, 'rule_lead').owner.org, duty(c, 'rule_lead').due], ['ZBZX', '2026-04-21T17:30:00+08:00']);
  await s.as('xfjy01').refused(409, r.no, 'refuse', refusal);
});

test('统筹按时裁定改由城管牵头：裁定约束，不能再退', async () => {
  const s = await start();
  const r = await refused_twice(s);
  await s.as('cg01').refused(403, r.no, 'rule_lead', { lead: 'XFJY', note: '自己裁定' });
  await s.as('coord01').refused(422, r.no, 'rule_lead', { lead: 'CG' });
  const c = owed(await s.as('coord02').act(r.no, 'rule_lead', { lead: 'CG', note: '电线从沿街门面拉出，由城管牵头' }));
  assert.deepEqual([c.lead.code, c.binding, c.state], ['CG', true, 'handling']);
  assert.deepEqual([duty(c, 'handle').owner.org, duty(c, 'answer').owner.org], ['CG', 'CG']);
  assert.equal(c.duties.find(d => d.kind === 'rule_lead').end, 'done');
  assert.ok((await s.as('cg01').read('/duties?kind=handle')).duties.some(d => d.case.no === r.no));
  await s.as('xfjy01').refused(403, r.no, 'persuade', { reaction: 'fixed', words: '已经不归我们' });
});

test('到期没有裁定：仍由现在的牵头办，不得再退；统筹的超期报领导小组', async () => {
  const s = await start();
  const r = await refused_twice(s);
  s.tick('2026-04-21T17:31:00+08:00');
  const c = owed(await s.as('coord01').case(r.no));
  assert.deepEqual([c.lead.code, c.binding, c.state], ['XFJY', true, 'handling']);
  const ruling = duty(c, 'rule_lead');
  assert.deepEqual([ruling.missed, ruling.escalated.role], [true, 'leading_group']);
  assert.equal(c.duties.find(d => d.kind === 'chase' && d.chases === ruling.id).owner.role, 'leading_group');
});
