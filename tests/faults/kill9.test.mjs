// kill -9 under load: what was acknowledged is there, the ledger replays clean, and the program is ready again at once.
// KILLS sets how often (50 in the full run).
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { SHAODAO } from '../scenario/lib.mjs';

const KILLS = Number(process.env.KILLS ?? 50), CLIENTS = 24, READY_MS = 1000;
const dir = mkdtempSync(join(tmpdir(), 'shaodao-kill-')), data = join(dir, 'data');
after(() => rmSync(dir, { recursive: true, force: true }));

const headers = { authorization: 'Bearer demo-hotline01', 'content-type': 'application/json' };
const sleep = ms => new Promise(ok => setTimeout(ok, ms));

async function serve() {
  const began = Date.now();
  const child = spawn(SHAODAO, ['serve', data, '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const url = await new Promise((ok, fail) => {
    let said = '';
    child.stderr.on('data', chunk => {
      said += chunk;
      const m = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (m) ok(m[0]);
    });
    child.on('exit', code => fail(new Error(`ended with ${code}\n${said}`)));
  });
  const r = await fetch(url + '/readyz');
  assert.equal(r.status, 200);
  return { child, url, ms: Date.now() - began };
}

async function report(url, n) {
  const body = JSON.stringify({ place: 'XFL', item: 'XF01', source: 'hotline', hotline_no: `K${n}`, words: `消防通道又被堵了，第 ${n} 次反映` });
  const r = await fetch(url + '/api/v1/cases', { method: 'POST', headers: { ...headers, 'idempotency-key': `kill-nine-${n}` }, body });
  return r.status === 201 ? r.json() : null;
}

test(`杀掉 ${KILLS} 次，答应过的一件不少`, async () => {
  execFileSync(SHAODAO, ['demo', data, '--scheme', 'huichang', '--months', '0'], { stdio: 'ignore' });
  const kept = new Map(); // number → hotline_no
  let next = 0, slowest = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const s = await serve();
    slowest = Math.max(slowest, s.ms);
    let dead = false;
    const client = async () => {
      while (!dead) {
        const n = next++;
        const answer = await report(s.url, n).catch(() => null);
        if (answer?.no) kept.set(answer.no, `K${n}`);
      }
    };
    const clients = Array.from({ length: CLIENTS }, client);
    await sleep(40 + (kill * 37) % 160);
    s.child.removeAllListeners('exit');
    s.child.kill('SIGKILL');
    dead = true;
    await Promise.all(clients);
  }
  assert.ok(kept.size > KILLS, `only ${kept.size} reports were acknowledged`);

  const replay = JSON.parse(execFileSync(SHAODAO, ['ledger', 'replay', data, '--json'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  assert.equal(replay.differences, 0, replay.first);

  const s = await serve();
  let missing = 0;
  for (const no of kept.keys()) {
    const r = await fetch(`${s.url}/api/v1/cases/${no}`, { headers: { authorization: 'Bearer demo-coord01' } });
    if (r.status !== 200) missing++;
  }
  // The same submission again gets the same number: nothing was taken in twice.
  for (const [no, hotline] of [...kept].slice(0, 20)) {
    const again = await report(s.url, Number(hotline.slice(1)));
    assert.equal(again?.no, no);
  }
  s.child.removeAllListeners('exit');
  s.child.kill('SIGTERM');
  assert.equal(missing, 0, `${missing} of ${kept.size} acknowledged reports are gone`);
  assert.ok(slowest <= READY_MS * (process.env.CI ? 3 : 2), `ready after ${slowest} ms`);
  console.log(`# ${kept.size} acknowledged, ${KILLS} kills, slowest start ${slowest} ms`);
});
