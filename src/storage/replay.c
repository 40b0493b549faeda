/* ledger replay: every stream is read from its first event, its chain checked, its rows folded anew and compared. */
#include "command.h"
#include "effects_save.h"
#include "event_body.h"
#include "rows_case.h"

struct replay {
    struct db *db;
    struct keyring *keys;
    struct arena *arena; /* reset for each stream */
    struct replay_report *out;
    struct arena *lasting;
};

static void
differ(struct replay *p, int64_t stream, const char *what)
{
    if (p->out->differences++ == 0)
        p->out->first = str_of(arena_printf(p->lasting, "stream %lld: %s", (long long)stream, what));
}

struct folded {
    struct case_file c;
    struct duty *duties;
    size_t n_duties, cap;
    struct str words, spot, reply;
};

static void
fold_duty(struct arena *a, struct folded *f, const struct duty *u)
{
    for (size_t i = 0; i < f->n_duties; i++)
        if (f->duties[i].id == u->id) {
            f->duties[i] = *u;
            return;
        }
    if (f->n_duties == f->cap) {
        size_t cap = f->cap ? f->cap * 2 : 16;
        struct duty *more = arena_array(a, struct duty, cap);
        if (f->n_duties)
            memcpy(more, f->duties, f->n_duties * sizeof *more);
        f->duties = more;
        f->cap = cap;
    }
    f->duties[f->n_duties++] = *u;
}

static void
fold(struct arena *a, struct folded *f, const struct event_body *b)
{
    for (size_t i = 0; i < b->n_columns; i++) {
        for (int k = 0; !b->columns[i].is_text && k < CASE_N_NUMBERS; k++)
            if (str_is(b->columns[i].name, case_number_name(k)))
                *case_number(&f->c, k) = b->new_n[i];
        for (int k = 0; b->columns[i].is_text && k < CASE_N_TEXTS; k++)
            if (str_is(b->columns[i].name, case_text_name(k)))
                *case_text(&f->c, k) = b->new_t[i];
    }
    for (size_t i = 0; i < b->n_duties; i++)
        fold_duty(a, f, &b->duties[i]);
    if (b->has_words) {
        f->words = b->words;
        f->spot = b->spot;
    }
    if (b->has_reply)
        f->reply = b->reply;
}

/* One event: commitment, chain and mac; then its body into the fold. False ends the stream. */
static bool
check_event(struct replay *p, int64_t area, int64_t stream, const struct rows *r, const uint8_t key[KEY_BYTES],
            uint8_t prev[HASH_BYTES], struct folded *f, struct err *err)
{
    int64_t seq = rows_int(r, 0);
    struct buf plain = {0};
    if (!unseal(key, area, "event.body", stream, seq, rows_text(r, 7), &plain)) {
        differ(p, stream, "an event does not open");
        return false;
    }
    struct str body = str_dup(p->arena, buf_view(&plain));
    buf_release(&plain);
    uint8_t commit[HASH_BYTES], hash[HASH_BYTES], mac[HASH_BYTES];
    event_commit((const uint8_t *)body.p, str_slice(body, SALT_BYTES, body.n), commit);
    struct event_head head = {.area = area, .stream = stream, .seq = (uint32_t)seq, .at_ms = rows_int(r, 1),
                              .type = rows_text(r, 3), .actor = rows_int(r, 4)};
    event_head_hash(&head, commit, prev, hash);
    event_mac(keyring_key(p->keys, area, "history"), hash, mac);
    if (!str_eq(str_bytes(commit, HASH_BYTES), rows_text(r, 8)) || !str_eq(str_bytes(hash, HASH_BYTES), rows_text(r, 9)) ||
        !str_eq(str_bytes(mac, HASH_BYTES), rows_text(r, 10))) {
        differ(p, stream, "an event was changed");
        return false;
    }
    memcpy(prev, hash, HASH_BYTES);
    p->out->events++;
    struct event_body b;
    if (f && event_body_read(p->arena, body, &b, err))
        fold(p->arena, f, &b);
    return true;
}

static bool
check_chain(struct replay *p, int64_t area, int64_t stream, const uint8_t key[KEY_BYTES], uint8_t last[HASH_BYTES],
            int64_t *version, struct folded *f, struct err *err)
{
    struct rows r;
    if (!db_query(p->db, SQL_EVENTS_OF_STREAM, &r, err, V_INT(area), V_INT(stream), V_INT(0)))
        return false;
    bool ok = true;
    *version = 0;
    memset(last, 0, HASH_BYTES);
    while (ok && rows_next(&r, err)) {
        if (rows_int(&r, 0) != ++*version) {
            differ(p, stream, "a number is missing");
            ok = false;
        } else
            ok = check_event(p, area, stream, &r, key, last, f, err);
    }
    rows_end(&r);
    return ok;
}

static void
compare(struct replay *p, const struct loaded_case *row, const struct folded *f, struct err *err)
{
    struct case_file is = row->c, was = f->c;
    int64_t stream = row->c.id;
    was.no = is.no; /* given by the counter: checked by the unique key, and in the event's columns for all but the first */
    for (int i = 0; i < CASE_N_NUMBERS; i++)
        if (*case_number(&is, i) != *case_number(&was, i))
            differ(p, stream, arena_printf(p->arena, "column %s", case_number_name(i)));
    for (int i = 0; i < CASE_N_TEXTS; i++)
        if (!str_eq(*case_text(&is, i), *case_text(&was, i)))
            differ(p, stream, arena_printf(p->arena, "column %s", case_text_name(i)));
    if (!str_eq(row->words, f->words) || !str_eq(row->spot, f->spot) || !str_eq(row->reply, f->reply))
        differ(p, stream, "the words");
    size_t n;
    struct duty *stored = duties_all(p->db, p->arena, row->c.area, stream, &n, err);
    if (n != f->n_duties)
        differ(p, stream, "the number of duties");
    for (size_t i = 0; i < n; i++) {
        const struct duty *same = NULL;
        for (size_t k = 0; k < f->n_duties; k++)
            if (f->duties[k].id == stored[i].id)
                same = &f->duties[k];
        if (!same || !duty_same(same, &stored[i]))
            differ(p, stream, "a duty");
    }
}

static bool
replay_case(struct replay *p, int64_t area, int64_t id, struct err *err)
{
    struct loaded_case row;
    if (!case_load(p->db, p->keys, p->arena, area, id, &row, err))
        return false;
    p->out->streams++;
    if (row.is_shredded)
        return true;
    if (!case_load_words(p->db, p->arena, &row, err))
        return false;
    struct folded f = {.words = STR(""), .spot = STR(""), .reply = STR("")};
    for (int i = 0; i < CASE_N_TEXTS; i++)
        *case_text(&f.c, i) = STR("");
    uint8_t last[HASH_BYTES];
    int64_t version;
    if (!check_chain(p, area, id, row.key, last, &version, &f, err))
        return err->kind == ERR_NONE;
    if (version != row.c.version || memcmp(last, row.c.head, HASH_BYTES) != 0)
        differ(p, id, "the head of the chain");
    compare(p, &row, &f, err);
    return err->kind == ERR_NONE;
}

static bool
differ_unknown(struct replay *p, int64_t id)
{
    differ(p, id, "a stream without a row");
    return true;
}

static bool
replay_person(struct replay *p, int64_t area, int64_t id, struct err *err)
{
    struct rows r;
    enum sql_id kept[] = {SQL_PERSON_FILE_BY_ID, SQL_COMPLAINT_BY_ID}; /* both begin with version, head, wrapped_key */
    uint8_t key[KEY_BYTES], head[HASH_BYTES], last[HASH_BYTES];
    bool has = false;
    for (size_t i = 0; i < 2 && !has; i++) {
        if (!db_query(p->db, kept[i], &r, err, V_INT(area), V_INT(id)))
            return false;
        has = rows_next(&r, err);
    }
    bool opens = has && keyring_unwrap(p->keys, area, id, rows_text(&r, 2), key);
    int64_t stored = has ? rows_int(&r, 0) : 0, version;
    if (has)
        memcpy(head, rows_text(&r, 1).p, HASH_BYTES);
    rows_end(&r);
    if (!has)
        return differ_unknown(p, id);
    p->out->streams++;
    if (!opens || !check_chain(p, area, id, key, last, &version, NULL, err))
        return err->kind == ERR_NONE;
    if (version != stored || memcmp(last, head, HASH_BYTES) != 0)
        differ(p, id, "the head of a person's chain");
    return true;
}

static bool
stream_list(struct replay *p, int64_t area, int64_t after, int64_t *ids, size_t *n, struct err *err)
{
    struct rows r;
    *n = 0;
    if (!db_query(p->db, SQL_STREAMS_AFTER, &r, err, V_INT(area), V_INT(after)))
        return false;
    while (*n < 500 && rows_next(&r, err))
        ids[(*n)++] = rows_int(&r, 0);
    rows_end(&r);
    return !r.has_failed;
}

static bool
replay_stream(struct replay *p, int64_t area, int64_t id, struct err *err)
{
    struct rows r;
    if (!db_query(p->db, SQL_CASE_KEY, &r, err, V_INT(area), V_INT(id)))
        return false;
    bool is_case = rows_next(&r, err);
    rows_end(&r);
    if (is_case)
        return replay_case(p, area, id, err);
    if (id == REGISTRY_STREAM) {
        uint8_t last[HASH_BYTES];
        int64_t version;
        p->out->streams++;
        check_chain(p, area, id, keyring_key(p->keys, area, "registry"), last, &version, NULL, err);
        return err->kind == ERR_NONE;
    }
    return replay_person(p, area, id, err);
}

bool
ledger_replay(struct db *db, struct keyring *k, struct arena *a, void (*progress)(int64_t done, int64_t all),
              struct replay_report *out, struct err *err)
{
    *out = (struct replay_report){.first = STR("")};
    struct replay p = {.db = db, .keys = k, .arena = arena_new(), .lasting = a, .out = out};
    int64_t areas[64];
    size_t n_areas = 0;
    struct rows r;
    if (db_query(db, SQL_AREAS_ALL, &r, err))
        while (n_areas < 64 && rows_next(&r, err)) {
            int64_t id = rows_int(&r, 0);
            if (n_areas == 0 || areas[n_areas - 1] != id)
                areas[n_areas++] = id;
        }
    int64_t all = progress ? db_int(db, SQL_EVENT_COUNT_ALL, NULL, 0, 0, err) : 0;
    bool ok = err->kind == ERR_NONE;
    for (size_t i = 0; ok && i < n_areas; i++) {
        int64_t ids[500], after = INT64_MIN;
        for (size_t n = 1; ok && n;) {
            ok = stream_list(&p, areas[i], after, ids, &n, err);
            for (size_t s = 0; ok && s < n; s++) {
                ok = replay_stream(&p, areas[i], ids[s], err);
                arena_reset(p.arena);
                after = ids[s];
            }
            if (progress)
                progress(out->events, all);
        }
    }
    arena_free(p.arena);
    return ok;
}
