-- The same matter at the same compound: every report asks for it, and the compound alone has thousands of cases.

CREATE INDEX case_same ON case_file (area, place, item, id);

-- only: sqlite
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('case_file', 'case_same', '100000 100000 1000 20 1');
ANALYZE sqlite_schema;
