// A photo is shown to the reporter only after somebody who handles the case has cleared it, and can be hidden again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PEOPLE, route, start } from './lib.mjs';
import { Visitor } from './_pages.mjs';

const s = await start();
const officer = await new Visitor(s.url).logIn(s.logins[PEOPLE.officer]);
const cg = s.as(PEOPLE.officer);
const r = await s.report({ item: 'QC04', words: '三栋楼下有人养鸡，请来看看' });
await route(s, r.no);
const shot = String(await cg.photo()), noted = String(await cg.photo());
await cg.act(r.no, 'persuade', { reaction: 'promised', words: '上门劝导，答应三天内送走', files: [shot] });
await cg.act(r.no, 'note', { words: '补一张楼道的照片', files: [noted] });

const link = `/t/${r.token ?? new URL(r.url).pathname.split('/').pop()}`;
const reporter = new Visitor(s.url);
const tracked = async () => [...(await reporter.get(link)).text.matchAll(/files\/(\d+)\?thumb=1/g)].map(m => m[1]);
const publish = (v, id, on) => v.post(`/desk/files/${id}/publish`, on ? { on: '1' } : {});

test('没有公开以前，反映人看不到照片', async () => {
  assert.deepEqual(await tracked(), []);
  assert.equal((await reporter.get(`${link}/files/${shot}`)).status, 404);
});

test('事项页每张照片有按钮和提醒；公开以后反映人看到处理过的版本', async () => {
  const page = (await officer.get(`/desk/cases/${r.no}`)).text;
  assert.equal(page.match(/公开给反映人<\/button>/g).length, 2);
  assert.match(page, /请先确认没有他人面部、车牌、门牌/);
  const done = await publish(officer, shot, true);
  assert.equal(done.status, 303);
  assert.equal(done.headers.location, `/desk/cases/${r.no}`);
  assert.deepEqual(await tracked(), [shot]);
  const photo = await reporter.get(`${link}/files/${shot}`);
  assert.equal(photo.status, 200);
  assert.equal(photo.headers['content-type'], 'image/jpeg', '重新生成的，不是原件');
  assert.equal((await reporter.get(`${link}/files/${noted}`)).status, 404, '另一张没有公开');
});

test('反映人不知道的那一步的照片，也能公开给他看', async () => {
  await publish(officer, noted, true);
  assert.deepEqual((await tracked()).sort(), [shot, noted].sort());
});

test('可以不再公开，两次都记在经过里', async () => {
  await officer.get(`/desk/cases/${r.no}`);
  assert.equal((await publish(officer, shot, false)).status, 303);
  assert.deepEqual(await tracked(), [noted]);
  assert.equal((await reporter.get(`${link}/files/${shot}?thumb=1`)).status, 404);
  const page = (await officer.get(`/desk/cases/${r.no}`)).text;
  assert.match(page, /<b>公开照片<\/b>/);
  assert.match(page, /<b>不再公开照片<\/b>/);
  assert.match(page, /不再公开<\/button>/);
});

test('看不到这件事的人不能公开；不是事项照片的不行', async () => {
  const other = await new Visitor(s.url).logIn(s.logins.xfjy01);
  await other.get('/desk');
  assert.equal((await publish(other, shot, true)).status, 403);
  const loose = await cg.photo();
  assert.equal((await publish(officer, loose, true)).status, 409);
  assert.equal((await publish(officer, 12345, true)).status, 404);
  assert.equal((await publish(reporter, shot, true)).status, 401, '没有登录的不行');
  assert.equal((await officer.post(`/desk/files/${shot}/publish`, { on: '1', csrf: 'x' })).status, 403);
});

