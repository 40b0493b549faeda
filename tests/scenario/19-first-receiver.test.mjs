// 南湖：联络员和联居队员结对（NH-02）、首接负责（NH-09、NH-14）、结果回到联络员（NH-05）、没超标就不是噪声违法（NH-11）。
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duty, owed, start } from './lib.mjs';

const begin = () => start({ scheme: 'nanhu', at: '2026-05-04T09:00:00+08:00' });

test('冷柜外机：联络员呼、联居队员接，检测没超标，责令和立案都不合法；如实办结，联络员签收后才归档', async () => {
  const s = await begin();
  const r = await s.report({ place: 'YYY', item: 'NZ10', words: '楼下冷柜外机嗡嗡响，晚上睡不着' });
  let c = owed(await s.as('coord01').case(r.no));
  assert.equal(duty(c, 'call').owner.role, 'liaison');
  c = await s.as('liaison01').act(r.no, 'call', { note: '去听过，确实有声音' });
  assert.equal(c.state, 'awaiting_accept');
  await s.as('fd01').act(r.no, 'accept');
  await s.as('fd01').act(r.no, 'persuade', { reaction: 'refused', words: '店主说没超标' });
  await s.as('fd01').act(r.no, 'message', { words: '周三带仪器来测，请约一下店主' });
  c = await s.as('liaison01').case(r.no);
  assert.equal(duty(c, 'message').owner.role, 'liaison');
  c = await s.as('liaison01').act(r.no, 'message', { words: '约好了，周三晚上八点' });
  assert.equal(c.duties.filter(d => d.kind === 'message' && d.end === 'done').length, 1, '回话就是回执');
  await s.as('fd01').act(r.no, 'read_message');
  await s.as('fd01').act(r.no, 'measure', { result: 'within', value: '昼间 56 dB(A)', limit: '2 类区昼间 60 dB(A)', instrument: 'SL-07，检定至 2026-12-31',
    words: '周三 20:10，北侧厂界外 1 米，冷柜运行' });
  for (const [action, more] of [['order', { until: '2026-05-11', words: '降低噪声' }], ['file', { filing_no: '南执〔2026〕1 号', words: '噪声' }]]) {
    const p = await s.as('fd01').refused(451, r.no, action, { officers: ['fd01', 'fd02'], ...more });
    assert.match(JSON.stringify(p), /第四十条/);
  }
  c = await s.as('fd01').act(r.no, 'close', { outcome: 'no_violation', reply: '现场测了没有超过限值，不属于违法；我们和老娘舅会再帮您和店主商量。' });
  assert.deepEqual([c.state, c.outcome, c.measured], ['closed', 'no_violation', 'within']);
  assert.equal(duty(c, 'receive').owner.role, 'liaison');
  c = await s.as('liaison01').act(r.no, 'receive');
  assert.ok(!duty(c, 'receive'));
});

test('第一联居队员没接：轮到副手，再到分队长；记在第一人名下', async () => {
  const s = await begin();
  const r = await s.report({ place: 'YYY', item: 'NZ05', words: '有人在楼下养了一笼鸡' });
  let c = await s.as('liaison01').act(r.no, 'call');
  const first = duty(c, 'accept');
  assert.equal(first.owner.person, 'fd01');
  await s.as('fd02').refused(409, r.no, 'accept');
  s.tick(first.due.replace(/:00\+/, ':01+'));
  c = owed(await s.as('coord01').case(r.no));
  assert.equal(duty(c, 'accept').owner.person, 'fd02');
  s.tick(duty(c, 'accept').due.replace(/:00\+/, ':01+'));
  c = owed(await s.as('coord01').case(r.no));
  assert.equal(duty(c, 'accept').owner.person, undefined);
  assert.equal(c.duties.filter(d => d.kind === 'accept' && d.missed).length, 2);
  await s.as('fdhead').act(r.no, 'accept');
});

test('“僵尸车”不归综合执法，首接的分队不推：请交警配合，跟到底；不能移送了事', async () => {
  const s = await begin();
  const made = await s.as('fd01').post('/cases', { place: 'YYY', item: 'NF04', source: 'officer_phone', words: '有辆车停了两年，轮胎都瘪了' });
  assert.equal(made.status, 201, made.text);
  let c = owed(await s.as('fd01').case(made.body.no));
  assert.deepEqual([c.lead.code, c.state], ['FD', 'handling']);
  await s.as('fd01').refused(409, c.no, 'transfer', { refer: 'police', note: '归交警' });
  c = await s.as('fd01').act(c.no, 'request_assist', { org: 'JJ', words: '查车主、拖移' });
  assert.equal(duty(c, 'assist').owner.org, 'JJ');
  await s.as('jj01').act(c.no, 'finish_assist', { words: '已联系车主，今天拖走' });
  c = await s.as('fd01').act(c.no, 'complete_service', { outcome: 'solved', reply: '车已经拖走，腾出一个车位。', files: [await s.as('fd01').photo()] });
  assert.equal(c.state, 'closed');
  c = await s.as('liaison01').act(c.no, 'receive');
  assert.equal(c.state, 'archived');
});
