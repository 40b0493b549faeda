-- What the planner should believe of the tables of visits and routines (see 0005): a county's numbers after some years.

-- only: sqlite
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('visit', 'visit', '100000 100000 1'), ('visit', 'visit_at', '100000 100000 2 1'), ('visit', 'visit_kind', '100000 100000 10000 2 1'),
    ('visit_place', 'visit_place', '120000 120000 800 1 1'), ('visit_place', 'visit_place_of', '120000 120000 1'),
    ('visit_place', 'visit_place_at', '110000 110000 2 1'),
    ('visit_member', 'visit_member', '250000 250000 3 2 1'), ('visit_member', 'visit_org', '240000 240000 2000 2 1'),
    ('visit_member', 'visit_person', '150000 150000 500 1 1'), ('visit_member', 'visit_came', '150000 150000 15000 2 1'),
    ('visit_member', 'visit_posted', '150000 150000 15000 5000 1'),
    ('visit_count', 'visit_count', '5000 5000 3 1 1'), ('visit_count', 'visit_count_at', '5000 5000 3 1'),
    ('visit_case', 'visit_case', '5000 5000 2 1'), ('visit_case', 'visit_case_of', '5000 5000 1 1'),
    ('visit_case', 'visit_case_at', '2000 2000 2 1'),
    ('credit', 'credit', '100000 100000 1 1'), ('credit', 'credit_visit', '100000 100000 1'),
    ('duty', 'duty_routine', '150000 150000 30000 50 1'), ('duty', 'duty_member', '150000 150000 30000 500 1'),
    ('duty', 'duty_behind', '500 500 100 50 1'), ('duty', 'duty_term', '150000 150000 30000 50 20 1'),
    ('duty', 'duty_ended_term', '150000 150000 100 50');
ANALYZE sqlite_schema;
