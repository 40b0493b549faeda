"""A small writer of line charts as SVG: several panels side by side, one legend, readable in light and in dark."""
import math
from xml.sax.saxutils import escape

PANEL, HEIGHT, LEFT, TOP, BOTTOM, GAP = 330, 270, 62, 74, 50, 26
# Told apart by hue, lightness and the shape of their points.
STYLE = """
svg { font: 13px system-ui, sans-serif; }
.paper { fill: #ffffff; } text { fill: #1b2733; } .soft { fill: #586573; } .grid { stroke: #dde3e9; } .axis { stroke: #8794a1; }
.a { --c: #0b5cad; } .b { --c: #c2500b; } .c { --c: #1d7f4e; } .d { --c: #7a3fb0; } .e { --c: #8a6d00; } .f { --c: #b0235f; }
.line { fill: none; stroke: var(--c); stroke-width: 2; } .dash { stroke-dasharray: 5 4; } .point { fill: var(--c); }
@media (prefers-color-scheme: dark) {
.paper { fill: #10161d; } text { fill: #e6edf3; } .soft { fill: #9fb0c0; } .grid { stroke: #28333f; } .axis { stroke: #6b7a89; }
.a { --c: #6cb2ff; } .b { --c: #ff9e5e; } .c { --c: #5fd39a; } .d { --c: #c79bff; } .e { --c: #e5c44b; } .f { --c: #ff85b8; }
}"""


def short(value):
    """1.5k, 20k, 3M; small numbers as they are."""
    for size, unit in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{unit}"
    return f"{value:.3g}"


class Scale:
    """From values to pixels; `is_log`: equal steps are equal factors. A log scale has no room for what is not positive."""

    def __init__(self, values, is_log, from_px, to_px):
        values = [v for v in values if v is not None and (v > 0 or not is_log)] or [1]
        self.is_log, self.from_px, self.to_px = is_log, from_px, to_px
        if is_log:
            self.low, self.high = 10 ** math.floor(math.log10(min(values))), 10 ** math.ceil(math.log10(max(values)))
            self.high = self.high if self.high > self.low else self.low * 10
        else:
            step = nice_step(max(values) / 4)
            self.low, self.high = 0, step * math.ceil(max(values) / step)
            self.high = self.high or 1

    def px(self, value):
        if self.is_log:
            share = (math.log10(value) - math.log10(self.low)) / (math.log10(self.high) - math.log10(self.low))
        else:
            share = (value - self.low) / (self.high - self.low)
        return self.from_px + share * (self.to_px - self.from_px)

    def ticks(self):
        if self.is_log:
            first, last = round(math.log10(self.low)), round(math.log10(self.high))
            return [10.0 ** e for e in range(first, last + 1)]
        step = nice_step(self.high / 4)
        return [step * i for i in range(int(self.high / step + 0.5) + 1)]


def nice_step(least):
    """1, 2 or 5 times a power of ten, not below `least`."""
    if least <= 0:
        return 1
    power = 10 ** math.floor(math.log10(least))
    return next(power * m for m in (1, 2, 5, 10) if power * m >= least * 0.999)


class Panel:
    """One chart. series: [(name, [(x, y)])]; a y of None is left out. x_ticks: where the x axis is labelled."""

    def __init__(self, title, x_label, y_label, series, x_log=True, y_log=False, x_ticks=None):
        self.title, self.x_label, self.y_label, self.x_log, self.y_log, self.x_ticks = title, x_label, y_label, x_log, y_log, x_ticks
        self.series = [(name, [(x, y) for x, y in points if y is not None and (y > 0 or not y_log)]) for name, points in series]


def mark(kind, x, y):
    if kind % 3 == 0:
        return f'<circle class="point" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>'
    if kind % 3 == 1:
        return f'<rect class="point" x="{x - 3.2:.1f}" y="{y - 3.2:.1f}" width="6.4" height="6.4"/>'
    return f'<path class="point" d="M{x:.1f} {y - 4.4:.1f}l4.2 7.4h-8.4z"/>'


def text(x, y, words, kind="", anchor="start", extra=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{f" class={chr(34)}{kind}{chr(34)}" if kind else ""}{extra}>{escape(words)}</text>'


def draw_panel(panel, left, look):
    x0, x1, y0, y1 = left + LEFT, left + PANEL - 6, TOP + HEIGHT - BOTTOM, TOP + 26
    xs = [x for _, points in panel.series for x, _ in points]
    x_scale, y_scale = Scale(xs, panel.x_log, x0 + 8, x1 - 8), Scale([y for _, points in panel.series for _, y in points], panel.y_log, y0, y1)
    if panel.x_log and xs and max(xs) > min(xs):
        x_scale.low, x_scale.high = min(xs), max(xs)
    out = [text(left + LEFT, TOP + 8, panel.title, extra=' font-weight="600"')]
    for tick in y_scale.ticks():
        y = y_scale.px(tick)
        out.append(f'<line class="grid" x1="{x0}" x2="{x1}" y1="{y:.1f}" y2="{y:.1f}"/>')
        out.append(text(x0 - 7, y + 4, short(tick), "soft", "end"))
    for tick in panel.x_ticks or sorted(set(xs)):
        out.append(text(x_scale.px(tick), y0 + 18, short(tick), "soft", "middle"))
    out.append(f'<line class="axis" x1="{x0}" x2="{x1}" y1="{y0}" y2="{y0}"/>')
    out.append(text((x0 + x1) / 2, y0 + 38, panel.x_label, anchor="middle"))
    out.append(text(left + 14, (y0 + y1) / 2, panel.y_label, anchor="middle", extra=f' transform="rotate(-90 {left + 14:.1f} {(y0 + y1) / 2:.1f})"'))
    for name, points in panel.series:
        hue, kind, is_dashed = look[name]
        at = [(x_scale.px(x), y_scale.px(y)) for x, y in sorted(points)]
        way = "".join(f"{'M' if i == 0 else 'L'}{x:.1f} {y:.1f}" for i, (x, y) in enumerate(at))
        dash = " dash" if is_dashed else ""
        out.append(f'<g class="{hue}"><title>{escape(name)}</title>' + (f'<path class="line{dash}" d="{way}"/>' if len(at) > 1 else "")
                   + "".join(mark(kind, x, y) for x, y in at) + "</g>")
    return out


def chart(title, subtitle, panels, look=None):
    """All of it as text. A series looks the same in every panel; look: {name: (hue a…f, shape 0…2, is it a limit, drawn dashed)}."""
    names = list(dict.fromkeys(name for panel in panels for name, _ in panel.series))
    look = {name: ("abcdef"[i % 6], i, False) for i, name in enumerate(names)} | (look or {})
    each = max(1, (len(panels) * PANEL + 10) // 250)
    rows = (len(names) + each - 1) // each
    width, height = len(panels) * (PANEL + GAP), TOP + HEIGHT + 22 * rows + 10
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">',
           f"<title>{escape(title)}</title><style>{STYLE}</style>", f'<rect class="paper" width="{width}" height="{height}"/>',
           text(14, 26, title, extra=' font-size="17" font-weight="600"'), text(14, 47, subtitle, "soft")]
    for i, panel in enumerate(panels):
        out += draw_panel(panel, i * (PANEL + GAP), look)
    for i, name in enumerate(names):
        hue, kind, is_dashed = look[name]
        x, y = 20 + i % each * 250, TOP + HEIGHT + 16 + i // each * 22
        dash = " dash" if is_dashed else ""
        out.append(f'<g class="{hue}"><path class="line{dash}" d="M{x} {y}h30"/>{mark(kind, x + 15, y)}</g>' + text(x + 38, y + 4, name))
    return "\n".join(out + ["</svg>\n"])
