/* 待办, notices and files: what one person, or one case, needs on a page. */
#include "rows_case.h"
#include "views.h"

size_t
owners_of(const struct registry *r, int64_t person, int32_t day, struct owner *out, size_t max)
{
    const struct posting *p[ACTOR_POSTINGS_MAX];
    size_t n = registry_postings(r, person, day, p, ACTOR_POSTINGS_MAX);
    return owners_of_postings(p, n, out, max);
}

static void
add_owner(struct owner *out, size_t *n, size_t max, struct owner o)
{
    for (size_t i = 0; i < *n; i++)
        if (out[i].org == o.org && out[i].role == o.role && out[i].place == o.place && out[i].person == o.person)
            return;
    if (*n < max)
        out[(*n)++] = o;
}

/* A duty names an organisation, a post of it, a post at a place, a role anywhere, or a person: one key each. */
size_t
owners_of_postings(const struct posting *const *p, size_t n_p, struct owner *out, size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < n_p; i++) {
        const struct posting *q = p[i];
        bool works_for = q->org && q->role != ROLE_SUPERVISOR && q->role != ROLE_VOLUNTEER && q->role != ROLE_EXPERT;
        if (works_for) {
            add_owner(out, &n, max, (struct owner){.org = q->org, .role = ROLE_NONE});
            add_owner(out, &n, max, (struct owner){.org = q->org, .role = q->role});
        }
        if (q->place)
            add_owner(out, &n, max, (struct owner){.place = q->place, .role = q->role});
        add_owner(out, &n, max, (struct owner){.role = q->role});
        add_owner(out, &n, max, (struct owner){.role = ROLE_NONE, .person = q->person});
        if (q->acting_for) /* what was given to him by name is done meanwhile by who stands in */
            add_owner(out, &n, max, (struct owner){.role = ROLE_NONE, .person = q->acting_for});
    }
    return n;
}

static int
by_due(const void *a, const void *b)
{
    const struct duty_row *x = a, *y = b;
    return x->d.due < y->d.due ? -1 : x->d.due > y->d.due ? 1 : x->d.id < y->d.id ? -1 : x->d.id > y->d.id;
}

/* Both statements ask alike; only one brings the case. */
static bool
owed(struct db *db, struct arena *a, int64_t area, const struct owner *owners, size_t n_owners, bool is_of_case, int kind, instant now,
     size_t limit, struct duty_rows *out, struct err *err)
{
    struct duty_row *list = arena_array(a, struct duty_row, (limit + 1) * (n_owners ? n_owners : 1));
    size_t n = 0;
    for (size_t i = 0; i < n_owners; i++) {
        const struct owner *o = &owners[i];
        struct rows r;
        if (!db_query(db, is_of_case ? SQL_DUTIES_OPEN_OF_OWNER : SQL_DUTIES_OTHER_OF_OWNER, &r, err, V_INT(area), V_INT(o->org),
                      V_INT(o->role), V_INT(o->place), V_INT(o->person), V_INT(kind), V_INT(kind), V_INT(now), V_INT((int64_t)limit + 1)))
            return false;
        for (; rows_next(&r, err); n++) {
            list[n].c = (struct case_file){0};
            read_duty_columns(&r, 0, &list[n].d);
            if (is_of_case)
                read_case_columns(&r, DUTY_COLUMNS_N, area, a, &list[n].c);
        }
        if (r.has_failed)
            return false;
    }
    qsort(list, n, sizeof *list, by_due);
    *out = (struct duty_rows){.p = list, .n = n > limit ? limit : n, .has_more = n > limit};
    return true;
}

bool
duties_of_owners(struct db *db, struct arena *a, int64_t area, const struct owner *owners, size_t n, int kind, instant now, size_t limit,
                 struct duty_rows *out, struct err *err)
{
    return owed(db, a, area, owners, n, true, kind, now, limit, out, err);
}

bool
duties_other_of_owners(struct db *db, struct arena *a, int64_t area, const struct owner *owners, size_t n, int kind, instant now,
                       size_t limit, struct duty_rows *out, struct err *err)
{
    return owed(db, a, area, owners, n, false, kind, now, limit, out, err);
}

struct duty_rows
duty_rows_joined(struct arena *a, const struct duty_rows *x, const struct duty_rows *y, size_t limit)
{
    struct duty_row *list = arena_array(a, struct duty_row, x->n + y->n + 1);
    for (size_t i = 0; i < x->n; i++)
        list[i] = x->p[i];
    for (size_t i = 0; i < y->n; i++)
        list[x->n + i] = y->p[i];
    qsort(list, x->n + y->n, sizeof *list, by_due);
    size_t n = x->n + y->n;
    return (struct duty_rows){.p = list, .n = n > limit ? limit : n, .has_more = x->has_more || y->has_more || n > limit};
}

bool
duties_count(struct db *db, int64_t area, const struct owner *owners, size_t n, instant now, struct duty_counts *out,
             struct err *err)
{
    *out = (struct duty_counts){0};
    for (size_t i = 0; i < n; i++) {
        const struct owner *o = &owners[i];
        struct rows r;
        if (!db_query(db, SQL_DUTY_COUNTS_OF_OWNER, &r, err, V_INT(now), V_INT(now), V_INT(now + 24 * 3600 * 1000),
                      V_INT(area), V_INT(o->org), V_INT(o->role), V_INT(o->place), V_INT(o->person)))
            return false;
        while (rows_next(&r, err)) {
            int64_t kind = rows_int(&r, 0), count = rows_int(&r, 1);
            out->open += count;
            out->overdue += rows_int(&r, 2);
            out->due_soon += rows_int(&r, 3);
            if (kind >= 0 && kind < DUTY_KIND_COUNT)
                out->by_kind[kind] += count;
        }
        if (r.has_failed)
            return false;
    }
    out->chases = out->by_kind[DUTY_CHASE];
    return true;
}

static void
read_file(const struct rows *r, struct arena *a, struct file_row *f)
{
    *f = (struct file_row){.id = rows_int(r, 0), .case_id = rows_int(r, 1), .event_seq = rows_int(r, 2),
                           .bytes = rows_int(r, 3), .uploader = rows_int(r, 4), .kind = (int)rows_int(r, 5),
                           .width = (int)rows_int(r, 6), .height = (int)rows_int(r, 7), .is_after = rows_int(r, 9) != 0,
                           .is_public = rows_int(r, 10) != 0, .at = rows_int(r, 11), .has_gps = rows_int(r, 12) != 0,
                           .lat = rows_real(r, 13), .lon = rows_real(r, 14), .taken = str_dup(a, rows_text(r, 15)),
                           .device = str_dup(a, rows_text(r, 16)), .visit = rows_int(r, 17)};
    struct str hash = rows_text(r, 8);
    if (hash.n == sizeof f->sha256)
        memcpy(f->sha256, hash.p, sizeof f->sha256);
}

static bool
files_list(struct db *db, struct arena *a, enum sql_id of, int64_t area, int64_t id, struct file_rows *out, struct err *err)
{
    enum { FILES_MAX = 200 };
    struct file_row *list = arena_array(a, struct file_row, FILES_MAX);
    struct rows r;
    *out = (struct file_rows){.p = list};
    if (!db_query(db, of, &r, err, V_INT(area), V_INT(id)))
        return false;
    while (out->n < FILES_MAX && rows_next(&r, err))
        read_file(&r, a, &list[out->n++]);
    rows_end(&r);
    return !r.has_failed;
}

bool
files_of_case(struct db *db, struct arena *a, int64_t area, int64_t case_id, struct file_rows *out, struct err *err)
{
    return files_list(db, a, SQL_FILES_OF_CASE, area, case_id, out, err);
}

bool
files_of_visit(struct db *db, struct arena *a, int64_t area, int64_t visit, struct file_rows *out, struct err *err)
{
    return files_list(db, a, SQL_FILES_OF_VISIT, area, visit, out, err);
}

bool
file_find(struct db *db, struct arena *a, int64_t area, int64_t id, struct file_row *out, struct err *err)
{
    struct rows r;
    if (!db_query(db, SQL_FILE_BY_ID, &r, err, V_INT(area), V_INT(id)))
        return false;
    if (!rows_next(&r, err))
        return r.has_failed ? false : err_set(err, ERR_NOT_FOUND, "没有这个文件。");
    read_file(&r, a, out);
    rows_end(&r);
    return true;
}

static int
newest_first(const void *a, const void *b)
{
    const struct notice_row *x = a, *y = b;
    return x->id > y->id ? -1 : x->id < y->id;
}

bool
notices_for(struct db *db, struct arena *a, int64_t area, const struct owner *owners, size_t n_owners, int64_t after,
            size_t limit, struct notice_rows *out, struct err *err)
{
    struct notice_row *list = arena_array(a, struct notice_row, (limit + 1) * (n_owners ? n_owners : 1));
    size_t n = 0;
    for (size_t i = 0; i < n_owners; i++) {
        const struct owner *o = &owners[i];
        struct rows r;
        if (!db_query(db, SQL_NOTICES_OF_OWNER, &r, err, V_INT(area), V_INT(o->org), V_INT(o->role), V_INT(o->place),
                      V_INT(o->person), V_INT(after), V_INT((int64_t)limit)))
            return false;
        while (rows_next(&r, err))
            list[n++] = (struct notice_row){.id = rows_int(&r, 0), .case_id = rows_int(&r, 1),
                                            .kind = str_dup(a, rows_text(&r, 2)), .text = str_dup(a, rows_text(&r, 3)),
                                            .is_urgent = rows_int(&r, 4) != 0, .at = rows_int(&r, 5),
                                            .day = rows_int(&r, 6), .no = rows_int(&r, 7)};
        if (r.has_failed)
            return false;
    }
    qsort(list, n, sizeof *list, newest_first);
    *out = (struct notice_rows){.p = list, .n = n < limit ? n : limit};
    return true;
}
