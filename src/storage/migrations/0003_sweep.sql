-- 摸排 (HC-15): which buildings of a compound a grid chief went through in a month; a registry event says the same.

CREATE TABLE sweep (
    area INT8 NOT NULL, place INT8 NOT NULL, month INT8 NOT NULL, building TEXT NOT NULL, person INT8 NOT NULL,
    at INT8 NOT NULL, PRIMARY KEY (area, place, month, building)) CLUSTERED;
CREATE INDEX sweep_month ON sweep (area, month, place);
