-- The whistle that asks somebody to come, and the arrival: when, and how well it is shown (八公山 15 分钟, 应哨即达).

ALTER TABLE case_file ADD COLUMN summoned_at INT8 NOT NULL DEFAULT 0;
ALTER TABLE case_file ADD COLUMN summoned_in INT8 NOT NULL DEFAULT 0;
ALTER TABLE case_file ADD COLUMN arrived_at INT8 NOT NULL DEFAULT 0;
ALTER TABLE case_file ADD COLUMN arrival_grade INT8 NOT NULL DEFAULT 0;
