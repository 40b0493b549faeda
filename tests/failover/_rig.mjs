// What the failover tests share: the three machines (tests/failover/cluster), servers of shaodao on them, and clients that
// report through both of these, repeat what was not answered, and count what was promised.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SHAODAO } from '../scenario/lib.mjs';

const SCRIPT = join(dirname(fileURLToPath(import.meta.url)), 'cluster');
export const sleep = ms => new Promise(ok => setTimeout(ok, ms));

/** A sentence why there can be no cluster here, or false. */
export function whyNot() {
  const r = spawnSync(SCRIPT, ['can'], { encoding: 'utf8' });
  return r.status !== 0 && r.stderr.trim().split('\n').pop();
}

/** Three machines; they end with this process, however it ends. */
export class Cluster {
  constructor() {
    this.dir = mkdtempSync(join(tmpdir(), 'shaodao-failover-'));
    chmodSync(this.dir, 0o711); // PostgreSQL runs as somebody else
    this.home = join(this.dir, 'db');
    this.run('start', process.pid);
    this.url = this.run('url');
  }

  run(command, ...args) {
    return execFileSync(SCRIPT, [command, this.home, ...args.map(String)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  }

  get leader() {
    return Number(this.run('leader'));
  }

  /** The standby that every promise waits for. */
  standby() {
    const members = JSON.parse(this.run('in', 'curl', '-s', `http://10.77.0.${this.leader}:8008/cluster`)).members;
    return Number(members.find(m => m.role === 'sync_standby').name.slice(2));
  }

  rows(sql) {
    const said = this.run('psql', '-F', '\t', '-c', sql);
    return said ? said.split('\n').map(line => line.split('\t')) : [];
  }

  stop() {
    for (const log of process.env.KEEP ? ['db1', 'db2', 'db3'] : []) // KEEP=FOLDER: what the machines said
      cpSync(join(this.home, log, 'patroni.log'), join(process.env.KEEP, `${log}.log`));
    this.run('stop');
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** shaodao with these arguments, where the databases can be reached. */
  shaodao(...args) {
    return execFileSync(SCRIPT, ['in', this.home, SHAODAO, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  demo(name) {
    const data = join(this.dir, name);
    this.shaodao('demo', data, '--scheme', 'huichang', '--months', '0', '--database', this.url);
    return data;
  }

  async serve(data, name) {
    const socket = join(this.dir, `${name}.sock`);
    return new Server([SCRIPT, 'in', this.home, SHAODAO, 'serve', data, '--listen', `unix:${socket}`], { socketPath: socket }).ready();
  }
}

export class Server {
  constructor(command, address) {
    this.address = { ...address, agent: new Agent({ keepAlive: true }) };
    this.said = '';
    this.child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'ignore', 'pipe'] });
    this.child.stderr.on('data', chunk => (this.said = (this.said + chunk).slice(-100000)));
    if (process.env.KEEP) this.child.stderr.pipe(createWriteStream(join(process.env.KEEP, `server-${this.child.pid}.log`)));
    this.gone = new Promise(ok => this.child.on('exit', (code, signal) => ok(this.code = code ?? signal)));
  }

  async ready() {
    for (let i = 0; i < 300; i++) {
      assert.equal(this.code, undefined, this.said);
      if ((await this.call('GET', '/readyz')).status === 200) return this;
      await sleep(100);
    }
    assert.fail(`not ready after 30 s\n${this.said}`);
  }

  /** Status 0 = no answer. */
  call(method, path, { body, headers = {}, ms = 20_000 } = {}) {
    return new Promise(ok => {
      const r = request({ ...this.address, method, path, headers: { host: 'localhost', ...headers }, timeout: ms }, answer => {
        let text = '';
        answer.setEncoding('utf8').on('data', piece => (text += piece)).on('error', () => ok({ status: 0, text: '' }))
          .on('end', () => ok({ status: answer.statusCode, text, headers: answer.headers }));
      });
      r.on('timeout', () => r.destroy(new Error('no answer'))).on('error', e => ok({ status: 0, text: e.message })).end(body);
    });
  }

  stop() {
    this.address.agent.destroy();
    if (this.code === undefined) this.child.kill('SIGTERM');
    return this.gone;
  }
}

/** One report with its own number, through one server. */
export function report(server, n) {
  const body = JSON.stringify({ place: 'XFL', item: 'XF01', source: 'hotline', hotline_no: `F${n}`, words: `消防通道又被堵了，第 ${n} 次反映` });
  return server.call('POST', '/api/v1/cases', { body, headers: {
    authorization: 'Bearer demo-hotline01', 'content-type': 'application/json', 'content-length': Buffer.byteLength(body),
    'idempotency-key': `failover-number-${n}` } });
}

/** Clients that report one after the other, now through this server, now through that one, and repeat what got no answer. */
export class Load {
  constructor(servers, { clients = 8, pause = 20 } = {}) {
    Object.assign(this, { servers, pause, acks: new Map(), statuses: new Map(), odd: {}, next: 0, last: 0, longest: 0, ended: false });
    this.clients = Array.from({ length: clients }, () => this.client());
  }

  async client() {
    while (!this.ended) {
      await this.promised(++this.next);
      await sleep(this.pause);
    }
  }

  async promised(n) {
    for (let attempt = 0; ; attempt++) {
      const r = await report(this.servers[(n + attempt) % this.servers.length], n);
      this.statuses.set(r.status, (this.statuses.get(r.status) ?? 0) + 1);
      if (r.status === 201) return this.keep(n, JSON.parse(r.text).no);
      if (r.status !== 503) this.strange(`${r.status} ${r.text.slice(0, 300)}`);
      if (this.ended && Date.now() > this.ended + 60_000) return void this.strange('no promise a minute after the end');
      await sleep(100 + Math.random() * 200);
    }
  }

  /** What nobody should see; `odd` says how often. */
  strange(what) {
    this.odd[what] = (this.odd[what] ?? 0) + 1;
  }

  keep(n, no) {
    this.acks.set(n, no);
    const now = Date.now();
    if (this.last) this.longest = Math.max(this.longest, now - this.last);
    this.last = now;
  }

  /** The longest time without any promise since this was last asked; a silence that still lasts counts. */
  gap() {
    const gap = Math.max(this.longest, Date.now() - this.last);
    this.longest = 0;
    return gap;
  }

  /** Waits until so many more were promised. */
  async more(count, seconds) {
    const goal = this.acks.size + count, end = Date.now() + seconds * 1000;
    while (this.acks.size < goal) {
      assert.ok(Date.now() < end, `${count} more reports were not taken in within ${seconds} s; seen: ${this.seen()}`);
      await sleep(100);
    }
  }

  seen() {
    return [...this.statuses].sort().map(([status, times]) => `${status || 'none'}×${times}`).join(' ');
  }

  /** No new reports; those on the way are repeated until they are promised. */
  async end() {
    this.ended ||= Date.now();
    await Promise.all(this.clients);
  }
}

const dayOf = day => new Date(Number(day) * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');

/** What the database holds against what was promised: `lost`, `twice`, `gaps` and `other` (another number than was told) are lists. */
export function compare(cluster, load) {
  const promised = [...load.acks];
  const rows = cluster.rows(`SELECT hotline_no, day, no FROM case_file ORDER BY day, no`);
  const kept = new Map(), found = { lost: [], twice: [], gaps: [], other: [], rows: rows.length };
  const before = new Map();
  for (const [hotline, day, no] of rows) {
    const full = `${dayOf(day)}-${String(no).padStart(4, '0')}`;
    if (Number(no) !== (before.get(day) ?? 0) + 1) found.gaps.push(full);
    before.set(day, Number(no));
    if (!/^F\d+$/.test(hotline)) continue;
    if (kept.has(hotline)) found.twice.push(`${hotline}: ${kept.get(hotline)} and ${full}`);
    kept.set(hotline, full);
  }
  for (const [n, no] of promised) {
    const is = kept.get(`F${n}`);
    if (!is) found.lost.push(`F${n} ${no}`);
    else if (!no.endsWith(is)) found.other.push(`F${n}: told ${no}, is ${is}`);
  }
  return found;
}
