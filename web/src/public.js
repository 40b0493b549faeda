// Resident pages. Every page works without this file; it saves the reader time and typing.

import { all, base, common, keep, make, on, one } from './dom.js';
import { uploads } from './upload.js';

// ---- Draft: <form data-draft="key">, dropped by any element with data-draft-clear="key" ----

const DAY = 86400000;

function drafts() {
  all('[data-draft-clear]').forEach(el => keep.drop(`draft:${el.dataset.draftClear}`));
  all('form[data-draft]').forEach(form => {
    const key = `draft:${form.dataset.draft}`;
    const fields = all('input,select,textarea', form)
      .filter(f => f.name && !/^(hidden|file|password|submit|button)$/.test(f.type) && !('nodraft' in f.dataset));
    const kept = keep.get(key);
    const old = kept && Date.now() - kept.at < DAY ? kept.values : {};
    const boxes = f => f.type === 'radio' || f.type === 'checkbox';
    const untouched = f => boxes(f) ? !fields.some(o => o.name === f.name && o.checked) : !f.value;
    const back = fields.filter(f => old[f.name] && untouched(f));
    if (back.length && !one('.errs')) {
      back.forEach(f => {
        if (boxes(f))
          f.checked = old[f.name].includes(f.value);
        else
          f.value = old[f.name][0];
        f.dispatchEvent(new Event('change', { bubbles: true }));
        f.dispatchEvent(new Event('input', { bubbles: true }));
      });
      const clear = make('button', { type: 'button', class: 'link', text: '清空重填' });
      const note = make('div', { class: 'note', role: 'status' }, make('div', { text: '已为您找回上次没有提交的内容。' }, clear));
      clear.onclick = () => { keep.drop(key); form.reset(); back.forEach(f => { if (boxes(f)) f.checked = false; else f.value = ''; }); note.remove(); };
      form.prepend(note);
    }
    let timer;
    form.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const values = Object.assign({}, old);
        fields.forEach(f => { values[f.name] = []; });
        fields.forEach(f => (boxes(f) ? f.checked : f.value) && values[f.name].push(f.value));
        keep.set(key, { at: Date.now(), values });
      }, 400);
    });
  });
}

// ---- Suggestions while typing: <input data-suggest="CODE"> fills [data-suggest-into] ----

function suggestions() {
  all('[data-suggest]').forEach(field => {
    const into = one('[data-suggest-into]', field.form || document) || one('[data-suggest-into]');
    let timer, call, last = '';
    const ask = () => {
      const words = field.value.trim();
      if (words === last)
        return;
      last = words;
      if (call)
        call.abort();
      if (!words) {
        into.textContent = '';
        return;
      }
      call = new AbortController();
      fetch(`${base}/suggest?x=${encodeURIComponent(field.dataset.suggest)}&q=${encodeURIComponent(words)}`,
        { signal: call.signal, headers: { Accept: 'text/html' } })
        .then(answer => answer.ok ? answer.text() : '')
        .then(html => { into.innerHTML = html; })
        .catch(() => { /* offline or overtaken: the list below the box still works */ });
    };
    const soon = event => {
      if (event.isComposing)
        return;
      clearTimeout(timer);
      timer = setTimeout(ask, 300);
    };
    if (into) {
      field.addEventListener('input', soon);
      field.addEventListener('compositionend', () => soon({}));
    }
  });
}

// ---- Position, only when asked: <button data-geo> writes lon, lat, crs of its form ----

function position() {
  all('[data-geo]').forEach(button => {
    if (!navigator.geolocation || !window.isSecureContext)
      return;
    button.hidden = false;
    const say = make('p', { class: 'hint', role: 'status' });
    button.after(say);
    button.addEventListener('click', () => {
      say.textContent = '正在定位…';
      navigator.geolocation.getCurrentPosition(({ coords }) => {
        const set = (name, value) => { const f = one(`[name=${name}]`, button.form || document); if (f) f.value = value; };
        set('lon', coords.longitude.toFixed(6));
        set('lat', coords.latitude.toFixed(6));
        set('accuracy', Math.round(coords.accuracy));
        set('crs', 'wgs84');
        say.textContent = `已附上您的位置（误差约 ${Math.round(coords.accuracy)} 米）`;
      }, () => { say.textContent = '没有取得位置，不影响提交。请写清楚几栋几单元。'; },
      { enableHighAccuracy: true, timeout: 10000, maximumAge: 60000 });
    });
  });
}

// ---- Focus goes to the summary of errors, as the page's first news ----

function errors() {
  const box = one('.errs');
  if (box)
    box.focus();
  on('click', '.errs a[href^="#"]', (event, link) => {
    const field = document.getElementById(link.hash.slice(1));
    if (!field)
      return;
    event.preventDefault();
    field.scrollIntoView({ block: 'center' });
    (field.matches('input,select,textarea,button') ? field : one('input,select,textarea', field) || field).focus();
  });
}

common();
uploads();
drafts();
suggestions();
position();
errors();
