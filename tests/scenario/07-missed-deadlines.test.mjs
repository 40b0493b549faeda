// 超期一级一级往上报：部门负责人、统筹、领导小组；做了也抹不掉超期的记录。
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checklist, duty, owed, route, start } from './lib.mjs';

const chases = c => c.duties.filter(d => d.kind === 'chase');

test('五个工作日没办完：先报部门负责人，再报统筹，再报领导小组，每级一个工作日', async t => {
  const s = await start();
  const r = await s.report({ item: 'QC04', words: '没有人来处理' });
  const begun = owed(await route(s, r.no));
  assert.equal(duty(begun, 'handle').due, '2026-04-27T17:30:00+08:00');

  await t.test('到期前没有动静', async () => {
    s.tick('2026-04-27T17:29:00+08:00');
    const c = await s.as('coord01').case(r.no);
    assert.deepEqual([c.missed, chases(c).length], [false, 0]);
  });
  await t.test('一过期：部门负责人收到督办', async () => {
    s.tick('2026-04-27T17:31:00+08:00');
    const c = owed(await s.as('cg01').case(r.no));
    assert.deepEqual([c.missed, c.overdue], [true, true]);
    assert.deepEqual([duty(c, 'handle').missed, duty(c, 'handle').missed_at], [true, duty(c, 'handle').due]);
    assert.deepEqual(chases(c).map(d => [d.owner.org, d.owner.role, d.level, d.due]), [['CG', 'department_head', 1, '2026-04-28T17:30:00+08:00']]);
    assert.ok((await s.as('cghead').read('/duties?kind=chase')).duties.some(d => d.case.no === r.no));
  });
  await t.test('负责人一天没回：报统筹', async () => {
    s.tick('2026-04-28T17:31:00+08:00');
    const c = await s.as('coord01').case(r.no);
    assert.deepEqual(chases(c).map(d => [d.owner.role, d.level, d.missed]), [['department_head', 1, true], ['coordinator', 2, false]]);
  });
  await t.test('统筹一天没回：报领导小组，到顶为止', async () => {
    s.tick('2026-04-29T17:31:00+08:00');
    assert.deepEqual(chases(await s.as('leader01').case(r.no)).map(d => d.owner.role), ['department_head', 'coordinator', 'leading_group']);
    assert.ok((await s.as('leader01').read('/duties?kind=chase')).duties.some(d => d.case.no === r.no));
    s.tick('2026-05-08T17:31:00+08:00');
    assert.equal(chases(await s.as('leader01').case(r.no)).length, 3, '不再往上');
  });
  await t.test('督办要回复；回复了不等于办完', async () => {
    const c = owed(await s.as('cghead').act(r.no, 'answer_chase', { words: '人手不足，明天上门' }));
    assert.equal(chases(c)[0].end, 'done_late');
    assert.equal(duty(c, 'handle').missed, true);
  });
  await t.test('办完了，超期的记录还在', async () => {
    const cg = s.as('cg01');
    await cg.act(r.no, 'persuade', { reaction: 'fixed', words: '上门劝导' });
    const c = await cg.act(r.no, 'close', { outcome: 'solved', reply: '来晚了，对不起，鸡已送走', checklist: await checklist(s, 'QC04'), files: [await cg.photo()] });
    const handled = c.duties.find(d => d.kind === 'handle');
    assert.deepEqual([handled.end, handled.missed], ['done_late', true]);
    assert.ok(chases(c).every(d => d.end !== 'open'), '督办随着了结');
    const figure = await s.as('coord01').read('/figures/duties_missed?from=2026-04-01&to=2026-05-31');
    assert.ok(figure.value >= 1);
  });
});

test('没有人呼叫：网格长超期，报统筹，再报领导小组；居民的答复期限也在走', async () => {
  const s = await start();
  const r = await s.report({ item: 'QC04', words: '报了没有人管' });
  s.tick('2026-04-20T11:01:00+08:00');
  let c = owed(await s.as('coord01').case(r.no));
  assert.equal(duty(c, 'call').missed, true);
  assert.equal(chases(c)[0].owner.role, 'coordinator');
  s.tick('2026-04-21T17:31:00+08:00');
  c = await s.as('coord01').case(r.no);
  assert.equal(chases(c).at(-1).owner.role, 'leading_group');
  s.tick('2026-05-13T17:31:00+08:00');
  const seen = await r.me.case(r.no);
  assert.equal(seen.duties.find(d => d.kind === 'answer').missed, true);
  assert.match(seen.events.at(-1).text, /超过承诺时间/);
});

test('一次跳过三个星期，和一天一天过去记得一样', async () => {
  const days = await start(), jump = await start();
  const seen = [];
  for (const s of [days, jump]) {
    const r = await s.report({ item: 'QC04', words: '没有人来处理' });
    await route(s, r.no);
    if (s === days)
      for (let d = 21; d <= 30; d++) {
        s.tick(`2026-04-${d}T18:00:00+08:00`);
        await s.as('coord01').case(r.no);
      }
    s.tick('2026-05-11T09:00:00+08:00');
    const c = await s.as('coord01').case(r.no);
    seen.push({ events: c.events.map(e => [e.at, e.type, e.text]), duties: c.duties.map(d => [d.kind, d.owner, d.opened_at, d.due, d.missed_at, d.level]) });
  }
  assert.deepEqual(seen[1], seen[0]);
});
