// 幸福里小区养鸡：到联络站说一声，劝导、责令限期、到期复查、办结，两天。
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checklist, duty, owed, start } from './lib.mjs';

const s = await start({ at: '2026-04-20T08:40:00+08:00' });
const cg = s.as('cg01');

async function walk_in() {
  const r = await s.as('chief01').post('/cases', { place: 'XFL', building: '3', item: 'QC04', source: 'walk_in',
    words: '老人到站里说，三栋一楼养了七八只鸡，天不亮就叫', contact: { name: '刘某', phone: '13700000001' } });
  assert.equal(r.status, 201, r.text);
  return { ...r.body, me: s.as({ case: r.body.token }) };
}

async function to_order(no) {
  s.tick('2026-04-20T09:10:00+08:00');
  await s.as('comm01').act(no, 'admit', { result: 'admit', gate: ['on_list', 'in_compound'] });
  s.tick('2026-04-20T09:40:00+08:00');
  await s.as('coord01').act(no, 'dispatch', { lead: 'CG', assists: ['NYNC'] });
  s.tick('2026-04-20T10:00:00+08:00');
  await cg.act(no, 'accept');
  s.tick('2026-04-20T11:00:00+08:00');
  await cg.act(no, 'persuade', { reaction: 'promised', words: '讲清城市养家禽的规定，对方答应处理' });
  return cg.act(no, 'order', { officers: ['cg01', 'cg02'], until: '2026-04-21', words: '四月二十一日前清走全部家禽并打扫场地' });
}

const r = await walk_in();

test('站里登记的已经当面接下：下一步由社区受理，不再等网格长', async () => {
  const c = owed(await s.as('comm01').case(r.no));
  assert.deepEqual([c.state, c.source, duty(c, 'admit').owner.org], ['routing', 'walk_in', 'SQ-HQ']);
  assert.ok(!c.duties.some(d => d.kind === 'call'));
});

test('责令写明期限，到期那天欠一次复查；居民看到将于哪天复查', async () => {
  const c = owed(await to_order(r.no));
  assert.deepEqual([c.state, c.order_until, c.steps], ['awaiting_recheck', '2026-04-21', ['persuade']]);
  assert.deepEqual(c.tiers, ['persuade', 'order']);
  assert.deepEqual([duty(c, 'recheck').owner.org, duty(c, 'recheck').due], ['CG', '2026-04-21T17:30:00+08:00']);
  const seen = await r.me.case(r.no);
  assert.match(seen.events.at(-1).text, /将于 2026-04-21\s*复查/);
});

test('请农业农村局配合的，它欠一次响应，不耽误牵头', async () => {
  const c = await cg.case(r.no);
  assert.deepEqual(c.assists, [{ code: 'NYNC', name: '农业农村局' }]);
  assert.equal(duty(c, 'assist').owner.org, 'NYNC');
  const after = await s.as('nync01').act(r.no, 'finish_assist', { words: '检查了防疫情况' });
  assert.equal(after.duties.find(d => d.kind === 'assist').end, 'done');
});

test('到期当天复查要有照片；改正了就办结，前后两天', async () => {
  s.tick('2026-04-21T09:30:00+08:00');
  await cg.refused(422, r.no, 'recheck', { result: 'corrected' });
  let c = await cg.act(r.no, 'recheck', { result: 'corrected', words: '鸡已送走，地面已冲洗', files: [await cg.photo()] });
  assert.deepEqual([c.state, c.duties.find(d => d.kind === 'recheck').end], ['handling', 'done']);
  s.tick('2026-04-21T10:00:00+08:00');
  c = await cg.act(r.no, 'close', { outcome: 'solved', reply: '鸡已全部送走，场地冲洗干净，谢谢您的反映', checklist: await checklist(s, 'QC04') });
  assert.deepEqual([c.state, c.outcome, c.tier], ['closed', 'solved', 'order']);
  assert.equal(c.duties.find(d => d.kind === 'answer').end, 'done');
  assert.ok(c.duties.every(d => !d.missed), '一路没有超期');
  assert.ok(new Date(c.closed_at) - new Date(c.opened_at) <= 2 * 86400e3, '两天办结');
});

test('回访由没有办这件事的人做', async () => {
  await cg.refused(403, r.no, 'revisit', { result: 'solved', grade: '1' });
  const c = await s.as('comm01').act(r.no, 'revisit', { result: 'solved', grade: '1', words: '老人说清静了' });
  assert.equal(c.state, 'archived');
});

test('到期没有复查：当天下班就算超期，报部门负责人', async () => {
  const p = await start({ at: '2026-04-20T08:40:00+08:00' });
  const r2 = await p.report({ item: 'QC04', words: '隔壁楼也有人养鸡' });
  const by = p.as('cg01');
  await p.as('wgz03').act(r2.no, 'call');
  await p.as('comm01').act(r2.no, 'admit', { result: 'admit' });
  await p.as('coord01').act(r2.no, 'dispatch', { lead: 'CG' });
  await by.act(r2.no, 'accept');
  await by.act(r2.no, 'persuade', { reaction: 'promised', words: '上门劝导' });
  await by.act(r2.no, 'order', { officers: ['cg01', 'cg02'], until: '2026-04-25', words: '清走家禽' });
  p.tick('2026-04-25T17:29:00+08:00');
  assert.equal(duty(await by.case(r2.no), 'recheck').missed, false, '期限是星期六，不顺延，也不提前');
  p.tick('2026-04-25T17:31:00+08:00');
  const c = await by.case(r2.no);
  assert.equal(duty(c, 'recheck').missed, true);
  assert.equal(duty(c, 'chase').owner.role, 'department_head');
});
