// REST v1 as a program meets it: openapi.test.mjs says what there is, this says how it behaves.
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { checklist, duty, owed, png, route, start } from './lib.mjs';

const s = await start();

const chickens = { place: 'XFL', item: 'QC04', words: '三栋楼下有人养了五只鸡，早上很吵', source: 'resident' };

test('居民不登录就能登记，得到编号、查询码和秘密链接', async () => {
  const r = await s.resident.post('/cases', { ...chickens, building: '3', spot: '楼下绿化带', contact: { name: '王某', phone: '13800000001' },
    location: { lon: 115.782748, lat: 25.600926, crs: 'wgs84' } });
  assert.equal(r.status, 201, r.text);
  assert.match(r.body.no, /^20260420-\d{4}$/);
  assert.match(r.body.query_code, /^\d{6}$/);
  assert.match(r.body.url, /^http:\/\/127\.0\.0\.1:\d+\/t\/[\w-]{32}$/);
  assert.equal(r.headers.get('location'), `/api/v1/cases/${r.body.no}`);
  const page = await fetch(r.body.url);
  assert.equal(page.status, 200);
  const c = await s.as('wgz03').case(r.body.no);
  assert.equal(c.spot, '3 栋 楼下绿化带（定位 北纬 25.600926 东经 115.782748）');
  assert.deepEqual(c.contact, { given: true, keep_secret: true });
  assert.ok(!JSON.stringify(c).includes('13800000001'), '电话不随事项给出');
});

test('同一个 Idempotency-Key 重复提交得到第一次的回答，换了内容就拒绝', async () => {
  const key = { 'idempotency-key': randomUUID() };
  const first = await s.resident.post('/cases', chickens, key), again = await s.resident.post('/cases', chickens, key);
  assert.equal(first.status, 201);
  assert.deepEqual(again.body, first.body);
  assert.equal(again.status, 201);
  const reordered = await s.resident.post('/cases', Object.fromEntries(Object.entries(chickens).reverse()), key);
  assert.deepEqual(reordered.body, first.body, '成员的先后不算不同');
  const other = await s.resident.post('/cases', { ...chickens, words: '另一件完全不同的事' }, key);
  assert.equal(other.status, 422);
  assert.equal(other.body.errors[0].field, 'Idempotency-Key');
  const short = await s.resident.post('/cases', chickens, { 'idempotency-key': 'x' });
  assert.equal(short.status, 400);
});

test('同时到达的两次相同提交也只登记一件', async () => {
  const key = { 'idempotency-key': randomUUID() };
  const both = await Promise.all([1, 2, 3, 4].map(() => s.resident.post('/cases', { ...chickens, words: '同时提交的一件事' }, key)));
  assert.deepEqual([...new Set(both.map(r => r.body.no))].length, 1, JSON.stringify(both.map(r => r.body)));
});

test('填错的字段逐个说明', async () => {
  const r = await s.resident.post('/cases', { place: 'NOWHERE', item: 'ZZ99', words: '一', source: 'resident', contact: { phone: '12' },
    location: { lon: 999, lat: 25 } });
  assert.equal(r.status, 422);
  assert.match(r.headers.get('content-type'), /^application\/problem\+json/);
  assert.ok(r.body.errors.every(e => e.field && e.message), r.text);
  const words = await s.resident.post('/cases', { ...chickens, words: '' });
  assert.deepEqual(words.body.errors.map(e => e.field), ['words']);
  const place = await s.resident.post('/cases', { ...chickens, place: undefined });
  assert.deepEqual(place.body.errors.map(e => e.field), ['place']);
  const long = await s.resident.post('/cases', { ...chickens, words: '字'.repeat(4001) });
  assert.equal(long.status, 422);
});

test('只能用自己岗位的来源渠道', async () => {
  for (const [who, source, status] of [[undefined, 'hotline', 403], [undefined, 'grid_sweep', 403], ['cg01', 'resident', 403], ['cg01', 'nonsense', 422]])
    assert.equal((await s.as(who).post('/cases', { ...chickens, source, hotline_no: 'RX1' })).status, status, `${who} ${source}`);
  assert.equal((await s.as('cg01').post('/cases', { ...chickens, source: undefined })).status, 422);
  assert.equal((await s.as('wgz03').post('/cases', { ...chickens, source: 'grid_sweep' })).status, 201);
  const own = await s.as('wy01a').post('/cases', { place: 'XFL', item: 'SV05', words: '清走楼下旧家具', source: 'property', own_service: true });
  assert.equal(own.status, 201, '物业自己发现、自己办理的服务事项不用写劝阻');
  const wy = await s.as('wy01a').post('/cases', { ...chickens, source: 'property' });
  assert.deepEqual(wy.body.errors.map(e => e.field), ['dissuaded'], '物业报告要写明怎样劝阻');
});

test('热线工单可以没有地点，先待归类', async () => {
  const no = await s.as('hotline01').post('/cases', { words: '市民来电反映小区里养鸡，地点说不清', source: 'hotline', hotline_no: 'RX20260420001' });
  assert.equal(no.status, 201, no.text);
  const c = owed(await s.as('coord01').case(no.body.no));
  assert.equal(c.state, 'registered');
  assert.equal(c.place, null);
  assert.equal(c.list, null);
  assert.equal(duty(c, 'classify').owner.org, 'ZBZX');
});

test('认不出的令牌是 401，并说明怎样带令牌', async () => {
  for (const who of [{ raw: 'Bearer nonsense-token' }, { raw: 'Case AAAA' }, { raw: 'Basic YWJj' }, undefined]) {
    const r = await s.as(who).get('/cases');
    assert.equal(r.status, 401);
    assert.match(r.headers.get('www-authenticate'), /Bearer.*Case/);
    assert.equal(r.body.status, 401);
  }
  assert.equal((await s.as({ raw: 'Bearer nonsense-token' }).post('/cases', chickens)).status, 401, '错令牌不当作居民');
});

test('没有的地址、不对的方式、读不懂的内容', async () => {
  const none = await s.as('coord01').get('/nothing');
  assert.equal(none.status, 404);
  assert.match(none.headers.get('content-type'), /^application\/problem\+json/);
  const method = await s.as('coord01').call('DELETE', '/cases');
  assert.equal(method.status, 405);
  assert.equal(method.body.status, 405);
  assert.equal(method.headers.get('allow'), 'GET, HEAD, POST');
  const broken = await s.resident.post('/cases', '{"words": "没有写完', {});
  assert.equal(broken.status, 400);
  assert.equal((await s.as('coord01').get('/cases/20260420-9999')).status, 404);
  assert.equal((await s.as('coord01').get('/cases/乱写')).status, 404);
});

test('反映人用查询凭证看得到进展，看不到姓名和内部责任；看不到别人的事项', async () => {
  const mine = await s.report(chickens), other = await s.report(chickens);
  await s.as('wgz03').act(mine.no, 'call', { note: '内部说明：当事人电话不便公开' });
  const c = await mine.me.case(mine.no);
  assert.equal(c.words, chickens.words);
  assert.deepEqual(c.events.map(e => e.type), ['case_opened', 'called']);
  assert.ok(!JSON.stringify(c).includes('内部说明'));
  assert.ok(c.events.every(e => !e.actor.name));
  assert.equal(c.events[1].actor.role, 'grid_chief');
  assert.deepEqual(c.allowed.map(a => a.action).sort(), ['supplement', 'urge', 'withdraw']);
  assert.ok(c.duties.some(d => d.kind === 'answer' && d.owner.org === 'CG' && d.due));
  assert.equal((await mine.me.get(`/cases/${other.no}`)).status, 403);
  assert.equal((await mine.me.get('/cases')).status, 401);
  assert.equal((await s.resident.get(`/cases/${mine.no}`)).status, 401);
  const full = await mine.me.case('360733-' + mine.no);
  assert.equal(full.no, mine.no, '全号也认');
});

test('照片：上传一次，登记时写进 files；别人的用不上，不是照片的不收', async () => {
  const bytes = png(), form = () => {
    const f = new FormData();
    f.append('file', new Blob([bytes], { type: 'image/png' }), 'a.png');
    return f;
  };
  const key = { 'idempotency-key': randomUUID() };
  const up = await s.resident.post('/files', form(), key);
  assert.equal(up.status, 201, up.text);
  assert.equal(up.body.sha256, createHash('sha256').update(bytes).digest('hex'));
  assert.deepEqual([up.body.width, up.body.height, typeof up.body.id], [64, 48, 'number']);
  assert.equal((await s.resident.post('/files', form(), key)).body.id, up.body.id, '重传得到同一个编号');
  assert.equal((await s.as('cg01').post('/cases', { ...chickens, source: 'patrol', files: [up.body.id] })).status, 422, '别人传的');
  const r = await s.resident.post('/cases', { ...chickens, files: [up.body.id] });
  assert.equal(r.status, 201, r.text);
  assert.equal((await s.resident.post('/cases', { ...chickens, files: [up.body.id] })).status, 422, '一张照片只用一次');
  const c = await s.as('wgz03').case(r.body.no);
  assert.deepEqual(c.files.map(f => [f.id, f.sha256]), [[up.body.id, up.body.sha256]]);
  const original = await fetch(s.url + c.files[0].original, { headers: { authorization: 'Bearer demo-wgz03' } });
  assert.equal(original.status, 200);
  assert.deepEqual(Buffer.from(await original.arrayBuffer()), bytes, '原件一个字节不变');
  const shown = await fetch(s.url + c.files[0].url, { headers: { authorization: 'Bearer demo-wgz03' } });
  assert.equal(shown.headers.get('content-type'), 'image/jpeg');
  assert.equal((await s.as('wgz01').get(`/files/${up.body.id}/original`)).status, 404, '别的网格看不到');
  const text = new FormData();
  text.append('file', new Blob(['这不是照片']), 'a.png');
  assert.equal((await s.resident.post('/files', text)).status, 415);
  assert.equal((await s.resident.post('/files', {})).status, 400);
});

test('从呼叫到评价，每一步都按页面同样的规矩', async t => {
  const r = await s.report(chickens), no = r.no;

  await t.test('不是自己的职责：403', async () => {
    await s.as('cg01').refused(403, no, 'call');
    await s.as('wgz01').refused(403, no, 'call');
    assert.equal((await s.as('wgz01').get(`/cases/${no}`)).status, 403);
  });
  await t.test('状态不对：409，说明现在是什么状态、能做什么', async () => {
    const p = await s.as('wgz03').refused(409, no, 'revisit', { result: 'solved', grade: '1' });
    assert.equal(p.state, 'routing');
    assert.ok(p.allowed.includes('call'));
    assert.match(p.detail, /待派单/);
  });
  await t.test('没有的操作：404', () => s.as('wgz03').refused(404, no, 'fly'));
  await t.test('字段：422', async () => {
    const p = await s.as('wgz03').refused(422, no, 'settle', { outcome: 'magic' });
    assert.deepEqual(p.errors.map(e => e.field).sort(), ['outcome', 'reply']);
  });
  await t.test('呼叫、受理、派发、响应', async () => {
    let c = await route(s, no);
    assert.equal(c.state, 'handling');
    assert.deepEqual(c.lead, { code: 'CG', name: '城管局' });
    owed(c);
    for (const at of ['called_at', 'admitted_at', 'dispatched_at', 'accepted_at']) assert.match(c[at], /\+08:00$/);
    assert.deepEqual(c.duties.filter(d => d.end === 'done').map(d => d.kind), ['call', 'admit', 'dispatch', 'accept']);
  });
  await t.test('不合法的：451，指出条文', async () => {
    const p = await s.as('cg01').refused(451, no, 'order', { officers: ['cg01', 'cg02'], until: '2026-04-23', words: '三日内清走家禽' });
    assert.match(p.article, /行政处罚法/);
    assert.match(p.detail, /劝导/);
  });
  await t.test('办结要有做过的事、整改照片和结案条件', async () => {
    const cg = s.as('cg01');
    await cg.refused(409, no, 'close', { outcome: 'solved', reply: '已经处理好了' });
    let c = await cg.act(no, 'persuade', { reaction: 'fixed', words: '上门讲清规定，当场把鸡送走' });
    assert.deepEqual(c.steps, ['persuade']);
    const p = await cg.refused(422, no, 'close', { outcome: 'solved', reply: '已经处理好了' });
    assert.deepEqual(p.errors.map(e => e.field).sort(), ['checklist', 'files']);
    c = await cg.act(no, 'close', { outcome: 'solved', reply: '已上门劝导，养的鸡当天送走', checklist: await checklist(s, 'QC04'),
      files: [await cg.photo()] });
    assert.equal(c.state, 'closed');
    assert.equal(c.outcome, 'solved');
    assert.equal(c.tier, 'persuade');
  });
  await t.test('评价', async () => {
    let c = await r.me.case(no);
    assert.equal(c.reply, '已上门劝导，养的鸡当天送走');
    assert.deepEqual(c.allowed.map(a => a.action), ['rate']);
    c = await r.me.act(no, 'rate', { solved: 'yes', grade: '1' });
    assert.equal(c.solved, 'yes');
    assert.equal(c.grade, 1);
    await r.me.refused(409, no, 'rate', { solved: 'no', grade: '5' });
  });
});

test('allowed 里的表单就是检查用的表单', async () => {
  const r = await s.report(chickens);
  const c = await s.as('wgz03').case(r.no);
  const settle = c.allowed.find(a => a.action === 'settle');
  assert.deepEqual(settle.fields.required, ['outcome', 'reply']);
  assert.deepEqual(settle.fields.properties.outcome.enum, ['solved', 'not_found', 'no_violation']);
  assert.equal(settle.fields.properties.outcome['x-labels'][0], '已劝导解决');
  assert.equal(settle.fields.properties.reply.maxLength, 1000);
  await s.as('wgz03').act(r.no, 'call');
  const admit = (await s.as('comm01').case(r.no)).allowed.find(a => a.action === 'admit');
  assert.deepEqual(admit.fields.allOf[0], { if: { properties: { result: { enum: ['service'] } }, required: ['result'] },
    then: { properties: { item: {} }, required: ['item'] } });
  assert.ok(admit.fields.properties.item.enum.every(code => code.startsWith('SV')));
});

test('If-Match：不再可能时 412 并说明变化，还可能就照办', async () => {
  const r = await s.report(chickens);
  const seen = await s.as('wgz03').get(`/cases/${r.no}`);
  assert.equal(seen.headers.get('etag'), `"${seen.body.version}"`);
  const version = { 'if-match': seen.headers.get('etag') };
  await r.me.act(r.no, 'supplement', { words: '今天早上又叫了一小时' });
  await s.as('wgz03').act(r.no, 'call', {}, version);
  const p = await s.as('wgz03').refused(412, r.no, 'call', {}, version);
  assert.deepEqual(p.changes.map(e => e.type), ['supplemented', 'called']);
  assert.equal(p.version, 3);
  assert.equal((await s.as('wgz03').post(`/cases/${r.no}/actions/note`, { words: '备注一下' }, { 'if-match': 'abc' })).status, 400);
});

test('办理动作重复提交只算一次', async () => {
  const r = await s.report(chickens), key = { 'idempotency-key': randomUUID() };
  const first = await s.as('wgz03').act(r.no, 'call', { note: '属实' }, key), again = await s.as('wgz03').act(r.no, 'call', { note: '属实' }, key);
  assert.equal(again.version, first.version);
  assert.equal(again.events.filter(e => e.type === 'called').length, 1);
  await s.as('wgz03').refused(422, r.no, 'call', { note: '不同的内容' }, key);
});

test('列表：只见该见的，筛选、翻页', async t => {
  const before = (await s.as('coord01').read('/cases?limit=100')).cases.length;
  for (const words of ['飞线充电一', '飞线充电二', '飞线充电三'])
    await s.report({ place: 'HQHY', item: 'CD01', words });
  await t.test('翻页不重不漏', async () => {
    const seen = [];
    let path = '/cases?limit=3', pages = 0;
    while (path) {
      const r = await s.as('coord01').get(path);
      assert.equal(r.status, 200, r.text);
      seen.push(...r.body.cases.map(c => c.no));
      if (r.body.next) assert.equal(r.headers.get('link'), `<${r.body.next}>; rel="next"`);
      path = r.body.next;
      pages++;
    }
    assert.equal(seen.length, before + 3);
    assert.equal(new Set(seen).size, seen.length);
    assert.ok(pages > 3);
    assert.deepEqual(seen, [...seen].sort().reverse(), '新的在前');
  });
  await t.test('筛选', async () => {
    const q = async (who, query) => (await s.as(who).read('/cases?limit=100&' + query)).cases;
    assert.equal((await q('coord01', 'item=CD01')).length, 3);
    assert.equal((await q('coord01', 'place=HQHY')).length, 3);
    assert.equal((await q('coord01', 'place=HQ-G1')).length, 3, '网格包含其下小区');
    assert.equal((await q('coord01', 'place=HQ')).length, (await q('coord01', 'place=HC')).filter(c => c.place).length);
    assert.ok((await q('coord01', 'lead=CG')).every(c => c.lead.code === 'CG'));
    assert.ok((await q('coord01', 'state=final')).every(c => ['closed', 'archived', 'withdrawn', 'merged', 'transferred'].includes(c.state)));
    assert.ok((await q('coord01', 'state=open')).every(c => c.main_duty));
    assert.equal((await q('coord01', 'q=' + encodeURIComponent('飞线充电二'))).length, 1, '按反映内容里的词');
    assert.equal((await q('coord01', 'from=2026-04-21')).length, 0);
    assert.equal((await q('coord01', 'source=grid_sweep')).length, 1);
    const [first] = await q('coord01', 'item=CD01');
    assert.deepEqual((await q('coord01', 'q=' + first.no)).map(c => c.no), [first.no], '按编号');
  });
  await t.test('谁看得到', async () => {
    const q = async who => (await s.as(who).read('/cases?limit=100')).cases;
    assert.deepEqual([...new Set((await q('wgz01')).map(c => c.place?.code))], ['HQHY']);
    assert.ok((await q('wgz03')).every(c => c.place.code === 'XFL'));
    assert.ok((await q('cg01')).every(c => c.lead.code === 'CG'));
    assert.deepEqual((await s.as('cg01').read('/cases?lead=XFJY')).cases, [], '要看别的部门的，得不到自己的');
    assert.deepEqual(await q('wgz29'), []);
    assert.deepEqual(await q('admin01'), [], '系统管理员看不到业务');
    for (const who of ['leader01', 'oversight01', 'hotline01', 'contact01'])
      assert.equal((await q(who)).length, before + 3, who);
  });
  await t.test('写错的条件说明是哪一个', async () => {
    for (const query of ['state=weird', 'item=NO', 'place=NO', 'lead=NO', 'limit=0', 'limit=101', 'after=xyz', 'from=昨天', 'overdue=maybe', 'list=x', 'sort=x']) {
      const r = await s.as('coord01').get('/cases?' + query);
      assert.equal(r.status, 422, query);
      assert.equal(r.body.errors[0].field, query.split('=')[0]);
    }
  });
});

test('责任：我的、全部的、超期的', async () => {
  const mine = (await s.as('wgz01').read('/duties')).duties;
  assert.equal(mine.length, 3);
  assert.ok(mine.every(d => d.kind === 'call' && d.case.place.code === 'HQHY' && d.owner.place === 'HQ-G1'));
  const page = await s.as('wgz01').read('/duties?limit=2');
  assert.equal(page.duties.length, 2);
  assert.equal((await s.as('wgz01').read(page.next)).duties.length, 1);
  assert.deepEqual((await s.as('wgz01').read('/duties?kind=accept')).duties, []);
  assert.equal((await s.as('wgz01').get('/duties?kind=unknown')).status, 422);
  const all = (await s.as('coord01').read('/duties?mine=false&limit=100')).duties;
  assert.ok(all.some(d => d.kind === 'answer') && all.every(d => d.end === 'open'));
  const done = (await s.as('coord01').read('/duties?mine=false&open=false&kind=accept&limit=100')).duties;
  assert.ok(done.some(d => d.end === 'done' && d.settled_at));
  assert.deepEqual((await s.as('wgz01').read('/duties?overdue=true')).duties, []);
});

test('统计数字带分子、分母、定义和它的事项', async () => {
  const { figures } = await s.as('coord01').read('/figures');
  assert.ok(figures.length > 10 && figures.every(f => f.name && f.definition && f.unit));
  for (const f of figures) {
    const v = await s.as('coord01').read(f.url + '?from=2026-04-01&to=2026-04-30');
    assert.equal(v.name, f.name);
    assert.ok(Number.isInteger(v.numerator) && Number.isInteger(v.denominator));
    assert.ok(v.value === null || typeof v.value === 'number');
    if (v.cases === null) continue; // it counts duties, complaints or pairs, not cases
    const list = await s.as('coord01').get(v.cases);
    assert.equal(list.status, 200, v.cases);
  }
  const received = await s.as('coord01').read('/figures/received?place=HQHY');
  assert.deepEqual([received.value, received.numerator, received.unit], [3, 3, '件']);
  assert.equal((await s.as('coord01').read(received.cases)).cases.length, 3, '点开就是那三件');
  const months = await s.as('coord01').read('/figures/received?from=2026-03-01&to=2026-04-30&by=month');
  assert.deepEqual(months.months.map(m => m.month), ['2026-03', '2026-04']);
  assert.equal((await s.as('coord01').get('/figures/unknown')).status, 404);
  assert.equal((await s.as('coord01').get('/figures/received?from=2026-05-01&to=2026-04-01')).status, 422);
  assert.equal((await s.as('admin01').get('/figures')).status, 403);
  assert.equal((await s.resident.get('/figures')).status, 401);
});

test('方案、地方、清单、单位人人可查', async () => {
  const scheme = await s.resident.read('/schemes/current');
  assert.equal(scheme.name, 'huichang');
  assert.deepEqual(scheme.lists, { enforcement: { categories: 9, items: 32 }, service: { categories: 1, items: 10 } });
  assert.deepEqual(scheme.hops.filter(h => h.chain === 'urban').map(h => h.hop), ['call', 'accept', 'dispatch', 'respond']);
  const { places } = await s.resident.read('/places?kind=compound&within=HQ');
  const xfl = places.find(p => p.code === 'XFL');
  assert.deepEqual([xfl.name, xfl.firm.code, xfl.station.code, xfl.chain], ['幸福里小区', 'WY01', 'LZ-HQ', 'urban']);
  const { items } = await s.resident.read('/items');
  assert.equal(items.length, 42);
  const [sv] = (await s.resident.read('/items?q=SV01&place=XFL')).items;
  assert.deepEqual([sv.lead, sv.lead_org.code], ['@firm', 'WY01']);
  const { orgs } = await s.resident.read('/orgs?kind=owners_committee');
  assert.deepEqual(orgs.map(o => o.code), ['YW-XFL', 'YW-YGLJ'], '最后一个单位也在');
  assert.equal((await s.resident.get('/places?kind=planet')).status, 422);
});

test('令牌是谁的', async () => {
  const me = await s.as('worker01').read('/me');
  assert.equal(me.person.username, 'worker01');
  assert.deepEqual(me.roles.map(r => r.role), ['grid_worker', 'liaison']);
  assert.ok(me.sources.includes('liaison'));
  assert.equal(me.now, '2026-04-20T09:00:00+08:00');
  const r = await s.report(chickens);
  assert.equal((await r.me.read('/me')).reporter_of, `/api/v1/cases/${r.no}`);
  assert.equal((await s.resident.get('/me')).status, 401);
});

test('反映人的联系方式：该看的人说明用途才看得到，看过就有记录', async () => {
  const r = await s.report({ ...chickens, contact: { name: '李某', phone: '13900000002' } });
  assert.equal((await s.as('cg01').post(`/cases/${r.no}/contact`, { purpose: '想看看' })).status, 403, '要求保密，执法部门看不到');
  assert.equal((await s.as('wy01a').post(`/cases/${r.no}/contact`, { purpose: '想看看' })).status, 403);
  assert.equal((await s.as('comm01').post(`/cases/${r.no}/contact`, {})).status, 422);
  const shown = await s.as('comm01').post(`/cases/${r.no}/contact`, { purpose: '核对楼栋号' });
  assert.deepEqual(shown.body, { name: '李某', phone: '13900000002' });
  const c = await s.as('comm01').case(r.no);
  const last = c.events.at(-1);
  assert.equal(last.type, 'contact_revealed');
  assert.match(last.text, /核对楼栋号/);
  assert.ok(!(await r.me.case(r.no)).events.some(e => e.type === 'contact_revealed'));
});

test('关注一件事项，再取消', async () => {
  const r = await s.report(chickens);
  assert.deepEqual((await s.as('leader01').call('PUT', `/cases/${r.no}/watch`)).body, { watched: true });
  assert.deepEqual((await s.as('leader01').call('DELETE', `/cases/${r.no}/watch`)).body, { watched: false });
});

test('照片看过以后才公开给反映人，公开和收回都有记录', async () => {
  const photo = await s.resident.photo();
  const r = await s.report({ ...chickens, files: [photo] });
  assert.deepEqual((await r.me.case(r.no)).files, []);
  assert.equal((await s.as('wgz01').call('PUT', `/files/${photo}/public`)).status, 403);
  assert.deepEqual((await s.as('comm01').call('PUT', `/files/${photo}/public`)).body, { id: photo, public: true });
  const [shown] = (await r.me.case(r.no)).files;
  assert.equal(shown.id, photo);
  assert.ok(!('sha256' in shown) && !('original' in shown));
  const image = await fetch(s.url + shown.url, { headers: { authorization: `Case ${r.token}` } });
  assert.equal(image.headers.get('content-type'), 'image/jpeg');
  await s.as('comm01').call('DELETE', `/files/${photo}/public`);
  assert.deepEqual((await r.me.case(r.no)).files, []);
  assert.deepEqual((await s.as('comm01').case(r.no)).events.slice(-2).map(e => e.type), ['photo_cleared', 'photo_hidden']);
});

test('又有人遇到同一件事：加一个人，不另立一件', async () => {
  const r = await s.report(chickens);
  assert.equal((await s.as('comm01').post(`/cases/${r.no}/follow`)).body.followers, 1);
});

test('监督举报只到行政执法协调监督，不到被反映的单位', async () => {
  const sent = await s.as('cg02').post('/complaints', { kind: 'slow', org: 'CG', place: 'XFL', words: '报了三次都说再等等，没有人来' });
  assert.equal(sent.status, 201, sent.text);
  assert.equal((await s.resident.post('/complaints', { kind: 'slow' })).status, 422);
  for (const who of ['cghead', 'coord01', 'leader01', 'discipline01', 'admin01'])
    assert.equal((await s.as(who).get('/complaints')).status, 403, who);
  const { complaints } = await s.as('oversight01').read('/complaints?open=true');
  assert.equal(complaints.length, 1);
  const one = await s.as('oversight01').read(complaints[0].url);
  assert.equal(one.words, '报了三次都说再等等，没有人来');
  assert.ok(!JSON.stringify(one).includes('cg02'), '谁举报的不记在上面');
  const answered = await s.as('oversight01').post(`/complaints/${one.id}/answer`, { finding: 'true', words: '属实，已发提醒函，当日上门' });
  assert.equal(answered.body.finding, 'true', answered.text);
  assert.deepEqual((await s.as('oversight01').read('/complaints?open=true')).complaints, []);
});

test('消息、摸排、移交', async () => {
  const r = await s.report(chickens);
  const { notices } = await s.as('wgz03').read('/notices');
  assert.ok(notices.some(n => n.case === r.no && n.kind === 'call'));
  const newest = Math.max(...notices.map(n => n.id));
  assert.deepEqual((await s.as('wgz03').read('/notices?since=' + newest)).notices, []);
  const sweep = await s.as('wgz03').post('/sweeps', { place: 'XFL', building: ['1', '2', '3'] });
  assert.deepEqual([sweep.status, sweep.body?.buildings], [201, 3], sweep.text);
  assert.equal((await s.as('wgz01').post('/sweeps', { place: 'XFL', building: ['1'] })).status, 403);
  const hand = await s.as('wgz03').post('/handovers', { to: 'fwgz01', until: '2026-04-30' });
  assert.deepEqual([hand.status, hand.body?.to], [201, 'fwgz01'], hand.text);
  assert.ok((await s.as('fwgz01').read('/me')).roles.some(x => x.delegated && x.place.code === 'HQ-G3'));
  await s.as('fwgz01').act(r.no, 'call', { note: '代网格长去看过' });
  assert.equal((await s.as('cg01').post('/handovers', { from: 'wgz03', to: 'cg02' })).status, 403);
});

test('国内地图的坐标换回 WGS-84', async () => {
  const r = await s.report({ ...chickens, location: { lon: 115.787786, lat: 25.597688, crs: 'gcj02' } });
  const c = await s.as('wgz03').case(r.no);
  const [, lat, lon] = /北纬 ([\d.]+) 东经 ([\d.]+)/.exec(c.spot);
  assert.ok(Math.abs(lat - 25.6009) < 0.0006 && Math.abs(lon - 115.7827) < 0.0006, `${lat} ${lon}`);
});

test('网址前缀进到每个链接里', async () => {
  const p = await start({ args: ['--base-path', '/zhzf'] });
  assert.match(p.url, /\/zhzf$/);
  const r = await p.report(chickens);
  await p.report(chickens);
  assert.match(r.url, /\/zhzf\/t\//);
  assert.equal(r.case, `/zhzf/api/v1/cases/${r.no}`);
  const list = await p.as('coord01').read('/cases?limit=1');
  assert.match(list.next, /^\/zhzf\/api\/v1\/cases\?limit=1&after=/);
  assert.match(list.cases[0].url, /^\/zhzf\//);
});

test('没有令牌的登记太密集：429 和 Retry-After', async () => {
  const p = await start();
  let r;
  for (let i = 0; i < 140; i++) {
    r = await p.resident.post('/cases', { ...chickens, words: `第 ${i} 次反映同一件事` });
    if (r.status !== 201) break;
  }
  assert.equal(r.status, 429, r.text);
  assert.match(r.headers.get('retry-after'), /^\d+$/);
  assert.equal((await p.as('wgz03').post('/cases', { ...chickens, source: 'grid_sweep' })).status, 201, '工作人员不受影响');
});
