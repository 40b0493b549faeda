// Builds dist/ from src/ and node_modules/. The same sources give the same bytes, so dist/ is committed
// and `node build.mjs --check` tells whether it is current.
import { build, version } from 'esbuild';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('.', import.meta.url));
const at = (...parts) => join(root, ...parts);
const text = (...parts) => readFileSync(at(...parts), 'utf8');
const out = new Map();                                   // name → Buffer

// Largest size after gzip -9, in bytes. A page budget of ux: resident 30 KB, staff 60 KB.
const budget = { 'app.css': 7168, 'staff.css': 12288, 'print.css': 4096, 'public.js': 6144, 'staff.js': 9216,
  'field.css': 8192, 'field.js': 12288, 'field-sw.js': 1024,
  'map.css': 7680, 'map.js': 58368,
  'htmx.js': 18432, 'icons.svg': 8192 };

async function bundles() {
  const result = await build({
    absWorkingDir: root,
    entryPoints: ['app.css', 'staff.css', 'print.css', 'public.js', 'staff.js', 'field.css', 'field.js', 'field-sw.js', 'map.css', 'map.js'].map(f => `src/${f}`),
    outdir: 'dist',
    write: false,
    bundle: true,
    minify: true,
    charset: 'utf8',
    format: 'iife',
    target: ['es2019', 'chrome80'],
    legalComments: 'none',
    loader: { '.png': 'dataurl' },
    logLevel: 'warning',
  });
  for (const file of result.outputFiles)
    out.set(file.path.split('/').pop(), Buffer.from(file.contents));
}

/** Icon names of src/icons.txt and of every scheme's categories.csv (its column `icon`). */
function iconNames() {
  const names = new Set(text('src/icons.txt').split('\n').filter(l => l && !l.startsWith('#')));
  const schemes = at('..', 'schemes');
  for (const scheme of existsSync(schemes) ? readdirSync(schemes).sort() : []) {
    const table = join(schemes, scheme, 'categories.csv');
    if (!existsSync(table))
      continue;
    const [head, ...rows] = readFileSync(table, 'utf8').replace(/^\ufeff/, '').split(/\r?\n/).map(cells);
    const column = head.indexOf('icon');
    for (const row of rows)
      if (column >= 0 && row[column])
        names.add(row[column]);
  }
  return [...names].sort();
}

function cells(line) {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(m => (m[1] ?? m[2]).replace(/""/g, '"').trim());
}

function sprite() {
  const symbols = iconNames().map(name => {
    const file = at('node_modules/@tabler/icons/icons/outline', `${name}.svg`);
    if (!existsSync(file))
      throw new Error(`there is no outline icon "${name}"`);
    const body = readFileSync(file, 'utf8')
      .replace(/<!--[\s\S]*?-->/g, '')
      .replace(/<svg[\s\S]*?>/, '').replace('</svg>', '')
      .replace(/<path stroke="none"[^>]*>/g, '')
      .replace(/\s*\n\s*/g, '').replace(/ \/>/g, '/>');
    return `<symbol id="${name}" viewBox="0 0 24 24">${body}</symbol>`;
  });
  const mark = text('src/mark.svg').trim().replace(/<svg[^>]*>/, '<symbol id="mark" viewBox="0 0 32 32">').replace('</svg>', '</symbol>');
  out.set('icons.svg', Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}${mark}</svg>\n`));
}

function copies() {
  out.set('htmx.js', readFileSync(at('node_modules/htmx.org/dist/htmx.min.js')));
  out.set('favicon.svg', readFileSync(at('src/mark.svg')));
  for (const name of ['icon-192.png', 'icon-512.png'])
    out.set(name, readFileSync(at('src', name)));
  for (const name of ['manifest.webmanifest', 'field.webmanifest'])
    out.set(name, Buffer.from(JSON.stringify(JSON.parse(text('src', name))) + '\n'));
}

function thirdParty() {
  const about = (name, licence, what, file = 'LICENSE') => {
    const pkg = JSON.parse(text('node_modules', name, 'package.json'));
    return `${pkg.name} ${pkg.version} (${licence})\n${what}\n\n${text('node_modules', name, file).trim()}\n`;
  };
  out.set('THIRD-PARTY.txt', Buffer.from(
    'Work of others in this directory. Everything else here belongs to the product.\n\n' +
    about('htmx.org', '0BSD', 'htmx.js, an exact copy of its dist/htmx.min.js') + '\n' +
    about('leaflet', 'BSD-2-Clause', 'in map.js and map.css') + '\n' +
    about('leaflet.markercluster', 'MIT', 'in map.js and map.css', 'MIT-LICENCE.txt') + '\n' +
    about('@tabler/icons', 'MIT', 'the symbols of icons.svg other than "mark"')));
}

await bundles();
sprite();
copies();
thirdParty();

let faults = 0;
for (const [name, bytes] of [...out].sort()) {
  const size = gzipSync(bytes, { level: 9 }).length;
  const over = budget[name] && size > budget[name];
  faults += over ? 1 : 0;
  console.log(`${name.padEnd(22)} ${String(bytes.length).padStart(7)}  gz ${String(size).padStart(6)}${over ? `  over its ${budget[name]}` : ''}`);
}

const dist = at('dist');
if (process.argv.includes('--check')) {
  const kept = existsSync(dist) ? readdirSync(dist) : [];
  const stale = [...new Set([...kept, ...out.keys()])]
    .filter(n => !out.has(n) || !kept.includes(n) || !out.get(n).equals(readFileSync(join(dist, n))));
  if (stale.length)
    console.error(`dist/ is not what the sources give (esbuild ${version}): ${stale.join(', ')}. Run "make web".`);
  faults += stale.length;
} else {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist);
  for (const [name, bytes] of out)
    writeFileSync(join(dist, name), bytes);
}
process.exit(faults ? 1 : 0);
