// What the phone keeps: `box`, the outbox, numbered in the order in which things were recorded, and `kept`, what was taken along.

import { base } from './dom.js';

let opened = null;

function open() {
  opened = opened || new Promise((done, fail) => {
    const call = indexedDB.open(`shaodao-field${base}`, 1);
    call.onupgradeneeded = () => {
      call.result.createObjectStore('box', { keyPath: 'n', autoIncrement: true });
      call.result.createObjectStore('kept');
    };
    call.onsuccess = () => {
      call.result.onversionchange = () => { call.result.close(); opened = null; };
      done(call.result);
    };
    call.onerror = () => fail(call.error);
  });
  return opened;
}

/** Runs one request in a transaction of its own; a write counts when it is on the disk. */
async function run(name, mode, what, ...args) {
  const db = await open();
  return new Promise((done, fail) => {
    const tx = db.transaction(name, mode, { durability: 'strict' }), call = tx.objectStore(name)[what](...args);
    tx.oncomplete = () => done(call.result);
    tx.onabort = tx.onerror = () => fail(tx.error || call.error);
  });
}
const read = (name, ...rest) => run(name, 'readonly', ...rest), write = (name, ...rest) => run(name, 'readwrite', ...rest);

export const store = {
  all: () => read('box', 'getAll'),
  add: record => write('box', 'add', record),
  put: record => write('box', 'put', record),
  drop: n => write('box', 'delete', n),
  get: key => read('kept', 'get', key),
  set: (key, value) => write('kept', 'put', value, key),
  wipe: () => write('kept', 'clear'),                    // what was taken along; the outbox stays
};
