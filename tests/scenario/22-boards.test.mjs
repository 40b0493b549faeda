// 谁还没做、日历、考勤和它们的数：每个数都数得出来（HC-23、HC-24、LC-09、LC-11、LC-20、BG-26；O5–O7、O15、O18、O20、O22、O25）。
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start } from './lib.mjs';
import { Visitor } from './_pages.mjs';

const visitor = (s, who) => new Visitor(s.url).logIn(s.logins[who]);
const one = (s, who) => Object.values(s.logins).find(l => l.role === who).username;
const figure = (s, name, period = 'from=2026-04-01&to=2026-04-30') => s.as('coord01').read(`/figures/${name}?${period}`);
const record = async (s, who, fields) => {
  const r = await s.as(who).post('/visits', fields);
  assert.equal(r.status, 201, r.text);
  return r.body;
};
const words = r => r.text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

test('谁还没做：页面和接口数的一样；上一级核免，未做的还在；完成率不把核免的算应做', async () => {
  const s = await start({ at: '2026-04-15T09:00:00+08:00' });
  s.tick('2026-04-22T10:00:00+08:00');
  await record(s, 'cg01', { kind: 'patrol', place: 'XFL', began_at: '2026-04-22T09:00:00+08:00', words: '没有发现问题' });
  s.tick('2026-04-23T09:01:00+08:00');
  const coord = await visitor(s, 'coord01');
  const behind = (await s.as('coord01').read('/routines/behind?routine=patrol_week&limit=100')).duties.length;
  const row = words(await coord.get('/desk/routines')).match(/部门每周巡查 .*?已做 (\d+) 落后 (\d+) (\d+) 0/);
  assert.deepEqual(row?.slice(1).map(Number), [1, behind, behind]);
  assert.equal(behind, 11);
  assert.match(words(await coord.get('/desk/routines/patrol_week?state=done')), /城管局 已做 1 \/ 1/);
  assert.match(words(await coord.get('/desk/routines/patrol_week?org=CG')), /已做 1 /);
  assert.equal((await coord.get('/desk/routines/nothing')).status, 404);
  assert.match(words(await coord.get('/desk')), /常态化没做完 \d+/);
  assert.deepEqual((await figure(s, 'routine_rate', 'from=2026-04-20&to=2026-04-26')).parts?.filter(p => p.of === 'patrol_week'), undefined, '还没有到期');

  s.tick('2026-04-27T08:00:00+08:00');
  const rate = async () => (await figure(s, 'routine_rate', 'from=2026-04-20&to=2026-04-26')).parts.find(p => p.of === 'patrol_week');
  assert.deepEqual(await rate(), { of: 'patrol_week', n: 1, owed: 12 });
  const missed = await coord.get('/desk/routines/patrol_week?term=2026-04-20&state=missed');
  const duty = /name="duty" value="(\d+)"/.exec(missed.text)[1];
  const excuse = (who, text) => who.post('/desk/routines/patrol_week', { duty, term: '2026-04-20', words: text });
  assert.equal((await excuse(coord, '')).status, 422);
  const officer = await visitor(s, 'cg01');
  assert.equal((await excuse(officer, '那一周全体参加防汛')).status, 403);
  const done = await excuse(coord, '那一周全体参加防汛，县领导同意');
  assert.deepEqual([done.status, done.headers.location], [303, '/desk/routines/patrol_week?term=2026-04-20']);
  assert.deepEqual(await rate(), { of: 'patrol_week', n: 1, owed: 11 });
  assert.match(words(await coord.get(done.headers.location)), /已核免 1/);
  assert.equal((await figure(s, 'duties_missed')).numerator, 0, '常态化任务不算事项的超期责任');
  assert.deepEqual([(await figure(s, 'visited')).numerator, (await figure(s, 'patrols')).numerator], [1, 1]);
});

test('执法行动、清点数量、领导调度、志愿者巡查：一次一次数', async () => {
  const s = await start({ at: '2026-04-15T09:00:00+08:00' });
  s.tick('2026-04-20T09:00:00+08:00');
  const r = await s.report({ item: 'JY02', words: '小区门口每天都有占道摆摊，走不了路' });
  const done = (kind, day, more = {}) => record(s, 'coord01', { kind, place: 'XFL', began_at: `2026-04-${day}T08:00:00+08:00`, ended_at: `2026-04-${day}T08:40:00+08:00`,
    words: '按计划完成', ...more });
  await done('operation', 20, { counts: 'JY02=7处;机动车=2辆' });
  s.tick('2026-04-21T09:00:00+08:00');
  await done('campaign', 21, { counts: 'JY02=5处;机动车=3件' });
  await done('checkup', 21);
  const plan = await record(s, 'coord01', { kind: 'operation', place: 'XFL', from: '2026-04-22T09:00:00+08:00', to: '2026-04-22T10:00:00+08:00', cases: r.no, title: '占道整治' });
  s.tick('2026-04-22T09:30:00+08:00');
  const act = async (action, fields) => {
    const x = await s.as('coord01').post(`/visits/${plan.id}/actions/${action}`, fields);
    assert.equal(x.status, 200, x.text);
  };
  await act('check_in', {});
  await act('result', { case: r.no, settled: '1', words: '当场收摊' });
  await act('finish', { words: '清理完毕' });
  await record(s, 'leader01', { kind: 'dispatch_log', began_at: '2026-04-22T09:00:00+08:00', words: '要求城管局本周内清理占道' });
  await record(s, 'coord01', { kind: 'operation', place: 'XFL', from: '2026-04-29T09:00:00+08:00', to: '2026-04-29T10:00:00+08:00', title: '还没有做的不算' });
  const n = async name => (await figure(s, name)).numerator;
  assert.deepEqual([await n('operations'), await n('campaigns'), await n('actions'), await n('operation_cases'), await n('dispatches')], [2, 1, 4, 1, 1]);
  assert.deepEqual((await figure(s, 'quantities')).parts, [{ of: 'JY02', n: 12, unit: '处' }, { of: '机动车', n: 3, unit: '件' }, { of: '机动车', n: 2, unit: '辆' }]);
  assert.equal((await figure(s, 'operations', 'from=2026-04-01&to=2026-04-30&place=XFL')).numerator, 2);
  assert.equal((await figure(s, 'operations', 'from=2026-04-01&to=2026-04-21')).numerator, 1);
  const page = words(await (await visitor(s, 'coord01')).get('/desk/figures?from=2026-04-01&to=2026-04-30'));
  assert.match(page, /机动车 3 件，机动车 2 辆/);

  const volunteer = one(s, 'volunteer');
  await record(s, volunteer, { kind: 'walk', place: 'XFL', began_at: '2026-04-22T08:30:00+08:00' });
  const part = await figure(s, 'volunteer_walks', 'from=2026-04-02&to=2026-04-30');
  assert.deepEqual([part.value, part.note], [null, '不足一个整月']);
  const whole = await figure(s, 'volunteer_walks', 'from=2026-03-01&to=2026-04-30');
  assert.deepEqual([whole.numerator, whole.denominator, whole.value], [1, 2, 0.5]);
  assert.equal(await n('grid_walks'), 1);
});

test('日历：小区、单位、个人各有各的；居民看得到下一次，看不到人名', async () => {
  const s = await start({ at: '2026-04-20T09:00:00+08:00' });
  await record(s, 'coord01', { kind: 'operation', place: 'XFL', from: '2026-05-06T09:00:00+08:00', to: '2026-05-06T11:00:00+08:00', title: '飞线充电整治', asked: 'CG' });
  await record(s, 'cg01', { kind: 'patrol', place: 'XFL', began_at: '2026-04-20T08:30:00+08:00' });
  const coord = await visitor(s, 'coord01');
  const may = await coord.get('/desk/calendar?place=XFL&month=2026-05');
  assert.match(words(may), /5 月 6 日 周三.*?09:00 联合执法：飞线充电整治/);
  assert.match(words(may), /5 月 1 日 周五 1 放假/);
  assert.match(words(may), /5 月 9 日 周六 9 调休上班/);
  assert.match(words(await coord.get('/desk/calendar?org=CG&month=2026-05')), /飞线充电整治/, '请到的单位也有');
  assert.match(words(await coord.get('/desk/calendar?person=cg01&month=2026-04')), /08:30 部门巡查/);
  assert.match(words(await coord.get('/desk/calendar?month=2026-04')), /部门巡查 1 次/);
  assert.equal((await coord.get('/desk/calendar?place=NOWHERE&month=99')).status, 200);
  const board = words(await new Visitor(s.url).get('/x/XFL'));
  assert.match(board, /下一次：5 月 6 日，联合执法/);
  assert.match(board, /到小区 1 次/);
  assert.ok(!board.includes('飞线充电整治'), '标题可能写了人');
});

test('鹿城：考勤看谁哪天到了、还差几天；站长只看自己的社区；派驻人员按单位数', async () => {
  const s = await start({ scheme: 'lucheng', at: '2026-04-17T09:00:00+08:00' });
  s.tick('2026-04-22T08:00:00+08:00');
  await record(s, 'zfj01', { kind: 'presence', place: 'XQJ', began_at: '2026-04-22T07:50:00+08:00' });
  s.tick('2026-04-23T11:00:00+08:00');
  const coord = await visitor(s, 'coord01');
  const page = words(await coord.get('/desk/attendance?place=XQJ&org=ZFJ&day=2026-04-22'));
  assert.match(page, /贺荣华 学桥街社区 行政综合执法局 5 1 [23] /);
  assert.match(page, /07:50 自报/);
  const chief = await visitor(s, 'chief02');
  const own = words(await chief.get('/desk/attendance?day=2026-04-22'));
  assert.ok(own.includes('东兴社区') || own.includes('社区'), own.slice(0, 200));
  assert.ok(!own.includes('贺荣华'), '别的社区的人');
  const sheet = await coord.get('/desk/attendance.xlsx?day=2026-04-22');
  assert.deepEqual([sheet.status, sheet.raw.subarray(0, 2).toString()], [200, 'PK']);
  const seconded = await figure(s, 'seconded');
  const officers = Object.values(s.logins).filter(l => ['officer', 'assistant_officer'].includes(l.role));
  assert.ok(seconded.numerator > 0 && seconded.numerator <= officers.length);
  assert.equal(seconded.parts.reduce((n, p) => n + p.n, 0), seconded.numerator);
});

test('南湖：队员、社区、小区是登记在册的数（方案的样本：14 名、6 个、18 个）', async () => {
  const s = await start({ scheme: 'nanhu', at: '2026-04-30T09:00:00+08:00' });
  const n = async name => (await figure(s, name)).numerator;
  assert.equal(Object.values(s.logins).filter(l => l.role === 'officer').length, 14);
  assert.deepEqual([await n('officers'), await n('communities'), await n('compounds')], [14, 6, 18]);
  assert.equal((await figure(s, 'officers')).parts.reduce((sum, p) => sum + p.n, 0), 14);
});
