// The big tables parted by area as packaging/postgresql/partition-by-area.sql does it: every row, key, index and trigger is
// there again under its name, the program goes on with it, and the record still takes inserts only.
import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Postgres, demo, folder, remove, replay, serve, whyNot } from './_server.mjs';
import { report } from '../failover/_rig.mjs';

const SCRIPT = join(dirname(fileURLToPath(import.meta.url)), '../../packaging/postgresql/partition-by-area.sql');
const why = whyNot(), skip = why && `no PostgreSQL here: ${why}`;
const AREA = 360733;

let dir, pg, data, server;
before(async () => {
  if (skip) return;
  dir = folder('parts');
  pg = await Postgres.start(dir);
  data = join(dir, 'data');
  demo(data, pg.url());
  server = await serve(data);
  for (let n = 1; n <= 20; n++) assert.equal((await report(server, n)).status, 201);
  await server.stop();
});
after(async () => {
  await server?.stop();
  await pg?.stop();
  if (dir) remove(dir);
});

const part = (...args) => pg.psql('shaodao', 'shaodao', '-1', ...args, '-f', SCRIPT);
const names = `SELECT relname, relkind IN ('i', 'I') FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'i', 'I') AND NOT relispartition ORDER BY 1`;
const indexes = `SELECT replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ') FROM pg_index JOIN pg_class ON oid = indexrelid WHERE relnamespace = 'public'::regnamespace AND NOT relispartition ORDER BY 1`;
const triggers = `SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = 'event'::regclass AND NOT tgisinternal ORDER BY 1`;
const tables = ['event', 'case_file', 'duty', 'token', 'person_file', 'file', 'notice', 'idempotency', 'visit', 'credit'];
const sizes = () => tables.map(t => pg.rows(`SELECT count(*) FROM ${t}`)[0][0]);
const parts = table => pg.rows(`SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = '${table}'::regclass ORDER BY 1`).flat();
const refused = sql => assert.throws(() => pg.rows(sql), /append-only/, sql);

test('parted by area: the same rows, names, indexes and triggers', { skip }, () => {
  const look = () => [pg.rows(names), pg.rows(indexes), pg.rows(triggers), sizes()];
  const before = look();
  part();
  assert.deepEqual(look(), before);
  assert.deepEqual(parts('case_file'), [`case_file_${AREA}`, 'case_file_rest']);
  assert.equal(pg.rows(`SELECT count(*) FROM ONLY event_${AREA}`)[0][0], before[3][0]);
  part(); // nothing is left to do
  assert.deepEqual(look(), before);
});

test('the record takes inserts only, in its parts too', { skip }, () => {
  for (const table of ['event', `event_${AREA}`, 'event_rest']) refused(`TRUNCATE ${table}`);
  for (const table of ['event', `event_${AREA}`]) {
    refused(`UPDATE ${table} SET at = 0`);
    refused(`DELETE FROM ${table}`);
  }
});

test('a question about an area reads the part of that area and nothing else', { skip }, () => {
  const plan = pg.rows(`EXPLAIN SELECT id FROM case_file WHERE area = ${AREA} AND state = 1 ORDER BY id LIMIT 50`).flat().join('\n');
  assert.match(plan, new RegExp(`case_file_${AREA}`));
  assert.doesNotMatch(plan, /case_file_rest/);
});

test('the program goes on: reports, a step, lists, boards, the same submission again; the record replays', { skip }, async () => {
  server = await serve(data);
  const taken = await report(server, 21);
  assert.equal(taken.status, 201, taken.text);
  const { no } = JSON.parse(taken.text);
  assert.equal(JSON.parse((await report(server, 21)).text).no, no);
  assert.equal(JSON.parse((await report(server, 7)).text).no, JSON.parse((await report(server, 7)).text).no);
  const act = (who, name, fields) => server.call('POST', `/api/v1/cases/${no}/actions/${name}`,
    { body: JSON.stringify(fields), headers: { authorization: `Bearer demo-${who}`, 'content-type': 'application/json' } });
  const noted = await act('wgz03', 'note', { words: '到现场看过，情况属实' });
  assert.equal(noted.status, 200, noted.text);
  const sent = await act('coord01', 'dispatch', { lead: 'CG', assists: [], note: '由城管先行处置' });
  assert.equal(sent.status, 200, sent.text);
  const get = path => server.call('GET', path, { headers: { authorization: 'Bearer demo-coord01' } });
  for (const path of ['/api/v1/cases?limit=50', `/api/v1/cases/${no}`, `/api/v1/cases?q=${encodeURIComponent('消防通道')}`,
    '/x/XFL', '/supervise', '/readyz']) {
    const r = await get(path);
    assert.equal(r.status, 200, `${path}: ${r.text.slice(0, 400)}`);
  }
  assert.equal(await server.stop(), 0, server.said);
  assert.deepEqual(replay(data), [0, '']);
});

test('an area that was added later gets its part, with the rows that waited for it', { skip }, () => {
  pg.rows(`INSERT INTO token (area, token, case_id) VALUES (${AREA + 1}, 1, 1)`);
  pg.rows(`INSERT INTO scheme_version (area, version, name, valid_from, published_at, published_by) VALUES (${AREA + 1}, 1, 'x', 0, 0, 0)`);
  part();
  assert.deepEqual(parts('token'), [`token_${AREA}`, `token_${AREA + 1}`, 'token_rest']);
  assert.equal(pg.rows(`SELECT count(*) FROM token_${AREA + 1}`)[0][0], '1');
  refused(`TRUNCATE event_${AREA + 1}`);
});
