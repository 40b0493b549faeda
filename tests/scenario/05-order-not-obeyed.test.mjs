// 责令了不改：立案、告知、听取申辩、决定，缺一步都不行；两名有效执法证，少一名也不行。
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checklist, duty, owed, route, start } from './lib.mjs';

const s = await start();
const cg = s.as('cg01');
const two = ['cg01', 'cg02'];
const r = await s.report({ item: 'QC04', words: '说过好几次还养鸡' });
await route(s, r.no);
const order = { officers: two, until: '2026-04-23', words: '三日内清走家禽' };
const file = { filing_no: '会城立〔2026〕12号', officers: two, words: '逾期未改正' };

test('没有劝导就责令：不行，除非有法定理由', async () => {
  const p = await cg.refused(451, r.no, 'order', order);
  assert.equal(p.article, '《行政处罚法》28、42');
});

test('没有责令就立案：不行', async () => {
  await cg.act(r.no, 'persuade', { reaction: 'refused', words: '上门劝导，对方说就要养' });
  await cg.refused(451, r.no, 'file', file);
});

test('到期复查没有改：转入查处，居民看到', async () => {
  await cg.act(r.no, 'order', order);
  s.tick('2026-04-23T10:00:00+08:00');
  const c = owed(await cg.act(r.no, 'recheck', { result: 'not_corrected', words: '还是七只鸡', files: [await cg.photo()] }));
  assert.equal(c.state, 'handling');
  assert.match((await r.me.case(r.no)).events.at(-1).text, /没有改正/);
});

test('立案：要两名本单位有效执法证的人', async () => {
  for (const [officers, why] of [[['cg01'], /需要 2 名/], [['cg01', 'expired01'], /过期/], [['cg01', 'cg01'], /需要 2 名/], [['cg01', 'xfjy01'], /没有本单位/],
    [['cg01', 'assist01'], /没有本单位/]]) {
    const p = await cg.refused(451, r.no, 'file', { ...file, officers });
    assert.match(p.article, /第四十二条/);
    assert.match(p.detail, why);
  }
  const c = owed(await cg.act(r.no, 'file', file));
  assert.deepEqual([c.filing_no, duty(c, 'handle').due.slice(0, 10)], ['会城立〔2026〕12号', '2026-07-22'], '立案后九十天');
  assert.ok(c.steps.includes('investigate'));
  await r.me.refused(409, r.no, 'withdraw', {});
});

test('没有告知、没有听取申辩：不能处罚', async () => {
  const penalty = { kind: 'fine', decision_no: '会城罚〔2026〕9号', officers: two, words: '罚款二百元' };
  assert.match((await cg.refused(451, r.no, 'penalise', penalty)).article, /第六十二条/);
  await cg.refused(409, r.no, 'hear_defence', { result: 'waived', words: '放弃' });
  await cg.act(r.no, 'notify_party', { words: '告知拟罚款二百元及陈述申辩权' });
  await cg.refused(451, r.no, 'penalise', penalty);
  await cg.act(r.no, 'hear_defence', { result: 'heard', words: '当事人说会处理，复核后维持' });
  assert.match((await cg.refused(451, r.no, 'penalise', { ...penalty, officers: ['cg02'] })).article, /第四十二条/);
  assert.match((await cg.refused(451, r.no, 'penalise', { ...penalty, officers: ['cg01', 'expired01'] })).detail, /过期/);
  const c = await cg.act(r.no, 'penalise', penalty);
  assert.deepEqual(c.tiers, ['persuade', 'order', 'penalise']);
});

test('处罚后改正了才办结；最终处置是查处', async () => {
  assert.match((await cg.refused(451, r.no, 'close', { outcome: 'solved', reply: '已依法处罚' })).article, /第六十一条/);
  await cg.act(r.no, 'deliver', { words: '当面送达，当事人签收' });
  const c = await cg.act(r.no, 'close', { outcome: 'solved', reply: '已依法处罚，鸡已清走，场地已打扫', checklist: await checklist(s, 'QC04'),
    files: [await cg.photo()] });
  assert.deepEqual([c.state, c.tier], ['closed', 'penalise']);
  const seen = JSON.stringify(await r.me.case(r.no));
  assert.ok(!seen.includes('二百元'), '处罚内容不告诉反映人');
});
