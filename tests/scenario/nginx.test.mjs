// The shipped nginx files in front of the program, as in production: TLS, a Unix socket, big uploads, live news, a path of
// another site. Addresses, ports and files are put in; nothing else is changed. Everything on the loopback.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { SHAODAO, png } from './lib.mjs';
import { Visitor, exchange } from './_pages.mjs';

const SHIPPED = join(dirname(fileURLToPath(import.meta.url)), '../../packaging/nginx');
const HOST = 'example.gov.cn';
const nginx = ['/usr/sbin/nginx', 'nginx'].find(path => spawnSync(path, ['-v']).status === 0);
const skip = !nginx && 'nginx is not installed (Debian: nginx-light)';

const dir = mkdtempSync(join(tmpdir(), 'shaodao-nginx-'));
const running = [];
let ca;

const freePort = () => new Promise(ok => {
  const s = createServer().listen(0, '127.0.0.1', () => { const { port } = s.address(); s.close(() => ok(port)); });
});

async function until(what, done) {
  for (let i = 0; i < 150; i++) {
    if (await done()) return;
    await new Promise(ok => setTimeout(ok, 100));
  }
  assert.fail(`${what} did not come up in 15 s`);
}

const listens = port => new Promise(ok => {
  const c = connect(port, '127.0.0.1', () => { c.destroy(); ok(true); });
  c.on('error', () => ok(false));
});

function run(program, args) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  child.said = '';
  for (const pipe of [child.stdout, child.stderr])
    pipe.on('data', piece => { child.said = (child.said + piece).slice(-20000); });
  running.push(child);
  return child;
}

/** The program on a fresh directory behind a Unix socket. */
async function program(name, ...args) {
  const data = join(dir, name), socket = join(dir, `${name}.sock`);
  execFileSync(SHAODAO, ['demo', data, '--scheme', 'huichang', '--months', '0', '--until', '2026-04-20'], { stdio: 'ignore' });
  const child = run(SHAODAO, ['serve', data, '--listen', `unix:${socket}`, ...args]);
  await until(name, () => /ready|已就绪/.test(child.said) || child.exitCode !== null);
  assert.equal(child.exitCode, null, child.said);
  return socket;
}

/** nginx with these lines inside http {}, all its own files below the test's directory. */
async function front(name, lines, port) {
  const prefix = join(dir, name);
  mkdirSync(prefix);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(t => `${t}_temp_path ${prefix}/${t};`).join('\n');
  writeFileSync(join(prefix, 'nginx.conf'), `${process.getuid() === 0 ? 'user root;' : ''}
daemon off; worker_processes 1; pid ${prefix}/pid; error_log stderr warn;
events { worker_connections 256; }
http {\naccess_log off;\n${temporary}\n${lines}\n}\n`);
  const child = run(nginx, ['-p', prefix, '-e', 'stderr', '-c', join(prefix, 'nginx.conf')]);
  await until(`nginx ${name}: ${child.said}`, async () => child.exitCode !== null || listens(port));
  assert.equal(child.exitCode, null, child.said);
}

const shipped = (file, changes) => {
  let text = readFileSync(join(SHIPPED, file), 'utf8');
  for (const [from, to] of changes) {
    assert.ok(text.includes(from), `${file} no longer says ${from}`);
    text = text.replaceAll(from, to);
  }
  return text;
};

let plain, tls, path, socket;
before(async () => {
  if (skip) return;
  const key = join(dir, 'key.pem'), crt = join(dir, 'crt.pem');
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${HOST}`,
    '-addext', `subjectAltName=DNS:${HOST}`, '-keyout', key, '-out', crt], { stdio: 'ignore' });
  ca = readFileSync(crt);
  [plain, tls, path] = [await freePort(), await freePort(), await freePort()];
  socket = await program('site');
  const certificate = [['/etc/nginx/tls/shaodao.crt', crt], ['/etc/nginx/tls/shaodao.key', key]];
  await front('front', shipped('shaodao.conf', [['listen 80;', `listen 127.0.0.1:${plain};`],
    ['listen 443 ssl http2;', `listen 127.0.0.1:${tls} ssl http2;`], ['/run/shaodao/http.sock', socket], ...certificate]), tls);
  const below = await program('below', '--base-path', '/zhzf');
  const zones = shipped('shaodao.conf', [['/run/shaodao/http.sock', below]]).split(/^server \{/m)[0];
  await front('portal', `${zones}\nserver { listen 127.0.0.1:${path} ssl; server_name ${HOST};
ssl_certificate ${crt}; ssl_certificate_key ${key};
location / { return 200 portal; }
${shipped('shaodao-under-path.conf', [])}\n}`, path);
});
after(async () => {
  for (const child of running.reverse())
    if (child.exitCode === null && child.signalCode === null) {
      const gone = new Promise(ok => child.on('exit', ok));
      child.kill('SIGTERM');
      await gone;
    }
  rmSync(dir, { recursive: true, force: true });
});

const browser = () => ({ ca, servername: HOST, headers: { host: HOST, origin: `https://${HOST}` } });
const visitor = (port = tls) => new Visitor(`https://127.0.0.1:${port}`, browser());
const password = { username: 'oversight01', password: 'Shaodao2026' };

/** A photo of so many bytes: what stands behind the picture, no reader looks at. */
const photo = bytes => Buffer.concat([png(), Buffer.alloc(bytes, Math.random().toString(36))]);

test('pages over TLS: 200, safe headers, cookies that only travel over TLS', { skip }, async () => {
  const r = await visitor().get('/x/XFL');
  assert.equal(r.status, 200);
  assert.match(r.text, /幸福里小区/);
  assert.match(r.headers['strict-transport-security'], /max-age=31536000/);
  assert.match(r.headers['content-security-policy'], /default-src 'none'/);
  const cookies = r.headers['set-cookie'];
  assert.ok(cookies.length > 0);
  for (const cookie of cookies) assert.match(cookie, /^__Secure-\w+=.*; Path=\/;.* SameSite=Lax; HttpOnly; Secure$/);
  assert.match((await visitor().get('/x/XFL/qr.svg')).headers['content-type'], /svg/);
});

test('plain HTTP is sent to TLS, with the path', { skip }, async () => {
  const r = await exchange(`http://127.0.0.1:${plain}/x/XFL?a=1`, { headers: { host: HOST } });
  assert.equal(r.status, 301);
  assert.equal(r.headers.location, `https://${HOST}/x/XFL?a=1`);
});

test('a form is taken from our own pages, not from others', { skip }, async () => {
  const v = visitor();
  await v.get('/supervise');
  const r = await v.post('/supervise', { kind: 'slow', words: '催了三次都没有人来看', nonce: v.field('nonce') });
  assert.equal(r.status, 200, r.text);
  const foreign = await v.post('/supervise', { kind: 'slow', words: '催了三次都没有人来看' }, { origin: 'https://elsewhere.example' });
  assert.equal(foreign.status, 403);
});

test('a photo of 3 MB passes; one of 25 MB is refused and says why', { skip }, async () => {
  const v = visitor();
  await v.get('/supervise');
  const small = await v.upload('/files?as=resident', {}, 'file', photo(3 << 20), 'image/png');
  assert.equal(small.status, 201, small.text);
  assert.match(JSON.parse(small.text).id, /^\d+$/);
  const big = await v.upload('/files?as=resident', {}, 'file', photo(25 << 20), 'image/png');
  assert.equal(big.status, 413);
  assert.match(big.headers['content-type'], /problem\+json/);
  assert.match(big.text, /20 MB/);
});

test('two lengths are refused, and so is a length beside chunks', { skip }, async () => {
  for (const extra of ['Content-Length: 7\r\nContent-Length: 9', 'Content-Length: 7\r\nTransfer-Encoding: chunked']) {
    const said = await new Promise((ok, fail) => {
      let text = '';
      const c = connectTls({ port: tls, host: '127.0.0.1', ca, servername: HOST }, () =>
        c.write(`POST /t HTTP/1.1\r\nHost: ${HOST}\r\nContent-Type: application/x-www-form-urlencoded\r\n${extra}\r\n\r\na=b&c=d`));
      c.setTimeout(15_000, () => c.destroy(new Error('no answer')));
      c.on('data', piece => { text += piece; }).on('error', fail).on('close', () => ok(text)).on('end', () => ok(text));
    });
    assert.match(said, /^HTTP\/1\.1 400 /, extra);
  }
});

test('what a client writes into X-Forwarded-For counts for nothing; nginx alone is believed', { skip }, async () => {
  const guess = async (options, base) => {
    const v = new Visitor(base, options);
    await v.get('/t');
    return (await v.post('/t', { no: '20260420-0001', code: '000000' })).status;
  };
  const pretend = i => ({ 'x-forwarded-for': `203.0.113.${i}` });
  const seen = [], direct = [];
  for (let i = 0; i < 12; i++) {
    const b = browser();
    seen.push(await guess({ ...b, headers: { ...b.headers, ...pretend(i) } }, `https://127.0.0.1:${tls}`));
    direct.push(await guess({ socketPath: socket, headers: { host: HOST, ...pretend(i), 'x-forwarded-proto': 'https' } }, 'http://localhost'));
  }
  assert.deepEqual(seen, [...Array(10).fill(422), 429, 429], 'one address, however it calls itself');
  assert.deepEqual(direct, Array(12).fill(422), 'the socket is the proxy\'s: there each is another');
});

/** Reads an event stream until the text has come, or 20 s are over. */
function listen(v, port, url, wanted, then) {
  return new Promise((ok, fail) => {
    const cookie = [...v.cookies].map(([k, value]) => `${k}=${value}`).join('; ');
    const r = request({ host: '127.0.0.1', port, path: url, ca, servername: HOST, agent: false, headers: { host: HOST, cookie } }, answer => {
      let text = '';
      answer.on('data', piece => {
        text += piece;
        if (then && text.includes('event: counts')) { then(); then = null; }
        if (wanted.test(text)) { r.destroy(); ok({ status: answer.statusCode, headers: answer.headers, text }); }
      }).on('end', () => fail(new Error(`the stream ended: ${answer.statusCode} ${text}`))).on('error', () => {});
    });
    const bell = setTimeout(() => { r.destroy(); fail(new Error('no news in 20 s')); }, 20_000);
    r.on('close', () => clearTimeout(bell)).on('error', fail).end();
  });
}

test('live news come through while the stream stays open', { skip }, async () => {
  const v = await visitor().logIn(password);
  const resident = visitor();
  await resident.get('/supervise');
  const news = await listen(v, tls, '/desk/events', /event: notice\ndata: .*投诉/, () =>
    resident.post('/supervise', { kind: 'rude', words: '就在刚才，有人大声呵斥老人' }));
  assert.equal(news.status, 200);
  assert.match(news.headers['content-type'], /text\/event-stream/);
});

test('under a path of another site: links, redirects, cookies and scripts carry it', { skip }, async () => {
  const v = visitor(path);
  assert.equal((await v.get('/')).text, 'portal');
  const bare = await v.get('/zhzf');
  assert.equal(bare.status, 301);
  for (const address of ['/zhzf/', '/zhzf/x/XFL', '/zhzf/supervise', '/zhzf/login', '/zhzf/lists']) {
    const page = await v.get(address);
    assert.equal(page.status, 200, address);
    for (const [, link] of page.text.matchAll(/\s(?:href|src|action|data-upload)="([^"]*)"/g))
      assert.match(link, /^(\/zhzf\/|\/zhzf$|#|\?|tel:|sms:|https?:)/, `${address} links to ${link}`);
    assert.match(page.text, /data-base="\/zhzf"/);
    const asset = /href="(\/zhzf\/a\/[^"]*\.css[^"]*)"/.exec(page.text)[1];
    assert.equal((await v.get(asset)).status, 200, asset);
    for (const cookie of page.headers['set-cookie'] ?? []) assert.match(cookie, /; Path=\/zhzf;/);
  }
  const shut = await v.get('/zhzf/desk');
  assert.equal(shut.status, 303);
  assert.match(shut.headers.location, /^\/zhzf\/login/);
  await v.logIn(password, '/zhzf/login');
  const desk = await v.get('/zhzf/desk');
  assert.equal(desk.status, 200);
  assert.match(desk.text, /href="\/zhzf\/desk\/complaints"/);
  const news = await listen(v, path, '/zhzf/desk/events', /event: counts/);
  assert.equal(news.status, 200);
});
