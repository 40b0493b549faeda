// Forms: made of the JSON Schema that the server checks with, or of a <template> of the shell. Photos, position, QR codes.

import { all, icon, make, one } from './dom.js';
import { iso, now } from './field-outbox.js';

const LONG_SIDE = 1600, QUALITY = 0.75, PHOTO_MAX = 20 * 1048576;
/** Filled by the phone, not by the person. */
const BY_PHONE = ['lon', 'lat', 'accuracy', 'crs', 'position_at', 'occurred_at'];
const photos = new WeakMap();                            // fieldset → [Blob]

/** A sentence of the shell. */
export const say = name => one('#t-say').dataset[name];

/** The title and the parts of a template, with its slots filled. */
export function parts(id, slots = {}) {
  const from = one(`#t-${id}`), copy = document.importNode(from.content, true), { title } = from.dataset;
  Object.keys(slots).forEach(name => one(`[data-slot=${name}]`, copy).replaceWith(...[].concat(slots[name])));
  all('[data-photos]', copy).forEach(box => photoField(box));
  return (title ? [make('h1', { text: title })] : []).concat(Array.from(copy.children));
}
export const fill = (input, list, value) => input.append(...list.map(([code, label]) =>
  make('option', { value: code, text: label, selected: code === value })));

// ---- Photos ----

/** Smaller, or as it is when the browser cannot draw it. */
async function smaller(file) {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
    const scale = Math.min(1, LONG_SIDE / Math.max(picture.width, picture.height)), canvas = make('canvas');
    canvas.width = picture.width * scale;
    canvas.height = picture.height * scale;
    canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise(done => canvas.toBlob(done, 'image/jpeg', QUALITY));
    return blob && blob.size < file.size ? blob : file;
  } catch (e) {
    return file;
  }
}

/** Evidence stays as the camera made it. */
function photoField(box, max = 6, isEvidence = false) {
  const kept = [], list = one('.thumbs', box), note = one('.hint', box);
  const add = blob => {
    const [row] = parts('thumb'), [picture, drop] = row.children;
    picture.alt = `照片 ${kept.push(blob)}`;
    picture.src = URL.createObjectURL(blob);
    drop.onclick = () => { kept.splice(kept.indexOf(blob), 1); row.remove(); };
    list.append(row);
  };
  all('input', box).forEach(input => {
    input.onchange = async () => {
      const files = Array.from(input.files), room = max - kept.length;
      note.textContent = files.length > room ? `最多 ${max} 张` : '';
      input.value = '';
      for (const file of files.slice(0, room))
        add(isEvidence && file.size <= PHOTO_MAX ? file : await smaller(file));
    };
  });
  photos.set(box, kept);
  return box;
}

// ---- Position and QR ----

/** Where the phone is, or null. */
export const position = () => new Promise(done => navigator.geolocation ? navigator.geolocation.getCurrentPosition(p => done(p.coords), () => done(null),
  { enableHighAccuracy: true, timeout: 8000, maximumAge: 30e3 }) : done(null));

/** A button that puts the position into hidden fields; refused or missing, the form goes without. */
export function positionField() {
  const [box] = parts('position'), note = one('span', box);
  const hidden = BY_PHONE.slice(0, 5).map(name => make('input', { type: 'hidden', name }));
  box.append(...hidden);
  one('button', box).onclick = async () => {
    note.textContent = '正在定位…';
    const p = await position(), value = p && { lon: p.longitude.toFixed(6), lat: p.latitude.toFixed(6), crs: 'wgs84',
      accuracy: Math.ceil(p.accuracy), position_at: iso(now()) };
    hidden.forEach(h => { h.value = value ? value[h.name] : ''; });
    note.textContent = value ? `已附上定位（约 ${value.accuracy} 米）` : say('unlocated');
  };
  return box;
}

export const canScan = () => 'BarcodeDetector' in window && navigator.mediaDevices;

/** Opens the camera until a QR code is seen; empty when there is no camera or the person stops. */
export async function scan() {
  const [dialog] = parts('scan'), [video, stop] = dialog.children;
  let stream, open = true;
  stop.onclick = () => { open = false; };
  try {
    const reader = new window.BarcodeDetector({ formats: ['qr_code'] });
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
    document.body.append(dialog);
    video.srcObject = stream;
    await video.play();
    while (open) {
      const [code] = await reader.detect(video);
      if (code)
        return code.rawValue;
      await new Promise(ok => setTimeout(ok, 200));
    }
  } catch (e) { /* no camera, or refused */ } finally {
    if (stream)
      stream.getTracks().forEach(t => t.stop());
    dialog.remove();
  }
  return '';
}

// ---- One field of a schema ----

const chips = (texts, id) => make('div', { class: 'chips', 'data-chips': id }, ...texts.map(text => make('button', { type: 'button', text })));

export function opts(name, list, type = 'radio') {
  return make('div', { class: 'opts' }, ...list.map(([code, label]) => make('label', { class: 'opt' },
    make('input', { type, name, value: code }), make('span', { text: label }))));
}

function field(name, f, isRequired, lists) {
  const id = `f-${name}`, label = f.title + (isRequired ? '' : '（可不填）'), of = f.items || f;
  const hint = f.description ? [make('p', { class: 'hint', text: f.description })] : [];
  const codes = of.enum ? of.enum.map((c, i) => [c, of['x-labels'][i]]) : of['x-source'] ? lists(of['x-source']) : null;
  const group = list => make('fieldset', { class: 'field' }, make('legend', { text: label }), ...hint, list);
  const row = (...inputs) => make('div', { class: 'field' }, make('label', { for: id, text: label }), ...hint, ...inputs);
  if (codes && !codes.length)
    return make('i', { hidden: true });
  if (f.type === 'array' && !codes) {
    const [box] = parts('photos');
    one('legend', box).textContent = label;
    return photoField(box, f.maxItems, true);
  }
  if (codes && (f.type === 'array' || codes.length <= 6))
    return group(opts(name, codes, f.type === 'array' ? 'checkbox' : 'radio'));
  if (f.type === 'boolean')
    return make('div', { class: 'field' }, opts(name, [['true', f.title]], 'checkbox'));
  if (codes) {
    const input = make('select', { class: 'in', name, id });
    fill(input, [['', '请选择'], ...codes]);
    return row(input);
  }
  const ready = f.examples || [], input = f['x-multiline'] ? make('textarea', { class: 'in', name, id, rows: 3, maxlength: f.maxLength })
    : make('input', { class: 'in', name, id, maxlength: f.maxLength, min: f.minimum, max: f.maximum, type: { date: 'date', phone: 'tel' }[f.format]
      || (f.type === 'integer' ? 'number' : f.pattern ? 'datetime-local' : 'text') });
  if (ready.length && isRequired)
    input.value = ready[0];
  const more = ready.length ? [chips(ready, id)] : [];
  if (name === 'proof' && canScan()) {
    const button = make('button', { type: 'button', class: 'btn s' }, icon('qrcode'), '扫码');
    button.onclick = async () => { input.value = await scan() || input.value; };
    more.push(button);
  }
  return row(input, ...more);
}

/** What the schema asks for besides `required`, given what is chosen; with no choice: whatever it may ask for. */
const conditional = (schema, fields) => [].concat(...(schema.allOf || []).map(part => {
  const [name] = part.if.required;
  return !fields || part.if.properties[name].enum.includes(fields[name]) ? part.then.required : [];
}));

/** All fields of a schema, for a form. */
export function fieldsOf(schema, lists) {
  const must = schema.required.concat(conditional(schema)), names = Object.keys(schema.properties);
  return names.filter(n => !BY_PHONE.includes(n)).map(n => {
    const f = schema.properties[n], box = field(n, f, must.includes(n), lists);
    if (f['x-show-when'])
      box.dataset.showWhen = f['x-show-when'];
    return box;
  }).concat(names.includes('lon') ? positionField() : []);
}

// ---- What was entered ----

/** { fields, photos, missing }: only what is shown; numbers and yes or no as such. */
export function entered(form, schema) {
  const fields = {}, kept = [], missing = [], of = schema.properties;
  all('input[name],select[name],textarea[name]', form).forEach(i => {
    const value = i.type === 'radio' || i.type === 'checkbox' ? i.checked && i.value : i.value.trim(), f = of[i.name] || {};
    if (!value || i.disabled)
      return;
    if (f.type === 'array')
      (fields[i.name] = fields[i.name] || []).push(value);
    else
      fields[i.name] = f.type === 'integer' ? Number(value) : f.type === 'boolean' || value;
  });
  all('[data-photos]', form).forEach(b => { if (!b.closest('[hidden]')) kept.push(...photos.get(b).map(p => Object.assign(p, { of: b.dataset.photos }))); });
  schema.required.concat(conditional(schema, fields)).forEach(n => {
    const f = of[n], value = n === 'files' ? kept : fields[n] || [];
    if (!value.length && typeof value !== 'number' && value !== true)
      missing.push([n, `${n === 'files' ? '请拍照片' : '请填写'}：${f.title}`]);
    else if (Array.from(value).length < f.minLength)
      missing.push([n, `${f.title}：至少 ${f.minLength} 个字`]);
  });
  if (of.occurred_at)
    fields.occurred_at = iso(now());
  return { fields, photos: kept, missing };
}

/** Says at the top what is missing and leads there. */
export function complain(form, missing) {
  all('.errs', form).forEach(e => e.remove());
  if (!missing.length)
    return;
  const [box] = parts('errs');
  one('b', box).textContent = missing.length;
  one('ul', box).append(...missing.map(([name, text]) => {
    const link = make('a', { href: '#main', text });
    link.onclick = event => {
      const at = one(`[name="${name}"],[data-photos="${name}"] input`, form);
      event.preventDefault();
      if (at) at.focus();
    };
    return make('li', {}, link);
  }));
  form.prepend(box);
  box.focus();
}
