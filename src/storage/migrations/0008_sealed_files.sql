-- Files lie sealed under a key of their own, which stands here wrapped by the key of their case (before that: of the area). The
-- address is the SHA-256 of the sealed bytes and names them on the disk. is_sealed 0: an old file, in clear under its sha256,
-- until housekeeping has sealed it.

ALTER TABLE file ADD COLUMN is_sealed INT8 NOT NULL DEFAULT 0;

-- only: sqlite
ALTER TABLE file ADD COLUMN address BYTES NOT NULL DEFAULT X'';
ALTER TABLE file ADD COLUMN wrapped BYTES NOT NULL DEFAULT X'';

-- only: postgres
ALTER TABLE file ADD COLUMN address BYTES NOT NULL DEFAULT '';
ALTER TABLE file ADD COLUMN wrapped BYTES NOT NULL DEFAULT '';

-- only: both
CREATE INDEX file_address ON file (address);
CREATE INDEX file_clear ON file (area, id) WHERE is_sealed = 0;

-- only: sqlite
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('file', 'file_address', '200000 1'), ('file', 'file_clear', '100 100 1');
ANALYZE sqlite_schema;
