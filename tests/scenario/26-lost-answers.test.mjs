// The connection to PostgreSQL breaks at the worst moments: just before a COMMIT reaches the server, and after it has been done but
// before anybody hears so. Whoever reported gets his number all the same, each report is there once, and numbers have no gaps.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { start } from './lib.mjs';

const shared = !!process.env.SHAODAO_DATABASE;
const s = await start();

/** Stands between shaodao and its database; `cut` says what to do with the next COMMIT of a writer. */
class Between {
  cuts = { before: 0, after: 0 };
  cut = null;

  constructor(real) {
    this.server = createServer(client => {
      const server = connect(real);
      let isLost = false, isWriter = false;
      const both = how => [client, server].forEach(x => x[how]());
      client.on('data', data => {
        isWriter ||= data.includes('lock_timeout');          // only the writer's connection asks for it
        const cut = isWriter && data.includes('COMMIT\0') ? this.cut : null;
        if (cut) {
          this.cut = null;
          this.cuts[cut]++;
        }
        if (cut === 'before') return both('destroy');
        if (cut === 'after') isLost = true;                  // the server does it, and tells nobody
        server.write(data);
      });
      server.on('data', data => (isLost ? setTimeout(() => both('destroy'), 30) : client.write(data)));
      client.on('error', () => server.destroy()).on('close', () => server.destroy());
      server.on('error', () => client.destroy()).on('close', () => client.destroy());
    });
  }
}

test('reports survive connections that break around COMMIT', { skip: !shared && 'needs PostgreSQL' }, async () => {
  const file = join(s.dir, 'data/database'), address = readFileSync(file, 'utf8').trim();
  const folder = /[?&]host=([^&]+)/.exec(address)?.[1];
  assert.ok(folder, 'the address names a folder of sockets');
  const own = join(s.dir, 'pg');
  mkdirSync(own);
  const between = new Between(join(folder, '.s.PGSQL.5432'));
  await new Promise(ok => between.server.listen(join(own, '.s.PGSQL.5432'), ok));
  after(() => between.server.close());
  s.process.removeAllListeners('exit');
  const gone = new Promise(ok => s.process.on('close', ok));
  s.process.kill('SIGTERM');
  await gone;
  writeFileSync(file, address.replace(folder, own) + '\n');
  await s.run();

  const sent = new Map();
  let n = 0, isOver = false, unknown = 0;
  const caller = async who => {
    while (!isOver) {
      const key = `broken-line-${who}-${n++}`, body = { place: 'XFL', item: 'WJ01', source: 'resident', words: `楼道里堆着旧家具 ${key}`, spot: `${n % 9} 栋` };
      for (let tries = 0; ; tries++) {
        const r = await s.resident.post('/cases', body, { 'idempotency-key': key });
        if (r.status === 201) {
          sent.set(key, r.body.no);
          break;
        }
        assert.ok(r.status === 503 && tries < 20, `${r.status} ${r.text}`);
        unknown++;
        await new Promise(ok => setTimeout(ok, 100));
      }
    }
  };
  const callers = Array.from({ length: 6 }, (_, i) => caller(i));
  for (let i = 0; i < 12; i++) {
    between.cut = i % 2 ? 'after' : 'before';
    for (let waited = 0; between.cut && waited < 100; waited++) await new Promise(ok => setTimeout(ok, 20));
    await new Promise(ok => setTimeout(ok, 150));
  }
  isOver = true;
  await Promise.all(callers);
  writeFileSync(file, address + '\n');
  assert.deepEqual(between.cuts, { before: 6, after: 6 });
  assert.ok(sent.size >= 12, `${sent.size} reports`);
  const numbers = [...sent.values()].map(no => Number(no.slice(-4))).sort((a, b) => a - b);
  assert.deepEqual(numbers, numbers.map((_, i) => i + 1), 'each report once, without a gap');
  console.log(`# ${sent.size} reports, 12 broken connections, ${unknown} had to be sent again`);
});
