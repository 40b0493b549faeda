-- Visits (巡查、联勤入网、下沉、联合执法 …) and the duties that come back. doc = sealed(JSON of the whole visit); the other tables
-- say in clear what lists and figures ask: who, where, when, how much.

CREATE TABLE visit (
    area INT8 NOT NULL, id INT8 NOT NULL, version INT8 NOT NULL, head BYTES NOT NULL, kind INT8 NOT NULL, state INT8 NOT NULL,
    mode INT8 NOT NULL, org INT8 NOT NULL, place INT8 NOT NULL, by_person INT8 NOT NULL, at INT8 NOT NULL, ended INT8 NOT NULL,
    cases INT8 NOT NULL, settled INT8 NOT NULL, doc BYTES NOT NULL, PRIMARY KEY (area, id)) CLUSTERED;
CREATE INDEX visit_at ON visit (area, at, id);
CREATE INDEX visit_kind ON visit (area, kind, at, id);
CREATE TABLE visit_place (
    area INT8 NOT NULL, place INT8 NOT NULL, at INT8 NOT NULL, visit INT8 NOT NULL, kind INT8 NOT NULL, state INT8 NOT NULL,
    PRIMARY KEY (area, place, at, visit)) CLUSTERED;
CREATE INDEX visit_place_of ON visit_place (area, visit);
-- person 0: the organisation itself, asked or organising.
CREATE TABLE visit_member (
    area INT8 NOT NULL, visit INT8 NOT NULL, org INT8 NOT NULL, person INT8 NOT NULL, role INT8 NOT NULL, state INT8 NOT NULL,
    kind INT8 NOT NULL, at INT8 NOT NULL, came_at INT8 NOT NULL, left_at INT8 NOT NULL, grade INT8 NOT NULL, place INT8 NOT NULL,
    PRIMARY KEY (area, visit, org, person)) CLUSTERED;
CREATE INDEX visit_org ON visit_member (area, org, at, visit) WHERE org > 0;
CREATE INDEX visit_person ON visit_member (area, person, at, visit) WHERE person > 0;
CREATE INDEX visit_came ON visit_member (area, kind, at, visit) WHERE person > 0 AND state = 4;
CREATE TABLE visit_count (
    area INT8 NOT NULL, visit INT8 NOT NULL, item TEXT NOT NULL, unit TEXT NOT NULL, n INT8 NOT NULL, at INT8 NOT NULL,
    kind INT8 NOT NULL, PRIMARY KEY (area, visit, item, unit)) CLUSTERED;
CREATE INDEX visit_count_at ON visit_count (area, at, visit);
CREATE TABLE visit_case (
    area INT8 NOT NULL, visit INT8 NOT NULL, case_id INT8 NOT NULL, kind INT8 NOT NULL, is_found INT8 NOT NULL,
    is_settled INT8 NOT NULL, at INT8 NOT NULL, PRIMARY KEY (area, visit, case_id)) CLUSTERED;
CREATE INDEX visit_case_of ON visit_case (area, case_id, visit);
CREATE INDEX visit_case_at ON visit_case (area, at, visit) WHERE is_settled = 1;

-- Which visits settle which duty; many to many.
CREATE TABLE credit (
    area INT8 NOT NULL, duty INT8 NOT NULL, visit INT8 NOT NULL, day INT8 NOT NULL, PRIMARY KEY (area, duty, visit)) CLUSTERED;
CREATE INDEX credit_visit ON credit (area, visit);

CREATE UNIQUE INDEX duty_routine ON duty (area, ref, arg, subject) WHERE subject_kind = 3;
CREATE INDEX duty_member ON duty (area, ref, subject, arg) WHERE subject_kind = 3;
CREATE INDEX duty_behind ON duty (area, ref, due, id) WHERE subject_kind = 3 AND ending = 0;

-- Operational: up to which moment the routines of an area were looked after, and what the members of terms were taken from.
CREATE TABLE routine_clock (
    area INT8 NOT NULL PRIMARY KEY, at INT8 NOT NULL, registry_seq INT8 NOT NULL, scheme INT8 NOT NULL) CLUSTERED;
