-- Versions of a scheme and the draft of the next one.

-- name: scheme_versions   (of an area, oldest first)
SELECT version, name, valid_from, published_at, published_by, document, proposed_by FROM scheme_version
WHERE area = $1 ORDER BY version;

-- name: scheme_version_next
SELECT COALESCE(MAX(version), 0) + 1 FROM scheme_version WHERE area = $1;

-- name: scheme_version_publish
INSERT INTO scheme_version (area, version, name, valid_from, published_at, published_by, document, proposed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: scheme_draft_get
SELECT rev, based_on, author, changed_by, changed_at, proposed_by, proposed_at, valid_from, document, remark
FROM scheme_draft WHERE area = $1;

-- name: scheme_draft_set
INSERT INTO scheme_draft (area, rev, based_on, author, changed_by, changed_at, proposed_by, proposed_at, valid_from, document,
    remark)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (area) DO UPDATE SET rev = excluded.rev, based_on = excluded.based_on, author = excluded.author,
    changed_by = excluded.changed_by, changed_at = excluded.changed_at, proposed_by = excluded.proposed_by,
    proposed_at = excluded.proposed_at, valid_from = excluded.valid_from, document = excluded.document,
    remark = excluded.remark;

-- name: scheme_draft_delete
DELETE FROM scheme_draft WHERE area = $1;

-- name: scheme_draft_tables
SELECT name, csv FROM scheme_draft_table WHERE area = $1 ORDER BY name;

-- name: scheme_draft_table_set
INSERT INTO scheme_draft_table (area, name, csv) VALUES ($1, $2, $3)
ON CONFLICT (area, name) DO UPDATE SET csv = excluded.csv;

-- name: scheme_draft_tables_delete
DELETE FROM scheme_draft_table WHERE area = $1;

-- name: scheme_replay_cases   (a draft is tried on past cases, page by page, newest first)
SELECT {case_columns} FROM case_file WHERE case_file.area = $1 AND case_file.id < $2 ORDER BY case_file.id DESC LIMIT 500;
