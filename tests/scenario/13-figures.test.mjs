// Each figure can be opened down to the cases: the list behind the link holds exactly what the numerator counted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Visitor } from './_pages.mjs';
import { start } from './lib.mjs';

const s = await start({ months: 2, at: '2026-04-20T09:00:00+08:00' });
const coordinator = s.as('coord01');
const period = 'from=2026-02-20&to=2026-04-20';

async function listed(path) {
  let n = 0;
  for (let next = path + '&limit=100'; next;) {
    const page = await coordinator.read(next);
    n += page.cases.length;
    next = page.next;
  }
  return n;
}

test('每个数字点开，正好是它数的那些事项', async () => {
  const { figures } = await coordinator.read('/figures');
  let opened = 0;
  for (const { name } of figures) {
    const f = await coordinator.read(`/figures/${name}?${period}`);
    assert.ok(f.definition && f.unit && f.version >= 1, name);
    if (!f.cases || ['visited', 'needs_department_drop', 'no_lead'].includes(name)) continue;
    assert.equal(await listed(f.cases), f.numerator, name);
    opened++;
  }
  assert.ok(opened >= 15, `only ${opened} figures could be opened`);
});

test('示例里没有无人负责的在办事项', async () => {
  const f = await coordinator.read(`/figures/unowned?${period}`);
  assert.equal(f.value, 0);
  const { cases } = await coordinator.read('/cases?state=open&limit=100');
  assert.ok(cases.length > 0);
  for (const row of cases.slice(0, 20)) {
    const c = await coordinator.case(row.no);
    assert.ok(c.duties.some(d => d.end === 'open' && d.due && (d.owner.org || d.owner.role)), row.no);
  }
});

test('按小区、单位看的现场工作，打开的明细也是这个小区、单位的', async () => {
  const v = await new Visitor(s.url).logIn(s.logins.coord01);
  const page = (await v.get(`/desk/figures?${period}&place=XFL&org=CG`)).text;
  const links = [...page.matchAll(/href="(\/desk\/(?:visits|routines|operations|people)\?[^"]*)">查看/g)].map(m => m[1].replaceAll('&amp;', '&'));
  assert.ok(links.length >= 5, page.slice(0, 300));
  for (const url of links) {
    assert.match(url, /[?&]place=XFL&org=CG$/);
    assert.equal((await v.get(url)).status, 200, url);
  }
  const patrols = links.find(url => url.includes('kind=patrol')), n = Number(/部门巡查<\/a>[\s\S]*?(\d+) 次/.exec(page)[1]);
  const list = (await v.get(patrols)).text;
  assert.equal(new Set([...list.matchAll(/\/desk\/visits\/(\d+)"/g)].map(m => m[1])).size, n);
});
