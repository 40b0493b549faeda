#!/usr/bin/env python3
"""Prints which folders of src/ a test stands on, a line per test: "unit/test_html.c base". Meson links just these, so
that a test of core/ is quick to link and does not wait for pages/ to compile.

    layers.py TESTS_FOLDER SRC_FOLDER

A folder counts when the test includes one of its headers, itself or through a file of tests/.
"""
import os
import re
import sys

MADE_HEADERS = {"sql_gen.h": "storage", "web_gen.h": "embed", "schemes_gen.h": "embed"}


def headers_of(src):
    """Header name → folder of src/."""
    homes = dict(MADE_HEADERS)
    for folder in sorted(os.listdir(src)):
        for top, _, names in os.walk(os.path.join(src, folder)):
            homes.update({n: folder for n in names if n.endswith(".h")})
            homes.update({n + ".h": folder for n in names if n.endswith(".html")})
    return homes


def layers_of(path, folders, homes, seen):
    """The folders that this file and what it includes from `folders` stand on."""
    found = set()
    if path in seen:
        return found
    seen.add(path)
    with open(path, encoding="utf-8") as f:
        names = re.findall(r'^[ \t]*#[ \t]*include[ \t]+"([^"]+)"', f.read(), re.M)
    for name in names:
        own = [p for p in (os.path.join(d, name) for d in (os.path.dirname(path), *folders)) if os.path.exists(p)]
        if own:
            found |= layers_of(os.path.normpath(own[0]), folders, homes, seen)
        elif os.path.basename(name) in homes:
            found.add(homes[os.path.basename(name)])
    return found


def main(argv):
    tests, src = argv
    homes = headers_of(src)
    for suite in ("unit", "storage", "fuzz"):
        folder = os.path.join(tests, suite)
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            if re.fullmatch(r"(test|fuzz)_\w+\.c", name):
                layers = layers_of(os.path.join(folder, name), [tests], homes, set())
                print(f"{suite}/{name}", *sorted(layers | {"base"}))


if __name__ == "__main__":
    main(sys.argv[1:])
