-- Operational: the servers that share a database, each with the number of the last batch that it saved (storage/store.c).

CREATE TABLE server (node INT8 NOT NULL PRIMARY KEY, batch INT8 NOT NULL) TABLE;

-- The record takes inserts only; the embedded engine refuses the rest by its authorizer.
-- only: postgres
CREATE FUNCTION event_is_for_ever() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the record is append-only' USING ERRCODE = 'insufficient_privilege'; END $$;
CREATE TRIGGER event_is_for_ever BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION event_is_for_ever();
CREATE TRIGGER event_is_not_emptied BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION event_is_for_ever();
