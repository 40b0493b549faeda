// A base backup and the archived log bring the database back to a moment, as docs/operating.md describes it: what was
// promised before that moment is there, what came after is not, and the record replays.
import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { BIN, PASSWORD, Postgres, asPostgres, demo, folder, remove, replay, serve, theirs, whyNot } from './_server.mjs';
import { report, sleep } from '../failover/_rig.mjs';

const why = whyNot(), skip = why && `no PostgreSQL here: ${why}`;

let dir, pg, restored, data, server;
before(async () => {
  if (skip) return;
  dir = folder('restore');
  const archive = theirs(dir, 'archive');
  pg = await Postgres.start(dir, { settings: { archive_mode: 'on', archive_command: `test ! -f ${archive}/%f && cp %p ${archive}/%f`, archive_timeout: '30s' } });
  data = join(dir, 'data');
  demo(data, pg.url());
});
after(async () => {
  await server?.stop();
  await restored?.stop();
  await pg?.stop();
  if (dir) remove(dir);
});

/** Reports number `from` to `to`; the answers' case numbers. */
async function take(from, to) {
  const numbers = [];
  for (let n = from; n <= to; n++) {
    const r = await report(server, n);
    assert.equal(r.status, 201, r.text);
    numbers.push(JSON.parse(r.text).no);
  }
  return numbers;
}

test('back to a moment: all before it, nothing after it', { skip, timeout: 120_000 }, async () => {
  server = await serve(data);
  const early = await take(1, 10);
  asPostgres(`${BIN}/pg_basebackup`, '-D', theirs(dir, 'base'), '-c', 'fast', '-X', 'none', '-h', join(dir, 'pg-socket'), '-p', String(pg.port),
    '-d', `user=postgres password=${PASSWORD}`);
  const middle = await take(11, 20);
  await sleep(50);
  const moment = pg.sql('shaodao', 'SELECT now()');
  await sleep(50);
  const late = await take(21, 30);
  assert.equal(await server.stop(), 0, server.said);
  server = null;
  pg.sql('shaodao', 'SELECT pg_switch_wal()');
  const last = pg.sql('shaodao', 'SELECT pg_walfile_name(pg_switch_wal())');
  for (let i = 0; pg.sql('shaodao', `SELECT coalesce(last_archived_wal, '') < '${last}' FROM pg_stat_archiver`) === 't' && i < 100; i++) await sleep(100);
  await pg.stop();

  writeFileSync(join(dir, 'base/recovery.signal'), '');
  restored = await Postgres.start(dir, { name: 'base', settings: { restore_command: `cp ${join(dir, 'archive')}/%f %p`,
    recovery_target_time: moment, recovery_target_action: 'promote' } });
  for (let i = 0; restored.sql('shaodao', 'SELECT pg_is_in_recovery()') === 't' && i < 100; i++) await sleep(100);

  const copy = join(dir, 'copy'); // the keys and files from their own backup, and where the database is now
  cpSync(data, copy, { recursive: true });
  rmSync(join(copy, 'lock'), { force: true });
  writeFileSync(join(copy, 'database'), readFileSync(join(copy, 'database'), 'utf8').replace(`:${pg.port}/`, `:${restored.port}/`), { mode: 0o600 });
  assert.deepEqual(replay(copy), [0, '']);
  server = await serve(copy);
  const status = async no => (await server.call('GET', `/api/v1/cases/${no}`, { headers: { authorization: 'Bearer demo-coord01' } })).status;
  for (const no of [...early, ...middle]) assert.equal(await status(no), 200, `${no} is gone`);
  for (const no of late) assert.equal(await status(no), 404, `${no} came after the moment`);
  assert.equal(JSON.parse((await report(server, 15)).text).no, middle[4]);
  assert.deepEqual(await take(21, 21), [late[0]]); // sent again, it is taken in again, and the numbers go on without a gap
});
