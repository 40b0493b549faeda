-- Accounts, sessions, tokens, drafts, idempotency: operational, not rebuilt by replay.

-- name: account_insert
INSERT INTO account (area, person, password, must_change, failures, first_failure, locked_until, last_login, changed_at,
    old_passwords, notices_seen)
VALUES ($1, $2, $3, $4, 0, 0, 0, 0, $5, '', 0)
ON CONFLICT (area, person) DO UPDATE SET password = excluded.password, must_change = excluded.must_change,
    changed_at = excluded.changed_at, failures = 0, locked_until = 0;

-- name: account_by_username
SELECT account.person, account.password, account.failures, account.locked_until, account.must_change, person.is_disabled
FROM person JOIN account ON account.area = person.area AND account.person = person.id
WHERE person.area = $1 AND person.username = $2;

-- name: account_failed   (five failures within a quarter of an hour lock for a quarter of an hour)
UPDATE account SET
    failures = CASE WHEN first_failure < $1 THEN 1 ELSE failures + 1 END,
    first_failure = CASE WHEN first_failure < $1 THEN $2 ELSE first_failure END,
    locked_until = CASE WHEN first_failure >= $1 AND failures + 1 >= 5 THEN $3 ELSE locked_until END
WHERE area = $4 AND person = $5;

-- name: account_succeeded
UPDATE account SET failures = 0, first_failure = 0, locked_until = 0, last_login = $1 WHERE area = $2 AND person = $3;

-- name: account_notices_seen
UPDATE account SET notices_seen = $1 WHERE area = $2 AND person = $3 AND notices_seen < $1;

-- name: session_insert
INSERT INTO session (token_hash, area, person, created, seen) VALUES ($1, $2, $3, $4, $5);

-- name: session_find
SELECT session.area, session.person, session.created, session.seen, account.must_change, account.notices_seen
FROM session JOIN account ON account.area = session.area AND account.person = session.person
JOIN person ON person.area = session.area AND person.id = session.person
WHERE session.token_hash = $1 AND person.is_disabled = 0;

-- name: session_touch
UPDATE session SET seen = $1 WHERE token_hash = $2;

-- name: session_delete
DELETE FROM session WHERE token_hash = $1;

-- name: sessions_delete_person
DELETE FROM session WHERE area = $1 AND person = $2;

-- name: sessions_expire
-- scan-ok: once an hour, off the request path
DELETE FROM session WHERE created < $1;

-- name: token_insert
INSERT INTO api_token (token_hash, area, person, name, created) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (token_hash) DO NOTHING;

-- name: token_find
SELECT api_token.area, api_token.person FROM api_token
LEFT JOIN person ON person.area = api_token.area AND person.id = api_token.person
WHERE api_token.token_hash = $1 AND COALESCE(person.is_disabled, 0) = 0;

-- name: draft_set
INSERT INTO draft (id, data, at) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET data = excluded.data, at = excluded.at;

-- name: draft_get
SELECT data, at FROM draft WHERE id = $1;

-- name: draft_delete
DELETE FROM draft WHERE id = $1;

-- name: drafts_expire   (a day; index draft_old)
DELETE FROM draft WHERE at < $1;

-- name: idempotency_find
SELECT body_hash, kind, case_id, result FROM idempotency WHERE area = $1 AND caller = $2 AND name = $3;

-- name: idempotency_insert
INSERT INTO idempotency (area, caller, name, body_hash, kind, case_id, result, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: idempotency_expire   (ninety days; index idempotency_old)
DELETE FROM idempotency WHERE at < $1;

-- name: delegation_set
INSERT INTO delegation (area, from_person, to_person, until_day, at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (area, from_person) DO UPDATE SET to_person = excluded.to_person, until_day = excluded.until_day, at = excluded.at;

-- name: delegations_to   (whose posts this person fills too; a few rows an area)
-- scan-ok: reads the delegations of one area by the leading part of the key
SELECT from_person, until_day FROM delegation WHERE area = $1 AND to_person = $2;
