#!/usr/bin/env python3
"""Which tables can be spread by area:  tools/areas.py tables | distribute

Reads the migrations. A table whose primary key and unique indexes all hold `area` can lie in parts, on one machine
(packaging/postgresql/partition-by-area.sql) or on many; `distribute` prints the statements for Citus and engines that take the
same calls: create_distributed_table for those, create_reference_table for the small rest, whole on every machine.
"""
import glob
import os
import re
import sys

import sql

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def read_migrations(root=ROOT):
    files = []
    for path in glob.glob(os.path.join(root, "src/storage/migrations/*.sql")):
        with open(path, encoding="utf-8") as f:
            files.append((path, f.read()))
    return [postgres for _, _, _, postgres in sql.compile_migrations(files)]


def columns(text):
    return tuple(c.split()[0] for c in text.split(","))


def keys_of_tables(migrations):
    """{table: [columns of the primary key, columns of each unique index …]} as the last migration leaves them."""
    tables, indexes = {}, {}
    for text in migrations:
        for m in re.finditer(r"CREATE TABLE (\w+) \((.*?)\);|DROP TABLE (\w+)|CREATE UNIQUE INDEX (\w+) ON (\w+) \(([^)]*)\)"
                             r"|DROP INDEX (\w+)|ALTER TABLE (\w+) RENAME TO (\w+)", text, re.S):
            table, body, dropped, index, of, names, dropped_index, before, after = m.groups()
            if table:
                key = re.search(r"PRIMARY KEY \(([^)]*)\)", body) or re.search(r"(?:^|,)\s*(\w+)[^,]*PRIMARY KEY", body)
                if not key:
                    raise ValueError(f"table {table} has no primary key")
                tables[table] = columns(key.group(1))
            elif dropped:
                del tables[dropped]
            elif index:
                indexes[index] = (of, columns(names))
            elif dropped_index:
                indexes.pop(dropped_index, None)
            else:
                tables[after] = tables.pop(before)
    return {t: [key] + [names for of, names in indexes.values() if of == t] for t, key in sorted(tables.items())}


def by_area(tables):
    """Those of which each row belongs to one area, and the engine can see it from every key."""
    return [t for t, keys in tables.items() if all("area" in key for key in keys)]


def distribute(tables):
    spread = by_area(tables)
    lines = [f"SELECT create_reference_table('{t}');" for t in tables if t not in spread]
    first = "event"
    lines.append(f"SELECT create_distributed_table('{first}', 'area');")
    lines += [f"SELECT create_distributed_table('{t}', 'area', colocate_with => '{first}');" for t in spread if t != first]
    return "\n".join(lines)


def main(argv):
    tables = keys_of_tables(read_migrations())
    if argv == ["tables"]:
        for t, keys in tables.items():
            print(f"{t:<20} {'by area' if t in by_area(tables) else 'whole':<8} {' | '.join(', '.join(k) for k in keys)}")
    elif argv == ["distribute"]:
        print(distribute(tables))
    else:
        sys.exit(__doc__.split("\n")[0].split(":  ")[1])


if __name__ == "__main__":
    main(sys.argv[1:])
