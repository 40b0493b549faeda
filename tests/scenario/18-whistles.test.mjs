// 八公山：四级吹哨（BG-18）、15 分钟到场（BG-09）、257（BG-19）、轮值片区长（BG-03）、一案双回访（BG-22）、三办（BG-11）。
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duty, owed, start } from './lib.mjs';

const here = { place: 'ZDHY' }; // 治东花园，治东社区
const begin = () => start({ scheme: 'bagongshan', at: '2026-04-20T09:00:00+08:00' });

async function accepted(s, item, who) {
  const r = await s.report({ ...here, item, words: '楼道里堆满了旧家具，走不过人' });
  await s.as('wgz01').act(r.no, 'call', { note: '到现场看过，劝了不听' });
  await s.as('comm01').act(r.no, 'admit', { result: 'admit' });
  const c = await s.as('chief01').act(r.no, 'dispatch', { lead: who.lead });
  await s.as(who.officer).act(r.no, 'accept');
  return { ...r, case: c };
}

test('应急哨：一登记，牵头部门就有 15 分钟到场责任；要有现场照片', async () => {
  const s = await begin();
  const item = (await s.resident.read('/items')).items.find(i => i.urgent);
  const r = await s.report({ ...here, item: item.code, words: '消防车道被车堵死了，救护车进不来' });
  const c = owed(await s.as('coord01').case(r.no));
  assert.equal(c.whistle.name, '应急哨');
  assert.equal(duty(c, 'arrive').due, '2026-04-20T09:15:00+08:00');
  const officer = Object.values(s.logins).find(l => l.role === 'officer' && l.org === c.lead.code).username;
  const p = await s.as(officer).refused(422, r.no, 'arrive', { words: '到了' });
  assert.deepEqual(p.errors.map(e => e.field), ['files']);
  s.tick('2026-04-20T09:11:00+08:00');
  const there = await s.as(officer).act(r.no, 'arrive', { words: '到场', files: [await s.as(officer).photo()] });
  assert.deepEqual([there.state, there.duties.find(d => d.kind === 'arrive').end], ['handling', 'done']);
});

test('应急哨没人到：记一次超期，报上去，谁也不能抹掉', async () => {
  const s = await begin();
  const item = (await s.resident.read('/items')).items.find(i => i.urgent);
  const r = await s.report({ ...here, item: item.code, words: '消防车道被车堵死了' });
  s.tick('2026-04-20T09:16:00+08:00');
  const c = owed(await s.as('coord01').case(r.no));
  const arrive = c.duties.find(d => d.kind === 'arrive');
  assert.equal(arrive.missed, true);
  assert.equal(duty(c, 'chase').owner.role, 'sector_chief', '没人应哨，报轮值片区长');
});

test('宣传哨当天没人上门：自己升为执法哨，部门一个工作日内到场', async () => {
  const s = await begin();
  const item = (await s.resident.read('/items')).items.find(i => i.list === 'enforcement' && !i.urgent);
  const r = await s.report({ ...here, item: item.code, words: '一楼又在搭棚子' });
  await s.as('wgz01').act(r.no, 'whistle', { level: 'publicity', note: '先劝' });
  let c = owed(await s.as('coord01').case(r.no));
  assert.deepEqual([c.whistle.name, duty(c, 'call').owner.role], ['宣传哨', 'grid_chief']);
  s.tick('2026-04-21T17:31:00+08:00');
  c = owed(await s.as('coord01').case(r.no));
  assert.equal(c.whistle.name, '执法哨');
  assert.ok(duty(c, 'accept') && duty(c, 'arrive'), '部门要接单，也要到场');
  assert.ok(c.duties.some(d => d.kind === 'call' && d.missed), '没上门，记着');
});

test('攻坚哨：当月轮值片区长牵头会商，定下期限；网格员不能吹；最多降一次', async () => {
  const s = await begin();
  const r = await accepted(s, 'BL302', { lead: 'XF', officer: 'xf01' });
  const p = await s.as('wgz01').refused(422, r.no, 'whistle', { level: 'assault', note: '老大难' });
  assert.deepEqual(p.errors.map(e => e.field), ['level']);
  let c = owed(await s.as('comm01').act(r.no, 'whistle', { level: 'assault', note: '三年没解决，消防、住建、物业都牵涉' }));
  assert.deepEqual([c.state, c.whistle.name, duty(c, 'confer').owner.role], ['conferring', '攻坚哨', 'sector_chief']);
  await s.as('cghead').refused(403, r.no, 'conclude_confer', { lead: 'XF', by: '2026-05-15', words: '这个月不轮到城管' });
  assert.ok((await s.as('xfhead').can(r.no)).includes('conclude_confer'), '第四个月轮到消防');
  c = await s.as('xfhead').act(r.no, 'conclude_confer', { lead: 'XF', by: '2026-05-15', words: '物业清运，消防上门责令，住建督物业' });
  assert.deepEqual([c.state, duty(c, 'handle').due], ['handling', '2026-05-15T17:30:00+08:00']);
  await s.as('comm01').act(r.no, 'whistle', { level: 'enforcement', note: '已有办法' });
  await s.as('comm01').refused(422, r.no, 'whistle', { level: 'publicity', note: '再降' });
});

test('257 从登记算起；办结后两次回访，反映人和社区各评部门、各评人员；说没解决就复办', async () => {
  const s = await begin();
  const items = (await s.resident.read('/items')).items;
  const r = await accepted(s, 'BL101', { lead: 'CG', officer: 'cg01' });
  let c = owed(await s.as('cg01').case(r.no));
  assert.equal(duty(c, 'handle').due, '2026-04-27T17:30:00+08:00', '登记后第 5 个工作日');
  s.tick('2026-04-21T15:00:00+08:00');
  const photo = await s.as('cg01').photo();
  await s.as('cg01').act(r.no, 'arrive', { words: '到场', files: [photo] });
  await s.as('cg01').act(r.no, 'persuade', { reaction: 'fixed', words: '当场拆了' });
  c = await s.as('cg01').act(r.no, 'close', { outcome: 'solved', checklist: items.find(i => i.code === 'BL101').closing, minor: true,
    reply: '搭的棚子已经拆除，请您看看。', files: [await s.as('cg01').photo()] });
  const revisits = c.duties.filter(d => d.kind === 'revisit' && d.end === 'open');
  assert.deepEqual(revisits.map(d => d.owner.role).sort(), ['community_office', 'grid_worker']);
  assert.ok(revisits.some(d => d.due === '2026-04-29T17:30:00+08:00'), '登记后第 7 个工作日');
  const asked = (await s.as('comm01').case(r.no)).allowed.find(x => x.action === 'revisit').fields.properties;
  assert.deepEqual(asked.audience.enum, ['resident', 'grassroots'], '两次回访才问回访的是谁');
  await s.as('cg01').refused(403, r.no, 'revisit', { result: 'solved', grade: '1' });
  c = await s.as('comm01').act(r.no, 'revisit', { result: 'solved', grade: '2', grade_officer: '1', words: '办得快' });
  assert.equal(c.state, 'closed', '还有一次没回访');
  c = await s.as('worker01').act(r.no, 'revisit', { result: 'not_solved', words: '又搭起来了' });
  assert.deepEqual([c.state, c.phase], ['handling', 'reopened']);
  owed(c);
});
