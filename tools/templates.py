#!/usr/bin/env python3
"""Compiles one HTML template to C:  templates.py case.html case.html.c case.html.h

    {% include "case.h" %}                       before the first page: an #include
    {% page case(const struct case_view *v) %} … {% end %}      void page_case(struct buf *out, const struct case_view *v)
    {% part row(const struct row *r) %} … {% end %}             void part_row(struct buf *out, …), called by
    {% call row(x) %}                            parts of another file need {% include "other.html.h" %}
    {{ v->title }}      {{{ v->note }}}          a value, escaped for its place; ready markup of type struct html
    {% if a %} {% elif b %} {% else %} {% end %}
    {% each x in v->rows %} {% end %}            rows has members p and n; x is a pointer, x_i its number from 0
    {% let n = v->rows.n %}      {# a note #}

An expression is C. It is escaped for the place it stands in (src/base/html.h says how); places where no escaping is
safe are refused: names of tags and attributes, unquoted and 'quoted' attributes, comments, <style>, <script> that is
not application/json. In a URL attribute a value at the start is a whole URL, later ones are components. Rooted URLs get
the site's base path. All branches of a block must end in the same place of the HTML. A run of blanks with a line end
becomes one line end, or nothing between two Chinese characters.
"""
import os
import re
import sys

from html_reader import REFUSED_ATTRS, Place, Reader, TemplateError, join

TOKEN = re.compile(r"""
      \{\#(?P<comment>.*?)\#\}
    | \{%(?P<stmt>(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^"'])*?)%\}
    | \{\{\{(?P<raw>(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^"'])*?)\}\}\}
    | \{\{(?P<expr>(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^"'])*?)\}\}
""", re.X | re.S)


def tokens(source):
    """Yields (kind, text, line); kind is text, stmt, expr or raw."""
    def line_at(offset):
        return source.count("\n", 0, offset) + 1

    def text_until(start, end):
        text = source[start:end]
        stray = re.search(r"\{[{%#]", text)
        if stray:
            raise TemplateError(line_at(start + stray.start()), f"{stray.group()} is never closed")
        return [("text", text, line_at(start))] if text else []

    at = 0
    for m in TOKEN.finditer(source):
        yield from text_until(at, m.start())
        if m.lastgroup != "comment":
            if re.search(r"\{[{%#]", m.group(m.lastgroup)):
                raise TemplateError(line_at(m.start()), f"{source[m.start():m.start() + 2]} is never closed")
            yield m.lastgroup, " ".join(m.group(m.lastgroup).split("\n")).strip(), line_at(m.start())
        at = m.end()
    yield from text_until(at, len(source))


def c_string(text):
    """A C literal of these bytes, wrapped for the reader of the made file."""
    out, width = ['"'], 0
    for c in text:
        if width > 90 or c == "?" and out[-1] == "?":  # trigraphs
            out.append('"\n    "')
            width = 0
        piece = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}.get(c)
        if piece is None:
            piece = c if c >= " " and c != "\x7f" else f"\\{ord(c):03o}"
        out.append(piece)
        width += len(piece)
    return "".join(out) + '"'


class Compiler(Reader):
    def __init__(self, source, path):
        super().__init__()
        self.source, self.path = source, path
        self.includes, self.prototypes, self.code, self.blocks = [], [], [], []

    # ---- output

    def flush(self):
        if self.pending:
            self.code.append(f"buf_add(out, {c_string(self.pending)}, {len(self.pending.encode())});")
            self.pending = ""

    def statement(self, line, text):
        self.flush()
        self.code.append(f'#line {line} "{self.path}"\n{text}')

    def base_path(self):
        self.flush()
        self.code.append("html_url_base(out);")

    # ---- directives

    def settle(self, line, what):
        """A directive ends a name that stands before it; some places allow none at all."""
        p = self.place
        if p.where == "tagname" and p.tag or p.where == "attrname":
            p.where, p.glue, p.attr = "tag", True, ""
        if p.where in ("tagopen", "tagname", "comment", "decl", "beforevalue") or p.where == "value" and p.quote != '"':
            places = {"beforevalue": "an attribute without double quotes", "value": "an attribute without double quotes",
                      "comment": "an HTML comment; use {# #}", "decl": "a <!declaration>"}
            raise TemplateError(line, f"{what} inside {places.get(p.where, 'a tag name')}")

    def expression(self, text, line, trusted):
        braces = "{{{ }}}" if trusted else "{{ }}"
        if self.place is None:
            raise TemplateError(line, f"{braces} outside a page or part")
        name_open = self.place.where in ("tagname", "attrname")
        self.settle(line, braces)
        p = self.place
        if not text:
            raise TemplateError(line, f"empty {braces}")
        if p.where == "tag" or name_open:
            raise TemplateError(line, f"{braces} inside {p.name()}: a tag or attribute name cannot be a value")
        if p.raw == "style" or p.raw == "script" and p.script != "application/json":
            raise TemplateError(line, f"{braces} inside <{p.raw}>: no escaping is safe there")
        if trusted:
            if p.where == "value" or p.raw in ("textarea", "title") or p.in_string:
                raise TemplateError(line, "{{{ }}} is markup and can stand only between tags")
            emit = "html_raw"
        elif p.where == "value":
            emit = self.value_emitter(line)
        elif p.raw == "script":
            emit = "emit_json_part" if p.in_string else "emit_json"
        else:
            emit = "emit_text"
        if p.fresh:
            self.literal("\n")
        p.blank = p.fresh = False
        self.statement(line, f"{emit}(out, ({text}));")

    def value_emitter(self, line):
        p = self.place
        if p.attr in REFUSED_ATTRS:
            raise TemplateError(line, f"{{{{ }}}} inside {p.attr}=: no escaping is safe there")
        p.value = "\0"
        if not p.url:
            return "emit_attr"
        if p.url == "unknown":
            raise TemplateError(line, "whether this begins the URL depends on the branch; write the whole URL in each")
        emit = "emit_url" if p.url == "start" else "emit_url_part"
        p.url = "head" if p.url == "start" else "mid"
        return emit

    def directive(self, text, line):
        word, _, rest = text.partition(" ")
        handler = getattr(self, "do_" + word, None)
        if not handler:
            raise TemplateError(line, f"unknown directive {{% {text} %}}")
        inside = word not in ("include", "page", "part")
        if inside != (self.place is not None):
            raise TemplateError(line, f"{{% {word} %}} " + ("outside a page or part" if inside else
                                                            f"inside the {self.blocks[0]['kind']} of line {self.blocks[0]['line']}"))
        if inside:
            self.settle(line, f"{{% {word} %}}")
        handler(rest.strip(), line)

    def do_include(self, rest, line):
        if not re.fullmatch(r'"[\w./-]+"', rest):
            raise TemplateError(line, 'write {% include "name.h" %}')
        self.includes.append(f"#include {rest}")

    def function(self, kind, rest, line):
        m = re.fullmatch(r"(\w+)\s*\((.*)\)", rest)
        if not m:
            raise TemplateError(line, f"write {{% {kind} name(const struct x_view *v) %}}")
        params = ", ".join(["struct buf *out"] + ([m.group(2).strip()] if m.group(2).strip() not in ("", "void") else []))
        self.prototypes.append(f"void {kind}_{m.group(1)}({params});")
        self.place = Place()
        self.blocks.append({"kind": kind, "line": line})
        self.statement(line, f"void\n{kind}_{m.group(1)}({params})\n{{")

    def do_page(self, rest, line):
        self.function("page", rest, line)

    def do_part(self, rest, line):
        self.function("part", rest, line)

    def do_if(self, rest, line):
        self.statement(line, f"if ({rest or self.missing('if', line)}) {{")
        self.blocks.append({"kind": "if", "line": line, "entry": self.place.copy(), "joined": None, "else": False})

    def missing(self, word, line):
        raise TemplateError(line, f"{{% {word} %}} needs an expression")

    def next_arm(self, line, code, is_else):
        block = self.blocks[-1]
        if block["kind"] != "if" or block["else"]:
            raise TemplateError(line, "{% else %} or {% elif %} without its {% if %}")
        self.statement(line, code)
        block["joined"] = join(block["joined"], self.place, line) if block["joined"] else self.place
        block["else"] = is_else
        self.place = block["entry"].copy()

    def do_elif(self, rest, line):
        self.next_arm(line, f"}} else if ({rest or self.missing('elif', line)}) {{", False)

    def do_else(self, rest, line):
        self.next_arm(line, "} else {", True)

    def do_each(self, rest, line):
        m = re.fullmatch(r"([A-Za-z_]\w*)\s+in\s+(.+)", rest)
        if not m:
            raise TemplateError(line, "write {% each x in v->rows %}")
        x, rows = m.groups()
        self.statement(line, f"{{ __auto_type {x}_rows_ = ({rows}); "
                             f"for (size_t {x}_i = 0; {x}_i < (size_t){x}_rows_.n; {x}_i++) {{ "
                             f"const __typeof__(*{x}_rows_.p) *{x} = &{x}_rows_.p[{x}_i]; (void){x};")
        self.blocks.append({"kind": "each", "line": line, "entry": self.place.copy()})
        self.place.blank = False
        if self.place.url == "start":
            self.place.url = "unknown"

    def do_let(self, rest, line):
        m = re.fullmatch(r"([A-Za-z_]\w*)\s*=\s*(.+)", rest)
        if not m:
            raise TemplateError(line, "write {% let name = expression %}")
        self.statement(line, f"__auto_type {m.group(1)} = ({m.group(2)});")

    def do_call(self, rest, line):
        m = re.fullmatch(r"(\w+)\s*\((.*)\)", rest)
        if not m:
            raise TemplateError(line, "write {% call part_name(arguments) %}, without part_ in front")
        if self.place.where != "text" or self.place.raw:
            raise TemplateError(line, f"{{% call %}} inside {self.place.name()}: a part can stand only between tags")
        args = ", ".join(["out"] + ([m.group(2).strip()] if m.group(2).strip() else []))
        self.statement(line, f"part_{m.group(1)}({args});")
        self.place.blank = False

    def do_end(self, rest, line):
        block = self.blocks.pop()
        if block["kind"] in ("page", "part"):
            if self.place.where != "text" or self.place.raw:
                raise TemplateError(line, f"the {block['kind']} of line {block['line']} ends inside {self.place.name()}")
            if self.place.blank and not self.place.pre and self.pending.endswith("\n"):
                self.pending = self.pending[:-1]
            self.statement(line, "}")
            self.place = None
            return
        self.statement(line, "}}" if block["kind"] == "each" else "}")
        if block["kind"] == "if" and block["else"]:
            self.place = join(block["joined"], self.place, line)
        elif block["kind"] == "if" and block["joined"]:
            self.place = join(join(block["joined"], self.place, line), block["entry"], line)
        else:
            self.place = join(block["entry"], self.place, line)

    def run(self):
        for kind, text, line in tokens(self.source):
            if kind == "stmt":
                self.directive(text, line)
            elif kind != "text":
                self.expression(text, line, kind == "raw")
            elif self.place:
                self.read(text, line)
            elif text.strip():
                line += text[:len(text) - len(text.lstrip())].count("\n")
                raise TemplateError(line, f"text outside a page or part: {text.strip()[:30]!r}")
        if self.blocks:
            raise TemplateError(self.blocks[-1]["line"], f"this {{% {self.blocks[-1]['kind']} %}} has no {{% end %}}")


def compile_template(source, path):
    """Returns the texts of the .c and the .h file; raises TemplateError."""
    c = Compiler(source, path)
    c.run()
    name = os.path.basename(path)
    guard = re.sub(r"\W", "_", name).upper() + "_H"
    header = [f"/* {name}.h — the pages and parts of {name}, made by tools/templates.py. */", f"#ifndef {guard}",
              f"#define {guard}", "", '#include "html.h"', *c.includes, "", *c.prototypes, "", "#endif", ""]
    body = [f"/* Made from {name} by tools/templates.py. */", f'#include "{name}.h"', "",
            '#pragma GCC diagnostic ignored "-Wunused-parameter"', '#pragma GCC diagnostic ignored "-Wunused-variable"',
            '#pragma GCC diagnostic ignored "-Wunused-but-set-variable"', "", *c.code, ""]
    return "\n".join(body), "\n".join(header)


def main(argv):
    source_path, c_path, h_path = argv
    with open(source_path, encoding="utf-8") as f:
        source = f.read()
    try:
        c_text, h_text = compile_template(source, source_path)
    except TemplateError as e:
        sys.exit(f"{source_path}:{e.line}: error: {e}")
    for path, text in ((c_path, c_text), (h_path, h_text)):
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)


if __name__ == "__main__":
    main(sys.argv[1:])
