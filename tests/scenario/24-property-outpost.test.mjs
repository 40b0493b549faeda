// 物业是前哨和守夜人（HC-19、HC-20）：巡查要登记，漏巡记着；巡过的小区里别人先提出来的执法事项，是应报未报。
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start } from './lib.mjs';

const XFL = 'XFL';
const firm = async s => {
  const f = (await s.resident.read('/places')).places.find(p => p.code === XFL).firm;
  return Object.values(s.logins).find(l => l.role === 'property' && l.org === f.code).username;
};
const figure = s => s.as('coord01').read('/figures/unreported?from=2026-04-01&to=2026-04-30');

test('物业一周三次巡查，不同的日子才算；漏了的周日以后记着', async () => {
  const s = await start({ at: '2026-04-17T09:00:00+08:00' });
  const who = await firm(s);
  const round = async at => {
    s.tick(at);
    const r = await s.as(who).post('/visits', { kind: 'round', place: XFL, began_at: at, words: '楼道、车棚、消防通道都走了' });
    assert.equal(r.status, 201, r.text);
    return r.body.credited;
  };
  assert.equal(await round('2026-04-20T10:00:00+08:00'), 1);
  assert.equal(await round('2026-04-20T16:00:00+08:00'), 0, '同一天两次算一次');
  assert.equal(await round('2026-04-22T10:00:00+08:00'), 1);
  s.tick('2026-04-27T08:00:00+08:00');
  const told = (await s.as('coord01').read('/notices')).notices.find(n => n.kind === 'routine_missed' && n.text.includes('物业巡查'));
  assert.ok(told, '漏巡报给统筹');
  assert.equal((await s.as('cg01').post('/visits', { kind: 'round', place: XFL, began_at: s.now })).status, 403, '别人不能替物业登记巡查');
});

test('应报未报：七天里巡过，居民先说；没巡过的、物业自己报的都不算', async () => {
  const s = await start({ at: '2026-04-20T09:00:00+08:00' });
  const who = await firm(s);
  await s.report({ item: 'QC04', words: '巡查以前居民就说了：楼下养鸡' });
  assert.deepEqual([(await figure(s)).numerator, (await figure(s)).denominator], [0, 1]);
  s.tick('2026-04-21T09:00:00+08:00');
  await s.as(who).post('/visits', { kind: 'round', place: XFL, began_at: s.now, words: '走了一圈，没有发现问题' });
  s.tick('2026-04-22T09:00:00+08:00');
  const missed = await s.report({ item: 'WJ01', words: '顶楼在搭铁皮棚子，搭了好几天了' });
  const own = await s.as(who).post('/cases', { place: XFL, item: 'XF02', source: 'property', words: '二栋楼道堆满纸箱', dissuaded: '当场劝过，没有搬' });
  assert.equal(own.status, 201, own.text);
  s.tick('2026-04-29T09:00:01+08:00');
  await s.report({ item: 'HJ02', words: '过了七天才有人乱倒装修垃圾' });
  const f = await figure(s);
  assert.deepEqual([f.numerator, f.denominator], [1, 3]);
  assert.deepEqual((await s.as('coord01').read(f.cases)).cases.map(c => c.no), [missed.no], '数字后面就是这一件');
});
