#!/usr/bin/env python3
"""Puts files into the program:

    assets.py web     OUT.h OUT.c OUT.bin ROOT FILE…   web/dist, raw and gzipped, with MIME type and ETag
    assets.py schemes OUT.h OUT.c OUT.bin ROOT FILE…   the shipped schemes as plain files

All bytes go into one .bin that the assembler includes (.incbin); the .c is the table of what lies where. The result depends on
the files' contents and names only.
"""
import gzip
import hashlib
import os
import sys

MIME = {
    ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json", ".webmanifest": "application/manifest+json", ".svg": "image/svg+xml",
    ".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp", ".ico": "image/x-icon",
    ".woff2": "font/woff2", ".woff": "font/woff", ".ttf": "font/ttf", ".txt": "text/plain; charset=utf-8",
    ".html": "text/html; charset=utf-8", ".wasm": "application/wasm", ".mp3": "audio/mpeg", ".wav": "audio/wav",
    ".map": "application/json", ".csv": "text/csv; charset=utf-8", ".geojson": "application/geo+json",
}

KINDS = {
    "web": {"struct": "asset", "table": "assets", "guard": "WEB_ASSETS_GEN_H",
            "what": "the files of web/dist, as browsers get them",
            "fields": "    const char *path, *mime, *etag; /* \"app.css\"; etag without its quotes */\n"
                      "    const unsigned char *raw;\n    size_t raw_n;\n"
                      "    const unsigned char *gz; /* NULL when gzip does not make it smaller */\n    size_t gz_n;\n"},
    "schemes": {"struct": "scheme_file", "table": "scheme_files", "guard": "SCHEMES_GEN_H",
                "what": "the schemes that the program brings with it",
                "fields": "    const char *path; /* \"huichang/orgs.csv\" */\n    const unsigned char *raw;\n    size_t raw_n;\n"},
}


def pack(kind, root, paths):
    """Returns the blob and the rows (path, offset, size, gz offset or None, gz size, etag)."""
    blob, rows = bytearray(), []
    for path in sorted(paths, key=lambda p: os.path.relpath(p, root)):
        with open(path, "rb") as f:
            data = f.read()
        row = {"path": os.path.relpath(path, root), "at": len(blob), "n": len(data), "gz_at": None, "gz_n": 0,
               "etag": hashlib.sha256(data).hexdigest()[:16]}
        blob += data + b"\0"
        if kind == "web":
            gz = gzip.compress(data, 9, mtime=0)
            if len(gz) < len(data):
                row["gz_at"], row["gz_n"] = len(blob), len(gz)
                blob += gz
        rows.append(row)
    return bytes(blob), rows


def version_of(rows):
    return hashlib.sha256("".join(f"{r['path']}\0{r['etag']}\n" for r in rows).encode()).hexdigest()[:12]


def header_text(kind, rows):
    k = KINDS[kind]
    version = f'\n#define ASSET_VERSION "{version_of(rows)}" /* of all files together; used as ?v= */\n' if kind == "web" else ""
    return f"""/* {kind}_gen.h — {k['what']}; made by tools/assets.py. */
#ifndef {k['guard']}
#define {k['guard']}

#include "str.h"
{version}
struct {k['struct']} {{
{k['fields']}}};
extern const struct {k['struct']} {k['table']}[]; /* sorted by path */
extern const size_t {k['struct']}_count;

const struct {k['struct']} *{k['struct']}_find(struct str path); /* NULL when there is none */

#endif
"""


def source_text(kind, rows, header, bin_path):
    k = KINDS[kind]
    blob, lines = k["table"] + "_blob", []
    for r in rows:
        head = f'{{"{r["path"]}", '
        if kind == "web":
            mime = MIME.get(os.path.splitext(r["path"])[1], "application/octet-stream")
            gz = f"{blob} + {r['gz_at']}, {r['gz_n']}" if r["gz_at"] is not None else "NULL, 0"
            lines.append(f'    {head}"{mime}", "{r["etag"]}", {blob} + {r["at"]}, {r["n"]}, {gz}}},')
        else:
            lines.append(f'    {head}{blob} + {r["at"]}, {r["n"]}}},')
    table = "\n".join(lines)
    return f"""/* Made by tools/assets.py. */
#include "{header}"

__asm__(".section .rodata\\n"
        ".balign 16\\n"
        ".global {blob}\\n"
        ".hidden {blob}\\n"
        ".type {blob}, %object\\n"
        "{blob}:\\n"
        ".incbin \\"{os.path.abspath(bin_path)}\\"\\n"
        ".byte 0\\n"
        ".size {blob}, . - {blob}\\n"
        ".text\\n");
extern const unsigned char {blob}[] __attribute__((visibility("hidden")));

const struct {k['struct']} {k['table']}[] = {{
{table}
    {{0}},
}};
const size_t {k['struct']}_count = {len(rows)};

const struct {k['struct']} *
{k['struct']}_find(struct str path)
{{
    size_t low = 0, high = {k['struct']}_count;
    while (low < high) {{
        size_t middle = (low + high) / 2;
        int order = str_cmp(str_of({k['table']}[middle].path), path);
        if (order == 0)
            return &{k['table']}[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }}
    return NULL;
}}
"""


def main(argv):
    kind, h_path, c_path, bin_path, root, *paths = argv
    blob, rows = pack(kind, root, paths)
    with open(bin_path, "wb") as f:
        f.write(blob)
    made = ((h_path, header_text(kind, rows)), (c_path, source_text(kind, rows, os.path.basename(h_path), bin_path)))
    for path, text in made:
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)


if __name__ == "__main__":
    main(sys.argv[1:])
