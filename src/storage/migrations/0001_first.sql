-- The first schema. Every table leads with the area. Times are UTC milliseconds, days are day numbers since 1970-01-01 in
-- Shanghai, BYTES hold hashes and sealed values. Operational tables (not rebuilt by replay) stand at the end.

CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) TABLE;

CREATE TABLE keys (
    id INT8 NOT NULL PRIMARY KEY, area INT8 NOT NULL, purpose TEXT NOT NULL, state TEXT NOT NULL, wrapped BYTES NOT NULL,
    created INT8 NOT NULL, retired INT8 NOT NULL) TABLE;

-- A scheme as published: its tables are kept as the CSV texts they came from.
CREATE TABLE scheme_version (
    area INT8 NOT NULL, version INT8 NOT NULL, name TEXT NOT NULL, valid_from INT8 NOT NULL, published_at INT8 NOT NULL,
    published_by INT8 NOT NULL, PRIMARY KEY (area, version)) TABLE;
CREATE TABLE scheme_table (
    area INT8 NOT NULL, version INT8 NOT NULL, name TEXT NOT NULL, csv TEXT NOT NULL,
    PRIMARY KEY (area, version, name)) CLUSTERED;

-- The record itself: append-only, numbered per stream, hash-chained. body = sealed(salt | JSON).
CREATE TABLE event (
    area INT8 NOT NULL, stream INT8 NOT NULL, seq INT8 NOT NULL, at INT8 NOT NULL, occurred_at INT8 NOT NULL,
    type TEXT NOT NULL, actor INT8 NOT NULL, role INT8 NOT NULL, org INT8 NOT NULL, body BYTES NOT NULL,
    commitment BYTES NOT NULL, hash BYTES NOT NULL, mac BYTES NOT NULL, PRIMARY KEY (area, stream, seq)) CLUSTERED;
CREATE INDEX event_actor ON event (area, actor, at, stream) WHERE actor <> 0;

-- Current rows: a cache of the events. wrapped_key empty = shredded (已依法删除).
CREATE TABLE case_file (
    area INT8 NOT NULL, id INT8 NOT NULL, version INT8 NOT NULL, head BYTES NOT NULL, wrapped_key BYTES NOT NULL,
    secret BYTES NOT NULL,
    day INT8 NOT NULL, no INT8 NOT NULL, state INT8 NOT NULL, hop INT8 NOT NULL, list INT8 NOT NULL,
    place INT8 NOT NULL, lead INT8 NOT NULL, urgent INT8 NOT NULL, danger INT8 NOT NULL, scheme INT8 NOT NULL,
    opened_at INT8 NOT NULL, opened_by INT8 NOT NULL, opened_role INT8 NOT NULL, called_at INT8 NOT NULL,
    admitted_at INT8 NOT NULL, dispatched_at INT8 NOT NULL, accepted_at INT8 NOT NULL,
    contact_at INT8 NOT NULL, closed_at INT8 NOT NULL, archived_at INT8 NOT NULL, main_kind INT8 NOT NULL,
    main_due INT8 NOT NULL, main_missed INT8 NOT NULL, answer_due INT8 NOT NULL, paused_at INT8 NOT NULL,
    paused_due INT8 NOT NULL, suspended_until INT8 NOT NULL, order_day INT8 NOT NULL, tiers INT8 NOT NULL,
    steps INT8 NOT NULL, tier INT8 NOT NULL, persuade_failed INT8 NOT NULL, ordered_unmet INT8 NOT NULL,
    filed_at INT8 NOT NULL, noticed_at INT8 NOT NULL, defence INT8 NOT NULL, minor INT8 NOT NULL,
    outcome INT8 NOT NULL, solved INT8 NOT NULL, grade INT8 NOT NULL, rated_at INT8 NOT NULL,
    binding INT8 NOT NULL, refusals INT8 NOT NULL, refused_by INT8 NOT NULL, returns INT8 NOT NULL,
    pauses INT8 NOT NULL, extensions INT8 NOT NULL, orders INT8 NOT NULL, reclassified INT8 NOT NULL,
    reopens INT8 NOT NULL, urges INT8 NOT NULL, urged_day INT8 NOT NULL, followers INT8 NOT NULL,
    visits INT8 NOT NULL, photos INT8 NOT NULL, after_photos INT8 NOT NULL, handler INT8 NOT NULL,
    supervised INT8 NOT NULL, reporter INT8 NOT NULL, keep_secret INT8 NOT NULL, merged_into INT8 NOT NULL,
    prior INT8 NOT NULL, cause INT8 NOT NULL,
    item TEXT NOT NULL, source TEXT NOT NULL, chain TEXT NOT NULL, hotline_no TEXT NOT NULL,
    transferred_to TEXT NOT NULL, receipt_no TEXT NOT NULL, filing_no TEXT NOT NULL,
    PRIMARY KEY (area, id)) CLUSTERED;
CREATE UNIQUE INDEX case_number ON case_file (area, day, no);
CREATE INDEX case_state ON case_file (area, state, id);
CREATE INDEX case_due ON case_file (area, main_due, id) WHERE main_due > 0;
CREATE INDEX case_lead ON case_file (area, lead, id);
CREATE INDEX case_place ON case_file (area, place, id);
CREATE INDEX case_item ON case_file (area, item, id);
CREATE INDEX case_closed ON case_file (area, closed_at, id) WHERE closed_at > 0;
CREATE INDEX case_hotline ON case_file (area, hotline_no) WHERE hotline_no <> '';
CREATE INDEX case_binding ON case_file (area, item, id) WHERE binding = 1;
CREATE INDEX case_supervised ON case_file (area, id) WHERE supervised = 1;
CREATE INDEX case_reopened ON case_file (area, id) WHERE reopens > 0;

CREATE TABLE duty (
    area INT8 NOT NULL, id INT8 NOT NULL, kind INT8 NOT NULL, subject_kind INT8 NOT NULL, subject INT8 NOT NULL,
    owner_org INT8 NOT NULL, owner_role INT8 NOT NULL, owner_place INT8 NOT NULL, owner_person INT8 NOT NULL,
    need INT8 NOT NULL, credited INT8 NOT NULL, spacing INT8 NOT NULL, opened_at INT8 NOT NULL, window_from INT8 NOT NULL,
    amber_at INT8 NOT NULL, due INT8 NOT NULL, missed_at INT8 NOT NULL, ended_at INT8 NOT NULL, ending INT8 NOT NULL,
    up_org INT8 NOT NULL, up_role INT8 NOT NULL, up_place INT8 NOT NULL, ref INT8 NOT NULL, level INT8 NOT NULL,
    arg INT8 NOT NULL, PRIMARY KEY (area, id)) CLUSTERED;
CREATE INDEX duty_subject ON duty (area, subject, id);
CREATE INDEX duty_owner ON duty (area, owner_org, owner_role, owner_place, owner_person, due) WHERE ending = 0;
CREATE INDEX duty_clock ON duty (due, id) WHERE ending = 0 AND missed_at = 0;
CREATE INDEX duty_missed ON duty (area, missed_at) WHERE missed_at > 0;

-- Contact data stand here and nowhere else; phone_index is a blind index.
CREATE TABLE person_file (
    area INT8 NOT NULL, id INT8 NOT NULL, version INT8 NOT NULL, head BYTES NOT NULL, wrapped_key BYTES NOT NULL,
    contact BYTES NOT NULL, phone_index BYTES NOT NULL, created INT8 NOT NULL, PRIMARY KEY (area, id)) CLUSTERED;
CREATE INDEX person_phone ON person_file (area, phone_index);

-- The registry: organisations, places, people, posts.
CREATE TABLE org (
    area INT8 NOT NULL, id INT8 NOT NULL, parent INT8 NOT NULL, kind INT8 NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL,
    short_name TEXT NOT NULL, phone TEXT NOT NULL, hours TEXT NOT NULL, address TEXT NOT NULL, duty TEXT NOT NULL,
    is_sample INT8 NOT NULL, is_closed INT8 NOT NULL, PRIMARY KEY (area, id)) CLUSTERED;
CREATE TABLE place (
    area INT8 NOT NULL, id INT8 NOT NULL, parent INT8 NOT NULL, kind INT8 NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL,
    chain TEXT NOT NULL, buildings TEXT NOT NULL, org INT8 NOT NULL, station INT8 NOT NULL, firm INT8 NOT NULL,
    households INT8 NOT NULL, parking_supply INT8 NOT NULL, parking_demand INT8 NOT NULL, charge_supply INT8 NOT NULL,
    charge_demand INT8 NOT NULL, lon REAL NOT NULL, lat REAL NOT NULL, is_sample INT8 NOT NULL, is_closed INT8 NOT NULL,
    PRIMARY KEY (area, id)) CLUSTERED;
CREATE TABLE person (
    area INT8 NOT NULL, id INT8 NOT NULL, username TEXT NOT NULL, name TEXT NOT NULL, phone TEXT NOT NULL,
    is_sample INT8 NOT NULL, is_disabled INT8 NOT NULL, PRIMARY KEY (area, id)) CLUSTERED;
CREATE UNIQUE INDEX person_username ON person (area, username);
CREATE TABLE posting (
    area INT8 NOT NULL, id INT8 NOT NULL, person INT8 NOT NULL, role INT8 NOT NULL, org INT8 NOT NULL, place INT8 NOT NULL,
    rank INT8 NOT NULL, cert_no TEXT NOT NULL, matters TEXT NOT NULL, note TEXT NOT NULL, cert_until INT8 NOT NULL,
    from_day INT8 NOT NULL, to_day INT8 NOT NULL, PRIMARY KEY (area, id)) CLUSTERED;

-- Counters: numbers without gaps in what is committed.
CREATE TABLE counter (area INT8 NOT NULL, name TEXT NOT NULL, day INT8 NOT NULL, n INT8 NOT NULL,
    PRIMARY KEY (area, name, day)) CLUSTERED;

-- Search: keyed hashes of word pairs, newest case first.
CREATE TABLE token (area INT8 NOT NULL, token INT8 NOT NULL, case_id INT8 NOT NULL,
    PRIMARY KEY (area, token, case_id)) CLUSTERED;

-- Files lie beside the database, named by their hash; an event names them once they belong to a case.
CREATE TABLE file (
    area INT8 NOT NULL, id INT8 NOT NULL, sha256 BYTES NOT NULL, sm3 BYTES NOT NULL, kind INT8 NOT NULL, bytes INT8 NOT NULL,
    width INT8 NOT NULL, height INT8 NOT NULL, uploader INT8 NOT NULL, device TEXT NOT NULL, at INT8 NOT NULL,
    case_id INT8 NOT NULL, event_seq INT8 NOT NULL, is_after INT8 NOT NULL, is_public INT8 NOT NULL, has_gps INT8 NOT NULL,
    lat REAL NOT NULL, lon REAL NOT NULL, taken TEXT NOT NULL, PRIMARY KEY (area, id)) CLUSTERED;
CREATE INDEX file_case ON file (area, case_id, id) WHERE case_id > 0;
CREATE INDEX file_unused ON file (at) WHERE case_id = 0;

-- What is to be told to whom. In-app notices are read by owner; the outbox is sent by channel.
CREATE TABLE notice (
    area INT8 NOT NULL, id INT8 NOT NULL, owner_org INT8 NOT NULL, owner_role INT8 NOT NULL, owner_place INT8 NOT NULL,
    owner_person INT8 NOT NULL, case_id INT8 NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL, is_urgent INT8 NOT NULL,
    at INT8 NOT NULL, PRIMARY KEY (area, id)) CLUSTERED;
CREATE INDEX notice_owner ON notice (area, owner_org, owner_role, owner_place, owner_person, id);
CREATE TABLE outbox (
    id INT8 NOT NULL PRIMARY KEY, area INT8 NOT NULL, case_id INT8 NOT NULL, channel TEXT NOT NULL, person INT8 NOT NULL,
    kind TEXT NOT NULL, text TEXT NOT NULL, created INT8 NOT NULL, next_at INT8 NOT NULL, tries INT8 NOT NULL,
    state INT8 NOT NULL, lease INT8 NOT NULL, last_error TEXT NOT NULL) TABLE;
CREATE INDEX outbox_due ON outbox (next_at, id) WHERE state = 0;

-- Operational tables.
CREATE TABLE idempotency (
    area INT8 NOT NULL, caller TEXT NOT NULL, name TEXT NOT NULL, body_hash BYTES NOT NULL, kind TEXT NOT NULL,
    case_id INT8 NOT NULL, result INT8 NOT NULL, at INT8 NOT NULL, PRIMARY KEY (area, caller, name)) CLUSTERED;
CREATE INDEX idempotency_old ON idempotency (at);
CREATE TABLE account (
    area INT8 NOT NULL, person INT8 NOT NULL, password TEXT NOT NULL, must_change INT8 NOT NULL, failures INT8 NOT NULL,
    first_failure INT8 NOT NULL, locked_until INT8 NOT NULL, last_login INT8 NOT NULL, changed_at INT8 NOT NULL,
    old_passwords TEXT NOT NULL, notices_seen INT8 NOT NULL, PRIMARY KEY (area, person)) CLUSTERED;
CREATE TABLE session (
    token_hash BYTES NOT NULL PRIMARY KEY, area INT8 NOT NULL, person INT8 NOT NULL, created INT8 NOT NULL,
    seen INT8 NOT NULL) CLUSTERED;
CREATE INDEX session_person ON session (area, person);
CREATE TABLE api_token (
    token_hash BYTES NOT NULL PRIMARY KEY, area INT8 NOT NULL, person INT8 NOT NULL, name TEXT NOT NULL,
    created INT8 NOT NULL) CLUSTERED;
CREATE TABLE draft (id TEXT NOT NULL PRIMARY KEY, data TEXT NOT NULL, at INT8 NOT NULL) CLUSTERED;
CREATE INDEX draft_old ON draft (at);
CREATE TABLE watch (area INT8 NOT NULL, person INT8 NOT NULL, case_id INT8 NOT NULL, at INT8 NOT NULL,
    PRIMARY KEY (area, person, case_id)) CLUSTERED;
CREATE TABLE delegation (
    area INT8 NOT NULL, from_person INT8 NOT NULL, to_person INT8 NOT NULL, until_day INT8 NOT NULL, at INT8 NOT NULL,
    PRIMARY KEY (area, from_person)) CLUSTERED;
