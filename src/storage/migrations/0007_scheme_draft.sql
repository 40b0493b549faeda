-- Versions of a scheme: who proposed one and on what document; and the one draft of an area, which is operational: not part
-- of the record until it is published (the registry stream tells when it was proposed, sent back and published).

ALTER TABLE scheme_version ADD COLUMN document TEXT NOT NULL DEFAULT '';
ALTER TABLE scheme_version ADD COLUMN proposed_by INT8 NOT NULL DEFAULT 0;
CREATE TABLE scheme_draft (
    area INT8 NOT NULL, rev INT8 NOT NULL, based_on INT8 NOT NULL, author INT8 NOT NULL, changed_by INT8 NOT NULL,
    changed_at INT8 NOT NULL, proposed_by INT8 NOT NULL, proposed_at INT8 NOT NULL, valid_from INT8 NOT NULL,
    document TEXT NOT NULL, remark TEXT NOT NULL, PRIMARY KEY (area)) CLUSTERED;
CREATE TABLE scheme_draft_table (
    area INT8 NOT NULL, name TEXT NOT NULL, csv TEXT NOT NULL, PRIMARY KEY (area, name)) CLUSTERED;

-- only: sqlite
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('scheme_draft', 'scheme_draft', '20 1'),
    ('scheme_draft_table', 'scheme_draft_table', '500 25 1');
ANALYZE sqlite_schema;
