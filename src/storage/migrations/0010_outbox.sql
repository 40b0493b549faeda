-- Somebody looks at what was not sent: by state, newest first.

CREATE INDEX outbox_state ON outbox (area, state, id);

-- only: sqlite
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('outbox', 'outbox_state', '50000 50000 2000 1');
ANALYZE sqlite_schema;
