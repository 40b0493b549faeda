"""Templates: what must compile to what, and what must be refused."""
import os
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools"))
from html_reader import TemplateError  # noqa: E402
from templates import compile_template  # noqa: E402

VIEW = """
#include "html.h"
struct row { int64_t id; const char *name; };
struct view {
    struct str title; const char *url; bool on; int n; uint64_t big;
    struct { struct row p[3]; size_t n; } rows; struct html markup;
};
"""
VALUES = r"""
    static struct view view = {.title = {"<a> & \"b\" 'c'", 13}, .url = "/x?a=1&b=2", .on = true, .n = -3,
        .big = 18446744073709551615u, .rows = {{{1, "一"}, {2, "<二>"}, {3, NULL}}, 3}, .markup = {{"<b>!</b>", 8}}};
"""


def c_of(body):
    return compile_template("{% page x(const struct view *v) %}" + body + "{% end %}", "x.html")[0]


def render(template, base="/zhzf"):
    """Compiles a template (which defines page x) with gcc and returns what it writes."""
    with tempfile.TemporaryDirectory() as tmp:
        def put(name, text):
            with open(os.path.join(tmp, name), "w", encoding="utf-8") as f:
                f.write(text)
        c_text, h_text = compile_template('{% include "view.h" %}' + template, "x.html")
        put("view.h", "#ifndef V\n#define V\n" + VIEW + "#endif\n")
        put("x.html.c", c_text)
        put("x.html.h", h_text)
        put("main.c", '#include <stdio.h>\n#include "x.html.h"\nint main(void) {' + VALUES + 'struct buf b = {0};'
            f'html_set_base_path("{base}"); page_x(&b, &view); fwrite(b.p, 1, b.n, stdout); buf_release(&b); }}')
        sources = [os.path.join(ROOT, "src/base", n) for n in ("html.c", "str.c", "arena.c")]
        built = subprocess.run(["gcc", "-std=gnu17", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Wshadow", "-Werror", "-g",
                                "-include", "banned.h", "-I" + os.path.join(ROOT, "src/base"), "-I" + tmp, "x.html.c",
                                "main.c", *sources, "-o", "x"], cwd=tmp, capture_output=True, text=True)
        if built.returncode:
            raise AssertionError(built.stderr)
        return subprocess.run([os.path.join(tmp, "x")], capture_output=True, check=True).stdout.decode()


def page(body):
    return "{% page x(const struct view *v) %}" + body + "{% end %}"


class Renders(unittest.TestCase):
    def test_every_place(self):
        got = render(page(
            '<p title="{{ v->title }}">{{ v->title }}{{ v->n }} {{ v->big }}</p>'
            '<a href="{{ v->url }}">1</a><a href="/c/{{ v->title }}?q={{ v->n }}">2</a>'
            '<a href="{{ "javascript:x" }}">3</a><a href="rel/{{ v->n }}">4</a><a href="tel:{{ v->n }}">5</a>'
            '<script type="application/json">{"t":{{ v->title }}, "s":"-{{ v->title }}", "on":{{ v->on }}}</script>'
            "<textarea>{{ v->title }}</textarea><title>{{ v->title }}</title>{{{ v->markup }}}"))
        e = "&lt;a&gt; &amp; &#34;b&#34; &#39;c&#39;"
        j = r"\u003ca\u003e \u0026 \"b\" 'c'"
        self.assertEqual(got,
            f'<p title="{e}">{e}-3 18446744073709551615</p>'
            '<a href="/zhzf/x?a=1&amp;b=2">1</a><a href="/zhzf/c/%3Ca%3E%20%26%20%22b%22%20%27c%27?q=-3">2</a>'
            '<a href="#">3</a><a href="rel/-3">4</a><a href="tel:-3">5</a>'
            f'<script type="application/json">{{"t":"{j}", "s":"-{j}", "on":true}}</script>'
            f"<textarea>\n{e}</textarea><title>{e}</title><b>!</b>")

    def test_blocks(self):
        got = render("{% part row(const struct row *r, bool last) %}\n  <li>{{ r->name }}{% if last %}.{% end %}</li>\n"
                     "{% end %}\n" + page(
            "{% each r in v->rows %}{% call row(r, r_i + 1 == v->rows.n) %}{% end %}"
            "{% let twice = v->n * 2 %}{{ twice }}"
            "{% if v->n > 0 %}a{% elif v->n == -3 %}b{% else %}c{% end %}"
            '<input type="checkbox"{% if v->on %} checked{% end %}{% if !v->on %} disabled{% end %}>'
            '<i class="a{% each r in v->rows %} r{{ r->id }}{% end %}" data-n="{{ v->on }}"></i>{# gone #}<!-- gone -->'))
        self.assertEqual(got, '<li>一</li><li>&lt;二&gt;</li><li>.</li>-6b<input type="checkbox" checked>'
                              '<i class="a r1 r2 r3" data-n="true"></i>')

    def test_base_path(self):
        source = page('<form action="/a" method="post"><button formaction="/b" hx-post="/c"></button></form>'
                      '<a href="{% if v->on %}/d{% else %}{{ v->url }}{% end %}">x</a><a href="https://e/f">x</a>'
                      '<i data-url-more="/g" data-x="/h"></i>')
        self.assertEqual(render(source).count("/zhzf/"), 5)
        self.assertEqual(render(source, "").count("/zhzf/"), 0)

    def test_blanks(self):
        got = render(page("\n  <p>\n    请在三日内\n    改正\n    <b>a</b>\n\n    <i>b</i> {{ v->n }}\n  </p>\n"
                          "  <pre>\n  a\n   b\n</pre>\n{% if v->on %}\n  <u>c</u>\n{% end %}\n"))
        self.assertEqual(got, "<p>\n请在三日内改正\n<b>a</b>\n<i>b</i> -3\n</p>\n<pre>\n  a\n   b\n</pre>\n<u>c</u>\n")

    def test_literal_bytes(self):
        text = "反斜\\杠 \"引号\" ??= \t制表 %d é 😀 " + "很长" * 200
        self.assertEqual(render(page("<p>" + text + "</p>")), "<p>" + text + "</p>")

    def test_gcc_names_the_line_of_the_template(self):
        with self.assertRaisesRegex(AssertionError, r"x\.html:3:.*no member named .titel."):
            render("{% page x(const struct view *v) %}\n<p>\n{{ v->titel }}</p>{% end %}")
        with self.assertRaisesRegex(AssertionError, r"x\.html:2:.*emit_text"):
            render("{% page x(const struct view *v) %}\n{{ 1.5 }}{% end %}")
        with self.assertRaisesRegex(AssertionError, r"x\.html:2:"):
            render("{% page x(const struct view *v) %}\n{{{ v->title }}}{% end %}")


REFUSED = [
    ("<a href={{ v->url }}>", "without double quotes"),
    ("<a href='{{ v->url }}'>", "without double quotes"),
    ("<a title=x{{ v->url }}>", "without double quotes"),
    ("<{{ v->url }}>", "inside a tag name"),
    ("<a{{ v->url }}>", "cannot be a value"),
    ("<a {{ v->url }}>", "cannot be a value"),
    ('<a data-{{ v->url }}="x">', "cannot be a value"),
    ('<p style="color:red">', "inline style"),
    ('<p style="{{ v->url }}">', "inline style"),
    ('<p onclick="x()">', "inline event handler"),
    ('<p ONCLICK="{{ v->url }}">', "inline event handler"),
    ('<p hx-on:click="x()">', "inline event handler"),
    ("<style>{{ v->url }}</style>", "inside <style>"),
    ("<script>{{ v->url }}</script>", "inline script|inside <script>"),
    ('<script type="module">{{ v->url }}</script>', "inside <script>"),
    ("<script>alert(1)</script>", "inline script"),
    ("<!-- {{ v->url }} -->", "HTML comment"),
    ("<!-- {% if v->on %} -->{% end %}", "HTML comment"),
    ('<iframe srcdoc="{{ v->url }}">', "srcdoc"),
    ('<img srcset="{{ v->url }} 2x">', "srcset"),
    ('<p title="{{{ v->markup }}}">', "only between tags"),
    ("<textarea>{{{ v->markup }}}</textarea>", "only between tags"),
    ('<a href="javascript:alert(1)">', "scheme is not allowed"),
    ('<a href="//elsewhere/">', "another host"),
    ('<a href="{{ v->url }}:x">', "URL scheme"),
    ('<a href="{% if v->on %}x{% end %}{{ v->url }}">', "depends on the branch"),
    ('<a href="{% if v->on %}{{ v->url }}{% end %}/x">', "depends on the branch"),
    ('<a href="{% each r in v->rows %}{{ r->name }}{% end %}">', "depends on the branch"),
    ('<a {% if v->on %}title="{% end %}">', "different places"),
    ("{% if v->on %}<p{% end %}>", "different places"),
    ("{% if v->on %}<textarea>{% else %}<p>{% end %}", "different places"),
    ("{% if v->on %}<pre>{% end %}", "different places"),
    ('<a{% if v->on %} hr{% end %}ef="{{ v->url }}">', "a blank is missing"),
    ('<a title="x"class="y">', "a blank is missing"),
    ('<a title = "x">', "cannot begin an attribute"),
    ('<a title=>', "is missing"),
    ("1 < 2", "bare <"),
    ("{% if v->on %}", "no {% end %}"),
    ("{% end %}{% end %}", "outside a page"),
    ("{% else %}", "without its"),
    ("{% if v->on %}{% else %}{% else %}{% end %}", "without its"),
    ("{% if %}x{% end %}", "needs an expression"),
    ("{% for x in y %}{% end %}", "unknown directive"),
    ("{% each v->rows %}{% end %}", "write {% each"),
    ('<a title="{% call x() %}">', "only between tags"),
    ("{{ }}", "empty"),
    ("{{ v->url", "never closed"),
    ("{% if v->on", "never closed"),
    ('<a title="x', "ends inside"),
    ("<script>", "ends inside"),
    ("<textarea></text{% if v->on %}area>{% end %}", "may be the end"),
    ("{% page y() %}{% end %}", "inside the page of line 1"),
]


class Refuses(unittest.TestCase):
    def test_bodies(self):
        for body, message in REFUSED:
            with self.subTest(body), self.assertRaisesRegex(TemplateError, message):
                c_of(body)

    def test_outside(self):
        for source, message in [("text", "text outside"), ("{{ x }}", "outside a page"), ("{% include x.h %}", "write"),
                                ("{% if x %}{% end %}", "outside a page"), ("{% page %}{% end %}", "write {% page"),
                                ("{% page x() %}", "no {% end %}")]:
            with self.subTest(source), self.assertRaisesRegex(TemplateError, message):
                compile_template(source, "x.html")

    def test_line(self):
        with self.assertRaises(TemplateError) as caught:
            compile_template("{% page x() %}\n<p>\n<b\n style='a'>\n{% end %}", "x.html")
        self.assertEqual(caught.exception.line, 4)

    def test_command_says_file_and_line(self):
        with tempfile.NamedTemporaryFile("w", suffix=".html") as f:
            f.write("{% page x() %}\n{% nope %}{% end %}")
            f.flush()
            done = subprocess.run([sys.executable, os.path.join(ROOT, "tools/templates.py"), f.name, "/dev/null", "/dev/null"],
                                  capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertTrue(re.match(re.escape(f.name) + ":2: error: unknown directive", done.stderr), done.stderr)


if __name__ == "__main__":
    unittest.main()
