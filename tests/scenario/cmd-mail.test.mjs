// 发件：紧急事项给岗位发邮件，只有编号和链接；设置写错时服务器不启动并指出行号；邮件服务器不通时按间隔重试，编号不变。
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { demo, folder, run } from './_cmd.mjs';
import { CERTIFICATE, mailServer, readMail } from './_mail.mjs';
import { start } from './lib.mjs';

async function restart(s, yaml) {
  s.process.removeAllListeners('exit');
  s.process.kill('SIGTERM');
  await new Promise(ok => s.process.on('close', ok));
  writeFileSync(join(s.dir, 'data/shaodao.yaml'), yaml);
  await s.run();
}

async function until(what, seconds = 15) {
  for (let i = 0; i < seconds * 20; i++) {
    const got = what();
    if (got) return got;
    await sleep(50);
  }
  return what();
}

const settings = (url, more = '') => `# 示例
base_url: https://example.org/zhzf/
mail:
  url: ${url}
  from: shaodao@example.org
${more}  to:
    - {role: grid_chief, address: grid@example.org}
    - {org: XFJY, address: fire@example.org}
`;
const URGENT = { item: 'XF01', words: '消防通道停满了车，我是三栋的李某某，急', urgent: true };

test('紧急事项写成邮件文件：没有反映人的一个字', async () => {
  const s = await start();
  await restart(s, settings('file:outbox'));
  const box = join(s.dir, 'data/outbox');
  const before = await s.report({ item: 'QC04', words: '不急的事' });
  const r = await s.report(URGENT);
  await until(() => readdirSync(box).filter(n => n.endsWith('.eml')).length === 2);
  const files = readdirSync(box);
  await sleep(1200);
  assert.deepEqual(readdirSync(box), files, '每个地址一封，没有半成品');
  const mails = files.map(n => readMail(readFileSync(join(box, n), 'utf8')));
  for (const m of mails) {
    assert.equal(m.headers.from, '哨到 <shaodao@example.org>');
    assert.match(m.headers.subject, new RegExp(`^【哨到】.* ${r.no}$`));
    assert.match(m.headers['message-id'], /^<\d+\.360733@example\.org>$/);
    assert.ok(m.text.includes(`\nhttps://example.org/zhzf/desk/cases/${r.no}\n`), m.text);
    for (const word of ['李某某', '消防', '幸福里', before.no]) assert.ok(!JSON.stringify(m).includes(word), word);
  }
  assert.deepEqual(mails.map(m => m.headers.to).sort(), ['<fire@example.org>', '<grid@example.org>']);
});

test('SMTP：要求 STARTTLS，登录，重试时编号不变', async t => {
  const smtp = await mailServer({ tls: true });
  t.after(() => smtp.close());
  const s = await start();
  const data = join(s.dir, 'data');
  writeFileSync(join(data, 'ca.pem'), CERTIFICATE);
  writeFileSync(join(data, 'mail.pw'), 'p w!\n', { mode: 0o600 });
  smtp.fail = 2;
  await restart(s, settings(`smtp://localhost:${smtp.port}`, '  tls: required\n  ca_file: ca.pem\n  user: shaodao\n  password_file: mail.pw\n'));
  const r = await s.report(URGENT);
  assert.ok(await until(() => smtp.refused.length === 2), s.said());
  await sleep(1200);
  assert.equal(smtp.kept.length, 0, '五秒之内不再试');
  s.tick('2026-04-20T09:00:06+08:00');
  assert.ok(await until(() => smtp.kept.length === 2), s.said());
  const ids = list => list.map(m => readMail(m.data).headers['message-id']).sort();
  assert.deepEqual(ids(smtp.kept), ids(smtp.refused));
  const mail = smtp.kept.find(m => m.to === 'grid@example.org');
  assert.deepEqual([mail.isEncrypted, mail.auth, mail.from], [true, ['shaodao', 'p w!'], 'shaodao@example.org']);
  assert.ok(readMail(mail.data).text.includes(r.no));
  assert.ok(!s.said().includes('p w!') && !s.said().includes('grid@example.org'), '日志里没有密码和地址');
});

test('不认识的证书、没有加密的服务器：不发', async t => {
  const safe = await mailServer({ tls: true }), plain = await mailServer();
  t.after(() => (safe.close(), plain.close()));
  const s = await start();
  await restart(s, settings(`smtp://localhost:${safe.port}`));
  await s.report(URGENT);
  await until(() => /mail_not_sent/.test(s.said()));
  assert.match(s.said(), /event=mail_not_sent/);
  await restart(s, settings(`smtp://localhost:${plain.port}`, '  tls: required\n'));
  s.tick('2026-04-20T09:00:06+08:00');
  await until(() => (s.said().match(/mail_not_sent/g) ?? []).length);
  assert.equal(safe.kept.length + plain.kept.length, 0);
});

test('设置写错：服务器不启动，说出哪一行', () => {
  const f = folder(), dir = demo(f);
  for (const [yaml, says] of [
    ['base_url: https://example.org\ncolour: red\n', /shaodao\.yaml 第 2 行：不认识“colour”/],
    ['mail:\n  url: http://example.org\n  from: a@example.org\n', /第 2 行.*smtp:\/\//],
    ['base_url: https://example.org\nmail:\n  url: file:out\n  from: a@example.org\n  to:\n    - {role: boss, address: b@example.org}\n', /第 6 行.*岗位代码/],
    ['mail:\n  url: smtp://example.org\n  from: a@example.org\n  user: a\n  password_file: none\n', /读不到邮件密码文件/],
  ]) {
    f.file('data/shaodao.yaml', yaml);
    const r = run(['serve', dir, '--listen', '127.0.0.1:0']);
    assert.notEqual(r.code, 0);
    assert.match(r.err, says);
  }
});
