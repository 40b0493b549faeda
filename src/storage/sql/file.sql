-- Files, notices, persons.

-- fragment: file_columns
file.id, file.case_id, file.event_seq, file.bytes, file.uploader, file.kind, file.width, file.height, file.sha256,
file.is_after, file.is_public, file.at, file.has_gps, file.lat, file.lon, file.taken, file.device

-- name: file_insert
INSERT INTO file (area, id, sha256, sm3, kind, bytes, width, height, uploader, device, at, case_id, event_seq, is_after,
    is_public, has_gps, lat, lon, taken)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, 0, 0, $12, $13, $14, $15);

-- name: file_attach   (a file belongs to one case for ever; event_seq says which event named it)
UPDATE file SET case_id = $1, event_seq = $2, is_after = $3 WHERE area = $4 AND id = $5 AND case_id = 0;

-- name: file_by_id
SELECT {file_columns} FROM file WHERE area = $1 AND id = $2;

-- name: files_of_case   (index file_case)
SELECT {file_columns} FROM file WHERE area = $1 AND case_id = $2 AND case_id > 0 ORDER BY id;

-- name: file_publish   (cleared for the reporter's page)
UPDATE file SET is_public = $1 WHERE area = $2 AND id = $3;

-- name: files_unused   (uploads that no report took, after a day; index file_unused)
SELECT area, id, sha256 FROM file WHERE case_id = 0 AND at < $1 ORDER BY at LIMIT 200;

-- name: file_forget
DELETE FROM file WHERE area = $1 AND id = $2 AND case_id = 0;

-- name: file_hash_uses   (may the bytes go?)
-- scan-ok: clean-up of a few unused uploads a day, off the request path
SELECT COUNT(*) FROM file WHERE sha256 = $1;

-- name: notice_insert
INSERT INTO notice (area, id, owner_org, owner_role, owner_place, owner_person, case_id, kind, text, is_urgent, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: notices_of_owner   (index notice_owner)
SELECT notice.id, notice.case_id, notice.kind, notice.text, notice.is_urgent, notice.at, case_file.day, case_file.no
FROM notice LEFT JOIN case_file ON case_file.area = notice.area AND case_file.id = notice.case_id
WHERE notice.area = $1 AND notice.owner_org = $2 AND notice.owner_role = $3 AND notice.owner_place = $4
    AND notice.owner_person = $5 AND notice.id > $6
ORDER BY notice.id DESC LIMIT $7;

-- name: outbox_insert
INSERT INTO outbox (id, area, case_id, channel, person, kind, text, created, next_at, tries, state, lease, last_error)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, 0, '');

-- name: outbox_take   (due messages; index outbox_due)
SELECT id, area, case_id, channel, person, kind, text, tries FROM outbox
WHERE state = 0 AND next_at <= $1 ORDER BY next_at, id LIMIT 32;

-- name: outbox_settle
UPDATE outbox SET state = $1, tries = $2, next_at = $3, last_error = $4 WHERE id = $5;

-- name: outbox_keep   (a channel that is not set up: kept for a person to decide, not lost; index outbox_due)
-- scan-ok: reads what waits to be sent and nothing else
UPDATE outbox SET state = 3, last_error = $1 WHERE state = 0 AND channel = $2;

-- name: notices_urgent_after   (which notices to mail about; walks the key)
SELECT notice.id, notice.owner_org, notice.owner_role, notice.case_id, notice.kind, case_file.day, case_file.no
FROM notice LEFT JOIN case_file ON case_file.area = notice.area AND case_file.id = notice.case_id
WHERE notice.area = $1 AND notice.id > $2 AND notice.is_urgent = 1 AND notice.at >= $3
ORDER BY notice.id LIMIT 64;

-- name: person_file_insert
INSERT INTO person_file (area, id, version, head, wrapped_key, contact, phone_index, created)
VALUES ($1, $2, 1, $3, $4, $5, $6, $7);

-- name: person_file_by_id
SELECT version, head, wrapped_key, contact, phone_index FROM person_file WHERE area = $1 AND id = $2;
