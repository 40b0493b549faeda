-- How often a case was conferred about and handed elsewhere: what is bounded must be counted.

ALTER TABLE case_file ADD COLUMN confers INT8 NOT NULL DEFAULT 0;
ALTER TABLE case_file ADD COLUMN transfers INT8 NOT NULL DEFAULT 0;
