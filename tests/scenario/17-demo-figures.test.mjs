// A sample year of each shipped locality: the figures that the articles tell come out of its records. Every figure is counted
// once more here, from the cases alone, so that what is proved is the formula. The targets and how an article's period becomes
// a year stand in schemes/*/demo.csv.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { SHAODAO, start } from './lib.mjs';

const UNTIL = '2026-04-20', FROM = '2025-04-21';
const FOUND = ['grid_sweep', 'patrol', 'joint_visit', 'volunteer', 'deliberation', 'liaison_day', 'property'];
const told = c => !FOUND.includes(c.source) && c.source !== 'transfer';
const day = iso => iso.slice(0, 10);
const within = (iso, from = FROM, to = UNTIL) => iso !== null && day(iso) >= from && day(iso) <= to;
const solved = c => ['solved', 'mediated'].includes(c.outcome);
const share = (list, of) => 100 * list.length / of.length;
const near = (is, wanted, by, what) => assert.ok(Math.abs(is - wanted) <= by, `${what}: ${is}, wanted ${wanted} ± ${by}`);

/** A lived directory, served; all its cases as the API lists them, and each figure of the last year. */
async function live(scheme, months) {
  const s = await start({ scheme, months, at: `${UNTIL}T09:00:00+08:00` });
  const me = s.as(Object.values(s.logins).find(l => l.role === 'coordinator').username);
  const cases = [];
  for (let next = '/cases?limit=100'; next;) {
    const page = await me.read(next);
    cases.push(...page.cases);
    next = page.next;
  }
  const figure = name => me.read(`/figures/${name}?from=${FROM}&to=${UNTIL}`);
  return { s, me, cases, figure, opened: cases.filter(c => within(c.opened_at)), closed: cases.filter(c => c.outcome && within(c.closed_at)) };
}

/** What every demo owes, whatever its chain: nobody's case 0, no act refused, every matter goes on, the same again. */
function soundness(scheme, year) {
  test(`${scheme}：没有无人负责的事项，没有被拒绝的操作，重放没有差异`, async () => {
    assert.equal((await year.figure('unowned')).value, 0);
    const open = year.cases.filter(c => c.main_duty);
    assert.ok(open.length > 0 && open.every(c => c.opened_at > '2025-12-15'), 'every matter goes on: ' + open.map(c => `${c.no} ${c.main_duty}`));
    const dir = mkdtempSync(join(tmpdir(), 'shaodao-life-'));
    after(() => rmSync(dir, { recursive: true, force: true }));
    const began = Date.now();
    const r = spawnSync(SHAODAO, ['demo', join(dir, 'data'), '--scheme', scheme, '--until', UNTIL], { encoding: 'utf8' });
    assert.equal(r.status, 0, r.stderr);
    assert.doesNotMatch(r.stderr, /refused/);
    const most = process.env.SHAODAO_DATABASE ? 240000 : 60000; // a year is lived step by step, and each step waits for a server database
    assert.ok(Date.now() - began < most, `${Date.now() - began} ms`);
    const said = JSON.parse(execFileSync(SHAODAO, ['ledger', 'replay', join(dir, 'data'), '--json'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
    assert.deepEqual([said.differences, said.first], [0, '']);
    const of = name => JSON.parse(execFileSync(SHAODAO, ['report', join(dir, 'data'), name, '--from', FROM, '--to', UNTIL, '--json'], { encoding: 'utf8' })).figures[0];
    for (const name of ['received', 'closed', 'onsite', 'resident_closed', 'satisfied']) { // the same life again, the same facts
      const again = of(name), was = await year.figure(name);
      assert.deepEqual([again.numerator, again.denominator], [was.numerator, was.denominator], name);
    }
  });
}

/** A figure against the count of the cases, and its list against its numerator. */
async function agrees(year, name, counted, all) {
  const f = await year.figure(name);
  assert.equal(f.numerator, counted.length, name);
  if (all) assert.equal(f.denominator, all.length, `${name}, of`);
  let n = 0;
  for (let next = f.cases && f.cases + '&limit=100'; next;) {
    const page = await year.me.read(next);
    n += page.cases.length;
    next = page.next;
  }
  assert.equal(n, counted.length, `${name}, its list`);
  return f;
}

const huichang = await live('huichang', 12);
soundness('huichang', huichang);

test('会昌：需要执法部门处理的事项从月均 30 余件降到 7 件左右（O1）', async () => {
  const months = new Map();
  for (const c of huichang.cases.filter(c => c.list === 'enforcement')) {
    const full = await huichang.me.case(c.no);
    const month = c.opened_at.slice(0, 7);
    if (full.dispatched_at) months.set(month, (months.get(month) ?? 0) + 1);
  }
  const mean = names => names.reduce((sum, m) => sum + (months.get(m) ?? 0), 0) / names.length;
  const before = mean(['2025-05', '2025-06', '2025-07']), now = mean(['2026-01', '2026-02', '2026-03']);
  near(before, 31, 2, '期初月均');
  near(now, 7, 1.5, '期末月均');
  const f = await huichang.figure('needs_department_drop');
  near(f.value, 100 * (1 - now / before), 0.01, '降幅的公式');
  assert.ok(f.value > 70, `${f.value}`);
});

test('会昌：轻微违法近九成以劝导解决（O2），物业报告 228 件、服务事项 5360 件按两年计（O3、O4）', async () => {
  const persuaded = await huichang.figure('persuaded');
  near(persuaded.value, 90, 3, 'O2');
  const tiers = huichang.closed.filter(c => c.list === 'enforcement' && c.tier);
  const persuade = await agrees(huichang, 'tier_persuade', tiers.filter(c => c.tier === 'persuade'), tiers);
  assert.ok(persuaded.numerator <= persuade.numerator && persuaded.denominator <= tiers.length);
  const property = huichang.opened.filter(c => c.list === 'enforcement' && c.source === 'property');
  near((await agrees(huichang, 'property_reports', property)).value, 114, 3, 'O3');
  near((await huichang.figure('service_done')).value, 2680, 15, 'O4');
  assert.ok((await huichang.figure('service_done')).numerator <= huichang.closed.filter(c => c.list === 'service' && c.outcome === 'solved').length);
});

const bagongshan = await live('bagongshan', 24);
soundness('bagongshan', bagongshan);

test('八公山：现场执法 132 次（O11），处置群众反映问题 167 件（O12）', async () => {
  const answered = [];
  for (const c of bagongshan.opened.filter(c => c.list === 'enforcement')) {
    const full = await bagongshan.me.case(c.no);
    if (full.dispatched_at && full.events.some(e => ['arrived', 'rechecked'].includes(e.type))) answered.push(c);
  }
  near((await agrees(bagongshan, 'onsite', answered)).value, 132, 1, 'O11');
  near((await agrees(bagongshan, 'resident_closed', bagongshan.closed.filter(told), bagongshan.closed)).value, 167, 1, 'O12');
});

test('八公山：执法类投诉同比下降 20%（O13），没有上一年记录时不计算', async () => {
  const now = bagongshan.opened.filter(c => c.list === 'enforcement' && told(c));
  const then = bagongshan.cases.filter(c => within(c.opened_at, '2024-04-21', '2025-04-20') && c.list === 'enforcement' && told(c));
  const f = await agrees(bagongshan, 'complaints_drop', now, then);
  near(f.value, 100 * (1 - now.length / then.length), 0.01, '公式');
  near(f.value, 20, 1.5, 'O13');
  const none = await huichang.figure('complaints_drop');
  assert.deepEqual([none.value, none.note], [null, '无同期数据']);
});

test('到场凭据：样本里的到场有扫码、定位、证明，也有没有凭据的，合起来是全部到场（BG-09）', async () => {
  for (const year of [huichang, bagongshan]) {
    const urgent = [];
    for (const c of year.opened.filter(c => c.list === 'enforcement' && c.urgent)) {
      const full = await year.me.case(c.no);
      if (full.summoned_at && full.arrived_at) urgent.push(full);
    }
    const graded = await Promise.all(['code', 'near', 'word'].map(g => year.figure(`arrive_${g}`)));
    const of = n => urgent.filter(c => new RegExp(`到场凭据${['一', '二', '三'][n]}级`).test(c.events.find(e => e.type === 'arrived')?.text ?? '')).length;
    for (const [i, f] of graded.entries())
      assert.deepEqual([f.numerator, f.denominator], [of(i), urgent.length], f.name);
    const shown = graded.reduce((n, f) => n + f.numerator, 0);
    assert.ok(graded.every(f => f.numerator > 0) && shown < urgent.length && shown > urgent.length / 2, `${graded.map(f => f.numerator)} of ${urgent.length}`);
  }
});

const nanhu = await live('nanhu', 12);
soundness('nanhu', nanhu);

test('南湖：枫杨社区的鸡，第二天就没有了（O19）', async () => {
  const next = c => (Date.parse(day(c.closed_at)) - Date.parse(day(c.opened_at))) / 86400000 <= 1;
  const ended = nanhu.closed.filter(solved);
  near((await agrees(nanhu, 'next_day', ended.filter(next), ended)).value, share(ended.filter(next), ended), 0.01, '公式');
  const hens = nanhu.closed.filter(c => c.item?.code === 'NZ05' && c.place?.code === 'FYXC' && c.source === 'liaison');
  assert.ok(hens.some(next), JSON.stringify(hens.map(c => [c.no, c.opened_at, c.closed_at])));
});

const lucheng = await live('lucheng', 12);
soundness('lucheng', lucheng);

test('鹿城：解决民生诉求 96 件，满意度 97% 以上（O20），开口之前解决 100 余个（O23）', async () => {
  near((await agrees(lucheng, 'demands_solved', lucheng.closed.filter(c => told(c) && solved(c)), lucheng.closed.filter(told))).value, 96, 1, 'O20');
  const before = lucheng.closed.filter(c => FOUND.includes(c.source) && c.followers === 0);
  near((await agrees(lucheng, 'before_spoken', before, lucheng.closed)).value, 106, 1, 'O23');
  const satisfied = await lucheng.figure('satisfied'), rated = await lucheng.figure('rated');
  assert.ok(satisfied.value >= 97 && satisfied.denominator >= 30, JSON.stringify(satisfied));
  assert.deepEqual([rated.numerator, rated.denominator], [satisfied.denominator, lucheng.closed.length]);
});

/** Every visit of the last year that the API lists, by kind. */
async function visits(year, kind) {
  const all = [];
  for (let next = `/visits?limit=100&kind=${kind}&state=done&from=${FROM}&to=${UNTIL}`; next;) {
    const page = await year.me.read(next);
    all.push(...page.visits);
    next = page.next;
  }
  return all;
}
const value = async (year, name) => (await year.figure(name)).value;

test('会昌：综合执法 10 余次、解决 30 余个（O5），领导调度 12 次（O6），97 个小区、10 个站点、12 个部门（O7）', async () => {
  const held = await visits(huichang, 'operation');
  assert.equal(await value(huichang, 'operations'), held.length);
  near(held.length, 12, 1, 'operations');
  const settled = new Set();
  for (const v of held) for (const c of (await huichang.me.read(`/visits/${v.id}`)).cases) if (c.settled) settled.add(c.no);
  assert.equal(await value(huichang, 'operation_cases'), settled.size);
  near(settled.size, 34, 4, 'settled through operations');
  assert.equal(await value(huichang, 'dispatches'), (await visits(huichang, 'dispatch_log')).length);
  assert.equal(await value(huichang, 'dispatches'), 12);
  assert.deepEqual(await Promise.all(['compounds', 'stations', 'departments'].map(n => value(huichang, n))), [97, 10, 12]);
});

test('八公山：协管志愿者月均巡查 180 余人次（O15），22 名队员、13 个社区 26 个小区（O18）', async () => {
  const f = await bagongshan.figure('volunteer_walks');
  near(f.value, 184, 5, 'person-times a month');
  assert.deepEqual(await Promise.all(['officers', 'communities', 'compounds'].map(n => value(bagongshan, n))), [22, 13, 26]);
});

test('鹿城：执法行动 198 次（O20），网格巡查 48 次、联合整治 15 次、清点数量（O22），120 余人下沉 12 个社区（O25）', async () => {
  const [ops, campaigns, walks] = await Promise.all(['operation', 'campaign', 'walk'].map(k => visits(lucheng, k)));
  assert.equal(await value(lucheng, 'actions'), ops.length + campaigns.length);
  assert.deepEqual([ops.length + campaigns.length, campaigns.length, walks.length], [198, 15, 48]);
  const total = {};
  for (const v of campaigns) for (const q of (await lucheng.me.read(`/visits/${v.id}`)).counts) total[q.item] = (total[q.item] ?? 0) + q.n;
  assert.deepEqual(total, { 占道经营: 327, 乱停乱放车辆: 214, 僵尸车: 20 });
  const told = (await lucheng.figure('quantities')).parts.map(p => p.n);
  assert.deepEqual(told.sort((a, b) => b - a), [327, 214, 20]);
  assert.deepEqual([await value(lucheng, 'seconded'), await value(lucheng, 'communities')], [120, 12]);
});
