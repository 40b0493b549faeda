// 监督举报 (HC-42, HC-55): anybody can complain of officers and departments without logging in; the oversight body reads
// and answers, and nobody else sees a word of it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { SHAODAO, start } from './lib.mjs';
import { Visitor } from './_pages.mjs';

const s = await start();
const WORDS = '四月十八日下午，执法队员在三栋楼下推搡卖菜的老人，没有出示证件';
const PHONE = '13800000777';
const visitor = () => new Visitor(s.url);
const staff = who => visitor().logIn(s.logins[who]);

async function complain(v, fields, from = '/supervise') {
  await v.get(from);
  return v.post('/supervise', { kind: 'rude', words: WORDS, nonce: v.field('nonce'), ...fields });
}

/** Everything else the same, one after the other: logins hash passwords. */
const overseer = await staff('oversight01');
const box = async () => (await overseer.get('/desk/complaints?state=all')).text;
const ids = async () => [...(await box()).matchAll(/href="\/desk\/complaints\/(\d+)"/g)].map(m => m[1]);

test('居民不登录、不留电话就能举报，小区已经填好，六种情况可选', async () => {
  const v = visitor();
  const page = await v.get('/x/XFL/supervise');
  assert.equal(page.status, 200);
  for (const kind of ['不作为', '慢作为', '乱作为', '简单粗暴', '逐利执法', '吃拿卡要']) assert.match(page.text, new RegExp(`<b>${kind}</b>`));
  assert.match(page.text, /<option value="XFL" selected>/);
  assert.match(page.text, /只有会昌县司法局行政执法协调监督部门能打开/);
  assert.match(page.text, /href="tel:0797-\d+"/, '监督电话在页面上');
  assert.ok(!page.text.includes('data-draft'), '不在浏览器里留草稿');
  const r = await v.post('/supervise', { kind: 'rude', words: WORDS, place: 'XFL', nonce: v.field('nonce') });
  assert.equal(r.status, 200, r.text);
  assert.match(r.text, /已收到您的举报/);
  assert.match(r.text, /应于 5 月 7 日 17:30 前核查完（10 个工作日）/);
  assert.match(r.text, /没有留电话/);
  assert.equal((await ids()).length, 1);
});

test('填错的地方逐个说明，写过的都还在', async () => {
  const v = visitor();
  await v.get('/supervise');
  const r = await v.post('/supervise', { words: '短', phone: '12', org: 'NOPE' });
  assert.equal(r.status, 422);
  assert.match(r.text, /<title>错误：监督举报/);
  assert.match(r.text, /有 4 处需要修改/);
  assert.match(r.text, /value="12"/);
  for (const field of ['kind', 'words', 'org', 'phone']) assert.match(r.text, new RegExp(`<a href="#${field}">`));
});

test('监督部门自己、它所属的局和纪委不在可选单位里，硬填也不收', async () => {
  const v = visitor(), page = await v.get('/supervise');
  for (const code of ['JD', 'SF', 'JW']) {
    assert.ok(!page.text.includes(`<option value="${code}"`), code);
    const r = await complain(v, { org: code });
    assert.equal(r.status, 422, code);
    assert.match(r.text, /12388/);
  }
  assert.match(page.text, /<option value="CG"/);
});

test('同一张表连按两次只算一件，刷新确认页也一样', async () => {
  const before = (await ids()).length, v = visitor();
  await v.get('/supervise');
  const fields = { kind: 'slow', words: '催了三次都说下周再来看', nonce: v.field('nonce') };
  const both = [await v.post('/supervise', fields), await v.post('/supervise', fields)];
  assert.deepEqual(both.map(r => r.status), [200, 200]);
  assert.equal((await ids()).length, before + 1);
  await v.post('/supervise', { ...fields, words: '换一句话，就是另一件事' });
  assert.equal((await ids()).length, before + 2);
});

test('不是本站页面发来的不收', async () => {
  const v = visitor();
  await v.get('/supervise');
  const fields = { kind: 'rude', words: WORDS };
  assert.equal((await v.post('/supervise', fields, { 'sec-fetch-site': 'cross-site' })).status, 403);
  assert.equal((await v.post('/supervise', { ...fields, csrf: 'x' })).status, 403);
});

test('只有监督部门看得到：部门负责人、统筹单位、领导小组都不行', async () => {
  const sent = await complain(visitor(), { org: 'CG', place: 'XFL', phone: PHONE });
  assert.match(sent.text, /138\*\*\*\*0777/);
  assert.ok(!sent.text.includes(PHONE), '确认页上盖住中间四位');
  const [id] = await ids();
  const seen = await overseer.get(`/desk/complaints/${id}`);
  assert.equal(seen.status, 200);
  assert.match(seen.text, new RegExp(WORDS));
  assert.match(seen.text, new RegExp(`tel:${PHONE}`));
  assert.match(seen.text, /<dt>单位<\/dt><dd>城管局</);
  for (const who of ['cghead', 'coord01', 'leader01', 'contact01', 'cg01', 'chief01', 'hotline01', 'wy01a', 'discipline01']) {
    const v = await staff(who);
    for (const path of ['/desk/complaints', '/desk/complaints?state=all', `/desk/complaints/${id}`])
      assert.equal((await v.get(path)).status, 403, `${who} ${path}`);
    const desk = await v.get('/desk');
    assert.ok(!desk.text.includes('/desk/complaints'), `${who} 的菜单`);
    assert.equal((await v.post(`/desk/complaints/${id}`, { finding: 'untrue', words: '不属实，不属实' })).status, 403, who);
    for (const path of ['/desk', '/desk/cases', '/desk/notices', '/desk/figures']) {
      const page = await v.get(path);
      assert.ok(!page.text.includes('推搡') && !page.text.includes(PHONE), `${who} ${path}`);
    }
  }
  assert.equal((await visitor().get(`/desk/complaints/${id}`)).status, 303, '没有登录的去登录');
  assert.equal((await overseer.get('/desk/complaints/1')).status, 404);
});

test('统筹岗不能给自己监督岗位、代它移交、重设它的密码；部门负责人也不能代它移交', async () => {
  const coordinator = await staff('coord01'), path = '/desk/people/oversight01';
  await coordinator.get('/desk');
  const give = await coordinator.post('/desk/people/coord01', { op: 'post', role: 'oversight_body', org: 'JD', place: 'HC' });
  assert.equal(give.status, 403, give.text);
  assert.equal((await coordinator.post(path, { op: 'password' })).status, 403);
  assert.equal((await coordinator.post(path, { op: 'disable' })).status, 403);
  assert.equal((await coordinator.post(`${path}/handover`, { to: 'coord01' })).status, 403);
  const head = await staff('cghead');
  await head.get('/desk');
  assert.equal((await head.post(`${path}/handover`, { to: 'cghead' })).status, 403);
  assert.ok(!(await coordinator.get(path)).text.includes('重设初始密码'));
  assert.match((await coordinator.get('/desk/people/cg01')).text, /重设初始密码/, '别的人照旧');
  for (const v of [coordinator, head]) assert.equal((await v.get('/desk/complaints')).status, 403);
});

test('监督部门的待办页和菜单上有待核查的件数，消息通到列表', async () => {
  const n = (await ids()).length, desk = (await overseer.get('/desk')).text;
  assert.match(desk, new RegExp(`待核查投诉</span><b>${n}</b>`));
  assert.match(desk, new RegExp(`data-badge="complaints"[^>]*>${n}<`));
  assert.match((await overseer.get('/desk/notices')).text, /<a href="\/desk\/complaints"><b>收到一件对执法人员或部门的投诉/);
});

test('结论要写清楚，作出以后不能改', async () => {
  const [id] = await ids(), path = `/desk/complaints/${id}`;
  await overseer.get(path);
  const wrong = await overseer.post(path, { finding: 'maybe', words: '查' });
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /请选择核查结论/);
  const ok = await overseer.post(path, { finding: 'partly', words: '调取执法记录仪，态度生硬属实，推搡没有发生；已批评教育' });
  assert.equal(ok.status, 303);
  const page = (await overseer.get(path)).text;
  assert.match(page, /部分属实/);
  assert.match(page, /调取执法记录仪/);
  assert.match(page, /李荣华/);
  const again = await overseer.post(path, { finding: 'untrue', words: '改成不属实可以吗' });
  assert.equal(again.status, 409);
  assert.ok(!(await overseer.get('/desk/complaints')).text.includes(`/desk/complaints/${id}"`), '不再待核查');
});

test('登录着的工作人员举报，日志里和件里都不记他是谁', async () => {
  const v = await staff('cg01');
  await v.get('/desk');
  const r = await complain(v, { kind: 'profit', words: '队里下了罚款指标，完不成扣绩效' });
  assert.equal(r.status, 200, r.text);
  const persons = route => [...s.said().matchAll(new RegExp(`route=${route} .*?person=(\\d+)`, 'g'))].map(m => m[1]);
  assert.ok(persons('/desk').some(id => id !== '0'), '别的页面是记的');
  assert.deepEqual([...new Set(persons('/supervise'))], ['0']);
  const sent = s.said().split('\n').filter(line => /route=\/supervise status=200/.test(line));
  assert.ok(sent.length > 0 && sent.every(line => / address=-/.test(line)), '也不记从哪里来');
});

test('一部手机一小时最多十件', async () => {
  const v = visitor(), seen = [];
  for (let i = 0; i < 12; i++) seen.push((await complain(v, { words: `第 ${i} 件，每件都不一样` })).status);
  assert.equal(seen.filter(x => x === 200).length, 10);
  assert.deepEqual(seen.slice(10), [429, 429]);
});

test('到期没有核查，领导小组知道有一件超期，但看不到内容', async () => {
  s.tick('2026-05-08T09:00:00+08:00');
  assert.match((await overseer.get('/desk/complaints')).text, /超期/);
  const leader = await staff('leader01'), notices = (await leader.get('/desk/notices')).text;
  assert.match(notices, /一件对执法的投诉超期没有核查/);
  assert.ok(!notices.includes('/desk/complaints') && !notices.includes('推搡'));
});

test('举报也在账本里，重放没有差别', () => {
  const said = execFileSync(SHAODAO, ['ledger', 'replay', join(s.dir, 'data'), '--json'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  assert.equal(JSON.parse(said).differences, 0, said);
});
