/* Figures of the field: what was done, what came of it, who was there. */
#include "figures_field.h"

enum { PARTS_MAX = 64 };

static const char *
period_query(struct arena *a, const struct field_ask *q)
{
    struct buf b = {0};
    buf_z(&b, "from=");
    date_format(&b, q->from);
    buf_z(&b, "&to=");
    date_format(&b, q->to);
    struct str kept = str_dup(a, buf_view(&b));
    buf_release(&b);
    return arena_printf(a, "%.*s", (int)kept.n, kept.p);
}

static bool
visits(struct db *db, struct arena *a, unsigned kinds, const struct field_ask *q, struct figure_value *out, struct err *err)
{
    int n_kinds = 0, last = 0;
    for (int k = 0; k < VISIT_KIND_COUNT; k++)
        if (kinds & 1u << k) {
            out->numerator += db_int(db, SQL_FIG_VISITS, DB_ARGS(V_INT(q->area), V_INT(k), V_INT(day_start(q->from)), V_INT(day_start(q->to + 1)),
                                                                 V_INT(q->place), V_INT(q->org)), 0, err);
            n_kinds++;
            last = k;
        }
    out->denominator = out->numerator;
    out->list = str_of(n_kinds == 1 ? arena_printf(a, "/desk/visits?state=done&kind=%s&%s", visit_kind_code(last), period_query(a, q))
                                    : arena_printf(a, "/desk/operations?%s", period_query(a, q)));
    return err->kind == ERR_NONE;
}

static bool
quantities(struct db *db, struct arena *a, const struct field_ask *q, struct figure_value *out, struct err *err)
{
    struct figure_part *parts = arena_array(a, struct figure_part, PARTS_MAX);
    struct rows r;
    if (!db_query(db, SQL_FIG_QUANTITIES, &r, err, V_INT(q->area), V_INT(day_start(q->from)), V_INT(day_start(q->to + 1)), V_INT(q->place), V_INT(q->org)))
        return false;
    while (out->n_parts < PARTS_MAX && rows_next(&r, err))
        parts[out->n_parts++] = (struct figure_part){.kind = PART_ITEM, .text = str_dup(a, rows_text(&r, 0)), .unit = str_dup(a, rows_text(&r, 1)),
                                                     .n = rows_int(&r, 2)};
    rows_end(&r);
    out->parts = parts;
    out->numerator = out->denominator = (int64_t)out->n_parts;
    out->list = str_of(arena_printf(a, "/desk/operations?%s", period_query(a, q)));
    return !r.has_failed;
}

/* The whole months inside the period: first day of the first, first day after the last, how many. */
static int
whole_months(int32_t from, int32_t to, int32_t *first, int32_t *end)
{
    struct civil f = civil_of_day(from), e = civil_of_day(to + 1);
    int at = f.year * 12 + f.month - 1 + (f.day > 1), last = e.year * 12 + e.month - 1;
    *first = day_number(at / 12, at % 12 + 1, 1);
    *end = day_number(last / 12, last % 12 + 1, 1);
    return last > at ? last - at : 0;
}

static bool
walkers(struct db *db, struct arena *a, const struct field_ask *q, struct figure_value *out, struct err *err)
{
    int32_t first, end;
    int months = whole_months(q->from, q->to, &first, &end);
    out->denominator = months;
    if (!months) {
        out->note = STR("不足一个整月");
        return true;
    }
    out->numerator = db_int(db, SQL_FIG_WALKERS, DB_ARGS(V_INT(q->area), V_INT(ROLE_VOLUNTEER), V_INT(day_start(first)), V_INT(day_start(end)), V_INT(q->place), V_INT(q->org)), 0, err);
    out->value = (double)out->numerator / months;
    out->list = str_of(arena_printf(a, "/desk/visits?state=done&kind=walk&%s", period_query(a, q)));
    out->is_defined = true;
    return err->kind == ERR_NONE;
}

static bool
routines(struct db *db, struct arena *a, const struct field_ask *q, struct figure_value *out, struct err *err)
{
    struct figure_part *parts = arena_array(a, struct figure_part, PARTS_MAX);
    struct rows r;
    if (!db_query(db, SQL_FIG_ROUTINES, &r, err, V_INT(q->area), V_INT(day_start(q->from)), V_INT(day_start(q->to + 1)), V_INT(q->org)))
        return false;
    while (out->n_parts < PARTS_MAX && rows_next(&r, err)) {
        struct figure_part p = {.kind = PART_ROUTINE, .text = STR(""), .unit = STR(""), .id = rows_int(&r, 0), .n = rows_int(&r, 1), .of = rows_int(&r, 2)};
        if (!p.of)
            continue;
        parts[out->n_parts++] = p;
        out->numerator += p.n;
        out->denominator += p.of;
    }
    rows_end(&r);
    out->parts = parts;
    out->is_defined = out->denominator > 0;
    out->value = out->denominator ? 100.0 * (double)out->numerator / (double)out->denominator : 0;
    out->list = STR("/desk/routines");
    return !r.has_failed;
}

static bool
points(struct db *db, struct arena *a, const struct field_ask *q, struct figure_value *out, struct err *err)
{
    struct rows r;
    if (!db_query(db, SQL_FIG_POINTS, &r, err, V_INT(q->area), V_INT(day_start(q->from)), V_INT(day_start(q->to + 1)), V_INT(q->place), V_INT(q->org)))
        return false;
    if (rows_next(&r, err)) {
        out->numerator = rows_int(&r, 0);
        out->denominator = rows_int(&r, 1);
    }
    rows_end(&r);
    out->is_defined = out->denominator > 0;
    out->value = out->denominator ? 100.0 * (double)out->numerator / (double)out->denominator : 0;
    out->list = str_of(arena_printf(a, "/desk/visits?state=done&kind=round&%s", period_query(a, q)));
    return !r.has_failed;
}

static bool
posted(struct db *db, struct arena *a, const struct field_ask *q, bool is_seconded, struct figure_value *out, struct err *err)
{
    struct figure_part *parts = arena_array(a, struct figure_part, PARTS_MAX);
    struct rows r;
    if (!db_query(db, SQL_FIG_POSTED, &r, err, V_INT(q->area), V_INT(ROLE_OFFICER), V_INT(ROLE_OFFICER),
                  V_INT(q->to), V_INT(is_seconded ? PLACE_COMMUNITY : -1)))
        return false;
    while (out->n_parts < PARTS_MAX && rows_next(&r, err)) {
        struct figure_part p = {.kind = PART_ORG, .text = STR(""), .unit = STR("人"), .id = rows_int(&r, 0), .n = rows_int(&r, 1)};
        if (q->org && p.id != q->org)
            continue;
        parts[out->n_parts++] = p;
        out->numerator += p.n;
    }
    rows_end(&r);
    out->parts = parts;
    out->denominator = out->numerator;
    out->list = STR("/desk/people");
    return !r.has_failed;
}

static bool
registry_count(struct db *db, enum sql_id sql, int kind, const char *list, const struct field_ask *q, struct figure_value *out, struct err *err)
{
    out->numerator = out->denominator = db_int(db, sql, DB_ARGS(V_INT(q->area), V_INT(kind)), 0, err);
    out->list = str_of(list);
    return err->kind == ERR_NONE;
}

static bool
departments(struct db *db, struct arena *a, const struct field_source *s, const struct field_ask *q, struct figure_value *out, struct err *err)
{
    if (!registry_count(db, SQL_FIG_ORGS, (int)s->kinds, "/desk/orgs", q, out, err))
        return false;
    int64_t shown = db_int(db, SQL_FIG_DEPARTMENTS_SHOWN, DB_ARGS(V_INT(q->area), V_INT(ROLE_OFFICER), V_INT(q->to), V_INT((int)s->kinds)), 0, err);
    if (s->what == FIELD_SHOWN)
        out->numerator = shown;
    else
        out->note = str_of(arena_printf(a, "其中 %lld 个有人员公示在服务牌上", (long long)shown));
    return err->kind == ERR_NONE;
}

static bool
settled(struct db *db, struct arena *a, const struct field_ask *q, struct figure_value *out, struct err *err)
{
    out->numerator = out->denominator =
        db_int(db, SQL_FIG_SETTLED_THERE, DB_ARGS(V_INT(q->area), V_INT(day_start(q->from)), V_INT(day_start(q->to + 1)), V_INT(q->place), V_INT(q->org)), 0, err);
    out->list = str_of(arena_printf(a, "/desk/operations?%s", period_query(a, q)));
    return err->kind == ERR_NONE;
}

/* What was asked for and cannot be told apart is said, never passed over: the number is that of the whole area. */
static struct str
not_told_apart(const struct field_source *s, const struct field_ask *q)
{
    bool by_org = s->what != FIELD_PLACES && s->what != FIELD_ORGS && s->what != FIELD_DEPARTMENTS && s->what != FIELD_SHOWN;
    bool by_place = by_org && s->what != FIELD_ROUTINES && s->what != FIELD_OFFICERS && s->what != FIELD_SECONDED;
    bool no_place = q->place && !by_place, no_org = q->org && !by_org;
    return no_place && no_org ? STR("不分小区和单位，是全域的数") : no_place ? STR("不分小区") : no_org ? STR("不分单位，是全域的数") : STR("");
}

static bool
compute(struct db *db, struct arena *a, const struct field_source *s, const struct field_ask *q, struct figure_value *out, struct err *err)
{
    bool ok = false;
    *out = (struct figure_value){.cases = STR(""), .note = STR(""), .list = STR("")};
    switch (s->what) {
    case FIELD_WALKERS:
        return walkers(db, a, q, out, err);
    case FIELD_ROUTINES:
        return routines(db, a, q, out, err);
    case FIELD_POINTS:
        return points(db, a, q, out, err);
    case FIELD_VISITS:
        ok = visits(db, a, s->kinds, q, out, err);
        break;
    case FIELD_SETTLED:
        ok = settled(db, a, q, out, err);
        break;
    case FIELD_QUANTITIES:
        ok = quantities(db, a, q, out, err);
        break;
    case FIELD_PLACES:
        ok = registry_count(db, SQL_FIG_PLACES, (int)s->kinds, "/desk/places", q, out, err);
        break;
    case FIELD_ORGS:
        ok = registry_count(db, SQL_FIG_ORGS, (int)s->kinds, "/desk/orgs", q, out, err);
        break;
    case FIELD_DEPARTMENTS:
    case FIELD_SHOWN:
        ok = departments(db, a, s, q, out, err);
        break;
    case FIELD_OFFICERS:
    case FIELD_SECONDED:
        ok = posted(db, a, q, s->what == FIELD_SECONDED, out, err);
        break;
    }
    out->is_defined = true;
    out->value = (double)out->numerator;
    return ok;
}

bool
field_figure(struct db *db, struct arena *a, const struct field_source *s, const struct field_ask *q, struct figure_value *out, struct err *err)
{
    struct str unasked = not_told_apart(s, q);
    if (!compute(db, a, s, q, out, err))
        return false;
    if (unasked.n)
        out->note = out->note.n ? str_of(arena_printf(a, "%.*s；%.*s", (int)unasked.n, unasked.p, (int)out->note.n, out->note.p)) : unasked;
    return true;
}
