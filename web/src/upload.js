// Photos and files, sent one by one as soon as they are chosen. The form then carries only their ids.
//
// <fieldset data-upload="URL" data-max="6"> holds <ul class="shots"> and one or more <input type="file">.
//   data-raw    evidence: never compressed, SHA-256 taken here and sent along
//   data-name   name of the hidden fields, else file_id
// URL answers POST (multipart: file, form_token, sha256) with JSON {id, sha256?}, or an error in problem+json.

import { all, icon, make, one } from './dom.js';

const LONG_SIDE = 1600, QUALITY = 0.75, TRIES = 3;
const READY = 'done', FAILED = 'failed';

/** The picture made smaller, or the file itself when that is not possible or not smaller. */
async function smaller(file) {
  if (!/^image\/(jpeg|png|webp|hei[cf])/.test(file.type) || !window.createImageBitmap)
    return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
      .catch(() => createImageBitmap(file));
    const scale = Math.min(1, LONG_SIDE / Math.max(picture.width, picture.height));
    const canvas = make('canvas');
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    const pen = canvas.getContext('2d');
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    if (picture.close)
      picture.close();
    const blob = await new Promise(done => canvas.toBlob(done, 'image/jpeg', QUALITY));
    return blob && blob.size < file.size ? blob : file;
  } catch (e) {
    return file;
  }
}

async function sha256(blob) {
  if (!window.crypto || !crypto.subtle)
    return '';
  const sum = await crypto.subtle.digest('SHA-256', await new Response(blob).arrayBuffer());
  return Array.from(new Uint8Array(sum), b => b.toString(16).padStart(2, '0')).join('');
}

function send(url, data, progress) {
  return new Promise((done, fail) => {
    const call = new XMLHttpRequest();
    call.open('POST', url);
    call.setRequestHeader('Accept', 'application/json');
    call.upload.onprogress = e => e.lengthComputable && progress(e.loaded / e.total);
    call.onload = () => {
      let body = {};
      try { body = JSON.parse(call.responseText); } catch (e) { /* an error page of a proxy */ }
      if (call.status < 300 && body.id)
        done(body);
      else
        fail({ again: call.status >= 500 || call.status === 429, text: body.detail || body.title || '没有传上去' });
    };
    call.onerror = call.ontimeout = () => fail({ again: true, text: '网络不通，没有传上去' });
    call.send(data);
  });
}

const wait = ms => new Promise(done => setTimeout(done, ms));
const size = n => n < 1048576 ? `${Math.max(1, Math.round(n / 1024))} KB` : `${(n / 1048576).toFixed(1)} MB`;

function start(box) {
  const form = box.closest('form');
  const list = one('.shots', box);
  const say = one('[data-live]', box) || box.appendChild(make('p', { class: 'vh', role: 'status' }));
  const raw = 'raw' in box.dataset;
  const max = Number(box.dataset.max) || 6;
  let queue = Promise.resolve();
  let count = all('li', list).length;
  let held = null;                                       // the submit button that waits for the last photo

  const rows = () => all('li', list);
  const busy = () => rows().filter(r => r.dataset.state && r.dataset.state !== READY && r.dataset.state !== FAILED);
  const limit = () => {
    const full = rows().length >= max;
    all('input[type=file]', box).forEach(i => { i.disabled = full; i.closest('.pick').hidden = full; });
  };

  function state(row, name, text) {
    row.dataset.state = name;
    row.className = name === FAILED ? 'fail' : '';
    one('small', row).textContent = text;
    one('progress', row).hidden = name === READY || name === FAILED;
    one('.again', row).hidden = name !== FAILED;
  }

  async function upload(row, file) {
    state(row, 'work', raw ? '正在计算校验值…' : '正在处理…');
    const sum = raw ? await sha256(file) : '';
    if (raw)
      one('code', row).textContent = sum ? `SHA-256 ${sum}` : '本机未计算校验值，由服务器计算';
    const body = raw ? file : await smaller(file);
    for (let n = 1; row.isConnected; n++) {
      const data = new FormData();
      const token = form && one('[name=form_token]', form);
      if (token)
        data.append('form_token', token.value);
      if (sum)
        data.append('sha256', sum);
      data.append('file', body, body === file ? file.name : file.name.replace(/\.\w+$/, '') + '.jpg');
      try {
        state(row, 'work', '正在上传…');
        const answer = await send(box.dataset.upload, data, part => { one('progress', row).value = part; });
        if (sum && answer.sha256 && answer.sha256 !== sum)
          throw { text: '服务器收到的文件与本机不一致，请重传' };
        row.append(make('input', { type: 'hidden', name: box.dataset.name || 'file_id', value: answer.id }));
        state(row, READY, `已上传 · ${size(body.size)}`);
        say.textContent = `${one('b', row).textContent} 已上传`;
        return;
      } catch (error) {
        if (!error.again || n === TRIES) {
          state(row, FAILED, error.text || '没有传上去');
          say.textContent = `${one('b', row).textContent} ${error.text || '没有传上去'}`;
          return;
        }
        await wait(800 * n * n);
      }
    }
  }

  function later(row, file) {
    state(row, 'wait', '等待上传');
    queue = queue.then(() => row.isConnected && upload(row, file)).then(release, release);
  }

  function add(file) {
    const isPhoto = /^image\//.test(file.type);
    const name = raw ? file.name : `照片 ${++count}`;
    const view = isPhoto ? make('img', { alt: '', src: URL.createObjectURL(file) }) : make('span', { class: 'ph' }, icon('file-text'));
    const again = make('button', { type: 'button', class: 'link again', text: '重试', hidden: true, 'aria-label': `重新上传 ${name}` });
    const drop = make('button', { type: 'button', class: 'link', text: '移除', 'aria-label': `移除 ${name}` });
    const row = make('li', {}, view,
      make('div', {}, make('b', { text: name }), make('small'), make('progress', { max: 1, value: 0, 'aria-label': `${name} 上传进度` }),
        ...(raw ? [make('code')] : [])),
      make('div', {}, again, drop));
    again.onclick = () => { later(row, file); drop.focus(); };
    list.append(row);
    later(row, file);
  }

  function release() {
    if (!held || busy().length)
      return;
    const button = held;
    held = null;
    if (!all('.fail', list).length)
      button.click();
  }

  function take(files) {
    const room = Math.max(0, max - rows().length);
    const chosen = Array.from(files);
    chosen.slice(0, room).forEach(add);
    if (chosen.length > room)
      say.textContent = `最多 ${max} 个，多选的 ${chosen.length - room} 个没有加入`;
    limit();
  }

  all('input[type=file]', box).forEach(input => {
    input.removeAttribute('name');                       // the form itself stays small
    input.removeAttribute('required');
    input.addEventListener('change', () => {
      take(input.files);
      input.value = '';
    });
  });
  all('.pick', box).forEach(pick => {
    ['dragover', 'dragleave', 'drop'].forEach(type => pick.addEventListener(type, event => {
      event.preventDefault();
      pick.classList.toggle('over', type === 'dragover');
      if (type === 'drop')
        take(event.dataTransfer.files);
    }));
  });
  list.addEventListener('click', event => {
    const button = event.target.closest('.link:not(.again)');
    if (!button)
      return;
    event.preventDefault();
    const row = button.closest('li');
    say.textContent = `${one('b', row).textContent} 已移除`;
    row.remove();
    limit();
    release();
    const next = one('input[type=file]', box);
    if (next)
      next.focus();
  });
  if (form)
    form.addEventListener('submit', event => {
      if (busy().length) {
        event.preventDefault();
        event.stopImmediatePropagation();
        held = event.submitter || one('button:not([type=button])', form);
        say.className = 'hint';
        say.textContent = '照片传完后会自动继续，请稍候…';
      }
    }, true);
  limit();
}

export function uploads(from = document) {
  all('[data-upload]', from).forEach(box => {
    if (!box.dataset.ready) {
      box.dataset.ready = '1';
      start(box);
    }
  });
}
