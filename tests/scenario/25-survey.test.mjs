// 排摸登记（NH-04）：联居队员由社区联络员协助排摸店铺、养犬、家禽、违建；去的时候看一眼，该看了的列出来，有问题的转成事项。
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import { Visitor } from './_pages.mjs';
import { start } from './lib.mjs';

const nanhu = (at = '2026-04-20T09:00:00+08:00') => start({ at, scheme: 'nanhu' });
const chickens = { place: 'FYXC', kind: 'poultry', spot: '3 栋 2 单元楼下绿化带', holder: '周某某', note: '鸡三只，围了铁丝网' };

/** All texts of a zip: its parts, by the directory at its end. */
function unzipped(zip) {
  let text = '', at = zip.readUInt32LE(zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1')) + 16);
  for (; zip.readUInt32LE(at) === 0x02014b50; at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)) {
    const head = zip.readUInt32LE(at + 42), from = head + 30 + zip.readUInt16LE(head + 26) + zip.readUInt16LE(head + 28);
    const part = zip.subarray(from, from + zip.readUInt32LE(at + 20));
    text += zip.readUInt16LE(at + 10) ? inflateRawSync(part).toString() : part.toString();
  }
  return text;
}

async function added(s, who, fields) {
  const r = await s.as(who).post('/surveys', fields);
  assert.equal(r.status, 201, r.text);
  return r.body;
}

test('登记一处，到期提醒去看，看过了重新计日子；没有了的不再催', async () => {
  const s = await nanhu();
  const e = await added(s, 'liaison02', chickens);
  assert.equal(e.due, '2026-05-04T09:00:00+08:00', '家禽十四天看一次');
  assert.equal(e.is_due, false);
  const described = (await s.resident.read('/api/openapi.json')).components.schemas;
  assert.deepEqual(Object.keys(e).sort(), Object.keys(described.Survey.properties).sort());
  assert.deepEqual(Object.keys(await s.as('fd02').read('/surveys')).sort(), Object.keys(described.SurveyList.properties).sort());
  assert.deepEqual((await s.as('fd02').read('/surveys?due=true')).surveys, []);
  s.tick('2026-05-04T09:30:00+08:00');
  assert.deepEqual((await s.as('fd02').read('/surveys?due=true&place=FYA')).surveys.map(x => x.id), [e.id]);

  const officer = await new Visitor(s.url).logIn(s.logins.fd02);
  assert.match((await officer.get('/desk/places/FYXC')).text, /1 处该看了/);
  const checked = await s.as('fd02').post(`/surveys/${e.id}/check`, { state: 'normal', words: '只剩一只' });
  assert.equal(checked.body.due, '2026-05-18T09:30:00+08:00');
  assert.doesNotMatch((await officer.get('/desk/places/FYXC')).text, /该看了/);

  const gone = await s.as('fd02').post(`/surveys/${e.id}/check`, { state: 'gone' });
  assert.equal(gone.body.due, null);
  assert.deepEqual((await s.as('fd02').read('/surveys')).surveys, []);
  assert.equal((await s.as('fd02').read('/surveys?state=gone')).surveys.length, 1);
});

test('谁家的加密保存：列表、表格和经过里都没有，看一次记一次，只有管这里的人能看', async () => {
  const s = await nanhu();
  const e = await added(s, 'liaison02', chickens);
  const officer = await new Visitor(s.url).logIn(s.logins.fd02);
  for (const path of ['/desk/survey', `/desk/survey/${e.id}`, '/desk/places/FYXC', `/api/v1/surveys/${e.id}`])
    assert.doesNotMatch((await officer.get(path)).text, /周某某/, path);
  const sheet = await officer.get('/desk/survey.xlsx');
  assert.equal(sheet.status, 200);
  assert.equal(sheet.raw.subarray(0, 2).toString(), 'PK');

  assert.equal((await s.as('fd02').post(`/surveys/${e.id}/holder`, {})).status, 422, '要说明为什么');
  assert.equal((await s.as('coord01').post(`/surveys/${e.id}/holder`, { purpose: '看看' })).status, 403, '统筹岗看得到登记，看不到是谁');
  assert.equal((await s.as('fd03').get(`/surveys/${e.id}`)).status, 200, '包两个社区的队员');
  assert.equal((await s.as('fd06').get(`/surveys/${e.id}`)).status, 403, '别的社区的队员');
  assert.equal((await s.as('wy01a').get(`/surveys/${e.id}`)).status, 403, '物业不看');
  assert.equal((await s.as('fd02').post(`/surveys/${e.id}/holder`, { purpose: '上门劝导' })).body.holder, '周某某');
  await officer.get(`/desk/survey/${e.id}/do/holder`);
  const shown = await officer.post(`/desk/survey/${e.id}/do/holder`, { purpose: '再上门一次' });
  assert.match(shown.text, /周某某/);
  const story = (await officer.get(`/desk/survey/${e.id}`)).text;
  assert.match(story, /上门劝导[\s\S]*再上门一次/);
  assert.doesNotMatch(story, /周某某/);
});

test('同一处登记两次会提醒，说明是另一处才再登记', async () => {
  const s = await nanhu();
  const e = await added(s, 'liaison02', chickens);
  const twice = await s.as('fd02').post('/surveys', { ...chickens, spot: '3栋2单元 楼下绿化带', holder: '' });
  assert.equal(twice.status, 422);
  assert.match(twice.text, new RegExp(`编号 ${e.id}`));
  const same = await s.as('fd02').post('/surveys', { ...chickens, spot: '5 栋车库', note: '' });
  assert.match(same.text, /可能已经登记过/, '同一个人的');
  await added(s, 'fd02', { ...chickens, spot: '5 栋车库', again: true });
  await added(s, 'fd02', { ...chickens, kind: 'dog' });
  for (const wrong of [{ kind: 'cat' }, { spot: ' ' }, { place: 'nowhere' }, { state: 'gone' }, { spot: '长'.repeat(61) }])
    assert.equal((await s.as('liaison02').post('/surveys', { ...chickens, ...wrong })).status, 422, JSON.stringify(wrong));
  assert.equal((await s.as('liaison01').post('/surveys', chickens)).status, 403, '别的社区');
});

test('一点就转成事项：事项、小区和位置已经填好，登记里能看到', async () => {
  const s = await nanhu();
  const e = await added(s, 'liaison02', chickens);
  assert.equal((await s.as('fd02').post(`/surveys/${e.id}/case`, {})).status, 422, '要写明问题');
  const turned = await s.as('fd02').post(`/surveys/${e.id}/case`, { words: '清早打鸣，上门劝过，没有送走' });
  assert.equal(turned.status, 200, turned.text);
  assert.equal(turned.body.state, 'problem');
  const c = await s.as('fd02').case(turned.body.cases[0]);
  assert.equal(c.item.code, 'NZ05');
  assert.equal(c.place.code, 'FYXC');
  assert.equal(c.spot, '3 栋 2 单元楼下绿化带');
  assert.match(c.words, /家禽饲养：清早打鸣/);
  assert.doesNotMatch(JSON.stringify(c), /周某某/);
  await s.as('fd02').post(`/surveys/${e.id}/check`, { state: 'gone' });
  assert.equal((await s.as('fd02').post(`/surveys/${e.id}/case`, { words: '又来一次' })).status, 409);
});

test('下沉时一起核对：该看了的在那次工作里，新看到的登记一处，离线记录也一样', async () => {
  const s = await nanhu();
  const e = await added(s, 'liaison02', chickens);
  const shop = await added(s, 'liaison02', { place: 'FYXC', kind: 'shop', spot: '12 号店面' });
  s.tick('2026-05-11T09:00:00+08:00');
  const plan = await s.as('fd02').post('/visits', { kind: 'presence', place: 'FYA', from: '2026-05-11T09:30:00+08:00' });
  assert.equal(plan.status, 201, plan.text);
  const officer = await new Visitor(s.url).logIn(s.logins.fd02);
  assert.match((await officer.get(`/desk/visits/${plan.body.id}`)).text, /该看了的（1）/);
  const form = (await officer.get(`/desk/visits/${plan.body.id}/do/look`)).text;
  assert.match(form, new RegExp(`name="look.${e.id}"[\\s\\S]*name="look.${shop.id}"`), '最久没看的在前');
  assert.equal((await officer.post(`/desk/visits/${plan.body.id}/do/look`, {})).status, 422);
  const r = await officer.post(`/desk/visits/${plan.body.id}/do/look`, { [`look.${e.id}`]: 'problem', [`lookwords.${e.id}`]: '又多了两只；很吵',
    new_kind: 'dog', new_spot: '7 栋 1 单元', new_note: '没有犬牌' });
  assert.equal(r.status, 303, r.text);
  const page = (await officer.get(`/desk/visits/${plan.body.id}`)).text;
  assert.match(page, /这次核对的登记（2）/);
  assert.match(page, /核对登记 2 处/);
  assert.equal((await s.as('fd02').read(`/surveys/${e.id}`)).visit, plan.body.id);
  assert.equal((await s.as('fd02').read(`/surveys/${e.id}`)).state, 'problem');
  assert.equal((await s.as('fd02').read('/surveys?kind=dog')).surveys[0].place.code, 'FYA');

  const done = await s.as('fd02').post('/visits', { kind: 'presence', place: 'FYXC', began_at: '2026-05-11T08:00:00+08:00', words: '看了一遍',
    register: `${shop.id}=gone;+poultry@3栋2单元楼下绿化带:照旧` });
  assert.equal(done.status, 201, done.text);
  assert.equal((await s.as('fd02').read(`/surveys/${shop.id}`)).state, 'gone');
  assert.equal((await s.as('fd02').read('/surveys?kind=poultry')).surveys.length, 1, '登记过的不再登记一处');
  assert.equal((await s.as('fd02').post('/visits', { kind: 'presence', place: 'YY', began_at: '2026-05-11T08:10:00+08:00', words: '去了', register: `${e.id}=gone` })).status, 422,
    '不在去的地方');
  for (const wrong of ['x', `${e.id}=what`, '+cat@这里', '+dog'])
    assert.equal((await s.as('fd02').post(`/visits/${plan.body.id}/actions/look`, { register: wrong })).status, 422, wrong);
});

test('示例里有一本登记：十来处，有该看了的、没有了的、转成事项的；下载的表格里没有谁家', async () => {
  const s = await start({ scheme: 'nanhu', months: 3, at: '2026-04-20T18:00:00+08:00' });
  const { surveys } = await s.as('coord01').read('/surveys?state=all&limit=100');
  assert.equal(surveys.length, 12);
  assert.ok(new Set(surveys.map(e => e.place.code)).size >= 5, '分在几个小区');
  assert.deepEqual(surveys.filter(e => e.state === 'gone').length, 1);
  assert.equal(surveys.filter(e => e.is_due).length, 3);
  const turned = surveys.filter(e => e.cases.length);
  assert.deepEqual(turned.map(e => [e.kind.code, e.state]), [['build', 'problem']]);
  assert.equal((await s.as('coord01').case(turned[0].cases[0])).spot, turned[0].spot);
  const v = await new Visitor(s.url).logIn(s.logins.fd02);
  const named = surveys.find(e => e.has_holder && e.state !== 'gone'), who = Object.values(s.logins).filter(l => l.role === 'liaison');
  const holders = await Promise.all(who.map(l => s.as(l.username).post(`/surveys/${named.id}/holder`, { purpose: '核对表格' })));
  assert.ok(holders.some(r => r.body.holder?.startsWith('示例')), '登记了谁家');
  for (let i = 0; i < 8; i++) // asked at one moment by several: what one of them writes runs again after the other, and must still open
    await Promise.all(who.map(l => s.as(l.username).post(`/surveys/${named.id}/holder`, { purpose: '核对表格' })));
  await s.as('coord01').read(`/surveys/${named.id}`);
  const book = await v.get('/desk/survey.xlsx?show=all');
  assert.equal(book.status, 200, book.text);
  const text = unzipped(book.raw);
  assert.match(text, /店铺|居民养犬|家禽饲养|违章建设/);
  assert.doesNotMatch(text, /示例(店主|住户)/);
});
