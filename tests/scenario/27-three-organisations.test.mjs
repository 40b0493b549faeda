// 市属、街道管、社区用（LC-09）：谁的权归谁；能不能独立执法可以改；挂点联系的人数上限；日历地址可以换；临时再请单位；到场码列出当天的工作。
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Visitor } from './_pages.mjs';
import { SHAODAO, start } from './lib.mjs';

const pages = (s, who) => new Visitor(s.url).logIn(s.logins[who]);
const schemes = join(dirname(fileURLToPath(import.meta.url)), '../../schemes');

test('月度评价只由用人的社区和本站站长做；别站的站长不能替别站评价', async () => {
  const s = await start({ scheme: 'lucheng' });
  const chiefs = Object.values(s.logins).filter(l => l.role === 'station_chief');
  const [a, b] = [chiefs[0], chiefs.find(l => l.org !== chiefs[0].org)];
  const evaluate = (who, org) => s.as(who).post('/visits', { kind: 'evaluation', org, began_at: '2026-04-20T08:30:00+08:00', words: '四月评价：到岗情况良好，办事及时' });
  assert.equal((await evaluate(a.username, b.org)).status, 403);
  assert.equal((await evaluate(a.username, a.org)).status, 201);
});

test('能不能独立执法由本单位改，记在登记簿里；改了马上算数', async () => {
  const s = await start();
  const head = await pages(s, 'cghead'), other = await pages(s, 'comm01');
  const page = (await head.get('/desk/people/cg01')).text;
  const id = /name="id" value="(\d+)"><input type="hidden" name="op" value="guided"/.exec(page)[1];
  await other.get('/desk/people/cg01');
  assert.equal((await other.post('/desk/people/cg01/certificate', { id, op: 'guided', guided: '1' })).status, 403, '社区不管证件');
  await head.get('/desk/people/cg01');
  assert.equal((await head.post('/desk/people/cg01/certificate', { id, op: 'guided', guided: '1' })).status, 303);
  assert.ok((await s.as('cg01').read('/me')).roles.filter(p => p.role === 'officer').every(p => p.acts_alone === false));
  assert.match((await head.get('/desk/people/cg01')).text, /name="guided" value="1" checked/);
  assert.equal((await head.post('/desk/people/cg01/certificate', { id, op: 'guided' })).status, 303);
  assert.ok((await s.as('cg01').read('/me')).roles.filter(p => p.role === 'officer').every(p => p.acts_alone));
});

test('挂点联系每个单位最多两人、一位一人：导入时就指出来，页面上也写着上限', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'shaodao-slots-')), 'lucheng');
  cpSync(join(schemes, 'lucheng'), folder, { recursive: true });
  const path = join(folder, 'postings.csv'), lines = readFileSync(path, 'utf8').trim().split('\n');
  const head = lines[0].split(','), at = name => head.indexOf(name);
  const first = lines.findIndex(l => l.includes(',officer,ZFJ,XQJ,1,'));
  const copy = lines[first].split(',');
  copy[at('username')] = lines.find(l => l.includes(',officer,ZFJ,DX,1,')).split(',')[at('username')];
  writeFileSync(path, [...lines, copy.join(',')].join('\n') + '\n');
  const said = (() => {
    try { return execFileSync(SHAODAO, ['scheme', 'check', folder], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }); }
    catch (e) { assert.equal(e.status, 1); return e.stdout + e.stderr; }
  })();
  assert.match(said, /每个单位最多 2 人，第 1 位已经是/);
});

test('自己的日历地址泄露了就换一个：旧的打不开，别人的不变；也可以停用', async () => {
  const s = await start();
  const me = await pages(s, 'chief01'), other = await pages(s, 'chief02');
  const address = async who => /<code[^>]*>[^<]*(\/cal\/[\w-]+\.ics)<\/code>/.exec((await who.get('/desk/leave')).text)?.[1];
  const feed = async path => (await new Visitor(s.url).get(path)).status;
  const old = await address(me), his = await address(other);
  await me.get('/desk/leave');
  assert.equal((await me.post('/desk/calendar/feed', { op: 'renew' })).status, 303);
  const now = await address(me);
  assert.notEqual(now, old);
  assert.deepEqual([await feed(old), await feed(now), await feed(his)], [404, 200, 200]);
  await me.get('/desk/leave');
  assert.equal((await me.post('/desk/calendar/feed', { op: 'stop' })).status, 303);
  assert.equal(await address(me), undefined);
  assert.equal(await feed(now), 404);
  await me.get('/desk/leave');
  await me.post('/desk/calendar/feed', { op: 'renew' });
  assert.equal(await feed(await address(me)), 200);
  assert.equal(await feed(now), 404, '停用过的不再有效');
  assert.equal((await me.post('/desk/calendar/feed', { op: 'renew', place: 'XFL' })).status, 403, '小区的由统筹协调岗换');
});

test('日历能选社区；统筹岗给已经安排的工作再请单位；扫码看到当天安排在这里的工作', async () => {
  const s = await start();
  const coord = await pages(s, 'coord01');
  assert.match((await coord.get('/desk/calendar')).text, /<option value="HQ"[^>]*>红旗社区<\/option>/);
  const plan = await s.as('coord01').post('/visits', { kind: 'operation', place: 'XFL', from: '2026-04-20T10:00:00+08:00', asked: 'CG' });
  assert.equal(plan.status, 201, plan.text);
  const act = (who, fields) => s.as(who).post(`/visits/${plan.body.id}/actions/invite`, fields);
  assert.equal((await act('xfjy01', { asked: 'XFJY' })).status, 403, '不在里面的不能请');
  assert.equal((await act('cg01', { asked: 'XFJY' })).status, 403, '被请的不能再请');
  assert.equal((await act('coord01', { asked: 'CG' })).status, 422, '已经在里面');
  assert.equal((await act('coord01', { asked: 'NOPE' })).status, 422);
  const more = await act('coord01', { asked: 'XFJY|GA' });
  assert.equal(more.status, 200, more.text);
  assert.deepEqual(more.body.members.filter(m => !m.person).map(m => m.org.code).sort(), ['CG', 'GA', 'XFJY']);
  assert.equal((await s.as('xfjy01').post(`/visits/${plan.body.id}/actions/confirm`, {})).status, 200);
  const form = (await coord.get(`/desk/visits/${plan.body.id}/do/invite`)).text;
  assert.match(form, /type="checkbox" name="asked" value="GA"/);

  const phone = await pages(s, 'xfjy01');
  const at = (await phone.get('/m/at/XFL')).text;
  assert.match(at, /今天安排在这里的工作/);
  assert.match(at, new RegExp(`/desk/visits/${plan.body.id}/do/check_in\\?proof=`));
  assert.doesNotMatch((await phone.get('/m/at/HQDY')).text, /今天安排在这里的工作/);
  const round = await s.as('cg01').post('/visits', { kind: 'presence', place: 'HQ', from: '2026-04-20T11:00:00+08:00' });
  assert.equal((await s.as('coord01').post(`/visits/${round.body.id}/actions/invite`, { asked: 'GA' })).status, 409, '下沉不邀请别的单位');
});
