// A PostgreSQL 15 of its own for a test: in a temporary directory, on the loopback, with the role and database shaodao as
// docs/operating.md makes them. PostgreSQL refuses to run as root, so root gives it to the user postgres.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server, sleep } from '../failover/_rig.mjs';
import { SHAODAO } from '../scenario/lib.mjs';

export const BIN = '/usr/lib/postgresql/15/bin';
export const PASSWORD = 'only-in-this-test';
const isRoot = process.getuid() === 0;
const asUser = isRoot ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups'] : [];

/** A sentence why there can be no PostgreSQL here, or false. */
export function whyNot() {
  if (!existsSync(`${BIN}/postgres`)) return 'PostgreSQL 15 is not installed (Debian: postgresql)';
  return spawnSync(SHAODAO, ['help', 'init'], { encoding: 'utf8' }).error ? 'shaodao is not built' : false;
}

export const freePort = () => new Promise(ok => {
  const s = createServer().listen(0, '127.0.0.1', () => { const { port } = s.address(); s.close(() => ok(port)); });
});

/** A directory that the user postgres may pass through. */
export function folder(name) {
  const dir = mkdtempSync(join(tmpdir(), `shaodao-${name}-`));
  chmodSync(dir, 0o711);
  return dir;
}

/** A folder inside `dir` that belongs to whoever runs PostgreSQL. */
export function theirs(dir, name) {
  const path = join(dir, name);
  mkdirSync(path, { mode: 0o700 });
  if (isRoot) chownSync(path, ...['-u', '-g'].map(o => Number(execFileSync('id', [o, 'postgres'], { encoding: 'utf8' }))));
  return path;
}

/** Runs a program as the user of PostgreSQL. */
export function asPostgres(program, ...args) {
  return execFileSync([...asUser, program, ...args][0], [...asUser, program, ...args].slice(1),
    { encoding: 'utf8', env: { ...process.env, HOME: '/', LC_ALL: 'C.UTF-8' }, stdio: ['ignore', 'pipe', 'pipe'], cwd: '/' });
}

export class Postgres {
  /** `data` is made by initdb unless somebody has put it there. */
  static async start(dir, { name = 'pg', settings = {} } = {}) {
    const pg = new Postgres();
    Object.assign(pg, { dir, data: join(dir, name), port: await freePort() });
    pg.isNew = !existsSync(pg.data);
    if (pg.isNew) pg.make(theirs(dir, name), theirs(dir, `${name}-socket`));
    else if (!existsSync(join(dir, `${name}-socket`))) theirs(dir, `${name}-socket`);
    const options = { port: pg.port, listen_addresses: '127.0.0.1', unix_socket_directories: join(dir, `${name}-socket`),
      shared_buffers: '32MB', ...settings };
    pg.child = spawn([...asUser, `${BIN}/postgres`][0], [...asUser, `${BIN}/postgres`, '-D', pg.data,
      ...Object.entries(options).flatMap(([k, v]) => ['-c', `${k}=${v}`])].slice(1), { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' });
    pg.child.stderr.on('data', chunk => (pg.said = ((pg.said ?? '') + chunk).slice(-50000)));
    pg.gone = new Promise(ok => pg.child.on('exit', ok));
    await pg.ready();
    if (pg.isNew) {
      pg.sql('postgres', `CREATE ROLE shaodao LOGIN PASSWORD '${PASSWORD}'`);
      pg.sql('postgres', `CREATE DATABASE shaodao OWNER shaodao TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'`);
    }
    return pg;
  }

  make(data) {
    const password = join(this.dir, 'superuser');
    writeFileSync(password, PASSWORD);
    chmodSync(password, 0o644);
    asPostgres(`${BIN}/initdb`, '-D', data, '-U', 'postgres', '-E', 'UTF8', '--locale=C.UTF-8', '-A', 'scram-sha-256', `--pwfile=${password}`, '-N');
  }

  async ready() {
    for (let i = 0; i < 300; i++) {
      if (spawnSync(`${BIN}/pg_isready`, ['-q', '-h', '127.0.0.1', '-p', this.port]).status === 0) return;
      if (this.child.exitCode !== null) break;
      await sleep(100);
    }
    throw new Error(`PostgreSQL does not come up\n${this.said}`);
  }

  url(port = this.port) {
    return `postgresql://shaodao:${PASSWORD}@127.0.0.1:${port}/shaodao`;
  }

  psql(user, database, ...args) {
    return execFileSync(`${BIN}/psql`, ['-h', '127.0.0.1', '-p', this.port, '-U', user, '-d', database, '-qAtX', '-v', 'ON_ERROR_STOP=1', ...args],
      { encoding: 'utf8', env: { ...process.env, PGPASSWORD: PASSWORD }, stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  }

  /** As the superuser. */
  sql(database, text) {
    return this.psql('postgres', database, '-c', text);
  }

  /** As the program's own role. */
  rows(text) {
    const said = this.psql('shaodao', 'shaodao', '-F', '\t', '-c', text);
    return said ? said.split('\n').map(line => line.split('\t')) : [];
  }

  async stop(signal = 'SIGINT') {
    if (this.child.exitCode === null) this.child.kill(signal);
    await this.gone;
  }
}

export function demo(data, url) {
  execFileSync(SHAODAO, ['demo', data, '--scheme', 'huichang', '--months', '0', '--database', url], { stdio: ['ignore', 'ignore', 'pipe'] });
}

export function serve(data, ...args) {
  const socket = join(data, '..', `${Math.random().toString(36).slice(2)}.sock`);
  return new Server([SHAODAO, 'serve', data, '--listen', `unix:${socket}`, ...args], { socketPath: socket }).ready();
}

export function replay(data) {
  const said = JSON.parse(execFileSync(SHAODAO, ['ledger', 'replay', data, '--json'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }));
  return [said.differences, said.first];
}

export const remove = dir => rmSync(dir, { recursive: true, force: true });
