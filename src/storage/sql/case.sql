-- The current row of a case and everything that lists cases. Columns stand in the order of core/case.h.

-- fragment: case_columns
case_file.id, case_file.version, case_file.head,
    case_file.day, case_file.no, case_file.state, case_file.hop, case_file.list, case_file.place,
    case_file.lead, case_file.urgent, case_file.danger, case_file.scheme, case_file.opened_at,
    case_file.opened_by, case_file.opened_role, case_file.called_at, case_file.admitted_at,
    case_file.dispatched_at, case_file.accepted_at, case_file.contact_at, case_file.closed_at,
    case_file.archived_at, case_file.main_kind, case_file.main_due, case_file.main_missed,
    case_file.answer_due, case_file.paused_at, case_file.paused_due, case_file.suspended_until,
    case_file.order_day, case_file.tiers, case_file.steps, case_file.tier, case_file.persuade_failed,
    case_file.ordered_unmet, case_file.filed_at, case_file.noticed_at, case_file.defence, case_file.minor,
    case_file.outcome, case_file.solved, case_file.grade, case_file.rated_at, case_file.binding,
    case_file.refusals, case_file.refused_by, case_file.returns, case_file.pauses, case_file.extensions,
    case_file.orders, case_file.reclassified, case_file.reopens, case_file.urges, case_file.urged_day,
    case_file.followers, case_file.visits, case_file.photos, case_file.after_photos, case_file.handler,
    case_file.supervised, case_file.reporter, case_file.keep_secret, case_file.merged_into, case_file.prior,
    case_file.cause, case_file.confers, case_file.transfers, case_file.item, case_file.source, case_file.chain, case_file.hotline_no,
    case_file.transferred_to, case_file.receipt_no, case_file.filing_no

-- name: case_insert   (a case's first event)
INSERT INTO case_file (area, id, version, head, wrapped_key, secret,
    day, no, state, hop, list, place, lead, urgent, danger, scheme, opened_at, opened_by, opened_role,
    called_at, admitted_at, dispatched_at, accepted_at, contact_at, closed_at, archived_at, main_kind,
    main_due, main_missed, answer_due, paused_at, paused_due, suspended_until, order_day, tiers, steps, tier,
    persuade_failed, ordered_unmet, filed_at, noticed_at, defence, minor, outcome, solved, grade, rated_at,
    binding, refusals, refused_by, returns, pauses, extensions, orders, reclassified, reopens, urges,
    urged_day, followers, visits, photos, after_photos, handler, supervised, reporter, keep_secret,
    merged_into, prior, cause, confers, transfers, item, source, chain, hotline_no, transferred_to, receipt_no,
    filing_no)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
    $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44,
    $45, $46, $47, $48, $49, $50, $51, $52, $53, $54, $55, $56, $57, $58, $59, $60, $61, $62, $63, $64, $65,
    $66, $67, $68, $69, $70, $71, $72, $73, $74, $75, $76, $77, $78);

-- name: case_update   (every later event; the version guards against a lost update)
UPDATE case_file SET version = $1, head = $2, secret = COALESCE($3, secret),
    day = $4, no = $5, state = $6, hop = $7, list = $8, place = $9, lead = $10, urgent = $11, danger = $12,
    scheme = $13, opened_at = $14, opened_by = $15, opened_role = $16, called_at = $17, admitted_at = $18,
    dispatched_at = $19, accepted_at = $20, contact_at = $21, closed_at = $22, archived_at = $23,
    main_kind = $24, main_due = $25, main_missed = $26, answer_due = $27, paused_at = $28, paused_due = $29,
    suspended_until = $30, order_day = $31, tiers = $32, steps = $33, tier = $34, persuade_failed = $35,
    ordered_unmet = $36, filed_at = $37, noticed_at = $38, defence = $39, minor = $40, outcome = $41,
    solved = $42, grade = $43, rated_at = $44, binding = $45, refusals = $46, refused_by = $47, returns = $48,
    pauses = $49, extensions = $50, orders = $51, reclassified = $52, reopens = $53, urges = $54,
    urged_day = $55, followers = $56, visits = $57, photos = $58, after_photos = $59, handler = $60,
    supervised = $61, reporter = $62, keep_secret = $63, merged_into = $64, prior = $65, cause = $66,
    confers = $67, transfers = $68, item = $69, source = $70, chain = $71, hotline_no = $72, transferred_to = $73, receipt_no = $74,
    filing_no = $75
WHERE area = $76 AND id = $77 AND version = $78;

-- name: case_by_id
SELECT {case_columns}, case_file.wrapped_key FROM case_file WHERE case_file.area = $1 AND case_file.id = $2;

-- name: case_words   (the sealed words, place in the building and reply)
SELECT secret FROM case_file WHERE area = $1 AND id = $2;

-- name: case_id_by_number   (index case_number)
SELECT id FROM case_file WHERE area = $1 AND day = $2 AND no = $3;

-- name: case_id_by_hotline   (index case_hotline)
SELECT id FROM case_file WHERE area = $1 AND hotline_no = $2 AND hotline_no <> '' ORDER BY id DESC LIMIT 1;

-- name: case_reporter
SELECT reporter, keep_secret FROM case_file WHERE area = $1 AND id = $2;

-- name: case_ids_after   (replay walks all cases in pages)
SELECT id FROM case_file WHERE area = $1 AND id > $2 ORDER BY id LIMIT 500;

-- name: case_count_all
-- scan-ok: a command-line report
SELECT COUNT(*) FROM case_file;

-- name: counter_next   (numbers without gaps: taken last in the batch)
INSERT INTO counter (area, name, day, n) VALUES ($1, $2, $3, 1)
ON CONFLICT (area, name, day) DO UPDATE SET n = counter.n + 1 RETURNING n;

-- name: token_add
INSERT INTO token (area, token, case_id) VALUES ($1, $2, $3) ON CONFLICT (area, token, case_id) DO NOTHING;

-- name: case_key
SELECT wrapped_key FROM case_file WHERE area = $1 AND id = $2;
