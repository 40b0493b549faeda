// 到场有凭据（BG-09、LC-13）：站点或物业手机上的到场码两分钟内有效，别处的码不认；位置用过就丢；离线记录补传，按当时算；
// 十五分钟到场占比和凭据分级看得见；地图上没有个人信息。
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Visitor } from './_pages.mjs';
import { checklist, duty, start } from './lib.mjs';

const s = await start({ at: '2026-04-20T09:00:00+08:00' });
const words = '货车堵住了消防通道';
const XFL = { lon: '115.782748', lat: '25.600926' };
const at = clock => s.tick(`2026-04-20T${clock}+08:00`);

async function phoneOf(username) {
  const v = new Visitor(s.url);
  await v.get('/login');
  const r = await v.post('/login', { username, password: s.logins[username].password });
  assert.equal(r.status, 303, r.text);
  return v;
}

/** The six digits on the page that a phone holds out. */
async function codeOn(phone, place) {
  const r = await phone.get(`/m/code${place ? `?at=${place}` : ''}`);
  assert.equal(r.status, 200);
  const m = /class="code"[^>]*>(\d{3}) (\d{3})</.exec(r.text);
  return m && m[1] + m[2];
}

const property = await phoneOf('wy01a'), station = await phoneOf('chief01');
const fire = s.as('xfjy01');
const arrivals = c => c.events.filter(e => e.type === 'arrived').map(e => e.text);

test('物业手机上的码，当面告诉，两分钟内有效：一级凭据', async () => {
  const r = await s.report({ item: 'XF01', words });
  at('09:06:10');
  const code = await codeOn(property, 'XFL');
  at('09:07:50');
  const c = await fire.act(r.no, 'arrive', { proof: `${code.slice(0, 3)} ${code.slice(3)}`, words: '已到' });
  assert.equal(c.arrival_grade, 1);
  assert.deepEqual([c.summoned_at, c.arrived_at], ['2026-04-20T09:00:00+08:00', '2026-04-20T09:07:50+08:00']);
  assert.match(arrivals(c)[0], /到场凭据一级：到场码/);
});

test('过了两分钟的码、别的小区的码、乱写的码都退回，并说怎么办；什么都不写也能到场', async () => {
  at('09:10:05');
  const r = await s.report({ item: 'XF01', words });
  const old = await codeOn(property, 'XFL'), there = await codeOn(await phoneOf('wy11a'), 'HYJY');
  at('09:12:05');
  const fresh = await codeOn(property, 'XFL');
  assert.notEqual(old, fresh);
  for (const proof of [old, there, '12345', 'https://example.org/x/HYJY']) {
    const p = await fire.refused(422, r.no, 'arrive', { proof });
    assert.ok(p.errors.some(e => e.field === 'proof'), JSON.stringify(p));
  }
  assert.equal((await fire.act(r.no, 'arrive', { words: '没有码' })).arrival_grade, 0);
});

test('乱试到场码，十次以后要等', async () => {
  at('09:15:00');
  const r = await s.report({ item: 'XF01', words });
  const tries = [];
  for (let i = 0; i < 12; i++)
    tries.push((await s.as('xfjy03').post(`/cases/${r.no}/actions/arrive`, { proof: String(100000 + i) })).status);
  assert.deepEqual(tries, [...Array(10).fill(422), 429, 429]);
  assert.equal((await s.as('xfjy03').post(`/cases/${r.no}/actions/arrive`, { words: '不用码也能登记到场' })).status, 200);
});

test('工作站手机上的码管它服务的小区', async () => {
  at('09:20:00');
  const r = await s.report({ item: 'XF01', words });
  const c = await fire.act(r.no, 'arrive', { proof: await codeOn(station, 'LZ-HQ') });
  assert.equal(c.arrival_grade, 1);
});

test('执法人员自己的手机不出示到场码', async () => {
  const r = await (await phoneOf('xfjy01')).get('/m/code?at=XFL');
  assert.equal(r.status, 200);
  assert.doesNotMatch(r.text, /class="code"/);
  assert.equal((await (await phoneOf('xfjy01')).get('/m/code/qr.svg?at=XFL')).status, 403);
});

test('扫固定二维码：定位在小区附近是二级，远、旧、不准是三级；位置不留下', async () => {
  const rows = [
    [{ ...XFL, accuracy: 30 }, 2],
    [{ lon: XFL.lon, lat: '25.650926', accuracy: 30 }, 3],
    [{ ...XFL, accuracy: 5000 }, 3],
    [{ ...XFL, accuracy: 30, position_at: '2026-04-20T09:00:00+08:00' }, 3],
    [{ lon: '115.787611', lat: '25.598028', crs: 'gcj02', accuracy: 30 }, 2],
    [{}, 3],
  ];
  at('09:30:00');
  for (const [position, grade] of rows) {
    const r = await s.report({ item: 'XF01', words });
    const c = await fire.act(r.no, 'arrive', { proof: `${s.url}/x/XFL`, ...position });
    assert.equal(c.arrival_grade, grade, JSON.stringify(position));
    assert.doesNotMatch(JSON.stringify(c), /115\.78|25\.6[05]/);
  }
  const r = await s.report({ item: 'XF01', words });
  await fire.refused(422, r.no, 'arrive', { lon: '北京', lat: '25' });
});

test('没有码也没有扫：小区里有岗位的人证明，三级，他会收到消息；别处的人和自己不能', async () => {
  const r = await s.report({ item: 'XF01', words });
  for (const vouched of ['wgz01', 'xfjy01', 'xfjy02', 'nobody'])
    await fire.refused(422, r.no, 'arrive', { vouched });
  const c = await fire.act(r.no, 'arrive', { vouched: 'wgz03' });
  assert.equal(c.arrival_grade, 3);
  assert.match(arrivals(c)[0], /证明/);
  assert.match(JSON.stringify(await s.as('wgz03').read('/notices')), /请您作证/);
});

test('没有网络时记下，后来补传：按当时算按时，超期记录留着并注明，督办作废', async () => {
  at('10:00:00');
  const r = await s.report({ item: 'XF01', words });
  at('10:08:10');
  const code = await codeOn(property, 'XFL');
  at('10:40:00');
  assert.ok(duty(await s.as('coord01').case(r.no), 'chase'), '没有按时，已经督办');
  let c = await fire.act(r.no, 'arrive', { proof: code, occurred_at: '2026-04-20T10:08:20+08:00', words: '楼道里没有信号' });
  const d = c.duties.find(x => x.kind === 'arrive'), chase = c.duties.find(x => x.kind === 'chase');
  assert.deepEqual([d.end, chase.end], ['late_sync', 'superseded']);
  assert.ok(d.missed_at, '超期记录留着');
  assert.deepEqual([c.arrived_at, c.arrival_grade], ['2026-04-20T10:08:20+08:00', 1]);
  assert.match(arrivals(c)[0], /离线记录/);
  // 另一件：当时就已经晚了；码也不对，补传的不退回，只是不算凭据
  const late = await s.report({ item: 'XF01', words });
  at('11:20:00');
  c = await fire.act(late.no, 'arrive', { proof: '000000', occurred_at: '2026-04-20T10:58:00+08:00' });
  assert.deepEqual([c.duties.find(x => x.kind === 'arrive').end, c.arrival_grade], ['done_late', 0]);
});

test('补传到时事项已经办结：不丢，留作补传的记录，记录里没有位置', async () => {
  at('14:40:00');
  const r = await s.report({ item: 'XF01', words });
  await fire.act(r.no, 'arrive', { words: '到了' });
  await fire.act(r.no, 'persuade', { reaction: 'fixed', words: '车主当场移走' });
  await fire.act(r.no, 'close', { outcome: 'solved', reply: '车已移走，通道畅通', files: [await fire.photo()], checklist: await checklist(s, 'XF01') });
  at('15:30:00');
  const kept = await s.as('xfjy02').post(`/cases/${r.no}/actions/arrive`, { ...XFL, occurred_at: '2026-04-20T14:50:00+08:00', words: '我也到了' });
  assert.equal(kept.status, 202, kept.text);
  const c = await s.as('coord01').case(r.no);
  assert.match(c.events.at(-1).text, /补传.*我也到了/);
  assert.doesNotMatch(JSON.stringify(c), /115\.78/);
});

test('指标：到场用时中位数、15 分钟占比、凭据分级，都带着件数', async () => {
  const fig = async name => s.as('coord01').read(`/figures/${name}?from=2026-04-20&to=2026-04-20`);
  const list = (await s.as('coord01').read('/cases?from=2026-04-20&to=2026-04-20&limit=100')).cases;
  const full = await Promise.all(list.map(c => s.as('coord01').case(c.no)));
  const called = full.filter(c => c.urgent && c.summoned_at);
  const minutes = called.filter(c => c.arrived_at).map(c => (Date.parse(c.arrived_at) - Date.parse(c.summoned_at)) / 60000).sort((a, b) => a - b);
  const share = await fig('arrive_15');
  assert.deepEqual([share.numerator, share.denominator], [minutes.filter(m => m <= 15).length, called.length]);
  const median = await fig('arrive_minutes'), n = minutes.length;
  assert.ok(Math.abs(median.value - (n % 2 ? minutes[(n - 1) / 2] : (minutes[n / 2 - 1] + minutes[n / 2]) / 2)) < 0.02, `${median.value}`);
  for (const [name, grade] of [['arrive_code', 1], ['arrive_near', 2], ['arrive_word', 3]]) {
    const f = await fig(name);
    assert.deepEqual([f.numerator, f.denominator], [called.filter(c => c.arrived_at && c.arrival_grade === grade).length, n], name);
    const behind = new URL(f.cases, s.url);
    assert.equal((await s.as('coord01').read(behind.pathname + behind.search + '&limit=100')).cases.length, f.numerator, name);
  }
});

test('扫码打开的页面列出等我到场的事项，码已经带上；无关的人看不到', async () => {
  at('15:40:00');
  const r = await s.report({ item: 'XF01', words });
  const code = await codeOn(property, 'XFL');
  const mine = await (await phoneOf('xfjy01')).get(`/m/at/XFL?k=${code}`);
  assert.equal(mine.status, 200);
  assert.match(mine.text, new RegExp(`/desk/cases/${r.no}/do/arrive\\?proof=[^"]*${code}`));
  const form = await (await phoneOf('xfjy01')).get(/href="([^"]*do\/arrive[^"]*)"/.exec(mine.text)[1].replaceAll('&amp;', '&'));
  assert.match(form.text, new RegExp(`name="proof"[^>]*value="/m/at/XFL\\?k=${code}"`));
  assert.doesNotMatch((await (await phoneOf('cg01')).get('/m/at/XFL')).text, new RegExp(r.no));
  assert.match((await new Visitor(s.url).get('/x/XFL/at.svg')).text, /^<svg/);
  assert.equal((await property.get('/m/at/NOPE')).status, 404);
});

test('位置不在任何地方：数据目录里找不到经纬度', async () => {
  const look = dir => readdirSync(dir, { withFileTypes: true }).forEach(e => {
    if (e.isDirectory())
      return look(join(dir, e.name));
    if (e.isFile() && !/\.csv$/.test(e.name))
      assert.ok(!readFileSync(join(dir, e.name)).includes('25.650926'), e.name);
  });
  look(join(s.dir, 'data'));
});

test('地图：小区、站点和哨，GeoJSON，没有个人信息；没有登录不给', async () => {
  const g = await start({ scheme: 'bagongshan', at: '2026-04-20T09:00:00+08:00' });
  const map = await g.as('coord01').read('/map.geojson');
  const of = kind => map.features.filter(f => f.properties.kind === kind);
  assert.deepEqual([map.type, of('station').length, of('compound').length], ['FeatureCollection', 13, 26]);
  assert.ok(of('compound').every(f => f.properties.within && f.properties.within_on_duty && f.properties.minutes <= 15));
  assert.ok(map.features.every(f => f.geometry.coordinates[0] > 116 && f.geometry.coordinates[1] < 33));
  assert.equal((await g.resident.get('/map.geojson')).status, 401);
  const place = of('compound')[0].properties.code;
  const items = (await g.resident.read('/items')).items.filter(i => i.list === 'enforcement' && i.urgent);
  await g.report({ place, item: items[0].code, words: '张三家门口堵了，电话 13900001234' });
  g.tick('2026-04-20T22:00:00+08:00');
  const night = await g.as('coord01').read('/map.geojson');
  assert.ok(night.features.every(f => f.properties.kind !== 'station' || !f.properties.on_duty));
  assert.ok(night.features.some(f => f.properties.kind === 'whistle' && f.properties.urgent));
  assert.doesNotMatch(JSON.stringify(night), /张三|13900001234/);
});
