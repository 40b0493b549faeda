-- The registry: loaded whole into an immutable snapshot.

-- name: orgs_all
SELECT id, parent, kind, code, name, short_name, phone, hours, address, duty, is_sample, is_closed
FROM org WHERE area = $1 ORDER BY id;

-- name: places_all
SELECT id, parent, kind, code, name, chain, buildings, org, station, firm, households, parking_supply, parking_demand,
    charge_supply, charge_demand, lon, lat, is_sample, is_closed, rank, opened_at, closed_at
FROM place WHERE area = $1 ORDER BY id;

-- name: people_all
SELECT id, username, name, phone, is_sample, is_disabled FROM person WHERE area = $1 ORDER BY id;

-- name: postings_all
SELECT id, person, role, org, place, rank, cert_no, matters, note, cert_until, from_day, to_day, turn, turns, guided
FROM posting WHERE area = $1 ORDER BY person, id;

-- name: org_set
INSERT INTO org (area, id, parent, kind, code, name, short_name, phone, hours, address, duty, is_sample, is_closed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (area, id) DO UPDATE SET parent = excluded.parent, kind = excluded.kind, code = excluded.code,
    name = excluded.name, short_name = excluded.short_name, phone = excluded.phone, hours = excluded.hours,
    address = excluded.address, duty = excluded.duty, is_sample = excluded.is_sample, is_closed = excluded.is_closed;

-- name: place_set
INSERT INTO place (area, id, parent, kind, code, name, chain, buildings, org, station, firm, households, parking_supply,
    parking_demand, charge_supply, charge_demand, lon, lat, is_sample, is_closed, rank, opened_at, closed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
ON CONFLICT (area, id) DO UPDATE SET parent = excluded.parent, kind = excluded.kind, code = excluded.code,
    name = excluded.name, chain = excluded.chain, buildings = excluded.buildings, org = excluded.org,
    station = excluded.station, firm = excluded.firm, households = excluded.households,
    parking_supply = excluded.parking_supply, parking_demand = excluded.parking_demand,
    charge_supply = excluded.charge_supply, charge_demand = excluded.charge_demand, lon = excluded.lon,
    lat = excluded.lat, is_sample = excluded.is_sample, is_closed = excluded.is_closed, rank = excluded.rank,
    opened_at = excluded.opened_at, closed_at = excluded.closed_at;

-- name: person_set
INSERT INTO person (area, id, username, name, phone, is_sample, is_disabled) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (area, id) DO UPDATE SET username = excluded.username, name = excluded.name, phone = excluded.phone,
    is_sample = excluded.is_sample, is_disabled = excluded.is_disabled;

-- name: posting_set
INSERT INTO posting (area, id, person, role, org, place, rank, cert_no, matters, note, cert_until, from_day, to_day, turn, turns, guided)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
ON CONFLICT (area, id) DO UPDATE SET role = excluded.role, org = excluded.org, place = excluded.place,
    rank = excluded.rank, cert_no = excluded.cert_no, matters = excluded.matters, note = excluded.note,
    cert_until = excluded.cert_until, from_day = excluded.from_day, to_day = excluded.to_day, turn = excluded.turn, turns = excluded.turns,
    guided = excluded.guided;

-- name: registry_next_seq
SELECT COALESCE(MAX(seq), 0) + 1 FROM event WHERE area = $1 AND stream = 1;

-- name: registry_head
SELECT hash FROM event WHERE area = $1 AND stream = 1 ORDER BY seq DESC LIMIT 1;

-- name: duty_move   (hand-over: open duties of an owner get another)
UPDATE duty SET owner_org = $1, owner_role = $2, owner_place = $3, owner_person = $4 WHERE area = $5 AND id = $6;

-- name: leaves_all
SELECT id, person, posting, substitute, from_day, to_day, state, asked_by, decided_by, seq, rev, changed_at
FROM leave WHERE area = $1 ORDER BY id;

-- name: swaps_all
SELECT id, first_post, second_post, first_month, second_month, state, asked_by, decided_by, seq, rev, changed_at
FROM turn_swap WHERE area = $1 ORDER BY id;

-- name: turn_notes_all
SELECT month, seq, written_by, at FROM turn_note WHERE area = $1 ORDER BY month;

-- name: rosters_all
SELECT station, month, rev, changed_at, shifts FROM roster WHERE area = $1 ORDER BY station, month;

-- name: leave_set
INSERT INTO leave (area, id, person, posting, substitute, from_day, to_day, state, asked_by, decided_by, seq, rev, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (area, id) DO UPDATE SET substitute = excluded.substitute, from_day = excluded.from_day, to_day = excluded.to_day,
    state = excluded.state, decided_by = excluded.decided_by, rev = excluded.rev, changed_at = excluded.changed_at;

-- name: swap_set
INSERT INTO turn_swap (area, id, first_post, second_post, first_month, second_month, state, asked_by, decided_by, seq, rev, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (area, id) DO UPDATE SET state = excluded.state, decided_by = excluded.decided_by, rev = excluded.rev,
    changed_at = excluded.changed_at;

-- name: turn_note_set
INSERT INTO turn_note (area, month, seq, written_by, at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (area, month) DO UPDATE SET seq = excluded.seq, written_by = excluded.written_by, at = excluded.at;

-- name: turn_note_of
SELECT seq, written_by, at FROM turn_note WHERE area = $1 AND month = $2;

-- name: roster_set
INSERT INTO roster (area, station, month, rev, changed_at, shifts) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (area, station, month) DO UPDATE SET rev = excluded.rev, changed_at = excluded.changed_at, shifts = excluded.shifts;

-- name: leave_rev   (-1: not there yet; who changes it knows which it changes)
SELECT COALESCE(MAX(rev), -1) FROM leave WHERE area = $1 AND id = $2;

-- name: swap_rev
SELECT COALESCE(MAX(rev), -1) FROM turn_swap WHERE area = $1 AND id = $2;

-- name: roster_rev
SELECT COALESCE(MAX(rev), -1) FROM roster WHERE area = $1 AND station = $2 AND month = $3;

-- name: max_leave_id
SELECT COALESCE(MAX(id), 0) FROM leave WHERE area = $1;

-- name: max_swap_id
SELECT COALESCE(MAX(id), 0) FROM turn_swap WHERE area = $1;

-- name: signs_all
SELECT place, month, rev, signed_by, role, org, at, counts FROM attendance_sign WHERE area = $1 ORDER BY place, month, rev;

-- name: signs_of   (the sign-offs of a community's month, the last first)
SELECT rev, signed_by, role, org, at, counts FROM attendance_sign WHERE area = $1 AND place = $2 AND month = $3 ORDER BY rev DESC;

-- name: sign_add
INSERT INTO attendance_sign (area, place, month, rev, signed_by, role, org, at, counts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: calendar_feed_get   (how often its address was renewed, and whether it has none)
SELECT rev, is_off FROM calendar_feed WHERE area = $1 AND is_person = $2 AND id = $3;

-- name: calendar_feed_set
INSERT INTO calendar_feed (area, is_person, id, rev, is_off) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (area, is_person, id) DO UPDATE SET rev = excluded.rev, is_off = excluded.is_off;
