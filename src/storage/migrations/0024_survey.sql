-- 排摸登记 (NH-04): what a community keeps a register of. doc = sealed(JSON of the whole entry) under the entry's own key: it names
-- people at home and what they keep. Kind, place, state and times stay clear for lists.

CREATE TABLE survey (
    area INT8 NOT NULL, id INT8 NOT NULL, version INT8 NOT NULL, head BYTES NOT NULL, wrapped_key BYTES NOT NULL,
    kind TEXT NOT NULL, place INT8 NOT NULL, state INT8 NOT NULL, first_seen INT8 NOT NULL, last_checked INT8 NOT NULL,
    visit INT8 NOT NULL, doc BYTES NOT NULL, PRIMARY KEY (area, id)) CLUSTERED;
CREATE INDEX survey_place ON survey (area, place, last_checked, id);
CREATE INDEX survey_seen ON survey (area, last_checked, id);
CREATE INDEX survey_visit ON survey (area, visit, id) WHERE visit > 0;

-- The secret address of one calendar (/cal/…): renewed or stopped by whose it is. rev 0 = never; a registry event says who did it.
CREATE TABLE calendar_feed (
    area INT8 NOT NULL, is_person INT8 NOT NULL, id INT8 NOT NULL, rev INT8 NOT NULL, is_off INT8 NOT NULL,
    PRIMARY KEY (area, is_person, id)) CLUSTERED;

-- only: sqlite
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('survey', 'survey', '20000 20000 1'), ('survey', 'survey_place', '20000 20000 100 1 1'),
    ('survey', 'survey_seen', '20000 20000 2 1'), ('survey', 'survey_visit', '10000 10000 10 1');
ANALYZE sqlite_schema;
