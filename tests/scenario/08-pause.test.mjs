// 挂起和延期：有原因、有期限、要批准、次数有限；居民的时钟不停。
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duty, owed, route, start } from './lib.mjs';

const pause = { reason: 'testing', until: '2026-04-24', note: '送样检测，周五出结果' };

async function handling() {
  const s = await start();
  const r = await s.report({ item: 'ZS01', words: '店里音响太吵' });
  return { s, r, c: await route(s, r.no), cg: s.as('cg01'), head: s.as('cghead') };
}

test('申请挂起要有原因和六十日内的日期，由部门负责人批', async () => {
  const { s, r, cg, head } = await handling();
  await cg.refused(422, r.no, 'request_pause', { ...pause, until: '2026-09-01' });
  await cg.refused(422, r.no, 'request_pause', { ...pause, reason: 'tired' });
  let c = owed(await cg.act(r.no, 'request_pause', pause));
  assert.equal(c.state, 'handling', '没批以前照常办');
  assert.deepEqual([duty(c, 'approve').owner.org, duty(c, 'approve').owner.role], ['CG', 'department_head']);
  await cg.refused(409, r.no, 'request_extension', { note: '同时再申请一项' });
  await cg.refused(403, r.no, 'approve', { result: 'yes' });
  c = await head.act(r.no, 'approve', { result: 'no', note: '先去现场' });
  assert.deepEqual([c.state, c.pauses], ['handling', 0]);
  assert.ok(s);
});

test('挂起期间办理时钟停着，居民的答复期限一天不变', async () => {
  const { s, r, c: before, cg, head } = await handling();
  await cg.act(r.no, 'request_pause', pause);
  let c = owed(await head.act(r.no, 'approve', { result: 'yes' }));
  assert.equal(c.state, 'suspended');
  assert.deepEqual(c.clocks.handling, { due: before.clocks.handling.due, paused: true, until: '2026-04-24' });
  assert.equal(c.clocks.resident.due, before.clocks.resident.due);
  assert.equal(duty(c, 'answer').due, duty(before, 'answer').due);
  assert.match((await r.me.case(r.no)).events.at(-1).text, /答复时限不受影响/);

  s.tick('2026-04-24T17:31:00+08:00');
  c = owed(await cg.case(r.no));
  assert.equal(c.state, 'handling', '到期自动恢复，不用谁记着');
  assert.equal(c.events.at(-1).actor.role, 'clock');
  assert.equal(before.clocks.handling.due, '2026-04-27T17:30:00+08:00');
  assert.ok(c.clocks.handling.due > before.clocks.handling.due, '剩下的工作日接着算');
  assert.equal(c.clocks.resident.due, before.clocks.resident.due);
});

test('提前出了结果可以提前恢复', async () => {
  const { s, r, cg, head } = await handling();
  await cg.act(r.no, 'request_pause', pause);
  await head.act(r.no, 'approve', { result: 'yes' });
  s.tick('2026-04-21T09:00:00+08:00');
  const c = owed(await cg.act(r.no, 'resume', { note: '结果提前出来' }));
  assert.deepEqual([c.state, c.clocks.handling.paused, c.clocks.handling.due], ['handling', false, '2026-04-28T17:30:00+08:00']);
});

test('最多挂起两次', async () => {
  const { r, cg, head } = await handling();
  for (let i = 0; i < 2; i++) {
    await cg.act(r.no, 'request_pause', pause);
    await head.act(r.no, 'approve', { result: 'yes' });
    await cg.act(r.no, 'resume');
  }
  assert.match((await cg.refused(409, r.no, 'request_pause', pause)).detail, /最多挂起 2 次/);
});

test('延期一次、一个办理周期；超期以后不能再申请', async () => {
  const { s, r, c: before, cg, head } = await handling();
  await cg.act(r.no, 'request_extension', { note: '当事人外出' });
  let c = owed(await head.act(r.no, 'approve', { result: 'yes' }));
  assert.deepEqual([duty(c, 'handle').due, c.extensions], ['2026-05-07T17:30:00+08:00', 1]);
  assert.equal(c.clocks.resident.due, before.clocks.resident.due);
  await cg.refused(409, r.no, 'request_extension', { note: '再延一次' });

  const other = await s.report({ item: 'ZS01', words: '另一家店也吵' });
  await route(s, other.no);
  s.tick('2026-04-28T09:00:00+08:00');
  assert.match((await cg.refused(409, other.no, 'request_extension', { note: '来不及了' })).detail, /已经超期/);
});

test('没人批：不算同意，审批的人超期', async () => {
  const { s, r, cg } = await handling();
  await cg.act(r.no, 'request_pause', pause);
  s.tick('2026-04-21T17:31:00+08:00');
  const c = owed(await cg.case(r.no));
  assert.deepEqual([c.state, duty(c, 'approve').missed], ['handling', true]);
});

test('责令的期限可以申请延一次，复查跟着走', async () => {
  const { r, cg, head } = await handling();
  await cg.act(r.no, 'persuade', { reaction: 'promised', words: '劝店家调低音量' });
  await cg.act(r.no, 'order', { officers: ['cg01', 'cg02'], until: '2026-04-22', words: '安装隔音' });
  await cg.refused(422, r.no, 'request_order_date', { until: '2026-04-21', note: '提前' });
  await cg.act(r.no, 'request_order_date', { until: '2026-04-28', note: '隔音材料未到' });
  const c = owed(await head.act(r.no, 'approve', { result: 'yes' }));
  assert.deepEqual([c.order_until, duty(c, 'recheck').due], ['2026-04-28', '2026-04-28T17:30:00+08:00']);
  await cg.refused(409, r.no, 'request_order_date', { until: '2026-05-08', note: '再延' });
});
