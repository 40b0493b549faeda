// user add、passwd、token、list：进得来、进不来，都从真实的登录和接口上看。
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { demo, folder, json, run } from './_cmd.mjs';
import { SHAODAO, start } from './lib.mjs';

test('添加一个网格长：一次性密码、岗位、令牌，然后他能办事', async t => {
  const f = folder(), dir = demo(f);
  const added = run(['user', 'add', dir, 'newchief', '--name', '新网格长', '--role', 'grid_chief', '--org', 'SQ-HQ', '--place', 'HQ-G3',
    '--phone', '0797-5600999']);
  assert.equal(added.code, 0, added.err);
  const password = added.out.trim();
  assert.match(password, /^[A-Za-z2-9]{12}$/);

  await t.test('user list 里有他和他的岗位', () => {
    const me = json(['user', 'list', dir, '--json']).users.find(u => u.username === 'newchief');
    assert.deepEqual([me.name, me.disabled], ['新网格长', false]);
    assert.deepEqual(me.postings.map(p => [p.role, p.org, p.place]), [['grid_chief', 'SQ-HQ', 'HQ-G3']]);
    assert.match(run(['user', 'list', dir]).out, /newchief +新网格长 +grid_chief/);
  });
  await t.test('不对的一次说完，什么也没有留下', () => {
    const r = run(['user', 'add', dir, 'ghost', '--name', '无', '--role', 'boss', '--org', 'NIX', '--place', 'NIX', '--cert-until', '明年', '--phone', 'x']);
    assert.equal(r.code, 1);
    for (const word of ['--role', '--org', '--place', '--cert-until', '--phone']) assert.ok(r.err.includes(word), r.err);
    assert.equal(run(['user', 'add', dir, 'newchief', '--name', '重名', '--role', 'officer']).code, 1);
    assert.equal(run(['user', 'add', dir, 'ghost']).code, 2);
    assert.ok(!json(['user', 'list', dir, '--json']).users.some(u => u.username === 'ghost'));
  });
  await t.test('user passwd：从标准输入读，弱密码不收', () => {
    for (const weak of ['short1A', 'alllowercaseletters', 'Newchief2026!', '', 'Password1234']) {
      const r = run(['user', 'passwd', dir, 'newchief'], { input: weak + '\n' });
      assert.notEqual(r.code, 0, weak);
    }
    assert.equal(run(['user', 'passwd', dir, 'nobody'], { input: 'Qw7-hujiao-8\n' }).code, 1);
    const ok = run(['user', 'passwd', dir, 'newchief'], { input: 'Qw7-hujiao-8\n' });
    assert.equal(ok.code, 0, ok.err);
    assert.ok(!(ok.out + ok.err).includes('hujiao'));
  });
  const token = run(['user', 'token', dir, 'newchief']).out.trim();
  const key = run(['user', 'token', dir, 'fixmystreet', '--open311']).out.trim();
  assert.match(token, /^[\w-]{40,}$/);
  assert.match(key, /^[\w-]{40,}$/);
  assert.equal(run(['user', 'token', dir, 'nobody']).code, 1);

  await t.test('令牌和密码都能用', async () => {
    const server = spawn(SHAODAO, ['serve', dir, '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [server.stdout, server.stderr]) stream.on('data', chunk => (said += chunk));
    while (!/http:\/\/127\.0\.0\.1:\d+/.test(said)) await once(server.stderr, 'data');
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)[0];
    try {
      const mine = await fetch(url + '/api/v1/duties?mine=true', { headers: { authorization: `Bearer ${token}` } });
      assert.equal(mine.status, 200, await mine.text());
      const logIn = async password => {
        const page = await fetch(url + '/login');
        const cookie = page.headers.getSetCookie().map(c => c.split(';')[0]).join('; ');
        const csrf = /name="csrf" value="([^"]+)"/.exec(await page.text())[1];
        const r = await fetch(url + '/login', { method: 'POST', redirect: 'manual', headers: { cookie, origin: url },
          body: new URLSearchParams({ csrf, username: 'newchief', password }) });
        return r.status;
      };
      assert.equal(await logIn('Qw7-hujiao-8'), 303);
      assert.notEqual(await logIn(password), 303, '一次性密码已经作废');
    } finally {
      server.kill('SIGTERM');
      await once(server, 'close');
    }
    assert.equal(json(['ledger', 'replay', dir, '--json']).differences, 0);
  });
});

test('服务器数据库：服务器运行时，命令照样能写，服务器随后就知道', { skip: !process.env.SHAODAO_DATABASE && 'the embedded engine has one writer' }, async () => {
  const s = await start();
  const dir = join(s.dir, 'data');
  const added = run(['user', 'add', dir, 'x1', '--name', '某', '--role', 'officer'], { input: 'Qw7-hujiao-8\n' });
  assert.equal(added.code, 0, added.err);
  const token = run(['user', 'token', dir, 'x1']);
  assert.equal(token.code, 0, token.err);
  const me = s.as({ raw: `Bearer ${/[\w-]{32,}/.exec(token.out)[0]}` });
  let status = 0;
  for (let i = 0; i < 50 && status !== 200; i++, await new Promise(ok => setTimeout(ok, 100))) status = (await me.get('/me')).status;
  assert.equal(status, 200);
});

test('服务器运行时，会写的命令说明原因并停下；会读的照常', { skip: process.env.SHAODAO_DATABASE && 'a server database takes several writers' }, async () => {
  const s = await start();
  const dir = join(s.dir, 'data'), f = folder();
  const orders = f.file('orders.csv', 'id,text\n1,楼下太吵\n');
  for (const args of [['user', 'add', dir, 'x1', '--name', '某', '--role', 'officer'], ['user', 'passwd', dir, 'coord01'],
    ['user', 'token', dir, 'coord01'], ['case', 'import', dir, orders]]) {
    const r = run(args, { input: 'Qw7-hujiao-8\n' });
    assert.equal(r.code, 1, args.join(' '));
    assert.match(r.err, /正由另一个 shaodao 进程 \d+使用.*先停下它/, args.join(' '));
    assert.equal(r.out, '');
  }
  for (const args of [['user', 'list', dir], ['case', 'list', dir], ['report', dir, 'all'], ['health', dir], ['case', 'import', dir, orders, '--dry-run']])
    assert.equal(run(args).code, 0, args.join(' '));
});
