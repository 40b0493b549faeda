// A list never leaves out silently: a place with more compounds than one statement takes is listed whole, and a search for words
// says how far it has looked.
import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, test } from 'node:test';
import { start } from './lib.mjs';
import { Visitor } from './_pages.mjs';

const shipped = join(dirname(fileURLToPath(import.meta.url)), '../../schemes/huichang');
const scheme = mkdtempSync(join(tmpdir(), 'shaodao-wide-'));
after(() => rmSync(scheme, { recursive: true, force: true }));
cpSync(shipped, scheme, { recursive: true });
const row = readFileSync(join(shipped, 'places.csv'), 'utf8').split('\n').find(line => line.startsWith('XFL,')).split(',');
for (let i = 0; i < 300; i++)
  appendFileSync(join(scheme, 'places.csv'), [`W${i}`, `宽 ${i} 小区`, ...row.slice(2)].join(',') + '\n');
const grid = row[3];

const s = await start({ scheme, at: '2026-04-20T09:00:00+08:00' });

test('三百个小区的网格，每个小区的事项都列出来，次序不乱，翻页不重不漏', async () => {
  const made = [];
  for (const place of ['W299', 'W3', 'W270', 'W150', 'W258', 'W1', 'W298']) made.push((await s.report({ place, item: 'QC04' })).no);
  const coordinator = s.as('coord01');
  for (const [sort, wanted] of [['newest', made.toReversed()], ['oldest', made], ['due', made]]) {
    const seen = [];
    for (let next = `/cases?place=${grid}&sort=${sort}&limit=2`; next;) {
      const page = await coordinator.read(next);
      seen.push(...page.cases.map(c => c.no));
      next = page.next;
    }
    assert.deepEqual(seen, wanted, sort);
  }
});

test('常见的字分几部分查，每一件都查得到一次', async () => {
  const hotline = s.as('hotline01');
  for (let i = 0; i < 310; i++) {
    const words = `第 ${i} 次反映，楼下的公鸡天天打鸣`;
    assert.equal((await hotline.post('/cases', { source: 'hotline', hotline_no: `RX${i}`, place: `W${i % 300}`, item: 'QC04', words })).status, 201);
  }
  const v = await new Visitor(s.url).logIn(s.logins.coord01);
  const page = await v.get('/desk/cases?q=' + encodeURIComponent('公鸡天天打鸣'));
  assert.match(page.text, /这一部分找到 100 条，更早的翻页再找/);
  const seen = new Set();
  let url = '/cases?limit=100&q=' + encodeURIComponent('公鸡天天打鸣');
  for (let pages = 0; url && pages < 9; pages++) {
    const { cases, next } = await s.as('coord01').read(url.replace('/api/v1', ''));
    for (const c of cases) assert.ok(!seen.has(c.no) && seen.add(c.no), c.no);
    url = next;
  }
  assert.equal(seen.size, 310);
  const few = await v.get('/desk/cases?q=' + encodeURIComponent('第 307 次反映'));
  assert.match(few.text, /共 1 条/);
});
