-- Leave with who stands in, swapped months of a rota, notes of its handover, and who is on duty at a station: parts of the
-- registry, in its digest. Words that people wrote stand in the registry's sealed events only; seq says where.

CREATE TABLE leave (
    area INT8 NOT NULL, id INT8 NOT NULL, person INT8 NOT NULL, posting INT8 NOT NULL, substitute INT8 NOT NULL,
    from_day INT8 NOT NULL, to_day INT8 NOT NULL, state INT8 NOT NULL, asked_by INT8 NOT NULL, decided_by INT8 NOT NULL,
    seq INT8 NOT NULL, rev INT8 NOT NULL, changed_at INT8 NOT NULL, PRIMARY KEY (area, id)) CLUSTERED;
CREATE TABLE turn_swap (
    area INT8 NOT NULL, id INT8 NOT NULL, first_post INT8 NOT NULL, second_post INT8 NOT NULL, first_month INT8 NOT NULL,
    second_month INT8 NOT NULL, state INT8 NOT NULL, asked_by INT8 NOT NULL, decided_by INT8 NOT NULL, seq INT8 NOT NULL,
    rev INT8 NOT NULL, changed_at INT8 NOT NULL, PRIMARY KEY (area, id)) CLUSTERED;
CREATE TABLE turn_note (
    area INT8 NOT NULL, month INT8 NOT NULL, seq INT8 NOT NULL, written_by INT8 NOT NULL, at INT8 NOT NULL,
    PRIMARY KEY (area, month)) CLUSTERED;
CREATE TABLE roster (
    area INT8 NOT NULL, station INT8 NOT NULL, month INT8 NOT NULL, rev INT8 NOT NULL, changed_at INT8 NOT NULL,
    shifts TEXT NOT NULL, PRIMARY KEY (area, station, month)) CLUSTERED;
