-- What a filing states about the act and the party, and until when a hearing may be asked for (行政处罚法 30, 36, 64).

ALTER TABLE case_file ADD COLUMN act_day INT8 NOT NULL DEFAULT 0;
ALTER TABLE case_file ADD COLUMN party INT8 NOT NULL DEFAULT 0;
ALTER TABLE case_file ADD COLUMN hearing_until INT8 NOT NULL DEFAULT 0;
