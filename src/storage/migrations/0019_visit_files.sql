-- A photo may belong to a visit instead of a case: of the place, or of a problem before and after it was closed on the spot.

ALTER TABLE file ADD COLUMN visit INT8 NOT NULL DEFAULT 0;
CREATE INDEX file_visit ON file (area, visit, id) WHERE visit > 0;
DROP INDEX file_unused;
CREATE INDEX file_unused ON file (at) WHERE case_id = 0 AND visit = 0;
-- Problems that a patrol found and that nobody has taken on yet (BG-15).
CREATE INDEX visit_case_found ON visit_case (area, at, visit) WHERE is_found = 1;

-- only: sqlite
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('file', 'file_visit', '20000 2000 5 1'), ('file', 'file_unused', '100 1');
ANALYZE sqlite_schema;
