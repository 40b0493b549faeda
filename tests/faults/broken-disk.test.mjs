// The disk fails while it is written: nobody knows then what is stored, so the program ends (74) and does not go on with
// something; after the restart every acknowledged report is there, and a repeat with the same key tells about the others.
// The N-th write or sync of the server fails, for N = 1, 2, 4 … and until something was acknowledged before; strace injects the failure.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { demo, nothingIsLost, ofTheFile, report, serve, sleep, stop } from './_fault.mjs';

const dir = mkdtempSync(join(tmpdir(), 'shaodao-broken-'));
after(() => rmSync(dir, { recursive: true, force: true }));

let canTrace = true;
try {
  execFileSync('strace', ['-f', '-o', '/dev/null', '-e', 'trace=fdatasync', '-e', 'inject=fdatasync:error=EIO:when=1', 'true'], { stdio: 'ignore' });
} catch {
  canTrace = false;
}

const MOST = Number(process.env.FAULTS ?? 64);
const failures = [['fdatasync', 'EIO'], ['pwrite64', 'EIO'], ['pwrite64', 'ENOSPC'], ['fdatasync', 'ENOSPC']];

for (const [call, error] of failures)
  test(`第 N 次 ${call} 失败（${error}）：答应过的都在`, { skip: ofTheFile || !canTrace && 'strace cannot trace here' }, async () => {
    const data = join(dir, `${call}-${error}`), kept = new Map();
    let number = 0, ended = 0;
    demo(data);
    for (let n = 1; n <= MOST || (!kept.size && n <= 4096); n *= 2) {
      const s = await serve(data, ['strace', '-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${call}:error=${error}:when=${n}`])
        .catch(e => e); // it may fail before it serves: then it says so and ends
      if (s instanceof Error) {
        assert.ok(s.ended === 1 || s.ended === 74, s.message);
        continue;
      }
      let dead = false;
      s.gone.then(() => (dead = true));
      const client = async () => {
        for (let i = 0; i < 6 && !dead; i++) {
          const mine = ++number;
          const r = await report(s, mine);
          if (r.status === 201) kept.set(r.body.no, mine);
          else assert.ok(r.status === 0 || r.status === 503, `${r.status} ${JSON.stringify(r.body)}`);
        }
      };
      await Promise.all(Array.from({ length: 8 }, client));
      await sleep(dead ? 0 : 50);
      ended += s.code === 74;
      await stop(s);
      assert.ok(s.code === 0 || s.code === 74, `${call} ${error} ${n}: ended with ${s.code}\n${s.said}`);
    }
    assert.ok(kept.size > 0);
    assert.ok(error !== 'EIO' || ended > 0, 'no failure was noticed');
    await nothingIsLost(data, kept);
  });
