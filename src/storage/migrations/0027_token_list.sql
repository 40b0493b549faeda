-- Search: what saves wrote into `token` is folded from time to time into lists of cases, a row for up to 250 of them
-- (src/core/postings.h): `part` is the first case of the list, `cases` the others, packed.
CREATE TABLE token_list (
    area INT8 NOT NULL, token INT8 NOT NULL, part INT8 NOT NULL, n INT8 NOT NULL, cases BYTES NOT NULL,
    PRIMARY KEY (area, token, part)) CLUSTERED;
-- only: sqlite
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('token_list', 'token_list', '4000000 4000000 20 1');
ANALYZE sqlite_schema;
