// Shows the components of COMPONENTS.md and whole pages made of them, under the product's content security policy.
// For people who design pages, and for tests/browser/assets.test.mjs. Never part of the product.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

const here = name => fileURLToPath(new URL(name, import.meta.url));
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
  "font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const TYPES = { css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml', png: 'image/png', txt: 'text/plain',
  webmanifest: 'application/manifest+json' };

/** The snippets of COMPONENTS.md: [{title, kind, html}], kind is both, resident, staff, print or skip. */
export function snippets() {
  const found = [];
  let title = '';
  let open = null;
  for (const line of readFileSync(here('COMPONENTS.md'), 'utf8').split('\n')) {
    const fence = line.match(/^```(?:html ?(\w*))?$/);
    if (fence && open) {
      found.push(open);
      open = null;
    } else if (fence)
      open = { title, kind: fence[1] || 'both', html: '' };
    else if (open)
      open.html += line + '\n';
    else if (line.startsWith('##'))
      title = line.replace(/^#+ /, '');
  }
  return found;
}

const part = (title, n = 0) => {
  const hit = snippets().filter(s => s.title === title)[n];
  if (!hit)
    throw new Error(`no snippet "${title}" ${n}`);
  return hit.html;
};
const inside = html => html.replace(/^<[^>]+>\n?/, '').replace(/<\/\w+>\s*$/, '');
const icon = name => `<svg class="i" aria-hidden="true"><use href="/a/icons.svg#${name}"/></svg>`;

const head = (title, css, scripts, size) => `<!doctype html>
<html lang="zh-CN" data-base=""${size ? ` data-size="${size}"` : ''}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover">
<title>${title} - 综合执法进小区</title>
<meta name="htmx-config" content='{"allowEval":false,"includeIndicatorStyles":false,"historyCacheSize":0,"refreshOnHistoryMiss":true,"responseHandling":[{"code":"204","swap":false},{"code":"[23]..","swap":true},{"code":"422","swap":true},{"code":"...","swap":false,"error":true}]}'>
<link rel="icon" href="/a/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/a/${css}">
${scripts.map(s => `<script src="/a/${s}" defer></script>`).join('\n')}
</head>
`;

const resident = (title, main, size, wide = '') => head(title, 'app.css', ['public.js'], size) + `<body${wide && ' class="wide"'}>
<a class="skip" href="#main">跳到正文</a>
<header class="top"><div><a class="brand" href="/"><svg class="mark" aria-hidden="true"><use href="/a/icons.svg#mark"/></svg><span><b>综合执法进小区</b><small>会昌县</small></span></a><a class="sz" href="?size=${size ? 'normal' : 'large'}">${size ? '标准版' : '长辈版'}</a></div></header>
<main id="main" tabindex="-1">
${main}</main>
<footer class="foot">${inside(part('Footer'))}</footer>
</body>
</html>
`;

const staff = (title, main, size, drawer = '', dialogs = '') => head(title, 'staff.css', ['htmx.js', 'staff.js'], size) + `<body class="desk ban" data-live-desk>
<a class="skip" href="#main">跳到正文</a>
${part('Bar')}<section class="bans" aria-label="提示">
${part('Banners')}</section>
${part('Menu')}<div class="wk${drawer && ' open'}">
<main id="main" tabindex="-1">
${main}</main>
<aside class="drawer" id="drawer" aria-label="事项详情">${drawer}</aside>
</div>
${part('Phone bottom bar')}${dialogs}<div class="toasts" id="toasts" role="status"></div>
</body>
</html>
`;

const paper = (title, sheet, size) => head(title, 'print.css', ['staff.js'], size) + `<body>
<header class="toolbar"><a href="/">返回</a><span>${title}</span><button type="button" class="main" data-print>${icon('printer')}打印</button></header>
<main class="paperview" tabindex="0" aria-label="${title}">
${sheet}</main>
</body>
</html>
`;

const list = () => part('Page head').replace(/<nav class="crumb"[\s\S]*?<\/nav>\n/, '') + part('KPI links') +
  part('Filter bar, tabs, table, pager').replace(/<p class="chosen">.*\n/, '') + part('Pager');
const drawerOf = () => inside(part('Drawer'));
const long = text => Array.from({ length: 30 }, () => `  <p>${text}</p>\n`).join('');

const pages = {
  home: s => resident('幸福里小区', part('Emergency line') + part('Hero') + `<div class="cols"><div><h2>这里有人管</h2>${part('Call rows')}
<h2>两张清单</h2>${part('List of links')}</div><div><h2>近 30 天</h2>${part('Figures').replace('</dl></div>', '</dl>')}${part('Stacked bar (7-2-1)')}</div>
${part('Section head')}${part('List of links')}</div></div>`, s, 1),
  what: s => resident('是什么问题？', part('Question page') + part('Search with suggestions'), s),
  words: s => resident('错误：拍照和描述', part('Question page').split('<form')[0].replace('第 1 步', '第 3 步') + part('Error summary') +
    `<h1>拍照和描述</h1>\n` + part('File picker') + part('Text fields') + part('Radio list, checkbox list') +
    part('Position button').replace(' hidden><svg', '><svg') + part('Folded text') + '<div class="go"><button type="button" class="btn">继续</button></div>\n', s),
  check: s => resident('核对后提交', '<a class="back" href="#">' + icon('chevron-left') + '上一步</a>\n<h1>核对后提交</h1>\n' +
    part('Check answers') + '<form method="post" action="#"><div class="go"><button type="submit" class="btn">提交反映</button></div></form>\n', s),
  done: s => resident('已收到您的反映', part('Receipt panel'), s),
  track: s => resident('办理进度', part('Progress panel') + `<h2>办理进度</h2><div class="card">${part('Timeline')}</div>
<h2>处理前后</h2>${part('Photos')}<h2>请您评价</h2>${part('Rating')}`, s),
  desk: s => staff('待办事项', list().replace('<tr class="on">', '<tr>'), s),
  'desk-open': s => staff('待办事项', list(), s, drawerOf()),
  case: s => staff('占用消防通道', part('Page head').split('\n')[0] + `\n<div class="ph"><h1>占用消防通道</h1>${part('Three signals').split('\n').slice(3).join('\n').replace(/<\/p>\s*$/, '</p>').split('<span class="clk">')[0]}</p></div>
<div class="casepage"><div class="stackup">${part('Suggestion of the rules')}<div class="card"><h2>登记处置</h2>${part('Task list')}</div>
<div class="card"><h2>事实</h2>${part('Description list')}</div><div class="card"><h2>证据</h2>${part('Evidence')}${part('File picker', 1)}</div>
<div class="card"><h2>退回</h2>${part('Action form')}</div></div>
<div class="stackup">${part('Notes').split('\n').slice(-4).join('\n')}${part('Law card').replace('<h3>', '<h2 class="vh">依据</h2><h3>')}<div class="card"><h2>经过</h2>${part('Timeline')}</div></div></div>
<div class="acts page"><a class="btn" href="#">登记处置</a>${part('Dialog').split('\n')[0]}<a class="btn s" href="#">提请会商</a></div>
`, s, '', part('Dialog').split('\n').slice(1).join('\n')),
  report: s => staff('统计报表', `<div class="ph"><h1>统计报表</h1><p>2026 年 4 月，红旗社区</p></div>${part('Figures and charts').split('<figure')[0]}
<div class="two"><div><h2>受理与办结</h2><figure${part('Figures and charts').split('<figure')[1]}</div><div><h2>处置结果</h2><div class="card">${part('Stacked bar (7-2-1)')}</div><h2>部门得分</h2>${part('Score cell and formula')}</div></div>`, s),
  field: s => staff('待办', '<div class="ph"><h1>待办</h1></div>' + part('Job cards (field pages)') + '<h2>幸福里小区巡查</h2>' + part('Patrol check list'), s),
  login: s => head('登录', 'staff.css', ['htmx.js', 'staff.js'], s) + part('Login') + '</html>\n',
  screen: s => head('大屏', 'staff.css', [], s) + part('Wall screen') + '</html>\n',
  notice: s => paper('行政执法监督提醒函', part('Official text').replace('</h3>\n', `</h3>\n${long('由两名以上执法人员到场，并做好记录，向反映人说明处理过程、依据和结果，听取意见后办结，并在三个工作日内书面回复本机关，由本机关核查后销号。')}`), s),
  patrol: s => paper('小区巡查表', part('Form sheet'), s),
  board: s => paper('服务牌', part('Service board'), s),
  receipt: s => paper('受理回执', part('Receipt, contact card'), s),
};

const show = kinds => snippets().filter(s => kinds.includes(s.kind)).map(s =>
  `<section><h2>${s.title}</h2>\n${s.html.replace(/<(\/?)h1/g, '<$1h3').replace(/ id="(nav|offline)"/g, ' id="$1-sample"')}</section>\n`).join('');

const components = {
  resident: s => resident('组件', '<h1>组件</h1>' + show(['both', 'resident']), s),
  staff: s => staff('组件', '<div class="ph"><h1>组件</h1></div>' + show(['both', 'staff'])
    .replace(/<section><h2>(Bar|Menu|Phone bottom bar|Drawer)<[\s\S]*?<\/section>\n/g, ''), s),
  print: s => paper('组件', snippets().filter(x => x.kind === 'print').map(x => x.html).join(''), s),
};

const read = request => new Promise(done => {
  const chunks = [];
  request.on('data', c => chunks.push(c)).on('end', () => done(Buffer.concat(chunks)));
});

/** Plays the server's part of the scripts: uploads, suggestions, drawer, news. `state.failUploads` makes that many fail. */
async function play(request, response, url, state) {
  const json = (code, body) => response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  if (url.pathname.endsWith('/files')) {
    const body = await read(request);
    state.uploads.push(body);
    if (state.failUploads > 0) {
      state.failUploads--;
      return json(503, { title: '服务器忙' });
    }
    const start = body.indexOf('\r\n\r\n', body.indexOf('name="file"')) + 4;
    const end = body.lastIndexOf('\r\n--');
    return json(201, { id: `f${state.uploads.length}`, sha256: createHash('sha256').update(body.subarray(start, end)).digest('hex') });
  }
  if (url.pathname === '/suggest')
    return response.end(`<ul class="list card"><li><a href="#"><b>${url.searchParams.get('q').replace(/[<&]/g, '')}</b><span>执法清单</span></a></li></ul>`);
  if (url.pathname === '/desk/events') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('event: counts\ndata: {"todo":13,"bell":4}\n\nevent: notice\ndata: {"text":"新的紧急哨：电梯困人","url":"/p/case","urgent":true}\n\n');
    return state.streams.push(response);
  }
  if (url.pathname.startsWith('/desk/cases/'))
    return response.end(request.headers['hx-request'] ? drawerOf().replace('href="#" data-close', 'href="/p/desk" data-close') : pages.case());
  if (request.method === 'POST') {
    state.posts.push((await read(request)).toString());
    return response.writeHead(303, { location: request.headers.referer || '/' }).end();
  }
  response.writeHead(404).end('404');
}

export function start(port = 0) {
  const state = { uploads: [], posts: [], streams: [], failUploads: 0 };
  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://gallery');
    const size = url.searchParams.get('size') === 'large' ? 'large' : '';
    const [, kind, name] = url.pathname.split('/');
    response.setHeader('content-security-policy', CSP);
    response.setHeader('cache-control', 'no-store');
    response.setHeader('content-type', 'text/html; charset=utf-8');
    try {
      if (request.method === 'GET' && url.pathname === '/')
        return response.end(readFileSync(here('gallery.html')));
      if (kind === 'a') {
        response.setHeader('content-type', `${TYPES[name.split('.').pop()] || 'application/octet-stream'}; charset=utf-8`);
        return response.end(readFileSync(here(`dist/${name.replace(/[^\w.-]/g, '')}`)));
      }
      const page = { c: components, p: pages }[kind];
      if (request.method === 'GET' && page && page[name])
        return response.end(page[name](size));
      play(request, response, url, state);
    } catch (error) {
      response.writeHead(500).end(String(error.stack));
    }
  });
  return new Promise(done => server.listen(port, '127.0.0.1', () => done({ server, state,
    base: `http://127.0.0.1:${server.address().port}`, pages: Object.keys(pages), components: Object.keys(components),
    stop: () => { state.streams.forEach(s => s.end()); server.close(); server.closeAllConnections(); } })));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { base } = await start(Number(process.env.PORT) || 8088);
  console.log(`gallery on ${base}`);
}
