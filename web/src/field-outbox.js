// The outbox: what was recorded is kept first and sent then, in the order of recording for each subject, with its original time.
// A record leaves the queue with the server's receipt or by a conscious act, never otherwise.
//
// Record: { n, id (the Idempotency-Key), who, subject, title, url, fields, photos: [{ blob, key, file }], at (ISO, server's time),
// held (why a person must look), receipt: { no, late, words, at } }.

import { base } from './dom.js';
import { store } from './field-store.js';

const KEEP_DONE_MS = 24 * 3600e3, SHORT_MS = 30e3, LONG_MS = 180e3;
const PAUSES = [5, 15, 30, 60, 120, 300];

/** What the banner and the pages show. `net` is what the last request met, not what the browser believes. */
export const box = { records: [], net: navigator.onLine !== false, login: false, sending: 0, me: null, skew: 0, broken: '' };
const hearers = [];
export const onBox = fn => hearers.push(fn);
const tell = () => hearers.forEach(fn => fn());

export const mine = () => box.records.filter(r => !r.receipt && (!box.me || r.who === box.me));
export const foreign = () => box.records.filter(r => !r.receipt && box.me && r.who !== box.me);
export const now = () => Date.now() + box.skew;
export const iso = ms => new Date(ms + 8 * 3600e3).toISOString().slice(0, 19) + '+08:00';

let token = '', timer = 0, failures = 0, running = null, again = false;

const uuid = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), n => n.toString(36)).join('-');

// ---- Talking to the server ----

/** { status, body }: status 0 when no answer came. Numbers too long for the language stay text. */
async function call(path, options = {}, ms = SHORT_MS) {
  const stop = new AbortController(), limit = setTimeout(() => stop.abort(), ms);
  let result = { status: 0, body: {} };
  try {
    const r = await fetch(base + path, { credentials: 'same-origin', cache: 'no-store', redirect: 'error', signal: stop.signal,
      ...options, headers: { Accept: 'application/json', ...options.headers } });
    const text = (await r.text()).replace(/([:[,]\s*)(\d{16,})(?=[,\]}\s])/g, '$1"$2"');
    if (/json/.test(r.headers.get('content-type')))
      result = { status: r.status, body: JSON.parse(text), after: r.headers.get('retry-after') };
  } catch (e) { /* no network, cut off, or the page of somebody else's hotspot: no answer of ours */ }
  clearTimeout(limit);
  if (box.net !== result.status > 0) {
    box.net = result.status > 0;
    tell();
  }
  return result;
}

export const get = path => call(path);

/** Who is logged in, the form token and the server's clock. 200, 401 or 0. */
export async function takePackage() {
  const began = Date.now(), r = await call('/api/v1/field');
  if (r.status === 200) {
    token = r.body.form_token || '';
    box.me = r.body.person.username;
    box.skew = Date.parse(r.body.now) - (began + Date.now()) / 2;
    if (Math.abs(box.skew) < 2000)
      box.skew = 0;
    await store.set('skew', box.skew);
  }
  if (r.status) {
    box.login = r.status === 401;
    box.broken = r.status === 403 ? why(r) : '';
    tell();
  }
  return r;
}

/** True when the server has ended the session, or had already. */
export const endSession = () => fetch(`${base}/logout`, { method: 'POST', redirect: 'manual', headers: { 'X-CSRF': token } })
  .then(r => r.type === 'opaqueredirect' || r.status === 401, () => false);

const post = (path, init, headers, ms) => call(path, { method: 'POST', ...init, headers: { 'X-CSRF': token, ...headers } }, ms);

// ---- One record ----

const why = r => {
  const first = r.body.errors && r.body.errors[0];
  return (first && first.message) || r.body.detail || r.body.title || `服务器回答 ${r.status}`;
};
const isLater = r => r.status === 0 || r.status === 429 || r.status >= 500;

class Wait extends Error {}
class Held extends Error {}

/** Posts; gets a new form token once when the old one is refused; throws when the record must wait or a person must look. */
async function must(path, init, headers, ms) {
  let r = await post(path, init, headers, ms);
  if (r.status === 403 && (await takePackage()).status === 200)
    r = await post(path, init, headers, ms);
  if (r.status === 401) {
    box.login = true;
    throw new Wait();
  }
  if (isLater(r))
    throw new Wait(r.after || '');
  return r;
}

async function upload(record) {
  for (const photo of record.photos) {
    if (photo.file)
      continue;
    const data = new FormData();
    data.append('file', photo.blob, photo.name || 'photo.jpg');
    const r = await must('/files', { body: data }, { 'Idempotency-Key': photo.key }, LONG_MS);
    if (r.status >= 300 || !r.body.id)
      throw new Held(`照片：${why(r)}`);
    photo.file = String(r.body.id);
    await store.put(record);
  }
}

/** The server drops photos that nothing names for a day: then they go once more, under new keys. */
async function forget(record) {
  for (const photo of record.photos) {
    photo.file = null;
    photo.key = uuid();
  }
  await store.put(record);
}

async function send(record, isSecond) {
  await upload(record);
  const fields = { ...record.fields };
  if (record.photos.length)
    record.photos.forEach(p => { fields[p.of || 'files'] = (fields[p.of || 'files'] || []).concat(p.file); });
  const r = await must(record.url, { body: JSON.stringify(fields) }, { 'Content-Type': 'application/json',
    'Idempotency-Key': record.id, ...(record.timeless ? {} : { 'X-Recorded-At': record.at }) });
  if (r.status === 422 && !isSecond && record.photos.length && (r.body.errors || []).some(e => /^files/.test(e.field))) {
    await forget(record);
    return send(record, true);
  }
  if (r.status >= 300)
    throw new Held(why(r));
  const { no, id, kept, missing, credit_words: words } = r.body;
  return { no: no || (id ? String(id) : ''), late: kept === 'late', words: missing ? `还没有办结：${missing}` : words, at: now() };
}

// ---- The queue ----

async function reload() {
  box.records = await store.all();
  tell();
}

/** Keeps a record. Resolves when it lies in the database; throws when the phone has no room for it. */
export async function enqueue({ subject, title, url, fields, photos = [], duty = null }) {
  if (!box.me)
    throw new Error('请先联网登录一次');
  const record = { id: uuid(), who: box.me, subject, title, url, fields, duty, at: iso(now()),
    photos: photos.map(p => ({ blob: p, of: p.of, name: p.name, key: uuid(), file: null })) };
  await store.add(record);
  if (navigator.storage && navigator.storage.persist)
    navigator.storage.persist();
  await reload();
  drain();
  return record;
}

export async function discard(n) {
  await store.drop(n);
  await reload();
  drain();
}

export async function retry(n) {
  const record = box.records.find(r => r.n === n);
  if (record && record.held) {
    record.timeless = record.timeless || /30 天|比现在还晚/.test(record.held);
    delete record.held;
    await store.put(record);
    await reload();
  }
  return drain();
}

function later(seconds) {
  clearTimeout(timer);
  timer = setTimeout(drain, seconds * 1000);
}

async function pass() {
  const stuck = new Set();
  await reload();
  if (!mine().length && !foreign().length)
    return false;
  if (!token || box.login)
    if ((await takePackage()).status !== 200)
      return !box.login;
  const isThere = record => box.records.some(r => r.n === record.n);
  for (const record of mine()) {
    if (stuck.has(record.subject) || !isThere(record))
      continue;
    if (record.held) {
      stuck.add(record.subject);
      continue;
    }
    box.sending = record.n;
    tell();
    try {
      record.receipt = await send(record, false);
      record.photos = [];
      failures = 0;
    } catch (e) {
      if (e instanceof Wait)
        return e.message ? Number(e.message) || true : !box.login;
      if (!(e instanceof Held))
        throw e;
      record.held = e.message;
      stuck.add(record.subject);
    }
    if (record.receipt || isThere(record))
      await store.put(record);
    await reload();
  }
  return false;
}

async function work() {
  let more = true;
  clearTimeout(timer);
  try { more = await pass(); } catch (e) { box.broken = String(e.message || e); }
  box.sending = 0;
  await reload();
  if (more)
    later(Math.max(typeof more === 'number' ? more : 0, PAUSES[Math.min(failures++, PAUSES.length - 1)]));
  hearDone.forEach(fn => fn());
}

const hearDone = [];
export const onDone = fn => hearDone.push(fn);

/** Sends what waits, one window of this phone at a time. */
export function drain() {
  if (running) {
    again = true;
    return running;
  }
  running = (navigator.locks ? navigator.locks.request(`outbox${base}`, work) : work()).then(() => {
    running = null;
    if (again) {
      again = false;
      return drain();
    }
  });
  return running;
}

export async function startBox() {
  box.me = (await store.get('me')) || null;
  box.skew = (await store.get('skew')) || 0;
  for (const r of await store.all())
    if (r.receipt && now() - r.receipt.at > KEEP_DONE_MS)
      await store.drop(r.n);
  await reload();
  window.addEventListener('online', () => { failures = 0; drain(); });
  window.addEventListener('offline', () => { box.net = false; tell(); });
  document.addEventListener('visibilitychange', () => document.hidden || drain());
}
