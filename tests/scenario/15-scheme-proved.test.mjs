// Proposing and publishing ask the prover, which thinks for seconds beside the server: others are answered meanwhile, a broken
// promise is told as a story, and what was proved is what is published.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { start } from './lib.mjs';
import { Visitor } from './_pages.mjs';

const s = await start({ at: '2026-10-08T09:00:00+08:00' });
const open = async name => new Visitor(s.url).logIn(s.logins[name]);
const editor = await open('coord01');
const other = await open('coord01');
const leader = await open('leader01');
const PROPOSAL = { op: 'propose', document: 'FA', valid_from: '2026-11-01' };
const JSON_ONLY = { accept: 'application/json' };

async function change(table, begins, fields, who = editor) {
  const csv = (await who.get(`/desk/scheme/export/${table}.csv`)).text.replace('\ufeff', '').trim().split('\n');
  const row = csv.findIndex(line => line.startsWith(begins)) - 1;
  assert.ok(row >= 0, `${table} has no ${begins}`);
  await who.get(`/desk/scheme/${table}?row=${row}`);
  const r = await who.post(`/desk/scheme/${table}`, { op: 'set', row, rev: who.field('rev'), ...fields });
  assert.equal(r.status, 303, r.text);
}

async function propose(headers) {
  await editor.get('/desk/scheme');
  return editor.post('/desk/scheme', { ...PROPOSAL, rev: editor.field('rev') }, headers);
}

/** Runs work and asks for pages meanwhile: what came, how long each page took, how long the work. */
async function meanwhile(work, ...pages) {
  let result;
  const began = performance.now(), took = [];
  const running = work.then(r => { result = r; });
  while (result === undefined)
    for (const page of pages) {
      const at = performance.now();
      const r = await page();
      if (result === undefined) {
        assert.equal(r.status, 200);
        took.push(performance.now() - at);
      }
    }
  await running;
  return { result, took: took.sort((a, b) => a - b), all: performance.now() - began };
}

test('a hop without limit is a wrong cell: told before anything is proved', async () => {
  await editor.get('/desk/scheme');
  await editor.post('/desk/scheme', { op: 'begin' });
  await change('documents', 'FA,', { c_number: '会党办〔2026〕8号', c_date: '2026-10-06' });
  await change('hops', 'urban,2', { c_limit: '' });
  const page = await propose();
  assert.equal(page.status, 422);
  assert.match(page.text, /草案还有 1 处错误[^]*hops/);
  const told = JSON.parse((await propose(JSON_ONLY)).text);
  assert.equal(told.status, 422);
  assert.equal(told.story, undefined, 'nothing was proved');
  await change('hops', 'urban,2', { c_limit: 'hop_accept' });
});

test('a lead that nobody can close for: the prover refuses and says why, in the page and in JSON', async () => {
  await change('items', 'QC04,', { c_lead: 'FY' });
  const page = await propose();
  assert.equal(page.status, 409);
  assert.match(page.text, /没有通过证明，不能发布。不成立的是“有人手”/);
  assert.match(page.text, /怎样会走到这一步[^]*事项 QC04：法院没有能办结的人/);
  const answer = await propose(JSON_ONLY);
  assert.match(answer.headers['content-type'], /^application\/problem\+json/);
  const told = JSON.parse(answer.text);
  assert.deepEqual([told.status, told.property], [409, 'staffed']);
  assert.match(told.story, /事项 QC04：法院没有能办结的人/);
  assert.doesNotMatch((await leader.get('/desk')).text, /等您批准/);
});

test('a stage that nothing leads to: the story has steps', async () => {
  await change('items', 'QC04,', { c_lead: 'CG' });
  await change('channels', 'resident,', { c_enters_at: 'dispatch' });
  const csv = (await editor.get('/desk/scheme/export/channels.csv')).text.replace('\ufeff', '').trim().split('\n').slice(1);
  for (const line of csv)
    await change('channels', line.slice(0, line.indexOf(',') + 1), { c_enters_at: 'dispatch' });
  const told = JSON.parse((await propose(JSON_ONLY)).text);
  assert.deepEqual([told.status, told.property], [409, 'not_empty'], told.detail);
  for (const line of csv)
    await change('channels', line.slice(0, line.indexOf(',') + 1), { c_enters_at: line.split(',')[3] });
});

test('while a proof runs, others are answered at once', async () => {
  const report = await s.report({ item: 'QC04', place: 'XFL' });
  const desk = await open('wgz03');
  const { result, took, all } = await meanwhile(propose(),
    () => fetch(s.url + '/healthz'), () => desk.get(`/desk/cases/${report.no}`), () => new Visitor(s.url).get(`/t/${report.token}`));
  assert.equal(result.status, 303, result.text);
  assert.ok(took.length >= 6, `${took.length} answers in ${all} ms`);
  assert.ok(took[Math.floor(took.length / 2)] < all / 20, `most come at once: ${took.map(Math.round)}`);
  assert.ok(took.at(-1) < all / 2, `none waited for the proof: ${Math.round(took.at(-1))} of ${Math.round(all)} ms`);
});

test('and what was proposed is published, with the same pages answered', async () => {
  await leader.get('/desk/scheme');
  const { result, took } = await meanwhile(leader.post('/desk/scheme', { op: 'approve', rev: leader.field('rev') }),
    () => fetch(s.url + '/healthz'));
  assert.equal(result.status, 303, result.text);
  assert.ok(took[Math.floor(took.length * 0.9)] < 100, `${took.map(Math.round)}`);
  assert.match((await leader.get('/desk/scheme')).text, /第 2 版/);
});

test('a draft that is changed while it is proved is not proposed', async () => {
  await editor.get('/desk/scheme');
  assert.equal((await editor.post('/desk/scheme', { op: 'begin' })).status, 303);
  await other.get('/desk/scheme');
  const proving = editor.post('/desk/scheme', PROPOSAL, JSON_ONLY);
  await pause(120);
  await change('limits', 'handle10,', { c_amount: '9' }, other);
  const told = JSON.parse((await proving).text);
  assert.equal(told.status, 412, told.detail);
  assert.match(told.detail, /证明期间草案又改了/);
  assert.equal((await propose()).status, 303, 'proved anew, it goes through');
});

test('who works on the registry while a version is proved is not overlooked', async () => {
  await leader.get('/desk/scheme');
  const proving = leader.post('/desk/scheme', { op: 'approve', rev: leader.field('rev') }, JSON_ONLY);
  await pause(120);
  const admin = await open('admin01');
  await admin.get('/desk/people');
  const made = await admin.post('/desk/people', { username: 'neu01', name: '新来的', phone: '0797-5621099' });
  assert.equal(made.status, 303, made.text);
  const told = await proving;
  assert.equal(told.status, 412, told.text);
  assert.match(JSON.parse(told.text).detail, /单位、人员或方案有变动/);
});

test('a server that is stopped while it proves ends cleanly', async () => {
  await leader.get('/desk/scheme');
  leader.post('/desk/scheme', { op: 'approve', rev: leader.field('rev') }).catch(() => {}); /* the answer may be cut off */
  await pause(120); /* s.stop() expects exit code 0 and a ledger that replays */
});
