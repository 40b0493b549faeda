// The hotline's own limit is kept as a column and said when it comes before ours; the reporter's words stay his own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { route, start } from './lib.mjs';
import { Visitor } from './_pages.mjs';

const s = await start();
const order = { source: 'hotline', place: 'XFL', item: 'QC04', words: '楼下有人养鸡，早上很吵' };

test('接口收下热线期限，原样给出；写错的说哪里错', async () => {
  const hotline = s.as('hotline01');
  const r = await hotline.post('/cases', { ...order, hotline_no: 'RX1', hotline_due: '2026-04-21T17:30:00+08:00' });
  assert.equal(r.status, 201, r.text);
  const c = await s.as('coord01').case(r.body.no);
  assert.deepEqual([c.hotline_no, c.hotline_due, c.words], ['RX1', '2026-04-21T17:30:00+08:00', order.words]);
  const bad = await hotline.post('/cases', { ...order, hotline_no: 'RX2', hotline_due: '明天' });
  assert.equal(bad.status, 422);
  assert.match(bad.text, /hotline_due/);
});

test('登记页填的日期不进原话，事项页单列并提醒早于这里的期限', async () => {
  const v = await new Visitor(s.url).logIn(s.logins.hotline01);
  await v.get('/desk/new');
  const sent = await v.post('/desk/new', { form_token: v.field('form_token'), key: v.field('key'), ...order, place: 'HQHY', hotline_no: 'RX3', deadline: '2026-04-20' });
  assert.equal(sent.status, 303, sent.text.slice(0, 2000));
  const no = /\/desk\/new\/(\S+)/.exec(sent.headers.location)[1];
  const c = await s.as('coord01').case(no);
  assert.deepEqual([c.hotline_due, c.words], ['2026-04-20T23:59:00+08:00', order.words]);
  const staff = await new Visitor(s.url).logIn(s.logins.coord01);
  assert.match((await staff.get(`/desk/cases/${no}`)).text, /热线期限<\/dt><dd>[^<]*23:59/);
  s.tick('2026-04-21T09:00:00+08:00');
  assert.match((await staff.get(`/desk/cases/${no}`)).text, /热线期限<\/dt><dd>[^<]*已经过了/);
});

test('派到单位以后，热线期限早于办理期限就说出来', async () => {
  const r = await s.as('hotline01').post('/cases', { ...order, place: 'DFMZ', hotline_no: 'RX4', hotline_due: '2026-04-22T12:00:00+08:00' });
  await s.as('coord01').act(r.body.no, 'dispatch', { lead: 'CG' });
  await s.as('cg01').act(r.body.no, 'accept');
  const officer = await new Visitor(s.url).logIn(s.logins.cg01);
  assert.match((await officer.get(`/desk/cases/${r.body.no}`)).text, /热线期限<\/dt><dd>[^<]*早于这里的期限，请按热线的办/);
});
