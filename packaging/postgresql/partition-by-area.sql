-- Turns the big tables into tables with a part for each area (and one for areas to come), with all their rows:
--   systemctl stop shaodao (every server), a backup, then as the role that owns the tables
--   psql -v ON_ERROR_STOP=1 -1 -f partition-by-area.sql postgresql://shaodao@…/shaodao
-- Worth it where one database serves many areas: an area is dumped, vacuumed or put on other disks by itself. For one county it
-- brings nothing. Needs room for the biggest table twice. Names of tables, keys, indexes and triggers stay as they were, so later
-- versions of the program find what they expect. Run again after an area was added, it gives the new area its part.
-- With  SET shaodao.parts = 8;  before it, the first time and in the same session, there are eight parts by hash instead, for good.

DO $$
DECLARE
    big CONSTANT text[] := ARRAY['event', 'case_file', 'duty', 'token', 'person_file', 'file', 'notice', 'idempotency',
        'visit', 'visit_place', 'visit_member', 'visit_count', 'visit_case', 'credit'];
    parts CONSTANT int := coalesce(nullif(current_setting('shaodao.parts', true), ''), '0')::int;
    areas CONSTANT bigint[] := ARRAY(SELECT DISTINCT area FROM scheme_version ORDER BY area);
    name text;
    whole text;
    names text[];       -- the parts
    bounds text[];
    kind "char";
    is_by_hash bool;
    key text;
    statements text[];  -- what makes its indexes and triggers, under their names
    old record;
    s text;
BEGIN
    FOREACH name IN ARRAY big LOOP
        whole := name || '_whole';
        kind := (SELECT relkind FROM pg_class WHERE oid = name::regclass);
        is_by_hash := parts > 0;
        IF kind = 'p' THEN
            is_by_hash := (SELECT partstrat = 'h' FROM pg_partitioned_table WHERE partrelid = name::regclass);
            CONTINUE WHEN is_by_hash OR NOT EXISTS (SELECT 1 FROM unnest(areas) a WHERE to_regclass(format('%I', name || '_' || a)) IS NULL);
        END IF;
        IF is_by_hash THEN
            names := ARRAY(SELECT name || '_part' || i FROM generate_series(0, parts - 1) i);
            bounds := ARRAY(SELECT format('FOR VALUES WITH (MODULUS %s, REMAINDER %s)', parts, i) FROM generate_series(0, parts - 1) i);
        ELSE
            names := ARRAY(SELECT name || '_' || a FROM unnest(areas) a) || (name || '_rest');
            bounds := ARRAY(SELECT format('FOR VALUES IN (%s)', a) FROM unnest(areas) a) || 'DEFAULT'::text;
        END IF;
        key := (SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = name::regclass AND contype = 'p');
        statements := ARRAY(SELECT replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ') FROM pg_index
                            WHERE indrelid = name::regclass AND NOT indisprimary ORDER BY indexrelid::regclass::text)
            || ARRAY(SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = name::regclass AND NOT tgisinternal ORDER BY tgname);

        FOR old IN SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = name::regclass LOOP
            EXECUTE format('ALTER INDEX %I RENAME TO %I', old.relname, old.relname || '_whole');
        END LOOP;
        IF kind = 'p' THEN  -- parts from the last time give up their names
            FOR old IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = name::regclass LOOP
                EXECUTE format('ALTER TABLE %I RENAME TO %I', old.relname, old.relname || '_whole');
            END LOOP;
        END IF;
        EXECUTE format('ALTER TABLE %I RENAME TO %I', name, whole);

        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS) PARTITION BY %s (area)', name, whole,
                       CASE WHEN is_by_hash THEN 'HASH' ELSE 'LIST' END);
        FOR i IN 1 .. cardinality(names) LOOP
            EXECUTE format('CREATE TABLE %I PARTITION OF %I %s', names[i], name, bounds[i]);
        END LOOP;
        EXECUTE format('INSERT INTO %I SELECT * FROM %I', name, whole);
        EXECUTE format('DROP TABLE %I', whole);
        EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I %s', name, name || '_pkey', key);
        FOREACH s IN ARRAY statements LOOP
            EXECUTE s;
            IF s LIKE 'CREATE TRIGGER%FOR EACH STATEMENT%' THEN  -- the parts' own, too: nobody empties a part by its name
                FOR i IN 1 .. cardinality(names) LOOP
                    EXECUTE regexp_replace(s, ' ON \S+ ', format(' ON %I ', names[i]));
                END LOOP;
            END IF;
        END LOOP;
        EXECUTE format('ANALYZE %I', name);
    END LOOP;
END $$;
