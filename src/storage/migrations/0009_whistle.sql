-- Graded calls (八公山、鹿城), who had it first (南湖), the double revisit, a measurement; posts held by turns.

ALTER TABLE case_file ADD COLUMN whistle INT8 NOT NULL DEFAULT 0;
ALTER TABLE case_file ADD COLUMN whistle_at INT8 NOT NULL DEFAULT 0;
ALTER TABLE case_file ADD COLUMN lowered INT8 NOT NULL DEFAULT 0;
ALTER TABLE case_file ADD COLUMN rung INT8 NOT NULL DEFAULT 0;
ALTER TABLE case_file ADD COLUMN first_org INT8 NOT NULL DEFAULT 0;
ALTER TABLE case_file ADD COLUMN measured INT8 NOT NULL DEFAULT 0;
ALTER TABLE case_file ADD COLUMN revisit_grade INT8 NOT NULL DEFAULT 0;
ALTER TABLE case_file ADD COLUMN revisit_officer INT8 NOT NULL DEFAULT 0;
ALTER TABLE case_file ADD COLUMN base_grade INT8 NOT NULL DEFAULT 0;
ALTER TABLE case_file ADD COLUMN base_officer INT8 NOT NULL DEFAULT 0;
ALTER TABLE posting ADD COLUMN turn INT8 NOT NULL DEFAULT 0;
ALTER TABLE posting ADD COLUMN turns INT8 NOT NULL DEFAULT 0;
