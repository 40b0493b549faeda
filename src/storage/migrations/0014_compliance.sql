-- Until when a party was asked in writing to do what was decided (行政强制法 35); 1 = compulsory execution was decided.

ALTER TABLE case_file ADD COLUMN comply_until INT8 NOT NULL DEFAULT 0;
