"""tools/areas.py: every table is either spread by area, with the area in front of each key, or small and whole everywhere."""
import os
import re
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, "tools"))
import areas

# What belongs to no area or must be found before the area is known. A new table without the area in its keys has to be argued for here.
WHOLE = {
    "keys": "a few rows, read at start", "meta": "a few rows, read at start", "server": "a row for each server",
    "session": "found by its token alone", "api_token": "found by its token alone", "draft": "found by its cookie alone, for a day",
    "outbox": "one sender takes from it for all areas",
}


class Areas(unittest.TestCase):
    def setUp(self):
        self.tables = areas.keys_of_tables(areas.read_migrations())

    def test_each_table_is_spread_or_known_to_be_whole(self):
        self.assertEqual([t for t in self.tables if t not in areas.by_area(self.tables)], sorted(WHOLE))

    def test_the_area_leads_each_key(self):
        for table in areas.by_area(self.tables):
            for key in self.tables[table]:
                self.assertEqual(key[0], "area", f"{table}: {key}")

    def test_only_tables_with_the_area_in_their_keys_are_parted(self):
        with open(os.path.join(ROOT, "packaging/postgresql/partition-by-area.sql"), encoding="utf-8") as f:
            big = re.findall(r"'(\w+)'", re.search(r"ARRAY\[(.*?)\]", f.read(), re.S).group(1))
        self.assertGreater(len(big), 10)
        self.assertEqual([t for t in big if t not in areas.by_area(self.tables)], [])

    def test_distribute_names_each_table_once(self):
        said = areas.distribute(self.tables)
        self.assertEqual(sorted(re.findall(r"_table\('(\w+)'", said)), sorted(self.tables))
        self.assertIn("create_distributed_table('event', 'area');", said)
        self.assertIn("create_reference_table('session');", said)

    def test_reads_what_migrations_do(self):
        tables = areas.keys_of_tables([
            "CREATE TABLE a (area BIGINT NOT NULL, x BIGINT NOT NULL, PRIMARY KEY (area, x));\n"
            "CREATE TABLE b (area BIGINT NOT NULL PRIMARY KEY);\nCREATE TABLE c (id TEXT NOT NULL PRIMARY KEY, area BIGINT NOT NULL);",
            "CREATE UNIQUE INDEX a_x ON a (x) WHERE x > 0;\nCREATE TABLE d (area BIGINT NOT NULL PRIMARY KEY);\nDROP TABLE b;"
            "\nALTER TABLE d RENAME TO e;"])
        self.assertEqual(tables, {"a": [("area", "x"), ("x",)], "c": [("id",)], "e": [("area",)]})
        self.assertEqual(areas.by_area(tables), ["e"])


if __name__ == "__main__":
    unittest.main()
