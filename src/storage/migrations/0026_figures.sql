-- Figures over years (src/storage/figures_fold.h): what each case counted when it was last folded, the sums of that by day and by
-- month, and the marks of what has changed since. All of it can be made anew from case_file, duty and visit_place.

CREATE TABLE figure_case (
    area INT8 NOT NULL, case_id INT8 NOT NULL, day INT8 NOT NULL, place INT8 NOT NULL, lead INT8 NOT NULL, closed_at INT8 NOT NULL,
    opened INT8 NOT NULL, closed INT8 NOT NULL, minutes INT8 NOT NULL, seconds INT8 NOT NULL, missed BYTES NOT NULL,
    PRIMARY KEY (area, case_id)) CLUSTERED;
-- span 0: the day; 1: the month that begins on it. place 0, lead 0: all.
CREATE TABLE figure_sum (
    area INT8 NOT NULL, basis INT8 NOT NULL, place INT8 NOT NULL, lead INT8 NOT NULL, span INT8 NOT NULL, day INT8 NOT NULL,
    sums BYTES NOT NULL, PRIMARY KEY (area, basis, place, lead, span, day)) CLUSTERED;
-- The values behind a median, by bucket: the one in the middle is looked for among the few of its bucket.
CREATE TABLE figure_spread (
    area INT8 NOT NULL, basis INT8 NOT NULL, bucket INT8 NOT NULL, day INT8 NOT NULL, value INT8 NOT NULL, case_id INT8 NOT NULL,
    place INT8 NOT NULL, lead INT8 NOT NULL, PRIMARY KEY (area, basis, bucket, day, value, case_id)) CLUSTERED;
-- Marks: a key of its own for every save, so that none waits for another and none is lost when folding takes away what it has seen.
CREATE TABLE figure_stale (area INT8 NOT NULL, case_id INT8 NOT NULL, mark INT8 NOT NULL, PRIMARY KEY (area, case_id, mark)) CLUSTERED;
CREATE TABLE figure_round (
    area INT8 NOT NULL, place INT8 NOT NULL, at INT8 NOT NULL, mark INT8 NOT NULL, first_id INT8 NOT NULL,
    PRIMARY KEY (area, place, at, mark)) CLUSTERED;
-- How far the cases that were there before have been folded; its row is what folding holds, so that one process folds at a time.
CREATE TABLE figure_clock (
    area INT8 NOT NULL PRIMARY KEY, upto INT8 NOT NULL, is_ready INT8 NOT NULL, turns INT8 NOT NULL) TABLE;

CREATE INDEX case_prior ON case_file (area, prior) WHERE prior > 0;
CREATE INDEX case_contact ON case_file (area, place, day) WHERE contact_at > 0;

-- only: sqlite
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('figure_case', 'figure_case', '100000 100000 1'), ('figure_sum', 'figure_sum', '400000 400000 130000 500 60 40 1'),
    ('figure_spread', 'figure_spread', '90000 90000 80000 200 3 2 1'), ('figure_stale', 'figure_stale', '500 500 2 1'),
    ('figure_round', 'figure_round', '50 50 2 1 1'), ('case_file', 'case_prior', '20000 20000 2'),
    ('case_file', 'case_contact', '80000 80000 800 2');
ANALYZE sqlite_schema;
