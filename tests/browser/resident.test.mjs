// The resident's pages in a real browser: reporting and following a matter with and without scripts, on the narrowest phone,
// in the elder version and on a desk. $SHOTS names a folder for pictures of every page.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { launch } from './chromium.mjs';
import { PEOPLE, SIZES, checklist, look, png, route, start, valid, visitor, weigh } from './server.mjs';

const NOSCRIPT = { javaScriptEnabled: false };
const POSITION = { geolocation: { latitude: 25.6003, longitude: 115.7863, accuracy: 12 }, permissions: ['geolocation'] };
const WORDS = '每天晚上七点以后消防通道停满私家车，昨天救护车进不来，请来看看。';
const NEXT = '.go button.btn';

const s = await start();
let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

const photo = (name = 'photo.png') => ({ name, mimeType: 'image/png', buffer: png(640, 480) });

/** A visit that must end without script errors; `refused` are answers that the steps ask for on purpose. */
async function visit(size, extra, steps, refused = /^$/) {
  const { context, page, faults } = await visitor(browser, s.url, size, extra);
  try {
    await steps(page, context);
  } finally {
    await context.close();
  }
  assert.deepEqual(faults.filter(f => !refused.test(f)), []);
}

const at = (page, path) => assert.equal(new URL(page.url()).pathname, path);
const title = page => page.textContent('h1').then(t => t.trim());

/** From the board to the question 「在哪里」. */
async function choose(page, category, item) {
  await page.goto(s.url + '/x/XFL');
  await page.click('.hero a:has-text("我要反映")');
  await page.click(`a.tile:has-text("${category}")`);
  await page.click(`.list a:has-text("${item}")`);
  await page.click(NEXT);
  at(page, '/x/XFL/report/where');
}

async function answerWhere(page, building = '3', spot = '2 单元门口') {
  await page.selectOption('#building', building);
  await page.fill('#spot', spot);
  await page.click(NEXT);
}

/** Leaves a number and sends; gives back what the receipt says. */
async function send(page, phone = '13812345678') {
  if (page.url().endsWith('/same')) await page.click('button:has-text("不是同一件")');
  at(page, '/x/XFL/report/contact');
  await page.fill('#contact_phone', phone);
  await page.click(NEXT);
  at(page, '/x/XFL/report/check');
  await page.click('button:has-text("提交反映")');
  at(page, '/x/XFL/report/done');
  const [no, code] = (await page.locator('.panel .no').allTextContents()).map(t => t.trim());
  return { no, code, url: await page.getAttribute('a.btn:has-text("查看进度")', 'href') };
}

test('a report on a phone with scripts: photos one by one, position, a change, one case whatever is pressed', async () => {
  await visit('360', POSITION, async page => {
    await choose(page, '消防通道与设施', '占用、堵塞、封闭消防车通道');
    await page.click(NEXT);
    assert.match(await page.title(), /^错误：/);
    assert.equal(await page.evaluate(() => document.activeElement.className), 'errs');
    await page.click('.errs a');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'building');
    await page.click('[data-geo]');
    await page.waitForSelector('text=已附上您的位置');
    await answerWhere(page);
    at(page, '/x/XFL/report/words');
    await page.fill('#words', WORDS);
    await page.fill('#a0', '现在还堵着');
    assert.match(await page.textContent('.count'), /^\d+ \/ 500 字$/);
    await page.setInputFiles('input[type=file]', [photo(), photo()]);
    await page.waitForFunction(() => document.querySelectorAll('input[name=file_id]').length === 2);
    await page.click('.shots button:has-text("移除") >> nth=0');
    await page.click(NEXT);
    await page.fill('#contact_phone', '123');
    await page.click(NEXT);
    assert.match(await page.textContent('.field.bad'), /11 位手机号/);
    await page.fill('#contact_phone', '13812345678');
    await page.uncheck('[name=keep_secret]');
    await page.check('[name=keep_secret]');
    await page.click(NEXT);
    const said = await page.textContent('.sum');
    for (const part of [/占用、堵塞/, /消防大队负责/, /3 栋 2 单元门口/, /附手机定位/, /现在还堵着/, /1 张/, /138\*\*\*\*5678/, /保密/])
      assert.match(said, part);
    await page.click('.sum a:has-text("地点")');
    await page.fill('#spot', '2 单元东侧');
    await page.click(NEXT);
    at(page, '/x/XFL/report/check');
    const body = await page.evaluate(() => new URLSearchParams(new FormData(document.querySelector('form'))).toString());
    const again = () => page.evaluate(text => fetch(location.href, { method: 'POST', body: new URLSearchParams(text) }).then(r => r.url), body);
    await Promise.all([again(), again()]);
    await page.click('button:has-text("提交反映")');
    at(page, '/x/XFL/report/done');
    assert.match(await page.textContent('.next'), /网格长会在 .* 前/);
    assert.match(await page.textContent('.next'), /消防大队最迟在 .* 前答复您/);
    const no = await page.textContent('.no >> nth=0');
    const rows = (await s.as(PEOPLE.coordinator).read('/cases?item=XF01')).cases;
    assert.deepEqual(rows.map(c => c.no), [no]);
    const c = await s.as(PEOPLE.grid).case(no);
    assert.match(c.words, /现在通道还堵着吗？现在还堵着/);
    await page.goBack();
    await page.goto(s.url + '/x/XFL/report/check');
    at(page, '/x/XFL/report/done');
    assert.equal(await page.evaluate(() => localStorage.getItem('draft:report-XFL')), null);
  });
});

test('a report without scripts: each photo with its own press, then followed by number and code', async () => {
  await visit('360', NOSCRIPT, async page => {
    await choose(page, '环境卫生', '毁绿占绿');
    await answerWhere(page, '0', '大门口绿化带');
    await page.click(NEXT);
    assert.match(await page.title(), /^错误：/);
    await page.fill('#words', '绿化带被人铲掉种了菜，大概有十几平方米');
    await page.setInputFiles('input[type=file]', photo());
    await page.click('button:has-text("再加一张")');
    at(page, '/x/XFL/report/words');
    assert.match(await page.inputValue('#words'), /种了菜/);
    await page.setInputFiles('input[type=file]', photo());
    await page.click('button:has-text("再加一张")');
    assert.equal(await page.locator('.shots li').count(), 2);
    assert.ok(await page.locator('.shots img >> nth=1').evaluate(i => i.naturalWidth > 0).catch(() => true));
    await page.click('.shots button >> nth=0');
    assert.equal(await page.locator('.shots li').count(), 1);
    await page.setInputFiles('input[type=file]', { name: 'letter.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4 …') });
    await page.click(NEXT);
    assert.match(await page.textContent('.errs'), /只能上传照片/);
    assert.equal(await page.locator('.shots li').count(), 1);
    await page.setInputFiles('input[type=file]', photo());
    await page.click(NEXT);
    const { no, code, url } = await send(page);
    const c = await s.as(PEOPLE.grid).case(no);
    assert.equal(c.events[0].files.length, 2);
    await page.goto(s.url + '/t');
    await page.fill('#no', no);
    await page.fill('#code', code.replace(/\d/, d => (+d + 1) % 10));
    await page.click(NEXT);
    const wrongCode = await page.textContent('.errs');
    await page.fill('#no', '20200101-9999');
    await page.fill('#code', code);
    await page.click(NEXT);
    assert.equal(await page.textContent('.errs'), wrongCode);
    await page.fill('#no', no);
    await page.fill('#code', code);
    await page.click(NEXT);
    assert.equal(page.url(), url);
    assert.match(await page.textContent('.panel'), /城管局应于 .* 前答复您/);
    await page.click('a:has-text("催办")');
    await page.click(NEXT);
    assert.match(await page.textContent('main'), /今天已经催办过/);
    await page.click('a:has-text("补充说明")');
    await page.fill('#words', '又多了两块，拍了照片');
    await page.setInputFiles('input[type=file]', photo());
    await page.click(NEXT);
    assert.match(await page.textContent('.tl'), /您补充了材料/);
    await page.click('a:has-text("撤回")');
    await page.click(NEXT);
    assert.match(await page.textContent('.panel'), /您已撤回/);
  });
});

test('who is in charge is answered before any form; words of danger and of other places get a telephone at once', async () => {
  await visit('360', NOSCRIPT, async page => {
    await page.goto(s.url + '/');
    await page.fill('#q', '楼下饭店油烟太大');
    await page.click('form[action$="/lists"] button');
    assert.match(await page.textContent('main'), /餐饮油烟[\s\S]*城管局牵头[\s\S]*先做什么/);
    await page.goto(s.url + '/x/XFL/report');
    await page.fill('#q', '楼道里着火了');
    await page.click('button:has-text("查找")');
    assert.equal(await page.getAttribute('.note.stop a', 'href'), 'tel:119');
    await page.fill('#q', '家里进了小偷');
    await page.click('button:has-text("查找")');
    assert.match(await page.textContent('.note.warn'), /公安机关/);
  });
  await visit('360', {}, async page => {
    await page.goto(s.url + '/x/XFL/report');
    await page.locator('#q').pressSequentially('飞线充电');
    await page.waitForSelector('[data-suggest-into] a:has-text("飞线充电")');
    await page.click('[data-suggest-into] a:has-text("飞线充电") >> nth=0');
    assert.match(await page.textContent('main'), /消防大队[\s\S]*先做什么/);
  });
});

test('not sure what it is: words first, then three guesses; danger in the words is told and the report still taken', async () => {
  await visit('360', NOSCRIPT, async page => {
    await page.goto(s.url + '/x/XFL/report');
    await page.click('a.tile:has-text("说不清")');
    await page.click(NEXT);
    await answerWhere(page);
    await page.fill('#words', '楼上天天往下扔烟头和垃圾，昨天冒烟了，差点起火');
    await page.click(NEXT);
    at(page, '/x/XFL/report/guess');
    assert.equal(await page.getAttribute('.note.stop a', 'href'), 'tel:119');
    await page.click(NEXT);
    assert.match(await page.textContent('.errs'), /请选最接近的一项/);
    await page.check('input[name=item] >> nth=0');
    await page.click(NEXT);
    const { no } = await send(page);
    assert.equal(await page.getAttribute('.note.stop a', 'href'), 'tel:119');
    assert.ok((await s.as(PEOPLE.grid).case(no)).item.code);
  });
});

test('the same thing again: a follower instead of a second case, nothing of the other reporter is shown', async () => {
  const first = await s.report({ item: 'QC03', words: '车库里有一群流浪狗，我住 302，很害怕' });
  await visit('360', NOSCRIPT, async page => {
    await choose(page, '犬类', '流浪犬猫');
    await answerWhere(page);
    await page.fill('#words', '小区里有七八条流浪狗，早上追人');
    await page.click(NEXT);
    at(page, '/x/XFL/report/same');
    assert.ok(!/302|害怕/.test(await page.content()));
    await page.click('button:has-text("我也遇到")');
    assert.match(await title(page), /已为您记上/);
  });
  assert.equal((await s.as(PEOPLE.grid).case(first.no)).followers, 1);
});

test('every state in words: returned, moved on, joined, answered; five grades; not solved opens it again', async () => {
  const returned = await s.report({ item: 'QC04', words: '小区里有人养鸡' });
  await s.as(PEOPLE.grid).act(returned.no, 'return', { note: '请写明是哪一栋' });
  const joined = await s.report({ item: 'QC04', words: '又有人养鸡' });
  await s.as(PEOPLE.coordinator).act(joined.no, 'merge', { into: returned.no });
  const moved = await s.report({ item: 'QC04', words: '公路边有人养鸡' });
  await s.as(PEOPLE.coordinator).act(moved.no, 'transfer', { refer: 'traffic', note: '在公共道路上' });
  await s.as(PEOPLE.coordinator).act(moved.no, 'confirm_transfer', { result: 'accepted', receipt_no: 'JJ-2026-77' });
  const solved = await s.report({ item: 'QC04', words: '六栋楼下养了鸭' });
  await route(s, solved.no);
  const cg = s.as(PEOPLE.officer);
  await cg.act(solved.no, 'persuade', { reaction: 'fixed', words: '上门讲清规定，当场移走', files: [await cg.photo()] });
  await cg.act(solved.no, 'close', { outcome: 'solved', minor: '1', checklist: await checklist(s, 'QC04'), reply: '鸭子已经移走，场地已清理。',
    files: [await cg.photo()] });
  await visit('360', NOSCRIPT, async page => {
    const panel = async r => { await page.goto(r.url); return page.textContent('.panel'); };
    assert.match(await panel(returned), /请您补充[\s\S]*请写明是哪一栋/);
    assert.match(await panel(joined), new RegExp(`合并[\\s\\S]*${returned.no}`));
    assert.match(await panel(moved), /交警[\s\S]*JJ-2026-77/);
    assert.match(await panel(solved), /已办结/);
    assert.match(await page.textContent('main'), /鸭子已经移走/);
    assert.match(await page.textContent('#rate'), /问题解决了吗/);
    assert.ok(!/陈|李建军|王小芳/.test(await page.textContent('.tl')), 'no names of people');
    await page.click('#rate a:has-text("没有解决")');
    assert.ok(await page.isChecked('input[value=no]'));
    await page.click(NEXT);
    assert.match(await page.textContent('.errs'), /满意/);
    assert.equal(await page.locator('input[name=grade]').count(), 5);
    await page.check('input[name=grade][value="4"]');
    await page.fill('#words', '今天早上又看到了');
    await page.click(NEXT);
    assert.match(await page.textContent('.panel'), /正在办理/);
  });
  assert.equal((await cg.case(solved.no)).state, 'handling');
});

test('photos: mine while I write, nobody else\'s ever; what is no photo is refused with a sentence', async () => {
  await visit('360', {}, async page => {
    await choose(page, '环境卫生', '乱倒生活垃圾');
    await answerWhere(page);
    await page.setInputFiles('input[type=file]', photo());
    await page.waitForSelector('input[name=file_id]', { state: 'attached' });
    const id = await page.inputValue('input[name=file_id]');
    const status = (p, path) => p.evaluate(u => fetch(u).then(r => r.status), path);
    assert.equal(await status(page, `/files/${id}/thumb`), 200);
    assert.equal(await status(page, `/files/${id}/original`), 404);
    const send = (p, token, type, text) => p.evaluate(async ([t, mime, words]) => {
      const form = new FormData();
      form.append('form_token', t);
      form.append('file', new Blob([words], { type: mime }), 'x.jpg');
      const r = await fetch('/files?as=resident', { method: 'POST', body: form, headers: { accept: 'application/json' } });
      return [r.status, (await r.json()).detail];
    }, [token, type, text]);
    const token = await page.inputValue('[name=csrf]');
    assert.equal((await send(page, 'wrong', 'image/png', 'x'))[0], 403);
    assert.match((await send(page, token, 'image/jpeg', '<svg xmlns="http://www.w3.org/2000/svg"/>')).join(' '), /^415 只能上传照片/);
    assert.match((await send(page, token, 'image/jpeg', '\xff\xd8\xff\xe0 broken')).join(' '), /^415 /);
    const other = await browser.newContext(SIZES[360]);
    const stranger = await other.newPage();
    await stranger.goto(s.url + '/');
    for (const variant of ['thumb', 'public', 'original'])
      assert.equal(await status(stranger, `/files/${id}/${variant}`), 404);
    await other.close();
  }, / (403|415) /);
});

test('the draft waits a day and belongs to its compound', async () => {
  await visit('360', NOSCRIPT, async page => {
    await choose(page, '噪声污染', '商业经营');
    await answerWhere(page);
    at(page, '/x/XFL/report/words');
    await page.goto(s.url + '/x/YGLJ/report/words');
    at(page, '/x/YGLJ/report');
    assert.match(await page.textContent('[role=status]'), /从第一步开始/);
    await page.goto(s.url + '/x/XFL/report/where');
    assert.equal(await page.inputValue('#spot'), '2 单元门口');
    s.tick('2026-04-21T09:30:00+08:00');
    await page.goto(s.url + '/x/XFL/report/where');
    at(page, '/x/XFL/report');
  });
});

test('长辈版 by a link, without scripts, on every page until it is switched back', async () => {
  await visit('360', NOSCRIPT, async (page, context) => {
    await context.clearCookies();
    await page.goto(s.url + '/x/XFL');
    await page.click('.ask-large a:has-text("换成长辈版")');
    assert.equal(await page.getAttribute('html', 'data-size'), 'large');
    await page.goto(s.url + '/lists?q=' + encodeURIComponent('狗叫'));
    assert.equal(await page.getAttribute('html', 'data-size'), 'large');
    assert.equal(await page.locator('.ask-large').count(), 0);
    await page.click('.sz');
    assert.equal(await page.getAttribute('html', 'data-size'), 'normal');
    assert.match(page.url(), /q=/, 'the page stays the same');
  });
});

const PAGES = ['/', '/places', '/places?c=HQ', '/places?q=' + encodeURIComponent('幸福') + '&for=report', '/x/XFL', '/x/XFL/report',
  '/x/XFL/report?q=' + encodeURIComponent('停车堵路'), '/x/XFL/report?cat=ZS', '/x/XFL/report/who?item=XF01', '/x/XFL/report/who', '/t',
  '/lists', '/lists?cat=XF&x=XFL', '/lists?q=' + encodeURIComponent('着火了'), '/lists/XF01?x=XFL', '/lists/SV01', '/supervise', '/notices', '/help',
  '/privacy', '/accessibility', '/sitemap', '/x/NONE', '/t/none'];

for (const size of Object.keys(SIZES))
  test(`every page, ${size}: accessible, large enough, nothing to the side at 200 %`, async () => {
    await visit(size, {}, async page => {
      for (const path of PAGES) {
        await page.goto(s.url + path);
        await look(page, `page${path.replace(/\W+/g, '-').slice(0, 40)}`, size);
      }
    });
  });

for (const size of ['360', 'large', 'desk'])
  test(`every step and its errors, ${size}`, async () => {
    await visit(size, POSITION, async page => {
      const see = name => look(page, `step-${name}`, size);
      await choose(page, '飞线充电', '电动自行车在楼道');
      await see('where');
      await page.click(NEXT);
      await see('where-wrong');
      await answerWhere(page);
      await see('words');
      await page.click(NEXT);
      await see('words-wrong');
      await page.fill('#words', '二单元楼道里停了三辆电动车，正在充电');
      await page.setInputFiles('input[type=file]', [photo(), photo()]);
      await page.waitForFunction(() => document.querySelectorAll('input[name=file_id]').length === 2);
      await see('photos');
      await page.click(NEXT);
      if (page.url().endsWith('/same')) {
        await see('same');
        await page.click('button:has-text("不是同一件")');
      }
      await page.fill('#contact_phone', '12');
      await page.click(NEXT);
      await see('contact-wrong');
      await page.fill('#contact_phone', '0797-5600000');
      await page.click(NEXT);
      await see('check');
      await page.click('button:has-text("提交反映")');
      await see('receipt');
      await page.click('a.btn:has-text("查看进度")');
      await see('track');
      const url = page.url();
      for (const command of ['supplement', 'urge', 'withdraw']) {
        await page.goto(`${url}/${command}`);
        await see(command);
      }
    });
  });

test('pages are valid HTML', async () => {
  for (const path of PAGES)
    await valid(await (await fetch(s.url + path)).text(), path);
});

test('a first visit takes at most 30 KB and asks no other host', async () => {
  for (const path of ['/', '/x/XFL', '/x/XFL/report', '/lists', '/places?c=HQ', '/lists/XF01', '/privacy']) {
    const { bytes, hosts } = await weigh(browser, s.url, path);
    assert.ok(bytes <= 30 * 1024, `${path}: ${bytes} bytes`);
    assert.deepEqual(hosts, [new URL(s.url).host]);
  }
});
