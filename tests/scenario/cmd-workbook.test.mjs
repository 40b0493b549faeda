// 一个地方就是一本工作簿：导出、改、读回，一字不差；错的写明在哪张表哪一格；恶意文件干净地拒绝；只改工作簿就有一个新地方。
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, test } from 'node:test';
import { SHAODAO } from './lib.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const dir = mkdtempSync(join(tmpdir(), 'shaodao-workbook-'));
after(() => rmSync(dir, { recursive: true, force: true }));

const run = (...args) => spawnSync(SHAODAO, args, { encoding: 'utf8', env: { ...process.env, LANG: 'zh_CN.UTF-8', LC_ALL: 'C.UTF-8' } });
const book = join(dir, 'nanhu.xlsx');

/** The workbook with some of its parts changed. */
function edited(name, python) {
  const to = join(dir, name);
  execFileSync('python3', ['-c', `
import sys, zipfile
src, to = sys.argv[1:3]
parts = {n: zipfile.ZipFile(src).read(n) for n in zipfile.ZipFile(src).namelist()}
${python}
with zipfile.ZipFile(to, 'w', zipfile.ZIP_DEFLATED) as z:
    for n, b in parts.items():
        z.writestr(n, b)
`, book, to]);
  return to;
}

const strings = change => `s = parts['xl/sharedStrings.xml'].decode()\n${change}\nparts['xl/sharedStrings.xml'] = s.encode()`;

test('四个地方导出再读回，每张表一字不差', () => {
  for (const scheme of ['huichang', 'bagongshan', 'nanhu', 'lucheng']) {
    const file = join(dir, `${scheme}.xlsx`), folder = join(dir, scheme);
    assert.equal(run('scheme', 'export', scheme, '--out', file).status, 0);
    const r = run('scheme', 'import', file, '--out', folder);
    assert.equal(r.status, 0, r.stderr);
    for (const csv of readdirSync(folder))
      assert.equal(readFileSync(join(folder, csv), 'utf8'), readFileSync(join(ROOT, 'schemes', scheme, csv), 'utf8'), `${scheme} ${csv}`);
    assert.ok(readdirSync(folder).length >= 20);
  }
});

test('一格写错：说出工作表、格子、错在哪、怎么改；什么也不写；标出错误的副本能再读', () => {
  const bad = edited('bad.xlsx', strings(`s = s.replace('>working_day<', '>working_dya<')`));
  const folder = join(dir, 'bad'), marked = join(dir, 'marked.xlsx');
  const r = run('scheme', 'import', bad, '--out', folder, '--marked', marked);
  assert.equal(r.status, 1);
  assert.match(r.stderr, /工作表「时限」D\d+：.*working_dya.*working_day/);
  assert.ok(!existsSync(folder) && existsSync(marked));
  const again = run('scheme', 'import', marked, '--out', folder, '--json');
  assert.equal(again.status, 1);
  assert.ok(JSON.parse(again.stdout).errors.length > 0, '副本里的错还在，其余没有变');
});

test('Excel 把日期存成数字也认得；公式要说出在哪一格', () => {
  const dated = edited('dated.xlsx', `
import re
s = parts['xl/sharedStrings.xml'].decode()
words = re.findall(r'<si>(.*?)</si>', s, re.S)
index = next(i for i, w in enumerate(words) if '>2021-01-01<' in w)
for n in list(parts):
    if n.startswith('xl/worksheets/sheet'):
        x = parts[n].decode()
        x = re.sub(r'<c r="([A-Z]+\\d+)" s="\\d+" t="s"><v>%d</v></c>' % index, r'<c r="\\1" s="9"><v>44197</v></c>', x)
        parts[n] = x.encode()
st = parts['xl/styles.xml'].decode()
m = re.search(r'<cellXfs count="(\\d+)">(.*?)</cellXfs>', st, re.S)
have = int(m.group(1))
extra = ''.join('<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>' for _ in range(10 - have))
st = st.replace(m.group(0), '<cellXfs count="10">' + m.group(2) + extra + '</cellXfs>')
parts['xl/styles.xml'] = st.encode()`);
  const r = run('scheme', 'import', dated, '--out', join(dir, 'dated'));
  assert.equal(r.status, 0, r.stderr);
  assert.equal(readFileSync(join(dir, 'dated/scheme.csv'), 'utf8'), readFileSync(join(ROOT, 'schemes/nanhu/scheme.csv'), 'utf8'));
  const formula = edited('formula.xlsx', `
import re
n = 'xl/worksheets/sheet2.xml'
x = parts[n].decode()
parts[n] = re.sub(r'<c r="B3"[^>]*>.*?</c>', '<c r="B3"><f>1+1</f><v>2</v></c>', x, count=1).encode()`);
  const f = run('scheme', 'import', formula, '--out', join(dir, 'formula'));
  assert.equal(f.status, 1);
  assert.match(f.stderr, /B3：这一格是公式/);
});

test('恶意和坏掉的文件：一句话拒绝，不崩', () => {
  const hostile = {
    '外部实体': [edited('doctype.xlsx', strings(`s = s.replace('<sst', '<!DOCTYPE x [<!ENTITY a "b">]><sst', 1)`)), /XML 声明/],
    '压缩炸弹': [edited('bomb.xlsx', `parts['xl/sharedStrings.xml'] = b' ' * 60000000`), /太大/],
    '断掉的 XML': [edited('broken.xlsx', strings(`s = s[:len(s) // 2]`)), /损坏/],
    '太深': [edited('deep.xlsx', strings(`s = '<sst>' + '<a>' * 5000 + '</a>' * 5000 + '</sst>'`)), /太大|损坏/],
    '没有的工作表': [edited('named.xlsx', `parts['xl/workbook.xml'] = parts['xl/workbook.xml'].decode().replace('name="时限"', 'name="Sheet9"').encode()`), /Sheet9/],
    '缺部件': [edited('lacking.xlsx', `del parts['xl/worksheets/sheet3.xml']`), /缺少工作表/],
    '太多行': [edited('rows.xlsx', `parts['xl/worksheets/sheet2.xml'] = b'<worksheet><sheetData><row r="99999999"><c r="A99999999"><v>1</v></c></row></sheetData></worksheet>'`), /太大/],
  };
  const cut = join(dir, 'cut.xlsx'), old = join(dir, 'old.xls'), text = join(dir, 'notes.txt');
  writeFileSync(cut, readFileSync(book).subarray(0, 5000));
  writeFileSync(old, Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0, 0, 0, 0]));
  writeFileSync(text, '随便写写');
  hostile['截断'] = [cut, /打不开/];
  hostile['旧格式'] = [old, /\.xls/];
  hostile['不是表'] = [text, /不知道/];
  for (const [what, [file, says]] of Object.entries(hostile)) {
    const r = run('scheme', 'import', file, '--out', join(dir, 'hostile'));
    assert.ok(r.status === 1 || r.status === 2, `${what}: ${r.status} ${r.signal}`);
    assert.match(r.stderr, says, what);
    assert.ok(!existsSync(join(dir, 'hostile')), what);
  }
});

test('CSV：带 BOM、GB18030 都认得，同样检查', () => {
  const utf8 = '\ufeffcode,name,amount,unit,clock,amber,basis,origin,note\r\nhandle5,办结,5,working_day,handling,1,,ours,\r\n';
  const gb = execFileSync('python3', ['-c', 'import sys; sys.stdout.buffer.write(sys.argv[1].encode("gb18030"))', utf8.slice(1)]);
  for (const [name, bytes] of [['limits.csv', utf8], ['时限.csv', gb]]) {
    writeFileSync(join(dir, name), bytes);
    const r = run('scheme', 'import', join(dir, name), '--out', join(dir, 'one'), '--json');
    const errors = JSON.parse(r.stdout).errors;
    assert.ok(errors.length > 0 && errors.every(e => e.message.startsWith('缺少表') || e.table !== 'limits'), '表本身没错，只是缺别的表');
  }
});

test('新地方：只改南湖的工作簿，检查通过，装上就能用', async () => {
  const mine = edited('xiuzhou.xlsx', strings(`s = s.replace('>nanhu<', '>xiuzhou<').replace('>330402<', '>330411<').replace('>南湖区<', '>秀洲区<')`));
  const folder = join(dir, 'xiuzhou'), data = join(dir, 'data');
  assert.equal(run('scheme', 'import', mine, '--out', folder).status, 0);
  const check = run('scheme', 'check', folder, '--json');
  assert.equal(check.status, 0, check.stdout + check.stderr);
  const proof = JSON.parse(check.stdout);
  assert.ok(proof.ok && proof.properties.every(p => p.ok), '发布前证明：谁的事都有人管');
  assert.equal(run('init', data, '--scheme', folder, '--test').status, 0);
  const server = spawn(SHAODAO, ['serve', data, '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'pipe'] });
  after(() => server.kill());
  const url = await new Promise(ok => [server.stdout, server.stderr].forEach(s => s.on('data', d => {
    const m = /http:\/\/127\.0\.0\.1:\d+/.exec(d);
    if (m) ok(m[0]);
  })));
  const r = await fetch(`${url}/api/v1/cases`, { method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ place: 'YYY', item: 'NZ05', source: 'resident', words: '楼下养了一笼鸡，天天打鸣' }) });
  assert.equal(r.status, 201, await r.text());
  assert.match(await (await fetch(`${url}/lists`)).text(), /秀洲/);
});
