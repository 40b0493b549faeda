-- Visits, and the duties of routines. Their rows are made by visit_store.c and by nothing else.

-- fragment: visit_columns
visit.id, visit.version, visit.head, visit.doc

-- name: visit_insert
INSERT INTO visit (area, id, version, head, kind, state, mode, org, place, by_person, at, ended, cases, settled, points, skipped, doc)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17);

-- name: visit_update
UPDATE visit SET version = $1, head = $2, state = $3, mode = $4, at = $5, ended = $6, cases = $7, settled = $8, points = $9, skipped = $10, doc = $11
WHERE area = $12 AND id = $13 AND version = $14;

-- name: visit_by_id
SELECT {visit_columns} FROM visit WHERE area = $1 AND id = $2;

-- name: visit_places_clear   (index visit_place_of)
DELETE FROM visit_place WHERE area = $1 AND visit = $2;

-- name: visit_rounds   (where the property walked on it; 4 is VISIT_ROUND, 3 done; index visit_place_of)
SELECT place, at FROM visit_place WHERE area = $1 AND visit = $2 AND kind = 4 AND state = 3;

-- name: visit_members_clear
DELETE FROM visit_member WHERE area = $1 AND visit = $2;

-- name: visit_counts_clear
DELETE FROM visit_count WHERE area = $1 AND visit = $2;

-- name: visit_cases_clear
DELETE FROM visit_case WHERE area = $1 AND visit = $2;

-- name: visit_place_insert
INSERT INTO visit_place (area, place, at, visit, kind, state) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (area, place, at, visit) DO NOTHING;

-- name: visit_member_insert
INSERT INTO visit_member (area, visit, org, person, role, state, kind, at, came_at, left_at, grade, place)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (area, visit, org, person) DO UPDATE SET state = excluded.state, came_at = excluded.came_at,
    left_at = excluded.left_at, grade = excluded.grade;

-- name: visit_count_insert   (the same thing counted twice is added up)
INSERT INTO visit_count (area, visit, item, unit, n, at, kind) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (area, visit, item, unit) DO UPDATE SET n = visit_count.n + excluded.n;

-- name: visit_case_insert
INSERT INTO visit_case (area, visit, case_id, kind, is_found, is_settled, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (area, visit, case_id) DO UPDATE SET is_settled = excluded.is_settled;

-- name: visits_at   (newest first; $3 before; kind -1 = all; state 0 = all; index visit_at)
SELECT {visit_columns} FROM visit
WHERE area = $1 AND at >= $2 AND at < $3 AND ($4 < 0 OR kind = $4) AND ($5 = 0 OR state = $5) AND ($6 = 0 OR at < $6 OR (at = $6 AND id < $7))
ORDER BY at DESC, id DESC LIMIT $8;

-- name: visits_skipped   (rounds that left points out, newest first; index visit_skipped)
SELECT {visit_columns} FROM visit WHERE area = $1 AND skipped > 0 AND at >= $2 AND at < $3 ORDER BY at DESC, id DESC LIMIT $4;

-- name: visit_days   (how many of a kind each day, cancelled ones left out; index visit_kind)
SELECT (at + 28800000) / 86400000, COUNT(*) FROM visit WHERE area = $1 AND kind = $2 AND at >= $3 AND at < $4 AND state <> 4
GROUP BY 1 ORDER BY 1;

-- name: visits_of_kind   (the earliest first; index visit_kind)
SELECT {visit_columns} FROM visit WHERE area = $1 AND kind = $2 AND at >= $3 AND at < $4 ORDER BY at, id LIMIT $5;

-- name: visits_of_place   (index visit_place)
SELECT {visit_columns} FROM visit_place JOIN visit ON visit.area = visit_place.area AND visit.id = visit_place.visit
WHERE visit_place.area = $1 AND visit_place.place = $2 AND visit_place.at >= $3 AND visit_place.at < $4
    AND ($5 < 0 OR visit_place.kind = $5) AND ($6 = 0 OR visit_place.state = $6)
    AND ($7 = 0 OR visit_place.at < $7 OR (visit_place.at = $7 AND visit_place.visit < $8))
ORDER BY visit_place.at DESC, visit_place.visit DESC LIMIT $9;

-- name: visits_of_org   (index visit_org)
SELECT {visit_columns} FROM visit_member JOIN visit ON visit.area = visit_member.area AND visit.id = visit_member.visit
WHERE visit_member.area = $1 AND visit_member.org = $2 AND visit_member.org > 0 AND visit_member.person = 0 AND visit_member.at >= $3 AND visit_member.at < $4
    AND ($5 < 0 OR visit_member.kind = $5) AND ($6 = 0 OR visit.state = $6)
    AND ($7 = 0 OR visit_member.at < $7 OR (visit_member.at = $7 AND visit_member.visit < $8))
ORDER BY visit_member.at DESC, visit_member.visit DESC LIMIT $9;

-- name: visits_of_person   (index visit_person)
SELECT {visit_columns} FROM visit_member JOIN visit ON visit.area = visit_member.area AND visit.id = visit_member.visit
WHERE visit_member.area = $1 AND visit_member.person = $2 AND visit_member.person > 0 AND visit_member.at >= $3 AND visit_member.at < $4
    AND ($5 < 0 OR visit_member.kind = $5) AND ($6 = 0 OR visit.state = $6)
    AND ($7 = 0 OR visit_member.at < $7 OR (visit_member.at = $7 AND visit_member.visit < $8))
ORDER BY visit_member.at DESC, visit_member.visit DESC LIMIT $9;

-- name: place_visited   (how often somebody came; property rounds, 4, are its own; primary key)
SELECT COUNT(*) FROM visit_place WHERE area = $1 AND place = $2 AND at >= $3 AND at < $4 AND state = 3 AND kind IN (0, 1, 2, 3, 5, 6, 7, 14);

-- name: place_next_visit   (what residents are told of: 联勤入网, 联合执法, 专项整治, 联合体检, 普法宣传; primary key)
SELECT kind, at FROM visit_place WHERE area = $1 AND place = $2 AND at >= $3 AND state = 1 AND kind IN (1, 5, 6, 7, 14) ORDER BY at LIMIT 1;

-- name: visits_of_case   (index visit_case_of)
SELECT {visit_columns} FROM visit_case JOIN visit ON visit.area = visit_case.area AND visit.id = visit_case.visit
WHERE visit_case.area = $1 AND visit_case.case_id = $2 ORDER BY visit_case.visit DESC LIMIT 50;

-- name: presences   (check-ins of a time: attendance; index visit_came)
SELECT person, org, role, place, came_at, left_at, grade, visit FROM visit_member
WHERE area = $1 AND kind = $2 AND at >= $3 AND at < $4 AND person > 0 AND state = 4 ORDER BY at, visit;

-- name: visits_replay   (ledger replay reads everything)
-- scan-ok: ledger replay reads everything
SELECT {visit_columns} FROM visit WHERE area = $1 AND id > $2 ORDER BY id LIMIT 200;

-- name: visit_rows_count   (ledger replay: rows beside the visit)
SELECT (SELECT COUNT(*) FROM visit_place WHERE area = $1 AND visit = $2), (SELECT COUNT(*) FROM visit_member WHERE area = $1 AND visit = $2),
    (SELECT COUNT(*) FROM visit_case WHERE area = $1 AND visit = $2),
    (SELECT points FROM visit WHERE area = $1 AND id = $2), (SELECT skipped FROM visit WHERE area = $1 AND id = $2);

-- name: file_to_visit   (a file belongs to one visit for ever; its key stays the area's)
UPDATE file SET visit = $1, event_seq = $2, is_after = $3 WHERE area = $4 AND id = $5 AND case_id = 0 AND visit = 0;

-- name: files_of_visit   (index file_visit)
SELECT {file_columns} FROM file WHERE area = $1 AND visit = $2 AND visit > 0 ORDER BY id;

-- name: visit_files_replay   (ledger replay: the files of a visit, with their facts; index file_visit)
SELECT id, sha256, sm3, kind, bytes, width, height, uploader, device, at, has_gps, lat, lon, taken,
    event_seq, is_after, is_public, is_sealed, wrapped
FROM file WHERE area = $1 AND visit = $2 AND visit > 0 ORDER BY id;

-- name: visit_files_count   (ledger replay: files of visits)
-- scan-ok: ledger replay reads everything
SELECT COUNT(*) FROM file WHERE area = $1 AND visit > 0;

-- ---- routines ----

-- name: routine_clock_get
SELECT at FROM routine_clock WHERE area = $1;

-- name: routine_clock_seen   (of the registry, how much; of the scheme, which version)
SELECT registry_seq, scheme FROM routine_clock WHERE area = $1;

-- name: routine_clock_set
INSERT INTO routine_clock (area, at, registry_seq, scheme) VALUES ($1, $2, $3, $4)
ON CONFLICT (area) DO UPDATE SET at = excluded.at, registry_seq = excluded.registry_seq, scheme = excluded.scheme;

-- name: routine_duty_insert   (once for each member and term; index duty_routine)
INSERT INTO duty (area, id, kind, subject_kind, subject, owner_org, owner_role, owner_place, owner_person, need, credited, spacing, opened_at, window_from, amber_at, due, missed_at, ended_at, ending, up_org, up_role, up_place, ref, level, arg)
VALUES ($1, $2, $3, 3, $4, $5, $6, $7, $8, $9, 0, $10, $11, $12, $13, $14, 0, 0, 0, $15, $16, $17, $18, 0, $19)
ON CONFLICT (area, ref, arg, subject) WHERE subject_kind = 3 DO NOTHING;

-- name: routine_duties_of_member   (terms that a day may count for, the oldest first; index duty_member)
SELECT {duty_columns} FROM duty
WHERE area = $1 AND ref = $2 AND subject = $3 AND arg >= $4 AND arg <= $5 AND subject_kind = 3 ORDER BY arg;

-- name: routine_term_counts   (a term by ending; behind as routine_is_behind says; index duty_term)
SELECT COALESCE(SUM(CASE WHEN ending IN (1, 7) THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN ending = 2 THEN 1 ELSE 0 END), 0),
    COALESCE(SUM(CASE WHEN ending = 6 OR (ending = 0 AND missed_at > 0) THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN ending = 4 THEN 1 ELSE 0 END), 0),
    COALESCE(SUM(CASE WHEN ending = 0 AND missed_at = 0 AND credited < need AND amber_at <= $1
        AND (due <= $1 OR ($1 - window_from) * need > credited * (due - window_from)) THEN 1 ELSE 0 END), 0),
    COALESCE(SUM(CASE WHEN ending <> 3 AND ending <> 5 THEN 1 ELSE 0 END), 0)
FROM duty WHERE area = $2 AND ref = $3 AND arg = $4 AND subject_kind = 3;

-- name: routine_duties_open   (open, by due; index duty_behind)
SELECT {duty_columns} FROM duty
WHERE area = $1 AND ref = $2 AND (due, id) > ($3, $4) AND subject_kind = 3 AND ending = 0 ORDER BY due, id LIMIT $5;

-- name: routine_duties_of_term   (everybody in a term; index duty_routine)
SELECT {duty_columns} FROM duty
WHERE area = $1 AND ref = $2 AND subject > $3 AND arg = $4 AND subject_kind = 3 ORDER BY subject LIMIT $5;

-- name: routine_duties_between   (a member's terms of some time; index duty_member)
SELECT {duty_columns} FROM duty
WHERE area = $1 AND ref = $2 AND subject = $3 AND arg >= $4 AND arg < $5 AND subject_kind = 3 ORDER BY arg;

-- name: credits_of_duty
SELECT visit, day FROM credit WHERE area = $1 AND duty = $2 ORDER BY day, visit;

-- name: credits_of_visit   (index credit_visit)
SELECT duty, day FROM credit WHERE area = $1 AND visit = $2 ORDER BY duty;

-- name: credit_insert
INSERT INTO credit (area, duty, visit, day) VALUES ($1, $2, $3, $4) ON CONFLICT (area, duty, visit) DO NOTHING;

-- name: routine_duties_all   (ledger replay)
-- scan-ok: ledger replay reads everything
SELECT {duty_columns} FROM duty WHERE area = $1 AND id > $2 AND subject_kind = 3 ORDER BY id LIMIT 1000;

-- name: max_visit_id
SELECT COALESCE(MAX(id), 0) FROM visit WHERE area = $1;
