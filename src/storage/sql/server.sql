-- Servers that share a database: a row each. Written by storage/store.c only.

-- name: server_add
INSERT INTO server (node, batch) VALUES ($1, 0) ON CONFLICT (node) DO NOTHING;

-- name: server_mark   (the batch that is being saved)
UPDATE server SET batch = $1 WHERE node = $2;

-- name: server_batch [sqlite]  (waits for a transaction that still works on it, and says what it left)
SELECT batch FROM server WHERE node = $1;

-- name: server_batch [postgres]
SELECT batch FROM server WHERE node = $1 FOR UPDATE;
