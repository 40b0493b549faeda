// The style sheets, scripts and components of web/, before any page of the product uses them.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { HtmlValidate } from 'html-validate';
import { start } from '../../web/gallery-server.mjs';
import { desk, launch, phone } from './chromium.mjs';

const axe = readFileSync(new URL('node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const rules = JSON.parse(readFileSync(new URL('.htmlvalidate.json', import.meta.url)));
const PAGES = ['/', '/c/resident', '/c/staff', '/c/print', '/p/home', '/p/what', '/p/words', '/p/check', '/p/done', '/p/track',
  '/p/login', '/p/desk', '/p/desk-open', '/p/case', '/p/report', '/p/field', '/p/screen', '/p/notice', '/p/patrol', '/p/board', '/p/receipt'];
const PAPERS = /print|notice|patrol|board|receipt/;

const TARGETS = 'a.btn,button,input:not([type=checkbox]):not([type=radio]):not([type=file]),select,.opt,.check,.tile,' +
  '.seg label,.pick,.call,.link,.nav a,.tabs a,.tabbar a,.chips button,.pager a';

let browser, gallery;
before(async () => { browser = await launch(); gallery = await start(); });
after(async () => { await browser.close(); gallery.stop(); });

async function open(path, options, steps) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const faults = [];
  page.on('pageerror', e => faults.push(String(e)));
  page.on('console', m => m.type() === 'error' && !/ (422|503) /.test(m.text()) && faults.push(m.text()));
  await page.goto(gallery.base + path);
  try {
    await steps(page, context);
  } finally {
    await context.close();
  }
  assert.deepEqual(faults, []);
}

const sideways = page => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

test('dist is what the sources give', () => {
  execFileSync('node', ['build.mjs', '--check'], { cwd: new URL('../../web/', import.meta.url), stdio: 'pipe' });
});

test('snippets are valid HTML without inline style', async () => {
  const validator = new HtmlValidate(rules);
  for (const path of PAGES) {
    const html = await (await fetch(gallery.base + path)).text();
    const report = await validator.validateString(html);
    const faults = report.results.flatMap(r => r.messages).map(m => `${path}:${m.line} ${m.ruleId} ${m.message}`)
      .filter(m => !(path.startsWith('/c/') && /h32|no-dup-id|unique-landmark|form-dup-name|heading-level/.test(m)));
    assert.deepEqual(faults, []);
  }
});

const KINDS = { phone: phone(390), large: phone(360), desk: desk() };

async function accessible(path, kind) {
  await open(path + (kind === 'large' ? '?size=large' : ''), KINDS[kind], async page => {
    await page.evaluate(axe);
    const skip = path.startsWith('/c/') ? ['landmark-unique', 'landmark-no-duplicate-banner', 'duplicate-id-aria'] : [];
    const result = await page.evaluate(skip => axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'],
      rules: Object.fromEntries(skip.map(id => [id, { enabled: false }])) }), skip);
    assert.deepEqual(result.violations.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 120)).join(' | ')}`), []);
    const small = await page.$$eval(TARGETS, (list, least) =>
      list.filter(e => e.getClientRects().length && e.getBoundingClientRect().height < least - 0.5)
        .map(e => `${Math.round(e.getBoundingClientRect().height)} ${e.outerHTML.slice(0, 80)}`), kind === 'large' ? 60 : 44);
    assert.deepEqual(PAPERS.test(path) ? [] : small, []);
    assert.ok(await sideways(page) <= 0, 'scrolls sideways');
  });
}

test('accessible on a phone, in the elder version, on a desk', { concurrency: 4 }, t =>
  Promise.all(PAGES.flatMap(path => Object.keys(KINDS).map(kind => t.test(`${path} ${kind}`, () => accessible(path, kind))))));

test('no sideways scroll at 320 px, nor with text at 200 %', { concurrency: 4 }, t =>
  Promise.all([[320, ''], [360, ''], [390, '200 %'], [320, '200 %']].map(([width, text]) => t.test(`${width} px ${text}`, () =>
    open('/', phone(width), async page => {
      for (const path of PAGES.filter(p => !PAPERS.test(p))) {
        await page.goto(gallery.base + path);
        if (text)
          await page.evaluate(() => {
            const root = document.documentElement;
            root.style.fontSize = `${2 * parseFloat(getComputedStyle(root).fontSize)}px`;
          });
        assert.ok(await sideways(page) <= 0, `${path} is ${await sideways(page)} px too wide`);
      }
    })))));

test('an official text has 22 lines of 28 characters, other papers have their own size', async () => {
  await open('/p/notice', desk(), async page => {
    const pdf = await page.pdf({ preferCSSPageSize: true });
    const text = execFileSync('pdftotext', ['-layout', '-f', '2', '-l', '2', '-', '-'], { input: pdf }).toString();
    const lines = text.split('\n').filter(l => l.trim() && !/—\s*\d+\s*—/.test(l));
    assert.equal(lines.length, 22);
    assert.equal(Math.max(...lines.map(l => Array.from(l.trim()).length)), 28);
    assert.match(text, /—\s*2\s*—/);
  });
  for (const [path, size, pages] of [['/p/board', '841.92 x 1191.12', 1], ['/p/patrol', '594.96 x 841.92', 1], ['/p/receipt', '420 x 594.96', 2]])
    await open(path, desk(), async page => {
      const pdf = await page.pdf({ preferCSSPageSize: true });
      const info = execFileSync('pdfinfo', ['-'], { input: pdf }).toString();
      assert.match(info, new RegExp(size), path);
      assert.match(info, new RegExp(`Pages: +${pages}\\n`), path);
      assert.doesNotMatch(execFileSync('pdftotext', ['-layout', '-', '-'], { input: pdf }).toString(), /—\s*\d+\s*—/);
    });
});

// ---- Scripts ----

/** A noisy PNG: large, and larger than its JPEG. */
async function photo(page) {
  const url = await page.evaluate(() => {
    const canvas = document.createElement('canvas');
    canvas.width = 1800; canvas.height = 1200;
    const pen = canvas.getContext('2d');
    const data = pen.createImageData(1800, 1200);
    for (let i = 0, n = 1; i < data.data.length; i++) {
      n = (n * 1103515245 + 12345) & 0x7fffffff;
      data.data[i] = i % 4 === 3 ? 255 : (n >> 16) & 63;
    }
    pen.putImageData(data, 0, 0);
    return canvas.toDataURL('image/png');
  });
  return { name: 'IMG_1.png', mimeType: 'image/png', buffer: Buffer.from(url.split(',')[1], 'base64') };
}

test('photos are made smaller and sent one by one, with retry, and can be removed', async () => {
  await open('/p/words', phone(), async page => {
    gallery.state.uploads.length = 0;
    gallery.state.failUploads = 1;
    const file = await photo(page);
    await page.setInputFiles('[data-upload] input[type=file]', [file, { ...file, name: 'IMG_2.png' }]);
    await page.waitForFunction(() => document.querySelectorAll('.shots [data-state=done]').length === 2);
    assert.equal(gallery.state.uploads.length, 3);
    const sent = gallery.state.uploads[2];
    assert.ok(sent.length < file.buffer.length / 2, 'not made smaller');
    assert.ok(sent.includes('name="form_token"') && sent.includes('image/jpeg') && sent.includes('IMG_2.jpg'));
    assert.deepEqual(await page.$$eval('.shots input[name=file_id]', l => l.map(i => i.value)), ['FILEID', 'f2', 'f3']);
    await page.click('.shots li:nth-child(2) .link:not(.again)');
    assert.deepEqual(await page.$$eval('.shots input[name=file_id]', l => l.map(i => i.value)), ['FILEID', 'f3']);
    await page.setInputFiles('[data-upload] input[type=file]', Array.from({ length: 6 }, () => ({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('a') })));
    assert.equal(await page.$$eval('.shots li', l => l.length), 6);
    assert.equal(await page.isVisible('.pick'), false);
  });
});

test('a photo that fails offers a retry', async () => {
  await open('/p/words', phone(), async page => {
    gallery.state.failUploads = 3;
    await page.setInputFiles('[data-upload] input[type=file]', { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('a') });
    await page.waitForSelector('.shots .fail');
    assert.match(await page.textContent('.shots .fail small'), /服务器忙/);
    await page.click('.shots .again');
    await page.waitForFunction(() => !document.querySelector('.shots .fail') && document.querySelector('.shots [data-state=done]'));
  });
});

test('evidence is sent as it is, with the SHA-256 taken on the device', async () => {
  await open('/p/case', desk(), async page => {
    gallery.state.uploads.length = 0;
    const file = await photo(page);
    await page.setInputFiles('[data-raw] input[multiple]', file);
    await page.waitForSelector('.shots [data-state=done]');
    assert.ok(gallery.state.uploads[0].includes(file.buffer));
    assert.match(await page.textContent('.shots code'), /SHA-256 [0-9a-f]{64}/);
    assert.match(gallery.state.uploads[0].toString('latin1'), /name="sha256"\r\n\r\n[0-9a-f]{64}/);
  });
});

test('a draft comes back and can be emptied', async () => {
  await open('/p/what', phone(), async page => {
    await page.click('.tile:nth-child(3)');
    await page.waitForTimeout(600);
    await page.evaluate(() => localStorage.length) === 1 || assert.fail('no draft kept');
    await page.goto(`${gallery.base}/p/done`);
    assert.equal(await page.evaluate(() => localStorage.length), 0);
  });
});

test('suggestions follow the words, also after an input method', async () => {
  await open('/p/what', phone(), async page => {
    await page.fill('#q', '狗叫');
    await page.waitForSelector('[data-suggest-into] .list');
    assert.match(await page.textContent('[data-suggest-into]'), /狗叫/);
    await page.fill('#q', '');
    await page.waitForFunction(() => !document.querySelector('[data-suggest-into]').textContent);
  });
});

test('a double tap sends once', async () => {
  await open('/p/check', phone(), async page => {
    gallery.state.posts.length = 0;
    await Promise.all([page.waitForEvent('load'),
      page.evaluate(() => { const b = document.querySelector('.go .btn'); b.click(); b.click(); })]);
    assert.equal(gallery.state.posts.length, 1);
  });
});

test('the drawer opens in place, has its own address, closes with Esc and gives the focus back', async () => {
  await open('/p/desk', desk(), async page => {
    await page.click('tbody tr:nth-child(2) a.main');
    await page.waitForSelector('.wk.open .drawer h2');
    assert.match(page.url(), /\/desk\/cases\/20260421-0041$/);
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H2');
    await page.keyboard.press('Escape');
    assert.match(page.url(), /\/p\/desk$/);
    assert.equal(await page.isVisible('.drawer'), false);
    assert.equal(await page.evaluate(() => document.activeElement.textContent), '楼道飞线充电');
    await page.click('tbody tr:nth-child(3) td:nth-child(4)');
    await page.waitForSelector('.wk.open .drawer h2');
  });
});

test('batch selection, quick phrases, dependent fields, confirmation, dialog', async () => {
  await open('/p/desk', desk(), async page => {
    assert.equal(await page.isVisible('.batch'), false);
    await page.check('[data-all]');
    assert.equal(await page.textContent('.batch b'), '已选 4 件');
    await page.uncheck('tbody tr:nth-child(1) input');
    assert.equal(await page.textContent('.batch b'), '已选 3 件');
  });
  await open('/p/case', desk(), async page => {
    await page.click('.chips button:nth-child(1)');
    await page.click('.chips button:nth-child(3)');
    assert.equal(await page.inputValue('#opinion'), '不属本单位职责；与另一件重复');
    gallery.state.posts.length = 0;
    await page.click('.form .btn.danger');
    await page.click('dialog[open] .btn.s');
    assert.equal(gallery.state.posts.length, 0);
    await page.click('[data-open]');
    assert.ok(await page.isVisible('#dlg-extend'));
    await page.click('#dlg-extend [data-close]');
    assert.equal(await page.isVisible('#dlg-extend'), false);
    await page.click('.form .btn.danger');
    await Promise.all([page.waitForEvent('load'), page.click('dialog[open] .btn.danger')]);
    assert.equal(gallery.state.posts.length, 1);
  });
  await open('/c/staff', desk(), async page => {
    assert.equal(await page.isVisible('#recheck'), false);
    await page.selectOption('#outcome', 'order');
    assert.ok(await page.isVisible('#recheck'));
  });
});

test('news of the server: counts, a message, one connection for all pages', async () => {
  await open('/p/desk', desk(), async (page, context) => {
    await page.waitForSelector('.toast.urgent');
    assert.equal(await page.textContent('.nav .badge[data-badge=todo]'), '13 件待办');
    assert.match(await page.title(), /^\(4\) /);
    const before = gallery.state.streams.length;
    const second = await context.newPage();
    await second.goto(`${gallery.base}/p/desk`);
    await second.waitForTimeout(300);
    assert.equal(gallery.state.streams.length, before);
  });
});

test('everything can be reached without scripts', async () => {
  await open('/p/desk', { ...phone(), javaScriptEnabled: false }, async page => {
    await page.click('.tabbar a[href="#nav"]');
    assert.ok(await page.isVisible('.nav'));
    await page.click('.nav .close');
    assert.equal(await page.isVisible('.nav'), false);
    assert.ok(await page.isVisible('.batch'));
  });
  await open('/p/words', { ...phone(), javaScriptEnabled: false }, async page => {
    assert.ok(await page.isVisible('button[name=more]'));
  });
});
