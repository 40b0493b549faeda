// PgBouncer in session mode between the program and PostgreSQL, with the configuration that packaging/postgresql ships.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PASSWORD, Postgres, demo, folder, freePort, remove, replay, serve, theirs, whyNot } from './_server.mjs';
import { Load, report, sleep } from '../failover/_rig.mjs';

const SHIPPED = join(dirname(fileURLToPath(import.meta.url)), '../../packaging/postgresql/pgbouncer.ini');
const PROGRAM = '/usr/sbin/pgbouncer';
const why = whyNot() || (!existsSync(PROGRAM) && 'PgBouncer is not installed (Debian: pgbouncer)');
const skip = why && `not run: ${why}`;

let dir, pg, data, port, pooler, server;

/** The shipped file with this test's addresses in it. */
function configuration() {
  const home = theirs(dir, 'pooler');
  let text = readFileSync(SHIPPED, 'utf8');
  for (const [from, to] of [['port=5432', `port=${pg.port}`], ['listen_port = 6432', `listen_port = ${port}`], ['/etc/pgbouncer/userlist.txt', join(home, 'users')]]) {
    assert.ok(text.includes(from), `pgbouncer.ini no longer says ${from}`);
    text = text.replace(from, to);
  }
  writeFileSync(join(home, 'users'), `"shaodao" "${PASSWORD}"\n`);
  writeFileSync(join(home, 'pgbouncer.ini'), text);
  execFileSync('chown', ['-R', '--reference', home, home]);
  return join(home, 'pgbouncer.ini');
}

async function startPooler(file) {
  const user = process.getuid() === 0 ? ['-u', 'postgres'] : [];
  pooler = spawn(PROGRAM, [...user, '-q', file], { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' });
  let said = '';
  pooler.stderr.on('data', chunk => (said += chunk));
  const listens = () => new Promise(ok => {
    const c = connect(port, '127.0.0.1', () => { c.destroy(); ok(true); });
    c.on('error', () => ok(false));
  });
  for (let i = 0; i < 100; i++) {
    if (await listens()) return;
    assert.equal(pooler.exitCode, null, said);
    await sleep(100);
  }
  assert.fail(`PgBouncer does not come up\n${said}`);
}

const stopPooler = signal => new Promise(ok => {
  if (!pooler || pooler.exitCode !== null || pooler.signalCode !== null) return ok();
  pooler.on('exit', ok);
  pooler.kill(signal);
});

let file;
before(async () => {
  if (skip) return;
  dir = folder('pooler');
  pg = await Postgres.start(dir);
  port = await freePort();
  file = configuration();
  await startPooler(file);
  data = join(dir, 'data');
  demo(data, pg.url(port));
  server = await serve(data);
});
after(async () => {
  await server?.stop();
  await stopPooler('SIGKILL');
  await pg?.stop();
  if (dir) remove(dir);
});

test('init, serve, reports and pages through the pooler', { skip }, async () => {
  for (let n = 1; n <= 20; n++) assert.equal((await report(server, n)).status, 201);
  const get = path => server.call('GET', path, { headers: { authorization: 'Bearer demo-coord01' } });
  for (const path of ['/api/v1/cases?limit=50', '/x/XFL', '/supervise', '/readyz'])
    assert.equal((await get(path)).status, 200, path);
  const clients = pg.sql('shaodao', `SELECT count(*) FROM pg_stat_activity WHERE usename = 'shaodao' AND application_name LIKE '%shaodao%'`);
  assert.ok(Number(clients) >= 2 && Number(clients) <= 40, `${clients} connections`);
});

test('the pooler dies and comes back: at most 503, nothing is lost, nothing comes twice', { skip }, async () => {
  const load = new Load([server], { clients: 4 });
  await load.more(20, 20);
  await stopPooler('SIGKILL');
  await sleep(1500);
  await startPooler(file);
  await load.more(20, 30);
  await load.end();
  assert.deepEqual(load.odd, {});
  const kept = new Map(pg.rows(`SELECT hotline_no, count(*) FROM case_file GROUP BY hotline_no`));
  assert.deepEqual([...load.acks.keys()].filter(n => kept.get(`F${n}`) !== '1'), []);
});

test('the record replays through the pooler', { skip }, async () => {
  assert.equal(await server.stop(), 0, server.said);
  assert.deepEqual(replay(data), [0, '']);
});
