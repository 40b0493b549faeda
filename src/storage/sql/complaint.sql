-- Complaints about officers and departments.

-- name: complaint_insert
INSERT INTO complaint (area, id, version, head, wrapped_key, secret, kind, org, place, opened_at, answered_at, finding)
VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, 0, '');

-- name: complaint_answer
UPDATE complaint SET version = version + 1, head = $1, answered_at = $2, finding = $3
WHERE area = $4 AND id = $5 AND version = $6;

-- name: complaint_missed   (an event more)
UPDATE complaint SET version = version + 1, head = $1 WHERE area = $2 AND id = $3 AND version = $4;

-- name: complaint_by_id
SELECT version, head, wrapped_key, secret, kind, org, place, opened_at, answered_at, finding FROM complaint
WHERE area = $1 AND id = $2;

-- name: complaints_list   (newest first, with the clock of each; index duty_subject)
SELECT complaint.id, complaint.kind, complaint.org, complaint.place, complaint.opened_at, complaint.answered_at,
    complaint.finding, duty.due, duty.amber_at, duty.missed_at
FROM complaint JOIN duty ON duty.area = complaint.area AND duty.subject = complaint.id
WHERE complaint.area = $1 AND complaint.id < $2 AND ($3 = 0 OR complaint.answered_at = 0)
ORDER BY complaint.id DESC LIMIT $4;

-- name: complaints_open   (the count in the menu; index duty_owner)
SELECT COUNT(*) FROM duty
WHERE area = $1 AND owner_org = 0 AND owner_role = $2 AND owner_place = 0 AND owner_person = 0 AND ending = 0
    AND subject_kind = 2;

-- name: fig_complaints   (HC-55; index complaint_opened)
SELECT COUNT(*) FROM complaint WHERE area = $1 AND opened_at >= $2 AND opened_at < $3 AND ($4 = 0 OR org = $4);

-- name: complaint_last   (days since the last; index complaint_opened)
SELECT opened_at FROM complaint WHERE area = $1 ORDER BY opened_at DESC LIMIT 1;

-- name: max_complaint_id
SELECT COALESCE(MAX(id), 0) FROM complaint WHERE area = $1;
