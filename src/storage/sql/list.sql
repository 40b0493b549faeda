-- Case lists. One filter, several ways in: the way in uses an index, the filter drops what it does not want (+ keeps a
-- column of the filter from being taken for a way in).
-- $273, $274 bound the time of closing; $275 is the number of a figure (views_figures.c): its numerator, so that a figure's
-- link lists exactly what it counted.
-- $276 is the first id that the first day can have: ids are in the order of time, and most keys end with them.
-- $9 is the instant before which a main duty is overdue; $16 says that the 256 places after it are meant.

-- fragment: case_filter
case_file.area = $1 AND +case_file.state BETWEEN $2 AND $3 AND ($4 = '' OR case_file.item = $4)
    AND ($5 = 0 OR case_file.place = $5) AND ($6 = 0 OR case_file.lead = $6) AND ($7 = '' OR case_file.source = $7)
    AND ($8 = 0 OR case_file.list = $8) AND ($9 = 0 OR (case_file.main_due > 0 AND case_file.main_due < $9))
    AND ($10 = 0 OR case_file.supervised = 1) AND ($11 = 0 OR case_file.reopens > 0)
    AND ($12 = 0 OR case_file.tier = $12) AND ($13 = 0 OR case_file.outcome = $13)
    AND +case_file.day BETWEEN $14 AND $15
    AND ($16 = 0 OR case_file.place IN (
        $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36,
        $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51, $52, $53, $54, $55, $56,
        $57, $58, $59, $60, $61, $62, $63, $64, $65, $66, $67, $68, $69, $70, $71, $72, $73, $74, $75, $76,
        $77, $78, $79, $80, $81, $82, $83, $84, $85, $86, $87, $88, $89, $90, $91, $92, $93, $94, $95, $96,
        $97, $98, $99, $100, $101, $102, $103, $104, $105, $106, $107, $108, $109, $110, $111, $112, $113,
        $114, $115, $116, $117, $118, $119, $120, $121, $122, $123, $124, $125, $126, $127, $128, $129, $130,
        $131, $132, $133, $134, $135, $136, $137, $138, $139, $140, $141, $142, $143, $144, $145, $146, $147,
        $148, $149, $150, $151, $152, $153, $154, $155, $156, $157, $158, $159, $160, $161, $162, $163, $164,
        $165, $166, $167, $168, $169, $170, $171, $172, $173, $174, $175, $176, $177, $178, $179, $180, $181,
        $182, $183, $184, $185, $186, $187, $188, $189, $190, $191, $192, $193, $194, $195, $196, $197, $198,
        $199, $200, $201, $202, $203, $204, $205, $206, $207, $208, $209, $210, $211, $212, $213, $214, $215,
        $216, $217, $218, $219, $220, $221, $222, $223, $224, $225, $226, $227, $228, $229, $230, $231, $232,
        $233, $234, $235, $236, $237, $238, $239, $240, $241, $242, $243, $244, $245, $246, $247, $248, $249,
        $250, $251, $252, $253, $254, $255, $256, $257, $258, $259, $260, $261, $262, $263, $264, $265, $266,
        $267, $268, $269, $270, $271, $272))
    AND ($273 = 0 OR (case_file.closed_at >= $273 AND case_file.closed_at < $274))
    AND CASE WHEN $275 = 0 THEN 1
        WHEN $275 = 2 AND NOT (case_file.outcome > 0) THEN 0 -- closed
        WHEN $275 = 3 AND NOT (case_file.list > 0) THEN 0 -- coverage
        WHEN $275 = 4 AND NOT (case_file.list = 1 AND case_file.dispatched_at = 0 AND case_file.state NOT IN (8, 9, 10, 11, 12)) THEN 0 -- no_lead
        WHEN $275 = 5 AND NOT (case_file.state < 8 AND case_file.main_kind = 0) THEN 0 -- unowned
        WHEN $275 = 6 AND NOT (case_file.outcome > 0 AND case_file.closed_at <= case_file.answer_due) THEN 0 -- on_time
        WHEN $275 = 7 AND NOT (case_file.list = 1 AND case_file.dispatched_at > 0) THEN 0 -- needs_department
        WHEN $275 = 8 AND NOT (case_file.list = 1 AND case_file.dispatched_at > 0) THEN 0 -- needs_department_drop
        WHEN $275 = 10 AND NOT (case_file.contact_at > 0) THEN 0 -- visited
        WHEN $275 = 11 AND NOT (case_file.list = 1 AND case_file.accepted_at > 0) THEN 0 -- response
        WHEN $275 = 12 AND NOT (case_file.list = 1 AND case_file.opened_role = 2) THEN 0 -- property_reports
        WHEN $275 = 13 AND NOT (case_file.source IN ('grid_sweep', 'patrol', 'joint_visit', 'volunteer', 'deliberation', 'outreach', 'liaison_day', 'property')) THEN 0 -- proactive
        WHEN $275 = 14 AND NOT (case_file.refusals > 0) THEN 0 -- refusals
        WHEN $275 = 15 AND NOT (case_file.prior > 0) THEN 0 -- repeated
        WHEN $275 = 16 AND NOT (case_file.list = 1 AND case_file.minor = 1 AND case_file.tier = 1) THEN 0 -- persuaded
        WHEN $275 = 17 AND NOT (case_file.list = 1 AND case_file.tier = 1) THEN 0 -- tier_persuade
        WHEN $275 = 18 AND NOT (case_file.list = 1 AND case_file.tier = 2) THEN 0 -- tier_order
        WHEN $275 = 19 AND NOT (case_file.list = 1 AND case_file.tier = 3) THEN 0 -- tier_penalise
        WHEN $275 = 20 AND NOT (case_file.list = 2 AND case_file.outcome = 1 AND case_file.after_photos > 0) THEN 0 -- service_done
        WHEN $275 = 21 AND NOT (case_file.outcome = 2) THEN 0 -- unsolved
        WHEN $275 = 22 AND NOT (case_file.reopens > 0) THEN 0 -- reopened
        WHEN $275 = 23 AND NOT (case_file.grade BETWEEN 1 AND 3) THEN 0 -- satisfied
        WHEN $275 = 24 AND NOT (case_file.solved = 1) THEN 0 -- solved_said
        WHEN $275 = 25 AND NOT (case_file.outcome > 0) THEN 0 -- median_hours
        WHEN $275 = 26 AND NOT (case_file.main_missed = 1) THEN 0 -- duties_missed
        WHEN $275 = 28 AND NOT (case_file.list = 1 AND case_file.dispatched_at > 0 AND case_file.visits > 0) THEN 0 -- onsite
        WHEN $275 = 29 AND NOT (case_file.outcome > 0 AND case_file.source NOT IN ('grid_sweep', 'patrol', 'joint_visit', 'volunteer', 'deliberation', 'liaison_day', 'property', 'transfer')) THEN 0 -- resident_closed
        WHEN $275 = 30 AND NOT (case_file.list = 1 AND case_file.source NOT IN ('grid_sweep', 'patrol', 'joint_visit', 'volunteer', 'deliberation', 'liaison_day', 'property', 'transfer')) THEN 0 -- complaints_drop
        WHEN $275 = 31 AND NOT (case_file.outcome IN (1, 5) AND (case_file.closed_at + 28800000) / 86400000 - 1 <= case_file.day) THEN 0 -- next_day
        WHEN $275 = 32 AND NOT (case_file.outcome IN (1, 5) AND case_file.source NOT IN ('grid_sweep', 'patrol', 'joint_visit', 'volunteer', 'deliberation', 'liaison_day', 'property', 'transfer')) THEN 0 -- demands_solved
        WHEN $275 = 33 AND NOT (case_file.grade > 0) THEN 0 -- rated
        WHEN $275 = 34 AND NOT (case_file.outcome > 0 AND case_file.followers = 0 AND case_file.source IN ('grid_sweep', 'patrol', 'joint_visit', 'volunteer', 'deliberation', 'liaison_day', 'property')) THEN 0 -- before_spoken
        WHEN $275 = 35 AND NOT (case_file.urgent = 1 AND case_file.summoned_at > 0 AND case_file.summoned_in = 1 AND case_file.arrived_at > 0) THEN 0 -- arrive_minutes
        WHEN $275 = 36 AND NOT (case_file.urgent = 1 AND case_file.summoned_at > 0 AND case_file.summoned_in = 1 AND case_file.arrived_at > 0 AND case_file.arrived_at - case_file.summoned_at <= 900000) THEN 0 -- arrive_15
        WHEN $275 = 37 AND NOT (case_file.urgent = 1 AND case_file.summoned_at > 0 AND case_file.arrived_at > 0 AND case_file.arrival_grade = 1) THEN 0 -- arrive_code
        WHEN $275 = 38 AND NOT (case_file.urgent = 1 AND case_file.summoned_at > 0 AND case_file.arrived_at > 0 AND case_file.arrival_grade = 2) THEN 0 -- arrive_near
        WHEN $275 = 39 AND NOT (case_file.urgent = 1 AND case_file.summoned_at > 0 AND case_file.arrived_at > 0 AND case_file.arrival_grade = 3) THEN 0 -- arrive_word
        WHEN $275 = 40 AND NOT ({after_a_round}) THEN 0 -- unreported
        ELSE 1 END = 1
    AND case_file.id >= $276

-- name: cases_newest
SELECT {case_columns} FROM case_file
WHERE {case_filter}  AND case_file.id < $277
ORDER BY case_file.id DESC LIMIT $278;

-- name: cases_newest_count
SELECT COUNT(*) FROM (SELECT 1 AS one FROM case_file
WHERE {case_filter} AND case_file.state BETWEEN $2 AND $3 LIMIT 1001) AS few;

-- name: cases_all_count   (nothing but states is asked for: the index alone answers; index case_state)
SELECT COUNT(*) FROM (SELECT 1 AS one FROM case_file WHERE area = $1 AND state BETWEEN $2 AND $3 LIMIT 1001) AS few;

-- name: cases_state
SELECT {case_columns} FROM case_file
WHERE {case_filter} AND case_file.state = $277 AND case_file.id < $278
ORDER BY case_file.id DESC LIMIT $279;

-- name: cases_state_count
SELECT COUNT(*) FROM (SELECT 1 AS one FROM case_file
WHERE {case_filter} AND case_file.state = $277 LIMIT 1001) AS few;

-- name: cases_lead
SELECT {case_columns} FROM case_file
WHERE {case_filter} AND case_file.lead = $277 AND case_file.id < $278
ORDER BY case_file.id DESC LIMIT $279;

-- name: cases_lead_count
SELECT COUNT(*) FROM (SELECT 1 AS one FROM case_file
WHERE {case_filter} AND case_file.lead = $277 LIMIT 1001) AS few;

-- name: cases_place
SELECT {case_columns} FROM case_file
WHERE {case_filter} AND case_file.place = $277 AND case_file.id < $278
ORDER BY case_file.id DESC LIMIT $279;

-- name: cases_place_count
SELECT COUNT(*) FROM (SELECT 1 AS one FROM case_file
WHERE {case_filter} AND case_file.place = $277 LIMIT 1001) AS few;

-- name: cases_item
SELECT {case_columns} FROM case_file
WHERE {case_filter} AND case_file.item = $277 AND case_file.id < $278
ORDER BY case_file.id DESC LIMIT $279;

-- name: cases_item_count
SELECT COUNT(*) FROM (SELECT 1 AS one FROM case_file
WHERE {case_filter} AND case_file.item = $277 LIMIT 1001) AS few;

-- name: cases_supervised
SELECT {case_columns} FROM case_file
WHERE {case_filter} AND case_file.supervised = 1 AND case_file.id < $277
ORDER BY case_file.id DESC LIMIT $278;

-- name: cases_supervised_count
SELECT COUNT(*) FROM (SELECT 1 AS one FROM case_file
WHERE {case_filter} AND case_file.supervised = 1 LIMIT 1001) AS few;

-- name: cases_reopened
SELECT {case_columns} FROM case_file
WHERE {case_filter} AND case_file.reopens > 0 AND case_file.id < $277
ORDER BY case_file.id DESC LIMIT $278;

-- name: cases_reopened_count
SELECT COUNT(*) FROM (SELECT 1 AS one FROM case_file
WHERE {case_filter} AND case_file.reopens > 0 LIMIT 1001) AS few;

-- name: cases_oldest
SELECT {case_columns} FROM case_file
WHERE {case_filter} AND case_file.id > $277
ORDER BY case_file.id LIMIT $278;

-- name: cases_due   (open cases by the due time of their main duty; index case_due)
SELECT {case_columns} FROM case_file
WHERE {case_filter} AND case_file.main_due > 0 AND (case_file.main_due, case_file.id) > ($277, $278)
ORDER BY case_file.main_due, case_file.id LIMIT $279;

-- name: cases_due_count
SELECT COUNT(*) FROM (SELECT 1 AS one FROM case_file
WHERE {case_filter} AND case_file.main_due > 0 LIMIT 1001) AS few;

-- name: cases_similar_open   (the same compound and item; index case_same)
SELECT {case_columns} FROM case_file
WHERE area = $1 AND place = $2 AND item = $3 AND state < 8 AND id <> $4 ORDER BY id DESC LIMIT $5;

-- name: cases_hard   (open matters of several departments, in conference, raised, or refused and returned twice; index case_state)
SELECT {case_columns} FROM case_file
WHERE area = $1 AND state < 8 AND (state = 4 OR confers > 0 OR whistle_at > 0 OR refusals + returns >= 2
    OR EXISTS (SELECT 1 FROM duty WHERE duty.area = case_file.area AND duty.subject_kind = 1 AND duty.subject = case_file.id
        AND duty.kind = $2 AND duty.ending = 0))
ORDER BY state, id LIMIT $3;

-- name: cases_untaken   (found by a patrol, neither accepted nor put to a consultation; index visit_case_found)
SELECT {case_columns} FROM visit_case JOIN case_file ON case_file.area = visit_case.area AND case_file.id = visit_case.case_id
WHERE visit_case.area = $1 AND visit_case.is_found = 1 AND visit_case.at >= $2 AND visit_case.at < $3 AND case_file.state < 3
    AND case_file.confers = 0
ORDER BY visit_case.at, visit_case.visit LIMIT $4;

-- name: cases_prior   (the same matter again within 90 days; index case_same, from the first id that the day can have)
SELECT {case_columns} FROM case_file
WHERE area = $1 AND place = $2 AND item = $3 AND id <> $4 AND day >= $5 AND id >= $6 ORDER BY id DESC LIMIT $7;

-- name: cases_binding   (rulings on the lead, as precedents; index case_binding)
SELECT {case_columns} FROM case_file WHERE area = $1 AND item = $2 AND binding = 1 ORDER BY id DESC LIMIT $3;

-- name: cases_acted_on   (我已办: cases a person acted on, newest act first; index event_actor)
SELECT {case_columns} FROM
    (SELECT stream, MAX(at) AS last FROM event WHERE area = $1 AND actor = $2 AND actor <> 0 GROUP BY stream
     ORDER BY last DESC LIMIT $3) AS acts
JOIN case_file ON case_file.area = $1 AND case_file.id = acts.stream ORDER BY acts.last DESC;

-- name: cases_watched
SELECT {case_columns} FROM watch JOIN case_file ON case_file.area = watch.area AND case_file.id = watch.case_id
WHERE watch.area = $1 AND watch.person = $2 ORDER BY watch.case_id DESC LIMIT $3;

-- name: watch_find
SELECT 1 FROM watch WHERE area = $1 AND person = $2 AND case_id = $3;

-- name: watch_add
INSERT INTO watch (area, person, case_id, at) VALUES ($1, $2, $3, $4) ON CONFLICT (area, person, case_id) DO NOTHING;

-- name: watch_remove
DELETE FROM watch WHERE area = $1 AND person = $2 AND case_id = $3;

