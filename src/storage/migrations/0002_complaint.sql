-- Complaints about officers and departments (HC-42, HC-55): kept apart from cases, read by the oversight body only. The words
-- and the complainant's contact are sealed under the complaint's own key; kind, organisation and times are clear for figures.

CREATE TABLE complaint (
    area INT8 NOT NULL, id INT8 NOT NULL, version INT8 NOT NULL, head BYTES NOT NULL, wrapped_key BYTES NOT NULL,
    secret BYTES NOT NULL, kind TEXT NOT NULL, org INT8 NOT NULL, place INT8 NOT NULL, opened_at INT8 NOT NULL,
    answered_at INT8 NOT NULL, finding TEXT NOT NULL, PRIMARY KEY (area, id)) CLUSTERED;
CREATE INDEX complaint_opened ON complaint (area, opened_at);
