// What every scenario stands on: the real program on a directory of its own, a clock that the test sets, and people who
// act over HTTP. Nothing but node itself is needed. $SHAODAO names the program; else build/shaodao.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after } from 'node:test';
import { deflateSync } from 'node:zlib';

const HERE = dirname(fileURLToPath(import.meta.url));
export const SHAODAO = process.env.SHAODAO ? resolve(process.env.SHAODAO) : join(HERE, '../../build/shaodao');

/** Starts the program on a fresh sample directory: the people and lists of 会昌, no cases. Ends with the test file. */
export async function start({ at = '2026-04-20T09:00:00+08:00', args = [], scheme = 'huichang', months = 0 } = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'shaodao-scenario-'));
  execFileSync(SHAODAO, ['demo', join(dir, 'data'), '--scheme', scheme, '--months', String(months), '--until', at.slice(0, 10)],
    { stdio: ['ignore', 'ignore', 'pipe'] });
  const s = new Server(dir, args);
  s.tick(at);
  await s.run();
  after(() => s.stop());
  return s;
}

class Server {
  constructor(dir, args) {
    this.dir = dir;
    this.args = args;
    this.clock = join(dir, 'clock');
    this.logins = Object.fromEntries(readFileSync(join(dir, 'data/demo-logins.csv'), 'utf8').trim().split('\n').slice(1)
      .map(line => line.split(',')).map(([username, password, name, role, org, place, token]) =>
        [username, { username, password, name, role, org, place, token }]));
  }

  async run() {
    this.process = spawn(SHAODAO, ['serve', join(this.dir, 'data'), '--listen', `127.0.0.1:${this.port ?? 0}`, '--clock-file', this.clock, ...this.args],
      { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    this.url = await new Promise((ok, fail) => {
      const hear = chunk => {
        said = (said + chunk).slice(-20000);
        const m = /http:\/\/127\.0\.0\.1:\d+[^\s]*/.exec(said);
        if (m) ok(m[0].replace(/\/$/, ''));
      };
      this.process.stdout.on('data', hear);
      this.process.stderr.on('data', hear);
      this.process.on('exit', code => fail(new Error(`shaodao ended with ${code}\n${said}`)));
    });
    this.said = () => said;
    this.port = new URL(this.url).port;                  // started again, it has the same address
  }

  async stop() {
    if (this.process && this.process.exitCode === null) {
      this.process.removeAllListeners('exit');
      const gone = new Promise(ok => this.process.on('close', (code, signal) => ok(code ?? signal)));
      this.process.kill('SIGTERM');
      const code = await gone;
      assert.equal(code, 0, `shaodao ended with ${code}\n${this.said()}`);
      this.replay();
    }
    if (!process.env.KEEP) rmSync(this.dir, { recursive: true, force: true });
  }

  /** Whatever was done, the record alone gives the same rows again. */
  replay() {
    const said = JSON.parse(execFileSync(SHAODAO, ['ledger', 'replay', join(this.dir, 'data'), '--json'], { stdio: ['ignore', 'pipe', 'ignore'] }));
    assert.deepEqual([said.differences, said.first], [0, '']);
  }

  /** Sets the time; what falls due up to then happens before the next answer. */
  tick(iso) {
    writeFileSync(this.clock + '.new', iso);
    renameSync(this.clock + '.new', this.clock);
    this.now = iso;
  }

  /** Somebody who calls: a user name, { case: secret token }, or nobody. */
  as(who) {
    return new Caller(this, who);
  }

  get resident() {
    return this.as();
  }

  /** A resident reports; the answer has no, query_code, url and `me`, the reporter himself. */
  async report(fields) {
    const r = await this.resident.post('/cases', { place: 'XFL', source: 'resident', words: '楼下有问题，请来看看', ...fields });
    assert.equal(r.status, 201, r.text);
    return { ...r.body, me: this.as({ case: r.body.token }) };
  }
}

class Caller {
  constructor(server, who) {
    this.server = server;
    this.who = who;
    const login = typeof who === 'string' ? server.logins[who] : null;
    assert.ok(typeof who !== 'string' || login, `no login ${who}`);
    this.authorization = login ? `Bearer ${login.token}` : who?.case ? `Case ${who.case}` : who?.raw;
  }

  async call(method, path, body, headers = {}) {
    const sent = { ...(this.authorization ? { authorization: this.authorization } : {}), ...headers };
    if (body !== undefined && !(body instanceof FormData)) {
      sent['content-type'] ??= 'application/json';
      body = typeof body === 'string' ? body : JSON.stringify(body);
    }
    const full = path.startsWith('/api/') ? path : '/api/v1' + path;
    const r = await fetch(this.server.url + full, { method, headers: sent, body, redirect: 'manual' });
    const text = await r.text();
    let json = null;
    if (/json/.test(r.headers.get('content-type') ?? '')) json = JSON.parse(text);
    return { status: r.status, headers: r.headers, text, body: json };
  }

  get(path, headers) {
    return this.call('GET', path, undefined, headers);
  }

  post(path, body = {}, headers = {}) {
    return this.call('POST', path, body, headers);
  }

  /** The answer's body; the test ends here when it is not a success. */
  async read(path) {
    const r = await this.get(path);
    assert.equal(r.status, 200, `GET ${path}: ${r.text}`);
    return r.body;
  }

  case(no) {
    return this.read(`/cases/${no}`);
  }

  /** Does something to a case and gets the case as it then is. */
  async act(no, action, fields = {}, headers = {}) {
    const r = await this.post(`/cases/${no}/actions/${action}`, fields, headers);
    assert.equal(r.status, 200, `${action}: ${r.text}`);
    return r.body;
  }

  /** Tries something that must be refused and gets the problem. */
  async refused(status, no, action, fields = {}, headers = {}) {
    const r = await this.post(`/cases/${no}/actions/${action}`, fields, headers);
    assert.equal(r.status, status, `${action}: ${r.text.slice(0, 600)}`);
    assert.match(r.headers.get('content-type'), /^application\/problem\+json/);
    assert.equal(r.body.status, status);
    return r.body;
  }

  async undo(no) {
    const r = await this.post(`/cases/${no}/undo`);
    assert.equal(r.status, 200, r.text);
    return r.body;
  }

  /** Uploads a photo that nobody has seen before; the id goes into `files`. */
  async photo() {
    const form = new FormData();
    form.append('file', new Blob([png()], { type: 'image/png' }), 'photo.png');
    const r = await this.post('/files', form);
    assert.equal(r.status, 201, r.text);
    return r.body.id;
  }

  async can(no) {
    return (await this.case(no)).allowed.map(a => a.action);
  }
}

let n_photos = 0;

function crc32(bytes) {
  let c = ~0;
  for (const b of bytes) {
    c ^= b;
    for (let k = 0; k < 8; k++) c = (c >>> 1) ^ (0xedb88320 & -(c & 1));
  }
  return ~c >>> 0;
}

/** A small PNG, different each time. */
export function png(width = 64, height = 48) {
  const seed = ++n_photos + process.pid * 1000;
  const rows = Buffer.alloc(height * (1 + 3 * width));
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      rows.set([seed & 255, (seed >> 8) & 255, (x * 4 + y + seed) & 255], y * (1 + 3 * width) + 1 + 3 * x);
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]), out = Buffer.alloc(8 + data.length + 4);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), out.length - 4);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0))]);
}

/** The open duty of a kind. */
export function duty(c, kind) {
  return c.duties.find(d => d.kind === kind && d.end === 'open');
}

/** An open case always has a main duty with an owner and a due time. */
export function owed(c) {
  const main = c.duties.filter(d => d.main !== false && d.end === 'open');
  assert.ok(main.length > 0 && main.every(d => d.due && Object.keys(d.owner).length), `nobody owes anything in ${c.no}`);
  return c;
}

// The usual people of 幸福里小区 and its item QC04 (饲养家禽家畜, 城管局).
export const PEOPLE = {
  grid: 'wgz03', community: 'comm01', station: 'chief01', coordinator: 'coord01', head: 'cghead', officer: 'cg01', second: 'cg02',
  property: 'wy01a', leader: 'leader01', hotline: 'hotline01',
};

/** Takes a resident's report to the department's desk, or on until it is accepted. */
export async function route(s, no, { lead = 'CG', accept = 'cg01', assists = [] } = {}) {
  await s.as(PEOPLE.grid).act(no, 'call', { note: '到现场看过，情况属实' });
  await s.as(PEOPLE.community).act(no, 'admit', { result: 'admit' });
  let c = await s.as(PEOPLE.coordinator).act(no, 'dispatch', { lead, assists });
  if (accept) c = await s.as(accept).act(no, 'accept');
  return c;
}

/** The closing conditions of the case's item, all ticked. */
export async function checklist(s, item) {
  return (await s.resident.read('/items')).items.find(i => i.code === item).closing;
}
