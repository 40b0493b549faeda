// 普通程序走完全程：立案、告知、听证、法制审核、决定、送达、履行、催告、强制执行。每一步走错都得到 451 和法条。
// 公安的事只移送，处罚内容不录入、不公开。
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checklist, duty, owed, route, start } from './lib.mjs';
import { Visitor } from './_pages.mjs';

const s = await start({ at: '2026-04-20T09:00:00+08:00' });
const cg = s.as('cg01');
const two = ['cg01', 'cg02'];
const r = await s.report({ item: 'QC04', words: '一楼院子里养了几十只鸡' });
const order = { officers: two, until: '2026-04-23', words: '三日内清走家禽' };
const file = { filing_no: '会城立〔2026〕20号', officers: two, words: '逾期未改正' };
const decide = { kind: 'fine', decision_no: '会城罚〔2026〕20号', officers: two, words: '罚款五百元' };

/** A wrong turn: 451, the article, and a sentence that says what to do. */
async function unlawful(report, command, fields, article) {
  const p = await cg.refused(451, report.no, command, fields);
  assert.ok(p.article.includes(article), `${command}：${p.article}，应为 ${article}`);
  assert.match(p.detail, /。$/);
}

const desk = new Visitor(s.url);
const paper = code => desk.get(`/desk/cases/${r.no}/papers/${code}`);

test('先劝导、再责令、逾期才能立案', async () => {
  await route(s, r.no);
  await unlawful(r, 'order', order, '28');
  await unlawful(r, 'file', file, '《行政处罚法》');
  await cg.act(r.no, 'persuade', { reaction: 'refused', words: '上门讲了规定，对方不改' });
  await cg.act(r.no, 'order', order);
  s.tick('2026-04-23T10:00:00+08:00');
  await cg.act(r.no, 'recheck', { result: 'not_corrected', words: '还在', files: [await cg.photo()] });
});

test('立案：两名持证人员、不罚儿童、不过追责期限', async () => {
  await unlawful(r, 'file', { ...file, officers: ['cg01'] }, '第四十二条');
  await unlawful(r, 'file', { ...file, party: 'child' }, '第三十条');
  await unlawful(r, 'file', { ...file, act_day: '2024-01-01' }, '第三十六条');
  const c = owed(await cg.act(r.no, 'file', { ...file, party: 'organisation' }));
  assert.equal(duty(c, 'handle').due.slice(0, 10), '2026-07-22');
  await unlawful(r, 'request_extension', { note: '案情复杂' }, '第六十条');
});

test('告知以后才能听取申辩，听证要七日前通知、非本案人员主持', async () => {
  await unlawful(r, 'penalise', decide, '第六十二条');
  await cg.refused(409, r.no, 'hear_defence', { result: 'waived', words: '放弃' });
  await cg.act(r.no, 'notify_party', { words: '拟罚款五百元', hearing: true });
  await unlawful(r, 'hear_defence', { result: 'hearing', words: '已听证' }, '第六十四条');
  await cg.act(r.no, 'hear_defence', { result: 'heard', words: '当事人认为太重' });
  await unlawful(r, 'penalise', { ...decide, reviewer: '李审核' }, '第六十四条');
  await unlawful(r, 'plan_hearing', { day: '2026-04-28', chair: '李审核', words: '三楼会议室' }, '第六十四条');
  await unlawful(r, 'plan_hearing', { day: '2026-05-08', chair: s.logins.cg01.name, words: '三楼会议室' }, '第六十四条');
  const c = owed(await cg.act(r.no, 'plan_hearing', { day: '2026-05-08', chair: '李审核', words: '三楼会议室，已书面通知' }));
  assert.equal(duty(c, 'hear').due.slice(0, 10), '2026-05-08');
  await unlawful(r, 'penalise', { ...decide, reviewer: '李审核' }, '第六十二条');
  await unlawful(r, 'hear_defence', { result: 'hearing', words: '已听证' }, '第六十四条');
  s.tick('2026-05-08T16:00:00+08:00');
  assert.equal(duty(await cg.act(r.no, 'hear_defence', { result: 'hearing', words: '听证笔录一份' }), 'hear'), undefined);
});

test('决定：法制审核、依据有效、不予处罚要有法定理由', async () => {
  await unlawful(r, 'penalise', decide, '第五十八条');
  await unlawful(r, 'penalise', { ...decide, reviewer: s.logins.cg02.name }, '第五十八条');
  await unlawful(r, 'penalise', { ...decide, kind: 'exempt' }, '第三十三条');
  await cg.refused(422, r.no, 'penalise', { ...decide, reviewer: '李审核', basis: '不存在的法 1' });
  const c = owed(await cg.act(r.no, 'penalise', { ...decide, reviewer: '李审核', basis: '城市市容和环境卫生管理条例 35' }));
  assert.ok(duty(c, 'deliver'));
  await unlawful(r, 'penalise', decide, '第二十九条');
});

test('送达以后才办结；当事人的期限要等', async () => {
  const close = { outcome: 'solved', reply: '已依法处理，场地已清扫', checklist: await checklist(s, 'QC04'), files: [await cg.photo()] };
  await unlawful(r, 'close', close, '第六十一条');
  await unlawful(r, 'urge_party', { until: '2026-06-30', words: '催告' }, '《行政强制法》第三十四条');
  let c = await cg.act(r.no, 'deliver', { words: '当面送达，当事人签收' });
  assert.equal(duty(c, 'comply').due.slice(0, 10), '2026-05-28', '十五日，再留三个工作日核对');
  await unlawful(r, 'urge_party', { until: '2026-06-30', words: '催告' }, '《行政强制法》第三十四条');
  c = await cg.act(r.no, 'close', { ...close, files: [await cg.photo()] });
  assert.equal(c.state, 'closed');
  assert.ok(duty(c, 'comply'), '已答复反映人，决定的执行仍有人管');
});

test('逾期不履行：催告十日，再申请法院；夜间和节假日不得强制', async () => {
  s.tick('2026-05-26T10:00:00+08:00');
  await unlawful(r, 'enforce', { how: 'court', remedies: true, officers: two, words: '申请' }, '《行政强制法》第三十五条');
  await unlawful(r, 'urge_party', { until: '2026-06-01', words: '催告' }, '《行政强制法》第五十四条');
  await cg.act(r.no, 'urge_party', { until: '2026-06-10', words: '限期缴纳罚款五百元' });
  await unlawful(r, 'enforce', { how: 'court', remedies: true, officers: two, words: '申请' }, '《行政强制法》第三十五条');
  s.tick('2026-06-11T10:00:00+08:00');
  await unlawful(r, 'enforce', { how: 'court', officers: two, words: '申请' }, '《行政强制法》第五十三条');
  await unlawful(r, 'enforce', { how: 'own', at: '2026-06-12T22:30', officers: two, words: '执行' }, '《行政强制法》第四十三条');
  await unlawful(r, 'enforce', { how: 'own', at: '2026-06-19T10:00', officers: two, words: '执行' }, '《行政强制法》第四十三条');
  await unlawful(r, 'enforce', { how: 'county', at: '2026-06-12T10:00', structure: true, officers: two, words: '拆除' }, '《行政强制法》第四十四条');
  await unlawful(r, 'enforce', { how: 'substitute', at: '2026-06-12T10:00', officers: two, words: '清理' }, '《行政强制法》第五十一条');
  const c = await cg.act(r.no, 'enforce', { how: 'court', remedies: true, officers: two, words: '申请强制缴纳' });
  assert.ok(duty(c, 'comply'));
  await cg.refused(409, r.no, 'enforce', { how: 'court', remedies: true, officers: two, words: '再申请' });
  await cg.act(r.no, 'comply', { result: 'done', words: '已缴纳，凭证 12 号' });
});

test('文书：系统知道的都印上，个人信息留空', async () => {
  await desk.logIn(s.logins.cg01);
  const said = { filing: ['立案审批表', '会城立〔2026〕20号'], notice: ['听证告知', '拟罚款五百元', '第六十三条'], hearing: ['听证通知书', '2026年5月8日'],
    decision: ['行政处罚决定书', '会城罚〔2026〕20号', '第三十五条', '罚款五百元', '六十日', s.logins.cg02.name], service: ['送达回证', '当面送达'],
    demand: ['催告书', '2026年6月10日'], enforcement: ['强制执行申请书', '第五十三条'], persuasion: ['劝导记录', '上门讲了规定'] };
  for (const [code, words] of Object.entries(said)) {
    const p = await paper(code);
    assert.equal(p.status, 200, code);
    for (const w of words) assert.ok(p.text.includes(w), `${code} 里没有“${w}”`);
    assert.ok(p.text.includes('草稿（签章后生效）'));
  }
  assert.ok((await paper('decision')).text.includes('当事人（姓名或者名称）：＿＿'));
  assert.equal((await paper('on-spot')).status, 404, '没有当场处罚');
  const page = (await desk.get(`/desk/cases/${r.no}`)).text;
  for (const code of Object.keys(said)) assert.ok(page.includes(`/papers/${code}"`), `事项页上没有 ${code}`);
  const comm = new Visitor(s.url);
  await comm.logIn(s.logins.comm01);
  assert.equal((await comm.get(`/desk/cases/${r.no}/papers/decision`)).status, 404, '决定书只有承办单位和统筹、监督岗位能印');
});

test('反映人和公开页面看不到处罚内容', async () => {
  const seen = JSON.stringify(await r.me.case(r.no));
  for (const word of ['五百元', '会城罚', '强制缴纳', '凭证']) assert.ok(!seen.includes(word), word);
});

test('当场处罚：限额、单位和个人、儿童、当场收缴', async () => {
  const x = await s.report({ item: 'JY02', words: '烧烤桌摆到路上' });
  await route(s, x.no);
  await cg.act(x.no, 'persuade', { reaction: 'refused', words: '劝过不收' });
  await cg.act(x.no, 'order', { officers: two, until: s.now.slice(0, 10), words: '立即收回店内' });
  await cg.act(x.no, 'recheck', { result: 'not_corrected', files: [await cg.photo()] });
  const spot = { kind: 'fine', amount: 100, decision_no: '会城当罚〔2026〕3号', officers: two, clear: true, words: '占道经营' };
  await unlawful(x, 'penalise_on_spot', { ...spot, amount: 201 }, '第五十一条');
  await unlawful(x, 'penalise_on_spot', { ...spot, party: 'organisation', amount: 3000, clear: false }, '第五十一条');
  await unlawful(x, 'penalise_on_spot', { ...spot, party: 'child' }, '第三十条');
  await unlawful(x, 'penalise_on_spot', { ...spot, amount: 200, collected: true }, '第六十八条');
  const c = await cg.act(x.no, 'penalise_on_spot', { ...spot, collected: true });
  assert.equal(duty(c, 'comply'), undefined);
  const p = await desk.get(`/desk/cases/${x.no}/papers/on-spot`);
  assert.match(p.text, /当场决定：罚款100元/);
});

test('行为以后换了法：从旧，新法较轻的从新', async () => {
  s.tick('2026-08-12T09:00:00+08:00');
  const x = await s.report({ item: 'ZS02', words: '中午还在电钻' });
  await route(s, x.no);
  await cg.act(x.no, 'persuade', { reaction: 'refused', words: '说服教育，不听' });
  await cg.act(x.no, 'order', { officers: two, until: '2026-08-12', words: '午间停工' });
  await cg.act(x.no, 'recheck', { result: 'not_corrected', files: [await cg.photo()] });
  await cg.act(x.no, 'file', { ...file, filing_no: '会城立〔2026〕31号' });
  await cg.act(x.no, 'notify_party', { words: '拟警告' });
  await cg.act(x.no, 'hear_defence', { result: 'waived', words: '放弃' });
  s.tick('2026-08-17T09:00:00+08:00');
  const warn = { ...decide, kind: 'warning', decision_no: '会城罚〔2026〕31号', words: '警告' };
  await unlawful(x, 'penalise', warn, '第三十七条');
  await unlawful(x, 'penalise', { ...warn, basis: '生态环境法典 1190（三）' }, '第三十七条');
  const page = (await desk.get(`/desk/cases/${x.no}/do/penalise`)).text;
  assert.ok(page.includes('《噪声污染防治法》82（三）') && page.includes('行为以后施行'), '两边的依据都可以选');
  await cg.act(x.no, 'penalise', { ...warn, basis: '噪声污染防治法 82（三）' });
  assert.match((await desk.get(`/desk/cases/${x.no}/papers/decision`)).text, /《噪声污染防治法》第八十二条（三）/);
});

test('公安的事：不立案、不罚、不催告，只移送；处罚内容写不进去', async () => {
  s.tick('2026-08-18T09:00:00+08:00');
  const x = await s.report({ item: 'QC01', words: '大狗咬人了' });
  await route(s, x.no, { lead: 'GA', accept: 'ga01' });
  const ga = s.as('ga01');
  const officers = ['ga01', 'ga02'];
  await ga.act(x.no, 'persuade', { reaction: 'refused', words: '劝过不听' });
  await ga.refused(409, x.no, 'file', { ...file, officers });
  await ga.refused(409, x.no, 'penalise_on_spot', { kind: 'warning', decision_no: '1', officers, clear: true, words: '警告' });
  await ga.refused(409, x.no, 'urge_party', { until: '2026-09-30', words: '催告' });
  const allowed = await ga.can(x.no);
  for (const c of ['file', 'penalise', 'penalise_on_spot', 'enforce']) assert.ok(!allowed.includes(c), c);
  await ga.refused(451, x.no, 'close', { outcome: 'unsolved', reason: 'civil', reply: '已对养犬人罚款五百元' });
  await ga.act(x.no, 'transfer', { refer: 'to110', note: '伤人，另案办理' });
  const p = await ga.refused(451, x.no, 'confirm_transfer', { result: 'accepted', receipt_no: '行政拘留决定 3 号' });
  assert.match(p.article, /治安管理处罚法》第一百三十六条/);
  await ga.act(x.no, 'confirm_transfer', { result: 'accepted', receipt_no: '接报回执 3 号' });
  const police = new Visitor(s.url);
  await police.logIn(s.logins.ga01);
  const sheet = await police.get(`/desk/cases/${x.no}/papers/handover`);
  assert.match(sheet.text, /移送公安登记表/);
  assert.match(sheet.text, /不录入、不公开/);
  for (const path of ['/', '/board', '/places/XFL', '/lists']) {
    const seen = await fetch(s.url + path);
    if (seen.status === 200) assert.ok(!/拘留|罚款五百元/.test(await seen.text()), path);
  }
});
