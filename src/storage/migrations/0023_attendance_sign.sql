-- 签认 (LC-04): the attendance of a community in a month as it stood when its station's chief signed it, once more after each
-- correction that was signed again; part of the registry, in its digest. counts = "posting:required:came:short …", by posting.

CREATE TABLE attendance_sign (
    area INT8 NOT NULL, place INT8 NOT NULL, month INT8 NOT NULL, rev INT8 NOT NULL, signed_by INT8 NOT NULL, role INT8 NOT NULL,
    org INT8 NOT NULL, at INT8 NOT NULL, counts TEXT NOT NULL, PRIMARY KEY (area, place, month, rev)) CLUSTERED;
