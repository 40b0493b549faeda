// Searching as people do it: words of two characters, names of places and items, numbers, words of replies and notes; who finds what;
// what the page marks. docs/search.md.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checklist, start } from './lib.mjs';
import { Visitor } from './_pages.mjs';

const s = await start();
const hotline = s.as('hotline01'), coordinator = s.as('coord01');
let no = 0;

async function report(item, words, place = 'XFL') {
  const r = await hotline.post('/cases', { source: 'hotline', hotline_no: `RX2026-${++no}00`, place, item, words, spot: '7栋楼顶' });
  assert.equal(r.status, 201, r.text);
  return r.body.no;
}

async function found(q, who = coordinator) {
  const r = await who.call('GET', '/cases?q=' + encodeURIComponent(q));
  assert.equal(r.status, 200, r.text);
  return r.body.cases;
}

async function numbers(q, who) {
  return (await found(q, who)).map(c => c.no);
}

/** The snippet with its marks in brackets; offsets count characters. */
function marked(c) {
  const letters = [...c.snippet.text];
  for (const { from, to } of c.snippet.marks.toReversed()) letters.splice(from, to - from, `[${letters.slice(from, to).join('')}]`);
  return letters.join('');
}

const chickens = await report('QC04', '楼上有人养鸡，公鸡凌晨打鸣');
const noise = await report('ZS01', '烧烤店喇叭响到半夜');
const eggs = await report('QC04', '早餐车卖营养鸡蛋，占了路');

test('两个字的词', async () => {
  assert.deepEqual(await numbers('养鸡'), [eggs, chickens]);
  assert.deepEqual(await numbers('喇叭'), [noise]);
  assert.deepEqual(await numbers('喇叭 半夜'), [noise]);
  assert.deepEqual(await numbers('喇叭 养鸡'), []);
  assert.deepEqual(await numbers('楼顶 公鸡'), [chickens], '位置也算');
});

test('找到的字标出来，按字数给出位置', async () => {
  const [c] = await found('公鸡 打鸣');
  assert.equal(c.snippet.in, 'words');
  assert.equal(marked(c), '楼上有人养鸡，[公鸡]凌晨[打鸣]');
});

test('小区和事项的名称、代码', async () => {
  const { places } = await coordinator.read('/places?q=XFL');
  assert.deepEqual(await numbers(places[0].name + ' 喇叭'), [noise]);
  assert.deepEqual(await numbers('xfl 喇叭'), [noise]);
  assert.deepEqual(await numbers('ZS01'), [noise]);
  const [byName] = await found('ZS01');
  assert.equal(byName.snippet.in, 'name');
});

test('编号和热线工单号排在最前', async () => {
  assert.deepEqual(await numbers(noise), [noise]);
  const mention = await report('QC04', '上次的工单是 RX2026-200');
  assert.deepEqual(await numbers('RX2026-200'), [noise, mention]);
});

test('备注和答复里的词', async () => {
  const r = await coordinator.call('POST', `/cases/${noise}/actions/note`, { words: '店主叫老罗，电话打不通' }, { 'Idempotency-Key': 'search-note-1' });
  assert.equal(r.status, 200, r.text);
  const [c] = await found('老罗');
  assert.equal(c.no, noise);
  assert.equal(c.snippet.in, 'note');
  assert.equal(marked(c), '店主叫[老罗]，电话打不通');
  assert.deepEqual(await numbers('喇叭 老罗'), [noise], '一个在反映里，一个在备注里');
});

test('看不到事项的人，查什么都查不到它', async () => {
  const chief = s.as('wgz03'); // of the grid that XFL lies in
  const { places } = await coordinator.read('/places?kind=compound'), [grid] = (await coordinator.read('/places?q=XFL')).places;
  const far = places.find(p => p.parent !== grid.parent);
  const there = await report('QC04', '鹦鹉学舌很吵', far.code);
  assert.deepEqual(await numbers('鹦鹉'), [there]);
  assert.deepEqual(await numbers('鹦鹉', chief), [], '不在她的网格');
  assert.deepEqual(await numbers(far.name, chief), []);
  assert.deepEqual(await numbers('公鸡', chief), [chickens]);
  assert.deepEqual(await numbers('鹦鹉', s.as('ga01')), [], '不归他的单位');
  assert.equal((await s.resident.call('GET', '/cases?q=' + encodeURIComponent('鹦鹉'))).status, 401);
});

test('反映人的姓名和电话不在里面', async () => {
  const r = await s.resident.call('POST', '/cases', { source: 'resident', place: 'XFL', item: 'QC04', words: '有人养鹅，天天叫个不停',
    contact: { name: '皇甫铁牛', phone: '13907977788' } }, { 'Idempotency-Key': 'search-secret-1' });
  assert.equal(r.status, 201, r.text);
  assert.equal((await numbers('养鹅')).length, 1);
  for (const q of ['皇甫铁牛', '皇甫', '铁牛', '13907977788']) assert.deepEqual(await numbers(q), [], q);
});

test('页面：标出来的字、特殊字符、一个字、空的', async () => {
  const v = await new Visitor(s.url).logIn(s.logins.coord01);
  const page = await v.get('/desk/cases?q=' + encodeURIComponent('喇叭'));
  assert.match(page.text, /反映：烧烤店<mark>喇叭<\/mark>响到半夜/);
  assert.match(page.text, /共 1 条/);
  const odd = await report('QC04', '墙上写着 <b>拆迁</b> & "不同意"');
  const safe = await v.get('/desk/cases?q=' + encodeURIComponent('拆迁'));
  assert.match(safe.text, /&lt;b&gt;<mark>拆迁<\/mark>&lt;\/b&gt; &amp;/);
  assert.match((await v.get('/desk/cases?q=' + encodeURIComponent('鹦'))).text, /<mark>鹦<\/mark>鹉/);
  for (const q of ['%', "'; DROP TABLE case_file; --", '<script>', '\u{1F414}', '鸡'.repeat(300), '一 二 三 四 五 六 七 八 九'])
    assert.match((await v.get('/desk/cases?q=' + encodeURIComponent(q))).text, /没有符合条件的事项|<table/, q);
  assert.ok(odd);
});
