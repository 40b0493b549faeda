-- Events: the record. Nothing updates or deletes here.

-- name: event_insert
INSERT INTO event (area, stream, seq, at, occurred_at, type, actor, role, org, body, commitment, hash, mac)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: events_of_stream   (the whole story, oldest first)
SELECT seq, at, occurred_at, type, actor, role, org, body, commitment, hash, mac
FROM event WHERE area = $1 AND stream = $2 AND seq > $3 ORDER BY seq;

-- name: event_last   (the end of a stream)
SELECT seq, hash FROM event WHERE area = $1 AND stream = $2 ORDER BY seq DESC LIMIT 1;

-- name: event_at   (when a stream came to a version)
SELECT at FROM event WHERE area = $1 AND stream = $2 AND seq = $3;

-- name: event_by_seq
SELECT seq, at, occurred_at, type, actor, role, org, body, commitment, hash, mac
FROM event WHERE area = $1 AND stream = $2 AND seq = $3;

-- name: streams_after   (ledger replay: streams of an area, in pages; walks the key)
SELECT stream, COUNT(*) FROM event WHERE area = $1 AND stream > $2 GROUP BY stream ORDER BY stream LIMIT 500;

-- name: event_count_all
-- scan-ok: a command-line report
SELECT COUNT(*) FROM event;

-- name: case_numbers_wrong   (ledger replay: days of which there are not as many cases as numbers; a row a day)
SELECT counter.day FROM counter WHERE counter.area = $1 AND counter.name = 'case' AND counter.n <>
    (SELECT COUNT(*) FROM case_file WHERE case_file.area = counter.area AND case_file.day = counter.day)
ORDER BY counter.day;

-- name: rows_of_nothing   (ledger replay: rows whose last event is not there; walks the cases)
-- scan-ok: ledger replay reads everything
SELECT case_file.id FROM case_file WHERE case_file.area = $1 AND NOT EXISTS
    (SELECT 1 FROM event WHERE event.area = case_file.area AND event.stream = case_file.id AND event.seq = case_file.version)
UNION ALL
SELECT person_file.id FROM person_file WHERE person_file.area = $1 AND NOT EXISTS
    (SELECT 1 FROM event WHERE event.area = person_file.area AND event.stream = person_file.id AND event.seq = person_file.version)
UNION ALL
SELECT complaint.id FROM complaint WHERE complaint.area = $1 AND NOT EXISTS
    (SELECT 1 FROM event WHERE event.area = complaint.area AND event.stream = complaint.id AND event.seq = complaint.version)
UNION ALL
SELECT visit.id FROM visit WHERE visit.area = $1 AND NOT EXISTS
    (SELECT 1 FROM event WHERE event.area = visit.area AND event.stream = visit.id AND event.seq = visit.version)
UNION ALL
SELECT survey.id FROM survey WHERE survey.area = $1 AND NOT EXISTS
    (SELECT 1 FROM event WHERE event.area = survey.area AND event.stream = survey.id AND event.seq = survey.version)
LIMIT 100;

-- name: duties_of_nothing   (ledger replay: walks the duties; those of routines and posts are compared one by one)
-- scan-ok: ledger replay reads everything
SELECT duty.id FROM duty WHERE duty.area = $1 AND duty.subject_kind NOT IN (3, 5)
    AND NOT EXISTS (SELECT 1 FROM visit WHERE visit.area = duty.area AND visit.id = duty.subject)
    AND NOT EXISTS (SELECT 1 FROM case_file WHERE case_file.area = duty.area AND case_file.id = duty.subject)
    AND NOT EXISTS (SELECT 1 FROM complaint WHERE complaint.area = duty.area AND complaint.id = duty.subject)
ORDER BY duty.id LIMIT 100;
