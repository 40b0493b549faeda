// 谁在值班（BG-09）、考勤签认（LC-04）、请假时只能看（LC-11）、离线补传的到场（architecture 6）、分小区和单位的数（O5、O7、O15、O22）。
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Visitor } from './_pages.mjs';
import { start } from './lib.mjs';

const pages = (s, who) => new Visitor(s.url).logIn(s.logins[who]);
const words = r => r.text.replace(/<script.*?<\/script>|<[^>]*>/gs, ' ').replace(/\s+/g, ' ');
const record = async (s, who, fields) => {
  const r = await s.as(who).post('/visits', fields);
  assert.equal(r.status, 201, r.text);
  return r.body;
};
async function sent(visitor, form, path, fields, status = 303) {
  await visitor.get(form);
  const r = await visitor.post(path, fields);
  assert.equal(r.status, status, words(r).slice(0, 400));
  return r;
}

test('值班按值班表，没有排班的按办公时间；地图可以看别的时间；15 分钟只算值班时间吹的哨', async () => {
  const s = await start({ scheme: 'bagongshan', at: '2026-04-21T09:00:00+08:00' });
  const chief = await pages(s, 'chief01'), coord = s.as('coord01');
  const stations = async (at = '') => (await coord.read(`/map.geojson${at && `?at=${encodeURIComponent(at)}`}`)).features.filter(f => f.properties.kind === 'station').map(f => f.properties);
  const mine = async at => (await stations(at)).find(p => p.code === 'ZD-ZD');
  const may = await mine('2026-06-09T09:00:00+08:00');
  assert.deepEqual([may.on_duty, may.by_roster], [true, false], '那个月没有排班，按办公时间');
  assert.equal((await mine('2026-06-09T20:00:00+08:00')).on_duty, false);

  const roster = { day: '2026-06-09', person: 'chief01', from: '19:00', to: '22:00' };
  await sent(chief, '/desk/stations/ZD-ZD', '/desk/stations/ZD-ZD', { op: 'add', month: '2026-06', ...roster });
  const evening = await mine('2026-06-09T20:00:00+08:00'), morning = await mine('2026-06-09T09:00:00+08:00');
  assert.deepEqual([evening.on_duty, evening.by_roster, morning.on_duty, morning.by_roster], [true, true, false, true], '排了班就按值班表');
  assert.deepEqual((await stations('2026-06-09T09:00:00+08:00')).filter(p => !p.on_duty).map(p => p.code), ['ZD-ZD'], '别的站点照旧');
  assert.equal((await coord.get('/map.geojson?at=昨天')).status, 422);

  const page = await (await pages(s, 'coord01')).get('/desk/map?at=2026-06-09T20:00');
  assert.match(words(page), /2026 年 6 月 9 日 20:00有 1 个站点值班，按值班的站点算/);
  assert.match(page.text, /data-map="\/api\/v1\/map\.geojson\?at=2026-06-09T20:00"/);
  assert.match(words(await (await pages(s, 'coord01')).get('/desk/map?at=2031-01-01T09:00')), /这个时间看不了/);

  s.tick('2026-06-09T19:30:00+08:00');
  const items = (await s.resident.read('/items')).items.filter(i => i.list === 'enforcement' && i.urgent);
  const [ours, other] = await Promise.all(['ZD', 'ZX'].map(async c => (await s.resident.read(`/places?kind=compound&within=${c}`)).places[0].code));
  const [here, there] = [await s.report({ place: ours, item: items[0].code }), await s.report({ place: other, item: items[0].code, words: '通道全堵了' })];
  const due = async r => {
    const c = await coord.case(r.no), d = c.duties.find(x => x.kind === 'arrive');
    return d && (Date.parse(d.due) - Date.parse(c.summoned_at)) / 60000;
  };
  assert.equal(await due(here), 15, '站点晚上有人值班');
  assert.ok(await due(there) > 15, '别的站点不值班');
  const f = await coord.read('/figures/arrive_15?from=2026-06-01&to=2026-06-30');
  assert.deepEqual([f.numerator, f.denominator], [0, 1], '只有值班站点的哨在分母里');
  assert.match(f.definition, /值班表/);
});

test('鹿城：站长签认上个月的考勤，签的数不再变；签后核免显示更改，再签一次；没有更改不能再签', async () => {
  const s = await start({ scheme: 'lucheng', at: '2026-04-24T09:00:00+08:00' });
  s.tick('2026-04-27T08:00:00+08:00');
  await record(s, 'zfj01', { kind: 'presence', place: 'XQJ', began_at: '2026-04-27T07:50:00+08:00' });
  s.tick('2026-05-02T09:00:00+08:00');
  const chief = await pages(s, 'chief01'), other = await pages(s, 'chief02'), coord = await pages(s, 'coord01');
  const month = '/desk/attendance?span=month&day=2026-04-01&place=XQJ', form = { place: 'XQJ', month: '2026-04' };
  assert.doesNotMatch((await chief.get(month)).text, /action="\/desk\/attendance\/sign"/);
  const early = await sent(chief, month, '/desk/attendance/sign', form, 409);
  assert.match(words(early), /5 月 3 日以后才能签认/, '最后一周还没有完');

  s.tick('2026-05-04T09:00:00+08:00');
  assert.match((await chief.get(month)).text, /action="\/desk\/attendance\/sign"/);
  assert.doesNotMatch((await other.get(month)).text, /action="\/desk\/attendance\/sign"/);
  assert.doesNotMatch((await coord.get(month)).text, /action="\/desk\/attendance\/sign"/);
  await sent(other, '/desk/attendance?span=month&day=2026-04-01', '/desk/attendance/sign', form, 403);
  await sent(coord, month, '/desk/attendance/sign', form, 403);
  await sent(chief, month, '/desk/attendance/sign', { place: 'XFL', month: '2026-04' }, 422);
  await sent(chief, month, '/desk/attendance/sign', { place: 'XQJ', month: '四月' }, 422);
  assert.match(words(await sent(chief, month, '/desk/attendance/sign', { ...form, seen: '1:1:0' }, 409)), /人次刚刚有变化/);
  await sent(chief, month, '/desk/attendance/sign', { ...form, seen: /name="seen" value="([^"]+)"/.exec((await chief.get(month)).text)[1] });
  const signed = words(await coord.get(month));
  const said = /已签认 (\S+)（站长） .*?应到 (\d+)，已到 (\d+)，还差 (\d+) 应到 (\d+)，已到 (\d+)，还差 (\d+)/.exec(signed);
  assert.ok(said, signed.slice(0, 1500));
  assert.deepEqual(said.slice(2, 5), said.slice(5, 8), '签的就是当时的数');
  assert.equal(said[3], '1');
  assert.match(words(await sent(chief, month, '/desk/attendance/sign', form, 409)), /签认以后没有更改/);

  const missed = (await s.as('coord01').read('/routines/behind?routine=presence_day&all=1&limit=100')).duties;
  const page = await coord.get('/desk/routines/presence_day?term=2026-04-28&state=missed');
  const duty = /name="duty" value="(\d+)"/.exec(page.text)?.[1] ?? missed[0].id;
  const ours = [...page.text.matchAll(/name="duty" value="(\d+)"/g)].map(m => m[1]);
  let excused = 0;
  for (const id of [duty, ...ours]) {
    const r = await s.as('coord01').post(`/routines/duties/${id}/excuse`, { words: '那天全体参加防汛，领导同意' });
    excused += r.status === 200;
  }
  assert.ok(excused > 0);
  const after = words(await coord.get(month));
  const changed = /签后更改 (\d+) 人 \S+（站长） .*?应到 (\d+)，已到 (\d+)，还差 (\d+) 应到 (\d+)，已到 (\d+)，还差 (\d+)/.exec(after);
  assert.ok(changed, after.slice(0, 1800));
  assert.deepEqual(changed.slice(2, 5), said.slice(2, 5), '签的数没有变');
  assert.ok(+changed[5] < +said[2], '现在应到少了');
  assert.match(after, /签后更改 签认时应到 \d+、已到 \d+、还差 \d+/, '哪些人变了');
  const sheet = await coord.get(month.replace('/attendance?', '/attendance.xlsx?'));
  assert.deepEqual([sheet.status, sheet.raw.subarray(0, 2).toString()], [200, 'PK']);
  await sent(chief, month, '/desk/attendance/sign', form);
  const twice = words(await coord.get(month));
  assert.match(twice, /已签认 \S+（站长） .*?第 2 次签认/);
  assert.doesNotMatch(twice, /签后更改 \d+ 人/);
});

test('请假没有代理人：本人登录以后看得到自己的事，不能办，页面说明原因；销假以后照常', async () => {
  const s = await start();
  const r = await s.report({ item: 'XF01' });
  const grid = await pages(s, 'wgz03'), head = await pages(s, 'comm01');
  await sent(grid, '/desk/leave', '/desk/leave', { op: 'ask', person: 'wgz03', from: '2026-04-20', to: '2026-04-22', words: '参加培训' });
  const id = /name="id" value="(\d+)"/.exec((await grid.get('/desk/leave')).text)[1];
  assert.doesNotMatch((await grid.get('/desk')).text, /请假，这期间可以查看/);
  await sent(head, '/desk/leave', '/desk/leave', { op: 'approve', id });

  const desk = await grid.get('/desk');
  assert.match(words(desk), /您 4 月 20 日到 4 月 22 日请假，这期间可以查看，不能办理。没有安排代理人/);
  assert.match(desk.text, /href="\/desk\/cases"/, '菜单还在');
  assert.ok(desk.text.includes(r.no.slice(-4)), '自己的待办还看得到');
  assert.doesNotMatch(desk.text, /href="\/desk\/new"/);
  assert.equal((await grid.get('/desk/cases')).status, 200);
  const page = await grid.get(`/desk/cases/${r.no}`);
  assert.equal(page.status, 200);
  assert.doesNotMatch(page.text, new RegExp(`/desk/cases/${r.no}/do/`), '没有可以办的');
  const refused = await grid.post(`/desk/cases/${r.no}/do/call`, { note: '到现场看过' });
  assert.equal(refused.status, 403);
  assert.match(words(refused), /您在请假，这期间只能查看，不能办理/);
  const api = await s.as('wgz03').case(r.no);
  assert.deepEqual(api.allowed ?? [], []);
  await s.as('wgz03').refused(403, r.no, 'call', { note: '到现场看过' });
  assert.equal((await s.as('wgz03').post('/visits', { kind: 'walk', place: 'XFL', began_at: '2026-04-20T08:30:00+08:00' })).status, 403);

  await sent(grid, '/desk/leave', '/desk/leave', { op: 'cancel', id });
  assert.doesNotMatch((await grid.get('/desk')).text, /请假，这期间可以查看/);
  await s.as('wgz03').act(r.no, 'call', { note: '回来上班，到现场看过' });
});

test('按时到场、过后才补传的，记“按时完成，离线补传”；补传里说的就晚了的，还是晚了', async () => {
  const s = await start({ at: '2026-04-20T09:00:00+08:00' });
  const plan = await record(s, 'coord01', { kind: 'operation', place: 'XFL', from: '2026-04-21T09:00:00+08:00', to: '2026-04-21T11:00:00+08:00', title: '占道整治', asked: 'CG|XFJY' });
  const act = async (who, action, fields = {}, at = '') => {
    const r = await s.as(who).post(`/visits/${plan.id}/actions/${action}`, fields, at ? { 'X-Recorded-At': at } : {});
    assert.equal(r.status, 200, r.text);
    return r.body;
  };
  await act('cg01', 'confirm');
  s.tick('2026-04-20T09:30:00+08:00');
  await act('xfjy01', 'confirm');
  s.tick('2026-04-21T14:00:00+08:00');
  const of = async org => (await s.as('coord01').read(`/visits/${plan.id}`)).duties.find(d => d.kind === 'attend' && d.owner.org === org);
  assert.ok((await of('CG')).missed && (await of('XFJY')).missed, '到时候没有消息，先记着');
  await act('cg01', 'check_in', {}, '2026-04-21T09:05:00+08:00');
  s.tick('2026-04-21T14:10:00+08:00');
  await act('xfjy01', 'check_in', {}, '2026-04-21T13:30:00+08:00');
  s.tick('2026-04-21T14:20:00+08:00');
  await act('coord01', 'finish', { words: '清理占道，没有发生冲突' });
  const month = async who => (({ in_time, late }) => [in_time, late])((await s.as(who).read('/field')).month);
  assert.deepEqual([await month('cg01'), await month('xfjy01')], [[2, 0], [1, 1]], '确认一项，到场一项');
});

test('联合行动解决的事项、清点数量、志愿者巡查分小区和单位；分不了的写明；上服务牌的部门另外数', async () => {
  const s = await start({ at: '2026-04-15T09:00:00+08:00' });
  s.tick('2026-04-21T09:00:00+08:00');
  const [one, two] = [await s.report({ item: 'JY02', words: '门口每天都有摆摊' }), await s.report({ item: 'JY02', place: 'HQDY', words: '墙边每天都有摆摊' })];
  const work = async (who, place, no, n) => {
    const v = await record(s, who, { kind: 'operation', place, from: '2026-04-21T09:00:00+08:00', to: '2026-04-21T11:00:00+08:00', title: '占道整治', cases: no });
    for (const [action, fields] of [['check_in', {}], ['count', { counts: `JY02=${n}处` }], ['result', { case: no, settled: '1', words: '当场收摊' }], ['finish', { words: '清理完毕，没有冲突' }]]) {
      const r = await s.as(who).post(`/visits/${v.id}/actions/${action}`, fields);
      assert.equal(r.status, 200, `${action} ${r.text}`);
    }
  };
  await work('coord01', 'XFL', one.no, 7);
  await work('cghead', 'HQDY', two.no, 5);
  const volunteer = Object.values(s.logins).find(l => l.role === 'volunteer').username;
  s.tick('2026-05-02T09:00:00+08:00');
  await record(s, volunteer, { kind: 'walk', place: 'XFL', began_at: '2026-04-22T08:30:00+08:00' });
  const figure = (name, more = '') => s.as('coord01').read(`/figures/${name}?from=2026-04-01&to=2026-04-30${more}`);
  const n = async (name, more) => (await figure(name, more)).numerator;
  const rows = [
    ['operation_cases', '', 2], ['operation_cases', '&place=XFL', 1], ['operation_cases', '&place=HQDY&org=CG', 1], ['operation_cases', '&place=XFL&org=CG', 0], ['operation_cases', '&org=CG', 1],
    ['volunteer_walks', '', 1], ['volunteer_walks', '&place=XFL', 1], ['volunteer_walks', '&place=HQDY', 0], ['volunteer_walks', '&org=XFJY', 0],
  ];
  for (const [name, more, wanted] of rows)
    assert.equal(await n(name, more), wanted, name + more);
  const counted = async more => (await figure('quantities', more)).parts?.map(p => p.n) ?? [];
  assert.deepEqual(await Promise.all(['', '&place=XFL', '&org=CG', '&place=XFL&org=CG'].map(counted)), [[12], [7], [5], []]);

  assert.equal((await figure('compounds', '&place=XFL')).note, '不分小区和单位，是全域的数'.replace('和单位，是全域的数', ''));
  assert.match((await figure('departments', '&org=CG')).note, /不分单位，是全域的数；其中 \d+ 个有人员公示在服务牌上/);
  const [all, shown] = [await figure('departments'), await figure('departments_shown')];
  assert.deepEqual([shown.denominator, all.numerator], [all.numerator, 12]);
  assert.match(all.note, new RegExp(`其中 ${shown.numerator} 个`));
  const admin = await pages(s, 'coord01');
  const people = Object.values(s.logins).filter(l => l.role === 'officer' && l.org === 'WJW').map(l => l.username);
  for (const who of people) {
    await admin.get(`/desk/people/${who}`);
    await admin.post(`/desk/people/${who}`, { op: 'disable' });
  }
  assert.equal((await figure('departments')).numerator, 12, '登记的部门没有少');
});
