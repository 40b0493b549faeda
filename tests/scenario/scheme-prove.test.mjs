// scheme check：四个方案都证明成立；改坏一处，说出哪条承诺不成立、一步一步怎样走到。
import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { folder, json, run } from './_cmd.mjs';

const schemes = fileURLToPath(new URL('../../schemes/', import.meta.url));
const NAMES = ['huichang', 'bagongshan', 'nanhu', 'lucheng'];
const PROPERTIES = ['owned', 'upward', 'no_pushing', 'top_can_end', 'still_solvable', 'lawful', 'not_empty', 'staffed', 'feasible'];

/** A copy of a scheme in which one table is rewritten. */
function broken(f, name, table, change) {
  const dir = f.path(`${name}-${table}`);
  cpSync(join(schemes, name), dir, { recursive: true });
  const file = join(dir, `${table}.csv`);
  const before = readFileSync(file, 'utf8'), after = change(before);
  assert.notEqual(before, after);
  writeFileSync(file, after);
  return dir;
}

test('四个方案全部成立', async t => {
  let seconds = 0;
  for (const name of NAMES)
    await t.test(name, () => {
      const proof = json(['scheme', 'check', join(schemes, name), '--json']);
      assert.equal(proof.ok, true);
      assert.equal(proof.complete, true);
      assert.deepEqual(proof.properties.map(p => p.name), PROPERTIES);
      assert.ok(proof.properties.every(p => p.ok));
      assert.ok(proof.states > 1000 && proof.states < 200000, `${proof.states}`);
      seconds += proof.seconds;
    });
  t.diagnostic(`${seconds.toFixed(2)} s together`);
});

test('统筹协调没有副手：有人手不成立', () => {
  const f = folder();
  const dir = broken(f, 'huichang', 'postings', csv => csv.replace(/^coord02,coordinator,.*\n/m, ''));
  const r = run(['scheme', 'check', dir]);
  assert.equal(r.code, 1);
  assert.match(r.out, /✗ 有人手（staffed）/);
  assert.match(r.out, /要有副手/);
});

test('领导小组没有人：超期报不到顶，也不能了结；--json 给出故事', () => {
  const f = folder();
  const dir = broken(f, 'huichang', 'postings', csv => csv.replace(/^leader01,leading_group/m, 'leader01,expert'));
  const r = run(['scheme', 'check', dir, '--json']);
  assert.equal(r.code, 1);
  const proof = JSON.parse(r.out), of = name => proof.properties.find(p => p.name === name);
  assert.equal(of('upward').ok, false);
  assert.match(of('upward').story, /^1\. .*\n[^]*超期/);
  assert.equal(of('top_can_end').ok, false);
});

test('读不懂的方案不证明，只报单元格', () => {
  const f = folder();
  const dir = broken(f, 'huichang', 'items', csv => csv.replace(',LW,', ',NOBODY,'));
  const r = run(['scheme', 'check', dir, '--json']);
  assert.equal(r.code, 1);
  const answer = JSON.parse(r.out);
  assert.ok(answer.errors.length > 0);
  assert.equal(answer.properties, undefined);
});
