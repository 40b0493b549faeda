-- What the engine's planner should believe: the numbers of a county after some years, rows and rows per leading part of each
-- key. Without them SQLite takes an area for ten rows and walks it instead of an index. Nothing measures or refreshes these:
-- every installation plans alike, on its first day and in its tenth year. tests/storage/test_plans.c reads the plans.

-- only: sqlite
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('event', 'event', '600000 600000 5 1'), ('event', 'event_actor', '400000 400000 2000 1 1'),
    ('case_file', 'case_file', '100000 100000 1'), ('case_file', 'case_number', '100000 100000 40 1'),
    ('case_file', 'case_state', '100000 100000 10000 1'), ('case_file', 'case_due', '2000 2000 2 1'),
    ('case_file', 'case_lead', '100000 100000 3000 1'), ('case_file', 'case_place', '100000 100000 1000 1'),
    ('case_file', 'case_item', '100000 100000 1000 1'), ('case_file', 'case_closed', '90000 90000 2 1'),
    ('case_file', 'case_hotline', '2000 2000 1'), ('case_file', 'case_binding', '200 200 5 1'),
    ('case_file', 'case_supervised', '200 200 1'), ('case_file', 'case_reopened', '1000 1000 1'),
    ('duty', 'duty', '400000 400000 1'), ('duty', 'duty_subject', '400000 400000 4 1'),
    ('duty', 'duty_owner', '5000 5000 100 50 20 20 1'), ('duty', 'duty_clock', '5000 2 1'),
    ('duty', 'duty_missed', '40000 40000 2'),
    ('person_file', 'person_file', '40000 40000 1'), ('person_file', 'person_phone', '40000 40000 2'),
    ('token', 'token', '2000000 2000000 200 1'),
    ('file', 'file', '200000 200000 1'), ('file', 'file_case', '200000 200000 2 1'), ('file', 'file_unused', '100 1'),
    ('notice', 'notice', '200000 200000 1'), ('notice', 'notice_owner', '200000 200000 2000 1000 1000 500 1'),
    ('outbox', NULL, '50000'), ('outbox', 'outbox_due', '1000 1 1'),
    ('complaint', 'complaint', '1000 1000 1'), ('complaint', 'complaint_opened', '1000 1000 1'),
    ('idempotency', 'idempotency', '50000 50000 5 1'), ('idempotency', 'idempotency_old', '50000 1'),
    ('session', 'session', '1000 1'), ('session', 'session_person', '1000 1000 2'),
    ('watch', 'watch', '5000 5000 20 1'),
    ('sweep', 'sweep', '20000 20000 200 10 1'), ('sweep', 'sweep_month', '20000 20000 500 10');
ANALYZE sqlite_schema;
