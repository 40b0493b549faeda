-- Who is behind, how a term ended, what was done where and how often: the ways in for boards, calendars and figures.

CREATE INDEX duty_term ON duty (area, ref, arg, ending, subject) WHERE subject_kind = 3;
CREATE INDEX duty_ended_term ON duty (area, due, ref) WHERE subject_kind = 3;
CREATE INDEX visit_place_at ON visit_place (area, at, place) WHERE state = 3;
CREATE INDEX visit_posted ON visit_member (area, kind, role, at) WHERE person > 0 AND state = 4;
