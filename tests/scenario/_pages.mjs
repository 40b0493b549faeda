// A visitor of the pages: keeps cookies, fills in forms as a browser without scripts does. One request at a time.
import assert from 'node:assert/strict';
import { request as plain } from 'node:http';
import { request as secure } from 'node:https';

/** One request and its whole answer; `ca` trusts a certificate made by the test, `socketPath` speaks to a Unix socket. */
export function exchange(url, { method = 'GET', headers = {}, body, ca, servername, socketPath } = {}) {
  const bytes = body === undefined ? undefined : Buffer.from(body);
  const all = bytes ? { 'content-length': bytes.length, ...headers } : headers;
  return new Promise((ok, fail) => {
    const send = url.startsWith('https:') ? secure : plain;
    const r = send(url, { method, headers: all, ca, servername, socketPath, agent: false }, answer => {
      const pieces = [];
      answer.on('data', piece => pieces.push(piece)).on('error', fail).on('end', () => {
        const raw = Buffer.concat(pieces);
        ok({ status: answer.statusCode, headers: answer.headers, raw, text: raw.toString() });
      });
    });
    r.setTimeout(30_000, () => r.destroy(new Error(`no answer from ${method} ${url}`)));
    r.on('error', fail);
    r.end(bytes);
  });
}

export class Visitor {
  constructor(base, options = {}) {
    this.base = base;
    this.options = options;
    this.cookies = new Map();
    this.page = { text: '' };
  }

  async send(path, { method = 'GET', headers = {}, body } = {}) {
    const cookie = [...this.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
    const r = await exchange(new URL(path, this.base).href, { method, body,
      ...this.options, headers: { ...(cookie ? { cookie } : {}), ...this.options.headers, ...headers } });
    for (const line of r.headers['set-cookie'] ?? []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (/max-age=0/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    if (r.text.includes('name="csrf"')) this.page = r;
    return r;
  }

  get(path, headers) {
    return this.send(path, { headers });
  }

  /** The hidden fields of the last page, what is asked for on top. */
  post(path, fields = {}, headers = {}) {
    const csrf = /name="csrf" value="([^"]*)"/.exec(this.page.text)?.[1] ?? '';
    return this.send(path, { method: 'POST', body: new URLSearchParams({ csrf, ...fields }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers } });
  }

  /** A hidden or filled-in field of the last page. */
  field(name) {
    return new RegExp(`name="${name}" value="([^"]*)"`).exec(this.page.text)?.[1];
  }

  /** Multipart, with one file. */
  upload(path, fields, name, bytes, type) {
    const boundary = 'scenario' + Math.random().toString(36).slice(2);
    const csrf = /name="csrf" value="([^"]*)"/.exec(this.page.text)?.[1] ?? '';
    const parts = Object.entries({ csrf, ...fields }).map(([k, v]) =>
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${k}"\r\n\r\n${v}\r\n`));
    parts.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="photo"\r\nContent-Type: ${type}\r\n\r\n`),
      bytes, Buffer.from(`\r\n--${boundary}--\r\n`));
    return this.send(path, { method: 'POST', body: Buffer.concat(parts),
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}`, accept: 'application/json' } });
  }

  async logIn({ username, password }, login = '/login') {
    await this.get(login);
    const r = await this.post(login, { username, password });
    assert.equal(r.status, 303, r.text);
    return this;
  }
}
