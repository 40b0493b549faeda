-- 待办 asks for every answer owed whether its owner has the case in hand anyway: one row for an open case.

CREATE INDEX duty_main ON duty (area, subject, owner_org) WHERE ending = 0 AND kind < 12;

-- only: sqlite
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('duty', 'duty_main', '5000 5000 1 1');
ANALYZE sqlite_schema;
