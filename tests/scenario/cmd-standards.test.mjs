// 县里已有的立案、处置和结案标准：一条命令变成清单事项和时限，并入方案，检查，装上；报一件导入的事项，时限就是标准里的。
// 页面上也能导入：先看发现了什么、单位对应谁，再进草案。
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, test } from 'node:test';
import { SHAODAO, start } from './lib.mjs';
import { Visitor } from './_pages.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const dir = mkdtempSync(join(tmpdir(), 'shaodao-standards-'));
after(() => rmSync(dir, { recursive: true, force: true }));

const run = (...args) => spawnSync(SHAODAO, args, { encoding: 'utf8', env: { ...process.env, LANG: 'zh_CN.UTF-8', LC_ALL: 'C.UTF-8' } });
const file = (name, bytes) => (writeFileSync(join(dir, name), bytes), join(dir, name));
const BASIS = '会昌县城市管理立案、处置和结案标准（示例）';

const sample = `${BASIS},,,,,,,,
大类代码,大类名称,小类代码,小类名称,处置单位,主管部门,立案条件,结案条件,处置时限
01,公用设施,01,上水井盖,水务集团,住建局,缺失、移位,恢复,2紧急工作时
,,,,,,破损,更换或修复,4工作时
,,,,,,井盖周边下沉,修复,5个工作日
,,02,路灯,城管局、各产权单位,,不亮,修复,3自然日
`;
const units = 'name,code\n水务集团,CG\n';
const service = ['--scheme', 'huichang', '--basis', BASIS];

test('每个立案条件是一个事项；单位、单位时限、没看懂的，都说在哪一格', () => {
  const r = run('scheme', 'standards', file('示例.csv', sample), '--scheme', 'huichang', '--json');
  assert.equal(r.status, 0, r.stderr);
  const said = JSON.parse(r.stdout);
  assert.deepEqual([said.lines, said.kinds, said.items, said.limits, said.without_limit], [4, 2, 4, 4, 0]);
  assert.deepEqual(said.units.map(u => [u.name, u.code, u.cell]), [['水务集团', '', 'E3'], ['城管局', 'CG', 'E6']]);
  assert.ok(said.notes.some(n => n.cell === 'E6' && /各产权单位/.test(n.text)));
  const gb = execFileSync('python3', ['-c', 'import sys; sys.stdout.buffer.write(sys.argv[1].encode("gb18030"))', sample]);
  assert.deepEqual(JSON.parse(run('scheme', 'standards', file('国标码.csv', gb), '--scheme', 'huichang', '--json').stdout).units.map(u => u.cell),
    ['E3', 'E6']);
});

test('不是这种表的、不知道的用法：一句话拒绝', () => {
  const no = run('scheme', 'standards', file('别的.csv', '姓名,电话\n张三,1\n'));
  assert.notEqual(no.status, 0);
  assert.match(no.stderr, /没有找到表头/);
  assert.equal(run('scheme', 'standards', file('示例.csv', sample), '--merge').status, 2);
  assert.equal(run('scheme', 'standards', file('示例.csv', sample), '--list', '其他').status, 2);
  assert.equal(run('scheme', 'standards', join(dir, '没有.csv')).status, 1);
});

const merged = join(dir, 'merged');

test('并入方案，检查通过；再并一次，只代替，不重复', () => {
  const r = run('scheme', 'standards', file('示例.csv', sample), ...service, '--units', file('units.csv', units), '--merge', '--out', merged);
  assert.equal(r.status, 0, r.stderr);
  assert.match(r.stderr, /新增 4 个事项/);
  assert.ok(readdirSync(merged).length >= 20);
  for (const csv of readdirSync(merged)) {
    const was = readFileSync(join(ROOT, 'schemes/huichang', csv), 'utf8'), is = readFileSync(join(merged, csv), 'utf8');
    assert.ok(is.startsWith(was), `${csv}: 原有的行一字不差，新的在后面`);
  }
  const check = run('scheme', 'check', merged, '--json');
  assert.equal(check.status, 0, check.stdout);
  const again = run('scheme', 'standards', join(dir, '示例.csv'), '--scheme', merged, '--basis', BASIS, '--units', join(dir, 'units.csv'),
    '--merge', '--out', join(dir, 'again'));
  assert.match(again.stderr, /新增 0 个事项，代替 4 个/);
  assert.equal(readFileSync(join(dir, 'again/items.csv'), 'utf8'), readFileSync(join(merged, 'items.csv'), 'utf8'));
});

test('装上以后，报一件导入的事项，得到标准里的时限', async () => {
  const s = await start({ scheme: merged, at: '2026-04-21T09:00:00+08:00' });
  const c = await s.report({ item: 'B0101-2', place: 'XFL', words: '井盖破了' });
  const duties = (await s.as('coord01').get(`/cases/${c.no}`)).body.duties;
  const serve = duties.find(d => d.kind === 'serve');
  assert.equal(serve.owner.org, 'CG');
  assert.equal(serve.due, '2026-04-21T15:30:00+08:00', '4 个办公小时：上午三小时，下午一小时');
  const lists = await new Visitor(s.url).get('/lists?cat=B01');
  assert.match(lists.text, /上水井盖：破损[^]*4 个工作小时/);
  assert.equal((await new Visitor(s.url).get('/lists/B0101-2')).status, 200);
});

const REAL = join(ROOT, '../shared/data/yuncheng-standards.csv');

test('一份真实的市级标准：每一行都有着落', { skip: existsSync(REAL) ? false : '没有这份文件' }, () => {
  const first = JSON.parse(run('scheme', 'standards', REAL, '--json').stdout);
  assert.equal(first.items, first.lines);
  assert.equal(first.without_limit, 0);
  const map = file('运城.csv', 'name,code\n' + first.units.map(u => `${u.name},CG\n`).join(''));
  const out = join(dir, 'real');
  assert.equal(run('scheme', 'standards', REAL, ...service, '--units', map, '--merge', '--out', out).status, 0);
  const errors = JSON.parse(run('scheme', 'check', out, '--json').stdout).errors;
  assert.equal(errors.length, first.without_owner, '只剩下标准自己没写处置单位的');
  assert.ok(errors.every(e => e.table === 'items' && /^F\d+$/.test(e.cell)), JSON.stringify(errors.slice(0, 3)));
});

test('页面：读表，看发现，对应单位，并入草案', async () => {
  const s = await start({ at: '2026-10-08T09:00:00+08:00' });
  const coord = await new Visitor(s.url).logIn(s.logins.coord01);
  const url = '/desk/scheme/standards';
  const send = (text, more = {}) => coord.upload(url, { list: 'service', ...more }, 'file', Buffer.from(text), 'text/csv');
  assert.match((await coord.get(url)).text, /选择文件/);
  const wrong = await send('姓名,电话\n张三,1\n');
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /没有找到表头/);
  assert.equal((await send(sample + ',,03,电杆,供电公司,,倾斜,扶正,尽快\n', { basis: BASIS })).status, 303);
  const page = await coord.get(url);
  assert.match(page.text, /I7[^]*时限“尽快”看不懂，事项先没有时限[^]*写成 4工作小时/);
  assert.match(page.text, /新增 5 个事项/);
  assert.match(page.text, /name="n0" value="水务集团"/);
  assert.match(page.text, /现在没有草案/);
  const units = await coord.post(`${url}/take`, { op: 'units', n0: '水务集团', u0: 'CG', n1: '供电公司', u1: '-' });
  assert.equal(units.status, 303);
  assert.match((await coord.get(url)).text, /value="CG" selected/);
  await coord.get('/desk/scheme');
  assert.equal((await coord.post('/desk/scheme', { op: 'begin' })).status, 303);
  await coord.get(url);
  assert.equal((await coord.post(`${url}/take`, { op: 'take', rev: coord.field('rev') })).status, 303);
  const items = (await coord.get('/desk/scheme/export/items.csv')).text;
  assert.match(items, /B0101-1,service,B01,上水井盖：缺失、移位,[^\n]*,CG,/);
  assert.match((await coord.get('/desk/scheme')).text, /已并入草案：新增 5 个事项/);
  await coord.get(url);
  assert.equal((await coord.post(`${url}/take`, { op: 'drop' })).status, 303);
  assert.doesNotMatch((await coord.get(url)).text, /读出的事项/);
  assert.equal((await coord.post(`${url}/take`, { op: 'take' })).status, 404);
  const officer = await new Visitor(s.url).logIn(s.logins.leader01);
  assert.equal((await officer.get(url)).status, 403);
});
