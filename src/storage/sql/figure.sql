-- Figures: counts over the clear columns of case_file and duty. Times are half-open: from <= x < to.

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

-- name: fig_received   (cases registered; index case_number)
SELECT COALESCE(SUM(CASE WHEN 1 = 1 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN 1 = 1 THEN 1 ELSE 0 END), 0)
FROM case_file WHERE area = $1 AND day BETWEEN $2 AND $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5);

-- name: fig_coverage   (HC-08: matched to an item; index case_number)
SELECT COALESCE(SUM(CASE WHEN list > 0 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN 1 = 1 THEN 1 ELSE 0 END), 0)
FROM case_file WHERE area = $1 AND day BETWEEN $2 AND $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5);

-- name: fig_no_lead   (HC-01: enforcement reports that have not reached a lead; index case_number)
SELECT COALESCE(SUM(CASE WHEN list = 1 AND dispatched_at = 0 AND state NOT IN (8, 9, 10, 11, 12) THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN list = 1 THEN 1 ELSE 0 END), 0)
FROM case_file WHERE area = $1 AND day BETWEEN $2 AND $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5);

-- name: fig_needs_department   (HC-54, O1: matters that needed an enforcement department; index case_number)
SELECT COALESCE(SUM(CASE WHEN list = 1 AND dispatched_at > 0 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN list = 1 THEN 1 ELSE 0 END), 0)
FROM case_file WHERE area = $1 AND day BETWEEN $2 AND $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5);

-- name: fig_property_reports   (HC-22, O3: enforcement matters first reported by property; index case_number)
SELECT COALESCE(SUM(CASE WHEN list = 1 AND opened_role = 2 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN list = 1 THEN 1 ELSE 0 END), 0)
FROM case_file WHERE area = $1 AND day BETWEEN $2 AND $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5);

-- name: fig_proactive   (HC-33: found before a complaint; index case_number)
SELECT COALESCE(SUM(CASE WHEN source IN ('grid_sweep', 'patrol', 'joint_visit', 'volunteer', 'deliberation', 'outreach', 'liaison_day', 'property') THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN 1 = 1 THEN 1 ELSE 0 END), 0)
FROM case_file WHERE area = $1 AND day BETWEEN $2 AND $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5);

-- name: fig_refusals   (HC-13: refusals among dispatched cases; index case_number)
SELECT COALESCE(SUM(CASE WHEN refusals > 0 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN dispatched_at > 0 THEN 1 ELSE 0 END), 0)
FROM case_file WHERE area = $1 AND day BETWEEN $2 AND $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5);

-- name: fig_repeated   (HC-33: the same place and item within 90 days; index case_number)
SELECT COALESCE(SUM(CASE WHEN prior > 0 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN 1 = 1 THEN 1 ELSE 0 END), 0)
FROM case_file WHERE area = $1 AND day BETWEEN $2 AND $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5);

-- name: fig_response   (HC-28: enforcement matters with a response; index case_number)
SELECT COALESCE(SUM(CASE WHEN list = 1 AND accepted_at > 0 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN list = 1 THEN 1 ELSE 0 END), 0)
FROM case_file WHERE area = $1 AND day BETWEEN $2 AND $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5);

-- name: fig_closed   (cases ended; index case_closed)
SELECT COALESCE(SUM(CASE WHEN outcome > 0 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN 1 = 1 THEN 1 ELSE 0 END), 0)
FROM case_file WHERE area = $1 AND closed_at > 0 AND closed_at >= $2 AND closed_at < $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5);

-- name: fig_persuaded   (HC-31, O2: minor matters ended by persuasion; index case_closed)
SELECT COALESCE(SUM(CASE WHEN list = 1 AND minor = 1 AND tier = 1 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN list = 1 AND minor = 1 AND tier > 0 THEN 1 ELSE 0 END), 0)
FROM case_file WHERE area = $1 AND closed_at > 0 AND closed_at >= $2 AND closed_at < $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5);

-- name: fig_tier_persuade   (HC-30: final tier T1; index case_closed)
SELECT COALESCE(SUM(CASE WHEN list = 1 AND tier = 1 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN list = 1 AND tier > 0 THEN 1 ELSE 0 END), 0)
FROM case_file WHERE area = $1 AND closed_at > 0 AND closed_at >= $2 AND closed_at < $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5);

-- name: fig_tier_order   (HC-30: final tier T2; index case_closed)
SELECT COALESCE(SUM(CASE WHEN list = 1 AND tier = 2 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN list = 1 AND tier > 0 THEN 1 ELSE 0 END), 0)
FROM case_file WHERE area = $1 AND closed_at > 0 AND closed_at >= $2 AND closed_at < $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5);

-- name: fig_tier_penalise   (HC-30: final tier T3; index case_closed)
SELECT COALESCE(SUM(CASE WHEN list = 1 AND tier = 3 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN list = 1 AND tier > 0 THEN 1 ELSE 0 END), 0)
FROM case_file WHERE area = $1 AND closed_at > 0 AND closed_at >= $2 AND closed_at < $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5);

-- name: fig_service_done   (HC-22, O4: service items completed with proof; index case_closed)
SELECT COALESCE(SUM(CASE WHEN list = 2 AND outcome = 1 AND after_photos > 0 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN list = 2 THEN 1 ELSE 0 END), 0)
FROM case_file WHERE area = $1 AND closed_at > 0 AND closed_at >= $2 AND closed_at < $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5);

-- name: fig_unsolved   (closed unsolved: an honest end; index case_closed)
SELECT COALESCE(SUM(CASE WHEN outcome = 2 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN outcome > 0 THEN 1 ELSE 0 END), 0)
FROM case_file WHERE area = $1 AND closed_at > 0 AND closed_at >= $2 AND closed_at < $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5);

-- name: fig_reopened   (reopened cases; index case_closed)
SELECT COALESCE(SUM(CASE WHEN reopens > 0 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN outcome > 0 THEN 1 ELSE 0 END), 0)
FROM case_file WHERE area = $1 AND closed_at > 0 AND closed_at >= $2 AND closed_at < $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5);

-- name: fig_satisfied   (rated satisfied among valid ratings; index case_closed)
SELECT COALESCE(SUM(CASE WHEN grade BETWEEN 1 AND 3 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN grade > 0 THEN 1 ELSE 0 END), 0)
FROM case_file WHERE area = $1 AND closed_at > 0 AND closed_at >= $2 AND closed_at < $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5);

-- name: fig_solved_said   (solved in the reporter’s own words; index case_closed)
SELECT COALESCE(SUM(CASE WHEN solved = 1 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN solved > 0 THEN 1 ELSE 0 END), 0)
FROM case_file WHERE area = $1 AND closed_at > 0 AND closed_at >= $2 AND closed_at < $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5);

-- name: fig_hours   (HC-13: civil minutes from report to close, for the median; index case_closed)
SELECT (closed_at - opened_at) / 60000 FROM case_file
WHERE area = $1 AND closed_at > 0 AND closed_at >= $2 AND closed_at < $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5)
    AND outcome > 0 AND ($6 = 0 OR list = $6)
ORDER BY 1;

-- name: fig_duties_missed   (duties missed in a period, among those due in it; index duty_missed)
SELECT COUNT(*) FROM duty WHERE area = $1 AND missed_at > 0 AND missed_at >= $2 AND missed_at < $3
    AND ending <> 7 -- late_sync: done in time, heard of later
    AND subject_kind = 1 -- routines have their own figure
    AND ($4 = 0 OR owner_org = $4);

-- name: fig_compounds_visited   (HC-28: compounds where somebody came for a case, or on a visit of a department or a joint one;
-- indexes case_number, visit_place_at)
SELECT COUNT(*) FROM (SELECT place FROM case_file WHERE area = $1 AND day BETWEEN $2 AND $3 AND contact_at > 0
    UNION SELECT visit_place.place FROM visit_place JOIN place ON place.area = visit_place.area AND place.id = visit_place.place
    WHERE visit_place.area = $1 AND visit_place.at >= $4 AND visit_place.at < $5 AND visit_place.state = 3
        AND visit_place.kind IN (0, 1, 3, 5, 6, 7) AND place.kind = 7) AS seen;

-- name: fig_compounds   (compounds of the registry; an area has at most some hundred thousand places)
SELECT COUNT(*) FROM place WHERE area = $1 AND kind = 7 AND is_closed = 0;

-- name: fig_double   (HC-13 重复履职: the same matter, still open, given to another department; index case_number)
SELECT COALESCE(SUM(CASE WHEN p.id IS NOT NULL AND p.lead <> c.lead AND p.dispatched_at > 0
        AND (p.closed_at = 0 OR p.closed_at > c.opened_at) THEN 1 ELSE 0 END), 0), COUNT(*)
FROM case_file c LEFT JOIN case_file p ON p.area = c.area AND p.id = c.prior
WHERE c.area = $1 AND c.day BETWEEN $2 AND $3 AND c.dispatched_at > 0 AND c.list = 1
    AND ($4 = 0 OR c.place = $4) AND ($5 = 0 OR c.lead = $5);

-- name: score_visits   (of one person: where he came; index visit_person)
SELECT COUNT(DISTINCT visit) FROM visit_member WHERE area = $1 AND person = $2 AND at >= $3 AND at < $4 AND person > 0 AND state = 4;

-- name: score_reported   (cases that he registered; index event_actor)
SELECT COUNT(*) FROM event WHERE area = $1 AND actor = $2 AND at >= $3 AND at < $4 AND actor <> 0 AND seq = 1 AND type = 'case_opened';

-- name: score_duties   (duties that he settled by acting, in time and late; indexes event_actor, duty_subject)
SELECT COUNT(DISTINCT CASE WHEN duty.ending IN (1, 7) THEN duty.id END), COUNT(DISTINCT CASE WHEN duty.ending = 2 THEN duty.id END)
FROM event JOIN duty ON duty.area = event.area AND duty.subject = event.stream
WHERE event.area = $1 AND event.actor = $2 AND event.at >= $3 AND event.at < $4 AND event.actor <> 0 AND duty.ended_at = event.at;

-- name: score_routines   (duties of routines that a visit of his completed; indexes visit_person, credit_visit)
SELECT COUNT(DISTINCT CASE WHEN duty.ending IN (1, 7) THEN duty.id END), COUNT(DISTINCT CASE WHEN duty.ending = 2 THEN duty.id END)
FROM visit_member JOIN credit ON credit.area = visit_member.area AND credit.visit = visit_member.visit
    JOIN duty ON duty.area = credit.area AND duty.id = credit.duty
WHERE visit_member.area = $1 AND visit_member.person = $2 AND visit_member.at >= $3 AND visit_member.at < $4 AND visit_member.person > 0
    AND visit_member.state = 4;

-- name: fig_unowned   (HC-11 遇事有人管: open cases without a main duty; must be 0; index case_state)
SELECT COUNT(*) FROM case_file WHERE area = $1 AND state < 8 AND main_kind = 0;

-- name: fig_on_time   (HC-11 事事有回音: answered within the promise; index case_closed)
SELECT COALESCE(SUM(CASE WHEN closed_at <= answer_due THEN 1 ELSE 0 END), 0), COUNT(*)
FROM case_file WHERE area = $1 AND closed_at > 0 AND closed_at >= $2 AND closed_at < $3 AND outcome > 0
    AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5);

-- name: fig_onsite   (BG-20, O11: whistles answered on the spot; index case_number)
SELECT COALESCE(SUM(CASE WHEN list = 1 AND dispatched_at > 0 AND visits > 0 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN list = 1 AND dispatched_at > 0 THEN 1 ELSE 0 END), 0)
FROM case_file WHERE area = $1 AND day BETWEEN $2 AND $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5);

-- name: fig_resident_closed   (BG-20, O12: what residents told, ended; index case_closed)
SELECT COALESCE(SUM(CASE WHEN outcome > 0 AND source NOT IN ('grid_sweep', 'patrol', 'joint_visit', 'volunteer', 'deliberation', 'liaison_day', 'property', 'transfer') THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN outcome > 0 THEN 1 ELSE 0 END), 0)
FROM case_file WHERE area = $1 AND closed_at > 0 AND closed_at >= $2 AND closed_at < $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5);

-- name: fig_complaints_told   (BG-20, O13: enforcement matters that residents told; index case_number)
SELECT COALESCE(SUM(CASE WHEN list = 1 AND source NOT IN ('grid_sweep', 'patrol', 'joint_visit', 'volunteer', 'deliberation', 'liaison_day', 'property', 'transfer') THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN list = 1 THEN 1 ELSE 0 END), 0)
FROM case_file WHERE area = $1 AND day BETWEEN $2 AND $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5);

-- name: fig_next_day   (NH-07, O19: solved by the day after, in Shanghai's days; index case_closed)
SELECT COALESCE(SUM(CASE WHEN outcome IN (1, 5) AND (closed_at + 28800000) / 86400000 <= day + 1 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN outcome IN (1, 5) THEN 1 ELSE 0 END), 0)
FROM case_file WHERE area = $1 AND closed_at > 0 AND closed_at >= $2 AND closed_at < $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5);

-- name: fig_demands_solved   (LC-17, O20: what residents told, solved; index case_closed)
SELECT COALESCE(SUM(CASE WHEN outcome IN (1, 5) AND source NOT IN ('grid_sweep', 'patrol', 'joint_visit', 'volunteer', 'deliberation', 'liaison_day', 'property', 'transfer') THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN outcome > 0 AND source NOT IN ('grid_sweep', 'patrol', 'joint_visit', 'volunteer', 'deliberation', 'liaison_day', 'property', 'transfer') THEN 1 ELSE 0 END), 0)
FROM case_file WHERE area = $1 AND closed_at > 0 AND closed_at >= $2 AND closed_at < $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5);

-- name: fig_rated   (LC-17: with a valid rating; index case_closed)
SELECT COALESCE(SUM(CASE WHEN grade > 0 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN outcome > 0 THEN 1 ELSE 0 END), 0)
FROM case_file WHERE area = $1 AND closed_at > 0 AND closed_at >= $2 AND closed_at < $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5);

-- name: fig_before_spoken   (BG-11, LC-21, O23: found before anybody spoke, and nobody did until the end; index case_closed)
SELECT COALESCE(SUM(CASE WHEN outcome > 0 AND followers = 0 AND source IN ('grid_sweep', 'patrol', 'joint_visit', 'volunteer', 'deliberation', 'liaison_day', 'property') THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN outcome > 0 THEN 1 ELSE 0 END), 0)
FROM case_file WHERE area = $1 AND closed_at > 0 AND closed_at >= $2 AND closed_at < $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5);

-- fragment: after_a_round   (HC-19: the property had walked here within seven days, and somebody else spoke; 4 is VISIT_ROUND, 3 done, role 2
-- the property; index visit_place)
case_file.list = 1 AND case_file.opened_role <> 2 AND EXISTS (SELECT 1 FROM visit_place AS round WHERE round.area = case_file.area
    AND round.place = case_file.place AND round.at >= case_file.opened_at - 604800000 AND round.at < case_file.opened_at
    AND round.kind = 4 AND round.state = 3)

-- name: fig_unreported   (index case_number)
SELECT COALESCE(SUM(CASE WHEN {after_a_round} THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN list = 1 AND opened_role <> 2 THEN 1 ELSE 0 END), 0)
FROM case_file WHERE area = $1 AND day BETWEEN $2 AND $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5);

-- name: fig_first_day   (where the records begin; index case_number)
SELECT day FROM case_file WHERE area = $1 ORDER BY day LIMIT 1;

-- name: fig_arrive_seconds   (BG-09, O18: from the urgent whistle to the arrival, for the median; index case_number)
SELECT (arrived_at - summoned_at) / 1000 FROM case_file
WHERE area = $1 AND day BETWEEN $2 AND $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5)
    AND urgent = 1 AND summoned_in = 1 AND summoned_at > 0 AND arrived_at > 0
ORDER BY 1;

-- name: fig_arrive_15   (BG-09, O18: within a quarter of an hour, among those called in duty hours; index case_number)
SELECT COALESCE(SUM(CASE WHEN urgent = 1 AND summoned_at > 0 AND summoned_in = 1 AND arrived_at > 0 AND arrived_at - summoned_at <= 900000 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN urgent = 1 AND summoned_at > 0 AND summoned_in = 1 AND (arrived_at > 0 OR accepted_at > 0 OR closed_at = 0) THEN 1 ELSE 0 END), 0)
FROM case_file WHERE area = $1 AND day BETWEEN $2 AND $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5);

-- name: fig_arrive_code   (BG-09: proof of grade 1; index case_number)
SELECT COALESCE(SUM(CASE WHEN urgent = 1 AND summoned_at > 0 AND arrived_at > 0 AND arrival_grade = 1 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN urgent = 1 AND summoned_at > 0 AND arrived_at > 0 THEN 1 ELSE 0 END), 0)
FROM case_file WHERE area = $1 AND day BETWEEN $2 AND $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5);

-- name: fig_arrive_near   (BG-09: proof of grade 2; index case_number)
SELECT COALESCE(SUM(CASE WHEN urgent = 1 AND summoned_at > 0 AND arrived_at > 0 AND arrival_grade = 2 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN urgent = 1 AND summoned_at > 0 AND arrived_at > 0 THEN 1 ELSE 0 END), 0)
FROM case_file WHERE area = $1 AND day BETWEEN $2 AND $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5);

-- name: fig_arrive_word   (BG-09: proof of grade 3; index case_number)
SELECT COALESCE(SUM(CASE WHEN urgent = 1 AND summoned_at > 0 AND arrived_at > 0 AND arrival_grade = 3 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN urgent = 1 AND summoned_at > 0 AND arrived_at > 0 THEN 1 ELSE 0 END), 0)
FROM case_file WHERE area = $1 AND day BETWEEN $2 AND $3 AND ($4 = 0 OR place = $4) AND ($5 = 0 OR lead = $5);

-- name: fig_visits   (visits of a kind that were finished; index visit_kind)
SELECT COUNT(*) FROM visit WHERE area = $1 AND kind = $2 AND at >= $3 AND at < $4 AND state = 3
    AND ($5 = 0 OR EXISTS (SELECT 1 FROM visit_place WHERE visit_place.area = visit.area AND visit_place.visit = visit.id AND visit_place.place = $5))
    AND ($6 = 0 OR org = $6);

-- name: fig_settled_there   (O5: cases whose result an operation was; index visit_case_at)
SELECT COUNT(DISTINCT case_id) FROM visit_case WHERE area = $1 AND at >= $2 AND at < $3 AND is_settled = 1 AND kind IN (5, 6, 7);

-- name: fig_quantities   (O22: what was counted, by item and unit; index visit_count_at)
SELECT item, unit, SUM(n) FROM visit_count WHERE area = $1 AND at >= $2 AND at < $3 GROUP BY item, unit ORDER BY 3 DESC, item LIMIT 50;

-- name: fig_walkers   (O15: person-times of a role on walks; index visit_posted)
SELECT COUNT(*) FROM visit_member WHERE area = $1 AND kind = 2 AND role = $2 AND at >= $3 AND at < $4 AND person > 0 AND state = 4;

-- name: fig_routines   (done in time among those owed, by routine, once the clock has passed their due; due 0:00 belongs to the day
-- before; index duty_ended_term)
SELECT ref, SUM(CASE WHEN ending IN (1, 7) THEN 1 ELSE 0 END), SUM(CASE WHEN ending IN (3, 4, 5) THEN 0 ELSE 1 END) FROM duty
WHERE area = $1 AND due > $2 AND due <= $3 AND due <= (SELECT COALESCE(MAX(at), 0) FROM routine_clock WHERE routine_clock.area = $1)
    AND subject_kind = 3 AND ($4 = 0 OR owner_org = $4) GROUP BY ref ORDER BY ref;

-- name: fig_places   (of the registry)
SELECT COUNT(*) FROM place WHERE area = $1 AND kind = $2 AND is_closed = 0;

-- name: fig_orgs   (of the registry)
SELECT COUNT(*) FROM org WHERE area = $1 AND kind = $2 AND is_closed = 0;

-- name: fig_posted   (people who hold a post of one of two roles on a day, by organisation; place kind -1 = anywhere)
SELECT posting.org, COUNT(DISTINCT posting.person) FROM posting LEFT JOIN place ON place.area = posting.area AND place.id = posting.place
WHERE posting.area = $1 AND posting.role IN ($2, $3) AND posting.from_day <= $4 AND (posting.to_day = 0 OR posting.to_day >= $4)
    AND ($5 < 0 OR place.kind = $5) GROUP BY posting.org ORDER BY 2 DESC, posting.org;
