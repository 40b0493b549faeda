// Staff console. htmx moves fragments; this file adds what HTML alone cannot: drawer, dialogs, batches, live news.

import { all, base, common, make, on, one, refresh } from './dom.js';
import { live, toast } from './desk-live.js';
import { store } from './field-store.js';
import { presence } from './presence.js';
import { uploads } from './upload.js';

// ---- Drawer: a row's link is swapped into #drawer; its own URL opens it as a page ----

let opener = null;

function drawerOpened(drawer) {
  drawer.closest('.wk').classList.add('open');
  const head = one('h2', drawer);
  if (head) {
    head.tabIndex = -1;
    head.focus();
  }
  all('.tbl tr.on').forEach(row => row.classList.remove('on'));
  if (opener && opener.closest('tr'))
    opener.closest('tr').classList.add('on');
}

function closeDrawer() {
  const drawer = one('#drawer');
  if (!drawer || !drawer.closest('.wk').classList.contains('open'))
    return false;
  const link = one('[data-close]', drawer);
  drawer.closest('.wk').classList.remove('open');
  drawer.textContent = '';
  all('.tbl tr.on').forEach(row => row.classList.remove('on'));
  if (link && link.href)
    history.pushState({ htmx: true }, '', link.href);
  if (opener && opener.isConnected)
    opener.focus();
  else if (one('main'))
    one('main').focus();
  opener = null;
  return true;
}

function drawers() {
  on('click', 'a[hx-target="#drawer"]', (event, link) => { opener = link; });
  on('click', '#drawer [data-close]', event => {
    if (!event.ctrlKey && !event.metaKey && closeDrawer())
      event.preventDefault();
  });
  document.addEventListener('keydown', event => {
    if (event.key !== 'Escape' || event.isComposing || one('dialog[open]'))
      return;
    if (location.hash === '#nav')
      location.hash = '#main';
    else
      closeDrawer();
  });
  // The whole row is a target for the mouse; the keyboard has the link in it.
  on('click', '.tbl tbody tr', (event, row) => {
    if (event.target.closest('a,button,input,label,select,summary') || String(window.getSelection()))
      return;
    const link = one('a.main', row);
    if (link)
      link.click();
  });
}

// ---- Dialogs: data-open="#id" on a link to the same form as a page; data-close inside ----

function dialogs() {
  on('click', '[data-open]', (event, opening) => {
    const dialog = one(opening.dataset.open);
    if (!dialog || !dialog.showModal)
      return;
    event.preventDefault();
    dialog.showModal();
  });
  on('click', 'dialog [data-close]', (event, button) => {
    event.preventDefault();
    button.closest('dialog').close();
  });
}

function ask(question, verb) {
  const dialog = make('dialog', { class: 'dlg', 'aria-label': '请确认' });
  if (!dialog.showModal)
    return Promise.resolve(window.confirm(question));
  return new Promise(done => {
    const yes = make('button', { type: 'button', class: 'btn danger', text: verb || '确认' });
    const no = make('button', { type: 'button', class: 'btn s', text: '取消' });
    dialog.append(make('p', { text: question }), make('div', { class: 'btns' }, yes, no));
    document.body.append(dialog);
    let answer = false;
    yes.onclick = () => { answer = true; dialog.close(); };
    no.onclick = () => dialog.close();
    dialog.onclose = () => { dialog.remove(); done(answer); };
    dialog.showModal();
    no.focus();
  });
}

function confirmations() {
  document.addEventListener('submit', event => {
    const by = event.submitter;
    const form = event.target;
    const source = by && by.dataset.confirm ? by : form;
    if (!source.dataset.confirm || form.dataset.agreed) {
      delete form.dataset.agreed;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(source.dataset.confirm, source.dataset.verb).then(yes => {
      if (!yes)
        return;
      form.dataset.agreed = '1';
      (by || one('button:not([type=button])', form)).click();
    });
  }, true);
  document.body.addEventListener('htmx:confirm', event => {
    if (!event.detail.question)
      return;
    event.preventDefault();
    ask(event.detail.question, event.detail.elt.dataset.verb).then(yes => yes && event.detail.issueRequest(true));
  });
}

// ---- Batch: <input data-all="ids"> ticks every [name=ids]; .batch says how many ----

function batches() {
  const show = () => all('[data-all]').forEach(master => {
    const boxes = all(`input[name="${master.dataset.all}"]`);
    const ticked = boxes.filter(b => b.checked).length;
    master.checked = ticked > 0 && ticked === boxes.length;
    master.indeterminate = ticked > 0 && ticked < boxes.length;
    all(`[data-batch="${master.dataset.all}"]`).forEach(bar => {
      bar.hidden = !ticked;
      const words = one('b', bar);
      if (words)
        words.textContent = `已选 ${ticked} 件`;
    });
  });
  on('change', '[data-all]', (event, master) => {
    all(`input[name="${master.dataset.all}"]`).forEach(b => { b.checked = master.checked; });
    show();
  });
  on('change', '.sel input', show);
  document.body.addEventListener('htmx:afterSettle', show);
  show();
}

// ---- Small things ----

function phrases() {
  on('click', '[data-fill] button', (event, chip) => {
    const field = one(chip.closest('[data-fill]').dataset.fill);
    if (!field)
      return;
    const words = chip.dataset.text || chip.textContent.trim();
    field.value = field.value.trim() ? `${field.value.replace(/[。；\s]*$/, '')}；${words}` : words;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.focus();
  });
}

function passwords() {
  on('click', '.pw button', (event, button) => {
    const field = one('input', button.parentNode);
    const show = field.type === 'password';
    field.type = show ? 'text' : 'password';
    button.setAttribute('aria-pressed', show);
  });
}

function connection() {
  const bar = one('#offline');
  const show = () => { if (bar) bar.hidden = navigator.onLine; };
  window.addEventListener('online', show);
  window.addEventListener('offline', show);
  show();
}

function details() {
  document.addEventListener('click', event => all('details.who[open]').forEach(d => {
    if (!d.contains(event.target))
      d.open = false;
  }));
}

// ---- htmx: everything that listens to its events is here ----

function fragments() {
  const body = document.body;
  body.addEventListener('htmx:configRequest', event => {
    const token = one('meta[name=form-token]');
    if (token && event.detail.verb !== 'get')
      event.detail.headers['X-Form-Token'] = token.content;
  });
  body.addEventListener('htmx:afterSwap', event => {
    const place = event.detail.target;
    refresh(place);
    uploads(place);
    presence(place);
    if (place.id === 'drawer' && place.childElementCount)
      drawerOpened(place);
    const faults = one('.errs', place);
    if (faults)
      faults.focus();
  });
  body.addEventListener('htmx:responseError', event => {
    const status = event.detail.xhr.status;
    if (status === 401) {
      location.href = `${base}/login?next=${encodeURIComponent(location.pathname.slice(base.length) + location.search)}`;
      return;
    }
    toast({ 403: '您没有办理这一步的权限', 404: '这件事项不存在或已移走', 409: '别人刚刚办理过，请刷新后再看',
      412: '别人刚刚办理过，请刷新后再看', 429: '操作太快了，请稍候再试' }[status] || '服务器没有办成，请稍后再试', 'bad');
  });
  body.addEventListener('htmx:sendError', () => toast('网络不通，没有提交，请检查网络后重试', 'bad'));
  // HX-Trigger: {"toast":{"text":"…","kind":"ok","url":"…"}}
  body.addEventListener('toast', event => toast(event.detail.text, event.detail.kind, event.detail.url));
}

common();
uploads();
presence();
drawers();
dialogs();
confirmations();
batches();
phrases();
passwords();
connection();
details();
fragments();
live();
if (/[?&]out=1/.test(location.search))                   // logged out: what /m took along goes too
  store.wipe().catch(() => {});
one('.errs') && one('.errs').focus();
