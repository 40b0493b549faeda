// Several servers share one database (PostgreSQL): what one does the others know, numbers have no gaps, and of clock and house one
// of them takes care, until it is gone. On the embedded engine a second server is refused.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { SHAODAO, start } from './lib.mjs';

const shared = !!process.env.SHAODAO_DATABASE;
const s = await start();
const others = [];
after(() => others.forEach(o => o.process.kill('SIGKILL')));

/** One more server on the same directory: an object that calls it as `s` calls the first. */
async function another() {
  const o = Object.create(s);
  o.port = undefined;
  await o.run();
  o.process.removeAllListeners('exit');
  others.push(o);
  return o;
}

async function soon(what, ms = 8000) {
  for (const until = Date.now() + ms; ;) {
    const got = await what();
    if (got || Date.now() > until) return got;
    await new Promise(ok => setTimeout(ok, 100));
  }
}

test('a second server on the embedded engine is refused', { skip: shared && 'PostgreSQL: it may come' }, () => {
  const r = spawnSync(SHAODAO, ['serve', join(s.dir, 'data'), '--listen', '127.0.0.1:0'], { encoding: 'utf8' });
  assert.notEqual(r.status, 0);
  assert.match(r.stderr, /另一个 shaodao 进程/);
});

test('two servers: cases are seen by both, numbers have no gaps, a conflict is decided again', { skip: !shared && 'needs PostgreSQL' }, async () => {
  const t = await another();
  const sent = await Promise.all(Array.from({ length: 60 }, (_, i) => (i % 2 ? s : t).report({ item: 'WJ01', words: `楼道堆着旧家具 ${i}`, spot: `${i} 栋` })));
  assert.deepEqual(sent.map(c => Number(c.no.slice(-4))).sort((a, b) => a - b), sent.map((_, i) => i + 1));
  for (const c of sent.slice(0, 4))
    assert.equal((await s.as('coord01').case(c.no)).no, (await t.as('coord01').case(c.no)).no);
  // the same act at the same moment on both: one of them does it, the other hears that it is done
  const no = sent[0].no, path = `/cases/${no}/actions/urge`;
  const answers = await Promise.all([s, t, s, t].map(x => x.as({ case: sent[0].token }).post(path, {})));
  assert.ok(answers.every(a => a.status < 500), answers.map(a => a.status).join());
});

test('who is new on one server is known on all', { skip: !shared && 'needs PostgreSQL' }, async () => {
  const run = (...args) => execFileSync(SHAODAO, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }), data = join(s.dir, 'data');
  run('user', 'add', data, 'newcomer', '--name', '新来的', '--role', 'officer', '--org', 'CG');
  const raw = run('user', 'token', data, 'newcomer').trim().split(/\s+/).pop();
  for (const x of [s, others[0]])
    assert.ok(await soon(async () => (await x.as({ raw: `Bearer ${raw}` }).get('/me')).body?.person?.name === '新来的'), 'the name has arrived');
});

test('when the one that keeps the clock is gone, the other does', { skip: !shared && 'needs PostgreSQL' }, async () => {
  const t = others[0];
  const c = await t.report({ item: 'XF01', words: '消防通道又被堵住了', spot: '2 栋' });
  s.process.removeAllListeners('exit');
  const gone = new Promise(ok => s.process.on('close', ok));
  s.process.kill('SIGKILL');
  await gone;
  s.tick('2026-04-20T21:00:00+08:00');
  const missed = await soon(async () => (await t.as('coord01').case(c.no)).duties.some(d => d.missed));
  assert.ok(missed, 'the duties of the other hours were looked after');
  const next = await t.report({ item: 'WJ01', words: '又有旧家具', spot: '61 栋' });
  assert.equal(Number(next.no.slice(-4)), 62);
  t.process.kill('SIGTERM');
  await new Promise(ok => t.process.on('close', ok));
  s.process = { exitCode: 0 };
  s.replay();
});
