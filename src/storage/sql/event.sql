-- Events: the record. Nothing updates or deletes here.

-- name: event_insert
INSERT INTO event (area, stream, seq, at, occurred_at, type, actor, role, org, body, commitment, hash, mac)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: events_of_stream   (the whole story, oldest first)
SELECT seq, at, occurred_at, type, actor, role, org, body, commitment, hash, mac
FROM event WHERE area = $1 AND stream = $2 AND seq > $3 ORDER BY seq;

-- name: event_by_seq
SELECT seq, at, occurred_at, type, actor, role, org, body, commitment, hash, mac
FROM event WHERE area = $1 AND stream = $2 AND seq = $3;

-- name: streams_after   (ledger replay: streams of an area, in pages; walks the key)
SELECT stream, COUNT(*) FROM event WHERE area = $1 AND stream > $2 GROUP BY stream ORDER BY stream LIMIT 500;

-- name: event_count_all
-- scan-ok: a command-line report
SELECT COUNT(*) FROM event;

-- name: case_numbers_wrong   (ledger replay: days whose highest number is not their count; walks case_number)
SELECT day, COUNT(*) FROM case_file WHERE area = $1 GROUP BY day
HAVING COUNT(*) <> MAX(no) OR COUNT(*) <> COALESCE((SELECT counter.n FROM counter
    WHERE counter.area = $1 AND counter.name = 'case' AND counter.day = case_file.day), 0)
ORDER BY day;

-- name: duties_of_nothing   (ledger replay: walks the duties)
SELECT duty.id FROM duty WHERE duty.area = $1
    AND NOT EXISTS (SELECT 1 FROM case_file WHERE case_file.area = duty.area AND case_file.id = duty.subject)
    AND NOT EXISTS (SELECT 1 FROM complaint WHERE complaint.area = duty.area AND complaint.id = duty.subject)
ORDER BY duty.id LIMIT 100;
