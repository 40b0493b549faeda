-- Figures: counts over the clear columns of case_file and duty, folded by day and month (figures_fold.h). Times are half-open:
-- from <= x < to.

-- name: fig_place   (a compound's last days; index case_place, from the first id that the first day can have)
SELECT COUNT(*), SUM(CASE WHEN closed_at > 0 THEN 1 ELSE 0 END), SUM(CASE WHEN tier = 1 THEN 1 ELSE 0 END),
    SUM(CASE WHEN tier = 2 THEN 1 ELSE 0 END), SUM(CASE WHEN tier = 3 THEN 1 ELSE 0 END),
    SUM(CASE WHEN closed_at > 0 THEN (closed_at - opened_at) / 60000 ELSE 0 END)
FROM case_file WHERE area = $1 AND place = $2 AND day BETWEEN $3 AND $4 AND id >= $5;

-- name: open_by_state   (open cases; index case_due)
SELECT state, COUNT(*), SUM(CASE WHEN main_missed = 1 OR main_due < $1 THEN 1 ELSE 0 END)
FROM case_file WHERE area = $2 AND main_due > 0 GROUP BY state ORDER BY 2 DESC;

-- name: opened_by_state   (cases registered in a period; index case_number)
SELECT state, COUNT(*), SUM(main_missed) FROM case_file WHERE area = $1 AND day BETWEEN $2 AND $3
GROUP BY state ORDER BY 2 DESC;

-- name: open_by_lead   (open cases; index case_due)
SELECT lead, COUNT(*), SUM(CASE WHEN main_missed = 1 OR main_due < $1 THEN 1 ELSE 0 END)
FROM case_file WHERE area = $2 AND main_due > 0 GROUP BY lead ORDER BY 2 DESC;

-- name: opened_by_lead   (cases registered in a period; index case_number)
SELECT lead, COUNT(*), SUM(main_missed) FROM case_file WHERE area = $1 AND day BETWEEN $2 AND $3
GROUP BY lead ORDER BY 2 DESC;

-- name: open_by_item   (open cases; index case_due)
SELECT item, COUNT(*), SUM(CASE WHEN main_missed = 1 OR main_due < $1 THEN 1 ELSE 0 END)
FROM case_file WHERE area = $2 AND main_due > 0 GROUP BY item ORDER BY 2 DESC;

-- name: opened_by_item   (cases registered in a period; index case_number)
SELECT item, COUNT(*), SUM(main_missed) FROM case_file WHERE area = $1 AND day BETWEEN $2 AND $3
GROUP BY item ORDER BY 2 DESC;

-- name: open_by_place   (open cases; index case_due)
SELECT place, COUNT(*), SUM(CASE WHEN main_missed = 1 OR main_due < $1 THEN 1 ELSE 0 END)
FROM case_file WHERE area = $2 AND main_due > 0 GROUP BY place ORDER BY 2 DESC;

-- name: opened_by_place   (cases registered in a period; index case_number)
SELECT place, COUNT(*), SUM(main_missed) FROM case_file WHERE area = $1 AND day BETWEEN $2 AND $3
GROUP BY place ORDER BY 2 DESC;

-- fragment: is_summoned   (BG-09: the urgent whistle asked somebody to come)
urgent = 1 AND summoned_at > 0

-- fragment: is_double   (HC-13 重复履职: the same matter, still open, given to another department)
list = 1 AND dispatched_at > 0 AND prior > 0 AND EXISTS (SELECT 1 FROM case_file AS former WHERE former.area = case_file.area
    AND former.id = case_file.prior AND former.lead <> case_file.lead AND former.dispatched_at > 0
    AND (former.closed_at = 0 OR former.closed_at > case_file.opened_at))

-- What a case counts among those opened on its day and among those closed on the day of its end. A condition is a bit, in the order
-- of enum opened_bit and closed_bit (figures_part.h); the figures name them (views_figures.c). Nothing about a case decides but its own
-- row, the row of `prior` and the rounds at its place: whoever makes a bit look elsewhere must mark there too (figures_fold.h).

-- fragment: opened_bits
CASE WHEN 1 = 1 THEN 1 ELSE 0 END -- OPENED_ALL
+ CASE WHEN list > 0 THEN 2 ELSE 0 END -- OPENED_LISTED
+ CASE WHEN list = 1 THEN 4 ELSE 0 END -- OPENED_ENFORCEMENT
+ CASE WHEN list = 1 AND dispatched_at = 0 AND state NOT IN (8, 9, 10, 11, 12) THEN 8 ELSE 0 END -- OPENED_NO_LEAD
+ CASE WHEN list = 1 AND dispatched_at > 0 THEN 16 ELSE 0 END -- OPENED_TO_DEPARTMENT
+ CASE WHEN list = 1 AND opened_role = 2 THEN 32 ELSE 0 END -- OPENED_BY_PROPERTY
+ CASE WHEN source IN ('grid_sweep', 'patrol', 'joint_visit', 'volunteer', 'deliberation', 'outreach', 'liaison_day', 'property') THEN 64 ELSE 0 END -- OPENED_PROACTIVE
+ CASE WHEN refusals > 0 THEN 128 ELSE 0 END -- OPENED_REFUSED
+ CASE WHEN dispatched_at > 0 THEN 256 ELSE 0 END -- OPENED_DISPATCHED
+ CASE WHEN prior > 0 THEN 512 ELSE 0 END -- OPENED_AGAIN
+ CASE WHEN list = 1 AND accepted_at > 0 THEN 1024 ELSE 0 END -- OPENED_ACCEPTED
+ CASE WHEN list = 1 AND dispatched_at > 0 AND visits > 0 THEN 2048 ELSE 0 END -- OPENED_ONSITE
+ CASE WHEN list = 1 AND source NOT IN ('grid_sweep', 'patrol', 'joint_visit', 'volunteer', 'deliberation', 'liaison_day', 'property', 'transfer') THEN 4096 ELSE 0 END -- OPENED_TOLD
+ CASE WHEN {is_summoned} AND summoned_in = 1 AND arrived_at > 0 AND arrived_at - summoned_at <= 900000 THEN 8192 ELSE 0 END -- OPENED_ARRIVED_SOON
+ CASE WHEN {is_summoned} AND summoned_in = 1 AND (arrived_at > 0 OR accepted_at > 0 OR closed_at = 0) THEN 16384 ELSE 0 END -- OPENED_SUMMONED_IN
+ CASE WHEN {is_summoned} AND arrived_at > 0 AND arrival_grade = 1 THEN 32768 ELSE 0 END -- OPENED_PROVEN_CODE
+ CASE WHEN {is_summoned} AND arrived_at > 0 AND arrival_grade = 2 THEN 65536 ELSE 0 END -- OPENED_PROVEN_NEAR
+ CASE WHEN {is_summoned} AND arrived_at > 0 AND arrival_grade = 3 THEN 131072 ELSE 0 END -- OPENED_PROVEN_WORD
+ CASE WHEN {is_summoned} AND arrived_at > 0 THEN 262144 ELSE 0 END -- OPENED_ARRIVED
+ CASE WHEN {after_a_round} THEN 524288 ELSE 0 END -- OPENED_UNREPORTED
+ CASE WHEN list = 1 AND opened_role <> 2 THEN 1048576 ELSE 0 END -- OPENED_NOT_BY_PROPERTY
+ CASE WHEN {is_double} THEN 2097152 ELSE 0 END -- OPENED_DOUBLE

-- fragment: closed_bits
CASE WHEN 1 = 1 THEN 1 ELSE 0 END -- CLOSED_ALL
+ CASE WHEN outcome > 0 THEN 2 ELSE 0 END -- CLOSED_ENDED
+ CASE WHEN list = 1 AND minor = 1 AND tier = 1 THEN 4 ELSE 0 END -- CLOSED_MINOR_PERSUADED
+ CASE WHEN list = 1 AND minor = 1 AND tier > 0 THEN 8 ELSE 0 END -- CLOSED_MINOR_TIER
+ CASE WHEN list = 1 AND tier = 1 THEN 16 ELSE 0 END -- CLOSED_PERSUADED
+ CASE WHEN list = 1 AND tier = 2 THEN 32 ELSE 0 END -- CLOSED_ORDERED
+ CASE WHEN list = 1 AND tier = 3 THEN 64 ELSE 0 END -- CLOSED_PENALISED
+ CASE WHEN list = 1 AND tier > 0 THEN 128 ELSE 0 END -- CLOSED_TIER
+ CASE WHEN list = 2 AND outcome = 1 AND after_photos > 0 THEN 256 ELSE 0 END -- CLOSED_SERVICE_DONE
+ CASE WHEN list = 2 THEN 512 ELSE 0 END -- CLOSED_SERVICE
+ CASE WHEN outcome = 2 THEN 1024 ELSE 0 END -- CLOSED_UNSOLVED
+ CASE WHEN reopens > 0 THEN 2048 ELSE 0 END -- CLOSED_REOPENED
+ CASE WHEN grade BETWEEN 1 AND 3 THEN 4096 ELSE 0 END -- CLOSED_SATISFIED
+ CASE WHEN grade > 0 THEN 8192 ELSE 0 END -- CLOSED_RATED
+ CASE WHEN solved = 1 THEN 16384 ELSE 0 END -- CLOSED_SAID_SOLVED
+ CASE WHEN solved > 0 THEN 32768 ELSE 0 END -- CLOSED_SAID
+ CASE WHEN outcome > 0 AND source NOT IN ('grid_sweep', 'patrol', 'joint_visit', 'volunteer', 'deliberation', 'liaison_day', 'property', 'transfer') THEN 65536 ELSE 0 END -- CLOSED_TOLD
+ CASE WHEN outcome IN (1, 5) AND (closed_at + 28800000) / 86400000 <= day + 1 THEN 131072 ELSE 0 END -- CLOSED_NEXT_DAY
+ CASE WHEN outcome IN (1, 5) THEN 262144 ELSE 0 END -- CLOSED_SOLVED
+ CASE WHEN outcome IN (1, 5) AND source NOT IN ('grid_sweep', 'patrol', 'joint_visit', 'volunteer', 'deliberation', 'liaison_day', 'property', 'transfer') THEN 524288 ELSE 0 END -- CLOSED_TOLD_SOLVED
+ CASE WHEN outcome > 0 AND followers = 0 AND source IN ('grid_sweep', 'patrol', 'joint_visit', 'volunteer', 'deliberation', 'liaison_day', 'property') THEN 1048576 ELSE 0 END -- CLOSED_BEFORE_SPOKEN
+ CASE WHEN outcome > 0 AND closed_at <= answer_due THEN 2097152 ELSE 0 END -- CLOSED_ON_TIME

-- fragment: part_columns   (as figure_case has them, but for the missed duties)
id, day, place, lead, closed_at, {opened_bits}, CASE WHEN closed_at = 0 THEN 0 ELSE {closed_bits} END,
    CASE WHEN closed_at > 0 AND outcome > 0 THEN (closed_at - opened_at) / 60000 ELSE -1 END,
    CASE WHEN {is_summoned} AND summoned_in = 1 AND arrived_at > 0 THEN (arrived_at - summoned_at) / 1000 ELSE -1 END

-- fragment: part_marked   (cases that changed since they were folded, those that came after one of them, those with a new round behind them)
SELECT case_id FROM figure_stale WHERE area = $1
    UNION SELECT later.id FROM figure_stale JOIN case_file AS later ON later.area = figure_stale.area AND later.prior = figure_stale.case_id
        AND later.prior > 0 WHERE figure_stale.area = $1
    UNION SELECT seen.id FROM figure_round JOIN case_file AS seen ON seen.area = figure_round.area AND seen.place = figure_round.place
        AND seen.id >= figure_round.first_id WHERE figure_round.area = $1 AND seen.opened_at > figure_round.at
        AND seen.opened_at <= figure_round.at + 604800000

-- fragment: is_missed_duty   (ending 7, late_sync: done in time, heard of later; subject_kind 1: routines have their own figure)
missed_at > 0 AND ending <> 7 AND subject_kind = 1

-- name: fig_part_now
SELECT {part_columns} FROM case_file WHERE area = $1 AND id > $2 AND id <= $3 ORDER BY id;

-- name: fig_part_now_marked
WITH marked (one) AS MATERIALIZED ({part_marked})
SELECT {part_columns} FROM marked CROSS JOIN case_file WHERE area = $1 AND id = marked.one ORDER BY id;

-- name: fig_part_missed   (index duty_subject)
SELECT subject, missed_at, owner_org FROM duty WHERE area = $1 AND subject > $2 AND subject <= $3 AND {is_missed_duty} ORDER BY subject, id;

-- name: fig_part_missed_marked   (index duty_subject)
WITH marked (one) AS MATERIALIZED ({part_marked})
SELECT subject, missed_at, owner_org FROM marked CROSS JOIN duty WHERE area = $1 AND subject = marked.one AND {is_missed_duty} ORDER BY subject, id;

-- name: fig_part_was
SELECT case_id, day, place, lead, closed_at, opened, closed, minutes, seconds, missed FROM figure_case
WHERE area = $1 AND case_id > $2 AND case_id <= $3 ORDER BY case_id;

-- name: fig_part_was_marked
WITH marked (one) AS MATERIALIZED ({part_marked})
SELECT case_id, day, place, lead, closed_at, opened, closed, minutes, seconds, missed FROM marked CROSS JOIN figure_case
WHERE area = $1 AND case_id = marked.one ORDER BY case_id;

-- name: fig_part_keep
INSERT INTO figure_case (area, case_id, day, place, lead, closed_at, opened, closed, minutes, seconds, missed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (area, case_id) DO UPDATE SET day = excluded.day, place = excluded.place, lead = excluded.lead, closed_at = excluded.closed_at,
    opened = excluded.opened, closed = excluded.closed, minutes = excluded.minutes, seconds = excluded.seconds, missed = excluded.missed;

-- name: fig_spread_add
INSERT INTO figure_spread (area, basis, bucket, day, value, case_id, place, lead) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: fig_spread_drop
DELETE FROM figure_spread WHERE area = $1 AND basis = $2 AND bucket = $3 AND day = $4 AND value = $5 AND case_id = $6;

-- name: fig_spread_values
SELECT value FROM figure_spread WHERE area = $1 AND basis = $2 AND bucket = $3 AND day BETWEEN $4 AND $5
    AND ($6 = 0 OR place = $6) AND ($7 = 0 OR lead = $7);

-- name: fig_sums
SELECT sums FROM figure_sum WHERE area = $1 AND basis = $2 AND place = $3 AND lead = $4 AND span = $5 AND day BETWEEN $6 AND $7;

-- name: fig_sums_keep
INSERT INTO figure_sum (area, basis, place, lead, span, day, sums) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (area, basis, place, lead, span, day) DO UPDATE SET sums = excluded.sums;

-- name: fig_mark
INSERT INTO figure_stale (area, case_id, mark) VALUES ($1, $2, $3);

-- name: fig_mark_round
INSERT INTO figure_round (area, place, at, mark, first_id) VALUES ($1, $2, $3, $4, $5);

-- name: fig_marks   (how many wait, up to more than is worth adding when read)
SELECT COUNT(*) FROM (SELECT 1 AS one FROM figure_stale WHERE area = $1 LIMIT 4097) AS few;

-- name: fig_marks_any
SELECT (SELECT COUNT(*) FROM (SELECT 1 AS one FROM figure_stale WHERE figure_stale.area = $1 LIMIT 1) AS a)
    + (SELECT COUNT(*) FROM (SELECT 1 AS one FROM figure_round WHERE figure_round.area = $1 LIMIT 1) AS b);

-- name: fig_marked_ids
SELECT DISTINCT case_id FROM figure_stale WHERE area = $1 ORDER BY case_id LIMIT $2;

-- name: fig_marked_rounds
SELECT place, at, mark, first_id FROM figure_round WHERE area = $1 ORDER BY place, at, mark LIMIT 16;

-- name: fig_unmark
DELETE FROM figure_stale WHERE area = $1 AND case_id > $2 AND case_id <= $3;

-- name: fig_unmark_round
DELETE FROM figure_round WHERE area = $1 AND place = $2 AND at = $3 AND mark = $4;

-- name: fig_later_ids   (index case_prior)
SELECT id FROM case_file WHERE area = $1 AND prior = $2 AND prior > 0;

-- name: fig_seen_ids   (registered within seven days after a round; index case_place)
SELECT id FROM case_file WHERE area = $1 AND place = $2 AND id >= $3 AND opened_at > $4 AND opened_at <= $4 + 604800000;

-- name: fig_turn   (one folds at a time: whoever has this row)
INSERT INTO figure_clock (area, upto, is_ready, turns) VALUES ($1, 0, 0, 1)
ON CONFLICT (area) DO UPDATE SET turns = figure_clock.turns + 1 RETURNING upto, is_ready;

-- name: fig_turn_keep
UPDATE figure_clock SET upto = $1, is_ready = $2 WHERE area = $3;

-- name: fig_is_ready
SELECT is_ready FROM figure_clock WHERE area = $1;

-- name: fig_page_end   (the last of the next cases)
SELECT MAX(id), COUNT(*) FROM (SELECT id FROM case_file WHERE area = $1 AND id > $2 ORDER BY id LIMIT $3) AS few;

-- name: fig_recount_opened   (from the cases themselves; index case_number)
SELECT bits, COUNT(*) FROM (SELECT {opened_bits} AS bits FROM case_file
    WHERE area = $1 AND day BETWEEN $2 AND $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5)) AS few GROUP BY bits;

-- name: fig_recount_closed   (from the cases themselves; index case_closed)
SELECT bits, COUNT(*) FROM (SELECT {closed_bits} AS bits FROM case_file
    WHERE area = $1 AND closed_at > 0 AND closed_at >= $2 AND closed_at < $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5)) AS few
GROUP BY bits;

-- name: fig_compounds_visited   (HC-28: where somebody came for a case, or on a visit of a department or a joint one: for each place of
-- the registry one look; indexes case_contact, visit_place)
SELECT COUNT(*) FROM place WHERE place.area = $1 AND (
    EXISTS (SELECT 1 FROM case_file WHERE case_file.area = $1 AND case_file.place = place.id AND case_file.day BETWEEN $2 AND $3
        AND case_file.contact_at > 0)
    OR (place.kind = 7 AND EXISTS (SELECT 1 FROM visit_place WHERE visit_place.area = $1 AND visit_place.place = place.id
        AND visit_place.at >= $4 AND visit_place.at < $5 AND visit_place.state = 3 AND visit_place.kind IN (0, 1, 3, 5, 6, 7))));

-- name: fig_hours   (HC-13: civil minutes from report to close, for the median; index case_closed)
SELECT (closed_at - opened_at) / 60000 FROM case_file
WHERE area = $1 AND closed_at > 0 AND closed_at >= $2 AND closed_at < $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5)
    AND outcome > 0
ORDER BY 1;

-- name: fig_duties_missed   (duties missed in a period, among those due in it; index duty_missed)
SELECT COUNT(*) FROM duty WHERE area = $1 AND missed_at >= $2 AND missed_at < $3 AND {is_missed_duty}
    AND ($4 = 0 OR owner_org = $4);

-- name: fig_compounds   (compounds of the registry; an area has at most some hundred thousand places)
SELECT COUNT(*) FROM place WHERE area = $1 AND kind = 7 AND is_closed = 0;

-- name: score_visits   (of one person: where he came; index visit_person)
SELECT COUNT(DISTINCT visit) FROM visit_member WHERE area = $1 AND person = $2 AND at >= $3 AND at < $4 AND person > 0 AND state = 4;

-- name: score_reported   (cases that he registered; index event_actor)
SELECT COUNT(*) FROM event WHERE area = $1 AND actor = $2 AND at >= $3 AND at < $4 AND actor <> 0 AND seq = 1 AND type = 'case_opened';

-- name: score_duties   (duties that he settled by acting, in time and late. Of two who acted in the same millisecond each settled what
-- was his: 63 is ROLE_NONE; indexes event_actor, duty_subject)
SELECT COUNT(DISTINCT CASE WHEN duty.ending IN (1, 7) THEN duty.id END), COUNT(DISTINCT CASE WHEN duty.ending = 2 THEN duty.id END)
FROM event JOIN duty ON duty.area = event.area AND duty.subject = event.stream
WHERE event.area = $1 AND event.actor = $2 AND event.at >= $3 AND event.at < $4 AND event.actor <> 0 AND duty.ended_at = event.at
    AND (duty.owner_person = event.actor OR (duty.owner_person = 0 AND duty.owner_org IN (0, event.org) AND duty.owner_role IN (63, event.role))
        OR NOT EXISTS (SELECT 1 FROM event AS other WHERE other.area = event.area AND other.stream = event.stream AND other.at = event.at
            AND other.actor <> event.actor AND other.actor <> 0));

-- name: score_routines   (duties of routines that a visit of his completed; indexes visit_person, credit_visit)
SELECT COUNT(DISTINCT CASE WHEN duty.ending IN (1, 7) THEN duty.id END), COUNT(DISTINCT CASE WHEN duty.ending = 2 THEN duty.id END)
FROM visit_member JOIN credit ON credit.area = visit_member.area AND credit.visit = visit_member.visit
    JOIN duty ON duty.area = credit.area AND duty.id = credit.duty
WHERE visit_member.area = $1 AND visit_member.person = $2 AND visit_member.at >= $3 AND visit_member.at < $4 AND visit_member.person > 0
    AND visit_member.state = 4;

-- name: fig_unowned   (HC-11 遇事有人管: open cases without a main duty; must be 0; index case_state)
SELECT COUNT(*) FROM case_file WHERE area = $1 AND state < 8 AND main_kind = 0;

-- fragment: after_a_round   (HC-19: the property had walked here within seven days, and somebody else spoke; 4 is VISIT_ROUND, 3 done, role 2
-- the property; index visit_place)
case_file.list = 1 AND case_file.opened_role <> 2 AND EXISTS (SELECT 1 FROM visit_place AS round WHERE round.area = case_file.area
    AND round.place = case_file.place AND round.at >= case_file.opened_at - 604800000 AND round.at < case_file.opened_at
    AND round.kind = 4 AND round.state = 3)

-- name: fig_first_day   (where the records begin; index case_number)
SELECT day FROM case_file WHERE area = $1 ORDER BY day LIMIT 1;

-- name: fig_arrive_seconds   (BG-09, O18: from the urgent whistle to the arrival, for the median; index case_number)
SELECT (arrived_at - summoned_at) / 1000 FROM case_file
WHERE area = $1 AND day BETWEEN $2 AND $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5)
    AND urgent = 1 AND summoned_in = 1 AND summoned_at > 0 AND arrived_at > 0
ORDER BY 1;

-- name: fig_visits   (visits of a kind that were finished; index visit_kind)
SELECT COUNT(*) FROM visit WHERE area = $1 AND kind = $2 AND at >= $3 AND at < $4 AND state = 3
    AND ($5 = 0 OR EXISTS (SELECT 1 FROM visit_place WHERE visit_place.area = visit.area AND visit_place.visit = visit.id AND visit_place.place = $5))
    AND ($6 = 0 OR org = $6);

-- name: fig_points   (HC-20: patrol points left out, and points of rounds; index visit_points)
SELECT COALESCE(SUM(skipped), 0), COALESCE(SUM(points), 0) FROM visit WHERE area = $1 AND points > 0 AND at >= $2 AND at < $3 AND state = 3
    AND ($4 = 0 OR place = $4) AND ($5 = 0 OR org = $5);

-- name: fig_settled_there   (O5: cases whose result an operation was, by their own place and who organised it; index visit_case_at)
SELECT COUNT(DISTINCT visit_case.case_id) FROM visit_case WHERE visit_case.area = $1 AND visit_case.at >= $2 AND visit_case.at < $3
    AND visit_case.is_settled = 1 AND visit_case.kind IN (5, 6, 7)
    AND ($4 = 0 OR EXISTS (SELECT 1 FROM case_file WHERE case_file.area = visit_case.area AND case_file.id = visit_case.case_id AND case_file.place = $4))
    AND ($5 = 0 OR EXISTS (SELECT 1 FROM visit WHERE visit.area = visit_case.area AND visit.id = visit_case.visit AND visit.org = $5));

-- name: fig_quantities   (O22: what was counted, by item and unit, on visits that went to a place and that an organisation made; index visit_count_at)
SELECT item, unit, SUM(n) FROM visit_count WHERE visit_count.area = $1 AND visit_count.at >= $2 AND visit_count.at < $3
    AND ($4 = 0 OR EXISTS (SELECT 1 FROM visit_place WHERE visit_place.area = visit_count.area AND visit_place.visit = visit_count.visit AND visit_place.place = $4))
    AND ($5 = 0 OR EXISTS (SELECT 1 FROM visit WHERE visit.area = visit_count.area AND visit.id = visit_count.visit AND visit.org = $5))
GROUP BY item, unit ORDER BY 3 DESC, item LIMIT 50;

-- name: fig_walkers   (O15: person-times of a role on walks, to a place, of an organisation's people; index visit_posted)
SELECT COUNT(*) FROM visit_member WHERE visit_member.area = $1 AND visit_member.kind = 2 AND visit_member.role = $2 AND visit_member.at >= $3
    AND visit_member.at < $4 AND visit_member.person > 0 AND visit_member.state = 4
    AND ($5 = 0 OR EXISTS (SELECT 1 FROM visit_place WHERE visit_place.area = visit_member.area AND visit_place.visit = visit_member.visit AND visit_place.place = $5))
    AND ($6 = 0 OR visit_member.org = $6);

-- name: fig_routines   (done in time among those owed, by routine, once the clock has passed their due; due 0:00 belongs to the day
-- before; index duty_ended_term)
SELECT ref, SUM(CASE WHEN ending IN (1, 7) THEN 1 ELSE 0 END), SUM(CASE WHEN ending IN (3, 4, 5) THEN 0 ELSE 1 END) FROM duty
WHERE area = $1 AND due > $2 AND due <= $3 AND due <= (SELECT COALESCE(MAX(at), 0) FROM routine_clock WHERE routine_clock.area = $1)
    AND subject_kind = 3 AND ($4 = 0 OR owner_org = $4) GROUP BY ref ORDER BY ref;

-- name: fig_places   (of the registry)
SELECT COUNT(*) FROM place WHERE area = $1 AND kind = $2 AND is_closed = 0;

-- name: fig_orgs   (of the registry)
SELECT COUNT(*) FROM org WHERE area = $1 AND kind = $2 AND is_closed = 0;

-- name: fig_departments_shown   (O7: organisations of a kind whose officers, certified on a day, the boards name)
SELECT COUNT(DISTINCT org.id) FROM posting JOIN org ON org.area = posting.area AND org.id = posting.org
WHERE posting.area = $1 AND posting.role = $2 AND posting.from_day <= $3 AND (posting.to_day = 0 OR posting.to_day >= $3)
    AND posting.cert_until >= $3 AND org.kind = $4 AND org.is_closed = 0;

-- name: fig_posted   (people who hold a post of one of two roles on a day, by organisation; place kind -1 = anywhere)
SELECT posting.org, COUNT(DISTINCT posting.person) FROM posting LEFT JOIN place ON place.area = posting.area AND place.id = posting.place
WHERE posting.area = $1 AND posting.role IN ($2, $3) AND posting.from_day <= $4 AND (posting.to_day = 0 OR posting.to_day >= $4)
    AND ($5 < 0 OR place.kind = $5) GROUP BY posting.org ORDER BY 2 DESC, posting.org;
