#!/usr/bin/env python3
"""The project's own rules, checked on its text:  tools/lint.py [ROOT]. Prints like a compiler; exit 1 on any finding.

Compilers and sanitizers find what is wrong in C. This finds what is in the wrong place.
"""
import glob
import os
import re
import sys

from layers import MADE_HEADERS

# Which folders each folder may include from. The same picture as src/meson.build draws for the compiler.
CORE, ACTIONS = ["base", "core"], ["base", "core", "storage", "documents", "integrations", "embed", "actions"]
MAY_SEE = {
    "base": ["base"], "core": CORE, "storage": CORE + ["storage"], "http": ["base", "http"],
    "documents": CORE + ["documents"], "integrations": CORE + ["integrations"], "embed": ["base", "embed"],
    "actions": ACTIONS, "pages": ACTIONS + ["http", "pages"],
}
for _folder in ("api", "open311", "jobs"):
    MAY_SEE[_folder] = ACTIONS + ["http", "pages", _folder]
MAY_SEE["cmd"] = ACTIONS + ["http", "pages", "api", "open311", "jobs", "cmd"]

PURE_HEADERS = {"assert.h", "ctype.h", "inttypes.h", "limits.h", "math.h", "stdalign.h", "stdarg.h", "stdbool.h",
                "stddef.h", "stdint.h", "stdlib.h", "string.h"}
IMPURE_CALLS = re.compile(r"\b(f?printf|puts|fopen|fread|fwrite|open|read|write|time|clock|clock_gettime|gettimeofday"
                          r"|localtime_r|mktime|getenv|rand|random|getrandom|system)\s*\(")
SQL = re.compile(r"^\s*(SELECT\s|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\b|DELETE\s+FROM\s|CREATE\s+(TABLE|INDEX)\b)", re.I)
HTML = re.compile(r"</?(html|head|body|div|span|p|a|b|i|em|strong|table|thead|tbody|tr|td|th|ul|ol|li|dl|dt|dd|form"
                  r"|input|button|select|option|label|textarea|h[1-6]|br|hr|img|script|style|link|meta|section|main)"
                  r"(\s+[a-z-]+=|\s*/?>)", re.I)
INLINE = re.compile(r"\s(style|on[a-z]+|hx-on[\w:-]*)\s*=\s*[\"']")
UNFINISHED = re.compile("|".join([r"\bTO" + r"DO\b", r"\bFIX" + r"ME\b", r"\bX" + r"XX\b", r"\bHA" + r"CK\b",
                                  r"\bnot (?:yet )?imple" + "mented", r"\bunimple" + "mented", r"\bfor n" + r"ow\b",
                                  "暂未" + "实现", "待" + "实现", "尚未" + "实现"]))
LONGEST_FUNCTION, LONGEST_FILE = 120, 900
ALLOW_FILE = "tools/lint-allow.txt"


class Source:
    """One C file: its text, the text without comments, and its string literals, all with their lines kept."""

    def __init__(self, root, path):
        self.path, self.folder = path, path.split("/")[1] if path.count("/") > 1 else "main"
        with open(os.path.join(root, path), encoding="utf-8", errors="replace") as f:
            self.text = f.read()
        self.literals = []
        self.code = re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', self.blank, self.text, flags=re.S)

    def blank(self, m):
        """Takes comments and literals out of the code; remembers the literals."""
        if m.group()[0] in "\"'":
            if m.group()[0] == '"':
                self.literals.append((self.text.count("\n", 0, m.start()) + 1, m.group()[1:-1]))
            return m.group()[0] * 2
        return "\n" * m.group().count("\n") or " "


class Lint:
    def __init__(self, root):
        self.root, self.findings = root, []
        self.sources = [Source(root, p) for p in self.find("src/**/*.[ch]")]
        self.homes = dict(MADE_HEADERS)
        for s in self.sources:
            if s.path.endswith(".h"):
                self.homes.setdefault(os.path.basename(s.path), s.folder)
        self.allowed = {}
        for line in self.lines_of(ALLOW_FILE):
            if line.strip() and not line.startswith("#"):
                path, _, reason = line.strip().partition(" ")
                self.allowed[path] = reason.strip()

    def find(self, pattern):
        paths = glob.glob(os.path.join(self.root, pattern), recursive=True)
        return sorted(os.path.relpath(p, self.root) for p in paths if "node_modules" not in p and os.path.isfile(p))

    def lines_of(self, path):
        full = os.path.join(self.root, path)
        if not os.path.exists(full):
            return []
        with open(full, encoding="utf-8", errors="replace") as f:
            return f.read().split("\n")

    def say(self, path, line, message):
        self.findings.append((path, line, message))

    # ---- the rules

    def includes(self, s):
        """base ← core ← storage ← actions ← {pages, api, open311, jobs, cmd} ← main; and core stays pure."""
        for m in re.finditer(r'^[ \t]*#[ \t]*include[ \t]+([<"])([^>"\n]+)[>"]', s.text, re.M):
            line, name = s.text.count("\n", 0, m.start()) + 1, m.group(2)
            if m.group(1) == "<":
                if s.folder == "core" and name not in PURE_HEADERS:
                    self.say(s.path, line, f"core/ is pure: <{name}> brings in the outside world")
                continue
            base = os.path.basename(name)
            home = "pages" if base.endswith(".html.h") else self.homes.get(base)
            if home and s.folder != "main" and home not in MAY_SEE.get(s.folder, [home]):
                self.say(s.path, line, f"{s.folder}/ must not see {home}/ ({name})")

    def purity(self, s):
        if s.folder == "core":
            for m in IMPURE_CALLS.finditer(s.code):
                self.say(s.path, s.code.count("\n", 0, m.start()) + 1, f"core/ is pure: {m.group(1)}() reaches outside")

    def literals(self, s):
        is_engine = os.path.basename(s.path).startswith("driver_")  # speaks to its server in its own words
        for line, text in s.literals:
            if SQL.search(text) and not is_engine:
                self.say(s.path, line, "SQL belongs into storage/sql/*.sql")
            if HTML.search(text):
                self.say(s.path, line, "HTML belongs into a template")

    def header(self, s):
        if s.path.endswith(".h") and not s.text.lstrip().startswith("/*"):
            self.say(s.path, 1, "a header begins with a comment that says what it is for")

    def functions(self, s):
        """A function's body begins with { and ends with } in the first column; tables in braces end with };"""
        lines, start = s.code.split("\n"), None
        for number, line in enumerate(lines, 1):
            if line.startswith("{"):
                start = number
            elif line.rstrip() == "}" and start:
                if number - start - 1 > LONGEST_FUNCTION and not self.is_flat(s, start):
                    self.say(s.path, start, f"this function has {number - start - 1} lines; more than {LONGEST_FUNCTION} "
                             "need a second name, or /* flat: why */ above a long table or switch")
                start = None

    @staticmethod
    def is_flat(s, start):
        above = s.text.split("\n")[max(0, start - 8):start]
        return any(re.search(r"/\* flat: \S", line) for line in above)

    def file_length(self, path):
        n = len(self.lines_of(path)) - 1
        if n > LONGEST_FILE and not self.allowed.get(path):
            self.say(path, n, f"{n} lines: look for the second idea in it, or list it with a reason in {ALLOW_FILE}")

    def template(self, path):
        for number, line in enumerate(self.lines_of(path), 1):
            for m in INLINE.finditer(re.sub(r"\{[{%].*?[}%]\}", "", line)):
                self.say(path, number, f"inline {m.group(1)}=: the site's policy forbids it")

    def unfinished(self, path):
        for number, line in enumerate(self.lines_of(path), 1):
            m = UNFINISHED.search(line)
            if m:
                self.say(path, number, f"a word of unfinished work: {m.group()}")

    def run(self):
        for s in self.sources:
            for rule in (self.includes, self.purity, self.literals, self.header, self.functions):
                rule(s)
        for path in self.find("src/**/*.html"):
            self.template(path)
        for pattern in ("src/**/*.[ch]", "tests/**/*.[ch]", "tests/**/*.mjs", "tests/**/*.py", "tools/*"):
            for path in self.find(pattern):
                self.file_length(path)
        for pattern in ("src/**/*", "tools/**/*", "tests/**/*", "web/src/**/*", "bench/**/*", "packaging/**/*",
                        "docs/**/*.md", "*.md", "Makefile", "meson.build"):
            for path in self.find(pattern):
                if not path.endswith((".pyc", ".png", ".jpg", ".webp", ".gz", ".json")):
                    self.unfinished(path)
        for path, reason in self.allowed.items():
            if not reason:
                self.say(ALLOW_FILE, 1, f"{path} needs its reason")
            elif not os.path.exists(os.path.join(self.root, path)):
                self.say(ALLOW_FILE, 1, f"{path} does not exist any more")
        return sorted(set(self.findings))


def main(argv):
    root = argv[0] if argv else os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    findings = Lint(root).run()
    for path, line, message in findings:
        print(f"{path}:{line}: error: {message}")
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
