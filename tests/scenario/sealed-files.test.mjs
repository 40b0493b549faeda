// What lies under DIR/files says nothing to whoever copies it, and whatever was changed there is not shown as if it were true.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, statSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { PEOPLE, png, route, start } from './lib.mjs';
import { Visitor, exchange } from './_pages.mjs';

const s = await start();
const cg = s.as(PEOPLE.officer);
const officer = await new Visitor(s.url).logIn(s.logins[PEOPLE.officer]);
const files = join(s.dir, 'data/files');
const bearer = { authorization: `Bearer ${s.logins[PEOPLE.officer].token}` };
const MB = 1 << 20;

/** Every file below DIR/files: path → bytes. */
const stored = () => readdirSync(files, { recursive: true, withFileTypes: true }).filter(e => e.isFile())
  .map(e => join(e.parentPath ?? e.path, e.name));
const added = before => stored().filter(path => !before.includes(path));

/** What came since, once nothing is under way any more. */
async function left(before) {
  for (let i = 0; i < 50 && added(before).length; i++) await new Promise(ok => setTimeout(ok, 100));
  return added(before);
}

async function put(bytes, type, who = bearer) {
  const r = await exchange(`${s.url}/api/v1/files`, { method: 'POST', body: bytes, headers: { ...who, 'content-type': type } });
  assert.equal(r.status, 201, r.text);
  return JSON.parse(r.text);
}
const get = (id, variant, headers = {}) => exchange(`${s.url}/api/v1/files/${id}/${variant}`, { headers: { ...bearer, ...headers } });

/** An ID3 head, then what nobody can compress or guess. */
const recording = n => Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1'), Buffer.from('证据：他说不用罚款也行'), randomBytes(n)]);

function flip(path, at) {
  const bytes = readFileSync(path);
  bytes[at < 0 ? bytes.length + at : at] ^= 1;
  writeFileSync(path, bytes);
}

test('照片：磁盘上三份都认不出是图片，地址不是内容的摘要，取回来一字不差', async () => {
  const before = stored(), photo = png();
  const f = await put(photo, 'image/png');
  const three = added(before);
  assert.equal(three.length, 3);
  for (const path of three) {
    const bytes = readFileSync(path);
    assert.notDeepEqual([...bytes.subarray(0, 3)], [0xff, 0xd8, 0xff], '没有 JPEG 的开头');
    assert.equal(bytes.indexOf('JFIF'), -1);
    assert.equal(bytes.indexOf('\x89PNG\r\n', 'latin1'), -1);
    assert.equal(bytes.indexOf(photo.subarray(40, 60)), -1);
    assert.ok(!path.replaceAll('/', '').includes(f.sha256), '文件名不透露内容');
    assert.equal(statSync(path).mode & 0o777, 0o600);
  }
  const original = three.find(path => !/\.(public|thumb)$/.test(path));
  assert.equal(createHash('sha256').update(readFileSync(original)).digest('hex'), original.slice(-65).replace('/', ''),
    '文件名是密文的摘要：没有密钥也能查出损坏');
  const back = await get(f.id, 'original');
  assert.equal(back.status, 200);
  assert.ok(back.raw.equals(photo));
  assert.equal(f.sha256, createHash('sha256').update(photo).digest('hex'), '证据的摘要仍是原件的');
  for (const v of ['thumb', 'public']) {
    const r = await get(f.id, v);
    assert.equal(r.headers['content-type'], 'image/jpeg');
    assert.deepEqual([...r.raw.subarray(0, 3)], [0xff, 0xd8, 0xff]);
  }
});

test('同一张照片存两次，两份各有密钥，看不出是同一张', async () => {
  const before = stored(), photo = png();
  await put(photo, 'image/png');
  await put(photo, 'image/png');
  assert.equal(added(before).length, 6);
});

test('录音：磁盘上没有里面的话；整段和任意一段取回来都对', async () => {
  const before = stored(), bytes = recording(3 * MB + 77);
  const f = await put(bytes, 'audio/mpeg');
  const [path] = added(before);
  assert.equal(readFileSync(path).indexOf('不用罚款'), -1);
  assert.equal(readFileSync(path).indexOf('ID3\x04\0\0\0', 'latin1'), -1);
  const whole = await get(f.id, 'original');
  assert.ok(whole.raw.equals(bytes));
  assert.equal(whole.headers['accept-ranges'], 'bytes');
  assert.match(whole.headers['content-disposition'], /^attachment/);
  for (const [from, to] of [[0, 0], [65535, 65536], [100, 2 * MB], [bytes.length - 5, bytes.length - 1]]) {
    const r = await get(f.id, 'original', { range: `bytes=${from}-${to}` });
    assert.equal(r.status, 206);
    assert.equal(r.headers['content-range'], `bytes ${from}-${to}/${bytes.length}`);
    assert.ok(r.raw.equals(bytes.subarray(from, to + 1)));
  }
  assert.equal((await get(f.id, 'original', { range: `bytes=${bytes.length}-` })).status, 416);
  const head = await exchange(`${s.url}/api/v1/files/${f.id}/original`, { method: 'HEAD', headers: bearer });
  assert.equal(head.headers['content-length'], String(bytes.length));
});

test('磁盘上改一个字节：不再给出，页面说清楚，日志里有记录', async () => {
  const before = stored();
  const f = await put(recording(3 * MB), 'audio/mpeg'), photo = await put(png(), 'image/png');
  const [audio, ...pictures] = added(before).sort((a, b) => statSync(b).size - statSync(a).size);
  flip(audio, 2 * MB);
  const whole = await get(f.id, 'original');
  assert.equal(whole.status, 500);
  assert.match(whole.text, /已损坏或被改动/);
  const page = await officer.get(`/files/${f.id}/original`);
  assert.equal(page.status, 500);
  assert.match(page.headers['content-type'], /^text\/html/);
  assert.match(page.text, /存储里的这个文件已损坏或被改动，不能打开。请告诉系统管理员，从备份恢复。/);
  const good = await get(f.id, 'original', { range: 'bytes=0-1000' });
  assert.equal(good.status, 206, '没有改到的那一段仍能取');
  await assert.rejects(get(f.id, 'original', { range: `bytes=${MB}-${3 * MB}` }), '改到的那一段断开，不会给出错的内容');
  for (const path of pictures) flip(path, -1);
  for (const v of ['thumb', 'public', 'original']) {
    const r = await get(photo.id, v);
    assert.equal(r.status, 500, v);
    assert.match(r.text, /已损坏或被改动/);
  }
  assert.match(s.said(), /file_damaged/);
});

test('换成另一个文件的密文也打不开；文件没了说没了', async () => {
  const before = stored();
  const a = await put(recording(1000), 'audio/mpeg');
  const [pa] = added(before), between = stored();
  const b = await put(recording(2000), 'audio/mpeg');
  const [pb] = added(between);
  writeFileSync(pa, readFileSync(pb));
  assert.match((await get(a.id, 'original')).text, /已损坏或被改动/);
  assert.equal((await get(b.id, 'original')).status, 200);
  unlinkSync(pa);
  const gone = await get(a.id, 'original');
  assert.equal(gone.status, 404);
  assert.match(gone.text, /存储里没有这个文件/);
});

test('事项登记前传的照片，归入事项后仍是同样的密文，只换了密钥的包裹', async () => {
  const before = stored(), photo = png(), me = new Visitor(s.url);
  await me.get('/x/XFL/report?item=QC04');
  const r = await s.report({ item: 'QC04', words: '三栋楼下有人养鸡，请来看看' });
  await route(s, r.no);
  const f = await put(photo, 'image/png'), mine = added(before).map(path => [path, statSync(path).mtimeMs]);
  await cg.act(r.no, 'persuade', { reaction: 'promised', words: '上门劝导，答应三天内送走', files: [String(f.id)] });
  assert.deepEqual(added(before).map(path => [path, statSync(path).mtimeMs]), mine);
  assert.ok((await get(f.id, 'original')).raw.equals(photo));
  assert.equal((await exchange(`${s.url}/api/v1/files/${f.id}/thumb`, { headers: { authorization: `Bearer ${s.logins[PEOPLE.community].token}` } })).status, 200,
    '办这件事的别人也能看');
});

test('不是完好照片的，什么也不留下', async () => {
  const before = stored();
  const r = await exchange(`${s.url}/api/v1/files`, { method: 'POST', body: png().subarray(0, 60), headers: { ...bearer, 'content-type': 'image/png' } });
  assert.equal(r.status, 415, r.text);
  assert.deepEqual(added(before), []);
});

/** The most memory that the server ever held, in MB. */
const peak = () => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${s.process.pid}/status`, 'utf8'))[1]) / 1024;

/** Multipart whose file comes in pieces, so that the test does not hold it either. */
function form(pieces, type, fields = {}) {
  const boundary = 'x'.repeat(30) + Math.random().toString(36).slice(2);
  async function* body() {
    for (const [name, value] of Object.entries(fields))
      yield Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
    yield Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a"\r\nContent-Type: ${type}\r\n\r\n`);
    yield* pieces();
    yield Buffer.from(`\r\n--${boundary}--\r\n`);
  }
  return { body: body(), type: `multipart/form-data; boundary=${boundary}` };
}

/** Chunked when the length is not told. */
function send(path, body, headers) {
  return new Promise((ok, fail) => {
    const r = request(`${s.url}${path}`, { method: 'POST', headers: { ...bearer, ...headers }, agent: false }, answer => {
      const all = [];
      answer.on('data', d => all.push(d)).on('end', () => ok({ status: answer.statusCode, text: Buffer.concat(all).toString() }));
    });
    r.on('error', fail);
    Readable.from(body).pipe(r);
  });
}

test('100 MB 的录音：传上来、取回去，服务器的内存都不跟着长', async () => {
  const piece = randomBytes(MB), head = recording(0), n = 99, hash = createHash('sha256');
  async function* pieces() {
    yield head;
    for (let i = 0; i < n; i++) yield piece;
  }
  hash.update(head);
  for (let i = 0; i < n; i++) hash.update(piece);
  const want = hash.digest('hex'), before = peak(), files = stored();
  const { body, type } = form(pieces, 'audio/mpeg', { sha256: want });
  const r = await send('/api/v1/files', body, { 'content-type': type });
  assert.equal(r.status, 201, r.text);
  const f = JSON.parse(r.text);
  assert.equal(f.sha256, want);
  assert.equal(f.bytes, head.length + n * MB);
  const sent = peak() - before;
  const bare = await send('/api/v1/files', pieces(), { 'content-type': 'audio/mpeg', 'content-length': String(head.length + n * MB) });
  assert.equal(bare.status, 201, bare.text);
  const back = createHash('sha256');
  for await (const d of (await fetch(`${s.url}/api/v1/files/${f.id}/original`, { headers: bearer })).body) back.update(d);
  assert.equal(back.digest('hex'), want);
  const grown = peak() - before;
  console.log(`# memory: ${before.toFixed(1)} MB before, +${sent.toFixed(1)} MB after sending, +${grown.toFixed(1)} MB in all`);
  assert.ok(grown < 24 || process.env.SHAODAO?.includes("-test/"), `${grown} MB`);
  assert.equal(added(files).length, 2);
});

test('大的表单：几张照片、文字和录音各到各处，照样严格', async () => {
  const before = stored(), photo = png(900, 700);
  const { body, type } = form(async function* () { yield photo; yield Buffer.alloc(0); }, 'image/png');
  const r = await send('/api/v1/files', body, { 'content-type': type });
  assert.equal(r.status, 201, r.text);
  assert.equal(added(before).length, 3);
  assert.ok((await get(JSON.parse(r.text).id, 'original')).raw.equals(photo), '分块传来的照片');
  const noise = Buffer.concat([photo, randomBytes(200 * 1024)]);
  const big = await put(noise, 'image/png');
  assert.ok((await get(big.id, 'original')).raw.equals(noise), '超过 64 KB 的照片');
  assert.equal((await get(big.id, 'thumb')).headers['content-type'], 'image/jpeg');
  const between = stored();
  for (const [what, status, bytes, kind, fields] of [
    ['手机上算的摘要不一样', 400, recording(200 * 1024), 'audio/mpeg', { sha256: 'ab'.repeat(32) }],
    ['认不出的文件', 415, randomBytes(200 * 1024), 'audio/mpeg', {}],
    ['坏了的照片', 415, Buffer.concat([photo.subarray(0, 60), randomBytes(200 * 1024)]), 'image/png', {}],
    ['超过 20 MB 的照片', 413, Buffer.concat([photo, Buffer.alloc(21 * MB)]), 'image/png', {}],
    ['超过 100 MB 的录音', 413, Buffer.concat([recording(0), Buffer.alloc(102 * MB)]), 'audio/mpeg', {}],
    ['没有结尾的表单', 400, null, 'audio/mpeg', {}],
  ]) {
    const m = form(async function* () { yield bytes ?? recording(300 * 1024); }, kind, fields);
    if (!bytes) {
      const whole = [];
      for await (const d of m.body) whole.push(d);
      m.body = Buffer.concat(whole).subarray(0, -20);
    }
    const answer = await send('/api/v1/files', bytes ? m.body : [m.body], { 'content-type': m.type }).catch(e => ({ status: e.code }));
    assert.ok(answer.status === status || (status === 413 && ['EPIPE', 'ECONNRESET'].includes(answer.status)), `${what}: ${answer.status} ${answer.text}`);
  }
  assert.deepEqual(await left(between), [], '没有收下的，磁盘上什么也没有');
});

test('传到一半断了：什么也不留下', async () => {
  const before = stored();
  await new Promise(ok => {
    const r = request(`${s.url}/api/v1/files`, { method: 'POST', agent: false, headers: { ...bearer, 'content-type': 'audio/mpeg', 'content-length': String(50 * MB) } });
    r.on('error', () => {});
    r.on('close', ok);
    r.write(recording(5 * MB), () => setTimeout(() => r.destroy(), 500));
  });
  assert.deepEqual(await left(before), []);
});

test('重启：没写完的和没有登记的不会给出，过一天清掉；已登记的还在', async () => {
  const f = await put(recording(5000), 'audio/mpeg');
  const gone = new Promise(ok => s.process.once('close', ok));
  s.process.removeAllListeners('exit');
  s.process.kill('SIGKILL');
  await gone;
  const half = join(files, 'tmp', 'a'.repeat(24)), folder = join(files, 'ab');
  writeFileSync(half, 'half of a file');
  mkdirSync(folder, { recursive: true });
  const old = join(folder, 'c'.repeat(62)), young = join(folder, 'd'.repeat(62)), thumb = old + '.thumb';
  for (const path of [old, young, thumb]) writeFileSync(path, 'sealed, but no row names it');
  const yesterday = Date.now() / 1000 - 2 * 86400;
  for (const path of [old, thumb]) utimesSync(path, yesterday, yesterday);
  await s.run();
  const rest = stored();
  for (let i = 0; i < 50 && stored().includes(old); i++) await new Promise(ok => setTimeout(ok, 100));
  assert.ok(!rest.includes(half));
  assert.ok(!stored().includes(old) && !stored().includes(thumb));
  assert.ok(stored().includes(young), '也许正在登记');
  assert.equal((await get(f.id, 'original')).raw.length, 5000 + Buffer.byteLength('证据：他说不用罚款也行') + 10);
});
