// What a phone adds to a proof of presence: the seconds of a code running down, and a position, asked for by a button.

import { all, make, one } from './dom.js';

function countdown(node) {
  const until = Date.now() + Number(node.dataset.seconds) * 1000;
  const timer = setInterval(() => {
    const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    node.textContent = left;
    if (!left)
      clearInterval(timer); // the page's own refresh brings the next code
  }, 500);
}

/** Hidden fields lon, lat, accuracy, crs and position_at of a form; used once for the grade and not kept. */
function positions(form) {
  const field = name => one(`[data-phone="${name}"]`, form);
  const after = one('[name="proof"]', form);
  if (!navigator.geolocation || !field('lon') || !after)
    return;
  const said = make('span', { role: 'status' });
  const button = make('button', { type: 'button', class: 'btn o' });
  button.textContent = '附上我的位置';
  said.textContent = ' 只用来判断离小区远近，不保存';
  const line = make('p', { class: 'hint' });
  line.append(button, said);
  after.closest('.field').append(line);
  button.addEventListener('click', () => {
    said.textContent = ' 正在定位…';
    navigator.geolocation.getCurrentPosition(at => {
      field('lon').value = at.coords.longitude.toFixed(6);
      field('lat').value = at.coords.latitude.toFixed(6);
      field('accuracy').value = Math.round(at.coords.accuracy);
      field('crs').value = 'wgs84';
      field('position_at').value = new Date(at.timestamp).toISOString();
      said.textContent = ` 已附上（精度约 ${Math.round(at.coords.accuracy)} 米），两分钟内登记有效`;
    }, () => { said.textContent = ' 没有取到位置，可以不附'; }, { enableHighAccuracy: true, timeout: 15000, maximumAge: 0 });
  });
}

export function presence(root = document) {
  all('[data-seconds]', root).forEach(countdown);
  all('form', root).filter(f => one('[data-phone]', f) && !f.dataset.placed).forEach(f => { f.dataset.placed = '1'; positions(f); });
}
