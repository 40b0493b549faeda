-- Complaints about officers and departments.

-- name: complaint_insert
INSERT INTO complaint (area, id, version, head, wrapped_key, secret, kind, org, place, opened_at, answered_at, finding)
VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, 0, '');

-- name: complaint_answer
UPDATE complaint SET version = version + 1, head = $1, answered_at = $2, finding = $3
WHERE area = $4 AND id = $5 AND version = $6;

-- name: complaint_by_id
SELECT version, head, wrapped_key, secret, kind, org, place, opened_at, answered_at, finding FROM complaint
WHERE area = $1 AND id = $2;

-- name: complaints_list   (newest first)
SELECT id, kind, org, place, opened_at, answered_at, finding FROM complaint WHERE area = $1 AND id < $2
ORDER BY id DESC LIMIT $3;

-- name: fig_complaints   (HC-55; index complaint_opened)
SELECT COUNT(*) FROM complaint WHERE area = $1 AND opened_at >= $2 AND opened_at < $3 AND ($4 = 0 OR org = $4);

-- name: complaint_last   (days since the last; index complaint_opened)
SELECT opened_at FROM complaint WHERE area = $1 ORDER BY opened_at DESC LIMIT 1;

-- name: max_complaint_id
SELECT COALESCE(MAX(id), 0) FROM complaint WHERE area = $1;
