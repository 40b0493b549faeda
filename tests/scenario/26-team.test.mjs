// 由执法队员协调分队人员前往处理（NH-05）：牵头的队员点名派本队的人，他们在自己的待办里看到，能办，去过了告诉牵头的。
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duty, start } from './lib.mjs';
import { Visitor } from './_pages.mjs';

/** 社区联络员报给联居队员的一件事，队员接下。 */
async function taken(s) {
  const r = await s.as('liaison02').post('/cases', { place: 'FYXC', item: 'NZ05', source: 'liaison', words: '楼下养鸡，清早打鸣' });
  assert.equal(r.status, 201, r.text);
  await s.as('fd02').act(r.body.no, 'accept');
  return r.body.no;
}

test('牵头的队员派人，被派的人在待办里看到，能劝导，去过了就结束', async () => {
  const s = await start({ scheme: 'nanhu' });
  const no = await taken(s);
  const mine = async who => (await s.as(who).read('/duties?kind=team')).duties.filter(d => d.case?.no === no || JSON.stringify(d).includes(no));
  assert.equal((await mine('assist01')).length, 0);
  const c = await s.as('fd02').act(no, 'assign_team', { members: ['assist01', 'fd03'], words: '上门劝导，帮着处理活鸡', by: '2026-04-21' });
  assert.equal(c.events.at(-1).type, 'team_assigned');
  assert.equal(c.duties.filter(d => d.kind === 'team' && d.end === 'open').length, 2);
  assert.equal((await mine('assist01')).length, 1);
  const page = (await (await new Visitor(s.url).logIn(s.logins.assist01)).get('/desk')).text;
  assert.match(page, /分队办理/);
  assert.match(page, new RegExp(no));
  assert.ok((await s.as('assist01').read('/notices')).notices.some(n => n.kind === 'assigned'));
  await s.as('assist01').act(no, 'persuade', { reaction: 'fixed', words: '上门讲清，帮着把鸡送走' });
  const done = await s.as('assist01').act(no, 'finish_team', { words: '鸡已经送走' });
  assert.equal(done.duties.filter(d => d.kind === 'team' && d.end === 'open').length, 1, '另一个人还没有去');
  assert.equal((await mine('assist01')).length, 0);
  assert.ok((await s.as('fd02').read('/notices')).notices.some(n => /派去的人已反馈/.test(n.text)));
});

test('只派本队在岗的人，只由方案写明的岗位派；没有写的地方没有这一步', async () => {
  const s = await start({ scheme: 'nanhu' });
  const no = await taken(s);
  const field = async (fields, name) => assert.deepEqual((await s.as('fd02').refused(422, no, 'assign_team', fields)).errors.map(e => e.field), [name]);
  await field({ words: '去看看' }, 'members');
  await field({ members: ['jj01'], words: '去看看' }, 'members');
  await field({ members: ['nobody'], words: '去看看' }, 'members');
  await field({ members: ['assist01'], words: '去看看', by: '2026-01-01' }, 'by');
  await s.as('assist02').refused(403, no, 'assign_team', { members: ['assist01'], words: '你去' });
  await s.as('coord01').refused(403, no, 'assign_team', { members: ['assist01'], words: '你去' });
  await s.as('fd02').act(no, 'assign_team', { members: ['assist01'], words: '去看看' });
  await field({ members: ['assist01'], words: '再去' }, 'members');
  await s.as('assist03').refused(403, no, 'finish_team', { words: '没有派我' });
  await s.as('fdhead').act(no, 'assign_team', { members: ['assist02'], words: '再派一个' });
  assert.equal((await s.as('fd02').case(no)).allowed.some(a => a.action === 'assign_team'), true);

  const h = await start();
  const r = await h.report({ item: 'QC04' });
  await h.as('wgz03').act(r.no, 'call', { note: '属实' });
  await h.as('comm01').act(r.no, 'admit', { result: 'admit' });
  await h.as('coord01').act(r.no, 'dispatch', { lead: 'CG' });
  await h.as('cg01').act(r.no, 'accept');
  await h.as('cg01').refused(409, r.no, 'assign_team', { members: ['cg02'], words: '去看看' });
  assert.ok(!(await h.as('cg01').can(r.no)).includes('assign_team'));
});

test('没有按时去的记超期，分队负责人知道；办结了就不用再去', async () => {
  const s = await start({ scheme: 'nanhu' });
  const no = await taken(s);
  await s.as('fd02').act(no, 'assign_team', { members: ['assist01', 'assist02'], words: '去看看', by: '2026-04-20' });
  s.tick('2026-04-21T09:00:00+08:00');
  const late = await s.as('fd02').case(no);
  assert.equal(late.duties.filter(d => d.kind === 'team' && d.missed).length, 2);
  assert.ok(duty(late, 'chase'));
  assert.ok((await s.as('fdhead').read('/duties?kind=chase')).duties.length >= 1);
  await s.as('fd02').act(no, 'persuade', { reaction: 'fixed', words: '自己去了，已经送走' });
  const item = (await s.resident.read('/items')).items.find(i => i.code === 'NZ05');
  const closed = await s.as('fd02').act(no, 'close', { outcome: 'solved', reply: '鸡已经全部送走了', checklist: item.closing, files: [await s.as('fd02').photo(), await s.as('fd02').photo()] });
  assert.equal(closed.duties.filter(d => d.kind === 'team' && d.end === 'open').length, 0);
});
