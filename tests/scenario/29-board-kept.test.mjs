// 小区门口的页面每个线程都留着一份：有人办了事、换了字号、过了一天，看到的就是新的；谁的页面也不会给别人。
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start } from './lib.mjs';
import { Visitor } from './_pages.mjs';

const s = await start({ at: '2026-04-20T09:00:00+08:00' });
const page = async (path = '/x/XFL', cookie = '') => {
  const r = await fetch(s.url + path, { headers: cookie ? { cookie } : {} });
  assert.equal(r.status, 200);
  return { text: await r.text(), cookies: r.headers.getSetCookie() };
};
/** Often enough that every loop has kept its copy and hands it out. */
const often = async (path, cookie) => {
  const seen = new Set();
  for (let i = 0; i < 12; i++) seen.add((await page(path, cookie)).text);
  assert.equal(seen.size, 1);
  return [...seen][0];
};
const received = text => Number(/收到<\/dt><dd>(\d+)/.exec(text)?.[1] ?? 0);

test('有人反映以后，页面上的件数马上跟着变', async () => {
  const before = received(await often());
  await s.report({ item: 'QC04', building: '3' });
  assert.equal(received(await often()), before + 1);
});

test('长辈版、普通版和第一次来的各是各的；带参数的不留', async () => {
  const [first, large, normal] = [await often(), await often('/x/XFL', 'size=large'), await often('/x/XFL', 'size=normal')];
  assert.ok(first.includes('字太小？') && !large.includes('字太小？') && !normal.includes('字太小？'));
  assert.ok(large.includes('data-size="large"') && normal.includes('data-size="normal"'));
  const asked = await often('/x/XFL?size=large&from=qr');
  assert.ok(asked.includes('data-size="large"') && asked.includes('/x/XFL?from=qr&amp;size=normal'));
  assert.equal(await often(), first);
});

test('每个人照样有自己的设备标识，页面里没有', async () => {
  const [a, b] = [await page(), await page()];
  const device = p => p.cookies.map(c => /^(?:__Host-)?dev=([^;]+)/.exec(c)?.[1]).find(Boolean);
  assert.ok(device(a) && device(b) && device(a) !== device(b));
  assert.ok(!a.text.includes(device(a)) && a.text === b.text);
});

test('别的小区是别的页面', async () => {
  const { places } = (await s.as('coord01').get('/places')).body;
  const others = places.filter(p => p.kind === 'compound' && p.code !== 'XFL').slice(0, 5);
  for (const p of others) assert.ok((await often(`/x/${p.code}`)).includes(`<h1>${p.name}</h1>`));
  assert.ok((await often()).includes('<h1>幸福里'));
});

test('过了一天，三十天也往后一天', async () => {
  assert.match(await often(), /到 4 月 20 日/);
  s.tick('2026-04-21T09:00:00+08:00');
  assert.match(await often(), /到 4 月 21 日/);
});

test('全部事项的件数也是：有人反映就多一件，各种条件各是各的', async () => {
  const coord = await new Visitor(s.url).logIn(s.logins.coord01);
  const counted = async query => Number(/共 (\d+) 条/.exec((await coord.get(`/desk/cases${query}`)).text)?.[1] ?? 0);
  const all = async query => {
    const seen = new Set();
    for (let i = 0; i < 8; i++) seen.add(await counted(query));
    assert.equal(seen.size, 1);
    return [...seen][0];
  };
  const [everything, here, closed] = [await all(''), await all('?place=XFL'), await all('?state=-3')];
  assert.ok(here <= everything && closed < everything);
  await s.report({ item: 'QC04', building: '4' });
  assert.deepEqual([await all(''), await all('?place=XFL'), await all('?state=-3')], [everything + 1, here + 1, closed]);
});
