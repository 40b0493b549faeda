-- Search (docs/search.md): saves write `token`, folding moves it into `token_list`, a search reads both.

-- name: token_add
INSERT INTO token (area, token, case_id) VALUES ($1, $2, $3) ON CONFLICT (area, token, case_id) DO NOTHING;

-- name: token_list_put
INSERT INTO token_list (area, token, part, n, cases) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (area, token, part) DO UPDATE SET n = excluded.n, cases = excluded.cases;

-- name: token_list_before   (the lists that begin at or before a case, newest first)
SELECT part, cases FROM token_list WHERE area = $1 AND token = $2 AND part <= $3 ORDER BY part DESC LIMIT $4;

-- name: token_before   (the same of what is not folded yet)
SELECT case_id FROM token WHERE area = $1 AND token = $2 AND case_id <= $3 ORDER BY case_id DESC LIMIT $4;

-- name: token_waiting   (how many wait to be folded, up to a number)
-- scan-ok: counts no further than the number
SELECT COUNT(*) FROM (SELECT 1 AS one FROM token LIMIT $1) AS few;

-- name: token_take   (what is folded next, in the order of the key)
SELECT area, token, case_id FROM token ORDER BY area, token, case_id LIMIT $1;

-- name: token_drop
DELETE FROM token WHERE area = $1 AND token = $2 AND case_id = $3;

-- name: fold_lock [sqlite]   (one folder at a time on one database; no row = somebody else folds just now)
SELECT 1 WHERE $1 > 0;

-- name: fold_lock [postgres]
SELECT 1 WHERE pg_try_advisory_xact_lock($1);

-- name: cases_among   (of up to 64 cases those that a list wants, in any order, with what is sealed)
SELECT {case_columns}, case_file.wrapped_key, case_file.secret FROM case_file
WHERE {case_filter} AND case_file.id IN ($277, $278, $279, $280, $281, $282, $283, $284, $285, $286, $287, $288, $289, $290,
    $291, $292, $293, $294, $295, $296, $297, $298, $299, $300, $301, $302, $303, $304, $305, $306, $307, $308, $309, $310,
    $311, $312, $313, $314, $315, $316, $317, $318, $319, $320, $321, $322, $323, $324, $325, $326, $327, $328, $329, $330,
    $331, $332, $333, $334, $335, $336, $337, $338, $339, $340);

-- name: case_ids_newest   (a search that no token can lead)
SELECT id FROM case_file WHERE area = $1 AND id <= $2 ORDER BY id DESC LIMIT $3;

-- name: case_ids_by_hotline   (index case_hotline)
SELECT id FROM case_file WHERE area = $1 AND hotline_no = $2 AND hotline_no <> '' ORDER BY id DESC LIMIT 20;

-- name: token_all   (ledger replay: the whole index of an area, in order)
-- scan-ok: ledger replay reads everything
SELECT token, case_id FROM token WHERE area = $1 ORDER BY token, case_id;

-- name: token_list_all
-- scan-ok: ledger replay reads everything
SELECT token, part, n, cases FROM token_list WHERE area = $1 ORDER BY token, part;

-- name: cases_from   (rebuilding the search index: the next cases, whatever their area)
SELECT area, id, version, wrapped_key FROM case_file WHERE (area, id) > ($1, $2) ORDER BY area, id LIMIT $3;
