// Two servers with a directory each on one database, behind the shipped nginx files: a front, and on each machine nginx with
// TLS before the program. Shared are the keys and the files. Whichever machine answers, it is one installation.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Postgres, demo, folder, freePort, remove, replay, serve, whyNot } from './_server.mjs';
import { png } from '../scenario/lib.mjs';
import { Visitor } from '../scenario/_pages.mjs';
import { report, sleep } from '../failover/_rig.mjs';

const SHIPPED = join(dirname(fileURLToPath(import.meta.url)), '../../packaging/nginx');
const NGINX = '/usr/sbin/nginx', HOST = 'example.gov.cn', INSIDE = 'shaodao.internal';
const why = whyNot() || (!existsSync(NGINX) && 'nginx is not installed (Debian: nginx-light)');
const skip = why && `not run: ${why}`;
const password = { username: 'oversight01', password: 'Shaodao2026' };

let dir, pg, data, other, servers = [], fronts = [], port, ca;

const shipped = (file, changes) => {
  let text = readFileSync(join(SHIPPED, file), 'utf8');
  for (const [from, to] of changes) {
    assert.ok(text.includes(from), `${file} no longer says ${from}`);
    text = text.replaceAll(from, to);
  }
  return text;
};

async function nginx(name, lines, at) {
  const prefix = join(dir, name);
  mkdirSync(prefix);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(t => `${t}_temp_path ${prefix}/${t};`).join('\n');
  writeFileSync(join(prefix, 'nginx.conf'), `${process.getuid() === 0 ? 'user root;' : ''}
daemon off; worker_processes 1; pid ${prefix}/pid; error_log stderr warn;
events { worker_connections 256; }
http {\naccess_log off;\n${temporary}\n${lines}\n}\n`);
  const child = spawn(NGINX, ['-p', prefix, '-e', 'stderr', '-c', join(prefix, 'nginx.conf')], { stdio: ['ignore', 'ignore', 'pipe'] });
  fronts.push(child);
  child.said = '';
  child.stderr.on('data', piece => (child.said += piece));
  for (let i = 0; ; i++) {
    if (await new Promise(ok => { const c = connect(at, '127.0.0.1', () => { c.destroy(); ok(true); }); c.on('error', () => ok(false)); })) return;
    assert.ok(child.exitCode === null && i < 100, `nginx ${name}: ${child.said}`);
    await sleep(100);
  }
}

function certificate(name) {
  const key = join(dir, `${name}.key`), crt = join(dir, `${name}.crt`);
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`,
    '-addext', `subjectAltName=DNS:${name}`, '-keyout', key, '-out', crt], { stdio: 'ignore' });
  return { key, crt };
}

before(async () => {
  if (skip) return;
  dir = folder('servers');
  pg = await Postgres.start(dir);
  data = join(dir, 'data');
  demo(data, pg.url());
  // The second machine: the same keys, settings and database, and the folder of files that both see.
  other = join(dir, 'other');
  mkdirSync(other, { mode: 0o700 });
  for (const name of ['keys', 'database']) cpSync(join(data, name), join(other, name), { recursive: true });
  mkdirSync(join(data, 'files'), { recursive: true, mode: 0o700 });
  symlinkSync(join(data, 'files'), join(other, 'files'));
  servers = [await serve(data), await serve(other)];
  const out = certificate(HOST), inside = certificate(INSIDE), backs = [];
  ca = readFileSync(out.crt);
  for (const [i, s] of servers.entries()) {
    backs.push(await freePort());
    await nginx(`machine${i}`, shipped('shaodao.conf', [['listen 80;', `listen 127.0.0.1:${await freePort()};`],
      ['listen 443 ssl http2;', `listen 127.0.0.1:${backs[i]} ssl http2; set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;`],
      ['/run/shaodao/http.sock', s.address.socketPath], ['/etc/nginx/tls/shaodao.crt', inside.crt], ['/etc/nginx/tls/shaodao.key', inside.key]]), backs[i]);
  }
  port = await freePort();
  await nginx('front', shipped('several-machines.conf', [['listen 80;', `listen 127.0.0.1:${await freePort()};`],
    ['listen 443 ssl http2;', `listen 127.0.0.1:${port} ssl http2;`], ['10.77.0.11:443', `127.0.0.1:${backs[0]}`],
    ['10.77.0.12:443', `127.0.0.1:${backs[1]}`], ['/etc/nginx/tls/shaodao.crt', out.crt], ['/etc/nginx/tls/shaodao.key', out.key],
    ['/etc/nginx/tls/internal-ca.crt', inside.crt]]), port);
}, { timeout: 120_000 });
after(async () => {
  for (const child of fronts) child.kill('SIGTERM');
  for (const s of servers) await s.stop();
  await pg?.stop();
  if (dir) remove(dir);
});

const visitor = () => new Visitor(`https://127.0.0.1:${port}`, { ca, servername: HOST, headers: { host: HOST, origin: `https://${HOST}` } });
const through = (s, path, who = 'coord01') => s.call('GET', path, { headers: { authorization: `Bearer demo-${who}` } });

test('whoever logs in at one machine is logged in at the other; forms and pages go either way', { skip }, async () => {
  const v = await visitor().logIn(password);
  for (let i = 0; i < 8; i++) assert.equal((await v.get('/desk')).status, 200);
  const resident = visitor();
  for (let i = 0; i < 4; i++) {
    await resident.get('/supervise');
    const r = await resident.post('/supervise', { kind: 'slow', words: `催了 ${i} 次都没有人来看`, nonce: resident.field('nonce') });
    assert.equal(r.status, 200, r.text);
  }
});

test('a report taken in by one is read by the other at once; numbers go on without a gap', { skip }, async () => {
  const numbers = [];
  for (let n = 1; n <= 20; n++) {
    const taken = await report(servers[n % 2], n);
    assert.equal(taken.status, 201, taken.text);
    const { no } = JSON.parse(taken.text);
    numbers.push(Number(no.slice(-4)));
    assert.equal((await through(servers[(n + 1) % 2], `/api/v1/cases/${no}`)).status, 200);
    assert.equal(JSON.parse((await report(servers[(n + 1) % 2], n)).text).no, no);
  }
  assert.deepEqual(numbers, numbers.map((_, i) => numbers[0] + i));
});

test('a photo sent to one is shown by the other', { skip }, async () => {
  const v = visitor();
  await v.get('/supervise');
  const form = new FormData(), bytes = png();
  form.append('file', new Blob([bytes], { type: 'image/png' }), 'photo.png');
  const sent = new Response(form), body = Buffer.from(await sent.arrayBuffer());
  const up = await servers[0].call('POST', '/api/v1/files', { body, headers: { authorization: 'Bearer demo-wgz03', 'content-type': sent.headers.get('content-type'), 'content-length': body.length } });
  assert.equal(up.status, 201, up.text);
  const { id } = JSON.parse(up.text);
  const report = JSON.stringify({ place: 'XFL', item: 'XF01', source: 'grid_sweep', words: '消防通道停了两辆车', files: [id] });
  const taken = await servers[1].call('POST', '/api/v1/cases', { body: report, headers: { authorization: 'Bearer demo-wgz03', 'content-type': 'application/json', 'content-length': Buffer.byteLength(report) } });
  assert.equal(taken.status, 201, taken.text);
  const { no } = JSON.parse(taken.text);
  for (const s of servers) {
    const c = JSON.parse((await through(s, `/api/v1/cases/${no}`)).text);
    assert.ok(JSON.stringify(c).includes(String(id)), JSON.stringify(c).slice(0, 400));
    assert.equal((await through(s, `/api/v1/files/${id}/original`)).status, 200);
  }
});

test('one machine ends: the site goes on', { skip }, async () => {
  await servers[0].stop();
  const v = visitor();
  for (let i = 0; i < 10; i++) assert.equal((await v.get('/x/XFL')).status, 200);
  await v.logIn(password);
  assert.equal((await report(servers[1], 21)).status, 201);
});

test('a machine that starts again takes part; the record replays from either directory', { skip }, async () => {
  servers[0] = await serve(data);
  assert.equal((await report(servers[0], 22)).status, 201);
  for (const s of servers) assert.equal(await s.stop(), 0, s.said);
  for (const home of [data, other]) assert.deepEqual(replay(home), [0, '']);
  rmSync(join(other, 'files'));
});
