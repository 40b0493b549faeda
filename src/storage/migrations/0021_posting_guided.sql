-- LC-03: an officer who holds a certificate and does not act alone yet; 0 for everybody before.
ALTER TABLE posting ADD COLUMN guided INT8 NOT NULL DEFAULT 0;
