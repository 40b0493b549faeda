// A version of the lists: drafted, proposed on a document, approved by a second person, in force from its date. Cases keep the
// version they were opened under, and a calendar that comes later never changes what is finished.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { PEOPLE, SHAODAO, start } from './lib.mjs';
import { Visitor } from './_pages.mjs';

const s = await start({ at: '2026-10-08T09:00:00+08:00' });
const dir = join(s.dir, 'data');
const open = async name => new Visitor(s.url).logIn(s.logins[name]);
const editor = await open('coord01');
const leader = await open('leader01');

/** Opens a row by its place in the exported table, changes fields, saves. */
async function change(table, code, fields) {
  const csv = (await editor.get(`/desk/scheme/export/${table}.csv`)).text.trim().split('\n');
  const row = csv.findIndex(line => line.startsWith(code + ',')) - 1;
  assert.ok(row >= 0, `${table} has no ${code}`);
  await editor.get(`/desk/scheme/${table}?row=${row}`);
  return editor.post(`/desk/scheme/${table}`, { op: 'set', row, rev: editor.field('rev'), ...fields });
}

const rev = async who => (await who.get('/desk/scheme'), who.field('rev'));

test('only the coordinator drafts; others read or see nothing', async () => {
  assert.equal((await leader.get('/desk/scheme')).status, 200);
  assert.equal((await leader.post('/desk/scheme', { op: 'begin' })).status, 403);
  assert.equal((await (await open(PEOPLE.officer)).get('/desk/scheme')).status, 403);
  await editor.get('/desk/scheme');
  assert.equal((await editor.post('/desk/scheme', { op: 'begin' })).status, 303);
  assert.equal((await editor.post('/desk/scheme', { op: 'begin' })).status, 409);
});

test('a wrong cell is told beside it, and stops a proposal', async () => {
  assert.equal((await change('limits', 'handle5', { c_amount: 'drei' })).status, 303);
  const page = await editor.get('/desk/scheme/limits?only=faults');
  assert.match(page.text, /“drei”不是这里能用的数/);
  await editor.get('/desk/scheme');
  const no = await editor.post('/desk/scheme', { op: 'propose', document: 'FA', valid_from: '2026-11-01' });
  assert.equal(no.status, 422);
  assert.equal((await change('limits', 'handle5', { c_amount: '3' })).status, 303);
  assert.match((await editor.get('/desk/scheme')).text, /由 5 个工作日改为 3 个工作日，适用于事项/);
});

test('two who edit at once: the second is asked to look again', async () => {
  await editor.get('/desk/scheme/limits?row=0');
  const old = editor.field('rev');
  await change('limits', 'handle10', { c_amount: '8' });
  const r = await editor.post('/desk/scheme/limits', { op: 'set', row: '0', rev: old, c_amount: '1' });
  assert.equal(r.status, 412);
});

test('publishing needs a whole document, a date that has not passed, and a second person', async () => {
  await editor.get('/desk/scheme');
  const ask = more => editor.post('/desk/scheme', { op: 'propose', document: 'FA', valid_from: '2026-11-01', ...more });
  assert.match((await ask({})).text, /还缺名称或日期/);
  await change('documents', 'FA', { c_number: '会党办〔2026〕8号', c_date: '2026-10-06' });
  await editor.get('/desk/scheme');
  assert.match((await ask({ valid_from: '2026-10-07' })).text, /不能早于今天/);
  assert.equal((await ask({})).status, 303);
  assert.match((await leader.get('/desk')).text, /有一份工作方案草案等您批准/);
  assert.match((await leader.get('/desk/notices')).text, /提请批准/);
  assert.equal((await change('limits', 'handle5', { c_amount: '2' })).status, 409, 'what was proposed stays');
  await editor.get('/desk/scheme');
  assert.equal((await editor.post('/desk/scheme', { op: 'approve', rev: await rev(editor) })).status, 403);
  assert.equal((await leader.post('/desk/scheme', { op: 'approve', rev: await rev(leader) })).status, 303);
});

let before;
test('it comes into force by its date, not before', async () => {
  before = await s.report({ item: 'FW01', place: 'XFL' });
  const lists = await new Visitor(s.url).get('/lists');
  assert.match(lists.text, /第 1 版/);
  const versions = await new Visitor(s.url).get('/lists/versions/2');
  assert.match(versions.text, /待施行/);
  assert.match(versions.text, /由 5 个工作日改为 3 个工作日/);
  s.tick('2026-10-31T23:59:00+08:00');
  assert.match((await new Visitor(s.url).get('/lists')).text, /第 1 版/);
  s.tick('2026-11-01T00:00:05+08:00');
  const after = (await new Visitor(s.url).get('/lists')).text;
  assert.match(after, /第 2 版，2026 年 11 月 1 日起施行/);
  assert.match(after, /会党办〔2026〕8号/);
  const fresh = await s.report({ item: 'FW01', place: 'XFL', words: '另一处群租' });
  assert.equal((await s.as('coord01').get(`/cases/${fresh.no}`)).body.scheme.version, 2);
  assert.equal((await s.as('coord01').get(`/cases/${before.no}`)).body.scheme.version, 1);
});

test('the coming year is missed from October on, and a notice of holidays brings it', async () => {
  assert.match((await editor.get('/desk')).text, /还没有 2027 年的安排/);
  await editor.get('/desk/scheme');
  await editor.post('/desk/scheme', { op: 'begin' });
  await editor.get('/desk/scheme');
  const notice = 'date,kind,name\n2027-01-01,holiday,元旦\n2027-01-02,holiday,元旦\n2026-11-16,holiday,补假\n';
  const r = await editor.upload('/desk/scheme/import', { is_notice: '1', rev: editor.field('rev') }, 'file', Buffer.from(notice), 'text/csv');
  assert.equal(r.status, 303, r.text);
  const csv = (await editor.get('/desk/scheme/export/calendar.csv')).text;
  assert.match(csv, /2027-01-01,holiday/);
  assert.match(csv, /2025-10-01,holiday/, 'other years stay');
  assert.doesNotMatch(csv, /2026-10-01/, 'the notice replaces its own years');
});

test('a calendar published later changes no finished judgement', async () => {
  const judged = () => JSON.parse(execFileSync(SHAODAO, ['report', dir, 'all', '--from', '2026-10-01', '--to', '2026-10-31', '--json']).toString());
  s.tick('2026-11-12T10:00:00+08:00');
  const duties = async () => (await s.as('coord01').get(`/cases/${before.no}`)).body.duties.map(d => [d.id, d.due, d.missed, d.end]);
  const was = [await duties(), judged()];
  assert.ok(was[0].some(d => d[2]), 'something was missed');
  await editor.get('/desk/scheme');
  // The clock jumped over a day on which a version took effect: a proof begun before it is not of what is in force now, and is asked for again.
  const again = async ask => { const r = await ask(); return r.status === 412 ? ask() : r; };
  const proposal = { op: 'propose', rev: editor.field('rev'), document: 'FA', valid_from: '2026-11-12' };
  assert.equal((await again(() => editor.post('/desk/scheme', proposal))).status, 303);
  assert.equal((await again(async () => leader.post('/desk/scheme', { op: 'approve', rev: await rev(leader) }))).status, 303);
  assert.match((await new Visitor(s.url).get('/lists')).text, /第 3 版/);
  assert.deepEqual([await duties(), judged()], was);
  assert.doesNotMatch((await editor.get('/desk')).text, /还没有 2027 年的安排/);
});

test('what if: past cases under a draft', async () => {
  await editor.get('/desk/scheme');
  await editor.post('/desk/scheme', { op: 'begin' });
  await change('items', 'FW01', { c_lead: 'CG' });
  const page = await editor.get('/desk/scheme/replay');
  assert.equal(page.status, 200);
  assert.match(page.text, new RegExp(`${before.no}[^]*牵头：[^]*城管局`));
  const json = JSON.parse(execFileSync(SHAODAO, ['scheme', 'diff', `${dir}@draft`, '--replay', dir, '--json']).toString());
  assert.equal(json.cases, 2);
  assert.equal(json.lead_changes, 2);
  const same = JSON.parse(execFileSync(SHAODAO, ['scheme', 'diff', 'huichang', '--replay', dir, '--json']).toString());
  assert.ok(same.list.every(c => c.no !== before.no), 'under its own version nothing is otherwise');
});

test('the command says the same in words and in JSON, and does not write beside a server', () => {
  const said = execFileSync(SHAODAO, ['scheme', 'diff', `${dir}@1`, `${dir}@2`]).toString();
  assert.match(said, /时限\n[^]*由 5 个工作日改为 3 个工作日/);
  const json = JSON.parse(execFileSync(SHAODAO, ['scheme', 'diff', `${dir}@1`, dir, '--json']).toString());
  assert.ok(json.changes.some(c => c.table === 'limits' && c.key === 'handle5' && c.column === 'amount'));
  assert.equal(json.count, json.changes.length);
  const busy = spawnSync(SHAODAO, ['scheme', 'publish', dir, '--by', 'leader01']);
  assert.equal(busy.status, 1);
  assert.match(busy.stderr.toString(), process.env.SHAODAO_DATABASE ? /没有提请批准的草案/ : /serve/); // a server database takes several writers
  assert.equal(spawnSync(SHAODAO, ['scheme', 'publish', dir]).status, 2);
});
