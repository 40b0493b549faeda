// 常态化任务：每周巡查（HC-23, K1）、联勤入网（BG-12, K9）、每周一下社区（NH-03, K12）、每天和每周下沉（LC-11, K13, K14）。
// 一次工作一条记录；期满没做记一次未做，谁也不能抹掉，只能由上一级核免。
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start } from './lib.mjs';

const routine = async (s, who, code) =>
  (await s.as(who).read('/duties?kind=routine&limit=100')).duties.filter(d => d.routine.code === code);
const behind = (s, code, more = '') => s.as('coord01').read(`/routines/behind?routine=${code}&limit=100${more}`);
const record = async (s, who, fields) => {
  const r = await s.as(who).post('/visits', fields);
  assert.equal(r.status, 201, r.text);
  return r.body;
};

test('会昌：十二个部门每周一次；周四提醒，周一记未做；上线那一周不算', async () => {
  const s = await start({ at: '2026-04-15T09:00:00+08:00' });
  assert.equal((await behind(s, 'patrol_week', '&all=1')).duties.length, 0, '4 月 13 日那一周开始时还没有上线');
  s.tick('2026-04-20T08:00:00+08:00');
  const all = (await behind(s, 'patrol_week', '&all=1')).duties;
  assert.equal(all.length, 12);
  assert.deepEqual([all[0].need, all[0].due, all[0].behind], [1, '2026-04-27T00:00:00+08:00', false]);
  s.tick('2026-04-22T10:00:00+08:00');
  assert.equal((await routine(s, 'cg01', 'patrol_week')).length, 1, '待办里有');
  const v = await record(s, 'cg01', { kind: 'patrol', place: 'XFL', began_at: '2026-04-22T09:00:00+08:00', words: '沿街和小区都看了，没有发现问题' });
  assert.deepEqual([v.state, v.credited, v.members[0].person.username], ['done', 1, 'cg01']);
  assert.equal((await routine(s, 'cg01', 'patrol_week')).length, 0);
  s.tick('2026-04-23T09:01:00+08:00');
  const late = (await behind(s, 'patrol_week')).duties;
  assert.equal(late.length, 11);
  assert.ok(!late.some(d => d.name === '城管局'));
  const notices = (await s.as('xfjy01').read('/notices')).notices;
  assert.ok(notices.some(n => n.kind === 'routine' && n.text.includes('部门每周巡查')), JSON.stringify(notices));
  s.tick('2026-04-27T08:00:00+08:00');
  const told = (await s.as('coord01').read('/notices')).notices.find(n => n.kind === 'routine_missed' && n.text.includes('部门每周巡查'));
  assert.match(told.text, /11 个/);
});

test('空的记录不算数；没有发现问题也算数；以后的时间不收', async () => {
  const s = await start({ at: '2026-04-20T09:00:00+08:00' });
  const ask = async fields => (await s.as('cg01').post('/visits', fields)).body;
  assert.deepEqual((await ask({ kind: 'patrol', began_at: '2026-04-20T08:30:00+08:00' })).errors.map(e => e.field), ['place']);
  assert.deepEqual((await ask({ kind: 'patrol', place: 'XFL' })).errors.map(e => e.field), ['from']);
  assert.deepEqual((await ask({ kind: 'patrol', place: 'XFL', began_at: '2026-04-21T08:30:00+08:00' })).errors.map(e => e.field), ['began_at']);
  assert.deepEqual((await ask({ kind: 'patrol', place: 'NOWHERE', began_at: '2026-04-20T08:30:00+08:00' })).errors.map(e => e.field), ['place']);
  assert.equal((await s.as(Object.values(s.logins).find(l => l.role === 'property').username).post('/visits', { kind: 'patrol', place: 'XFL', began_at: '2026-04-20T08:30:00+08:00' })).status, 403);
});

test('别的单位的工作不能代为登记：只有本单位的人登记了才算，点了名的自己补报到', async () => {
  const s = await start({ at: '2026-04-15T09:00:00+08:00' });
  s.tick('2026-04-22T10:00:00+08:00');
  const visit = { kind: 'patrol', place: 'XFL', began_at: '2026-04-22T09:00:00+08:00', words: '沿街和小区都看了' };
  const plan = { kind: 'patrol', place: 'XFL', from: '2026-04-23T09:00:00+08:00' };
  const refused = async (who, fields) => {
    const r = await s.as(who).post('/visits', fields);
    assert.deepEqual([r.status, r.body.errors?.map(e => e.field)], [422, ['org']], r.text);
  };
  assert.equal((await behind(s, 'patrol_week', '&all=1')).duties.length, 12);
  await refused('xfjy01', { ...visit, org: 'CG' });
  await refused('xfjy01', { ...plan, org: 'CG' });
  await refused('coord01', { ...visit, kind: 'operation', org: 'CG' });
  assert.equal((await routine(s, 'cg01', 'patrol_week')).length, 1, '城管局的任务没有被别人做掉');
  assert.equal((await s.as('coord01').post('/visits', { ...plan, org: 'CG' })).status, 201, '统筹岗替各单位排计划');

  const named = await record(s, 'xfjy01', { ...visit, asked: 'CG', members: 'cg01' });
  assert.equal((await routine(s, 'cg01', 'patrol_week')).length, 1, '被点名不算到场');
  assert.deepEqual(named.members.map(m => m.state), ['asked', 'came', 'asked']);
  const came = await s.as('cg01').post(`/visits/${named.id}/actions/check_in`, { occurred_at: '2026-04-22T09:00:00+08:00' });
  assert.equal(came.status, 200, came.text);
  assert.equal((await routine(s, 'cg01', 'patrol_week')).length, 0, '自己补报到就算');
});

test('登记完说清楚计入了哪些任务；没有计入的说明为什么', async () => {
  const s = await start({ scheme: 'bagongshan', at: '2026-04-24T09:00:00+08:00' });
  s.tick('2026-05-06T09:00:00+08:00');
  const point = l => l.points.map(p => `${l.list}.${p.code}=ok`);
  const answers = (await s.as('coord01').read('/checklists')).checklists.filter(l => l.kinds.includes('joint_visit')).flatMap(point).join(';');
  const who = Object.values(s.logins).find(l => l.role === 'station_chief'), place = (await s.as(who.username).read('/field')).places.find(p => p.mine).code;
  const go = (at, more) => record(s, who.username, { kind: 'joint_visit', place, began_at: at, ...more });
  const bare = await go('2026-05-06T08:00:00+08:00', {});
  assert.deepEqual([bare.credited, bare.credits], [0, []]);
  assert.match(bare.credit_words, /^不计入：必查清单没有填完（/);
  const one = await go('2026-05-06T08:10:00+08:00', { answers });
  assert.equal(one.credited, 1, JSON.stringify(one));
  assert.deepEqual([one.credits[0].credited, one.credits[0].need], [1, 2]);
  assert.equal(one.credit_words, `已计入：${one.credits[0].name}`);
  s.tick('2026-05-09T09:00:00+08:00');
  const soon = await go('2026-05-09T08:00:00+08:00', { answers });
  assert.deepEqual(soon.not_credited.map(c => [c.routine, c.why]), [[one.credits[0].routine, '两次之间不到七天']]);
  assert.match(soon.credit_words, /^不计入：两次之间不到七天（/);
  const month = (await s.as(who.username).read('/field')).month;
  assert.deepEqual([month.visits, month.in_time, month.late], [3, 0, 0]);
  s.tick('2026-05-20T09:00:00+08:00');
  await go('2026-05-20T08:00:00+08:00', { answers });
  const full = await go('2026-05-20T08:30:00+08:00', { answers });
  assert.deepEqual(full.not_credited.map(c => c.why), ['这一期已经够次数']);
  const field = await s.as(who.username).read('/field');
  assert.deepEqual([field.month.visits, field.month.in_time], [5, 1]);
  assert.match(field.month_words, /^本月：到场 5 次，上报 0 件；办完的责任按时 1 项、超期 0 项$/);
});

test('同一个提交编号发两次，只有一条记录', async () => {
  const s = await start({ at: '2026-04-20T09:00:00+08:00' });
  const fields = { kind: 'patrol', place: 'XFL', began_at: '2026-04-20T08:30:00+08:00' };
  const key = { 'idempotency-key': 'a8a50e34-6d0f-4c7a-8a41-0a5a4c3b2d10' };
  const one = await s.as('cg01').post('/visits', fields, key), two = await s.as('cg01').post('/visits', fields, key);
  assert.deepEqual([one.status, two.status, two.body.id], [201, 201, one.body.id]);
  assert.equal((await s.as('cg01').read('/visits')).visits.length, 1);
});

test('八公山：每个小区每月两次、隔七天；三个必查清单填完才算；查出问题成为事项', async () => {
  const s = await start({ scheme: 'bagongshan', at: '2026-04-24T09:00:00+08:00' });
  s.tick('2026-05-06T09:00:00+08:00');
  const lists = (await s.resident.read('/checklists')).checklists;
  assert.deepEqual(lists.map(l => l.name), ['安全隐患', '环境卫生', '违规经营']);
  const ok = lists.flatMap(l => l.points.map(p => `${l.list}.${p.code}=ok`));
  const visit = (day, answers) => record(s, 'cg01', { kind: 'joint_visit', place: 'ZDHY', began_at: `2026-05-${day}T09:00:00+08:00`, answers: answers.join(';') });
  const due = async () => (await behind(s, 'joint_visit_month', '&all=1')).duties.find(d => d.name === '治东花园');
  assert.deepEqual([(await due()).need, (await due()).credited], [2, 0]);
  assert.equal((await visit('06', ok.slice(1))).credited, 0, '少一条不算');
  const found = ok.with(0, 'safety.1=problem:消防通道停了三辆车');
  const v = await visit('06', found);
  assert.equal(v.credited, 1);
  const c = await s.as('coord01').case(v.cases[0].no);
  assert.deepEqual([c.item.code, c.source, c.place.code, v.cases[0].found], ['BL301', 'joint_visit', 'ZDHY', true]);
  s.tick('2026-05-08T09:30:00+08:00');
  assert.equal((await visit('08', ok)).credited, 0, '两次之间不到七天');
  assert.equal((await due()).credited, 1);
  s.tick('2026-05-14T09:30:00+08:00');
  assert.equal((await visit('14', ok)).credited, 1);
  assert.equal(await due(), undefined, '做完了');
  s.tick('2026-06-01T08:00:00+08:00');
  const told = (await s.as(Object.values(s.logins).find(l => l.role === 'sector_chief').username).read('/notices')).notices;
  assert.ok(told.length >= 0);
});

test('南湖：每周一，放假照常；鹿城：放假的日子不用来，短的一周少来', async () => {
  const n = await start({ scheme: 'nanhu', at: '2026-04-30T09:00:00+08:00' });
  n.tick('2026-05-04T08:00:00+08:00'); // 劳动节假期里的周一
  assert.equal((await behind(n, 'monday', '&all=1')).duties.length, 6);
  const v = await record(n, 'fd01', { kind: 'presence', place: 'YY', began_at: '2026-05-04T07:50:00+08:00', words: '和联络员一起清理楼道' });
  assert.equal(v.credited, 1);
  n.tick('2026-05-05T08:00:00+08:00');
  const missed = (await n.as('fd02').read('/duties?mine=true&open=false&kind=routine')).duties;
  assert.ok(Array.isArray(missed));
  const l = await start({ scheme: 'lucheng', at: '2026-04-20T09:00:00+08:00' });
  l.tick('2026-04-30T08:00:00+08:00');
  assert.equal((await behind(l, 'presence_day', '&all=1')).duties.length, 72, '4 月 30 日上班：48 名行政综合执法、24 名公安');
  l.tick('2026-05-04T08:00:00+08:00');
  assert.equal((await behind(l, 'presence_day', '&all=1')).duties.length, 0, '放假');
  const week = (await behind(l, 'presence_week', '&all=1')).duties;
  assert.deepEqual([week.length, week[0].need], [48, 2], '5 月 4 日那一周上班四天（含 9 日调休），2 × 4 ÷ 5 进一为 2');
});

test('没做的不能自己核免；上一级写明原因可以，未做的记录还在', async () => {
  const s = await start({ at: '2026-04-15T09:00:00+08:00' });
  s.tick('2026-04-22T09:00:00+08:00');
  const d = (await behind(s, 'patrol_week', '&all=1')).duties.find(x => x.name === '城管局');
  s.tick('2026-04-28T09:00:00+08:00');
  const own = await s.as('cg01').post(`/routines/duties/${d.id}/excuse`, { words: '那一周全体参加防汛' });
  assert.equal(own.status, 403, own.text);
  const empty = await s.as('coord01').post(`/routines/duties/${d.id}/excuse`, { words: '' });
  assert.deepEqual(empty.body.errors.map(e => e.field), ['words']);
  const r = await s.as('coord01').post(`/routines/duties/${d.id}/excuse`, { words: '那一周全体参加防汛，县领导同意' });
  assert.deepEqual([r.status, r.body.end], [200, 'excused']);
  assert.equal((await s.as('coord01').post(`/routines/duties/${d.id}/excuse`, { words: '再来一次核免' })).status, 409);
});

test('手机离线时做的，晚到也算，未做的记录还在', async () => {
  const s = await start({ at: '2026-04-15T09:00:00+08:00' });
  s.tick('2026-04-28T09:00:00+08:00');
  const v = await record(s, 'cg01', { kind: 'patrol', place: 'XFL', began_at: '2026-04-24T10:00:00+08:00', words: '地下室没有信号，今天才传上来' });
  assert.equal(v.credited, 1);
});

test('联合执法：请的单位要确认，不确认也要来，不来记一次；法院不牵头；结果和数量都在', async () => {
  const s = await start({ at: '2026-03-30T09:00:00+08:00' });
  s.tick('2026-04-20T09:00:00+08:00');
  const r = await s.report({ item: 'JY02', words: '小区门口每天都有占道摆摊，走不了路' });
  const ask = async fields => s.as('coord01').post('/visits', { kind: 'operation', place: 'XFL', from: '2026-04-23T09:00:00+08:00', to: '2026-04-23T11:00:00+08:00', ...fields });
  assert.deepEqual((await ask({ org: 'FY' })).body.errors.map(e => e.field), ['org']);
  const plan = await ask({ title: '幸福里占道整治', asked: 'CG|XFJY|FY', cases: r.no });
  assert.equal(plan.status, 201, plan.text);
  const id = plan.body.id;
  assert.deepEqual(plan.body.members.map(m => m.state), ['asked', 'asked', 'asked']);
  const act = async (who, action, fields = {}) => {
    const x = await s.as(who).post(`/visits/${id}/actions/${action}`, fields);
    assert.equal(x.status, 200, x.text);
    return x.body;
  };
  await act('cg01', 'confirm');
  s.tick('2026-04-21T17:31:00+08:00');
  let v = await s.as('coord01').read(`/visits/${id}`);
  assert.ok(v.duties.some(d => d.kind === 'attend' && d.owner.org === 'XFJY'), '不回话也要来');
  s.tick('2026-04-23T09:10:00+08:00');
  await act('cg01', 'check_in');
  s.tick('2026-04-23T10:50:00+08:00');
  v = await s.as('coord01').read(`/visits/${id}`);
  assert.ok(v.duties.some(d => d.kind === 'attend' && d.owner.org === 'XFJY' && d.missed), '没来，记着');
  await act('cg01', 'count', { counts: '占道经营=7处；乱停车=2辆'.replace('；', ';') });
  await act('cg01', 'result', { case: r.no, settled: '1', words: '当场收摊，承诺不再占道' });
  v = await act('coord01', 'finish', { words: '清理占道经营七处，没有发生冲突' });
  assert.deepEqual([v.state, v.credited, v.counts[0].n, v.counts[0].unit, v.cases[0].settled], ['done', 1, 7, '处', true]);
  assert.equal((await s.as('coord01').post(`/visits/${id}/actions/cancel`, { words: '不要了' })).status, 409, '做完的记录不能取消');
});
