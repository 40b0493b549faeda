-- The current row of a case and everything that lists cases. Columns stand in the order of core/case.h.

-- fragment: case_names   (the one list; core/case.h has the same in the same order)
day, no, state, hop, list, place, lead, urgent, danger, scheme, opened_at, opened_by, opened_role, called_at,
    admitted_at, dispatched_at, accepted_at, contact_at, closed_at, archived_at, main_kind, main_due, main_missed,
    answer_due, paused_at, paused_due, suspended_until, order_day, tiers, steps, tier, persuade_failed, ordered_unmet,
    filed_at, noticed_at, defence, minor, outcome, solved, grade, rated_at, binding, refusals, refused_by, returns,
    pauses, extensions, orders, reclassified, reopens, urges, urged_day, followers, visits, photos, after_photos, handler,
    supervised, reporter, keep_secret, merged_into, prior, cause, confers, transfers, whistle, whistle_at, lowered, rung,
    first_org, measured, revisit_grade, revisit_officer, base_grade, base_officer,
    act_day, party, hearing_until, hotline_due, comply_until,
    summoned_at, summoned_in, arrived_at, arrival_grade, item, source, chain, hotline_no,
    transferred_to, receipt_no, filing_no

-- fragment: case_columns
case_file.id, case_file.version, case_file.head, {case_names|of case_file}

-- name: case_insert   (a case's first event)
INSERT INTO case_file (area, id, version, head, wrapped_key, secret, {case_names})
VALUES ($1, $2, $3, $4, $5, $6, {case_names|values});

-- name: case_update   (every later event; the version guards against a lost update)
UPDATE case_file SET version = $1, head = $2, secret = COALESCE($3, secret), {case_names|sets}
WHERE area = $+ AND id = $+ AND version = $+;

-- name: case_by_id
SELECT {case_columns}, case_file.wrapped_key FROM case_file WHERE case_file.area = $1 AND case_file.id = $2;

-- name: case_words   (the sealed words, place in the building and reply)
SELECT secret FROM case_file WHERE area = $1 AND id = $2;

-- name: case_id_by_number   (index case_number)
SELECT id FROM case_file WHERE area = $1 AND day = $2 AND no = $3;

-- name: case_id_by_hotline   (index case_hotline)
SELECT id FROM case_file WHERE area = $1 AND hotline_no = $2 AND hotline_no <> '' ORDER BY id DESC LIMIT 1;

-- name: case_reporter
SELECT reporter, keep_secret FROM case_file WHERE area = $1 AND id = $2;

-- name: case_ids_after   (replay walks all cases in pages)
SELECT id FROM case_file WHERE area = $1 AND id > $2 ORDER BY id LIMIT 500;

-- name: case_count_all
-- scan-ok: a command-line report
SELECT COUNT(*) FROM case_file;

-- name: counter_next   (numbers without gaps: taken last in the batch)
INSERT INTO counter (area, name, day, n) VALUES ($1, $2, $3, 1)
ON CONFLICT (area, name, day) DO UPDATE SET n = counter.n + 1 RETURNING n;

-- name: case_key
SELECT wrapped_key FROM case_file WHERE area = $1 AND id = $2;
