// 噪声没有超标：如实答复不构成违法；邻里之间的，转服务清单由社区调解。
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duty, owed, route, start } from './lib.mjs';

const s = await start();
const words = '楼下超市的冷柜外机整夜响，睡不着';

test('测了没有超标：按不构成违法办结，不算处置，也不逼着凑一次劝导', async () => {
  const r = await s.report({ item: 'ZS01', words });
  await route(s, r.no, { assists: ['STHJ'] });
  const cg = s.as('cg01');
  await s.as('sthj01').act(r.no, 'finish_assist', { words: '夜间实测 42 分贝，限值 45 分贝' });
  await cg.act(r.no, 'arrive', { words: '与环境部门一起现场检测' });
  const c = await cg.act(r.no, 'close', { outcome: 'no_violation', reply: '夜间实测 42 分贝，没有超过 45 分贝的限值；已请店家加装减震垫' });
  assert.deepEqual([c.state, c.outcome, c.tier, c.tiers], ['closed', 'no_violation', null, []]);
  const seen = await r.me.case(r.no);
  assert.match(seen.reply, /没有超过/);
  assert.match(seen.events.at(-1).text, /不构成违法/);
});

test('没有做过处置，就不能写成“已解决”', async () => {
  const r = await s.report({ item: 'ZS01', words });
  await route(s, r.no);
  const p = await s.as('cg01').refused(409, r.no, 'close', { outcome: 'solved', reply: '已经解决了', checklist: ['已采取降噪措施或调整时段', '复测或回访确认不再扰民'] });
  assert.match(p.detail, /还没有劝导/);
});

test('属于邻里纠纷的改归服务清单：由社区调解，不再有责令和处罚', async () => {
  const r = await s.report({ item: 'ZS01', words: '楼上冷柜声音，测了没有超标，还是想请人调解' });
  await route(s, r.no);
  let c = owed(await s.as('coord01').act(r.no, 'reclassify', { item: 'SV09', note: '实测未超标，属邻里纠纷，由社区调解' }));
  assert.deepEqual([c.list, c.item.code, c.lead.code, c.state], ['service', 'SV09', 'SQ-HQ', 'handling']);
  assert.equal(duty(c, 'serve').owner.org, 'SQ-HQ');
  assert.equal(c.clocks.resident.due, (await r.me.case(r.no)).clocks.resident.due, '居民的时钟没有重新起算');
  await s.as('cg01').refused(403, r.no, 'order', { officers: ['cg01', 'cg02'], until: '2026-04-22', words: '责令降噪' });
  const community = s.as('comm01');
  assert.ok(!(await community.can(r.no)).includes('order'));
  c = await community.act(r.no, 'complete_service', { reply: '双方同意夜里十点后调低冷柜档位，签了调解记录', outcome: 'solved' });
  assert.equal(c.outcome, 'solved');
});

test('服务事项不能直接责令：依法不行，并说明哪一条', async () => {
  const r = await s.report({ place: 'HQDY', item: 'SV09', words: '隔壁装修漏水，想调解' });
  const c = await s.as('coord01').case(r.no);
  assert.deepEqual([c.lead.code, c.list], ['SQ-HQ', 'service'], '没有物业的小区由社区办');
  const p = await s.as('wgz02').refused(451, r.no, 'supervise_property', { words: '请物业处理' });
  assert.match(p.article, /行政处罚法/);
});
