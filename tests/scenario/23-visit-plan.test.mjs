// 月度排期（BG-12, BG-14, HC-23）：满足各项常态化任务，上门次数最少；说明离下限多远；采用一次就安排一次。
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Visitor } from './_pages.mjs';
import { start } from './lib.mjs';

const plan = (s, who, query) => s.as(who).read(`/visits/plan?${query}`);
const lines = p => p.visits.flatMap(v => v.lines.map(l => l.line));
const adopt = async (s, who, list) => {
  const r = await s.as(who).post('/visits/plan', { lines: list.join('|') });
  assert.equal(r.status, 200, r.text);
  return r.body;
};
const days = p => [...new Set(p.visits.map(v => v.day))];

const b = await start({ scheme: 'bagongshan', at: '2026-04-24T09:00:00+08:00' });
b.tick('2026-04-28T09:00:00+08:00');

test('八公山五月：26 个小区各两次，共 52 次，到了下限；两次隔七天，只在工作日；驻社区的部门一起去', async () => {
  const p = await plan(b, 'coord01', 'month=2026-05');
  assert.deepEqual([p.separate, p.apart, p.bound, p.outings, p.missing, p.proved], [52, 52, 52, 26, [], true]);
  assert.match(p.bound_words, /52/);
  assert.deepEqual(p.routines.map(r => [r.code, r.chosen, r.demands]), [['joint_visit_month', true, 26], ['round_week', false, 0]]);
  const places = new Set(p.visits.map(v => v.place.code));
  assert.equal(places.size, 26);
  for (const place of places) {
    const two = p.visits.filter(v => v.place.code === place);
    assert.equal(two.length, 2, place);
    assert.ok((Date.parse(two[1].day) - Date.parse(two[0].day)) / 86400e3 >= 7, `${place}: ${two.map(v => v.day)}`);
  }
  for (const day of days(p)) assert.ok(day >= '2026-05-06' && day <= '2026-05-31' && day !== '2026-05-10', day);
  const first = p.visits.find(v => v.place.code === 'ZDHY');
  assert.deepEqual([first.lines[0].kind, first.lines[0].org, first.lines[0].asked], ['joint_visit', 'ZD-ZD', ['CG', 'ZJ']]);
});

test('提议不安排；站长只排本社区；别的岗位不排；写错的说明', async () => {
  assert.equal((await b.as('coord01').read('/visits')).visits.length, 0);
  const chief = Object.values(b.logins).find(l => l.role === 'station_chief');
  const own = await plan(b, chief.username, 'month=2026-05');
  assert.deepEqual([own.separate, new Set(own.visits.map(v => v.community.code)).size], [4, 1]);
  const all = await plan(b, 'coord01', 'month=2026-05');
  const other = all.visits.find(v => v.community.code !== own.visits[0].community.code);
  assert.equal((await b.as(chief.username).get(`/visits/plan?place=${other.place.code}`)).status, 403);
  const r = await adopt(b, chief.username, [other.lines[0].line]);
  assert.deepEqual([r.planned, r.refused.length], [[], 1]);
  assert.equal((await b.as('cg01').get('/visits/plan')).status, 403);
  assert.deepEqual((await b.as('coord01').get('/visits/plan?month=2026-13&place=NOWHERE')).body.errors.map(e => e.field), ['month', 'place']);
  assert.equal((await b.as('coord01').post('/visits/plan', {})).status, 422);
  const bad = await adopt(b, 'coord01', ['今天随便去一去', '2026-05-06T09:00,presence,NOWHERE,CG', '2026-05-06T09:00,joint_visit,ZDHY,XX', '2020-05-06T09:00,joint_visit,ZDHY,ZD-ZD']);
  assert.deepEqual([bad.planned, bad.refused.length], [[], 4]);
});

test('采用一次安排一次；再按一次、换一个人按，什么也不多；取消了的可以再排', async () => {
  const p = await plan(b, 'coord01', 'month=2026-05');
  const some = lines(p).slice(0, 3);
  assert.equal((await adopt(b, 'coord01', some)).planned.length, 3, '只采用勾选的');
  const again = await plan(b, 'coord01', 'month=2026-05');
  assert.deepEqual([again.separate, again.bound, lines(again).length], [52, 52, 49], '安排了的留着，不再提议');
  const all = await adopt(b, 'coord01', lines(p));
  assert.deepEqual([all.planned.length, all.there, all.refused], [49, 3, []]);
  for (const who of ['coord01', 'coord02']) {
    const twice = await adopt(b, who, lines(p));
    assert.deepEqual([twice.planned, twice.there], [[], 52], who);
  }
  const done = await plan(b, 'coord02', 'month=2026-05');
  assert.deepEqual([done.separate, lines(done)], [52, []]);
  assert.ok(done.visits.every(v => v.stands));
  const v = await b.as('coord01').read(`/visits/${all.planned[0]}`);
  assert.deepEqual([v.state, v.kind, v.members.every(m => m.state === 'asked'), v.members.length > 0], ['planned', 'joint_visit', true, true]);
  assert.equal(v.duties.filter(d => d.kind === 'confirm').length, v.members.length, '每个请的单位都要确认');
  assert.equal((await b.as('coord01').post(`/visits/${v.id}/actions/cancel`, { words: '那天有别的任务' })).status, 200);
  const line = lines(p).find(l => l.includes(`,${v.place.code},`) && l.startsWith(v.from.slice(0, 10)));
  assert.equal((await adopt(b, 'coord01', [line])).planned.length, 1);
});

test('两个人同时按，也只有一份', async () => {
  const p = await plan(b, 'coord01', 'month=2026-06&place=ZD');
  assert.equal(lines(p).length, 4);
  const both = await Promise.all(['coord01', 'coord02', 'coord01'].map(who => adopt(b, who, lines(p))));
  assert.equal(both.flatMap(x => x.planned).length, 4);
  assert.deepEqual(both.map(x => x.refused), [[], [], []]);
});

test('这个月已经去过的小区少排一次，离上一次也隔七天', async () => {
  const s = await start({ scheme: 'bagongshan', at: '2026-04-24T09:00:00+08:00' });
  s.tick('2026-05-07T10:00:00+08:00');
  const answers = (await s.resident.read('/checklists')).checklists.flatMap(l => l.points.map(p => `${l.list}.${p.code}=ok`)).join(';');
  const r = await s.as('cg01').post('/visits', { kind: 'joint_visit', place: 'ZDHY', began_at: '2026-05-07T09:00:00+08:00', answers });
  assert.deepEqual([r.status, r.body.credited], [201, 1], r.text);
  const p = await plan(s, 'coord01', 'month=2026-05');
  assert.deepEqual([p.separate, p.bound], [51, 51]);
  const left = p.visits.filter(v => v.place.code === 'ZDHY');
  assert.equal(left.length, 1);
  assert.ok(left[0].day >= '2026-05-14', left[0].day);
  const today = await s.as('chief02').post('/visits', { kind: 'joint_visit', place: 'ZXXC', org: 'ZD-ZX', from: '2026-05-07T15:00:00+08:00' });
  assert.equal(today.status, 201, today.text);
  assert.equal((await plan(s, 'coord01', 'month=2026-05')).separate, 50, '今天下午要去的也算');
});

test('会昌：十二个部门每周巡查，合在一起一周上门一次；每周换一个小区；确认、到场、完成后各记一次', async () => {
  const s = await start({ at: '2026-04-15T09:00:00+08:00' });
  s.tick('2026-04-28T09:00:00+08:00');
  const p = await plan(s, 'coord01', 'month=2026-05');
  assert.deepEqual([p.separate, p.apart, p.bound, p.proved], [4, 48, 4, true], '五月开始的有四周：4、11、18、25 日');
  assert.equal(new Set(p.visits.map(v => v.place.code)).size, 4);
  for (const v of p.visits) {
    assert.deepEqual([v.lines.length, v.lines[0].kind, 1 + v.lines[0].asked.length], [1, 'patrol', 12]);
    assert.equal(v.lines[0].serves, '部门每周巡查 12 项');
  }
  assert.equal(new Set(p.visits.map(v => v.lines[0].org)).size, 4, '牵头轮着来');
  const done = await adopt(s, 'coord01', lines(p));
  assert.deepEqual([done.planned.length, done.refused], [4, []]);
  const first = await s.as('coord01').read(`/visits/${done.planned[0]}`);
  assert.equal(first.members.length, 11);
  const own = await s.as('cg01').read('/visits?state=planned');
  assert.equal(own.visits.length, 4, '被请的部门看得到');
  s.tick(first.from);
  const came = ['cg01', 'xfjy01'];
  for (const who of came) assert.equal((await s.as(who).post(`/visits/${first.id}/actions/check_in`)).status, 200);
  const end = await s.as('coord01').post(`/visits/${first.id}/actions/finish`, { words: '两个部门到场，没有发现问题' });
  assert.equal(end.status, 200, end.text);
  assert.ok(end.body.credited >= 2, end.text);
});

test('协调单位可以替部门安排巡查，不能替部门登记巡查过', async () => {
  const s = await start({ at: '2026-04-20T09:00:00+08:00' });
  const ask = fields => s.as('coord01').post('/visits', { kind: 'patrol', place: 'XFL', org: 'CG', ...fields });
  assert.equal((await ask({ began_at: '2026-04-20T08:30:00+08:00' })).status, 403);
  assert.equal((await ask({ from: '2026-04-21T09:00:00+08:00', asked: 'XFJY' })).status, 201);
});

test('没有人的日子不排：全部请假的那一周，说明差几次、为什么', async () => {
  const s = await start({ at: '2026-04-15T09:00:00+08:00' });
  s.tick('2026-04-28T09:00:00+08:00');
  const people = Object.values(s.logins).filter(l => l.org === 'CG' && ['officer', 'assistant_officer', 'department_head'].includes(l.role));
  assert.ok(people.length > 1);
  const coord = await new Visitor(s.url).logIn(s.logins.coord01);
  for (const l of people) {
    await coord.get('/desk/leave');
    const r = await coord.post('/desk/leave', { op: 'ask', person: l.username, from: '2026-05-11', to: '2026-05-17', words: '集中培训' });
    assert.equal(r.status, 303, `${l.username}: ${r.text.replace(/<[^>]*>/g, ' ').slice(0, 300)}`);
    const id = /name="id" value="(\d+)"/.exec((await coord.get('/desk/leave')).text)?.[1];
    if (id) await coord.post('/desk/leave', { op: 'approve', id });
  }
  const p = await plan(s, 'coord01', 'month=2026-05');
  assert.deepEqual(p.missing.map(m => [m.times, m.why]), [[1, 'team_away']]);
  assert.match(p.missing[0].words, /城管局.*5 月 11 日至 17 日.*不在岗/);
  const week = p.visits.find(v => v.day >= '2026-05-11' && v.day <= '2026-05-17');
  assert.equal(1 + week.lines[0].asked.length, 11);
});

test('页面：写着几次、各去各的几次、至少几次；全部采用，再采用什么也不多；过去的月份、没有任务的方案', async () => {
  const s = await start({ scheme: 'bagongshan', at: '2026-04-24T09:00:00+08:00' });
  s.tick('2026-04-28T09:00:00+08:00');
  const coord = await new Visitor(s.url).logIn(s.logins.coord01);
  const page = await coord.get('/desk/visits/plan?month=2026-05&place=ZD');
  assert.equal(page.status, 200, page.text);
  assert.match(page.text, /上门次数<\/dt><dd>4<small>/);
  assert.match(page.text, /不可能更少了/);
  const every = /name="every" value="([^"]+)"/.exec(page.text)[1];
  const send = fields => coord.post('/desk/visits/plan', { month: '2026-05', place: 'ZD', every, ...fields });
  const none = await send({});
  assert.equal(none.status, 422);
  assert.match(none.text, /请至少选一行/);
  const one = await send({ line: every.split('|')[0] });
  assert.equal(one.status, 303, one.text);
  assert.equal((await s.as('coord01').read('/visits?state=planned')).visits.length, 1);
  assert.equal((await send({ all: '1' })).status, 303);
  assert.equal((await send({ all: '1' })).status, 303);
  assert.equal((await s.as('coord01').read('/visits?state=planned')).visits.length, 4);
  assert.match((await coord.get('/desk/visits/plan?month=2026-05&place=ZD')).text, /都已经安排好了/);
  assert.match((await coord.get('/desk/visits/plan?month=2026-03')).text, /已经过去/);
  assert.equal((await coord.get('/desk/visits/plan?month=soon')).status, 422);
  const nanhu = await start({ scheme: 'nanhu', at: '2026-04-28T09:00:00+08:00' });
  const empty = await (await new Visitor(nanhu.url).logIn(nanhu.logins.coord01)).get('/desk/visits/plan?month=2026-05');
  assert.match(empty.text, /没有要排的/);
});
