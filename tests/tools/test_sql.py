"""SQL files: what becomes of statements and migrations, and what is refused."""
import os
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools"))
import sql  # noqa: E402


def statements(*sources):
    return sql.compile_statements([(f"{chr(97 + i)}.sql", s) for i, s in enumerate(sources)])


class Statements(unittest.TestCase):
    def test_text(self):
        (st, sqlite, postgres, n), = statements(
            "-- About cases.\n\n-- name: case_by_no   (the page of a case)\nSELECT id, -- the key\n  'a -- b;  $9'\n"
            "FROM t WHERE no = $1 AND x = $2 AND y = $1;\n")
        self.assertEqual(sqlite, "SELECT id, 'a -- b;  $9' FROM t WHERE no = $1 AND x = $2 AND y = $1")
        self.assertEqual((postgres, n, st.name, st.line), (sqlite, 2, "case_by_no", 3))

    def test_variants(self):
        (_, sqlite, postgres, n), = statements("-- name: x [sqlite]\nSELECT max($1, 2)\n-- name: x [postgres]\nSELECT greatest($1, 2)\n")
        self.assertEqual((sqlite, postgres, n), ("SELECT max($1, 2)", "SELECT greatest($1, 2)", 1))

    def test_fragments_of_any_file(self):
        got = statements("-- name: x\nSELECT {cols} FROM t WHERE a = '{cols}';", "-- fragment: cols\nid, {more}\n"
                         "-- fragment: more [sqlite]\ns\n-- fragment: more [postgres]\np")
        self.assertEqual(got[0][1:3], ("SELECT id, s FROM t WHERE a = '{cols}'", "SELECT id, p FROM t WHERE a = '{cols}'"))

    def test_scan_ok(self):
        (a, *_), (b, *_) = statements("-- name: a\n-- scan-ok: twelve rows\nSELECT 1\n-- name: b\nSELECT 2")
        self.assertEqual((a.scan_ok, b.scan_ok), ("twelve rows", None))

    def test_refused(self):
        for source, message in [
            ("-- name: x\nSELECT $2, $1", r"here \$2, \$1"),
            ("-- name: x\nSELECT $1, $3", "without a gap"),
            ("-- name: x\nSELECT ?", r"not \?"),
            ("-- name: x\nSELECT \"a\"", "a column to one engine"),
            ("-- name: x\nSELECT 1; SELECT 2;", "one statement only"),
            ("-- name: x\n-- name: y\nSELECT 1", "empty"),
            ("-- name: x\nSELECT 1\n-- name: x\nSELECT 2", "already used"),
            ("-- name: X\nSELECT 1", "lower_case"),
            ("-- name: x [oracle]\nSELECT 1", "unknown variant"),
            ("-- name: x [sqlite]\nSELECT 1", "no text for postgres"),
            ("-- name: x [sqlite]\nSELECT $1\n-- name: x [postgres]\nSELECT 1", "different numbers"),
            ("-- name: x\nSELECT {nope}", "unknown fragment"),
            ("-- fragment: a\n{b}\n-- fragment: b\n{a}\n-- name: x\nSELECT {a}", "contains itself"),
            ("SELECT 1", "before the first"),
            ("-- name: x\n-- scan-ok:\nSELECT 1", "needs its reason"),
            ("-- name: x\nSELECT a FROM t WHERE a ILIKE $1", "ILIKE"),
            ("-- name: x\nSELECT a FROM t WHERE a LIKE $1", "ESCAPE"),
            ("-- name: x\nSELECT now()", "clock"),
            ("-- name: x\nSELECT a FROM t WHERE b = TRUE", "0 and 1"),
            ("-- name: x\nSELECT max(a, b) FROM t", "use CASE"),
            ("-- name: x\nSELECT a FROM t FOR UPDATE", "postgres"),
            ("-- name: x\nINSERT OR REPLACE INTO t VALUES ($1)", "ON CONFLICT"),
        ]:
            with self.subTest(source), self.assertRaisesRegex(sql.SqlError, message):
                statements(source)
        with self.assertRaisesRegex(sql.SqlError, "a.sql:1"):
            statements("-- name: x\nSELECT 1", "-- name: x\nSELECT 2")

    def test_like_with_escape_passes(self):
        statements("-- name: x\nSELECT a FROM t WHERE a LIKE $1 || '%' ESCAPE '!'")

    def test_misspelt_column_stops_the_build(self):
        migrations = [(1, "start", "CREATE TABLE t (a INTEGER) STRICT;", "")]
        sql.try_on_sqlite(statements("-- name: x\nSELECT a FROM t WHERE a = $1"), migrations)
        with self.assertRaisesRegex(sql.SqlError, "no such column: b") as caught:
            sql.try_on_sqlite(statements("\n-- name: x\nSELECT b FROM t"), migrations)
        self.assertEqual(caught.exception.line, 2)


class Migrations(unittest.TestCase):
    def test_macros(self):
        text = ("-- INT8 here is a comment\nCREATE TABLE t (\n  id INT8 PRIMARY KEY,\n  w REAL,\n  b BYTES,\n"
                "  s TEXT CHECK (s <> 'INT8 ) TABLE;')\n) TABLE;\nCREATE TABLE u (\n  a INT8,\n  PRIMARY KEY (a)\n) CLUSTERED;\n"
                "-- only: postgres\nCREATE EXTENSION x;\n-- only: both\nCREATE INDEX i ON t (w);\n")
        (number, name, sqlite, postgres), = sql.compile_migrations([("m/0001_start.sql", text)])
        self.assertEqual((number, name), (1, "start"))
        self.assertEqual(sqlite, "CREATE TABLE t (\n  id INTEGER PRIMARY KEY,\n  w REAL,\n  b BLOB,\n"
            "  s TEXT CHECK (s <> 'INT8 ) TABLE;')\n) STRICT;\nCREATE TABLE u (\n  a INTEGER,\n  PRIMARY KEY (a)\n"
            ") STRICT, WITHOUT ROWID;\nCREATE INDEX i ON t (w);\n")
        self.assertEqual(postgres, "CREATE TABLE t (\n  id BIGINT PRIMARY KEY,\n  w DOUBLE PRECISION,\n  b BYTEA,\n"
            "  s TEXT CHECK (s <> 'INT8 ) TABLE;')\n);\nCREATE TABLE u (\n  a BIGINT,\n  PRIMARY KEY (a)\n"
            ");\nCREATE EXTENSION x;\nCREATE INDEX i ON t (w);\n")

    def test_refused(self):
        for files, message in [
            ([("0002_x.sql", "")], "should be 0001"),
            ([("first.sql", "")], "NNNN_name"),
            ([("0001_x.sql", "CREATE TABLE t (\n a BIGINT\n) TABLE;")], "write INT8"),
            ([("0001_x.sql", "CREATE TABLE t (\n a BLOB\n) TABLE;")], "write BYTES"),
            ([("0001_x.sql", "CREATE TABLE t (\n a VARCHAR(5)\n) TABLE;")], "column types"),
            ([("0001_x.sql", "\nCREATE TABLE t (\n a INT8\n);")], "table t: end it with"),
            ([("0001_x.sql", "-- only: oracle\n")], "sqlite, postgres or both"),
        ]:
            with self.subTest(files), self.assertRaisesRegex(sql.SqlError, message):
                sql.compile_migrations(files)


class Output(unittest.TestCase):
    def test_c(self):
        made = statements("-- name: x\nSELECT 'a\"b\\c'")
        copies = sql.copy_statements([("t", [("a", "INTEGER", 1), ("n", "TEXT", 0)])])
        header = sql.header_text(made, copies)
        self.assertIn("SQL_X,\n    SQL_NAMED,", header)
        self.assertIn("SQL_COPY_FIRST_T = SQL_NAMED,", header)
        self.assertIn(r'"SELECT ' + r"'a\"b\\c'" + '"', sql.source_text(made, [], []))
        self.assertIn("migration_count = 0", sql.source_text(made, [], []))

    def test_tables_that_move(self):
        """A page goes on after the last row of the one before, in the order of the key and not of the columns."""
        tables = [("t", [("note", "TEXT", 0), ("b", "BLOB", 2), ("a", "INTEGER", 1), ("r", "REAL", 0)]), ("one", [("id", "INTEGER", 1)])]
        texts = {st.name: (text, n) for st, text, _, n in sql.copy_statements(tables)}
        self.assertEqual(texts["copy_after_t"], ("SELECT note, b, a, r FROM t WHERE (a, b) > ($1, $2) ORDER BY a, b LIMIT $3", 3))
        self.assertEqual(texts["copy_after_one"], ("SELECT id FROM one WHERE id > $1 ORDER BY id LIMIT $2", 2))
        self.assertEqual(texts["copy_into_t"], ("INSERT INTO t (note, b, a, r) VALUES ($1, $2, $3, $4)", 4))
        source = sql.source_text([], [], tables)
        self.assertIn("static const int key_of_t[] = {2, 1};", source)
        self.assertIn('{"t", "tbir", 4, 2, key_of_t, SQL_COPY_FIRST_T, SQL_COPY_AFTER_T, SQL_COPY_INTO_T, SQL_COPY_COUNT_T},', source)


if __name__ == "__main__":
    unittest.main()
