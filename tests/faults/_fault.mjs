// What the fault tests share: a sample directory, the program started with a wrapper around it, reports that are counted.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { SHAODAO } from '../scenario/lib.mjs';

/** Which engine the run is about: tests of its own disk belong to one of them. */
export const isPostgres = Boolean(process.env.SHAODAO_DATABASE);
export const ofTheFile = isPostgres && 'about the file of the embedded engine; the disk of PostgreSQL is its own affair';

export const sleep = ms => new Promise(ok => setTimeout(ok, ms));

export function demo(data) {
  execFileSync(SHAODAO, ['demo', data, '--scheme', 'huichang', '--months', '0'], { stdio: 'ignore' });
}

/** Serves `data`; `wrap` is a command in front of it (strace …). Resolves when it answers. */
export async function serve(data, wrap = []) {
  const command = [...wrap, SHAODAO, 'serve', data, '--listen', '127.0.0.1:0'];
  const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  const s = { child, said: '', code: null };
  s.gone = new Promise(ok => child.on('exit', (code, signal) => ok(s.code = code ?? signal)));
  s.url = await new Promise((ok, fail) => {
    child.stderr.on('data', chunk => {
      s.said = (s.said + chunk).slice(-10000);
      const m = /http:\/\/127\.0\.0\.1:\d+/.exec(s.said);
      if (m) ok(m[0]);
    });
    s.gone.then(code => fail(Object.assign(new Error(`ended with ${code}\n${s.said}`), { ended: code })));
  });
  return s;
}

export async function stop(s) {
  if (s.code === null) process.kill(-s.child.pid, 'SIGTERM');
  return s.gone;
}

/** One report with its own number; status 0 = no answer. */
export async function report(s, n, words = `消防通道又被堵了，第 ${n} 次反映`) {
  const body = JSON.stringify({ place: 'XFL', item: 'ZS01', source: 'hotline', hotline_no: `F${n}`, words });
  const headers = { authorization: 'Bearer demo-hotline01', 'content-type': 'application/json', 'idempotency-key': `fault-number-${n}` };
  try {
    const r = await fetch(`${s.url}/api/v1/cases`, { method: 'POST', headers, body, signal: AbortSignal.timeout(20000) });
    return { status: r.status, body: await r.json() };
  } catch {
    return { status: 0 };
  }
}

export async function get(s, path) {
  const r = await fetch(s.url + path, { headers: { authorization: 'Bearer demo-coord01' } });
  return { status: r.status, body: await r.text() };
}

/** Nothing that was promised is missing, nothing was taken in twice, and the record gives the same rows again. */
export async function nothingIsLost(data, kept) {
  const replay = JSON.parse(execFileSync(SHAODAO, ['ledger', 'replay', data, '--json'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  assert.deepEqual([replay.differences, replay.first], [0, '']);
  const s = await serve(data);
  try {
    for (const [no, n] of kept) {
      assert.equal((await get(s, `/api/v1/cases/${no}`)).status, 200, `${no} is gone`);
    }
    for (const [no, n] of [...kept].slice(-20)) assert.equal((await report(s, n)).body.no, no); // the same again: the same answer
  } finally {
    await stop(s);
  }
}
