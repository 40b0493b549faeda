// case import：热线导出的工单变成事项；坏行指出行号和改法，不影响别的行；再导入一次，什么也不重复。
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { demo, folder, json, run } from './_cmd.mjs';
import { owed, start } from './lib.mjs';

const HEAD = '工单编号,受理时间,标题,内容,地址,联系电话,来电人,截止时间\n';
const CLOCK = '2026-04-20T10:00:00+08:00';

function importing() {
  const f = folder(), dir = demo(f), clock = f.file('clock', CLOCK);
  return { f, dir, take: (file, ...args) => run(['case', 'import', dir, file, '--clock-file', clock, ...args]) };
}

test('一份热线导出表', async t => {
  const { f, dir, take } = importing();
  const rows = [
    '2001,2026-04-19 21:30,烧烤店太吵,"幸福里小区楼下烧烤店，喇叭一直喊到半夜，\n太吵了",,13800000000,张先生,2026-04-20 17:30',
    '2002,2026/4/19 22:00,商铺喇叭太吵,幸福里楼下的店铺放喇叭揽客，很吵,会昌县幸福里3栋,电话不详,,',
    '2003,2026年4月19日,水东新村有人在楼道堆杂物,楼道里堆满纸箱,,,,',
    '2003,2026-04-19,重复的编号,还是楼道,,,,',
    ',2026-04-19,没有编号,内容,,,,',
    '2005,昨天,时间不对,内容,,,,',
    '2006,2026-05-01,来自将来,内容,,,,',
    '2007,2026-04-19,,,,,,',
    '2008,2026-04-19,多了一格,内容,,,,,多',
    '2009,2026-04-19,两个小区之间,富东花园和富民小区之间的路上乱停车,,,,',
    '2010,2026-04-19,有人着火求助,东苑小区三楼着火了,,,,',
    '2011,2026-04-19,工资,老板拖欠工资三个月,,,,',
    `2012,2026-04-19,很长,${'长'.repeat(5000)},,,,`,
  ];
  const file = f.file('orders.csv', '\ufeff' + HEAD + rows.join('\n') + '\n');

  await t.test('--dry-run 说会怎样，什么也不登记', () => {
    const r = take(file, '--dry-run', '--json');
    assert.equal(r.code, 1, '有不能用的行');
    const tried = JSON.parse(r.out);
    assert.deepEqual([tried.dry_run, tried.taken, tried.bad, tried.duplicates], [true, 7, 5, 1]);
    assert.deepEqual(json(['case', 'list', dir, '--json']).cases, []);
  });

  const r = take(file, '--json');
  assert.equal(r.code, 1, r.err);
  const told = JSON.parse(r.out);
  const of = id => told.cases.find(c => c.hotline_no === id);

  await t.test('数目和每一条跳过的原因', () => {
    assert.deepEqual([told.lines, told.taken, told.bad, told.duplicates], [13, 7, 5, 1]);
    assert.deepEqual(told.skipped.map(x => [x.line, x.kind, /编号相同|没有工单编号|看不懂受理时间|将来|没有内容|多出内容/.exec(x.reason)?.[0]]),
      [[6, 'duplicate', '编号相同'], [7, 'bad', '没有工单编号'], [8, 'bad', '看不懂受理时间'], [9, 'bad', '将来'], [10, 'bad', '没有内容'],
        [11, 'bad', '多出内容']]);
    assert.ok(told.skipped.filter(x => x.kind === 'bad').every(x => x.fix));
  });
  await t.test('小区从标题、内容或地址里认出；两个小区就不猜', () => {
    assert.deepEqual(['2001', '2002', '2003', '2009', '2010', '2011'].map(id => of(id).place), ['XFL', 'XFL', 'SDXC', null, 'DYXQ', null]);
    assert.equal(told.places_found, 4);
  });
  await t.test('建议、危险、去别处、截短、电话不对', () => {
    assert.equal(of('2001').suggestions[0].item, 'ZS01');
    assert.equal(of('2010').emergency, '着火');
    assert.equal(of('2011').elsewhere, '12333 热线');
    assert.deepEqual([of('2012').shortened, of('2002').phone_left_out, of('2001').phone_left_out], [true, true, false]);
  });
  await t.test('同一小区、同一建议的放在一起，没有合并', () => {
    const group = told.similar.find(g => g.hotline_nos.includes('2001'));
    assert.deepEqual([group.hotline_nos, group.same_place, group.item], [['2001', '2002'], true, 'ZS01']);
  });
  await t.test('事项：来源热线、工单号、原话、发生时间、待归类、联系方式收好、热线的期限单列', () => {
    const c = json(['case', 'show', dir, of('2001').no, '--json']);
    assert.deepEqual([c.source, c.hotline_no, c.state, c.item, c.place.code], ['hotline', '2001', 'registered', null, 'XFL']);
    assert.equal(c.words, '烧烤店太吵\n幸福里小区楼下烧烤店，喇叭一直喊到半夜，\n太吵了');
    assert.equal(c.events[0].occurred_at, '2026-04-19T21:30:00+08:00');
    assert.equal(c.events[0].actor.role, 'hotline');
    assert.deepEqual(c.contact, { given: true, keep_secret: true });
    assert.ok(!JSON.stringify(c).includes('13800000000') && !JSON.stringify(c).includes('张先生'));
    assert.equal(c.hotline_due, '2026-04-20T17:30:00+08:00');
    assert.equal(json(['case', 'show', dir, of('2002').no, '--json']).contact.given, false);
    assert.equal(json(['case', 'show', dir, of('2002').no, '--json']).spot, '会昌县幸福里3栋');
    const long = json(['case', 'show', dir, of('2012').no, '--json']).words;
    assert.equal([...long].length, 4000);
    assert.match(long, /…（原文 5003 字，全文见热线工单）$/);
    owed(c);
  });
  await t.test('都在统筹协调的待办里，有期限', () => {
    assert.equal(told.queue.owner, '住保中心');
    assert.equal(told.queue.due_first, of('2001').due);
  });
  await t.test('再导入一次：全部跳过，退出码只看坏行', () => {
    const again = JSON.parse(take(file, '--json').out);
    assert.deepEqual([again.taken, again.duplicates, again.bad], [0, 8, 5]);
    assert.ok(again.skipped.some(x => x.reason === `已登记为 ${of('2001').no}`));
    const good = f.file('good.csv', HEAD + rows[0] + '\n');
    assert.equal(take(good).code, 0);
  });
  await t.test('给人看的报告', () => {
    const text = take(file).out;
    for (const word of ['13 行', '重复 8 行', '不能用 5 行', '第 7 行', '补上热线给的编号']) assert.ok(text.includes(word), text);
  });
});

test('别的列名用 --map', () => {
  const { f, dir, take } = importing();
  const other = f.file('other.csv', '流水号,诉求\nA-1,楼下养鸡太臭\n');
  const refused = take(other);
  assert.equal(refused.code, 2);
  assert.match(refused.err, /流水号、诉求.*--map/);
  const map = f.file('map.csv', 'field,column\nid,流水号\ntext,诉求\n');
  assert.equal(take(other, '--map', map).code, 0);
  assert.equal(json(['case', 'list', dir, '--json']).cases.length, 1);
  assert.equal(take(f.path('missing.csv')).code, 1);
  assert.equal(take(f.file('orders.txt', 'x')).code, 2);
});

test('导入后服务器照常工作：统筹归类；同样的再来一件，指出已有的那件', async () => {
  const s = await start();
  const f = folder(), dir = join(s.dir, 'data');
  const halt = async () => {
    s.process.removeAllListeners('exit');
    s.process.kill('SIGTERM');
    await new Promise(ok => s.process.on('close', ok));
  };
  const take = (id, text) => {
    const file = f.file(`${id}.jsonl`, JSON.stringify({ id, time: '2026-04-20 08:00', title: '养鸡', text }) + '\n');
    return json(['case', 'import', dir, file, '--clock-file', s.clock, '--json']);
  };
  await halt();
  assert.deepEqual(take('H-7', '幸福里小区一楼养鸡').similar, []);
  await s.run();
  const [c] = (await s.as('coord01').read('/cases')).cases;
  assert.equal(c.state, 'registered');
  const done = await s.as('coord01').act(c.no, 'classify', { item: 'QC04' });
  assert.deepEqual([done.item.code, done.lead.code, done.state], ['QC04', 'CG', 'routing']);
  await halt();
  const [group] = take('H-8', '幸福里小区有人养了很多只鸡').similar;
  assert.deepEqual([group.hotline_nos, group.open_cases, group.same_place], [['H-8'], [c.no], true]);
  await s.run();
});

// Real orders are not part of the project; where somebody has a file of them, they must all be taken.
test('真实的工单', { skip: !process.env.SHAODAO_REAL_DATA && '没有设置 SHAODAO_REAL_DATA' }, () => {
  const { dir, take } = importing();
  const r = take(process.env.SHAODAO_REAL_DATA, '--json');
  assert.equal(r.code, 0, r.err);
  const told = JSON.parse(r.out);
  assert.equal(told.taken + told.duplicates, told.lines);
  assert.equal(told.cases.length, told.suggestions.clear + told.suggestions.unclear + told.suggestions.none);
  assert.ok(told.cases.every(c => c.due && c.no));
  assert.equal(json(['ledger', 'replay', dir, '--json']).differences, 0);
});
