-- The newest case of a hotline number comes from the index alone, whatever the planner thinks of how many there are.

DROP INDEX case_hotline;
CREATE INDEX case_hotline ON case_file (area, hotline_no, id) WHERE hotline_no <> '';

-- only: sqlite
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('case_file', 'case_hotline', '2000 2000 1 1');
ANALYZE sqlite_schema;
