// case list、case show、case export、report、text classify：在服务器运行时也能读；JSON 与接口一致；导出的链可以另外核对。
import assert from 'node:assert/strict';
import { createHash, getHashes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, json, run, width } from './_cmd.mjs';
import { PEOPLE, route, start } from './lib.mjs';

const sm3 = getHashes().includes('sm3') ? (...parts) => createHash('sm3').update(Buffer.concat(parts)).digest() : null;
const u64 = n => {
  const b = Buffer.alloc(8);
  b.writeBigInt64BE(BigInt(n));
  return b;
};
const u32 = n => {
  const b = Buffer.alloc(4);
  b.writeUInt32BE(n);
  return b;
};

test('服务器在运行，命令在旁边读', async t => {
  const s = await start();
  const dir = join(s.dir, 'data'), f = folder();
  const hens = await s.report({ item: 'QC04', words: '一楼养鸡，每天凌晨叫。\n气味也很大', spot: '3栋1单元' });
  await route(s, hens.no);
  const lane = await s.report({ item: 'XF01', words: '消防通道停满了车', place: 'HQHY' });

  await t.test('case list --json 与 GET /cases 给出同样的条目', async () => {
    const cli = json(['case', 'list', dir, '--json']);
    const api = await s.as(PEOPLE.coordinator).read('/cases');
    assert.deepEqual(cli.cases.map(c => c.no), [lane.no, hens.no]);
    assert.equal(cli.more, false);
    for (const c of cli.cases) {
      const same = api.cases.find(x => x.no === c.no);
      delete c.overdue, delete same.overdue; // 命令用真实时间，服务器用测试的钟
      assert.deepEqual(c, same);
    }
  });
  await t.test('筛选条件', () => {
    const nos = (...args) => json(['case', 'list', dir, '--json', ...args]).cases.map(c => c.no);
    assert.deepEqual(nos('--state', 'handling'), [hens.no]);
    assert.deepEqual(nos('--state=open'), [lane.no, hens.no]);
    assert.deepEqual(nos('--state', 'final'), []);
    assert.deepEqual(nos('--place', 'HQHY'), [lane.no]);
    assert.deepEqual(nos('--place', '幸福里小区'), [hens.no]);
    assert.deepEqual(nos('--place', 'HQ'), [lane.no, hens.no]);
    assert.deepEqual(nos('--item', 'QC04', '--lead', 'CG'), [hens.no]);
    assert.deepEqual(nos('--q', '养鸡'), [hens.no]);
    assert.deepEqual(nos('--from', '2026-04-20', '--to', '2026-04-20'), [lane.no, hens.no]);
    assert.deepEqual(nos('--to', '2026-04-19'), []);
    assert.deepEqual(nos('--limit', '1'), [lane.no]);
    assert.equal(json(['case', 'list', dir, '--limit', '1', '--json']).more, true);
  });
  await t.test('写错的条件一次说完，退出码 1；不认识的选项是 2', () => {
    const r = run(['case', 'list', dir, '--state', 'lost', '--place', 'NIX', '--lead', 'X', '--item', 'Y', '--from', '4月']);
    assert.equal(r.code, 1);
    for (const word of ['--state', '--place', '--lead', '--item', '--from']) assert.ok(r.err.includes(word), r.err);
    assert.equal(run(['case', 'list', dir, '--colour', 'red']).code, 2);
    assert.equal(run(['case', 'list']).code, 2);
  });
  await t.test('表格按显示宽度对齐', () => {
    const lines = run(['case', 'list', dir]).out.trimEnd().split('\n');
    assert.equal(lines.length, 3);
    const at = word => lines.map(l => (l.includes(word) ? width(l.slice(0, l.indexOf(word))) : -1)).filter(n => n >= 0);
    assert.equal(new Set([at('小区')[0], at('幸福里')[0], at('红旗花园')[0]]).size, 1, lines.join('\n'));
    assert.match(run(['case', 'list', dir], { lang: 'C' }).out, /^no +state/);
  });
  await t.test('case show --json 与 GET /cases/{no} 一致，只是没有“可做什么”', async () => {
    const cli = json(['case', 'show', dir, hens.no, '--json']);
    const api = await s.as(PEOPLE.coordinator).case(hens.no);
    assert.deepEqual(cli.allowed, []);
    for (const c of [cli, api]) delete c.allowed, delete c.overdue;
    assert.deepEqual(cli, api);
  });
  await t.test('case show 给人看：原话、责任、记录', () => {
    const r = run(['case', 'show', dir, hens.no]);
    assert.equal(r.code, 0);
    for (const word of [hens.no, '办理中', '一楼养鸡', '3栋1单元', '责任', '记录', '到现场看过']) assert.ok(r.out.includes(word), word);
    assert.equal(run(['case', 'show', dir, '20260420-9999']).code, 1);
    assert.equal(run(['case', 'show', dir, 'abc']).code, 2);
  });
  await t.test('case export：文件只有自己能读，不覆盖；哈希链用别的程序也算得出', { skip: !sm3 && '这台机器的 node 没有 SM3' }, () => {
    const path = f.path('case.json');
    assert.equal(run(['case', 'export', dir, hens.no, path]).code, 0);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(run(['case', 'export', dir, hens.no, path]).code, 1);
    const b = JSON.parse(readFileSync(path, 'utf8'));
    assert.equal(b.format, 'shaodao/case/1');
    assert.equal(b.words.split('\n')[0], '一楼养鸡，每天凌晨叫。');
    assert.ok(b.duties.length > 3 && b.events.length === b.row.version);
    let prev = Buffer.alloc(32);
    for (const e of b.events) {
      const commit = sm3(Buffer.from(e.salt, 'hex'), Buffer.from(e.body));
      assert.equal(commit.toString('hex'), e.commitment, `记录 ${e.seq}`);
      const type = Buffer.from(e.type);
      prev = sm3(Buffer.from('shaodao/event/1'), u64(b.area), u64(b.row.id), u32(e.seq), u64(e.at_ms), Buffer.from([type.length]), type,
        u64(e.actor), commit, prev);
      assert.equal(prev.toString('hex'), e.hash, `记录 ${e.seq}`);
    }
    assert.equal(b.row.head, prev.toString('hex'));
  });
  await t.test('report：值、分子、分母、定义；与接口相同', async () => {
    const all = json(['report', dir, 'all', '--from', '2026-04-01', '--to', '2026-04-30', '--json']);
    assert.ok(all.figures.length > 20);
    for (const name of ['received', 'coverage', 'satisfied']) {
      const api = await s.as(PEOPLE.coordinator).read(`/figures/${name}?from=2026-04-01&to=2026-04-30`);
      const cli = all.figures.find(x => x.name === name);
      assert.deepEqual([cli.value, cli.numerator, cli.denominator, cli.definition], [api.value, api.numerator, api.denominator, api.definition]);
    }
    const r = run(['report', dir, 'received', '--from', '2026-04-01', '--to', '2026-04-30']);
    assert.match(r.out, /received +受理反映 +2 件 +2\/2 +/);
    assert.equal(run(['report', dir, 'nothing']).code, 2);
    assert.equal(run(['report', dir, 'all', '--from', '2026-05-01', '--to', '2026-04-01']).code, 2);
  });
});

test('text classify：建议、依据、先问什么、危险、去别处', () => {
  const noise = json(['text', 'classify', '楼下烧烤店晚上喇叭一直喊，太吵了', '--json']);
  assert.equal(noise.suggestions[0].item, 'ZS01');
  assert.ok(noise.suggestions[0].score > 0 && noise.suggestions[0].because);
  assert.equal(json(['text', 'classify', '楼道着火了', '--json']).emergency.phone, '119');
  assert.equal(json(['text', 'classify', '老板拖欠工资不给', '--json']).divert.phone, '12333');
  assert.deepEqual(json(['text', 'classify', '今天天气真好', '--json']).suggestions, []);
  const piped = run(['text', 'classify', '-'], { input: '遛狗不拴绳' });
  assert.match(piped.out, /QC01/);
  assert.equal(run(['text', 'classify', '狗', '--scheme', 'nowhere']).code, 1);
  assert.equal(run(['text', 'classify', 'a', 'b']).code, 2);
});
