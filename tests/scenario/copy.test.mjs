// copy: an installation moved to a new directory, and there is nothing that the new one does not know. With an address in
// SHAODAO_DATABASE it goes from PostgreSQL to the embedded engine and back.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SHAODAO, start } from './lib.mjs';

const s = await start();
const copy = (...args) => spawnSync(SHAODAO, ['copy', ...args], { encoding: 'utf8' });
const replay = dir => JSON.parse(execFileSync(SHAODAO, ['ledger', 'replay', dir, '--json'], { stdio: ['ignore', 'pipe', 'ignore'] }));

test('while the server runs on the embedded engine, nothing is copied', { skip: process.env.SHAODAO_DATABASE && 'a server database gives one moment of itself' }, () => {
  const r = copy(join(s.dir, 'data'), join(s.dir, 'early'));
  assert.notEqual(r.status, 0);
  assert.match(r.stderr, /正由另一个|in use/);
});

test('a copy has the same cases, files and keys, and goes on by itself', async () => {
  const c = await s.report({ item: 'XF01', words: '消防通道被私家车堵住了', spot: '3 栋前' });
  await s.as('coord01').case(c.no);
  const before = await s.as('coord01').case(c.no);
  s.process.removeAllListeners('exit');
  const gone = new Promise(ok => s.process.on('close', ok));
  s.process.kill('SIGTERM');
  await gone;
  const [first, second] = ['first', 'second'].map(name => join(s.dir, name));
  for (const [from, to, database] of [[join(s.dir, 'data'), first, ['--database', 'embedded']], [first, second, []]]) {
    const r = copy(from, to, ...database);
    assert.equal(r.status, 0, r.stderr);
    assert.match(r.stderr, /compared and the same|逐行核对相同/);
    const said = replay(to);
    assert.deepEqual([said.differences, said.first], [0, '']);
  }
  assert.ok(existsSync(join(first, 'shaodao.db')));
  assert.equal(existsSync(join(second, 'database')), !!process.env.SHAODAO_DATABASE);
  assert.deepEqual(readFileSync(join(second, 'keys/kek')), readFileSync(join(s.dir, 'data/keys/kek')));
  execFileSync('rm', ['-rf', join(s.dir, 'data')]);
  execFileSync('mv', [second, join(s.dir, 'data')]);
  await s.run();
  assert.deepEqual(await s.as('coord01').case(c.no), before);
  assert.equal((await s.report({ item: 'WJ01', words: '楼道堆着旧家具', spot: '4 栋' })).no.slice(-4), '0002');
});

test('what is there already is not touched', () => {
  mkdirSync(join(s.dir, 'full'));
  const r = copy(join(s.dir, 'first'), join(s.dir, 'full'));
  assert.notEqual(r.status, 0);
  assert.match(r.stderr, /已经存在/);
  assert.notEqual(copy(join(s.dir, 'nowhere'), join(s.dir, 'other')).status, 0);
});
