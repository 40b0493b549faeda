// /m: 待办, 上报, 巡查, 我的. The shell comes from the server or from the phone; what is shown comes from what was taken along.

import { all, base, dependents, icon, keep, make, on, one, root } from './dom.js';
import { box, discard, drain, endSession, enqueue, foreign, get, mine, now, onBox, onDone, retry, startBox, takePackage } from './field-outbox.js';
import { complain, entered, fieldsOf, parts, say } from './field-forms.js';
import { logScreen, patrolScreen, reportScreen } from './field-work.js';
import { store } from './field-store.js';

export const bag = { field: null, duties: [], lists: [], at: 0 };   // what was taken along, and when
const main = one('#main');
let shown = '';

// ---- Words ----

const dayWords = ms => {
  const t = new Date(ms + 8 * 3600e3), p = n => String(n).padStart(2, '0');
  return `${t.getUTCMonth() + 1} 月 ${t.getUTCDate()} 日 ${p(t.getUTCHours())}:${p(t.getUTCMinutes())}`;
};
function clock(due) {
  const left = Date.parse(due) - now(), minutes = Math.abs(left) / 60e3;
  const words = minutes < 60 ? `${Math.max(1, Math.round(minutes))} 分钟` : minutes < 2880 ? `${Math.floor(minutes / 60)} 小时` : `${Math.floor(minutes / 1440)} 天`;
  return left < 0 ? ['r', `超期 ${words}`] : [left < 4 * 3600e3 ? 'a' : '', `剩 ${words}`];
}
const clockTag = due => {
  const [tone, words] = clock(due);
  return make('span', { class: `clk ${tone}` }, icon('clock'), words);
};
const waiting = subject => mine().filter(r => r.subject === subject);

// ---- The banner: what is true now ----

function banner() {
  const n = mine().length, held = mine().filter(r => r.held).length, others = foreign().length, bar = one('#net');
  const state = box.broken ? ['r', box.broken]
      : box.login ? ['r', say('expired') + (n ? `，${n} 条待上传` : '')]
        : !box.net ? ['a', n ? `离线：${n} 条待上传` : say('offline')]
          : held ? ['r', `${held} 条没有收下，请看原因${n > held ? `；另有 ${n - held} 条待上传` : ''}`]
            : n ? ['b', `${box.sending ? '正在上传' : '待上传'}：还有 ${n} 条`]
              : others ? ['a', `这台手机上有 ${others} 条是别人记的，请本人登录后上传`]
                : ['g', say('idle')];
  const text = state[1];
  if (bar.dataset.text === text)
    return;
  bar.dataset.text = text;
  bar.className = `net ${state[0]}`;
  bar.replaceChildren(icon(box.net ? 'circle-check' : 'wifi-off'), make('span', { text }),
    ...(box.login ? [make('a', { href: `${base}/login?next=/m`, text: '登录' })] : n ? [make('a', { href: `${base}/m/me`, text: '查看' })] : []));
}

// ---- Taking along ----

async function refresh() {
  const field = await takePackage();
  if (field.status !== 200)
    return;
  const [duties, lists] = [await get('/api/v1/duties?mine=true&limit=100'), await get('/api/v1/checklists')];
  if (bag.field && bag.field.person.username !== field.body.person.username)
    await store.wipe();
  bag.field = field.body;
  bag.duties = duties.status === 200 ? duties.body.duties : bag.duties;
  bag.lists = lists.status === 200 ? lists.body.checklists || lists.body : bag.lists;
  bag.at = now();
  await store.set('bag', { ...bag });
  await store.set('me', box.me);
  if (!one('form', main))
    render();
}

// ---- Lists behind fields ----

export function lists(source, about) {
  const { items, places, options } = bag.field, only = source.split(':')[1];
  if (source.startsWith('item'))
    return items.filter(i => !only || i.list === only).map(i => [i.code, `${i.code} ${i.name}`]);
  if (source === 'compound')
    return places.map(p => [p.code, p.name]);
  return (about && about.options[source]) || options[source] || [];
}

// ---- 待办 ----

const caseOf = duty => bag.field.cases.find(c => duty.case && c.no === duty.case.no);
const titleOf = duty => duty.routine ? duty.routine.name : duty.case ? (duty.case.item || { name: '待归类' }).name : duty.label;
const placeOf = ({ case: c, routine: r }) => ((c || r || {}).place || { name: r ? r.of : '' }).name;
const isDone = duty => waiting(`case ${duty.case && duty.case.no}`).concat(waiting(`duty ${duty.id}`)).some(r => String(r.duty) === String(duty.id));

function card(duty) {
  const done = isDone(duty), c = caseOf(duty), [tone] = clock(duty.due);
  return make('li', { class: done ? 'g' : tone }, make('a', { href: `${base}/m/duty/${duty.id}` },
    make('b', { text: titleOf(duty) }), make('p', { text: [placeOf(duty), c && c.spot].filter(Boolean).join(' ') }),
    make('span', { class: 'signals' }, make('span', { class: `tag ${done ? 'g' : 'b'}`, text: done ? '已记下，待上传' : duty.label }),
      ...(done ? [] : [clockTag(duty.due)]), ...(c && c.urgent ? [make('span', { class: 'flag a', text: '紧急' })] : []),
      ...(c && c.supervised ? [make('span', { class: 'flag', text: '督办' })] : []))));
}

function todo() {
  const others = d => bag.duties.some(x => x !== d && x.case && d.case && x.case.no === d.case.no);
  const list = bag.duties.filter(d => d.kind !== 'answer' || !others(d)).sort((a, b) => isDone(a) - isDone(b) || Date.parse(a.due) - Date.parse(b.due));
  const isFirm = bag.field.roles.includes('property');
  return [make('div', { class: 'row' }, make('h1', { text: '待办' }), make('span', { class: 'muted', text: `${dayWords(bag.at)} 更新` })),
    ...(isFirm ? parts('firm') : []),
    list.length ? make('ul', { class: 'jobs' }, ...list.map(card))
      : parts('no-duty')[0]];
}

// ---- One duty ----

function actionForm(duty, c, action) {
  const form = make('form', { class: 'form card', novalidate: true }, make('h2', { text: action.label }),
    ...fieldsOf(action.fields, source => lists(source, c)), make('button', { type: 'submit', class: 'btn wide', text: '完成' }));
  form.onsubmit = event => {
    event.preventDefault();
    finish(form, action.fields, { subject: `case ${c.no}`, title: `${action.label} · ${placeOf(duty)} ${titleOf(duty)}`,
      url: `/api/v1/cases/${c.no}/actions/${action.action}`, duty: duty.id, back: '/m' });
  };
  return form;
}

function elsewhere(c) {
  const [note] = parts('elsewhere');
  if (c)
    one('a', note).href += `/cases/${c.no}`;
  return note;
}

function duty(path) {
  const [, id, chosen] = path.split('/').slice(2).map(decodeURIComponent), d = bag.duties.find(x => String(x.id) === id);
  if (!d)
    return parts('gone');
  if (d.routine && one(`option[value=${d.routine.action}]`, one('#t-patrol').content))
    return patrolScreen({ duty: d });
  const c = caseOf(d), acts = c ? c.allowed : [];
  const action = acts.find(a => a.action === chosen) || acts.find(a => a.owed.includes(d.kind)) || acts.find(a => a.primary) || acts[0];
  const others = acts.filter(a => a !== action);
  return [make('h1', { text: titleOf(d) }),
    make('p', {}, make('span', { class: 'tag b', text: d.label }), ' ', clockTag(d.due)),
    ...(c ? [make('div', { class: 'card' }, make('p', { text: [placeOf(d), c.spot].filter(Boolean).join(' ') }), ...(c.words ? [make('p', { class: 'said', text: c.words })] : []),
      make('p', { class: 'muted small' }, make('span', { class: 'nb', text: c.no }), ` · ${c.state_label}`))] : []),
    ...(isDone(d) ? parts('step') : []),
    action ? actionForm(d, c, action) : elsewhere(c),
    ...(others.length ? [make('details', { class: 'card more' }, make('summary', { text: '其他操作' }), make('ul', { class: 'list' },
      ...others.map(a => make('li', {}, make('a', { href: `${base}/m/duty/${d.id}/${a.action}` }, make('b', { text: a.label }))))))] : [])];
}

// ---- 我的 ----

function record(r) {
  const state = r.receipt ? ['g', r.receipt.late ? say('late') : '已收到'] : r.n === box.sending ? ['b', '上传中']
    : r.held ? ['r', '没有收下'] : box.me && r.who !== box.me ? ['a', '别人记的'] : ['n', '待上传'];
  const row = make('li', { 'data-n': r.n }, make('b', { text: r.title }),
    make('p', { class: 'muted small', text: `${dayWords(Date.parse(r.at))} 记下${r.photos.length ? ` · ${r.photos.length} 张照片` : ''}` }),
    make('p', {}, make('span', { class: `tag ${state[0]}`, text: state[1] }), r.receipt ? ` ${r.receipt.no} ${r.receipt.words || ''}` : ''));
  if (r.held)
    row.append(make('p', { class: 'err', text: `原因：${r.held}` }));
  if (r.held && !r.receipt) {
    const again = make('button', { type: 'button', class: 'btn s', text: '重试' });
    again.onclick = () => retry(r.n);
    row.append(again, ' ');
  }
  if (!r.receipt && r.n !== box.sending) {
    const away = make('button', { type: 'button', class: 'link', text: '删除' });
    away.onclick = () => ask(say('drop'), [['删除这条', 'danger', () => discard(r.n)]]);
    row.append(away);
  }
  return row;
}

function queue() {
  const open = box.records.filter(r => !r.receipt), done = box.records.filter(r => r.receipt).reverse().slice(0, 30);
  const [section] = parts('queue'), [title, send, list] = section.children;
  send.disabled = !open.length;
  send.onclick = drain;
  one('b', title).textContent = open.length;
  list.append(...open.concat(done).map(record));
  return section;
}

function me() {
  const screen = parts('me', { queue: queue() }), [title, month, , taken, end] = screen;
  title.textContent = bag.field.person.name;
  month.textContent = bag.field.month_words;
  one('[data-taken]', taken).textContent = `${dayWords(bag.at)} 更新`;
  one('[data-take]', taken).onclick = async () => { await refresh(); render(); };
  one('[data-out]', end).onclick = logOut;
  return screen;
}

async function logOut() {
  const leave = async isAll => {
    if (!await endSession())
      return ask(say('in'), []);
    for (const r of isAll ? mine() : [])
      await discard(r.n);
    await store.wipe();
    Object.keys(localStorage).filter(k => k.startsWith('draft:')).forEach(keep.drop);
    location.assign(`${base}/login?out=1`);
  };
  const n = mine().length;
  return n ? ask(`还有 ${n} 条没有上传。${say('left')}`,
    [[say('leave'), 's', () => leave(false)], [`删除 ${n} 条并退出`, 'danger', () => leave(true)]]) : leave(false);
}

// ---- Small windows ----

function ask(text, choices) {
  const [dialog] = parts('ask');
  const close = () => dialog.remove();
  const button = (label, look, fn) => {
    const b = make('button', { type: 'button', class: `btn ${look}`, text: label });
    b.onclick = () => { close(); fn(); };
    return b;
  };
  dialog.setAttribute('aria-label', text);
  one('p', dialog).textContent = text;
  one('.btns', dialog).append(...choices.map(c => button(...c)), button(choices.length ? '取消' : '知道了', 's', () => {}));
  dialog.onkeydown = event => event.key === 'Escape' && close();
  document.body.append(dialog);
  one('.btn:last-child', dialog).focus();
}

// ---- Keeping what was entered ----

/** Puts the form into the outbox, with `more` and `without` what only the page asks; it stays on the screen when something is missing or there is no room. */
export async function finish(form, schema, { subject, title, url, duty = null, back, without = null, more = {} }) {
  const { fields, photos, missing } = entered(form, schema), button = one('[type=submit]', form);
  Object.keys(fields).filter(n => without && without.test(n)).forEach(n => delete fields[n]);
  complain(form, missing);
  if (missing.length || button.disabled)
    return;
  button.disabled = true;
  try {
    await enqueue({ subject, title, url, fields: { ...fields, ...more }, photos, duty });
  } catch (e) {
    button.disabled = false;
    complain(form, [['', `手机没有存下：${e.message}。请腾出空间再点完成，先不要关闭。`]]);
    return;
  }
  keep.drop(`draft:${location.pathname}`);
  go(back, box.net ? say('now') : say('later'));
}

/** The form as it was left, when the page was closed in between. */
function drafts(form) {
  const key = `draft:${location.pathname}`, old = keep.get(key);
  const inputs = () => all('input[name]:not([type=file]):not([type=hidden]),select[name],textarea[name]', form);
  if (old && old.me === box.me)
    inputs().forEach(i => {
      const values = old.values[i.name];
      if (!values) return;
      if (i.type === 'radio' || i.type === 'checkbox') i.checked = values.includes(i.value);
      else [i.value] = values;
    });
  form.addEventListener('input', () => {
    const values = {};
    inputs().forEach(i => (values[i.name] = values[i.name] || []).push(...((i.type === 'radio' || i.type === 'checkbox') && !i.checked ? [] : [i.value])));
    keep.set(key, { me: box.me, values });
  });
}

// ---- Where we are ----

const SCREENS = [[/^\/m\/report/, 'report', '上报', () => reportScreen()], [/^\/m\/(patrol|at)/, 'patrol', '巡查', path => patrolScreen({ path })],
  [/^\/m\/service/, 'todo', '服务快记', () => logScreen()], [/^\/m\/duty\//, 'todo', '待办', duty], [/^\/m\/me/, 'me', '我的', me], [/^\/m/, 'todo', '待办', todo]];

function said(note) {
  const [box] = parts('said');
  one('div', box).textContent = note;
  return [box];
}

export function render(note) {
  const path = location.pathname.slice(base.length), [, tab, title, screen] = SCREENS.find(s => s[0].test(path));
  all('[data-tab]').forEach(a => a.toggleAttribute('aria-current', false));
  one(`[data-tab=${tab}]`).setAttribute('aria-current', 'page');
  document.title = `${title} - 哨到`;
  const screenParts = bag.field ? [make('div', { class: 'note', text: bag.field.away, hidden: !bag.field.away }), ...screen(path)] : [make('h1', { text: title }), make('div', { class: 'note', text: say(box.login ? 'login' : box.net ? 'taking' : 'none') })];
  main.replaceChildren(...(note ? said(note) : []), ...screenParts);
  const form = one('form', main);
  if (form)
    drafts(form);
  dependents(main);
  shown = path;
}

export function go(path, note) {
  history.pushState(null, '', base + path);
  render(note);
  window.scrollTo(0, 0);
  main.focus();
}

function listen() {
  on('click', 'a[href]', (event, a) => {
    const url = new URL(a.href), path = url.pathname.slice(base.length);
    if (url.origin !== location.origin || !url.pathname.startsWith(`${base}/m`) || !/^\/m(\/|$)/.test(path) || event.metaKey || event.ctrlKey || bag.field === null)
      return;
    event.preventDefault();
    go(path + url.search);
  });
  window.addEventListener('popstate', () => render());
  onBox(() => {
    banner();
    const old = one('#queue');
    if (old)
      old.replaceWith(queue());
    else if (/^\/m\/?$/.test(shown) && bag.field && one('.jobs', main))
      one('.jobs', main).replaceWith(todo().pop());
  });
  onDone(() => { if (box.records.some(r => r.receipt && r.receipt.at > bag.at)) refresh(); });
}

async function start() {
  root.classList.add('js');
  if (/MicroMessenger/i.test(navigator.userAgent))
    root.classList.add('wx');
  document.addEventListener('change', event => dependents(event.target.form || document));
  on('click', '[data-chips] button', (event, chip) => {
    const input = one(`#${chip.parentNode.dataset.chips}`);
    input.value = chip.textContent;
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });
  try {
    await startBox();
    Object.assign(bag, await store.get('bag'));
  } catch (e) {
    box.broken = say('unfit');
  }
  listen();
  banner();
  render();
  if ('serviceWorker' in navigator)
    navigator.serviceWorker.register(`${base}/m/sw.js`, { scope: `${base}/m` }).catch(() => {});
  await refresh();
  if (!bag.field)
    render();
  drain();
}

start();
