// The scheme at the desk and its versions for everybody: accessible, valid, usable on a phone and without scripts.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { launch } from './chromium.mjs';
import { look, start, valid, visitor } from './server.mjs';

const s = await start({ at: '2026-11-20T09:00:00+08:00' });
const browser = await launch();
after(() => browser.close());

async function desk(username, size, extra) {
  const v = await visitor(browser, s.url, size, extra);
  await v.page.goto(s.url + '/login');
  await v.page.fill('input[name=username]', username);
  await v.page.fill('input[name=password]', s.logins[username].password);
  await v.page.click('button[type=submit]');
  await v.page.waitForURL(/\/desk/);
  return v;
}

async function see(v, path, name, size) {
  await v.page.goto(s.url + path);
  await look(v.page, name, size);
  await valid(await (await v.page.request.get(s.url + path)).text(), name);
}

async function save(page, table, row, fields) {
  await page.goto(`${s.url}/desk/scheme/${table}?row=${row}`);
  for (const [name, value] of Object.entries(fields)) await page.fill(`[name=${name}]`, value);
  await page.click('text=存入草案');
  await page.waitForLoadState();
}

test('a draft is edited without scripts, the fault stands beside its cell', async () => {
  const { page, context } = await desk('coord01', 'desk', { javaScriptEnabled: false });
  await page.goto(s.url + '/desk/scheme');
  await page.click('text=另起一份草案');
  await save(page, 'limits', 10, { c_amount: 'drei' });
  assert.match(await page.textContent('.field.bad'), /“drei”不是这里能用的数/);
  assert.match(await page.textContent('.field.bad'), /现行：/);
  await save(page, 'limits', 10, { c_amount: '3' });
  assert.equal(await page.locator('.field.bad').count(), 0);
  await page.goto(s.url + '/desk/scheme');
  assert.match(await page.textContent('main'), /由 5 个工作日改为 3 个工作日/);
  await context.close();
});

for (const size of ['desk', '390'])
  test(`the desk's pages of the scheme, ${size}`, async () => {
    const v = await desk('coord01', size);
    await see(v, '/desk/scheme', 'scheme', size);
    await see(v, '/desk/scheme/items?row=16', 'scheme-item', size);
    await see(v, '/desk/scheme/limits?only=changes', 'scheme-limits', size);
    await see(v, '/desk/scheme/replay', 'scheme-replay', size);
    assert.deepEqual(v.faults, []);
    await v.context.close();
  });

for (const size of ['360', 'large'])
  test(`the versions for everybody, ${size}`, async () => {
    const v = await visitor(browser, s.url, size);
    for (const [path, name] of [['/lists', 'lists'], ['/lists/versions', 'versions'], ['/lists/versions/1', 'version']])
      await see(v, path, name, size);
    assert.deepEqual(v.faults, []);
    await v.context.close();
  });
