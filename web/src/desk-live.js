// News from the server while the console is open: counts, messages, a sound for urgent whistles.
// One page of the browser holds the connection; the others hear it through a channel.

import { all, base, icon, keep, make, on, one } from './dom.js';

const title = document.title;
let blink = 0;

// ---- Messages at the foot of the page ----

export function toast(text, kind = '', url = '') {
  const box = one('#toasts');
  if (!box)
    return;
  const words = make('div', {}, url ? make('a', { href: url, text }) : text);
  const close = make('button', { type: 'button', class: 'x', 'aria-label': '关闭消息' }, icon('x'));
  const note = make('div', { class: `toast ${kind}` }, words, close);
  close.onclick = () => note.remove();
  while (box.children.length > 3)
    box.firstChild.remove();
  box.append(note);
  if (kind !== 'urgent' && kind !== 'bad')
    setTimeout(() => note.remove(), 8000);
}

function counts(values) {
  for (const key of Object.keys(values))
    all(`[data-badge="${key}"]`).forEach(b => {
      b.textContent = values[key] || '';
      const unit = b.dataset.unit;
      if (unit)
        b.append(make('span', { class: 'vh', text: values[key] ? ` ${unit}` : '' }));
    });
  if (!blink)
    document.title = values.bell ? `(${values.bell}) ${title}` : title;
  document.body.dispatchEvent(new CustomEvent('desk:changed'));
}

function flash(text) {
  if (!document.hidden || blink)
    return;
  blink = setInterval(() => { document.title = document.title === title ? `【急】${text}` : title; }, 1000);
}

document.addEventListener('visibilitychange', () => {
  if (document.hidden)
    return;
  clearInterval(blink);
  blink = 0;
  document.title = title;
});

// ---- Sound: two short tones, only after the person has switched it on ----

let audio = null;

function wake() {
  const Audio = window.AudioContext || window.webkitAudioContext;
  if (!keep.get('sound') || !Audio)
    return;
  audio = audio || new Audio();
  audio.resume();
}

function tone(at, pitch) {
  const wave = audio.createOscillator(), level = audio.createGain();
  wave.frequency.value = pitch;
  level.gain.setValueAtTime(0.0001, at);
  level.gain.exponentialRampToValueAtTime(0.25, at + 0.02);
  level.gain.exponentialRampToValueAtTime(0.0001, at + 0.28);
  wave.connect(level);
  level.connect(audio.destination);
  wave.start(at);
  wave.stop(at + 0.3);
}

function beep() {
  if (!keep.get('sound') || !audio)
    return;
  [0, 0.35, 0.7].forEach((t, i) => tone(audio.currentTime + t, i === 1 ? 660 : 880));
}

function soundButton() {
  const show = button => {
    const isOn = Boolean(keep.get('sound'));
    button.setAttribute('aria-pressed', isOn);
    button.title = isOn ? '提示音已开' : '提示音已关';
    all('use', button).forEach(u => u.setAttribute('href', u.getAttribute('href').replace(/#.*/, isOn ? '#volume' : '#volume-off')));
  };
  all('[data-sound]').forEach(show);
  on('click', '[data-sound]', (event, button) => {
    keep.set('sound', !keep.get('sound'));
    show(button);
    wake();
    beep();
  });
  ['click', 'keydown'].forEach(type => document.addEventListener(type, wake, { once: true }));
}

// ---- Connection ----

function hear(kind, text) {
  let data;
  try { data = JSON.parse(text); } catch (e) { return; }
  if (kind === 'counts')
    counts(data);
  if (kind === 'notice') {
    toast(data.text, data.urgent ? 'urgent' : '', data.url);
    if (data.urgent)
      flash(data.text);
  }
}

function listen(channel) {
  const stream = new EventSource(`${base}/desk/events`);
  for (const kind of ['counts', 'notice'])
    stream.addEventListener(kind, event => {
      hear(kind, event.data);
      if (kind === 'notice' && /"urgent":\s*true/.test(event.data))
        beep();
      if (channel)
        channel.postMessage([kind, event.data]);
    });
}

export function live() {
  soundButton();
  if (!window.EventSource || !document.body.hasAttribute('data-live-desk'))
    return;
  if (!navigator.locks || !window.BroadcastChannel) {
    listen(null);
    return;
  }
  const channel = new BroadcastChannel(`desk${base}`);
  channel.onmessage = event => hear(event.data[0], event.data[1]);
  navigator.locks.request(`desk${base}`, () => new Promise(() => listen(channel)));
}
