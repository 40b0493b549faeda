// The short one of the failover tests (tests/failover has them all): three machines, two servers, reports without a pause; the
// leader's server is killed, then the leader is changed in an orderly way. About a minute and a half.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Cluster, Load, compare, whyNot } from '../failover/_rig.mjs';

const why = whyNot(), skip = why && `no cluster here: ${why}`;

let cluster, data, servers = [], load;
before(async () => {
  if (skip) return;
  cluster = new Cluster();
  data = cluster.demo('data');
  servers = [await cluster.serve(data, 'one'), await cluster.serve(data, 'two')];
  load = new Load(servers);
  await load.more(50, 30);
}, { timeout: 120_000 });
after(async () => {
  await load?.end();
  for (const s of servers) await s.stop();
  cluster?.stop();
});

const FAULTS = [
  ['the server of the leader is killed', () => cluster.run('kill-server', cluster.leader)],
  ['an orderly change of leader', () => assert.match(cluster.run('switchover'), /Successfully/)],
];
for (const [name, happens] of FAULTS)
  test(`${name}: nothing promised is lost, nothing comes twice, numbers have no gaps`, { skip, timeout: 120_000 }, async () => {
    cluster.run('whole');
    load.gap();
    happens();
    await load.more(50, 30);
    const gap = load.gap() / 1000;
    const found = compare(cluster, load);
    console.log(`| ${name}: ${load.acks.size} promised so far, longest gap ${gap.toFixed(1)} s, answers ${load.seen()}`);
    assert.deepEqual({ ...found, rows: 0 }, { lost: [], twice: [], gaps: [], other: [], rows: 0 });
    assert.deepEqual(load.odd, {});
    assert.ok(gap < 20, `nothing was promised for ${gap} s`);
  });

test('what was on the way is promised in the end, once; the record replays', { skip, timeout: 90_000 }, async () => {
  await load.end();
  assert.deepEqual(load.odd, {});
  assert.deepEqual({ ...compare(cluster, load), rows: 0 }, { lost: [], twice: [], gaps: [], other: [], rows: 0 });
  const replay = JSON.parse(cluster.shaodao('ledger', 'replay', data, '--json'));
  assert.deepEqual([replay.differences, replay.first], [0, '']);
});
