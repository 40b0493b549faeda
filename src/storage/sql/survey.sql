-- 排摸登记. Rows are made by survey_store.c and by nothing else.

-- fragment: survey_columns
survey.id, survey.version, survey.head, survey.wrapped_key, survey.kind, survey.place, survey.state, survey.first_seen, survey.last_checked, survey.visit, survey.doc

-- name: survey_insert
INSERT INTO survey (area, id, version, head, wrapped_key, kind, place, state, first_seen, last_checked, visit, doc)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);

-- name: survey_update
UPDATE survey SET version = $1, head = $2, state = $3, last_checked = $4, visit = $5, doc = $6
WHERE area = $7 AND id = $8 AND version = $9;

-- name: survey_by_id
SELECT {survey_columns} FROM survey WHERE area = $1 AND id = $2;

-- name: surveys_of_place   (the longest unseen first; state 0 = all, -1 = not gone; index survey_place)
SELECT {survey_columns} FROM survey
WHERE area = $1 AND place = $2 AND ($3 = 0 OR state = $3 OR ($3 < 0 AND state <> 3)) AND (last_checked, id) > ($4, $5)
ORDER BY last_checked, id LIMIT $6;

-- name: surveys_of_area   (the same everywhere; index survey_seen)
SELECT {survey_columns} FROM survey
WHERE area = $1 AND ($2 = 0 OR state = $2 OR ($2 < 0 AND state <> 3)) AND (last_checked, id) > ($3, $4)
ORDER BY last_checked, id LIMIT $5;

-- name: surveys_of_visit   (what was looked at last on this visit; index survey_visit)
SELECT {survey_columns} FROM survey WHERE area = $1 AND visit = $2 AND visit > 0 ORDER BY id LIMIT 100;

-- name: max_survey_id
SELECT COALESCE(MAX(id), 0) FROM survey WHERE area = $1;
