-- Keys, settings, areas.

-- name: keys_all
-- scan-ok: a handful of rows, read once at start
SELECT id, area, purpose, wrapped FROM keys WHERE state = 'active' ORDER BY id;

-- name: key_insert
INSERT INTO keys (id, area, purpose, state, wrapped, created, retired) VALUES ($1, $2, $3, 'active', $4, $5, 0);

-- name: key_next_id
SELECT COALESCE(MAX(id), 0) + 1 FROM keys;

-- name: meta_get
SELECT value FROM meta WHERE name = $1;

-- name: meta_set
INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: areas_all   (areas with a published scheme)
-- scan-ok: a row per published version, read at start and after a publication
SELECT area, version, name, valid_from, published_at FROM scheme_version ORDER BY area, version;

-- name: scheme_version_insert
INSERT INTO scheme_version (area, version, name, valid_from, published_at, published_by) VALUES ($1, $2, $3, $4, $5, $6);

-- name: scheme_table_insert
INSERT INTO scheme_table (area, version, name, csv) VALUES ($1, $2, $3, $4);

-- name: scheme_tables
SELECT name, csv FROM scheme_table WHERE area = $1 AND version = $2 ORDER BY name;

-- name: max_case_id
SELECT COALESCE(MAX(id), 0) FROM case_file WHERE area = $1;

-- name: max_duty_id
SELECT COALESCE(MAX(id), 0) FROM duty WHERE area = $1;

-- name: max_notice_id
SELECT COALESCE(MAX(id), 0) FROM notice WHERE area = $1;

-- name: max_file_id
SELECT COALESCE(MAX(id), 0) FROM file WHERE area = $1;
