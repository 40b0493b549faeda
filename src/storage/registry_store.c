#include "registry_store.h"

#include "effects_save.h"
#include "json.h"
#include "roster.h"

/* Reads all rows of one table into a growing arena array. */
#define LOAD(type, sql, first_index, ...)                                                                              \
    do {                                                                                                               \
        struct rows r;                                                                                                 \
        size_t cap = 256;                                                                                              \
        list = arena_array(a, type, cap);                                                                              \
        n = first_index;                                                                                               \
        if (!db_query(db, sql, &r, err, V_INT(area)))                                                                  \
            return false;                                                                                              \
        while (rows_next(&r, err)) {                                                                                   \
            if (n == cap) {                                                                                            \
                type *more = arena_array(a, type, cap * 2);                                                            \
                memcpy(more, list, cap * sizeof *more);                                                                \
                list = more;                                                                                           \
                cap *= 2;                                                                                              \
            }                                                                                                          \
            list[n++] = (type)__VA_ARGS__;                                                                             \
        }                                                                                                              \
        if (r.has_failed)                                                                                              \
            return false;                                                                                              \
    } while (0)
#define T(i) str_dup(a, rows_text(&r, i))
#define N(i) rows_int(&r, i)

static bool
load_orgs(struct db *db, struct arena *a, int64_t area, struct registry *out, struct err *err)
{
    struct org *list;
    size_t n;
    LOAD(struct org, SQL_ORGS_ALL, 1,
         {.id = (int32_t)N(0), .parent = (int32_t)N(1), .kind = (enum org_kind)N(2), .code = T(3), .name = T(4),
          .short_name = T(5), .phone = T(6), .hours = T(7), .address = T(8), .duty = T(9), .is_sample = N(10) != 0,
          .is_closed = N(11) != 0});
    out->orgs = list;
    out->n_orgs = (int32_t)n - 1; /* the last id: orgs[0] is unused */
    return true;
}

static bool
load_places(struct db *db, struct arena *a, int64_t area, struct registry *out, struct err *err)
{
    struct place *list;
    size_t n;
    LOAD(struct place, SQL_PLACES_ALL, 1,
         {.id = (int32_t)N(0), .parent = (int32_t)N(1), .kind = (enum place_kind)N(2), .code = T(3), .name = T(4),
          .chain = T(5), .buildings = T(6), .org = (int32_t)N(7), .station = (int32_t)N(8), .firm = (int32_t)N(9),
          .households = (int)N(10), .parking_supply = (int)N(11), .parking_demand = (int)N(12),
          .charge_supply = (int)N(13), .charge_demand = (int)N(14), .lon = rows_real(&r, 15), .lat = rows_real(&r, 16),
          .is_sample = N(17) != 0, .is_closed = N(18) != 0, .rank = (int)N(19), .opened_at = N(20), .closed_at = N(21)});
    out->places = list;
    out->n_places = (int32_t)n - 1;
    return true;
}

static bool
load_people(struct db *db, struct arena *a, int64_t area, struct registry *out, struct err *err)
{
    struct person *list;
    size_t n;
    LOAD(struct person, SQL_PEOPLE_ALL, 0,
         {.id = N(0), .username = T(1), .name = T(2), .phone = T(3), .is_sample = N(4) != 0, .is_disabled = N(5) != 0});
    out->people = list;
    out->n_people = n;
    return true;
}

static bool
load_postings(struct db *db, struct arena *a, int64_t area, struct registry *out, struct err *err)
{
    struct posting *list;
    size_t n;
    LOAD(struct posting, SQL_POSTINGS_ALL, 0,
         {.id = N(0), .person = N(1), .role = (int)N(2), .org = (int32_t)N(3), .place = (int32_t)N(4), .order = (int)N(5),
          .cert_no = T(6), .matters = T(7), .note = T(8), .cert_until = (int32_t)N(9), .from = (int32_t)N(10),
          .to = (int32_t)N(11), .turn = (int)N(12), .turns = (int)N(13), .is_guided = N(14) != 0});
    out->postings = list;
    out->n_postings = n;
    return true;
}

static bool
load_leaves(struct db *db, struct arena *a, int64_t area, struct registry *out, struct err *err)
{
    struct leave *list;
    size_t n;
    LOAD(struct leave, SQL_LEAVES_ALL, 0,
         {.id = N(0), .person = N(1), .posting = N(2), .substitute = N(3), .from = (int32_t)N(4), .to = (int32_t)N(5),
          .state = (int)N(6), .asked_by = N(7), .decided_by = N(8), .seq = N(9), .rev = (int)N(10), .changed_at = N(11)});
    out->leaves = list;
    out->n_leaves = n;
    return true;
}

static bool
load_swaps(struct db *db, struct arena *a, int64_t area, struct registry *out, struct err *err)
{
    struct turn_swap *list;
    size_t n;
    LOAD(struct turn_swap, SQL_SWAPS_ALL, 0,
         {.id = N(0), .first = N(1), .second = N(2), .first_month = (int32_t)N(3), .second_month = (int32_t)N(4),
          .state = (int)N(5), .asked_by = N(6), .decided_by = N(7), .seq = N(8), .rev = (int)N(9), .changed_at = N(10)});
    out->swaps = list;
    out->n_swaps = n;
    return true;
}

static struct roster
roster_of_row(const struct rows *r, struct arena *a)
{
    struct roster out = {.station = (int32_t)rows_int(r, 0), .month = (int32_t)rows_int(r, 1), .rev = (int)rows_int(r, 2),
                         .changed_at = rows_int(r, 3)};
    if (!roster_parse(a, rows_text(r, 4), &out))
        out.n = 0; /* written by hand: replay tells */
    return out;
}

static bool
load_rosters(struct db *db, struct arena *a, int64_t area, struct registry *out, struct err *err)
{
    struct roster *list;
    size_t n;
    LOAD(struct roster, SQL_ROSTERS_ALL, 0, {0}; list[n - 1] = roster_of_row(&r, a));
    out->rosters = list;
    out->n_rosters = n;
    return true;
}

bool
registry_load(struct db *db, struct arena *a, int64_t area, struct registry *out, struct err *err)
{
    *out = (struct registry){.arena = a, .area = area};
    if (!load_orgs(db, a, area, out, err) || !load_places(db, a, area, out, err) || !load_people(db, a, area, out, err) ||
        !load_postings(db, a, area, out, err) || !load_leaves(db, a, area, out, err) || !load_swaps(db, a, area, out, err) ||
        !load_rosters(db, a, area, out, err))
        return false;
    registry_index(out);
    return true;
}

bool
registry_set_org(struct db *db, int64_t area, const struct org *o, struct err *err)
{
    return db_exec(db, SQL_ORG_SET, err, V_INT(area), V_INT(o->id), V_INT(o->parent), V_INT(o->kind), V_TEXT(o->code),
                   V_TEXT(o->name), V_TEXT(o->short_name), V_TEXT(o->phone), V_TEXT(o->hours), V_TEXT(o->address),
                   V_TEXT(o->duty), V_INT(o->is_sample), V_INT(o->is_closed));
}

bool
registry_set_place(struct db *db, int64_t area, const struct place *p, struct err *err)
{
    return db_exec(db, SQL_PLACE_SET, err, V_INT(area), V_INT(p->id), V_INT(p->parent), V_INT(p->kind), V_TEXT(p->code),
                   V_TEXT(p->name), V_TEXT(p->chain), V_TEXT(p->buildings), V_INT(p->org), V_INT(p->station),
                   V_INT(p->firm), V_INT(p->households), V_INT(p->parking_supply), V_INT(p->parking_demand),
                   V_INT(p->charge_supply), V_INT(p->charge_demand), V_REAL(p->lon), V_REAL(p->lat), V_INT(p->is_sample),
                   V_INT(p->is_closed), V_INT(p->rank), V_INT(p->opened_at), V_INT(p->closed_at));
}

bool
registry_set_person(struct db *db, int64_t area, const struct person *p, struct err *err)
{
    return db_exec(db, SQL_PERSON_SET, err, V_INT(area), V_INT(p->id), V_TEXT(p->username), V_TEXT(p->name),
                   V_TEXT(p->phone), V_INT(p->is_sample), V_INT(p->is_disabled));
}

bool
registry_set_posting(struct db *db, int64_t area, const struct posting *p, struct err *err)
{
    return db_exec(db, SQL_POSTING_SET, err, V_INT(area), V_INT(p->id), V_INT(p->person), V_INT(p->role), V_INT(p->org),
                   V_INT(p->place), V_INT(p->order), V_TEXT(p->cert_no), V_TEXT(p->matters), V_TEXT(p->note),
                   V_INT(p->cert_until), V_INT(p->from), V_INT(p->to), V_INT(p->turn), V_INT(p->turns), V_INT(p->is_guided));
}

/* The row is still the one that was looked at: -1 for one that is new. */
static bool
is_still(int64_t rev_there, int rev_new, struct err *err)
{
    return (err->kind == ERR_NONE && rev_there == rev_new - 1) ||
           (err->kind != ERR_NONE ? false : err_set(err, ERR_CONFLICT, "刚才有别人改过，请刷新后再试。"));
}

bool
registry_set_leave(struct db *db, int64_t area, const struct leave *l, struct err *err)
{
    return is_still(db_int(db, SQL_LEAVE_REV, DB_ARGS(V_INT(area), V_INT(l->id)), -1, err), l->rev, err) &&
           db_exec(db, SQL_LEAVE_SET, err, V_INT(area), V_INT(l->id), V_INT(l->person), V_INT(l->posting), V_INT(l->substitute),
                   V_INT(l->from), V_INT(l->to), V_INT(l->state), V_INT(l->asked_by), V_INT(l->decided_by), V_INT(l->seq),
                   V_INT(l->rev), V_INT(l->changed_at));
}

bool
registry_set_swap(struct db *db, int64_t area, const struct turn_swap *s, struct err *err)
{
    return is_still(db_int(db, SQL_SWAP_REV, DB_ARGS(V_INT(area), V_INT(s->id)), -1, err), s->rev, err) &&
           db_exec(db, SQL_SWAP_SET, err, V_INT(area), V_INT(s->id), V_INT(s->first), V_INT(s->second), V_INT(s->first_month),
                   V_INT(s->second_month), V_INT(s->state), V_INT(s->asked_by), V_INT(s->decided_by), V_INT(s->seq),
                   V_INT(s->rev), V_INT(s->changed_at));
}

bool
registry_set_roster(struct db *db, int64_t area, const struct roster *r, struct err *err)
{
    struct buf text = {0};
    roster_write(&text, r);
    int64_t there = db_int(db, SQL_ROSTER_REV, DB_ARGS(V_INT(area), V_INT(r->station), V_INT(r->month)), -1, err);
    bool ok = is_still(there, r->rev, err) &&
              db_exec(db, SQL_ROSTER_SET, err, V_INT(area), V_INT(r->station), V_INT(r->month), V_INT(r->rev),
                      V_INT(r->changed_at), V_TEXT(buf_view(&text)));
    buf_release(&text);
    return ok;
}

int64_t
registry_next_seq(struct db *db, int64_t area, struct err *err)
{
    return db_int(db, SQL_REGISTRY_NEXT_SEQ, DB_ARGS(V_INT(area)), 0, err);
}

struct str
registry_event_text(struct db *db, struct keyring *k, struct arena *a, int64_t area, int64_t seq, const char *name)
{
    struct err err = {0};
    struct rows r;
    struct buf plain = {0};
    if (!seq || !db_query(db, SQL_EVENT_BY_SEQ, &r, &err, V_INT(area), V_INT(REGISTRY_STREAM), V_INT(seq)))
        return STR("");
    bool ok = rows_next(&r, &err) &&
              unseal(keyring_key(k, area, "registry"), area, "event.body", REGISTRY_STREAM, seq, rows_text(&r, 7), &plain);
    rows_end(&r);
    struct str body = str_dup(a, buf_view(&plain));
    buf_release(&plain);
    if (!ok || body.n <= SALT_BYTES)
        return STR("");
    const char *text = json_string_value(json_object_get(json_parse(a, str_slice(body, SALT_BYTES, body.n), &err), name));
    return text ? str_dup(a, str_of(text)) : STR("");
}

static void
add_columns(const struct rows *r, int from, int to, struct buf *all)
{
    for (int i = from; i < to; i++) {
        struct str v = rows_text(r, i);
        buf_int(all, (int64_t)v.n);
        buf_char(all, ':');
        buf_str(all, v);
    }
}

/* Each column as its length and its text, so that no two tables read the same. Columns that came with a later version count
 * only up to the last one that a row uses: what was recorded before still holds. */
static bool
add_rows(struct db *db, enum sql_id id, int columns, int later, int64_t area, struct buf *all, struct err *err)
{
    struct rows r;
    if (!db_query(db, id, &r, err, V_INT(area)))
        return false;
    while (rows_next(&r, err)) {
        int used = columns;
        for (int i = columns; i < columns + later; i++)
            used = rows_int(&r, i) ? i + 1 : used;
        add_columns(&r, 0, used, all);
    }
    return !r.has_failed;
}

bool
registry_digest(struct db *db, int64_t area, uint8_t out[HASH_BYTES], struct err *err)
{
    struct buf all = {0};
    bool ok = add_rows(db, SQL_ORGS_ALL, 12, 0, area, &all, err) && add_rows(db, SQL_PLACES_ALL, 19, 3, area, &all, err) &&
              add_rows(db, SQL_PEOPLE_ALL, 6, 0, area, &all, err) && add_rows(db, SQL_POSTINGS_ALL, 12, 3, area, &all, err) &&
              add_rows(db, SQL_LEAVES_ALL, 12, 0, area, &all, err) && add_rows(db, SQL_SWAPS_ALL, 11, 0, area, &all, err) &&
              add_rows(db, SQL_TURN_NOTES_ALL, 4, 0, area, &all, err) && add_rows(db, SQL_ROSTERS_ALL, 5, 0, area, &all, err) &&
              add_rows(db, SQL_SIGNS_ALL, 8, 0, area, &all, err);
    sm3(buf_view(&all), out);
    buf_release(&all);
    return ok;
}

static bool
with_digest(struct db *db, int64_t area, struct str json, struct buf *plain, struct err *err)
{
    uint8_t digest[HASH_BYTES];
    if (!registry_digest(db, area, digest, err))
        return false;
    buf_str(plain, str_slice(json, 0, json.n - 1)); /* before the closing brace */
    buf_z(plain, json.n > 2 ? ",\"digest\":\"" : "\"digest\":\"");
    buf_hex(plain, digest, sizeof digest);
    buf_z(plain, "\"}");
    return true;
}

bool
registry_event(struct db *db, struct keyring *k, int64_t area, instant at, const char *type, int64_t actor, int role,
               int32_t org, struct str json, struct err *err)
{
    uint8_t prev[HASH_BYTES] = {0}, commit[HASH_BYTES], hash[HASH_BYTES], mac[HASH_BYTES];
    struct rows r;
    int64_t seq = db_int(db, SQL_REGISTRY_NEXT_SEQ, DB_ARGS(V_INT(area)), 0, err);
    if (seq <= 0 || !db_query(db, SQL_REGISTRY_HEAD, &r, err, V_INT(area)))
        return false;
    if (rows_next(&r, err))
        memcpy(prev, rows_text(&r, 0).p, sizeof prev);
    rows_end(&r);
    struct buf plain = {0}, body = {0};
    uint8_t salt[SALT_BYTES];
    crypto_random(salt, sizeof salt);
    buf_add(&plain, salt, sizeof salt);
    if (!with_digest(db, area, json, &plain, err)) {
        buf_release(&plain);
        return false;
    }
    event_commit(salt, str_slice(buf_view(&plain), SALT_BYTES, plain.n), commit);
    struct event_head head = {.area = area, .stream = REGISTRY_STREAM, .seq = (uint32_t)seq, .at_ms = at,
                              .type = str_of(type), .actor = actor};
    event_head_hash(&head, commit, prev, hash);
    event_mac(keyring_key(k, area, "history"), hash, (struct event_clear){at, role, org}, mac);
    seal(keyring_key(k, area, "registry"), area, "event.body", REGISTRY_STREAM, seq, buf_view(&plain), &body);
    bool ok = db_exec(db, SQL_EVENT_INSERT, err, V_INT(area), V_INT(REGISTRY_STREAM), V_INT(seq), V_INT(at), V_INT(at),
                      V_TEXT(str_of(type)), V_INT(actor), V_INT(role), V_INT(org), V_BLOB(buf_view(&body)),
                      V_BYTES(commit, sizeof commit), V_BYTES(hash, sizeof hash), V_BYTES(mac, sizeof mac));
    buf_release(&plain);
    buf_release(&body);
    return ok;
}
