// 鹿城：分级流转（LC-28）、社区派单部门接单、第一和第二挂点联系人（LC-12、LC-13）、执法边界（LC-05）、流浪狗（LC-22）。
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duty, owed, start } from './lib.mjs';

const begin = () => start({ scheme: 'lucheng', at: '2025-05-12T09:00:00+08:00' });
const late = due => due.replace(/:00\+/, ':01+');

test('学桥街流浪狗：网格员报来，社区吹部门哨，执法局牵头、物业社区一起到，答复评价', async () => {
  const s = await begin();
  const r = await s.as('worker01').post('/cases', { place: 'XQXQ', item: 'LH06', source: 'grid_sweep', words: '小区来了四条流浪狗，追着孩子跑' });
  assert.equal(r.status, 201, r.text);
  const no = r.body.no;
  assert.equal((await s.as('chief01').case(no)).phase, 'found', '未诉先办');
  let c = owed(await s.as('chief01').act(no, 'whistle', { level: 'department', note: '有孩子，请马上来' }));
  assert.deepEqual([c.state, c.lead.code], ['awaiting_accept', 'ZFJ']);
  assert.deepEqual(c.duties.filter(d => d.kind === 'assist' && d.end === 'open').map(d => d.owner.org).sort(), ['SQ-XQJ', 'WY01']);
  assert.equal(duty(c, 'accept').owner.person, 'zfj01');
  assert.ok(duty(c, 'arrive'), '到现场报到');
  c = await s.as('zfj01').act(no, 'arrive', { words: '到场', files: [await s.as('zfj01').photo()] });
  await s.as('wy01a').act(no, 'finish_assist', { words: '提供监控，帮着围堵' });
  await s.as('comm01').act(no, 'finish_assist', { words: '疏散孩子' });
  await s.as('zfj01').act(no, 'persuade', { reaction: 'fixed', words: '抓住四条，送收容点，登记交接' });
  const closing = (await s.resident.read('/items')).items.find(i => i.code === 'LH06').closing;
  c = await s.as('zfj01').act(no, 'close', { outcome: 'solved', checklist: closing, minor: true, reply: '四条狗已抓住送到收容点，请放心。' });
  assert.equal(c.state, 'closed');
});

test('网格没处置，自己升到工作站；工作站没处置，升到部门；一级也不丢', async () => {
  const s = await begin();
  const r = await s.report({ place: 'XQXQ', item: 'LC01', words: '楼顶搭了个棚子' });
  let c = owed(await s.as('chief01').case(r.no));
  assert.deepEqual([c.whistle.code, duty(c, 'call').owner.role], ['grid', 'grid_chief']);
  s.tick(late(duty(c, 'call').due));
  c = owed(await s.as('chief01').case(r.no));
  assert.deepEqual([c.whistle.code, duty(c, 'admit').owner.role], ['station', 'station_chief']);
  s.tick(late(duty(c, 'admit').due));
  c = owed(await s.as('chief01').case(r.no));
  assert.deepEqual([c.whistle.code, c.state], ['department', 'awaiting_accept']);
  s.tick(late(duty(c, 'accept').due));
  c = owed(await s.as('chief01').case(r.no));
  assert.equal(duty(c, 'accept').owner.person, 'zfj02', '第一联系人没接，轮到第二人');
});

test('四级到街道联席会议：统筹牵头，定牵头和期限', async () => {
  const s = await begin();
  const r = await s.report({ place: 'XQXQ', item: 'LC01', words: '楼顶搭了个棚子' });
  const c = owed(await s.as('chief01').act(r.no, 'whistle', { level: 'street', note: '几家都搭，单个部门办不了' }));
  assert.deepEqual([c.state, duty(c, 'confer').owner.role], ['conferring', 'coordinator']);
  await s.as('coord01').act(r.no, 'conclude_confer', { lead: 'ZFJ', by: '2025-05-30', words: '执法局牵头，规划认定，街道队配合' });
});

test('派单只能派给职责范围内的部门', async () => {
  const s = await begin();
  const r = await s.report({ place: 'XQXQ', item: 'LC01', words: '楼顶搭了个棚子' });
  await s.as('wgz01').act(r.no, 'call');
  await s.as('chief01').act(r.no, 'admit', { result: 'admit' });
  const p = await s.as('chief01').refused(422, r.no, 'dispatch', { lead: 'SCJG', note: '市场监管离得近' });
  assert.match(JSON.stringify(p.errors), /职责范围/);
  const c = await s.as('chief01').act(r.no, 'dispatch', { lead: 'ZFJ' });
  assert.equal(c.state, 'awaiting_accept');
});
