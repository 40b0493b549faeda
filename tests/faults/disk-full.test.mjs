// The disk is full: what is sent is refused with 503 and not half kept, reading goes on, and with room again writing goes
// on without a restart. Needs to mount a small tmpfs; skipped where that is not allowed.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { demo, get, nothingIsLost, ofTheFile, report, serve, sleep, stop } from './_fault.mjs';

const MB = 16;
const dir = mkdtempSync(join(tmpdir(), 'shaodao-full-'));
let isMounted = false;
try {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${MB}m`, 'tmpfs', dir], { stdio: 'ignore' });
  isMounted = true;
} catch { /* not root */ }
after(() => {
  if (isMounted) execFileSync('umount', [dir]);
  rmSync(dir, { recursive: true, force: true });
});

const data = join(dir, 'data'), ballast = join(dir, 'ballast');

/** Reports until the answer is 503, several at a time; returns how many were taken. */
async function fill(s, kept, from) {
  let n = from, refused = 0;
  const client = async () => {
    while (refused < 40) {
      const mine = n++;
      const r = await report(s, mine, `消防通道又被堵了 ${'，请尽快来看看'.repeat(60)} ${mine}`);
      if (r.status === 201) kept.set(r.body.no, mine);
      else {
        assert.equal(r.status, 503, JSON.stringify(r.body));
        assert.match(r.body.detail ?? r.body.title, /磁盘已满|没能确认|再试/);
        refused++;
      }
      assert.ok(mine < from + 50000, 'the disk never got full');
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
  return n;
}

test('磁盘写满：写得 503，读照常，腾出空间后不用重启', { skip: ofTheFile || !isMounted && 'cannot mount a tmpfs here' }, async t => {
  demo(data);
  const s = await serve(data), kept = new Map();
  t.after(() => s.code ?? process.kill(-s.child.pid, 'SIGKILL')); // what failed must not hold the disk
  writeFileSync(ballast, Buffer.alloc(4 << 20));
  const next = await fill(s, kept, 1);
  assert.ok(kept.size > 50, `only ${kept.size} before the disk was full`);

  // Reading goes on, and the program says how it is.
  for (const path of ['/', '/x/XFL', '/api/v1/cases?limit=50', `/api/v1/cases/${[...kept.keys()][0]}`, '/readyz', '/healthz'])
    assert.equal((await get(s, path)).status, 200, path);
  assert.equal(s.code, null, s.said);

  // Room again: what was refused is taken now, with the same key, and once.
  rmSync(ballast);
  await sleep(2500); // idle: the writer leaves its log as it is, for folding it in would eat the room again
  for (let n = next; n < next + 20; n++) {
    const r = await report(s, n);
    assert.equal(r.status, 201, JSON.stringify(r.body));
    kept.set(r.body.no, n);
  }
  assert.equal(await stop(s), 0, s.said);
  await nothingIsLost(data, kept);
});
