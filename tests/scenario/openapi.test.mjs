// /api/openapi.json and the program say the same: each operation is served, each answer is as described, nothing is left out.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checklist, route, start } from './lib.mjs';

const s = await start();
const doc = await s.resident.read('/api/openapi.json');
const operations = Object.entries(doc.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, o]) => ({ path, method: method.toUpperCase(), ...o })));

const find = ref => ref.slice(2).split('/').reduce((at, key) => at[key.replaceAll('~1', '/')], doc);

/** What is wrong with a value, strictly: members that the document does not know are wrong too. */
function wrong(schema, value, at = '$') {
  if (schema.$ref) return wrong(find(schema.$ref), value, at);
  if (schema.oneOf) return schema.oneOf.some(one => wrong(one, value, at).length === 0) ? [] : wrong(schema.oneOf[0], value, at);
  if (schema.allOf && schema.allOf.every(part => part.$ref)) {
    const parts = schema.allOf.map(part => find(part.$ref));
    return wrong({ type: 'object', properties: Object.assign({}, ...parts.map(p => p.properties)), required: parts.flatMap(p => p.required) }, value, at);
  }
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value;
  const types = [schema.type].flat();
  if (schema.type && !types.includes(type) && !(type === 'integer' && types.includes('number'))) return [`${at} is ${type}, not ${schema.type}`];
  if (schema.enum && !schema.enum.includes(value)) return [`${at}: ${value} is not one of ${schema.enum}`];
  if (schema.format === 'date-time' && value !== null && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$/.test(value)) return [`${at}: ${value}`];
  if (schema.format === 'date' && value !== null && !/^\d{4}-\d\d-\d\d$/.test(value)) return [`${at}: ${value}`];
  if (type === 'array') return value.flatMap((v, i) => wrong(schema.items ?? {}, v, `${at}[${i}]`));
  if (type !== 'object' || !schema.properties) return [];
  return [
    ...(schema.required ?? []).filter(name => !(name in value)).map(name => `${at}.${name} is missing`),
    ...Object.entries(value).flatMap(([name, v]) =>
      name in schema.properties ? wrong(schema.properties[name], v, `${at}.${name}`) : [`${at}.${name} is not described`]),
  ];
}

const described = new Set();

/** Calls an operation and compares the answer with what is promised for its status. */
async function call(who, method, path, template, body, headers) {
  const r = await s.as(who).call(method, path, body, headers);
  const o = doc.paths['/api/v1' + template]?.[method.toLowerCase()];
  assert.ok(o, `${method} ${template} is not in the document`);
  const promised = o.responses[r.status];
  assert.ok(promised, `${method} ${path} answers ${r.status}, promised are ${Object.keys(o.responses)}\n${r.text}`);
  const content = (promised.$ref ? find(promised.$ref) : promised).content;
  const type = r.headers.get('content-type').split(';')[0];
  assert.ok(content[type], `${method} ${path}: ${type} is not promised`);
  if (r.body) assert.deepEqual(wrong(content[type].schema, r.body), [], `${method} ${path}`);
  described.add(`${method} ${template} ${r.status}`);
  return r;
}

test('文档本身合规', { skip: !existsSync(join(import.meta.dirname ?? '.', '../browser/node_modules/.bin/redocly')) && '没有安装 redocly' }, () => {
  const file = join(s.dir, 'openapi.json');
  writeFileSync(file, JSON.stringify(doc, null, 1));
  const said = execFileSync(join(import.meta.dirname, '../browser/node_modules/.bin/redocly'), ['lint', '--format', 'json', file],
    { env: { ...process.env, REDOCLY_TELEMETRY: 'off', CI: '1' }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  assert.deepEqual(JSON.parse(said).problems, []);
});

test('每个操作都有编号、分类、说明，引用都找得到', () => {
  assert.equal(doc.openapi, '3.1.0');
  assert.equal(new Set(operations.map(o => o.operationId)).size, operations.length);
  const tags = doc.tags.map(t => t.name);
  for (const o of operations) assert.ok(o.summary && tags.includes(o.tags[0]) && o.security.length, o.operationId);
  const refs = [...JSON.stringify(doc).matchAll(/"\$ref":"([^"]+)"/g)].map(m => m[1]);
  for (const ref of new Set(refs)) assert.ok(find(ref), ref);
});

test('文档里的每个操作程序都认得', async () => {
  const r = await s.report({ item: 'QC04', words: '文档核对用的一件事' });
  const values = { no: r.no, id: 1, variant: 'thumb', name: 'received' };
  for (const o of operations) {
    const path = o.path.replace(/\{(\w+)\}/g, (_, name) => values[name]);
    if (o.operationId === 'act_withdraw') continue;
    const x = await s.as('auditadmin01').call(o.method, path, o.method === 'GET' ? undefined : {});
    assert.ok(x.status !== 405 && x.body?.detail !== '没有这个页面。', `${o.method} ${path}: ${x.status} ${x.text.slice(0, 200)}`);
  }
});

test('不用登录的操作没有令牌也行，要登录的没有令牌是 401', async () => {
  const r = await s.report({ item: 'QC04', words: '文档核对用的另一件事' });
  for (const o of operations) {
    const path = o.path.replace(/\{(\w+)\}/g, (_, name) => ({ no: r.no, id: 1, variant: 'thumb', name: 'received' })[name]);
    const x = await s.resident.call(o.method, path, o.method === 'GET' ? undefined : {});
    const is_open = o.security.some(need => Object.keys(need).length === 0);
    assert.equal(x.status === 401, !is_open, `${o.method} ${path}: ${x.status}`);
  }
});

test('查询的回答和文档一致', async () => {
  const r = await s.report({ item: 'XF01', words: '消防通道被堵', contact: { phone: '13800000003' } });
  for (const [path, template] of [['/cases?limit=2'], ['/duties?limit=2'], ['/duties?mine=false&limit=5'], ['/schemes/current'], ['/places'], ['/items?place=XFL'],
    ['/orgs'], ['/notices'], ['/figures'], ['/figures/persuaded?by=month', '/figures/{name}'], ['/figures/nothing', '/figures/{name}'], ['/me'], ['/cases?state=x'],
    [`/cases/${r.no}`, '/cases/{no}'], ['/cases/20200101-0001', '/cases/{no}'], ['/files/1/thumb', '/files/{id}/{variant}']])
    await call('coord01', 'GET', path, template ?? path.split('?')[0]);
  await call('cg01', 'GET', `/cases/${r.no}`, '/cases/{no}');
  await call({ case: r.token }, 'GET', `/cases/${r.no}`, '/cases/{no}');
  await call({ case: r.token }, 'GET', '/me', '/me');
  await call({ raw: 'Bearer nothing' }, 'GET', '/orgs', '/orgs');
  await call('comm01', 'POST', `/cases/${r.no}/contact`, '/cases/{no}/contact', { purpose: '核对地点' });
  await call('comm01', 'PUT', `/cases/${r.no}/watch`, '/cases/{no}/watch');
  await call('comm01', 'DELETE', `/cases/${r.no}/watch`, '/cases/{no}/watch');
  await call(undefined, 'POST', '/cases', '/cases', { place: 'XFL', item: 'QC04', words: '又一件', source: 'resident' });
  await call(undefined, 'POST', '/cases', '/cases', { place: 'XFL' });
  await call(undefined, 'POST', '/files', '/files', {});
  const photo = await s.as('comm01').photo();
  await call('comm01', 'PUT', `/files/${photo}/public`, '/files/{id}/public');
  await call('comm01', 'POST', `/cases/${r.no}/follow`, '/cases/{no}/follow', {});
  await call(undefined, 'POST', '/complaints', '/complaints', { kind: 'rude', words: '说话很难听，推搡群众', phone: '13800000004' });
  await call(undefined, 'POST', '/complaints', '/complaints', { kind: 'what' });
  const list = await call('oversight01', 'GET', '/complaints', '/complaints');
  await call('cg01', 'GET', '/complaints', '/complaints');
  await call('oversight01', 'GET', `/complaints/${list.body.complaints[0].id}`, '/complaints/{id}');
  await call('oversight01', 'POST', `/complaints/${list.body.complaints[0].id}/answer`, '/complaints/{id}/answer', { finding: 'partly', words: '部分属实，已批评教育' });
  await call('wgz03', 'POST', '/sweeps', '/sweeps', { place: 'XFL', building: ['1'] });
  await call('wgz03', 'POST', '/handovers', '/handovers', { to: 'fwgz03' });
});

test('办理一件事项，一路的回答和文档一致', async () => {
  const { no, token } = await s.report({ item: 'QC04', words: '从头到尾的一件事' });
  const act = (who, action, fields) => call(who, 'POST', `/cases/${no}/actions/${action}`, `/cases/{no}/actions/${action}`, fields);
  await act('wgz03', 'call', { note: '属实' });
  await act('wgz03', 'call', { note: '属实' }); // 409
  await act('cg01', 'accept', {}); // 409
  await act('comm01', 'admit', { result: 'admit', gate: ['on_list', 'in_compound'] });
  await act('coord01', 'dispatch', { lead: 'CG', assists: ['NYNC'] });
  await call('coord01', 'POST', `/cases/${no}/undo`, '/cases/{no}/undo', {});
  await act('coord01', 'dispatch', { lead: 'CG', assists: ['NYNC'] });
  await act('cg01', 'accept', {});
  await act('cg01', 'order', { officers: ['cg01', 'cg02'], until: '2026-04-23', words: '清走家禽' }); // 451
  await act('cg01', 'persuade', { reaction: 'refused', words: '上门劝导，对方不听' });
  await act('cg01', 'order', { officers: ['cg01'], until: '2026-04-23', words: '清走家禽' }); // 451
  await act('cg01', 'order', { officers: ['cg01', 'cg02'], until: '2026-04-23', words: '清走家禽' });
  await act('cg01', 'recheck', { result: 'corrected', files: [await s.as('cg01').photo()] });
  await act('cg01', 'close', { outcome: 'solved', reply: '鸡已经全部送走', checklist: await checklist(s, 'QC04') });
  await act({ case: token }, 'rate', { solved: 'no', grade: '5', words: '第二天又养回来了' });
  const c = await call('coord01', 'GET', `/cases/${no}`, '/cases/{no}');
  assert.equal(c.body.reopens, 1);
  for (const status of ['409', '451', '200'])
    assert.ok([...described].some(d => d.endsWith(status)), status);
});

test('allowed 里的操作都在文档里，字段也一样', async () => {
  const { no } = await s.report({ item: 'QC04', words: '看看能做什么' });
  await route(s, no);
  for (const who of ['cg01', 'coord01', 'comm01', 'wgz03']) {
    for (const a of (await s.as(who).case(no)).allowed) {
      const o = doc.paths[`/api/v1/cases/{no}/actions/${a.action}`].post;
      const schema = o.requestBody.content['application/json'].schema;
      assert.deepEqual(Object.keys(a.fields.properties), Object.keys(schema.properties), a.action);
      assert.deepEqual(a.fields.required, schema.required, a.action);
    }
  }
});

test('巡查、联合执法和常态化任务的回答和文档一致', async () => {
  const lists = (await s.resident.read('/checklists')).checklists;
  await call(undefined, 'GET', '/checklists', '/checklists');
  await call('cg01', 'GET', '/routines', '/routines');
  await call('coord01', 'GET', '/routines/behind?routine=patrol_week&all=1', '/routines/behind');
  await call('coord01', 'GET', '/routines/behind?routine=nothing', '/routines/behind');
  const answers = lists.flatMap(l => l.points.map(p => `${l.list}.${p.code}=ok`)).with(0, 'safety.1=problem:消防车通道停了车').join(';');
  const done = await call('cg01', 'POST', '/visits', '/visits',
    { kind: 'patrol', place: 'XFL', began_at: '2026-04-20T08:30:00+08:00', answers, counts: '占道经营=2处', files: [await s.as('cg01').photo()] });
  assert.equal(done.status, 201, done.text);
  await call('cg01', 'GET', `/visits/${done.body.id}`, '/visits/{id}');
  await call('cg01', 'POST', '/visits', '/visits', { kind: 'patrol' });
  await call('coord01', 'GET', '/visits?limit=5', '/visits');
  await call('coord01', 'GET', '/visits?kind=what', '/visits');
  const plan = await call('coord01', 'POST', '/visits', '/visits', { kind: 'operation', place: 'XFL', from: '2026-04-23T09:00:00+08:00', asked: 'CG', cases: done.body.cases[0].no });
  await call('xfjy01', 'GET', '/visits/near?place=XFL', '/visits/near');
  await call('xfjy01', 'GET', '/visits/near', '/visits/near');
  const month = await call('coord01', 'GET', '/visits/plan?month=2026-05', '/visits/plan');
  await call('coord01', 'GET', '/visits/plan?month=what', '/visits/plan');
  await call('cg01', 'GET', '/visits/plan', '/visits/plan');
  await call('coord01', 'POST', '/visits/plan', '/visits/plan', { lines: [month.body.visits[0].lines[0].line, 'what'] });
  await call('coord01', 'POST', '/visits/plan', '/visits/plan', {});
  const act = (who, action, fields) => call(who, 'POST', `/visits/${plan.body.id}/actions/${action}`, `/visits/{id}/actions/${action}`, fields);
  await act('xfjy01', 'join', {});
  await act('xfjy01', 'join', {}); // 403
  await act('cg01', 'confirm', {});
  await act('coord01', 'finish', {}); // 409
  await act('coord01', 'result', { case: '20200101-0001', words: '没有这件' }); // 422
});
