-- Duties: somebody owes something by a time.

-- fragment: duty_columns
duty.id, duty.kind, duty.subject_kind, duty.subject, duty.owner_org, duty.owner_role, duty.owner_place,
duty.owner_person, duty.need, duty.credited, duty.spacing, duty.opened_at, duty.window_from, duty.amber_at,
duty.due, duty.missed_at, duty.ended_at, duty.ending, duty.up_org, duty.up_role, duty.up_place, duty.ref,
duty.level, duty.arg

-- name: duty_insert
INSERT INTO duty (area, id, kind, subject_kind, subject, owner_org, owner_role, owner_place, owner_person, need, credited, spacing, opened_at, window_from, amber_at, due, missed_at, ended_at, ending, up_org, up_role, up_place, ref, level, arg)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25);

-- name: duty_update   (a duty changes owner, credit, miss, end or level; never what it is about)
UPDATE duty SET owner_org = $1, owner_role = $2, owner_place = $3, owner_person = $4, credited = $5, amber_at = $6,
    due = $7, missed_at = $8, ended_at = $9, ending = $10, up_org = $11, up_role = $12, up_place = $13, level = $14
WHERE area = $15 AND id = $16;

-- name: duties_open_of_subject   (for deciding; index duty_subject)
SELECT {duty_columns} FROM duty WHERE area = $1 AND subject = $2 AND ending = 0 ORDER BY id;

-- name: duties_of_subject   (the whole record; index duty_subject)
SELECT {duty_columns} FROM duty WHERE area = $1 AND subject = $2 ORDER BY id;

-- name: duty_next_due   (the duty clock sleeps until then; index duty_clock)
SELECT due FROM duty WHERE ending = 0 AND missed_at = 0 ORDER BY due, id LIMIT 1;

-- name: duties_due   (in (due, id) order; index duty_clock)
SELECT area, subject, id, due, subject_kind, ref FROM duty WHERE ending = 0 AND missed_at = 0 AND due <= $1 ORDER BY due, id LIMIT 512;

-- fragment: is_quiet_answer   (答复居民 is done by closing: who has the case in hand owes it silently until it turns amber. 12 is
-- DUTY_ANSWER, main duties stand before it; index duty_main)
duty.kind = 12 AND duty.missed_at = 0 AND EXISTS (SELECT 1 FROM duty AS held WHERE held.area = duty.area
        AND held.subject = duty.subject AND held.owner_org = duty.owner_org AND held.ending = 0 AND held.kind < 12)

-- name: duties_open_of_owner   (待办; index duty_owner)
SELECT {duty_columns}, {case_columns}
FROM duty JOIN case_file ON case_file.area = duty.area AND case_file.id = duty.subject
WHERE duty.area = $1 AND duty.owner_org = $2 AND duty.owner_role = $3 AND duty.owner_place = $4 AND duty.owner_person = $5
    AND duty.ending = 0 AND ($6 < 0 OR duty.kind = $7)
    AND NOT ($6 < 0 AND duty.amber_at > $8 AND {is_quiet_answer})
ORDER BY duty.due LIMIT $9;

-- name: duties_other_of_owner   (待办 that is about no case: routines, visits, posts; complaints have their own page; index duty_owner)
SELECT {duty_columns} FROM duty
WHERE duty.area = $1 AND duty.owner_org = $2 AND duty.owner_role = $3 AND duty.owner_place = $4 AND duty.owner_person = $5
    AND duty.ending = 0 AND duty.subject_kind > 2 AND ($6 < 0 OR duty.kind = $7) AND duty.window_from <= $8
ORDER BY duty.due LIMIT $9;

-- name: duty_counts_of_owner   (the badges; index duty_owner)
SELECT kind, COUNT(*), SUM(CASE WHEN missed_at > 0 OR due < $1 THEN 1 ELSE 0 END),
    SUM(CASE WHEN missed_at = 0 AND due >= $2 AND due < $3 THEN 1 ELSE 0 END)
FROM duty
WHERE area = $4 AND owner_org = $5 AND owner_role = $6 AND owner_place = $7 AND owner_person = $8 AND ending = 0
    AND subject_kind <> 2 AND window_from <= $1 AND NOT (amber_at > $1 AND {is_quiet_answer})
GROUP BY kind;

-- name: duty_ids_of_owner   (hand-over; index duty_owner)
SELECT id, subject FROM duty
WHERE area = $1 AND owner_org = $2 AND owner_role = $3 AND owner_place = $4 AND owner_person = $5 AND ending = 0
ORDER BY due;

-- name: post_duties_of_nothing   (ledger replay: their stream is gone; index duty_subject)
SELECT duty.id FROM duty WHERE duty.area = $1 AND duty.subject = -3 AND duty.subject_kind = 5
    AND NOT EXISTS (SELECT 1 FROM event WHERE event.area = duty.area AND event.stream = 3)
ORDER BY duty.id LIMIT 100;

-- name: duty_by_id
SELECT {duty_columns} FROM duty WHERE area = $1 AND id = $2;
