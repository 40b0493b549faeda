// What a phone recorded without a network (architecture 6): its original time is kept, and what has come too late to be done is
// kept too, for a person to decide. Nothing is answered with 409 and dropped.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PEOPLE, png, route, start } from './lib.mjs';

const s = await start({ at: '2026-04-20T09:00:00+08:00' });
const grid = s.as(PEOPLE.grid), boss = s.as(PEOPLE.coordinator);
const at = iso => ({ 'X-Recorded-At': iso });
const newCase = words => s.report({ item: 'QC04', words });

test('到得及时的，记下原来的时间', async () => {
  const { no } = await newCase('楼下有人养鸡');
  s.tick('2026-04-20T11:00:00+08:00');
  await grid.act(no, 'call', { note: '早上看过' }, at('2026-04-20T09:20:00+08:00'));
  const called = (await boss.case(no)).events.find(e => e.type === 'called');
  assert.equal(called.occurred_at, '2026-04-20T09:20:00+08:00');
  assert.equal(called.at, '2026-04-20T11:00:00+08:00');
});

test('事项已经往前走了：记录留在事项里，照片也在，事项不变，重传不重复', async () => {
  const { no } = await newCase('楼道里有鸡笼');
  await grid.act(no, 'call', { note: '同事先办了' });
  const before = await boss.case(no), id = await grid.photo(), key = { 'Idempotency-Key': 'phone-record-0001' };
  const send = () => grid.post(`/cases/${no}/actions/call`, { note: '我在现场，鸡笼还在', files: [id] }, { ...at('2026-04-20T10:30:00+08:00'), ...key });
  for (const r of [await send(), await send()]) {
    assert.equal(r.status, 202, r.text);
    assert.deepEqual([r.body.kept, r.body.no, r.body.version], ['late', no, before.version + 1]);
  }
  const c = await boss.case(no), late = c.events.filter(e => e.type === 'late_record');
  assert.equal(late.length, 1);
  assert.match(late[0].text, /补传的记录，没有改变办理：核实并呼叫，4 月 20 日 10:30 记下，收到时事项是“待派单”；核实情况：我在现场，鸡笼还在/);
  assert.equal(late[0].occurred_at, '2026-04-20T10:30:00+08:00');
  assert.deepEqual([late[0].files, late[0].public], [[id], false]);
  const others = c.duties.filter(d => d.kind !== 'check_late'), owed = c.duties.filter(d => d.kind === 'check_late');
  assert.deepEqual([c.state, c.clocks, others.map(d => d.end)], [before.state, before.clocks, before.duties.map(d => d.end)]);
  assert.deepEqual(owed.map(d => [d.label, d.end]), [['核对补传', 'open']]);
  const notices = (await s.as(PEOPLE.community).read('/notices')).notices;
  assert.ok(notices.some(n => n.kind === 'late_record' && n.case.endsWith(no)), 'whoever carries the case is told');
  await grid.refused(403, no, 'check_late', { verdict: 'holds', note: '自己核对' });
  const checked = await s.as(PEOPLE.community).act(no, 'check_late', { verdict: 'holds', note: '电话核对过，按此派单' });
  assert.equal(checked.duties.find(d => d.kind === 'check_late').end, 'done');
  assert.match(checked.events.at(-1).text, /核对补传的记录：情况属实。电话核对过/);
});

test('没有说是离线记下的，照旧回答 409', async () => {
  const { no } = await newCase('阳台上养鸽子');
  await grid.act(no, 'call');
  await grid.refused(409, no, 'call');
});

test('已经换了牵头单位的，看不到事项的人补传的也留下；与事项无关的人不行', async () => {
  const { no } = await newCase('车棚里养狗');
  await route(s, no);
  s.tick('2026-04-20T11:30:00+08:00');
  await s.as('cg01').act(no, 'confer', { cause: 'unclear', note: '请研究由谁负责' });
  await boss.act(no, 'conclude_confer', { lead: 'XFJY', by: '2026-04-24', words: '由消防救援大队牵头' });
  const late = await s.as('cg01').post(`/cases/${no}/actions/persuade`, { reaction: 'promised', words: '对方答应三天内搬走' }, at('2026-04-20T11:20:00+08:00'));
  assert.equal(late.status, 202, late.text);
  assert.match((await boss.case(no)).events.at(-1).text, /登记劝导（一劝）.*对方反应：答应改正/s);
  const stranger = await s.as('wy01a').post(`/cases/${no}/actions/accept`, {}, at('2026-04-20T11:20:00+08:00'));
  assert.equal(stranger.status, 403, stranger.text);
});

test('字段不对的回到本人；时间不能在以后，也不能早于三十天；手机快几分钟算现在', async () => {
  const { no } = await newCase('绿地里养鸭');
  const bad = await grid.post(`/cases/${no}/actions/settle`, { outcome: 'solved' }, at('2026-04-20T11:25:00+08:00'));
  assert.equal(bad.status, 422);
  for (const when of ['2026-04-20T12:30:00+08:00', '2026-03-01T09:00:00+08:00', '昨天']) {
    const r = await grid.post(`/cases/${no}/actions/call`, {}, at(encodeURI(when)));
    assert.deepEqual([r.status, r.body.errors?.[0].field], [422, 'occurred_at'], when);
  }
  await grid.act(no, 'call', {}, at('2026-04-20T11:35:00+08:00'));
  const called = (await boss.case(no)).events.find(e => e.type === 'called');
  assert.equal(called.occurred_at ?? called.at, '2026-04-20T11:30:00+08:00');
});

test('网页用会话和表单令牌调用接口；没有令牌的不认会话，会话过期的不会变成居民', async () => {
  const login = s.logins[PEOPLE.grid], browser = { 'sec-fetch-site': 'same-origin' };
  const page = await fetch(s.url + '/login'), device = page.headers.get('set-cookie').split(';')[0];
  const csrf = /name="csrf" value="([^"]+)"/.exec(await page.text())[1];
  const r = await fetch(s.url + '/login', { method: 'POST', redirect: 'manual', headers: { ...browser, cookie: device },
    body: new URLSearchParams({ csrf, username: login.username, password: login.password, next: '/m' }) });
  assert.equal(r.headers.get('location'), '/m');
  assert.match(r.headers.get('set-cookie'), /Max-Age=43200/, 'a day in the field is one login');
  const cookie = r.headers.get('set-cookie').split(';')[0];
  const call = (path, options) => fetch(s.url + '/api/v1' + path, { ...options, headers: { ...browser, cookie, 'content-type': 'application/json', ...options?.headers } });
  const pack = await (await call('/field')).json();
  assert.equal(pack.person.username, login.username);
  const body = JSON.stringify({ place: 'XFL', words: '地下室积水', source: 'grid_sweep' }), token = { 'x-csrf': pack.form_token };
  const send = headers => call('/cases', { method: 'POST', body, headers });
  assert.equal((await send({})).status, 403, 'without the token he is a resident, who has no grid_sweep');
  assert.equal((await send({ 'x-csrf': 'wrong' })).status, 403);
  assert.equal((await send({ ...token, 'sec-fetch-site': 'cross-site' })).status, 403);
  assert.equal((await send({ ...token, cookie: '' })).status, 401);
  assert.equal((await send(token)).status, 201);
});

test('物业在手机上记一件办好的服务：登记和办结一次完成，重传不重复', async () => {
  const firm = s.as(PEOPLE.property), place = (await firm.read('/field')).places.find(p => p.mine).code, files = [await firm.photo()];
  const fields = { place, item: 'SV07', reply: '已清除小广告并冲洗墙面', files };
  const send = () => firm.post('/services', fields, { 'Idempotency-Key': 'phone-service-01', ...at('2026-04-20T11:10:00+08:00') });
  const [one, two] = [await send(), await send()];
  assert.deepEqual([one.status, one.body.completed, two.body.no], [201, true, one.body.no], one.text);
  const c = await boss.case(one.body.no);
  assert.equal(c.state, 'archived');
  assert.deepEqual(c.events.slice(0, 2).map(e => e.occurred_at), Array(2).fill('2026-04-20T11:10:00+08:00'));
  assert.equal((await firm.post('/services', { ...fields, files: [] })).status, 422);
  assert.equal((await firm.post('/services', { ...fields, place: 'NOWHERE' })).status, 422);
  assert.equal((await grid.post('/services', fields)).status, 403);
});

test('传照片的回答丢了，再传一次还是同一张', async () => {
  const bytes = png(), send = () => {
    const form = new FormData();
    form.append('file', new Blob([bytes], { type: 'image/png' }), 'photo.png');
    return grid.call('POST', '/files', form, { 'Idempotency-Key': 'phone-photo-0001' });
  };
  const [one, two] = [await send(), await send()];
  assert.deepEqual([one.status, two.body.id], [201, one.body.id]);
});

test('去不成的工作，补传的报到留在里面；重传不重复，组织单位收到提醒', async () => {
  const head = s.as('cghead');
  const plan = (await head.post('/visits', { kind: 'operation', place: 'XFL', title: '消防通道整治', from: '2026-04-20T15:00:00+08:00', to: '2026-04-20T16:00:00+08:00',
    asked: 'XFJY' })).body;
  assert.equal((await head.post(`/visits/${plan.id}/actions/cancel`, { words: '下大雨，改日再去' })).status, 200);
  const files = [await head.photo()];
  const send = () => head.post(`/visits/${plan.id}/actions/check_in`, { files }, { 'Idempotency-Key': 'phone-visit-0001', ...at('2026-04-20T11:29:00+08:00') });
  for (const r of [await send(), await send()])
    assert.deepEqual([r.status, r.body.kept, r.body.id], [202, 'late', plan.id], r.text);
  const after = await head.read(`/visits/${plan.id}`);
  assert.deepEqual([after.state, after.photos.length, after.members.filter(m => m.state === 'came').length], ['cancelled', 1, 0]);
  const notices = (await head.read('/notices')).notices.filter(n => n.kind === 'late_record');
  assert.match(notices[0].text, /有一条补传的记录要您核对：报到，消防通道整治/);
  assert.equal(notices.length, 1);
  assert.equal((await head.post(`/visits/${plan.id}/actions/check_in`, {})).status, 409, '没有说是离线记下的');
});

test('按时做了、过期才收到的：算按时，超期记录标明补传，督办不用再答复', async () => {
  const { no } = await newCase('院子里养鹅');
  const due = (await boss.case(no)).duties.find(d => d.kind === 'call').due;
  s.tick('2026-04-21T16:00:00+08:00');
  assert.ok(Date.parse(due) < Date.parse('2026-04-21T16:00:00+08:00'));
  assert.equal((await boss.case(no)).duties.find(d => d.kind === 'chase').end, 'open');
  await grid.act(no, 'call', { note: '昨天就看过了' }, at('2026-04-20T11:40:00+08:00'));
  const c = await boss.case(no), call = c.duties.find(d => d.kind === 'call');
  assert.deepEqual([call.end, call.missed], ['late_sync', true]);
  assert.equal(c.duties.find(d => d.kind === 'chase').end, 'superseded');
});
