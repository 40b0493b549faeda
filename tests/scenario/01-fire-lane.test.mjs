// 消防通道被堵：紧急，消防大队十五分钟内到场，到了就接手，不等层层转。
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checklist, duty, owed, start } from './lib.mjs';

const s = await start({ at: '2026-04-20T09:00:00+08:00' });
const words = '一辆货车堵住了消防通道，车主联系不上';

test('居民一报，消防大队就欠一次到场，十五分钟内', async () => {
  const r = await s.report({ item: 'XF01', words });
  const c = owed(await s.as('xfjy01').case(r.no));
  assert.equal(c.urgent, true);
  assert.equal(c.lead.code, 'XFJY');
  assert.deepEqual([duty(c, 'arrive').owner.org, duty(c, 'arrive').due], ['XFJY', '2026-04-20T09:15:00+08:00']);
  assert.ok(duty(c, 'call'), '网格长也同时收到');
  assert.ok((await s.as('xfjy02').read('/duties?kind=arrive')).duties.some(d => d.case.no === r.no));
});

test('到场就接手：不等呼叫、受理、派单，居民看到已到现场', async () => {
  const r = await s.report({ item: 'XF01', words });
  s.tick('2026-04-20T09:10:00+08:00');
  const fire = s.as('xfjy01');
  let c = await fire.act(r.no, 'arrive', { words: '货车占道，通道只剩一米', files: [await fire.photo()] });
  assert.equal(c.state, 'handling');
  assert.deepEqual(c.duties.filter(d => d.end !== 'open').map(d => [d.kind, d.end]).sort(), [['arrive', 'done'], ['call', 'superseded']]);
  assert.equal(duty(owed(c), 'handle').owner.org, 'XFJY');
  assert.ok((await r.me.case(r.no)).events.some(e => e.text === '消防大队已到现场'));

  c = await fire.act(r.no, 'order', { officers: ['xfjy01', 'xfjy02'], until: '2026-04-20', words: '立即移走车辆' });
  assert.equal(c.state, 'awaiting_recheck', '消防法上的责令不用先劝导');
  c = await fire.act(r.no, 'recheck', { result: 'corrected', files: [await fire.photo()] });
  c = await fire.act(r.no, 'close', { outcome: 'solved', reply: '车已移走，通道已畅通', checklist: await checklist(s, 'XF01') });
  assert.deepEqual([c.state, c.outcome, c.tier], ['closed', 'solved', 'order']);
});

test('没有按时到场：记下超期，报到部门负责人；晚到也还是超过期', async () => {
  const r = await s.report({ item: 'XF01', words });
  s.tick('2026-04-20T09:40:00+08:00');
  let c = owed(await s.as('coord01').case(r.no));
  const late = duty(c, 'arrive');
  assert.equal(late.missed, true);
  assert.equal(late.missed_at, late.due);
  assert.deepEqual([duty(c, 'chase').owner.org, duty(c, 'chase').owner.role], ['XFJY', 'department_head']);
  c = await s.as('xfjy01').act(r.no, 'arrive', { words: '路上堵车，刚到' });
  const settled = c.duties.find(d => d.kind === 'arrive');
  assert.deepEqual([settled.end, settled.missed], ['done_late', true]);
});

test('别的部门不能替消防到场', async () => {
  const r = await s.report({ item: 'XF01', words });
  await s.as('cg01').refused(403, r.no, 'arrive', { words: '城管来了' });
});
