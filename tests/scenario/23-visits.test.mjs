// 巡查和联合执法的页面（HC-23、HC-24、LC-19、LC-20）、综合查一次（BG-14）、整改前后的照片（BG-15）。
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { png, route, start } from './lib.mjs';
import { Visitor } from './_pages.mjs';

const has = (r, ...texts) => texts.forEach(t => assert.ok(r.text.includes(t), `${t} is not on ${r.text.match(/<title>[^<]*/)}`));
const hasNot = (r, ...texts) => texts.forEach(t => assert.ok(!r.text.includes(t), t));
const desk = (s, who) => new Visitor(s.url).logIn(s.logins[who]);
const idOf = r => /\/desk\/visits\/(\d+)/.exec(r.headers.location)?.[1];
const all = async (s, answer = 'ok') => Object.fromEntries((await s.resident.read('/checklists')).checklists
  .flatMap(l => l.points.map(p => [`answer.${l.list}.${p.code}`, answer])));

test('没有脚本也能登记一次巡查：清单、成果、照片，登记完记上常态化任务', async () => {
  const s = await start({ at: '2026-04-15T09:00:00+08:00' });
  s.tick('2026-04-22T10:00:00+08:00');
  const v = await desk(s, 'cg01');
  const list = await v.get('/desk/visits/new');
  has(list, '部门巡查', '驻点下沉', '联合执法');
  hasNot(list, '物业巡查', '年终考核');
  const form = await v.get('/desk/visits/new?kind=patrol&place=XFL');
  has(form, '消防车通道畅通', '正常', '有问题', '不涉及', '当场解决');
  const wrong = await v.post('/desk/visits/new', { kind: 'patrol', place: 'XFL' });
  assert.equal(wrong.status, 422);
  has(wrong, '请选择是安排还是登记');
  const fields = { kind: 'patrol', how: 'record', place: 'XFL', began_at: '2026-04-22T09:00', ended_at: '2026-04-22T09:40', words: '沿街和楼道都看了',
    ...await all(s), 'answer.safety.1': 'problem', 'words.safety.1': '停了三辆车;堵住了', count_item: '占道经营', count_n: '12', count_unit: '处' };
  const r = await v.upload('/desk/visits/new', fields, 'file.safety.1', png(), 'image/png');
  assert.equal(r.status, 303, r.text.slice(0, 2000));
  const page = await v.get(`/desk/visits/${idOf(r)}`);
  assert.equal(page.status, 200);
  has(page, '消防车通道畅通', '停了三辆车；堵住了', '占道经营', '12 处', '现场发现', '本人填报', '登记');
  const api = await s.as('cg01').read(`/visits/${idOf(r)}`);
  const c = await s.as('coord01').case(api.cases[0].no);
  assert.equal(c.files.length, 1, '没有解决的问题，照片随事项走');
  assert.equal(api.photos.length, 0);
  assert.equal((await s.as('cg01').read('/duties?kind=routine&limit=100')).duties.filter(d => d.routine.code === 'patrol_week').length, 0);
  has(await v.get('/desk/visits?state=done&place=XFL'), `/desk/visits/${idOf(r)}`);
  has((await v.get(`/desk/visits?state=done&place=XFL&kind=presence`)), '没有符合条件');
  has((await v.get('/desk/visits?person=没有这个人')), '没有这个人');
  has(await v.get(`/desk/cases/${api.cases[0].no}`), `/desk/visits/${idOf(r)}`);
});

test('当场解决的要整改前后各一张照片；照片跟着这次工作，看得到工作的人才看得到', async () => {
  const s = await start({ at: '2026-04-22T10:00:00+08:00' });
  const cg = s.as('cg01');
  const fields = { kind: 'patrol', place: 'XFL', began_at: '2026-04-22T09:00:00+08:00', answers: 'safety.2=problem!:楼道堆了纸箱', words: '现场清走' };
  const without = await cg.post('/visits', fields);
  assert.deepEqual(without.body.errors.map(e => e.field), ['files.safety.2']);
  const [before, after, scene] = [await cg.photo(), await cg.photo(), await cg.photo()];
  assert.equal((await cg.post('/visits', { ...fields, 'files.safety.2': [before] })).status, 422);
  const other = await s.as('xfjy01').photo();
  assert.equal((await cg.post('/visits', { ...fields, 'files.safety.2': [before, other] })).status, 422, '别人上传的不能用');
  const r = await cg.post('/visits', { ...fields, 'files.safety.2': [before, after], files: [scene] });
  assert.equal(r.status, 201, r.text);
  assert.deepEqual(r.body.photos.map(p => [p.id, p.of, p.point]), [[scene, 'scene', null], [before, 'before', '2'], [after, 'after', '2']]);
  assert.equal(r.body.cases.length, 0, '当场解决的不成为事项');
  const again = await cg.post('/visits', { ...fields, 'files.safety.2': [before, after] });
  assert.equal(again.status, 422, '一张照片只属于一次工作');
  const see = async who => (await s.as(who).get(`/files/${before}/thumb`)).status;
  assert.deepEqual([await see('cg01'), await see('coord01'), await see('wgz03')], [200, 200, 200]);
  const elsewhere = Object.values(s.logins).find(l => l.role === 'property' && l.username !== 'wy01a' && l.place !== 'XFL').username;
  assert.equal((await s.as(elsewhere).get(`/visits/${r.body.id}`)).status, 404);
  assert.equal(await see(elsewhere), 404);
  const v = await desk(s, 'cg01');
  const page = await v.get(`/desk/visits/${r.body.id}`);
  for (const id of [before, after, scene]) has(page, `/files/${id}/thumb`);
  const later = await v.upload(`/desk/visits/${r.body.id}/do/note`, { words: '第二天又看了一次' }, 'file', png(), 'image/png');
  assert.equal(later.status, 303, later.text.slice(0, 1500));
  assert.equal((await cg.read(`/visits/${r.body.id}`)).photos.length, 4);
});

test('综合查一次：安排以前看得到别人也去，可以一起去；同一张清单查两次会标出来', async () => {
  const s = await start({ at: '2026-04-20T09:00:00+08:00' });
  const plan = await s.as('cg01').post('/visits', { kind: 'patrol', place: 'XFL', from: '2026-04-23T09:00:00+08:00' });
  assert.equal(plan.status, 201, plan.text);
  const near = await s.as('xfjy01').read('/visits/near?place=XFL&at=2026-04-21T09:00:00%2B08:00');
  assert.deepEqual([near.days, near.visits.map(x => [x.id, x.org.code, x.may_join])], [7, [[plan.body.id, 'CG', true]]]);
  assert.equal((await s.as('xfjy01').read('/visits/near?place=XFL&at=2026-05-20T09:00:00%2B08:00')).visits.length, 0, '七天以外不算');
  assert.deepEqual((await s.as('xfjy01').get('/visits/near')).body.errors.map(e => e.field), ['place']);
  const v = await desk(s, 'xfjy01');
  has((await v.get('/desk/visits/new?kind=patrol&place=XFL')), '综合查一次');
  const fields = { kind: 'patrol', how: 'plan', place: 'XFL', from: '2026-04-24T09:00' };
  const asked = await v.post('/desk/visits/new', fields);
  assert.equal(asked.status, 200);
  has(asked, '别的单位已经安排去这里');
  const join = await v.get(`/desk/visits/${plan.body.id}/do/join`);
  assert.equal(join.status, 200, join.text.slice(0, 800));
  assert.equal((await v.post(`/desk/visits/${plan.body.id}/do/join`)).status, 303);
  assert.deepEqual((await s.as('cg01').read(`/visits/${plan.body.id}`)).members.map(m => [m.org.code, m.state]), [['XFJY', 'confirmed']]);
  const alone = await v.post('/desk/visits/new', { ...fields, again: '1' });
  assert.equal(alone.status, 303, '一定要单独去，再提交一次');
  const ok = (await s.resident.read('/checklists')).checklists.flatMap(l => l.points.map(p => `${l.list}.${p.code}=ok`)).join(';');
  s.tick('2026-04-25T18:00:00+08:00');
  const did = (who, at) => s.as(who).post('/visits', { kind: 'patrol', place: 'XFL', began_at: at, answers: ok, words: '看过了' });
  const first = (await did('cg01', '2026-04-23T09:00:00+08:00')).body, second = (await did('xfjy01', '2026-04-25T09:00:00+08:00')).body;
  assert.deepEqual(second.repeats.map(x => [x.id, x.org.code]), [[first.id, 'CG']]);
  has((await v.get(`/desk/visits/${second.id}`)), '7 天内查了不止一次');
});

test('联合执法在页面上从安排到结果；谁不能做的，按钮没有，硬来也不行', async () => {
  const s = await start({ at: '2026-04-20T09:00:00+08:00' });
  const r = await s.report({ item: 'JY02', words: '小区门口每天都有占道摆摊' });
  const c = await desk(s, 'coord01');
  const form = await c.get('/desk/visits/new?kind=operation&place=XFL');
  has(form, r.no, '法院'); // 这个小区没有办结的事项可以勾
  const made = await c.post('/desk/visits/new', { kind: 'operation', how: 'plan', place: 'XFL', from: '2026-04-23T09:00', to: '2026-04-23T11:00',
    title: '幸福里占道整治', mode: 'joint', asked: 'CG', cases: r.no });
  assert.equal(made.status, 303, made.text.slice(0, 1500));
  const id = idOf(made), officer = await desk(s, 'cg01'), stranger = await desk(s, 'wy01a');
  const at = await officer.get(`/desk/visits/${id}`);
  has(at, 'do/confirm');
  hasNot(at, 'do/finish', 'do/cancel');
  assert.equal((await officer.get(`/desk/visits/${id}/do/finish`)).status, 403);
  assert.equal((await officer.get(`/desk/visits/${id}/do/nothing`)).status, 404);
  assert.equal((await officer.get('/desk/visits/12345')).status, 404);
  assert.equal((await stranger.get(`/desk/visits/${id}/do/confirm`)).status, 403);
  const act = async (who, action, fields = {}) => {
    await who.get(`/desk/visits/${id}/do/${action}`);
    const x = await who.post(`/desk/visits/${id}/do/${action}`, fields);
    assert.equal(x.status, 303, `${action}: ${x.text.slice(0, 1500)}`);
  };
  await act(officer, 'confirm');
  s.tick('2026-04-23T09:05:00+08:00');
  await act(officer, 'check_in');
  await officer.get(`/desk/visits/${id}/do/count`);
  const bad = await officer.post(`/desk/visits/${id}/do/count`, { count_item: '占道经营', count_n: '七', count_unit: '处' });
  assert.equal(bad.status, 422);
  has(bad, '事项、数量、单位');
  await act(officer, 'count', { count_item: '占道经营', count_n: '7', count_unit: '处' });
  await act(c, 'finish', { words: '清理占道经营七处' });
  await act(officer, 'result', { case: r.no, settled: '1', words: '当场收摊，承诺不再占道' });
  const page = await c.get(`/desk/visits/${id}`);
  has(page, '7 处', '这次解决', '当场收摊', '城管局', '本人填报', '清理占道经营七处');
  const bound = await c.get(`/desk/cases/${r.no}`);
  has(bound, `/desk/visits/${id}`);
  has(bound, '当场收摊');
});

test('每月联合执法：疑难事项里选出来安排；没有疑难事项由领导小组签字，有就不能签', async () => {
  const s = await start({ at: '2026-03-30T09:00:00+08:00' });
  s.tick('2026-04-21T09:00:00+08:00');
  const leader = await desk(s, 'leader01'), c = await desk(s, 'coord01');
  const empty = await leader.get('/desk/operations');
  has(empty, '还没有安排', '没有疑难事项', '签“无疑难事项”');
  const r = await s.report({ item: 'JY02', words: '小区门口占道摆摊，几个部门都来过' });
  await route(s, r.no, { assists: ['XFJY'] });
  const pool = await c.get('/desk/operations');
  has(pool, r.no, '几个部门一起办', '给选中的安排一次联合执法');
  hasNot(pool, '签“无疑难事项”');
  await leader.get('/desk/operations');
  const duty = /name="duty" value="(\d+)"/.exec(empty.text)[1];
  const refused = await leader.post('/desk/operations', { month: '2026-04', duty, words: '这个月没有要联合执法的' });
  assert.equal(refused.status, 409, refused.text.slice(0, 1200));
  has(refused, '还有没办结的疑难事项');
  assert.equal((await c.post('/desk/operations', { month: '2026-04', duty, words: '自己签自己的' })).status, 403);
  const form = await c.get(`/desk/visits/new?kind=operation&cases=${r.no}`);
  has(form, `value="${r.no}"`, '<option value="XFL" selected');
  const made = await c.post('/desk/visits/new', { kind: 'operation', how: 'record', place: 'XFL', began_at: '2026-04-21T08:30', words: '几个部门一起清走摊点', asked: 'CG', cases: r.no,
    count_item: '占道经营', count_n: '7', count_unit: '处' });
  assert.equal(made.status, 303, made.text.slice(0, 1200));
  has(await c.get('/desk/operations'), '已完成', '成果合计', '7 处');
  const officer = await desk(s, 'cg01');
  assert.equal((await officer.get('/desk/operations')).status, 403);
});

test('计划按日子排，一页满了从后面的日子接着看，最近的不会看不到', async () => {
  const s = await start({ at: '2026-04-20T09:00:00+08:00' });
  const v = await desk(s, 'coord01');
  for (let i = 0; i < 45; i++) {
    const from = `2026-0${i < 20 ? '4' : '5'}-${String(i < 20 ? 21 + i % 5 : 1 + i % 25).padStart(2, '0')}T${10 + i % 8}:00:00+08:00`;
    const r = await s.as('coord01').post('/visits', { kind: 'consult', from, title: `会商${i}` });
    assert.equal(r.status, 201, r.text);
  }
  const days = r => [...r.text.matchAll(/会商(\d+)/g)].map(m => m[1]);
  const first = await v.get('/desk/visits');
  has(first, '会商0', '月度排期', '后面的日子');
  const next = /href="([^"]*)" rel="next"/.exec(first.text)[1].replace(/&amp;/g, '&');
  const seen = new Set([...days(first), ...days(await v.get(next))]);
  assert.ok(days(first).length >= 30 && seen.size === 45, `${days(first).length}, ${seen.size}`);
  hasNot(await desk(s, 'cg01').then(o => o.get('/desk/visits')), '月度排期');
});

test('没有疑难事项的月份签了字，就不算没有做', async () => {
  const s = await start({ at: '2026-03-30T09:00:00+08:00' });
  s.tick('2026-04-28T09:00:00+08:00');
  const leader = await desk(s, 'leader01'), page = await leader.get('/desk/operations');
  const duty = /name="duty" value="(\d+)"/.exec(page.text)[1];
  assert.equal((await leader.post('/desk/operations', { month: '2026-04', duty, words: '' })).status, 422);
  assert.equal((await leader.post('/desk/operations', { month: '2026-04', duty: '1', words: '不是这项任务' })).status, 404);
  const r = await leader.post('/desk/operations', { month: '2026-04', duty, words: '逐件看过，没有跨部门的难事' });
  assert.equal(r.status, 303, r.text.slice(0, 1200));
  has(await leader.get('/desk/operations?month=2026-04'), '已签无疑难事项');
  s.tick('2026-05-02T09:00:00+08:00');
  has(await leader.get('/desk/operations?month=2026-04'), '已签无疑难事项');
});
