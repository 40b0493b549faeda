// PostgreSQL is killed under load (kill -9 of its first process) and started again, several times, on a disk that is waited for:
// shaodao goes on without a restart, what it acknowledged is there, nothing is there twice, and the record replays. POSTMASTERS sets how often.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tmpdir } from 'node:os';
import { after, test } from 'node:test';
import { demo, isPostgres, nothingIsLost, report, serve, sleep, stop } from './_fault.mjs';

const KILLS = Number(process.env.POSTMASTERS ?? 6), CLIENTS = 12;
const HERE = join(dirname(fileURLToPath(import.meta.url)), '../../tools/postgres-here');
const skip = !isPostgres && 'it is PostgreSQL that dies here';
const dir = skip ? null : mkdtempSync(join('/tmp', 'pgk-')), data = skip ? null : mkdtempSync(join(tmpdir(), 'shaodao-postmaster-'));
const server = (verb, env = {}) => execFileSync(HERE, [verb, dir], { encoding: 'utf8', env: { ...process.env, ...env } }).trim();
after(() => {
  if (skip) return;
  server('stop');
  for (const d of [dir, data]) rmSync(d, { recursive: true, force: true });
});

test(`PostgreSQL 被杀 ${KILLS} 次：答应过的都在，一件不重`, { skip }, async t => {
  process.env.SHAODAO_DATABASE = server('start', { FSYNC: 'on' });
  const home = join(data, 'data'), kept = new Map(), answers = {};
  demo(home);
  const s = await serve(home);
  t.after(() => s.code ?? process.kill(-s.child.pid, 'SIGKILL'));
  let number = 0, isOver = false, longest = 0;
  const client = async () => {
    while (!isOver) {
      const mine = ++number, began = Date.now();
      for (let isKept = false; !isKept && !isOver;) { // until it is taken: the same key each time
        const r = await report(s, mine);
        answers[r.status] = (answers[r.status] ?? 0) + 1;
        isKept = r.status === 201 || r.status === 200;
        if (isKept) kept.set(r.body.no, mine);
        else assert.ok(r.status === 503 || r.status === 0, `${r.status} ${JSON.stringify(r.body)}`);
        if (!isKept) await sleep(100);
      }
      longest = Math.max(longest, Date.now() - began);
    }
  };
  const clients = Array.from({ length: CLIENTS }, client);
  let before = 0;
  try {
    for (let kill = 0; kill < KILLS; kill++) {
      await sleep(500 + (kill * 170) % 700);
      process.kill(Number(readFileSync(join(dir, 'data/postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
      await sleep(kill % 2 ? 100 : 1500); // its own processes end when they see that it is gone
      server('again', { FSYNC: 'on' });
    }
    before = kept.size;
    for (let i = 0; i < 100 && kept.size < before + CLIENTS; i++) await sleep(200);
  } finally { // a failure must not leave them reporting
    isOver = true;
    await Promise.all(clients);
  }
  assert.ok(kept.size >= before + CLIENTS, 'after the last start nothing was taken');
  assert.equal(s.code, null, s.said);
  assert.equal(await stop(s), 0, s.said);
  assert.equal(new Set(kept.values()).size, kept.size); // one number for one report
  await nothingIsLost(home, kept);
  console.log(`| ${kept.size} acknowledged, ${KILLS} kills, the longest wait ${longest} ms, answers ${JSON.stringify(answers)}`);
});
