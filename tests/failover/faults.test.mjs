// Three database machines, two servers of shaodao, eight clients that report without a pause, and one fault after the other.
// What was promised (201) is there, once, under the number that was told; numbers have no gaps; whoever got no promise got
// 503 and was served when he asked again with the same key. The table at the end says how long nothing was promised.
// reliability: the cut-off leader with its own etcd is the fault in which "etcd3:" loses acknowledged work.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Cluster, Load, compare, report, sleep, whyNot } from './_rig.mjs';

const why = whyNot();
const skip = why && `no cluster here: ${why}`;
const WORD = process.env.FAULT ?? '';

// what happens · what is hoped for, and what is allowed on a busy machine with two cores (seconds without a promise)
const FAULTS = [
  { name: 'server of the leader killed', hoped: 5, most: 20, run: async (c, leader) => c.run('kill-server', leader) },
  { name: 'planned change of leader', hoped: 5, most: 20, run: async c => assert.match(c.run('switchover'), /Successfully/) },
  { name: 'machine of the standby dead', hoped: 3, most: 20, run: async (c, leader) => {
    const standby = c.standby();
    c.run('power-off', standby);
    await sleep(15_000);
    c.run('power-on', standby);
  } },
  { name: 'machine of the leader dead', hoped: 30, most: 60, run: async (c, leader, load) => {
    c.run('power-off', leader);
    await sleep(5_000);
    await load.more(50, 60);
    c.run('power-on', leader);
  } },
  { name: 'leader frozen for 40 s', hoped: 30, most: 60, run: async (c, leader) => {
    c.run('freeze', leader);
    await sleep(40_000);
    c.run('thaw', leader);
  } },
  { name: 'leader cut off with its etcd, 42 s', hoped: 35, most: 60, run: async (c, leader) => {
    c.run('cut', leader);
    await sleep(42_000);
    c.run('heal', leader);
  } },
  { name: 'one etcd of three killed', hoped: 1, most: 10, run: async (c, leader) => {
    const other = leader % 3 + 1;
    c.run('stop-etcd', other);
    await sleep(10_000);
    c.run('start-etcd', other);
  } },
  { name: 'two etcd of three killed, 25 s', hoped: 2, most: 20, run: async (c, leader) => {
    const others = [leader % 3 + 1, (leader + 1) % 3 + 1];
    for (const n of others) c.run('stop-etcd', n);
    await sleep(25_000);
    for (const n of others) c.run('start-etcd', n);
  } },
];

let cluster, data, servers = [], load;
before(async () => {
  if (skip) return;
  cluster = new Cluster();
  data = cluster.demo('data');
  servers = [await cluster.serve(data, 'one'), await cluster.serve(data, 'two')];
  load = new Load(servers);
  await load.more(50, 60);
}, { timeout: 180_000 });
after(async () => {
  print();
  await load?.end();
  for (const s of servers) await s.stop();
  cluster?.stop();
});

const table = [];
function print() {
  const width = Math.max(5, ...table.map(row => row[0].length));
  const line = (...cells) => console.log(`| ${cells.map((c, i) => (i ? String(c).padStart([0, 8, 4, 5, 11, 5][i]) : c.padEnd(width))).join(' | ')} |`);
  line('fault', 'promised', 'lost', 'twice', 'longest gap', 'hoped');
  for (const [name, promised, lost, twice, gap, hoped] of table) line(name, promised, lost, twice, `${gap} s`, `${hoped} s`);
  if (load) console.log(`| answers: ${load.seen()}`);
}

for (const fault of FAULTS.filter(f => f.name.includes(WORD)))
  test(fault.name, { skip, timeout: 300_000 }, async () => {
    cluster.run('whole');
    await sleep(3_000);
    const before = load.acks.size;
    load.gap();
    await fault.run(cluster, cluster.leader, load);
    await load.more(50, fault.most);
    await sleep(3_000);
    const gap = load.gap() / 1000;
    cluster.run('whole');
    const found = compare(cluster, load);
    table.push([fault.name, load.acks.size - before, found.lost.length, found.twice.length, gap.toFixed(1), fault.hoped]);
    assert.deepEqual({ ...found, rows: 0 }, { lost: [], twice: [], gaps: [], other: [], rows: 0 });
    assert.deepEqual(load.odd, {});
    assert.ok(gap <= fault.most, `nothing was promised for ${gap} s`);
  });

test('afterwards: all that is on the way is promised, the same again gets the same number, the record replays', { skip, timeout: 180_000 }, async () => {
  await load.end();
  assert.deepEqual(load.odd, {});
  assert.deepEqual({ ...compare(cluster, load), rows: 0 }, { lost: [], twice: [], gaps: [], other: [], rows: 0 });
  for (const [n, no] of [...load.acks].slice(-20))
    for (const s of servers) assert.equal(JSON.parse((await report(s, n)).text).no, no);
  const replay = JSON.parse(cluster.shaodao('ledger', 'replay', data, '--json'));
  assert.deepEqual([replay.differences, replay.first], [0, '']);
});
