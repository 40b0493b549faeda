-- Sweeps: buildings ticked off by month; month = 12 * year + month - 1.

-- name: sweep_add
INSERT INTO sweep (area, place, month, building, person, at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (area, place, month, building) DO NOTHING;

-- name: sweeps_of_place
SELECT building, person, at FROM sweep WHERE area = $1 AND place = $2 AND month = $3 ORDER BY building;

-- name: fig_swept   (coverage: buildings ticked in a month; index sweep_month)
SELECT COUNT(*) FROM sweep WHERE area = $1 AND month = $2;
