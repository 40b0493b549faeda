// 服务清单：物业三下办完——拍照、选一句话、办结；真要执法再升级，劝过的算数。
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duty, owed, start } from './lib.mjs';

const s = await start();
const firm = s.as('wy01a');
const words = '有辆车横在出口，挡住别人的车';

test('服务事项直接到物业，不走呼叫受理', async () => {
  const r = await s.report({ item: 'SV01', words });
  const c = owed(await firm.case(r.no));
  assert.deepEqual([c.list, c.state, c.lead.code, duty(c, 'serve').owner.org], ['service', 'handling', 'WY01', 'WY01']);
  assert.equal(duty(c, 'serve').due, '2026-04-21T17:30:00+08:00');
  assert.ok((await s.as('wy01b').read('/duties?kind=serve')).duties.some(d => d.case.no === r.no));
  assert.equal((await s.as('wy02a').get(`/cases/${r.no}`)).status, 403, '别的物业看不到');
});

test('三下办完：照片、答复、办结', async () => {
  const r = await s.report({ item: 'SV01', words });
  await firm.refused(422, r.no, 'complete_service', { reply: '车主已挪车' });
  const photo = await firm.photo();
  const c = await firm.act(r.no, 'complete_service', { files: [photo], reply: '已联系车主，车已挪走' });
  assert.deepEqual([c.state, c.outcome], ['archived', 'solved'], '服务事项办完就归档，不再回访');
  assert.ok(c.duties.every(d => d.end !== 'open'));
  const seen = await r.me.case(r.no);
  assert.equal(seen.reply, '已联系车主，车已挪走');
  assert.ok(seen.allowed.some(a => a.action === 'rate'));
});

test('办不了的如实说', async () => {
  const r = await s.report({ item: 'SV03', words: '一辆旧车停了半年' });
  const c = await firm.act(r.no, 'complete_service', { outcome: 'unsolved', reply: '找不到车主，已请交警协助' });
  assert.equal(c.outcome, 'unsolved');
});

test('没有物业的小区由社区办', async () => {
  const r = await s.report({ place: 'HQDY', item: 'SV01', words });
  const c = owed(await s.as('comm01').case(r.no));
  assert.equal(duty(c, 'serve').owner.org, 'SQ-HQ');
});

test('升级为执法：写明劝过谁，劝导记录跟过去，历史不断', async () => {
  const r = await s.report({ item: 'SV01', words: '车停在消防通道上，车主不肯挪' });
  await firm.refused(422, r.no, 'raise', { item: 'XF01' });
  await firm.refused(422, r.no, 'raise', { item: 'SV02', note: '劝过' });
  await firm.act(r.no, 'raise', { item: 'XF01', note: '九点二十联系车主两次，车主说不挪' });
  const c = owed(await s.as('xfjy01').case(r.no));
  assert.deepEqual([c.list, c.item.code, c.lead.code, c.state], ['enforcement', 'XF01', 'XFJY', 'routing']);
  assert.deepEqual([c.steps, c.tiers], [['persuade'], ['persuade']]);
  assert.equal(duty(c, 'admit').owner.org, 'SQ-HQ');
  assert.deepEqual(c.events.map(e => e.type), ['case_opened', 'raised']);
  assert.equal(c.clocks.resident.due, (await r.me.case(r.no)).clocks.resident.due);
});

test('物业报告执法事项要写劝导情况，算第一步', async () => {
  const r = await firm.post('/cases', { place: 'XFL', item: 'CD01', words: '三单元有人飞线充电', source: 'property', dissuaded: '八点半保安上门劝过，对方不听' });
  assert.equal(r.status, 201, r.text);
  const c = owed(await s.as('wgz03').case(r.body.no));
  assert.deepEqual([c.steps, c.source], [['persuade'], 'property']);
  assert.equal((await firm.case(r.body.no)).no, r.body.no, '自己报的看得到进展');
});
