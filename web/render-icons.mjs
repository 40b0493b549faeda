// Draws src/icon-192.png and src/icon-512.png from src/app-icon.svg with headless Chromium.
// Run by hand after the drawing changes; the pictures are kept in src/ so that a build needs no browser.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const src = fileURLToPath(new URL('src/', import.meta.url));
const svg = readFileSync(join(src, 'app-icon.svg'), 'utf8');
const dir = mkdtempSync(join(tmpdir(), 'icons-'));
for (const size of [192, 512]) {
  const page = join(dir, `${size}.html`);
  const sized = svg.replace('<svg ', `<svg width="${size}" height="${size}" `);
  writeFileSync(page, `<!doctype html><style>body{margin:0}svg{display:block}</style>${sized}`);
  const run = spawnSync('chromium', ['--headless=new', '--no-sandbox', '--disable-gpu', '--hide-scrollbars',
    '--force-device-scale-factor=1', `--window-size=${size},${size}`, `--screenshot=${src}icon-${size}.png`, page],
  { stdio: 'ignore' });
  if (run.status !== 0)
    throw new Error(`chromium could not draw icon-${size}.png`);
}
rmSync(dir, { recursive: true });
