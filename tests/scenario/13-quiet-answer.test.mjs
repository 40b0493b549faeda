// 待办 holds one line for a matter: who has it in hand owes the answer by closing it. The answer gets a line of its own when its
// day comes near, and where somebody else has the matter in hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { route, start } from './lib.mjs';

const s = await start();
const kinds = async (who, no) => (await s.as(who).read('/duties?limit=100')).duties.filter(d => d.case?.no === no).map(d => d.kind).sort();

test('待归类的事项在统筹的待办里只有一条', async () => {
  const c = await s.report({ words: '楼下有点问题，说不清是哪一类' });
  assert.deepEqual(await kinds('coord01', c.no), ['classify']);
  assert.deepEqual((await s.as('coord01').read('/duties?kind=answer&limit=100')).duties.map(d => d.case.no), [c.no], '按种类问就有');
});

test('承办单位办理期间只有办理一条，答复临近才单独提醒；别人在办时各有各的', async () => {
  const c = await s.report({ item: 'QC04', words: '楼下有人养鸡，早上很吵' });
  assert.deepEqual(await kinds('cg01', c.no), ['answer'], '还没有派到，牵头单位先看到答复的期限');
  await route(s, c.no);
  assert.deepEqual(await kinds('cg01', c.no), ['handle']);
  s.tick('2026-05-12T17:00:00+08:00');
  assert.ok((await kinds('cg01', c.no)).includes('answer'), '变黄以后单独列出');
});
