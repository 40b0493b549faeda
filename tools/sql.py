#!/usr/bin/env python3
"""Compiles named SQL statements and migrations to C:  sql.py OUT.h OUT.c FILE.sql…

    -- fragment: case_columns            used as {case_columns} in any statement or fragment of any file
    id, no, due_at
    -- name: case_by_no   (what it is for)     becomes SQL_CASE_BY_NO; values are $1, $2, … first used in this order
    SELECT {case_columns} FROM case_file WHERE area_id = $1 AND no = $2;
    {case_names|of case_file}  {case_names|values}  {case_names|sets}     a list of columns as case_file.id, … · $+, … · id = $+, …
    -- name: queue_take [sqlite]         and the same name once more with [postgres], where the engines differ
    $+                                the next number: for what stands behind such a list
    -- scan-ok: twelve rows              inside a statement: it may read a whole table, and why

A file in a folder called migrations is a migration (NNNN_name.sql, no gaps). Its words INT8, BYTES and REAL and the ends
`) TABLE;` and `) CLUSTERED;` become what each engine wants; `-- only: sqlite|postgres|both` starts lines for one engine.

Every table gets statements of its own for moving whole installations (copy_first_T, copy_after_T in the order of the key, copy_into_T,
copy_count_T) and a line in sql_tables.

What one engine takes and the other refuses or reads otherwise is an error here, unless it stands in a variant.
"""
import os
import re
import sys

ENGINES = ("sqlite", "postgres")
HEAD = re.compile(r"--\s*(name|fragment):\s*(\S+)\s*(?:\[(\w+)\])?")
FLAG = re.compile(r"--\s*scan-ok:\s*(.*)")
LITERAL = r"'(?:[^']|'')*'"

# What must not stand in text that both engines share.
NOT_PORTABLE = [
    (r"\bILIKE\b", "ILIKE is unknown to SQLite; store a folded column"),
    (r"\bnow\s*\(|\bCURRENT_(TIMESTAMP|DATE|TIME)\b|\bstrftime\s*\(", "the clock comes in as a value, never from SQL"),
    (r"\bjson_\w+\s*\(", "json functions differ between the engines"),
    (r"\b(string_agg|group_concat|greatest|least|concat)\s*\(", "this function exists in one engine only"),
    (r"\bmax\s*\([^()]*,|\bmin\s*\([^()]*,", "max and min of several values exist in SQLite only; use CASE"),
    (r"\b(TRUE|FALSE|BOOLEAN)\b", "booleans are 0 and 1"),
    (r"\bFOR\s+UPDATE\b|\bLATERAL\b|=\s*ANY\s*\(|\bSKIP\s+LOCKED\b", "PostgreSQL only; write a [postgres] variant"),
    (r"\bINSERT\s+OR\b|\bREPLACE\s+INTO\b|\bAUTOINCREMENT\b|\browid\b", "SQLite only; write ON CONFLICT or a key"),
    (r"\bLIKE\b(?!.{0,60}?\bESCAPE\b)", "LIKE needs ESCAPE '!' after its pattern"),
]
NOT_COLUMN_TYPES = [
    ("INTEGER|BIGINT|SMALLINT|INT", "write INT8"),
    ("BLOB|BYTEA", "write BYTES"),
    ("VARCHAR|CHAR|SERIAL|NUMERIC|DATE|TIMESTAMP|JSONB?|DOUBLE", "the column types are INT8, TEXT, REAL, BYTES"),
]


class SqlError(Exception):
    def __init__(self, path, line, message):
        super().__init__(message)
        self.path, self.line = path, line


class Statement:
    def __init__(self, kind, name, path, line):
        self.kind, self.name, self.path, self.line = kind, name, path, line
        self.text = {}     # engine or "both" → (text, line)
        self.scan_ok = None

    def fail(self, message, line=None):
        raise SqlError(self.path, line or self.line, f"{self.name}: {message}")

    def pick(self, engine):
        return self.text.get(engine) or self.text.get("both")


def outside_literals(text, change):
    """Applies `change` to the parts of `text` that stand outside of '…'."""
    return "".join(part if part.startswith("'") else change(part) for part in re.split(f"({LITERAL})", text))


def without_literals(text):
    return re.sub(LITERAL, "''", text)


def strip_comments(text):
    return re.sub(f"({LITERAL})|--[^\n]*", lambda m: m.group(1) or "", text)


def tidy(text):
    return outside_literals(text, lambda s: re.sub(r"\s+", " ", s)).strip()


def read_statements(path, source):
    """Returns the statements and fragments of one file, in order."""
    found, by_name, current = [], {}, None
    for number, line in enumerate(source.split("\n"), 1):
        head, flag = HEAD.match(line), FLAG.match(line)
        if head:
            kind, name, engine = head.groups()
            if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
                raise SqlError(path, number, f"a name is lower_case words: {name!r}")
            if engine and engine not in ENGINES:
                raise SqlError(path, number, f"{name}: unknown variant [{engine}]; sqlite or postgres")
            st = by_name.get((kind, name))
            if not st:
                st = by_name[kind, name] = Statement(kind, name, path, number)
                found.append(st)
            if (engine or "both") in st.text:
                st.fail("the name is already used in this file", number)
            current = st.text[engine or "both"] = [[], number]
        elif flag:
            if not current:
                raise SqlError(path, number, "-- scan-ok: stands before any statement")
            if not flag.group(1).strip():
                found[-1].fail("scan-ok needs its reason", number)
            st.scan_ok = flag.group(1).strip()
        elif current:
            current[0].append(line)
        elif strip_comments(line).strip():
            raise SqlError(path, number, "SQL before the first -- name:")
    for st in found:
        for engine, (lines, number) in st.text.items():
            text = tidy(strip_comments("\n".join(lines)))
            st.text[engine] = (text[:-1].rstrip() if text.endswith(";") else text, number)
    return found


def as_columns(st, text, how, of, line):
    """A list of columns in the form that a statement needs it."""
    names = [n.strip() for n in text.split(",")]
    if not all(re.fullmatch(r"[a-z][a-z0-9_]*", n) for n in names):
        st.fail("only a list of columns can be written as of, values or sets", line)
    if how == "of" and of:
        return ", ".join(f"{of}.{n}" for n in names)
    if how == "values" and not of:
        return ", ".join("$+" for _ in names)
    if how == "sets" and not of:
        return ", ".join(f"{n} = $+" for n in names)
    st.fail(f"unknown form |{how}; of TABLE, values or sets", line)


def numbered(text):
    """Each $+ becomes the number after the highest before it."""
    last = 0

    def replace(m):
        nonlocal last
        last = last + 1 if m.group(1) == "+" else max(last, int(m.group(1)))
        return f"${last}" if m.group(1) == "+" else m.group(0)

    return outside_literals(text, lambda s: re.sub(r"\$(\+|\d+)", replace, s))


def expand(st, engine, fragments, stack=()):
    text, line = st.pick(engine) or (None, st.line)
    if text is None:
        st.fail(f"there is no text for {engine}")

    def replace(m):
        name = m.group(1)
        if name in stack:
            st.fail(f"the fragment {{{name}}} contains itself", line)
        if name not in fragments:
            st.fail(f"unknown fragment {{{name}}}", line)
        inner = expand(fragments[name], engine, fragments, (*stack, name))
        return as_columns(st, inner, m.group(2), m.group(3), line) if m.group(2) else inner

    text = outside_literals(text, lambda s: re.sub(r"\{(\w+)(?:\|(\w+)(?: (\w+))?)?\}", replace, s))
    return text if stack else numbered(text)


def check_text(st, text, line, shared):
    bare = without_literals(text)
    if not text:
        st.fail("the statement is empty", line)
    if ";" in bare:
        st.fail("one statement only: ';' inside", line)
    if '"' in bare:
        st.fail('"…" means a column to one engine and a text to the other; use \'…\'', line)
    if "?" in bare:
        st.fail("values are $1, $2, …, not ?", line)
    if shared:
        for pattern, message in NOT_PORTABLE:
            hit = re.search(pattern, bare, re.I)
            if hit:
                st.fail(f"{hit.group().strip()}: {message}", line)
    order = list(dict.fromkeys(int(n) for n in re.findall(r"\$(\d+)", bare)))
    if order != list(range(1, len(order) + 1)):
        st.fail("values must appear first as $1, $2, … without a gap; here " + ", ".join(f"${n}" for n in order), line)
    return len(order)


def compile_statements(files):
    """files: [(path, source)]. Returns [(statement, sqlite, postgres, n_params)]."""
    statements, fragments, names = [], {}, {}
    for path, source in files:
        for st in read_statements(path, source):
            known = names.setdefault((st.kind, st.name), st)
            if known is not st:
                st.fail(f"the name is already used in {known.path}:{known.line}")
            if st.kind == "fragment":
                fragments[st.name] = st
            else:
                statements.append(st)
    out = []
    for st in statements:
        texts, counts = {}, {}
        for engine in ENGINES:
            texts[engine] = expand(st, engine, fragments)
            counts[engine] = check_text(st, texts[engine], st.pick(engine)[1], engine not in st.text)
        if len(set(counts.values())) > 1:
            st.fail("the variants take different numbers of values")
        out.append((st, texts["sqlite"], texts["postgres"], counts["sqlite"]))
    return out


def migration_text(path, source, engine):
    """Replaces the DDL macro words and keeps what belongs to this engine (-- only: sqlite | postgres | both)."""
    kept, keep, shared = [], True, True
    for number, line in enumerate(source.split("\n"), 1):
        only = re.match(r"--\s*only:\s*(\w+)", line)
        if only:
            if only.group(1) not in (*ENGINES, "both"):
                raise SqlError(path, number, "-- only: sqlite, postgres or both")
            shared = only.group(1) == "both"
            keep = shared or only.group(1) == engine
        elif keep:
            for types, message in NOT_COLUMN_TYPES if shared else ():
                hit = re.match(rf"\s*(?:ALTER TABLE \w+ ADD COLUMN )?\w+\s+({types})\b", strip_comments(line))
                if hit:
                    raise SqlError(path, number, f"{hit.group(1)}: {message}")
            kept.append(line)
    text = strip_comments("\n".join(kept))
    sqlite = engine == "sqlite"

    def change(s):
        s = re.sub(r"\bINT8\b", "INTEGER" if sqlite else "BIGINT", s)
        s = re.sub(r"\bBYTES\b", "BLOB" if sqlite else "BYTEA", s)
        s = re.sub(r"\bREAL\b", "REAL" if sqlite else "DOUBLE PRECISION", s)
        s = re.sub(r"\)\s*TABLE\s*;", ") STRICT;" if sqlite else ");", s)
        return re.sub(r"\)\s*CLUSTERED\s*;", ") STRICT, WITHOUT ROWID;" if sqlite else ");", s)

    for m in re.finditer(r"CREATE\s+TABLE\s+(?:IF NOT EXISTS\s+)?(\w+)[^;]*;", without_literals(text)):
        if sqlite and not re.search(r"\)\s*(TABLE|CLUSTERED|STRICT|STRICT,\s*WITHOUT\s+ROWID)\s*;$", m.group()):
            line = next(i for i, l in enumerate(source.split("\n"), 1) if re.search(rf"TABLE.*\b{m.group(1)}\b", l))
            raise SqlError(path, line, f"table {m.group(1)}: end it with ') TABLE;' or ') CLUSTERED;'")
    return "\n".join(l.rstrip() for l in outside_literals(text, change).split("\n") if l.strip()) + "\n"


def compile_migrations(files):
    """files: [(path, source)]. Returns [(number, name, sqlite, postgres)] in order of number."""
    out = []
    for path, source in sorted(files, key=lambda f: os.path.basename(f[0])):
        m = re.fullmatch(r"(\d{4})_([a-z0-9_]+)\.sql", os.path.basename(path))
        if not m:
            raise SqlError(path, 1, "a migration is called NNNN_name.sql")
        number = int(m.group(1))
        if number != len(out) + 1:
            raise SqlError(path, 1, f"migrations are numbered without a gap; this should be {len(out) + 1:04}")
        out.append((number, m.group(2), *(migration_text(path, source, e) for e in ENGINES)))
    return out


def try_on_sqlite(statements, migrations):
    """Prepares every statement on an empty database, so that a misspelt column stops the build and names its line. Returns the
    tables: [(name, [(column, type, place in the key or 0)])]."""
    import sqlite3
    db = sqlite3.connect(":memory:")
    for number, name, text, _ in migrations:
        try:
            db.executescript(text)
        except sqlite3.Error as e:
            raise SqlError(f"{number:04}_{name}.sql", 1, str(e))
    for st, text, _, n in statements:
        try:
            db.execute("EXPLAIN " + text, {str(i + 1): None for i in range(n)})
        except sqlite3.Error as e:
            st.fail(str(e), st.pick("sqlite")[1])
    names = [r[0] for r in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name")]
    return [(n, [(c[1], c[2], c[5]) for c in db.execute(f"PRAGMA table_info({n})")]) for n in names]


def copy_statements(tables):
    """What moves a table, page by page in the order of its key."""
    out = []
    for name, columns in tables:
        key = [c for c, _, place in sorted(columns, key=lambda c: c[2]) if place]
        listed, ordered = ", ".join(c for c, *_ in columns), ", ".join(key)
        values = ", ".join(f"${i + 1}" for i in range(len(columns)))
        last = ", ".join(f"${i + 1}" for i in range(len(key)))
        row = (lambda what: f"({what})") if len(key) > 1 else (lambda what: what)
        for what, text, n, scan_ok in (
                ("first", f"SELECT {listed} FROM {name} ORDER BY {ordered} LIMIT $1", 1, "copies a whole installation"),
                ("after", f"SELECT {listed} FROM {name} WHERE {row(ordered)} > {row(last)} ORDER BY {ordered} LIMIT ${len(key) + 1}",
                 len(key) + 1, "copies a whole installation"),
                ("into", f"INSERT INTO {name} ({listed}) VALUES ({values})", len(columns), None),
                ("count", f"SELECT COUNT(*) FROM {name}", 0, "copies a whole installation")):
            st = Statement("name", f"copy_{what}_{name}", "migrations", 1)
            st.scan_ok = scan_ok
            out.append((st, text, text, n))
    return out


def c_string(text):
    if text is None:
        return "NULL"
    lines = text.split("\n")
    quoted = [re.sub(r'(["\\])', r"\\\1", l) + ("\\n" if i + 1 < len(lines) else "") for i, l in enumerate(lines)]
    return "\n        ".join(f'"{q}"' for q in quoted if q) or '""'


def header_text(statements, copies):
    ids = "".join(f"    SQL_{st.name.upper()},\n" for st, *_ in statements)
    ids += "    SQL_NAMED, /* so many; those that move whole tables follow */\n"
    ids += "".join(f"    SQL_{st.name.upper()}{'' if i else ' = SQL_NAMED'},\n" for i, (st, *_) in enumerate(copies))
    return f"""/* sql_gen.h — every named SQL statement and every migration; made by tools/sql.py from storage/sql and migrations. */
#ifndef STORAGE_SQL_GEN_H
#define STORAGE_SQL_GEN_H

enum sql_id {{
{ids}    SQL_COUNT
}};

struct sql_text {{
    const char *name, *sqlite, *postgres;
    int n_params;
    const char *scan_ok; /* why this statement may read a whole table; NULL = it must use an index */
    const char *file;
    int line;
}};
extern const struct sql_text sql_texts[SQL_COUNT];

struct sql_table {{
    const char *name, *types; /* a letter for each column: i nteger, t ext, b ytes, r eal */
    int n_columns, n_key;
    const int *key; /* columns in the order of the key */
    enum sql_id first, after, into, count;
}};
extern const struct sql_table sql_tables[];
extern const int sql_table_count;

struct migration {{
    int number;
    const char *name, *sqlite, *postgres;
}};
extern const struct migration migrations[];
extern const int migration_count;

#endif
"""


def source_text(statements, migrations, tables):
    out = ["/* Made by tools/sql.py. */", '#include "sql_gen.h"', "", "#include <stddef.h>", "",
           "const struct sql_text sql_texts[SQL_COUNT] = {"]
    for st, sqlite, postgres, n in statements:
        where = re.sub(r"^(\.\./)+", "", st.path)
        out.append(f"    [SQL_{st.name.upper()}] = {{\"{st.name}\",\n        {c_string(sqlite)},\n        "
                   f"{c_string(postgres)},\n        {n}, {c_string(st.scan_ok)}, \"{where}\", {st.line}}},")
    out += ["};", ""]
    for name, columns in tables:
        key = [i for i, _ in sorted(((i, c[2]) for i, c in enumerate(columns) if c[2]), key=lambda k: k[1])]
        out.append(f"static const int key_of_{name}[] = {{{', '.join(map(str, key))}}};")
    out += ["", "const struct sql_table sql_tables[] = {"]
    for name, columns in tables:
        types = "".join({"INTEGER": "i", "TEXT": "t", "BLOB": "b", "REAL": "r"}[t] for _, t, _ in columns)
        ids = ", ".join(f"SQL_COPY_{w}_{name.upper()}" for w in ("FIRST", "AFTER", "INTO", "COUNT"))
        out.append(f'    {{"{name}", "{types}", {len(columns)}, {sum(1 for c in columns if c[2])}, key_of_{name}, {ids}}},')
    out += ["    {0},", "};", f"const int sql_table_count = {len(tables)};"]
    out += ["", "const struct migration migrations[] = {"]
    for number, name, sqlite, postgres in migrations:
        out.append(f'    {{{number}, "{name}",\n        {c_string(sqlite)},\n        {c_string(postgres)}}},')
    return "\n".join(out + ["    {0},", "};", f"const int migration_count = {len(migrations)};", ""])


def main(argv):
    h_path, c_path, *paths = argv
    files = []
    for path in paths:
        with open(path, encoding="utf-8") as f:
            files.append((path, f.read()))
    is_migration = lambda path: os.path.basename(os.path.dirname(path)) == "migrations"
    try:
        statements = compile_statements([f for f in files if not is_migration(f[0])])
        migrations = compile_migrations([f for f in files if is_migration(f[0])])
        tables = try_on_sqlite(statements, migrations)
        copies = copy_statements(tables)
    except SqlError as e:
        sys.exit(f"{e.path}:{e.line}: error: {e}")
    for path, text in ((h_path, header_text(statements, copies)), (c_path, source_text(statements + copies, migrations, tables))):
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)


if __name__ == "__main__":
    main(sys.argv[1:])
