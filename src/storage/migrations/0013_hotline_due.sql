-- When the hotline wants its order answered.

ALTER TABLE case_file ADD COLUMN hotline_due INT8 NOT NULL DEFAULT 0;
