// 我也遇到: who met the same thing gets a link of his own, sees how it goes and ends, and nothing of the reporter.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checklist, route, start } from './lib.mjs';
import { Visitor } from './_pages.mjs';

const s = await start();
const words = '三单元王阿姨家养鸡，天天早上打鸣';

test('点了“我也遇到”就有自己的链接，看得到结果，看不到反映人的话和答复', async () => {
  const first = await s.report({ item: 'QC04', words });
  await route(s, first.no);
  const v = new Visitor(s.url);
  const link = await followed(v, first.no);
  const open = await new Visitor(s.url).get(link);
  assert.equal(open.status, 200);
  assert.match(open.text, /城市管理局|城管/);
  assert.match(open.text, /前答复/);
  const cg = s.as('cg01');
  await cg.act(first.no, 'persuade', { reaction: 'fixed', words: '上门说明规定，当事人当场改正', files: [await cg.photo()] });
  await cg.act(first.no, 'close', { outcome: 'solved', reply: '王阿姨已把鸡送走，谢谢您', checklist: await checklist(s, 'QC04'), files: [await cg.photo()] });
  const done = await new Visitor(s.url).get(link);
  assert.match(done.text, /结果：/);
  for (const page of [open, done])
    for (const secret of ['王阿姨', '打鸣', '谢谢您']) assert.ok(!page.text.includes(secret), secret);
});

test('关注人的链接打不开反映人的页面，也办不了反映人的事；错的链接只说打不开', async () => {
  const first = await s.report({ place: 'HQHY', item: 'QC04', words });
  const v = new Visitor(s.url);
  const link = await followed(v, first.no, 'HQHY');
  const token = link.split('/').at(-1);
  assert.equal((await v.get(`/t/${token}`)).status, 404);
  assert.equal((await s.as({ case: token }).get(`/cases/${first.no}`)).status >= 400, true);
  assert.equal((await v.get(`/f/${first.token ?? first.url.split('/').at(-1)}`)).status, 404, '反映人的链接也不是关注人的');
  assert.equal((await v.get(`/f/${token.slice(0, -1)}x`)).status, 404);
});

/** The steps of a report up to "the same thing?", and the button there. */
async function followed(v, no, place = 'XFL') {
  const id = await idOf(v, place);
  const r = await v.post(`/x/${place}/report/same`, { follow: id });
  assert.equal(r.status, 200, r.text.slice(0, 1500));
  return /href="(\/f\/[\w-]+)"/.exec(r.text)[1];
}

async function idOf(v, place) {
  await v.get(`/x/${place}/report/who?item=QC04`);
  let step = await v.post(`/x/${place}/report`, { item: 'QC04' });
  for (let i = 0; i < 4 && !step.headers.location?.endsWith('/same'); i++) {
    assert.equal(step.status, 303, step.text.replace(/^[^]*<main/, '').slice(0, 1500));
    const page = await v.get(step.headers.location);
    const asked = [...page.text.matchAll(/name="([^"]+)" type="text" maxlength="100"/g)].map(m => [m[1], '不清楚']);
    step = await v.post(step.headers.location, step.headers.location.endsWith('/words') ? { form_token: v.field('form_token'), words: '楼下绿化带里有人养鸡，早上四点就叫', ...Object.fromEntries(asked) } : { building: '0', spot: '门口' });
  }
  const same = await v.get(`/x/${place}/report/same`);
  const m = /name="follow" value="(\d+)"/.exec(same.text);
  assert.ok(m, same.text.slice(0, 3000));
  return m[1];
}
