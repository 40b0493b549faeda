/* ledger replay: every stream is read from its first event, its chain checked, its rows folded anew and compared. */
#include "command.h"
#include "effects_save.h"
#include "event_append.h"
#include "figures_fold.h"
#include "file_store.h"
#include "json.h"
#include "registry_store.h"
#include "replay_fold.h"
#include "replay_tokens.h"
#include "replay_visits.h"
#include "rows_case.h"
#include "scheme_store.h"
#include "search_rebuild.h"
#include "survey_store.h"
#include "visit_store.h"

struct replay {
    struct db *db;
    struct keyring *keys;
    struct arena *arena; /* reset for each stream */
    struct replay_report *out;
    struct arena *lasting;
    /* Of the area being read. */
    int64_t files;   /* of cases, that events name */
    int64_t visit_files; /* the same of visits */
    int64_t told;    /* notices of cases that events caused */
    bool knows_told; /* false: older events do not say whom they told */
    struct routine_fold routines;
    struct token_fold tokens;
};

static void
differ(struct replay *p, int64_t stream, const char *what)
{
    if (p->out->differences++ == 0)
        p->out->first = str_of(arena_printf(p->lasting, "stream %lld: %s", (long long)stream, what));
}

enum { SCHEMES_MAX = 256 };
static void compare_told(struct replay *p, int64_t area, int64_t stream, const struct told *list, size_t n, struct err *err);

struct visit_file {
    struct attachment named;
    int64_t seq;
};

/* A stream as its chain says it is. */
struct chain {
    int64_t area, stream, version;
    const uint8_t *key;         /* NULL: shredded, bodies stay closed and their commitments are taken as stored */
    uint8_t last[HASH_BYTES];   /* hash of the last event */
    struct str first, body;     /* plain bodies of the first and the last event, without their salt */
    instant first_at, at;       /* and their times */
    struct folded *f;           /* a case: fold its events */
    bool is_visit, is_routine;  /* of visits and of what comes back */
    struct str visit;           /* as its last event says it is */
    struct duty *duties;        /* of the visit */
    size_t n_duties;
    struct visit_file *shots;   /* that its events name */
    size_t n_shots;
    bool is_complaint;          /* and what its events say: */
    struct str answer;          /* body of the one that answered */
    instant answered_at;
    struct duty duty;           /* as the last one that speaks of it left it */
    bool says_duty;
    struct told told[4];
    size_t n_told;
    struct str published[SCHEMES_MAX]; /* the registry: bodies of the events that published a scheme */
    size_t n_published;
};

static bool
open_body(struct replay *p, const struct chain *c, const struct rows *r, struct str *body, uint8_t commit[HASH_BYTES])
{
    struct buf plain = {0};
    bool ok = unseal(c->key, c->area, "event.body", c->stream, rows_int(r, 0), rows_text(r, 7), &plain) && plain.n >= SALT_BYTES;
    if (ok) {
        *body = str_dup(p->arena, buf_view(&plain));
        event_commit((const uint8_t *)body->p, str_slice(*body, SALT_BYTES, body->n), commit);
    } else
        differ(p, c->stream, "an event does not open");
    buf_release(&plain);
    return ok;
}

static void
fold_complaint(struct replay *p, struct chain *c, struct str type)
{
    json_t *o = json_parse(p->arena, c->body, NULL);
    const json_t *d = json_object_get(o, "d");
    if (str_is(type, "complaint_answered")) {
        c->answer = c->body;
        c->answered_at = c->at;
    }
    c->says_duty |= duty_of_json(json_array_get(d, 0), d ? &c->duty : &(struct duty){0});
    c->n_told += told_of_json(o, c->told + c->n_told, sizeof c->told / sizeof *c->told - c->n_told);
}

enum { VISIT_DUTIES_MAX = 200 };

/* A visit's event: the visit as it is then, its own duties, the routine duties that it settled. */
static void
fold_visit(struct replay *p, struct chain *c, struct err *err)
{
    struct told told[EFFECTS_NOTICES_MAX];
    json_t *o = json_parse(p->arena, c->body, err);
    const json_t *d = json_object_get(o, "d");
    size_t n = told_of_json(o, told, EFFECTS_NOTICES_MAX);
    char *text = json_dumps(json_object_get(o, "visit"), JSON_COMPACT);
    c->visit = text ? str_dup(p->arena, str_of(text)) : STR("");
    free(text);
    if (!c->duties)
        c->duties = arena_array(p->arena, struct duty, VISIT_DUTIES_MAX);
    for (size_t i = 0; i < json_array_size(d); i++) {
        struct duty u;
        size_t at = 0;
        if (!duty_of_json(json_array_get(d, i), &u))
            continue;
        while (at < c->n_duties && c->duties[at].id != u.id)
            at++;
        if (at < VISIT_DUTIES_MAX)
            c->duties[at] = u;
        c->n_duties += at == c->n_duties && at < VISIT_DUTIES_MAX;
    }
    struct attachment *named;
    size_t n_named = attachments_of_json(p->arena, o, &named);
    if (!c->shots)
        c->shots = arena_array(p->arena, struct visit_file, VISIT_SHOTS_MAX);
    for (size_t i = 0; i < n_named && c->n_shots < VISIT_SHOTS_MAX; i++)
        c->shots[c->n_shots++] = (struct visit_file){named[i], c->version};
    routine_fold_credits(&p->routines, o);
    compare_told(p, c->area, c->stream, told, n, err);
}

static void
fold_routine(struct replay *p, struct chain *c, struct err *err)
{
    struct told told[EFFECTS_NOTICES_MAX];
    json_t *o = json_parse(p->arena, c->body, err);
    size_t n = told_of_json(o, told, EFFECTS_NOTICES_MAX);
    routine_fold_event(p->lasting, &p->routines, o);
    compare_told(p, c->area, c->stream, told, n, err);
}

/* One event: commitment, chain and mac; then its body into the fold. False ends the stream. */
static bool
check_event(struct replay *p, struct chain *c, const struct rows *r, struct err *err)
{
    struct str body = {"", 0}, stored = rows_text(r, 8);
    uint8_t commit[HASH_BYTES] = {0}, hash[HASH_BYTES], mac[HASH_BYTES];
    if (!c->key && stored.n == HASH_BYTES)
        memcpy(commit, stored.p, HASH_BYTES);
    if (c->key && !open_body(p, c, r, &body, commit))
        return false;
    struct event_head head = {.area = c->area, .stream = c->stream, .seq = (uint32_t)rows_int(r, 0), .at_ms = rows_int(r, 1),
                              .type = rows_text(r, 3), .actor = rows_int(r, 4)};
    event_head_hash(&head, commit, c->last, hash);
    event_mac(keyring_key(p->keys, c->area, "history"), hash,
              (struct event_clear){rows_int(r, 2), rows_int(r, 5), rows_int(r, 6)}, mac);
    if (!str_eq(str_bytes(commit, HASH_BYTES), rows_text(r, 8)) || !str_eq(str_bytes(hash, HASH_BYTES), rows_text(r, 9)) ||
        !str_eq(str_bytes(mac, HASH_BYTES), rows_text(r, 10))) {
        differ(p, c->stream, "an event was changed");
        return false;
    }
    memcpy(c->last, hash, HASH_BYTES);
    p->out->events++;
    c->body = str_slice(body, SALT_BYTES, body.n);
    c->at = head.at_ms;
    if (c->stream == REGISTRY_STREAM && str_is(head.type, "scheme_published") && c->n_published < SCHEMES_MAX)
        c->published[c->n_published++] = c->body;
    if (c->version == 1) {
        c->first = c->body;
        c->first_at = c->at;
    }
    struct event_body b;
    if (c->f && c->key && event_body_read(p->arena, body, &b, err)) {
        fold(p->arena, c->f, &b, head.seq, head.type);
        token_fold_event(&p->tokens, &b);
    }
    if (c->is_complaint && c->key)
        fold_complaint(p, c, head.type);
    if (c->is_visit)
        fold_visit(p, c, err);
    if (c->is_routine)
        fold_routine(p, c, err);
    return true;
}

static bool
check_chain(struct replay *p, struct chain *c, struct err *err)
{
    int64_t area = c->area, stream = c->stream;
    struct rows r;
    if (!db_query(p->db, SQL_EVENTS_OF_STREAM, &r, err, V_INT(area), V_INT(stream), V_INT(0)))
        return false;
    bool ok = true;
    while (ok && rows_next(&r, err)) {
        if (rows_int(&r, 0) != ++c->version) {
            differ(p, stream, "a number is missing");
            ok = false;
        } else
            ok = check_event(p, c, &r, err);
    }
    rows_end(&r);
    return ok && !r.has_failed;
}

/* The row remembers how far its stream has come. */
static void
check_head(struct replay *p, const struct chain *c, int64_t version, const uint8_t *head)
{
    if (c->version != version || memcmp(c->last, head, HASH_BYTES) != 0)
        differ(p, c->stream, "the head of the chain");
}

/* The files of a case are those its events named, each as it was then, under a key that its own opens. */
static void
compare_file(struct replay *p, const struct rows *r, const struct loaded_case *row, const struct folded *f)
{
    const struct folded_file *said = NULL;
    uint8_t digest[HASH_BYTES], key[KEY_BYTES];
    int64_t id = rows_int(r, 0), stream = row->c.id;
    for (size_t i = 0; i < f->n_files && !said; i++)
        if (f->files[i].named.id == id)
            said = &f->files[i];
    if (!said) {
        differ(p, stream, "a file that no event names");
        return;
    }
    file_facts_digest(r, digest);
    if (rows_int(r, 14) != said->seq || (rows_int(r, 15) != 0) != said->named.is_after ||
        !str_eq(rows_text(r, 1), str_bytes(said->named.sha256, HASH_BYTES)) ||
        (said->has_digest && memcmp(digest, said->named.digest, HASH_BYTES) != 0))
        differ(p, stream, "a file");
    if (f->knows_public && (rows_int(r, 16) != 0) != said->is_public)
        differ(p, stream, "what of a file is public");
    if (rows_int(r, 17) && !file_key_unwrap(row->key, row->c.area, id, stream, rows_text(r, 18), key))
        differ(p, stream, "the key of a file");
    explicit_bzero(key, sizeof key);
}

static void
compare_files(struct replay *p, const struct loaded_case *row, const struct folded *f, struct err *err)
{
    struct rows r;
    size_t n = 0;
    p->files += (int64_t)f->n_files;
    if (!f->n_files) /* one that no event names is found by their number in the area */
        return;
    if (!db_query(p->db, SQL_FILES_REPLAY, &r, err, V_INT(row->c.area), V_INT(row->c.id)))
        return;
    for (; rows_next(&r, err); n++)
        compare_file(p, &r, row, f);
    rows_end(&r);
    if (n != f->n_files && err->kind == ERR_NONE)
        differ(p, row->c.id, "the number of files");
}

static void
compare_told(struct replay *p, int64_t area, int64_t stream, const struct told *list, size_t n, struct err *err)
{
    for (size_t i = 0; i < n && err->kind == ERR_NONE; i++) {
        struct rows r;
        uint8_t digest[HASH_BYTES];
        if (!db_query(p->db, list[i].is_outbox ? SQL_OUTBOX_FACTS : SQL_NOTICE_FACTS, &r, err, V_INT(area), V_INT(list[i].id)))
            return;
        bool is_there = rows_next(&r, err);
        if (is_there) {
            struct notice_facts facts = {.area = area, .id = list[i].id, .case_id = rows_int(&r, 0), .at = rows_int(&r, 1),
                                         .to = {.org = (int32_t)rows_int(&r, 2), .role = (int)rows_int(&r, 3),
                                                .place = (int32_t)rows_int(&r, 4), .person = rows_int(&r, 5)},
                                         .kind = rows_text(&r, 6), .text = rows_text(&r, 7), .is_urgent = rows_int(&r, 8) != 0};
            notice_digest(&facts, digest);
        }
        rows_end(&r);
        if (!is_there || memcmp(digest, list[i].digest, TOLD_BYTES) != 0)
            differ(p, stream, is_there ? "a notice" : "a notice is gone");
    }
}

static void
compare_duties(struct replay *p, int64_t area, int64_t stream, const struct folded *f, struct err *err)
{
    size_t n;
    struct duty *stored = duties_all(p->db, p->arena, area, stream, &n, err);
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

static void
compare(struct replay *p, const struct loaded_case *row, const struct folded *f, struct err *err)
{
    struct case_file is = row->c, was = f->c;
    int64_t stream = row->c.id;
    for (int i = 0; i < CASE_N_NUMBERS; i++)
        if (*case_number(&is, i) != *case_number(&was, i))
            differ(p, stream, arena_printf(p->arena, "column %s", case_number_name(i)));
    for (int i = 0; i < CASE_N_TEXTS; i++)
        if (!str_eq(*case_text(&is, i), *case_text(&was, i)))
            differ(p, stream, arena_printf(p->arena, "column %s", case_text_name(i)));
    if (!str_eq(row->words, f->words) || !str_eq(row->spot, f->spot) || !str_eq(row->reply, f->reply))
        differ(p, stream, "the words");
    compare_files(p, row, f, err);
    compare_told(p, row->c.area, stream, f->told, f->n_told, err);
    p->told += (int64_t)f->n_told;
    p->knows_told &= f->knows_told;
    compare_duties(p, row->c.area, stream, f, err);
}

static bool
replay_case(struct replay *p, int64_t area, int64_t id, bool is_shredded, struct err *err)
{
    struct loaded_case row;
    if (!case_load(p->db, p->keys, p->arena, area, id, &row, err))
        return false;
    p->out->streams++;
    struct folded f = {.words = STR(""), .spot = STR(""), .reply = STR(""), .knows_public = true, .knows_told = true};
    for (int i = 0; i < CASE_N_TEXTS; i++)
        *case_text(&f.c, i) = STR("");
    struct chain c = {.area = area, .stream = id, .key = is_shredded ? NULL : row.key, .f = &f};
    if (row.is_shredded && !is_shredded)
        differ(p, id, "its key does not open");
    else if (is_shredded) { /* 已依法删除: the chain holds without the words */
        p->out->shredded++;
        p->knows_told = false;
        token_fold_unread(&p->tokens, id);
        p->files += db_int(p->db, SQL_FILES_COUNT, DB_ARGS(V_INT(area), V_INT(id)), 0, err);
        if (check_chain(p, &c, err))
            check_head(p, &c, row.c.version, row.c.head);
    } else if (!case_load_words(p->db, p->arena, &row, err)) {
        *err = (struct err){0};
        differ(p, id, "its words do not open");
    } else if (check_chain(p, &c, err)) {
        check_head(p, &c, row.c.version, row.c.head);
        compare(p, &row, &f, err);
        token_fold_case(&p->tokens, id);
    }
    return err->kind == ERR_NONE;
}

/* The row of a contact or a complaint: what stands beside its chain. */
struct person_row {
    int64_t version;
    uint8_t head[HASH_BYTES];
    struct str wrapped, sealed, index;             /* index: of a contact's phone */
    struct str kind, finding;                      /* of a complaint, and all below */
    int64_t org, place, opened_at, answered_at;
};

static void
read_person_row(struct replay *p, const struct rows *r, bool is_complaint, struct person_row *out)
{
    struct arena *a = p->arena;
    *out = (struct person_row){.version = rows_int(r, 0), .wrapped = str_dup(a, rows_text(r, 2)), .sealed = str_dup(a, rows_text(r, 3))};
    if (rows_text(r, 1).n == HASH_BYTES)
        memcpy(out->head, rows_text(r, 1).p, HASH_BYTES);
    if (!is_complaint) {
        out->index = str_dup(a, rows_text(r, 4));
        return;
    }
    out->kind = str_dup(a, rows_text(r, 4));
    out->org = rows_int(r, 5);
    out->place = rows_int(r, 6);
    out->opened_at = rows_int(r, 7);
    out->answered_at = rows_int(r, 8);
    out->finding = str_dup(a, rows_text(r, 9));
}

static bool
open_sealed(struct replay *p, const struct chain *c, const char *column, struct str sealed, struct str *plain)
{
    struct buf b = {0};
    bool ok = unseal(c->key, c->area, column, c->stream, 0, sealed, &b);
    *plain = str_dup(p->arena, buf_view(&b));
    buf_release(&b);
    return ok;
}

/* A contact is what its event says, and is found under that phone. */
static void
compare_contact(struct replay *p, const struct chain *c, const struct person_row *row, struct err *err)
{
    (void)err;
    struct str plain, name, phone, rest;
    char normal[PHONE_BYTES];
    uint8_t index[BLIND_BYTES] = {0};
    if (!open_sealed(p, c, "person_file.contact", row->sealed, &plain) || !str_eq(plain, c->body) ||
        !secret_read(p->arena, plain, &name, &phone, &rest)) {
        differ(p, c->stream, "a contact");
        return;
    }
    if (phone_normalise(phone, normal))
        blind_index(keyring_key(p->keys, c->area, "contact-index"), "phone", str_of(normal), index);
    if (!str_eq(str_bytes(index, sizeof index), row->index))
        differ(p, c->stream, "the index of a phone");
}

/* A complaint: its first event says what it is about, another what was found, each what becomes of its duty. */
static void
compare_complaint(struct replay *p, const struct chain *c, const struct person_row *row, struct err *err)
{
    struct str plain, words, phone, said_words = {0}, said_phone = {0}, finding = STR(""), rest;
    json_t *o = json_parse(p->arena, c->first, NULL);
    const char *kind = json_string_value(json_object_get(o, "kind"));
    if (!open_sealed(p, c, "complaint.secret", row->sealed, &plain) || !secret_read(p->arena, plain, &words, &phone, &rest) ||
        !secret_read(p->arena, c->first, &said_words, &said_phone, &rest) || !str_eq(words, said_words) ||
        !str_eq(phone, said_phone))
        differ(p, c->stream, "the words of a complaint");
    if (!str_is(row->kind, kind ? kind : "") || row->org != json_integer_value(json_object_get(o, "org")) ||
        row->place != json_integer_value(json_object_get(o, "place")) || row->opened_at != c->first_at)
        differ(p, c->stream, "what a complaint is about");
    if (c->answer.n && !secret_read(p->arena, c->answer, &words, &finding, &rest))
        finding = STR("");
    if (!str_eq(row->finding, finding) || row->answered_at != c->answered_at)
        differ(p, c->stream, "the finding of a complaint");
    compare_told(p, c->area, c->stream, c->told, c->n_told, err);
    size_t n;
    const struct duty *stored = duties_all(p->db, p->arena, c->area, c->stream, &n, err);
    if (err->kind == ERR_NONE && (n != 1 || (c->says_duty && !duty_same(stored, &c->duty))))
        differ(p, c->stream, "the duty of a complaint");
}

/* A contact or a complaint: a chain under a key of its own, and a row that says what the chain says. */
static bool
replay_person(struct replay *p, enum sql_id find, int64_t area, int64_t id, bool *is_there, struct err *err)
{
    struct rows r;
    struct person_row row;
    uint8_t key[KEY_BYTES];
    bool is_complaint = find == SQL_COMPLAINT_BY_ID;
    if (!db_query(p->db, find, &r, err, V_INT(area), V_INT(id)))
        return false;
    if (!(*is_there = rows_next(&r, err)))
        return !r.has_failed;
    read_person_row(p, &r, is_complaint, &row);
    rows_end(&r);
    bool is_shredded = row.wrapped.n == 0;
    bool opens = !is_shredded && keyring_unwrap(p->keys, area, id, row.wrapped, key);
    p->out->streams++;
    p->out->shredded += is_shredded;
    struct chain c = {.area = area, .stream = id, .key = opens ? key : NULL, .is_complaint = is_complaint};
    if (!opens && !is_shredded)
        differ(p, id, "its key does not open");
    else if (check_chain(p, &c, err)) {
        check_head(p, &c, row.version, row.head);
        if (opens)
            (is_complaint ? compare_complaint : compare_contact)(p, &c, &row, err);
    }
    explicit_bzero(key, sizeof key);
    return err->kind == ERR_NONE;
}

/* Posts to be filled and certificates to be renewed: a stream without a row, the subject of its own duties. */
static bool
replay_posts(struct replay *p, int64_t area, struct err *err)
{
    struct folded f = {.words = STR(""), .spot = STR(""), .reply = STR(""), .knows_public = true, .knows_told = true};
    struct chain c = {.area = area, .stream = POSTS_STREAM, .key = keyring_key(p->keys, area, "registry"), .f = &f};
    p->out->streams++;
    if (check_chain(p, &c, err)) {
        compare_told(p, area, POSTS_STREAM, f.told, f.n_told, err);
        compare_duties(p, area, POST_SUBJECT, &f, err);
    }
    return err->kind == ERR_NONE;
}

/* A published version of the scheme is what its event says. */
static void
compare_scheme(struct replay *p, const struct chain *c, struct str body, struct err *err)
{
    uint8_t digest[HASH_BYTES];
    struct buf is = {0};
    json_t *o = json_parse(p->arena, body, err);
    const char *said = json_string_value(json_object_get(o, "tables"));
    if (!o || !scheme_version_digest(p->db, c->area, json_integer_value(json_object_get(o, "version")), digest, err))
        return;
    buf_hex(&is, digest, sizeof digest);
    if (!str_is(buf_view(&is), said ? said : ""))
        differ(p, REGISTRY_STREAM, "a published scheme");
    buf_release(&is);
}

/* Organisations, places, people and posts: the last event says what the rows are. */
static bool
replay_registry(struct replay *p, int64_t area, struct err *err)
{
    uint8_t digest[HASH_BYTES];
    struct chain c = {.area = area, .stream = REGISTRY_STREAM, .key = keyring_key(p->keys, area, "registry")};
    p->out->streams++;
    if (!check_chain(p, &c, err) || !registry_digest(p->db, area, digest, err))
        return err->kind == ERR_NONE;
    json_t *o = json_parse(p->arena, c.body, err);
    const char *said = json_string_value(json_object_get(o, "digest"));
    struct buf is = {0};
    buf_hex(&is, digest, sizeof digest);
    if (o && !str_is(buf_view(&is), said ? said : ""))
        differ(p, REGISTRY_STREAM, "the registry");
    buf_release(&is);
    for (size_t i = 0; i < c.n_published && err->kind == ERR_NONE; i++)
        compare_scheme(p, &c, c.published[i], err);
    return err->kind == ERR_NONE;
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

/* The files of a visit are those its events named, each as it was then, under a key that the area's opens. */
static void
compare_shot(struct replay *p, const struct chain *c, const struct rows *r)
{
    const struct visit_file *said = NULL;
    const uint8_t *by = keyring_key(p->keys, c->area, "file");
    uint8_t digest[HASH_BYTES], key[KEY_BYTES] = {0};
    for (size_t i = 0; i < c->n_shots && !said; i++)
        if (c->shots[i].named.id == rows_int(r, 0))
            said = &c->shots[i];
    file_facts_digest(r, digest);
    if (!said)
        differ(p, c->stream, "a file that no event of the visit names");
    else if (rows_int(r, 14) != said->seq || (rows_int(r, 15) != 0) != said->named.is_after || rows_int(r, 16) ||
             memcmp(digest, said->named.digest, HASH_BYTES) != 0)
        differ(p, c->stream, "a file of a visit");
    if (!by || (rows_int(r, 17) && !file_key_unwrap(by, c->area, rows_int(r, 0), 0, rows_text(r, 18), key)))
        differ(p, c->stream, "the key of a file of a visit");
    explicit_bzero(key, sizeof key);
}

static bool
compare_shots(struct replay *p, const struct chain *c, struct err *err)
{
    struct rows r;
    size_t n = 0;
    p->visit_files += (int64_t)c->n_shots;
    if (!db_query(p->db, SQL_VISIT_FILES_REPLAY, &r, err, V_INT(c->area), V_INT(c->stream)))
        return false;
    for (; rows_next(&r, err); n++)
        compare_shot(p, c, &r);
    rows_end(&r);
    if (n != c->n_shots)
        differ(p, c->stream, "the number of files of a visit");
    return err->kind == ERR_NONE;
}

/* A visit's row holds what its last event says, in JSON of the same writer; both are read and written again to compare. */
static bool
compare_visit(struct replay *p, const struct chain *c, const struct rows *row, struct err *err)
{
    struct buf plain = {0}, is = {0}, said = {0};
    struct field_visit a = {0}, b = {0};
    size_t n;
    bool opens = unseal(c->key, c->area, "visit.doc", c->stream, c->version, rows_text(row, 3), &plain);
    if (!opens || !visit_read(p->arena, buf_view(&plain), &a, err) || !visit_read(p->arena, c->visit, &b, err)) {
        *err = (struct err){0};
        differ(p, c->stream, "a visit does not open");
    } else {
        visit_write(&is, &a);
        visit_write(&said, &b);
        if (!str_eq(buf_view(&is), buf_view(&said)))
            differ(p, c->stream, "a visit");
    }
    buf_release(&plain);
    buf_release(&is);
    buf_release(&said);
    const struct duty *stored = duties_all(p->db, p->arena, c->area, c->stream, &n, err);
    if (n != c->n_duties)
        differ(p, c->stream, "the number of duties of a visit");
    for (size_t i = 0; i < n && i < c->n_duties; i++)
        if (!duty_same(&stored[i], &c->duties[i]))
            differ(p, c->stream, "a duty of a visit");
    struct rows r;
    if (!db_query(p->db, SQL_VISIT_ROWS_COUNT, &r, err, V_INT(c->area), V_INT(c->stream)))
        return false;
    int64_t skipped = 0;
    for (size_t i = 0; i < a.n_stops; i++)
        skipped += !a.stops[i].at;
    if (rows_next(&r, err) && (rows_int(&r, 0) != (int64_t)a.n_places || rows_int(&r, 2) != (int64_t)a.n_cases ||
                               rows_int(&r, 3) != (int64_t)a.n_stops || rows_int(&r, 4) != skipped))
        differ(p, c->stream, "the rows of a visit");
    rows_end(&r);
    return compare_shots(p, c, err);
}

static bool
replay_visit(struct replay *p, int64_t area, int64_t id, bool *is_there, struct err *err)
{
    struct rows r;
    struct chain c = {.area = area, .stream = id, .key = keyring_key(p->keys, area, "registry"), .is_visit = true};
    uint8_t head[HASH_BYTES] = {0};
    if (!db_query(p->db, SQL_VISIT_BY_ID, &r, err, V_INT(area), V_INT(id)))
        return false;
    if (!(*is_there = rows_next(&r, err)))
        return !r.has_failed;
    int64_t version = rows_int(&r, 1);
    if (rows_text(&r, 2).n == HASH_BYTES)
        memcpy(head, rows_text(&r, 2).p, HASH_BYTES);
    p->out->streams++;
    if (check_chain(p, &c, err)) {
        check_head(p, &c, version, head);
        compare_visit(p, &c, &r, err);
    }
    rows_end(&r);
    return err->kind == ERR_NONE;
}

/* An entry of the register is what its last event says, and its row repeats of it what lists ask for. */
static void
compare_survey(struct replay *p, const struct chain *c, const struct rows *row, struct err *err)
{
    struct buf plain = {0};
    struct survey_entry is = {0};
    json_t *said = json_parse(p->arena, c->body, NULL);
    json_t *kept = NULL;
    if (unseal(c->key, c->area, "survey.doc", c->stream, c->version, rows_text(row, 10), &plain)) {
        struct str doc = str_dup(p->arena, buf_view(&plain));
        kept = survey_read(p->arena, doc, &is, err) ? json_parse(p->arena, doc, err) : NULL;
    }
    *err = (struct err){0};
    if (!kept || !json_equal(kept, json_object_get(said, "entry")))
        differ(p, c->stream, "an entry of the register");
    else if (!str_eq(is.kind, rows_text(row, 4)) || is.place != rows_int(row, 5) || is.state != rows_int(row, 6) ||
             is.first_seen != rows_int(row, 7) || is.last_checked != rows_int(row, 8) || is.visit != rows_int(row, 9))
        differ(p, c->stream, "the row of an entry of the register");
    buf_release(&plain);
}

static bool
replay_survey(struct replay *p, int64_t area, int64_t id, bool *is_there, struct err *err)
{
    struct rows r;
    uint8_t key[KEY_BYTES], head[HASH_BYTES] = {0};
    if (!db_query(p->db, SQL_SURVEY_BY_ID, &r, err, V_INT(area), V_INT(id)))
        return false;
    if (!(*is_there = rows_next(&r, err)))
        return !r.has_failed;
    int64_t version = rows_int(&r, 1);
    bool is_shredded = rows_text(&r, 3).n == 0, opens = !is_shredded && keyring_unwrap(p->keys, area, id, rows_text(&r, 3), key);
    if (rows_text(&r, 2).n == HASH_BYTES)
        memcpy(head, rows_text(&r, 2).p, HASH_BYTES);
    struct chain c = {.area = area, .stream = id, .key = opens ? key : NULL};
    p->out->streams++;
    p->out->shredded += is_shredded;
    if (!opens && !is_shredded)
        differ(p, id, "its key does not open");
    else if (check_chain(p, &c, err)) {
        check_head(p, &c, version, head);
        if (opens)
            compare_survey(p, &c, &r, err);
    }
    rows_end(&r);
    explicit_bzero(key, sizeof key);
    return err->kind == ERR_NONE;
}

static bool
replay_routines(struct replay *p, int64_t area, struct err *err)
{
    struct chain c = {.area = area, .stream = ROUTINE_STREAM, .key = keyring_key(p->keys, area, "registry"), .is_routine = true};
    p->out->streams++;
    check_chain(p, &c, err);
    return err->kind == ERR_NONE;
}

static bool
replay_stream(struct replay *p, int64_t area, int64_t id, struct err *err)
{
    struct rows r;
    if (id == REGISTRY_STREAM)
        return replay_registry(p, area, err);
    if (id == ROUTINE_STREAM)
        return replay_routines(p, area, err);
    if (id == POSTS_STREAM)
        return replay_posts(p, area, err);
    if (!db_query(p->db, SQL_CASE_KEY, &r, err, V_INT(area), V_INT(id)))
        return false;
    bool is_there = rows_next(&r, err), is_shredded = is_there && rows_text(&r, 0).n == 0;
    rows_end(&r);
    if (is_there)
        return replay_case(p, area, id, is_shredded, err);
    if (!replay_person(p, SQL_PERSON_FILE_BY_ID, area, id, &is_there, err))
        return false;
    if (!is_there && !replay_person(p, SQL_COMPLAINT_BY_ID, area, id, &is_there, err))
        return false;
    if (!is_there && !replay_visit(p, area, id, &is_there, err))
        return false;
    if (!is_there && !replay_survey(p, area, id, &is_there, err))
        return false;
    if (!is_there)
        differ(p, id, "its row is gone");
    return true;
}

static void
routine_differs(void *ctx, int64_t duty)
{
    differ(ctx, duty, "a duty of a routine");
}

static void
index_differs(void *ctx, const char *what)
{
    differ(ctx, 0, what);
}

/* What walking the streams cannot see: rows without events, duties of nothing, a gap in the numbers of a day. */
static bool
check_rest(struct replay *p, int64_t area, struct err *err)
{
    static const struct {
        enum sql_id id;
        const char *what;
    } checks[] = {{SQL_ROWS_OF_NOTHING, "a row without its events"},
                  {SQL_DUTIES_OF_NOTHING, "a duty of nothing"},
                  {SQL_POST_DUTIES_OF_NOTHING, "a duty of a post without its events"},
                  {SQL_FILES_OF_NOTHING, "a file of nothing"},
                  {SQL_CASE_NUMBERS_WRONG, "the cases of a day are not as many as its numbers"}};
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        struct rows r;
        if (!db_query(p->db, checks[i].id, &r, err, V_INT(area)))
            return false;
        while (rows_next(&r, err))
            differ(p, rows_int(&r, 0), checks[i].what);
        if (r.has_failed)
            return false;
    }
    int64_t told = p->knows_told ? db_int(p->db, SQL_TOLD_COUNT, DB_ARGS(V_INT(area)), 0, err) : p->told;
    if (db_int(p->db, SQL_FILES_COUNT, DB_ARGS(V_INT(area), V_INT(0)), 0, err) != p->files)
        differ(p, 0, "a file that no event names");
    if (db_int(p->db, SQL_VISIT_FILES_COUNT, DB_ARGS(V_INT(area)), 0, err) != p->visit_files)
        differ(p, 0, "a file of a visit that no event names");
    if (told != p->told)
        differ(p, 0, "a notice that no event caused");
    struct str folded = figures_check(p->db, p->arena, area, err);
    if (folded.n)
        differ(p, 0, folded.p);
    return err->kind == ERR_NONE && routine_fold_compare(p->db, area, &p->routines, routine_differs, p, err) &&
           token_fold_compare(p->db, area, &p->tokens, index_differs, p, err);
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
    bool knows_tokens = search_index_is_whole(db, err), ok = err->kind == ERR_NONE;
    for (size_t i = 0; ok && i < n_areas; i++) {
        int64_t ids[500], after = INT64_MIN;
        p.files = p.visit_files = p.told = 0;
        p.routines = (struct routine_fold){0};
        p.tokens = (struct token_fold){.key = knows_tokens ? keyring_key(k, areas[i], "search") : NULL};
        p.knows_told = true;
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
        ok = ok && check_rest(&p, areas[i], err);
    }
    arena_free(p.arena);
    return ok;
}
