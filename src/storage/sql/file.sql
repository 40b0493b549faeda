-- Files, notices, persons.

-- fragment: file_columns
file.id, file.case_id, file.event_seq, file.bytes, file.uploader, file.kind, file.width, file.height, file.sha256,
file.is_after, file.is_public, file.at, file.has_gps, file.lat, file.lon, file.taken, file.device, file.visit

-- name: file_insert
INSERT INTO file (area, id, sha256, sm3, kind, bytes, width, height, uploader, device, at, case_id, event_seq, is_after,
    is_public, has_gps, lat, lon, taken, is_sealed, address, wrapped, visit)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, 0, 0, $12, $13, $14, $15, 1, $16, $17, 0);

-- name: file_attach   (a file belongs to one case for ever; event_seq says which event named it; its key is that case's from now on)
UPDATE file SET case_id = $1, event_seq = $2, is_after = $3, wrapped = $4 WHERE area = $5 AND id = $6 AND case_id = 0 AND visit = 0;

-- name: file_key   (where its bytes lie and what opens them)
SELECT file.case_id, file.is_sealed, file.address, file.wrapped, file.sha256, case_file.wrapped_key
FROM file LEFT JOIN case_file ON case_file.area = file.area AND case_file.id = file.case_id
WHERE file.area = $1 AND file.id = $2;

-- name: file_facts   (what an event says of a file in one digest)
SELECT id, sha256, sm3, kind, bytes, width, height, uploader, device, at, has_gps, lat, lon, taken
FROM file WHERE area = $1 AND id = $2;

-- name: files_replay   (ledger replay: the files of a case, with their facts; index file_case)
SELECT id, sha256, sm3, kind, bytes, width, height, uploader, device, at, has_gps, lat, lon, taken,
    event_seq, is_after, is_public, is_sealed, wrapped
FROM file WHERE area = $1 AND case_id = $2 AND case_id > 0 ORDER BY id;

-- name: files_of_nothing   (ledger replay: files of a case that is not there; index file_case)
-- scan-ok: ledger replay reads everything
SELECT file.id FROM file WHERE file.area = $1 AND file.case_id > 0
    AND NOT EXISTS (SELECT 1 FROM case_file WHERE case_file.area = file.area AND case_file.id = file.case_id)
ORDER BY file.id LIMIT 100;

-- name: files_count   (ledger replay: files of cases; $2 = 0: of all)
-- scan-ok: ledger replay reads everything
SELECT COUNT(*) FROM file WHERE area = $1 AND case_id > 0 AND ($2 = 0 OR case_id = $2);

-- name: files_clear   (old files that still lie in clear; index file_clear)
SELECT id, kind FROM file WHERE area = $1 AND is_sealed = 0 AND id > $2 ORDER BY id LIMIT 16;

-- name: file_seal   (an old file now lies sealed)
UPDATE file SET is_sealed = 1, address = $1, wrapped = $2 WHERE area = $3 AND id = $4 AND is_sealed = 0 AND case_id = $5;

-- name: file_clear_uses   (may the clear bytes go?)
-- scan-ok: once for each old file, off the request path
SELECT COUNT(*) FROM file WHERE sha256 = $1 AND is_sealed = 0;

-- name: file_by_id
SELECT {file_columns} FROM file WHERE area = $1 AND id = $2;

-- name: files_of_case   (index file_case)
SELECT {file_columns} FROM file WHERE area = $1 AND case_id = $2 AND case_id > 0 ORDER BY id;

-- name: file_publish   (cleared for the reporter's page)
UPDATE file SET is_public = $1 WHERE area = $2 AND id = $3;

-- name: files_unused   (uploads that no report took, after a day; index file_unused)
SELECT area, id, sha256, is_sealed, address FROM file WHERE case_id = 0 AND visit = 0 AND at < $1 ORDER BY at LIMIT 200;

-- name: file_forget
DELETE FROM file WHERE area = $1 AND id = $2 AND case_id = 0 AND visit = 0;

-- name: file_address_uses   (may the bytes go? index file_address)
SELECT COUNT(*) FROM file WHERE address = $1;

-- name: notice_insert
INSERT INTO notice (area, id, owner_org, owner_role, owner_place, owner_person, case_id, kind, text, is_urgent, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: notices_of_owner   (index notice_owner)
SELECT notice.id, notice.case_id, notice.kind, notice.text, notice.is_urgent, notice.at, case_file.day, case_file.no
FROM notice LEFT JOIN case_file ON case_file.area = notice.area AND case_file.id = notice.case_id
WHERE notice.area = $1 AND notice.owner_org = $2 AND notice.owner_role = $3 AND notice.owner_place = $4
    AND notice.owner_person = $5 AND notice.id > $6
ORDER BY notice.id DESC LIMIT $7;

-- name: notice_facts   (ledger replay: what an event keeps in a digest)
SELECT case_id, at, owner_org, owner_role, owner_place, owner_person, kind, text, is_urgent
FROM notice WHERE area = $1 AND id = $2;

-- name: outbox_facts   (the same of a message to a reporter)
SELECT case_id, created, 0, 0, 0, person, kind, text, 0 FROM outbox WHERE area = $1 AND id = $2;

-- name: told_count   (ledger replay: notices and messages of cases)
-- scan-ok: ledger replay reads everything
SELECT (SELECT COUNT(*) FROM notice WHERE notice.area = $1 AND notice.case_id > 0)
    + (SELECT COUNT(*) FROM outbox WHERE outbox.area = $1 AND outbox.case_id > 0 AND outbox.channel = 'sms');

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

-- name: outbox_list   (one state, newest first; index outbox_state)
SELECT outbox.id, outbox.case_id, outbox.channel, outbox.kind, outbox.text, outbox.created, outbox.next_at, outbox.tries,
    outbox.state, outbox.last_error, case_file.day, case_file.no
FROM outbox LEFT JOIN case_file ON case_file.area = outbox.area AND case_file.id = outbox.case_id
WHERE outbox.area = $1 AND outbox.state = $2 AND ($3 = '' OR outbox.channel = $3) AND outbox.id < $4
ORDER BY outbox.id DESC LIMIT $5;

-- name: outbox_open   (how many wait for a person; index outbox_state)
SELECT COUNT(*) FROM (SELECT 1 AS one FROM outbox WHERE area = $1 AND state = $2 AND ($3 = '' OR channel = $3) LIMIT 1001) AS few;

-- name: outbox_find
SELECT case_id, channel, state, text FROM outbox WHERE area = $1 AND id = $2;

-- name: outbox_again   (a person says: try once more)
UPDATE outbox SET state = 0, tries = 0, next_at = $1 WHERE area = $2 AND id = $3 AND state = $4;

-- name: outbox_end   (a person decided about one)
UPDATE outbox SET state = $1, last_error = $2 WHERE area = $3 AND id = $4 AND state = $5;

-- name: outbox_end_case   (a person has told the reporter, or will not: all that waits of the case; index outbox_state)
UPDATE outbox SET state = $1, last_error = $2 WHERE area = $3 AND state = 3 AND case_id = $4 AND channel = 'sms';

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
