// 岗位和排班：请假代班（LC-11）、补配岗位（LC-30）、证件续期（LC-03）、轮值换班和交接（BG-03）、站点值班表、日历订阅。
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Visitor } from './_pages.mjs';
import { start } from './lib.mjs';

const huichang = (at = '2026-04-20T09:00:00+08:00') => start({ at });
const pages = (s, who) => new Visitor(s.url).logIn(s.logins[who]);

/** The look at the posts runs beside the requests: until it has seen the change. */
async function until(what, read) {
  for (let i = 0; i < 100; i++) {
    const found = await read();
    if (found) return found;
    await new Promise(ok => setTimeout(ok, 100));
  }
  assert.fail(what);
}

async function sent(visitor, form, path, fields) {
  await visitor.get(form);
  const r = await visitor.post(path, fields);
  assert.equal(r.status, 303, r.text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ').slice(0, 400));
  return r;
}

test('请假由本单位批准；代班的人以这个岗位办事，销假后还给本人', async () => {
  const s = await huichang();
  const chief = await pages(s, 'wgz03'), head = await pages(s, 'comm01');
  const asked = { op: 'ask', person: 'wgz03', from: '2026-04-20', to: '2026-04-22', substitute: 'worker01', words: '参加培训' };
  await sent(chief, '/desk/leave', '/desk/leave', asked);
  const again = await chief.post('/desk/leave', asked);
  assert.equal(again.status, 422, '同一段时间不登记两次');
  const own = /name="id" value="(\d+)"/.exec((await chief.get('/desk/leave')).text)[1];
  assert.equal((await chief.post('/desk/leave', { op: 'approve', id: own })).status, 403, '不能批自己的');
  assert.match((await head.get('/desk/leave')).text, /参加培训/);
  const other = await pages(s, 'cghead');
  assert.doesNotMatch((await other.get('/desk/leave')).text, /参加培训/, '别的单位看不到');
  await sent(head, '/desk/leave', '/desk/leave', { op: 'approve', id: own });

  const me = await s.as('wgz03').read('/me'), field = await s.as('wgz03').read('/field');
  assert.deepEqual([me.away.from, me.away.to, me.away.substitute.username], ['2026-04-20', '2026-04-22', 'worker01']);
  assert.match(field.away, new RegExp(`请假.*由${me.away.substitute.name}代理`));
  assert.equal((await s.as('worker01').read('/me')).away, null);
  assert.equal((await s.as('worker01').read('/field')).away, null);
  const r = await s.report({ item: 'XF01' });
  await s.as('wgz03').refused(403, r.no, 'call', { note: '到现场看过' });
  const called = await s.as('worker01').act(r.no, 'call', { note: '代班到现场看过，车还在' });
  assert.equal(called.events.at(-1).type, 'called');

  s.tick('2026-04-21T09:00:00+08:00');
  await sent(head, '/desk/leave', '/desk/leave', { op: 'cancel', id: own });
  const next = await s.report({ item: 'XF01', words: '楼道里又堆满了旧家具' });
  await s.as('worker01').refused(403, next.no, 'call', { note: '到现场看过' });
  await s.as('wgz03').act(next.no, 'call', { note: '回来上班，到现场看过' });
});

test('岗位空了，补配是社区的责任；配上人，责任就结束', async () => {
  const s = await huichang();
  const coord = await pages(s, 'coord01'), community = await pages(s, 'comm01');
  assert.match((await coord.get('/desk/posts')).text, /岗位都有人/);
  await sent(coord, '/desk/people/fwgz01', '/desk/people/fwgz01', { op: 'disable' });
  const desk = await until('no duty for the vacancy', async () => {
    const page = (await community.get('/desk')).text;
    return /补配岗位/.test(page) && page;
  });
  assert.match(desk, /网格长（含副网格长）/);
  assert.match((await community.get('/desk/grids?community=HQ')).text, /还缺 1 人/);
  assert.match((await community.get('/desk?kind=fill')).text, /href="\/desk\/posts"/);
  const grid = s.logins.fwgz01.place, org = s.logins.comm01.org;
  await sent(coord, '/desk/people/worker01', '/desk/people/worker01', { op: 'post', role: 'grid_chief', org, place: grid });
  await until('the duty stays', async () => !/补配岗位/.test((await community.get('/desk')).text));
});

test('执法证到期前 30 天提醒本单位负责人；续了就结束，没续的算超期', async () => {
  const s = await huichang('2028-05-20T09:00:00+08:00');
  const head = await pages(s, 'lwhead'), zb = await pages(s, 'zbzxhead');
  assert.doesNotMatch((await head.get('/desk')).text, /证件续期/);
  s.tick('2028-06-02T09:00:00+08:00');
  await until('no duty for the certificate', async () => /的执法证/.test((await head.get('/desk?kind=renew')).text));
  const page = (await zb.get('/desk/people/zbzx02')).text;
  const id = /action="\/desk\/people\/zbzx02\/certificate">.*?name="id" value="(\d+)"/s.exec(page)[1];
  const officer = await pages(s, 'zbzx02');
  await officer.get('/desk/people/zbzx02');
  assert.equal((await officer.post('/desk/people/zbzx02/certificate', { id, cert_no: '示例-新', cert_until: '2032-06-30' })).status, 403, '自己不能登记');
  await sent(zb, '/desk/people/zbzx02', '/desk/people/zbzx02/certificate', { id, cert_no: '示例-ZBZX-102', cert_until: '2032-06-30' });
  await until('the duty stays', async () => !/证件续期/.test((await zb.get('/desk')).text));
  s.tick('2028-07-03T09:00:00+08:00');
  assert.match((await head.get('/desk?kind=renew')).text, /超期/);
  assert.match((await head.get('/desk/posts')).text, /示例-LW-002/);
});

test('轮值片区长换班：要有原因，统筹协调岗批准；月底留下交接说明', async () => {
  const s = await start({ scheme: 'bagongshan', at: '2026-04-20T09:00:00+08:00' });
  const may = await pages(s, 'scjghead'), coord = await pages(s, 'coord01'), april = await pages(s, 'xfhead');
  await may.get('/desk/rota');
  assert.equal((await may.post('/desk/rota', { op: 'ask', month: '2026-05', with: '2026-06' })).status, 422, '要写原因');
  await sent(may, '/desk/rota', '/desk/rota', { op: 'ask', month: '2026-05', with: '2026-06', words: '5 月全员参加食品安全检查' });
  const id = /name="id" value="(\d+)"/.exec((await coord.get('/desk/rota')).text)[1];
  await may.get('/desk/rota');
  assert.equal((await may.post('/desk/rota', { op: 'approve', id })).status, 403);
  await sent(coord, '/desk/rota', '/desk/rota', { op: 'approve', id });
  assert.equal((await coord.post('/desk/rota', { op: 'approve', id })).status, 409, '批过了');
  await sent(april, '/desk/rota', '/desk/rota', { op: 'note', words: '治东花园的消防通道议题还差一次会商' });
  await may.get('/desk/rota');
  assert.equal((await may.post('/desk/rota', { op: 'note', words: '不是我的月份' })).status, 403);

  s.tick('2026-05-01T00:00:30+08:00');
  const june = await pages(s, 'zghead');
  const now = (await june.get('/desk/rota')).text;
  assert.match(now, /本月<\/h2><p class="big"><b>自规分局/);
  assert.match(now, /还差一次会商/);
  assert.match(now, /换过班/);
});

test('值班表轮流排班，可以换人和对换；日历按标准订阅，取消的班标明取消', async () => {
  const s = await huichang();
  const chief = await pages(s, 'chief01'), other = await pages(s, 'chief02');
  const station = '/desk/stations/LZ-HQ';
  await other.get(station);
  assert.equal((await other.post(station, { op: 'generate', month: '2026-05' })).status, 403, '别的站不能排');
  await sent(chief, station, station, { op: 'generate', month: '2026-05' });
  const table = (await chief.get(`${station}?month=2026-05`)).text;
  const days = [...table.matchAll(/name="day" value="([\d-]+)"><input type="hidden" name="person" value="(\w+)"/g)].map(m => [m[1], m[2]]);
  assert.ok(days.length >= 18, `${days.length} 班`);
  assert.ok(new Set(days.map(d => d[1])).size > 1);
  const mine = days.find(d => d[1] === 'chief01'), his = days.find(d => d[1] !== 'chief01');
  await sent(chief, station, station, { op: 'swap', month: '2026-05', day: mine[0], person: 'chief01', other: his[1], other_day: his[0] });

  const address = /<code[^>]*>[^<]*(\/cal\/[\w-]+\.ics)<\/code>/.exec((await chief.get('/desk/leave')).text)[1];
  const feed = await new Visitor(s.url).get(address);
  assert.equal(feed.status, 200);
  assert.equal(feed.headers['content-type'], 'text/calendar; charset=utf-8');
  const calendar = parse(feed.raw);
  assert.equal(calendar.zone, 'Asia/Shanghai');
  const gone = calendar.events.filter(e => e.STATUS === 'CANCELLED');
  assert.equal(gone.length, 1, '换出去的班');
  assert.equal(gone[0]['DTSTART;TZID=Asia/Shanghai'], mine[0].replaceAll('-', '') + 'T083000');
  assert.equal(gone[0].SEQUENCE, '1');
  assert.ok(calendar.events.every(e => e.UID && e.DTSTAMP.endsWith('Z') && e.SUMMARY));
  assert.equal(new Set(calendar.events.map(e => e.UID)).size, calendar.events.length);
  assert.equal((await new Visitor(s.url).get(address.replace(/.{6}\.ics/, 'AAAAAA.ics'))).status, 404, '猜不出来');

  const day = his[0];
  s.tick(`${day}T09:00:00+08:00`);
  assert.match((await chief.get('/desk/stations')).text, new RegExp(`红旗社区执法联络站[^]*?${s.logins.chief01.name}`));
});

test('轮值交接：1 日零点告诉接班的片区长有哪些议题，请交班的补写说明；时钟一下跳过去也只说一次', async () => {
  const s = await start({ scheme: 'bagongshan', at: '2026-04-20T09:00:00+08:00' });
  const turn = async who => (await s.as(who).read('/notices')).notices.filter(n => n.kind.startsWith('turn_'));
  s.tick('2026-05-04T09:00:00+08:00');
  const told = await turn('scjghead');
  assert.equal(told.length, 1);
  assert.match(told[0].text, /从今天起由您轮值片区长。没有正在会商的事项。上月还没有写交接说明/);
  assert.equal(told[0].at, '2026-05-01T00:00:00+08:00');
  assert.deepEqual((await turn('xfhead')).map(n => n.kind), ['turn_note'], '交班的补写');
  const april = await pages(s, 'xfhead'), may = await pages(s, 'scjghead');
  assert.match((await april.get('/desk/notices')).text, /href="\/desk\/rota"/);
  await sent(april, '/desk/rota', '/desk/rota', { op: 'note', words: '治东花园的议题请接着盯' });
  assert.match((await may.get('/desk/rota')).text, /上月交来的<\/h3><p>治东花园的议题请接着盯/);
  s.tick('2026-06-01T09:00:00+08:00');
  assert.equal((await turn('scjghead')).length, 2, '5 月的没有写，6 月 1 日请他补写');
  assert.equal((await turn('xfhead')).length, 1);
});

test('日历里有安排好的工作和到期的常态化任务；取消的标明取消，改过的序号变大', async () => {
  const s = await huichang();
  const head = s.as('cghead'), feedOf = async path => parse((await new Visitor(s.url).get(path)).raw).events;
  const visitor = await pages(s, 'cghead');
  const address = /<code[^>]*>[^<]*(\/cal\/[\w-]+\.ics)<\/code>/.exec((await visitor.get('/desk/leave')).text)[1];
  const plan = (await head.post('/visits', { kind: 'operation', place: 'XFL', title: '消防通道联合整治', from: '2026-04-24T15:00:00+08:00', to: '2026-04-24T17:00:00+08:00', asked: 'XFJY' })).body;
  const patrol = (await head.post('/visits', { kind: 'patrol', place: 'XFL', from: '2026-04-23T09:00:00+08:00', to: '2026-04-23T10:00:00+08:00' })).body;
  await head.post('/visits', { kind: 'patrol', place: 'XFL', began_at: '2026-04-20T08:30:00+08:00' });
  const mine = await feedOf(address), of = (events, id) => events.find(e => e.UID.startsWith(`visit-${id}-`));
  assert.equal(mine.filter(e => e.UID.startsWith('visit-')).length, 2, '登记过的不在日历里，安排的各一次');
  const event = of(mine, plan.id);
  assert.deepEqual([event.SUMMARY, event.LOCATION, event['DTSTART;TZID=Asia/Shanghai'], event['DTEND;TZID=Asia/Shanghai'], event.SEQUENCE, event.STATUS],
    ['联合执法：消防通道联合整治', '幸福里小区', '20260424T150000', '20260424T170000', '0', 'CONFIRMED']);
  assert.match(event.URL, new RegExp(`/desk/visits/${plan.id}$`));

  const asked = await pages(s, 'xfjy01');
  const other = /<code[^>]*>[^<]*(\/cal\/[\w-]+\.ics)<\/code>/.exec((await asked.get('/desk/leave')).text)[1];
  assert.ok(of(await feedOf(other), plan.id), '被请的单位也有');
  const coord = await pages(s, 'coord01');
  const place = /<code[^>]*>[^<]*(\/cal\/[\w-]+\.ics)<\/code>/.exec((await coord.get('/desk/places/XFL')).text)[1];
  assert.ok(of(await feedOf(place), plan.id), '小区的日历有公开的安排');
  assert.ok(!of(await feedOf(place), patrol.id), '不预告巡查');

  s.tick('2026-04-21T09:00:00+08:00');
  assert.equal((await head.post(`/visits/${plan.id}/actions/cancel`, { words: '下大雨' })).status, 200);
  for (const path of [address, other, place]) {
    const gone = of(await feedOf(path), plan.id);
    assert.deepEqual([gone.UID, gone.STATUS, gone.SEQUENCE, gone['LAST-MODIFIED']], [event.UID, 'CANCELLED', '1', '20260421T010000Z']);
  }
  s.tick('2026-04-28T09:00:00+08:00');
  const due = (await feedOf(address)).filter(e => e.UID.startsWith('routine-'));
  assert.ok(due.some(e => e.SUMMARY === '到期：部门每周巡查' && e['DTSTART;VALUE=DATE'] === '20260503'), JSON.stringify(due));
  assert.equal(new Set(due.map(e => e.UID)).size, due.length);
});

/** RFC 5545 as far as it is used: unfolded lines, one object an event. */
function parse(raw) {
  const text = raw.toString('utf8');
  assert.ok(!text.includes('\ufffd'), 'no character is cut');
  assert.ok(text.endsWith('\r\n') && !/[^\r]\n/.test(text), 'every line ends in CRLF');
  for (const line of text.split('\r\n')) assert.ok(Buffer.byteLength(line) <= 75, line);
  const lines = text.replaceAll('\r\n ', '').trim().split('\r\n'), events = [];
  let zone, event;
  for (const line of lines) {
    const at = line.indexOf(':'), name = line.slice(0, at), value = line.slice(at + 1);
    if (line === 'BEGIN:VEVENT') event = {};
    else if (line === 'END:VEVENT') { events.push(event); event = null; }
    else if (event) event[name] = value;
    else if (name === 'TZID') zone = value;
  }
  return { zone, events };
}
