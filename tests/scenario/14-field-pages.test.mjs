// 服务快记 and 网格摸排, page by page, without scripts (HC-15, HC-22).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { png, start } from './lib.mjs';
import { Visitor } from './_pages.mjs';

const s = await start();
const firm = s.logins.wy01a;

const logIn = username => new Visitor(s.url).logIn(s.logins[username]);

async function note(v, fields, photo) {
  assert.equal((await v.get('/desk/service')).status, 200);
  const all = { form_token: v.field('form_token'), key: v.field('key'), ...fields };
  return photo ? v.upload('/desk/service', all, 'file', photo, 'image/png') : v.post('/desk/service', all);
}

test('物业一屏记下一件办好的服务，有照片才算完成', async () => {
  const v = await logIn(firm.username);
  const place = /<option value="([A-Z0-9]+)"/.exec((await v.get('/desk/service')).text)[1];
  const bare = await note(v, { place, item: 'SV07', reply: '已清除小广告并冲洗墙面' });
  assert.equal(bare.status, 422);
  assert.match(bare.text, /请上传办好后的照片/);
  assert.match(bare.text, /已清除小广告并冲洗墙面/, '填过的没有丢');
  const done = await note(v, { place, item: 'SV07', reply: '已清除小广告并冲洗墙面' }, png());
  assert.equal(done.status, 303, done.text.slice(0, 400));
  const { cases } = await s.as('coord01').read('/cases?item=SV07');
  assert.equal(cases.length, 1);
  assert.equal(cases[0].state, 'archived');
  assert.equal((await s.as('coord01').read('/figures/service_done')).numerator, 1);
});

test('别家小区记不了', async () => {
  const v = await logIn(firm.username);
  const mine = [...(await v.get('/desk/service')).text.matchAll(/<option value="([A-Z0-9]+)"/g)].map(m => m[1]);
  const other = (await s.as('coord01').read('/places')).places.find(p => p.kind === 'compound' && !mine.includes(p.code));
  const r = await note(v, { place: other.code, item: 'SV05', reply: '已清理干净' }, png());
  assert.equal(r.status, 422);
  assert.match(r.text, /请选择您负责的小区/);
  assert.equal((await s.as('coord01').read('/cases?item=SV05')).cases.length, 0);
});

test('网格长勾选走过的楼栋，页面给出覆盖率', async () => {
  const v = await logIn('wgz01');
  const page = await v.get('/desk/sweep');
  assert.match(page.text, /走过 0 栋/);
  const place = v.field('place'), building = /name="building" value="([^"]+)"/.exec(page.text)[1];
  assert.equal((await v.post('/desk/sweep', { place, building })).status, 303);
  assert.match((await v.get('/desk/sweep')).text, /走过 1 栋/);
  const empty = await v.post('/desk/sweep', { place });
  assert.equal(empty.status, 422);
  assert.match(empty.text, /请勾选走过的楼栋/);
  const stranger = await v.post('/desk/sweep', { place: 'XFL', building: '1' });
  assert.equal(stranger.status, 403);
});
