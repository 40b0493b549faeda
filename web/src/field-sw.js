// Service worker of /m. The server writes VERSION (of all files together) and BASE in front. It keeps the shell and its files,
// nothing that belongs to anybody: what a person takes along lies in the page's own database and is wiped at logout.
/* global VERSION, BASE */

const KEEP = `field-${VERSION}`, SHELL = `${BASE}/m/shell`, WAIT_MS = 4000;
const FILES = ['field.css', 'field.js', 'icons.svg', 'favicon.svg', 'icon-192.png'].map(f => `${BASE}/a/${f}?v=${VERSION}`)
  .concat(SHELL, `${BASE}/m/manifest.webmanifest`);

self.addEventListener('install', event => event.waitUntil(caches.open(KEEP)
  .then(kept => kept.addAll(FILES.map(f => new Request(f, { cache: 'reload' }))))
  .then(() => self.skipWaiting())));

self.addEventListener('activate', event => event.waitUntil(caches.keys()
  .then(names => Promise.all(names.filter(n => n.startsWith('field-') && n !== KEEP).map(n => caches.delete(n))))
  .then(() => self.clients.claim())));

const kept = request => caches.match(request, { ignoreVary: true });

/** The network first; the shell when there is none, or when it takes longer than a person waits. */
function page(request) {
  const late = new Promise((ok, no) => setTimeout(no, WAIT_MS));
  return Promise.race([fetch(request), late])
    .then(answer => answer.status < 500 ? answer : Promise.reject(), () => Promise.reject())
    .catch(() => kept(SHELL));
}

self.addEventListener('fetch', event => {
  const { request } = event, url = new URL(request.url), at = url.pathname;
  if (request.method !== 'GET' || url.origin !== self.location.origin)
    return;
  if (request.mode === 'navigate') {
    if (at === `${BASE}/m` || at.startsWith(`${BASE}/m/`))
      event.respondWith(page(request));
  } else if (at.startsWith(`${BASE}/a/`) || at === `${BASE}/m/manifest.webmanifest`)
    event.respondWith(kept(request).then(found => found || fetch(request)));
});
