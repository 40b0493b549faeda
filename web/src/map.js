// The map of /desk/map: stations with their circles, compounds, open whistles. Everything on it also stands in the lists
// below it. Loaded on that page only.

import L from 'leaflet';
import 'leaflet.markercluster';

const box = document.getElementById('map');

const escaped = s => String(s).replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`);

const dot = kind => L.divIcon({ className: `pin ${kind}`, iconSize: kind.startsWith('compound') ? [12, 12] : [18, 18], html: '' });

function popup(p) {
  const lines = [`<a href="${escaped(p.url)}"><b>${escaped(p.name)}</b></a>`];
  if (p.kind === 'station')
    lines.push(`${p.on_duty ? '值班' : '不值班'}（${p.by_roster ? '按值班表' : '按办公时间'}）`);
  if (p.kind === 'compound') {
    lines.push(p.minutes ? `到最近的站点约 ${p.minutes} 分钟${p.beyond ? '，在服务圈以外' : ''}` : '附近没有站点');
    lines.push(`在办事项 ${p.open} 件`);
  }
  if (p.kind === 'whistle')
    lines.push(`${escaped(p.place)}，${escaped(p.no)}`, `${escaped(p.state)}${p.urgent ? '，紧急' : ''}${p.arrived ? '，已到场' : ''}`);
  return lines.join('<br>');
}

function kindOf(p) {
  if (p.kind === 'station')
    return p.on_duty ? 'station' : 'station off';
  if (p.kind === 'compound')
    return p.beyond ? 'compound beyond' : 'compound';
  return p.urgent && !p.arrived ? 'whistle urgent' : 'whistle';
}

/** Several whistles of one compound lie on one point: a cluster says how many, and whether one of them is urgent. */
function clusterIcon(cluster) {
  const urgent = cluster.getAllChildMarkers().some(m => m.options.urgent);
  return L.divIcon({ className: `pin many ${urgent ? 'urgent' : ''}`, iconSize: [30, 30], html: `<span>${cluster.getChildCount()}</span>` });
}

function marker(feature) {
  const p = feature.properties, [lon, lat] = feature.geometry.coordinates;
  const m = L.marker([lat, lon], {
    icon: dot(kindOf(p)), urgent: p.urgent && !p.arrived, title: p.name, alt: p.name,
    zIndexOffset: p.kind === 'station' ? 100 : 0,
  });
  m.bindPopup(popup(p), { maxWidth: 240 });
  if (p.kind === 'compound')
    m.bindTooltip(p.name, { direction: 'right', offset: [8, 0], className: 'name' });
  return m;
}

function draw(map, data) {
  const layers = { station: L.layerGroup(), circle: L.layerGroup(), compound: L.layerGroup(),
    whistle: L.markerClusterGroup({ maxClusterRadius: 36, showCoverageOnHover: false, iconCreateFunction: clusterIcon, animate: false, zoomToBoundsOnClick: true }) };
  const bounds = L.latLngBounds([]);
  for (const feature of data.features) {
    const p = feature.properties, [lon, lat] = feature.geometry.coordinates;
    bounds.extend([lat, lon]);
    if (p.kind === 'station')
      L.circle([lat, lon], { radius: p.radius_m, className: p.on_duty ? 'reach' : 'reach off', interactive: false }).addTo(layers.circle);
    marker(feature).addTo(layers[p.kind]);
  }
  for (const layer of [layers.circle, layers.compound, layers.station, layers.whistle])
    layer.addTo(map);
  L.control.layers(null, { 服务圈: layers.circle, 小区: layers.compound, 站点: layers.station, 哨: layers.whistle }, { collapsed: true }).addTo(map);
  if (bounds.isValid())
    map.fitBounds(bounds.pad(0.15), { maxZoom: 16 });
  else
    map.setView([32, 112], 5);
}

/** 天地图: lines and names, each a layer of its own. */
function tiles(map, key, approval) {
  const layer = name => L.tileLayer(
    `https://t{s}.tianditu.gov.cn/${name}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=${name}&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=${encodeURIComponent(key)}`,
    { subdomains: '01234567', maxZoom: 18, attribution: escaped(`天地图${approval ? ` ${approval}` : ''}`) });
  layer('vec').addTo(map);
  layer('cva').addTo(map);
}

async function json(url) {
  const answer = await fetch(url, { credentials: 'same-origin', headers: { Accept: 'application/geo+json' } });
  if (!answer.ok)
    throw new Error(answer.status);
  return answer.json();
}

async function start() {
  const map = L.map(box, { attributionControl: !!box.dataset.tianditu, zoomSnap: 0.5, maxZoom: 18 });
  if (map.attributionControl)
    map.attributionControl.setPrefix(false);
  L.control.scale({ imperial: false }).addTo(map);
  box.querySelector('.leaflet-control-zoom-in').title = '放大';
  box.querySelector('.leaflet-control-zoom-out').title = '缩小';
  if (box.dataset.tianditu)
    tiles(map, box.dataset.tianditu, box.dataset.approval);
  const base = document.documentElement.dataset.base || '';
  try {
    draw(map, await json(base + box.dataset.map));
    if (box.dataset.ground) {
      const ground = await json(base + box.dataset.ground);
      L.geoJSON(ground, { interactive: false, style: () => ({ className: 'ground' }), pointToLayer: (f, at) => L.circleMarker(at, { radius: 2, className: 'ground' }) }).addTo(map).bringToBack();
    }
  } catch (e) {
    box.textContent = '地图的数据没有取到，请刷新；下面的列表内容一样。';
    box.classList.add('failed');
  }
}

if (box)
  start();
