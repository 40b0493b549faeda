// Small helpers of both scripts, and the enhancements common to resident and staff pages.

export const root = document.documentElement;
export const base = root.dataset.base || '';
export const one = (sel, from = document) => from.querySelector(sel);
export const all = (sel, from = document) => Array.from(from.querySelectorAll(sel));

/** Calls `fn(event, element)` when `type` happens on or inside an element that matches `sel`. */
export function on(type, sel, fn) {
  document.addEventListener(type, event => {
    const el = event.target.closest ? event.target.closest(sel) : null;
    if (el)
      fn(event, el);
  });
}

/** make('p', { class: 'hint', text: '…', hidden: true }, child, …) */
export function make(tag, attrs = {}, ...children) {
  const el = document.createElement(tag);
  for (const key of Object.keys(attrs)) {
    if (key === 'text')
      el.textContent = attrs[key];
    else if (attrs[key] === true)
      el.setAttribute(key, '');
    else if (attrs[key] !== false && attrs[key] != null)
      el.setAttribute(key, attrs[key]);
  }
  el.append(...children);
  return el;
}

export function icon(name) {
  const known = one('svg.i use');
  const sprite = known ? known.getAttribute('href').split('#')[0] : `${base}/a/icons.svg`;
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  svg.setAttribute('class', 'i');
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

/** Local storage may be refused or full; then there is simply nothing kept. */
export const keep = {
  get(key) { try { return JSON.parse(localStorage.getItem(key)); } catch (e) { return null; } },
  set(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); } catch (e) { /* full or refused */ } },
  drop(key) { try { localStorage.removeItem(key); } catch (e) { /* refused */ } },
};

// ---- Copy: data-copy="text" or data-copy-from="#id"; the button says so for two seconds ----

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch (e) {
    const area = make('textarea', { class: 'vh', readonly: true });
    area.value = text;
    document.body.append(area);
    area.select();
    let done = false;
    try { done = document.execCommand('copy'); } catch (e2) { /* nothing left to try */ }
    area.remove();
    return done;
  }
}

function copyButtons() {
  on('click', '[data-copy],[data-copy-from]', async (event, button) => {
    const from = button.dataset.copyFrom && one(button.dataset.copyFrom);
    const done = await copyText(from ? (from.value || from.textContent).trim() : button.dataset.copy);
    const label = one('span', button) || button;
    const before = label.dataset.before || label.textContent;
    label.dataset.before = before;
    label.textContent = done ? '已复制' : '请长按文字复制';
    button.focus();
    setTimeout(() => { label.textContent = before; }, 2000);
  });
}

// ---- One submit only. A page that comes back from the browser's memory is fresh again ----

function singleSubmit() {
  document.addEventListener('submit', event => {
    const form = event.target;
    if (event.defaultPrevented || form.method === 'get' || form.matches('[hx-post],[hx-put],[hx-delete]'))
      return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = '1';
    setTimeout(() => all('button:not([type=button])', form).forEach(b => b.setAttribute('aria-disabled', 'true')));
  });
  window.addEventListener('pageshow', event => {
    if (!event.persisted)
      return;
    if (one('[data-recheck]')) {
      location.reload();
      return;
    }
    all('form[data-sent]').forEach(form => {
      delete form.dataset.sent;
      all('[aria-disabled]', form).forEach(b => b.removeAttribute('aria-disabled'));
    });
  });
}

// ---- Letters left: <p class="count" data-count-for="id" data-max="500"> ----

function counters(from) {
  all('[data-count-for]', from).forEach(note => {
    const field = document.getElementById(note.dataset.countFor);
    if (!field || note.dataset.ready)
      return;
    note.dataset.ready = '1';
    const max = Number(note.dataset.max);
    const show = () => {
      const n = Array.from(field.value).length;
      note.textContent = n > max ? `超出 ${n - max} 字` : `${n} / ${max} 字`;
      note.classList.toggle('over', n > max);
    };
    field.addEventListener('input', show);
    show();
  });
}

// ---- Fields that depend on another: data-show-when="field=a|b" ----

export function dependents(from = document) {
  all('[data-show-when]', from).forEach(block => {
    const [name, wanted] = block.dataset.showWhen.split('=');
    const form = block.closest('form') || document;
    const values = all(`[name="${name}"]`, form)
      .filter(f => (f.type !== 'radio' && f.type !== 'checkbox') || f.checked).map(f => f.value);
    const show = wanted.split('|').some(v => values.includes(v));
    block.hidden = !show;
    all('input,select,textarea,button', block).forEach(f => { f.disabled = !show; });
  });
}


/** Brings newly arrived markup to life. */
export function refresh(from = document) {
  counters(from);
  dependents(from);
}

export function common() {
  root.classList.add('js');
  if (/MicroMessenger/i.test(navigator.userAgent))
    root.classList.add('wx');
  copyButtons();
  singleSubmit();
  document.addEventListener('change', event => dependents(event.target.form || document));
  on('click', '[data-print]', () => window.print());
  refresh();
}
