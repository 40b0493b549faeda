// The program as a command, for the tests of commands: no server, stdout and stderr apart, English or Chinese on demand.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { SHAODAO } from './lib.mjs';

/** Runs `shaodao …args`; code, out and err as text. */
export function run(args, { input = '', lang = 'zh_CN.UTF-8' } = {}) {
  const r = spawnSync(SHAODAO, args, { input, encoding: 'utf8', env: { ...process.env, LC_ALL: lang }, maxBuffer: 1 << 28 });
  if (r.error) throw r.error;
  return { code: r.status, out: r.stdout, err: r.stderr };
}

/** The same, which must succeed; its stdout as JSON. */
export function json(args, options) {
  const r = run(args, options);
  if (r.code !== 0) throw new Error(`${args.join(' ')} ended with ${r.code}: ${r.err}`);
  return JSON.parse(r.out);
}

/** A folder of its own that goes away with the test file. */
export function folder() {
  const dir = mkdtempSync(join(tmpdir(), 'shaodao-cmd-'));
  after(() => process.env.KEEP || rmSync(dir, { recursive: true, force: true }));
  return {
    dir,
    path: name => join(dir, name),
    file(name, text) {
      writeFileSync(join(dir, name), text);
      return join(dir, name);
    },
  };
}

/** Sample people and lists of 会昌, no cases. */
export function demo(f, { months = 0, until = '2026-04-20' } = {}) {
  const dir = f.path('data');
  const r = run(['demo', dir, '--scheme', 'huichang', '--months', String(months), '--until', until]);
  if (r.code !== 0) throw new Error(r.err);
  return dir;
}

/** Display cells of a text: a Han character or full-width sign takes two. */
export function width(text) {
  let n = 0;
  for (const c of text) n += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(c) ? 2 : 1;
  return n;
}
