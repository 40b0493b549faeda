-- HC-20: patrol points are places inside a compound; a round says how many it had to come by and how many it left out.
ALTER TABLE place ADD COLUMN rank INT8 NOT NULL DEFAULT 0;
ALTER TABLE place ADD COLUMN opened_at INT8 NOT NULL DEFAULT 0;
ALTER TABLE place ADD COLUMN closed_at INT8 NOT NULL DEFAULT 0;
ALTER TABLE visit ADD COLUMN points INT8 NOT NULL DEFAULT 0;
ALTER TABLE visit ADD COLUMN skipped INT8 NOT NULL DEFAULT 0;
CREATE INDEX visit_points ON visit (area, at, id) WHERE points > 0;
CREATE INDEX visit_skipped ON visit (area, at, id) WHERE skipped > 0;

-- only: sqlite
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('visit', 'visit_points', '20000 20000 2 1'), ('visit', 'visit_skipped', '2000 2000 2 1');
ANALYZE sqlite_schema;
