"""Reads HTML just closely enough to know, at every byte, in which place a value would stand (see templates.py)."""
import dataclasses
import re

URL_ATTRS = set("""href src action formaction poster data-href data-src cite data xlink:href manifest ping background
    hx-get hx-post hx-put hx-patch hx-delete hx-push-url hx-replace-url sse-connect""".split())
REFUSED_ATTRS = {"srcdoc", "srcset", "imagesrcset", "http-equiv"}  # no single escaping is right there
LITERAL_SCHEMES = {"http", "https", "tel", "mailto", "sms"}
RAW_ELEMENTS = {"script", "style", "textarea", "title"}


class TemplateError(Exception):
    def __init__(self, line, message):
        super().__init__(message)
        self.line = line


@dataclasses.dataclass
class Place:
    """Where in HTML the reader stands. Equal in all fields of KEY = branches may join here."""
    where: str = "text"  # text, tagopen, tagname, tag, attrname, beforevalue, value, unquoted, comment, decl
    tag: str = ""
    closing: bool = False
    attr: str = ""
    quote: str = ""
    value: str = ""      # literal bytes of the attribute so far
    url: str = ""        # in a URL attribute: start, head (just after a whole URL), mid, unknown
    script: str = ""     # type= of the <script> being opened or read
    raw: str = ""        # inside script, style, textarea or title
    in_string: bool = False  # inside a JSON string of an application/json script
    fresh: bool = False  # directly after <textarea>: HTML would swallow a leading line end
    pre: int = 0
    glue: bool = False   # a name or value has just ended: blank, / or > must follow
    blank: bool = True   # the output ends in a blank, so a line break may vanish

    KEY = ("where", "tag", "closing", "attr", "quote", "script", "raw", "in_string", "pre")

    def copy(self):
        return dataclasses.replace(self)

    def name(self):
        if self.where == "value":
            return f'the value of {self.attr}=""'
        if self.where in ("tag", "tagname", "attrname"):
            return f"the tag <{'/' if self.closing else ''}{self.tag}>"
        if self.raw:
            return f"<{self.raw}>" + (", in a string" if self.in_string else "")
        return "text" if self.where == "text" else self.where


def join(a, b, line):
    if any(getattr(a, k) != getattr(b, k) for k in Place.KEY):
        raise TemplateError(line, f"the branches of this block end in different places: {a.name()} and {b.name()}")
    out = a.copy()
    out.blank, out.glue, out.fresh = a.blank and b.blank, a.glue or b.glue, a.fresh and b.fresh
    if a.value != b.value:
        out.value = "\0"
    if a.url != b.url:
        out.url = "head" if {a.url, b.url} == {"head", "mid"} else "unknown"
    return out


def is_wide(c):
    """Between two such letters a line break of the template must not become a blank on the page."""
    return bool(c) and (0x2E80 <= ord(c) <= 0x9FFF or 0xF900 <= ord(c) <= 0xFAFF or 0xFF00 <= ord(c) <= 0xFFEF
                        or 0x20000 <= ord(c) <= 0x3FFFF)


class Reader:
    """Walks literal HTML, hands it on through self.literal(), and keeps self.place true."""

    def __init__(self):
        self.place, self.pending = None, ""

    def literal(self, text):
        self.pending += text

    def read(self, text, line):
        at = 0
        while at < len(text):
            here = line + text.count("\n", 0, at)
            step = getattr(self, "read_raw" if self.place.where == "text" and self.place.raw
                           else "read_" + self.place.where)
            at = step(text, at, here)

    def read_text(self, text, at, line):
        p = self.place
        if text[at] == "<":
            p.where, p.tag, p.closing = "tagopen", "", False
            return at + 1
        if text[at] in " \t\r\n" and not p.pre:
            end = re.compile(r"[ \t\r\n]+").match(text, at).end()
            before, after = self.pending[-1:], text[end:end + 1]
            if "\n" not in text[at:end]:
                self.literal(text[at:end])
            elif not p.blank and not (is_wide(before) and is_wide(after)):
                self.literal("\n")
            p.blank = True
            return end
        end = re.compile(r"[^<]+" if p.pre else r"[^<\s]+").match(text, at)
        end = end.end() if end else at + 1
        self.literal(text[at:end])
        p.blank = False
        return end

    def read_raw(self, text, at, line):
        p = self.place
        end = re.compile(rf"</{p.raw}(?=[\s/>])", re.I).search(text, at)
        body = text[at:end.start() if end else len(text)]
        if not end and re.search(r"<(/[a-z]*)?$", body, re.I):
            raise TemplateError(line, f"a directive stands inside what may be the end of <{p.raw}>")
        if p.raw == "script" and p.script != "application/json" and body.strip():
            raise TemplateError(line, "inline script: the site's policy forbids it; write a file under web/src")
        if p.raw == "script":
            for _ in re.finditer(r'\\.|"', body, re.S):
                p.in_string ^= _.group() == '"'
        p.fresh &= not body
        self.literal(body)
        if not end:
            return len(text)
        self.literal("</")
        p.where, p.tag, p.closing, p.raw, p.in_string, p.fresh = "tagname", "", True, "", False, False
        return end.start() + 2

    def read_tagopen(self, text, at, line):
        p = self.place
        if text.startswith("!--", at):
            p.where = "comment"
            return at + 3
        if text[at] == "/" and not p.closing:
            p.closing = True
            return at + 1
        if text[at] == "!" and not p.closing:
            p.where = "decl"
            p.blank = False
            self.literal("<!")
            return at + 1
        if not text[at].isalpha():
            raise TemplateError(line, "a bare < in text; write &lt;")
        self.literal("</" if p.closing else "<")
        p.where, p.script, p.blank = "tagname", "", False
        return at

    def read_comment(self, text, at, line):
        """HTML comments are for the reader of the template: they do not reach the page."""
        end = text.find("-->", at)
        if end < 0:
            return len(text)
        self.place.where = "text"
        return end + 3

    def read_decl(self, text, at, line):
        end = text.find(">", at)
        self.literal(text[at:] if end < 0 else text[at:end + 1])
        self.place.where = "decl" if end < 0 else "text"
        return len(text) if end < 0 else end + 1

    def read_tagname(self, text, at, line):
        p = self.place
        m = re.compile(r"[A-Za-z0-9:-]*").match(text, at)
        p.tag += m.group().lower()
        self.literal(m.group())
        if m.end() < len(text):
            p.where, p.glue = "tag", True
        return m.end()

    def read_tag(self, text, at, line):
        p, c = self.place, text[at]
        if c in " \t\r\n":
            p.glue = False
            self.literal("" if self.pending.endswith(" ") else " ")
            return re.compile(r"[ \t\r\n]+").match(text, at).end()
        if c == ">":
            self.literal(c)
            self.end_tag()
            return at + 1
        if c == "/":
            self.literal(c)
            return at + 1
        if p.glue:
            raise TemplateError(line, f"a blank is missing before {text[at:at + 12]!r} in {p.name()}")
        if c in "='\"<" or not re.match(r"[A-Za-z_:@.-]", c):
            raise TemplateError(line, f"{c!r} cannot begin an attribute in {p.name()}")
        p.where, p.attr = "attrname", ""
        return at

    def end_tag(self):
        p = self.place
        p.where, p.blank, p.glue = "text", False, False
        if p.tag == "pre":
            p.pre = max(0, p.pre + (-1 if p.closing else 1))
        if p.tag in RAW_ELEMENTS and not p.closing:
            p.raw, p.in_string, p.fresh = p.tag, False, p.tag == "textarea"
        p.tag, p.attr, p.closing = "", "", False

    def read_attrname(self, text, at, line):
        p = self.place
        m = re.compile(r"[A-Za-z0-9_:@.-]*").match(text, at)
        p.attr += m.group().lower()
        self.literal(m.group())
        if m.end() == len(text):
            return m.end()
        if text[m.end()] != "=":
            p.where, p.glue, p.attr = "tag", True, ""
            return m.end()
        if p.attr == "style":
            raise TemplateError(line, "inline style=: the site's policy forbids it; write a class")
        if p.attr.startswith(("on", "hx-on")):
            raise TemplateError(line, f"inline event handler {p.attr}=: the site's policy forbids it")
        self.literal("=")
        p.where = "beforevalue"
        return m.end() + 1

    def read_beforevalue(self, text, at, line):
        p, c = self.place, text[at]
        if c in " \t\r\n>":
            raise TemplateError(line, f"the value of {p.attr}= is missing")
        p.value, p.quote = "", c if c in "\"'" else " "
        p.url = "start" if p.attr in URL_ATTRS or p.attr.startswith("data-url") else ""
        p.where = "value"
        if p.quote != " ":
            self.literal(c)
        return at + (p.quote != " ")

    def read_value(self, text, at, line):
        p = self.place
        m = re.compile({'"': r'[^"]*', "'": r"[^']*", " ": r"[^\s>]*"}[p.quote]).match(text, at)
        if m.group():
            self.value_literal(m.group(), line)
        if m.end() == len(text):
            return m.end()
        if p.tag == "script" and p.attr == "type":
            p.script = p.value
        self.literal(p.quote.strip())
        p.where, p.glue, p.attr, p.quote, p.value, p.url = "tag", True, "", "", "", ""
        return m.end() + (m.end() < len(text) and text[m.end()] in "\"'")

    def value_literal(self, text, line):
        p = self.place
        scheme = re.match(r"([^/?#:]*):", text)
        if p.url == "start":
            if text.startswith(("//", "/\\", "\\")):
                raise TemplateError(line, f"a URL of another host needs its scheme: {text!r}")
            if scheme and scheme.group(1) not in LITERAL_SCHEMES and not text.startswith(("data:,", "data:image/")):
                raise TemplateError(line, f"this URL scheme is not allowed: {text!r}")
            if text.startswith("/"):
                self.base_path()
        elif p.url == "head" and scheme:
            raise TemplateError(line, "a ':' right after {{ }} could make its value a URL scheme")
        elif p.url == "unknown" and text[0] not in "?#&":
            raise TemplateError(line, "whether this begins the URL depends on the branch; write the whole URL in each")
        if p.url:
            p.url = "mid"
        p.value += text
        self.literal(text)
