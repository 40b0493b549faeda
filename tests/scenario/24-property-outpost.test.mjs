// 物业是前哨和守夜人（HC-19、HC-20）：巡查要登记，漏巡记着；巡过的小区里别人先提出来的执法事项，是应报未报。
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start } from './lib.mjs';
import { Visitor } from './_pages.mjs';

const XFL = 'XFL';
const firm = async s => {
  const f = (await s.resident.read('/places')).places.find(p => p.code === XFL).firm;
  return Object.values(s.logins).find(l => l.role === 'property' && l.org === f.code).username;
};
const figure = s => s.as('coord01').read('/figures/unreported?from=2026-04-01&to=2026-04-30');

test('物业一周三次巡查，不同的日子才算；漏了的周日以后记着', async () => {
  const s = await start({ at: '2026-04-17T09:00:00+08:00' });
  const who = await firm(s);
  const round = async at => {
    s.tick(at);
    const r = await s.as(who).post('/visits', { kind: 'round', place: XFL, began_at: at, words: '楼道、车棚、消防通道都走了' });
    assert.equal(r.status, 201, r.text);
    return r.body.credited;
  };
  assert.equal(await round('2026-04-20T10:00:00+08:00'), 1);
  assert.equal(await round('2026-04-20T16:00:00+08:00'), 0, '同一天两次算一次');
  assert.equal(await round('2026-04-22T10:00:00+08:00'), 1);
  s.tick('2026-04-27T08:00:00+08:00');
  const told = (await s.as('coord01').read('/notices')).notices.find(n => n.kind === 'routine_missed' && n.text.includes('物业巡查'));
  assert.ok(told, '漏巡报给统筹');
  assert.equal((await s.as('cg01').post('/visits', { kind: 'round', place: XFL, began_at: s.now })).status, 403, '别人不能替物业登记巡查');
});

test('应报未报：七天里巡过，居民先说；没巡过的、物业自己报的都不算', async () => {
  const s = await start({ at: '2026-04-20T09:00:00+08:00' });
  const who = await firm(s);
  await s.report({ item: 'QC04', words: '巡查以前居民就说了：楼下养鸡' });
  assert.deepEqual([(await figure(s)).numerator, (await figure(s)).denominator], [0, 1]);
  s.tick('2026-04-21T09:00:00+08:00');
  await s.as(who).post('/visits', { kind: 'round', place: XFL, began_at: s.now, words: '走了一圈，没有发现问题' });
  s.tick('2026-04-22T09:00:00+08:00');
  const missed = await s.report({ item: 'WJ01', words: '顶楼在搭铁皮棚子，搭了好几天了' });
  const own = await s.as(who).post('/cases', { place: XFL, item: 'XF02', source: 'property', words: '二栋楼道堆满纸箱', dissuaded: '当场劝过，没有搬' });
  assert.equal(own.status, 201, own.text);
  s.tick('2026-04-29T09:00:01+08:00');
  await s.report({ item: 'HJ02', words: '过了七天才有人乱倒装修垃圾' });
  const f = await figure(s);
  assert.deepEqual([f.numerator, f.denominator], [1, 3]);
  assert.deepEqual((await s.as('coord01').read(f.cases)).cases.map(c => c.no), [missed.no], '数字后面就是这一件');
});

const HQHY = 'HQHY';                                       // 示例小区，方案里有六个巡查点
const guard = s => Object.values(s.logins).find(l => l.role === 'property' && l.org === 'WY01').username;
const all = [1, 2, 3, 4, 5, 6].map(n => `${HQHY}-${n}`);

test('巡查点走齐才算一次；漏点记着，写在记录、小区和任务的页面上', async () => {
  const s = await start({ at: '2026-04-17T09:00:00+08:00' });
  const who = s.as(guard(s)), desk = await new Visitor(s.url).logIn(s.logins.coord01);
  s.tick('2026-04-20T10:30:00+08:00');
  const round = stops => who.post('/visits', { kind: 'round', place: HQHY, began_at: '2026-04-20T10:00:00+08:00', ended_at: s.now, stops });
  const some = await round(`HQHY-1 2026-04-20T10:02:00+08:00 qr 115.784182,25.599947,20;HQHY-2 2026-04-20T10:05:00+08:00 qr;${all.slice(2, 5).join(';')}`);
  assert.equal(some.status, 201, some.text);
  assert.equal(some.body.credited, 0);
  assert.match(some.body.credit_words, /有巡查点没有走到/);
  assert.deepEqual(some.body.stops.map(x => [x.grade, x.skipped]), [[2, false], [3, false], [0, false], [0, false], [0, false], [0, true]]);
  assert.doesNotMatch(some.text, /115\.78/, '位置用过就丢');
  assert.equal((await round(all.join(';'))).body.credited, 1);
  for (const [path, words] of [[`/desk/visits/${some.body.id}`, /漏 1 处/], [`/desk/places/${HQHY}`, /漏 1 处[^]*西门垃圾分类点[^]*巡查点 6 个/],
    [`/desk/places/${HQHY}/points`, /没有走齐[^]*西门垃圾分类点/], ['/desk/routines/round_week', /漏点的巡查[^]*红旗花园[^]*西门垃圾分类点/]])
    assert.match((await desk.get(path)).text, words, path);
  const f = await s.as('coord01').read('/figures/points_skipped?from=2026-04-01&to=2026-04-30');
  assert.deepEqual([f.numerator, f.denominator], [1, 12]);
  const wrong = await round('DFMZ-1');
  assert.deepEqual([wrong.status, wrong.body.errors[0].field], [422, 'stops'], '别的小区的点不能记在这里');
});

test('手机带着自己小区的巡查点；扫了现场的码，网页直接记到这一点；别人看不到', async () => {
  const s = await start({ at: '2026-04-20T09:00:00+08:00' });
  const mine = (await s.as(guard(s)).read('/field')).places.find(p => p.code === HQHY);
  assert.deepEqual(mine.points.map(p => p.code), all);
  assert.equal((await s.as('cg01').read('/field')).places.find(p => p.code === HQHY).points, undefined);
  const walker = await new Visitor(s.url).logIn(s.logins[guard(s)]), officer = await new Visitor(s.url).logIn(s.logins.cg01);
  assert.match((await walker.get('/m/at/HQHY-3')).text, /1 栋消防通道[^]*\/m\/patrol\?at=HQHY-3/);
  assert.doesNotMatch((await officer.get('/m/at/HQHY-3')).text, /m\/patrol/);
  assert.match((await walker.get('/x/HQHY-3/at.svg')).headers['content-type'], /svg/);
  assert.equal((await s.as(guard(s)).post('/cases', { place: 'HQHY-3', words: '巡查点不是小区', source: 'property' })).status, 422);
});

test('统筹添加、修改、停用巡查点；停用以后不再要求，开始时开放的照旧要走', async () => {
  const s = await start({ at: '2026-04-20T09:00:00+08:00' });
  const boss = await new Visitor(s.url).logIn(s.logins.coord01), page = `/desk/places/${HQHY}/points`;
  const sent = async (fields, status = 303) => {
    await boss.get(page);
    const r = await boss.post(page, fields);
    assert.equal(r.status, status, r.text.slice(0, 500));
    return r;
  };
  await sent({ op: 'add', name: '8 栋楼顶平台', code: 'HQHY-7', order: '1' });
  const first = async () => (await s.as(guard(s)).read('/field')).places.find(p => p.code === HQHY).points;
  assert.deepEqual((await first())[0], { code: 'HQHY-7', name: '8 栋楼顶平台' }, '排在第一个');
  assert.match((await sent({ op: 'add', name: '配电房', code: 'HQHY-8' }, 422)).text, /已经有/);
  assert.match((await sent({ op: 'add', name: '又一处', code: 'XFL' }, 422)).text, /没有用过的代码/);
  assert.match((await sent({ op: 'add', name: '又一处', code: '一号/点' }, 422)).text, /只用字母、数字/);
  await sent({ op: 'edit', code: 'HQHY-7', name: '8 栋屋面', order: '9' });
  s.tick('2026-04-20T09:10:00+08:00');
  await sent({ op: 'close', code: 'HQHY-6' });
  await sent({ op: 'close', code: 'HQHY-6' }, 409);
  await sent({ op: 'close', code: 'DFMZ-1' }, 404);
  assert.equal((await first()).length, 6);
  const text = (await boss.get(page)).text;
  assert.match(text, /8 栋屋面/);
  assert.match(text, /已停用[^]*西门垃圾分类点/);
  assert.match((await boss.get(`${page}/print`)).text, /x\/HQHY-7\/at\.svg/);
  const officer = await new Visitor(s.url).logIn(s.logins.cg01);
  assert.doesNotMatch((await officer.get(page)).text, /添加巡查点/);
  assert.equal((await officer.post(page, { op: 'close', code: 'HQHY-1' })).status, 403);
  assert.equal((await boss.get('/x/HQHY-6/at.svg')).status, 404, '停用的码不再打印');
  s.tick('2026-04-20T09:30:00+08:00');
  const began = async at => (await s.as(guard(s)).post('/visits', { kind: 'round', place: HQHY, began_at: at, words: '走了一圈' })).body.stops.length;
  assert.equal(await began('2026-04-20T09:05:00+08:00'), 7, '开始时还开着的要走');
  assert.equal(await began('2026-04-20T09:20:00+08:00'), 6);
});

test('没有手机也能登记：点选走到的巡查点', async () => {
  const s = await start({ at: '2026-04-20T11:00:00+08:00' });
  const v = await new Visitor(s.url).logIn(s.logins[guard(s)]);
  assert.match((await v.get('/desk/visits/new?kind=round&place=HQHY')).text, /走到的巡查点[^]*东门岗亭/);
  const fields = new URLSearchParams({ csrf: v.field('csrf'), kind: 'round', how: 'record', place: HQHY, began_at: '2026-04-20T10:00', ended_at: '2026-04-20T10:40', words: '走了一圈' });
  ['HQHY-1', 'HQHY-4'].forEach(code => fields.append('stops', code));
  const r = await v.send('/desk/visits/new', { method: 'POST', body: fields.toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  assert.equal(r.status, 303, r.text.slice(0, 2000));
  assert.match((await v.get(r.headers.location)).text, /漏 4 处/);
});
