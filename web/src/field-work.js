// Work that begins in the field: 上报 (also for a resident who cannot), 巡查 with its checklists, 服务快记.

import { all, make, one } from './dom.js';
import { iso, now } from './field-outbox.js';
import { canScan, fill, opts, parts, position, positionField, say, scan } from './field-forms.js';
import { bag, finish } from './field.js';

const has = roles => roles.some(r => bag.field.roles.includes(r));
const asked = name => new URLSearchParams(location.search).get(name);
const compound = form => one('[name=place]', form).selectedOptions[0].text;
/** …/x/XFL and …/m/at/XFL?k=… are what the codes in a compound say. */
const placeIn = text => (/\/(?:x|at)\/([\w-]+)/.exec(text) || [])[1];

function submits(screen, schema, about) {
  const form = screen.find(e => e.tagName === 'FORM');
  form.onsubmit = event => {
    event.preventDefault();
    finish(form, schema, about(form));
  };
  return screen;
}

// ---- Which compound: the list (mine first), the nearest by position, or the code on the board ----

function metres(a, b) {
  return Math.round(111195 * Math.hypot((b.lon - a.longitude) * Math.cos(b.lat * Math.PI / 180), b.lat - a.latitude));
}

function placeField(value, onCode = () => {}) {
  const [box] = parts('place'), input = one('select', box), note = one('.hint', box), code = one('[data-scan]', box);
  const mine = bag.field.places.filter(p => p.mine), list = mine.concat(bag.field.places.filter(p => !p.mine));
  fill(input, list.map(p => [p.code, p.name]), value || (mine.length === 1 ? mine[0].code : ''));
  one('[data-near]', box).onclick = async () => {
    note.textContent = '正在定位…';
    const at = await position(), found = at && list.filter(p => p.lon).map(p => [metres(at, p), p]).sort((a, b) => a[0] - b[0])[0];
    if (found)
      input.value = found[1].code;
    note.textContent = found ? `${found[1].name}，约 ${found[0]} 米` : say('far');
  };
  code.hidden = !canScan();
  code.onclick = async () => {
    const text = await scan();
    if (list.some(p => p.code === placeIn(text)))
      input.value = placeIn(text);
    if (text)
      onCode(text);
  };
  return box;
}

function searchItems(screen, list) {
  const items = bag.field.items.filter(i => !list || i.list === list), form = screen.find(e => e.tagName === 'FORM');
  const search = one('#f-find', form), found = one('.items', form);
  const draw = () => {
    const words = search.value.trim(), chosen = one('input:checked', found), code = chosen && chosen.value;
    const some = items.filter(i => i.code === code || (words ? (i.name + i.plain + i.code + i.category).includes(words) : list));
    found.replaceChildren(...opts('item', some.slice(0, 20).map(i => [i.code, i.name]).concat(list ? [] : [['', say('unsure')]])).children);
    all('input', found).forEach(i => { i.checked = i.value === code; });
  };
  search.oninput = event => { event.stopPropagation(); draw(); };
  if (!list)
    search.nextElementSibling.append(...Array.from(new Set(items.map(i => i.category))).map(text => make('button', { type: 'button', text })));
  draw();
}

// ---- 上报 ----

const FIRST = ['walk_in', 'liaison', 'patrol', 'property', 'grid_sweep'];    // the last is offered first

export function reportScreen() {
  const sources = bag.field.sources.slice().sort((a, b) => FIRST.indexOf(b.code) - FIRST.indexOf(a.code));
  if (!sources.length)
    return parts('not-mine');
  const screen = parts('report', { place: placeField(asked('place')) }), form = screen[1];
  fill(one('#f-source', form), sources.map(s => [s.code, s.name]));
  one('#f-source', form).closest('.field').hidden = sources.length === 1;
  searchItems(screen);
  const schema = { properties: { place: { title: '小区' }, words: { title: '情况', minLength: 2 }, urgent: { type: 'boolean' }, dissuaded: { title: '怎样劝的' } },
    required: ['place', 'words'] };
  return submits(screen, schema, () => {
    const source = one('#f-source', form).value, needs = sources.find(s => s.code === source).needs;
    schema.required = ['place', 'words'].concat(needs.includes('dissuade') ? 'dissuaded' : []);
    return { subject: `new ${now()}`, url: '/api/v1/cases', back: '/m/report', without: /^persuaded$/,
      title: `上报 · ${compound(form)}：${one('#f-words', form).value.trim().slice(0, 20)}` };
  });
}

// ---- 巡查点 (HC-20): what was tapped or scanned, each with its moment; tapped again, it is taken back ----

const momentOf = entry => entry.split(' ')[1];
const homeOf = code => bag.field.places.find(p => p.code === code || (p.points || []).some(x => x.code === code)) || {};

function stopsField(select) {
  const [box] = parts('stops'), [set] = box.children, [title, list, input] = set.children;
  const been = () => input.value.split(';').filter(s => momentOf(s) > iso(now() - 432e5));
  const isOf = code => s => s.startsWith(`${code} `);
  const draw = () => {
    const { code, points = [] } = homeOf(select.value);
    set.hidden = !points.length;
    if (list.dataset.of !== code)
      list.replaceChildren(opts('stop', points.map(p => [p.code, p.name]), 'checkbox'));
    list.dataset.of = code;
    all('input', list).forEach(i => { i.checked = been().some(isOf(i.value)); });
    one('b', title).textContent = `${all(':checked', list).length} / ${points.length}`;
  };
  const put = entries => {
    input.value = entries.join(';');
    input.dispatchEvent(new Event('input', { bubbles: true }));
  };
  const mark = async (code, how = '') => {
    const rest = been().filter(s => !isOf(code)(s)), entry = `${code} ${iso(now())}${how}`;
    if (been().some(s => isOf(code)(s) && s.includes(how)))  // the page opened again is no second scan
      return how || put(rest);
    put(rest.concat(entry));
    const at = await position();
    return at && put(been().map(s => s === entry ? `${s} ${at.longitude},${at.latitude},${Math.ceil(at.accuracy)}` : s));
  };
  list.onchange = event => mark(event.target.value);
  return { box, been, draw, mark };
}

// ---- 巡查 ----

function point(list, p, n) {
  const [box] = parts('point'), key = `${list.list}.${p.code}`, words = one('[data-words]', box);
  one('legend', box).textContent = p.text;
  all('.seg input', box).forEach(i => { i.name = `answer.${key}`; });
  one('.then', box).dataset.showWhen = `answer.${key}=problem`;
  words.name = `words.${key}`;
  words.id = `p-${n}`;
  words.previousElementSibling.htmlFor = words.id;
  one('[data-settled]', box).name = `settled.${key}`;
  one('[data-photos]', box).dataset.photos = `files.${key}`;
  return box;
}

/** "safety.1=ok;safety.2=problem!:消防栓无水"; a semicolon would end the words. */
function answersOf(form) {
  return all('[name^="answer."]:checked:not(:disabled)', form).map(i => {
    const key = i.name.slice(7), words = one(`[name="words.${key}"]`, form).value.trim().replace(/[;；]/g, '，');
    return `${key}=${i.value}` + (i.value === 'ok' ? '' : (one(`[name="settled.${key}"]`, form).checked ? '!' : '') + (words && `:${words}`));
  }).join(';');
}

export function patrolScreen({ path = '', duty = null }) {
  const began = now(), here = placeIn(path) || asked('at'), wanted = duty && duty.routine.action;
  const { lists } = bag;
  let n = 0;
  const place = placeField(homeOf(here).code || (duty && duty.routine.place && duty.routine.place.code), text => came(text));
  const select = one('select', place), stops = stopsField(select);
  const screen = parts('patrol', { place, stops: stops.box, position: positionField(), points: lists.map(l => make('section', { 'data-show-when': l.kinds && l.kinds.length ? `kind=${l.kinds.join('|')}` : null }, make('h2', { text: l.name }),
    ...l.points.map(p => point(l, p, n++)))) });
  const [title, form] = screen, kind = one('#f-kind', form), every = one('[data-every]', form);
  all('option', kind).forEach(o => { if (o.value !== wanted && (wanted || !has(o.dataset.roles.split(' ')))) o.remove(); });
  if (wanted && !kind.value)
    fill(kind, [[wanted, duty.routine.name]]);
  const came = text => {
    const code = placeIn(text) || here, home = homeOf(code).code;
    one('#f-proof', form).value = text;
    select.value = home || select.value;
    if (home && code !== home)
      stops.mark(code, ' qr');
    stops.draw();
  };
  form.addEventListener('input', stops.draw);
  setTimeout(() => here ? came(asked('k') || `/m/at/${here}`) : stops.draw());   // after what was entered before is there again
  if (duty)
    title.textContent = duty.routine.name;
  every.hidden = !lists.length;
  every.onclick = () => {
    all('[name^="answer."][value=ok]', form).forEach(i => { i.checked = i.checked || !one(`[name="${i.name}"]:checked`, form); });
    form.dispatchEvent(new Event('change', { bubbles: true }));
  };
  return submits(screen, { properties: { place: { title: '小区' }, kind: { title: '哪种巡查' } }, required: ['place', 'kind'] }, () => {
    const answers = answersOf(form);
    return { subject: duty ? `duty ${duty.id}` : `visit ${began}`, duty: duty && duty.id, title: `巡查 · ${compound(form)}`, url: '/api/v1/visits',
      back: duty ? '/m' : '/m/patrol', without: /^((answer|words|settled)\.|stop$)/,
      more: { ...(answers && { answers }), began_at: [iso(began), ...stops.been().map(momentOf)].sort()[0], ended_at: iso(now()) } };
  });
}

// ---- 服务快记 ----

export function logScreen() {
  const screen = parts('service', { place: placeField() }), form = screen[1], phrases = bag.field.service_phrases;
  one('.chips', form).append(...phrases.map(text => make('button', { type: 'button', text })));
  one('#f-reply', form).value = phrases[0] || '';
  searchItems(screen, 'service');
  return submits(screen, { properties: { place: { title: '小区' }, item: { title: '做了哪一项' }, reply: { title: '做了什么', minLength: 4 }, files: { title: '办好后的' } },
    required: ['place', 'item', 'files', 'reply'] },
  () => ({ subject: `new ${now()}`, title: `服务快记 · ${compound(form)}`, url: '/api/v1/services', back: '/m/service' }));
}
