/* A line of a proposal becomes a planned visit: read back from what the page sent, without whoever is planned there by now, and under a
 * key of its own in the whole area, so that a second press, or a second person's, plans nothing twice. */
#include "crypto.h"
#include "propose_parts.h"

enum { LINE_MAX = 800, KEY_CHARS = 32, SEEN_MAX = 100, DAY_MS = 24 * 3600 * 1000 };

static void
put_org(struct buf *b, const struct registry *r, int32_t org, bool is_first)
{
    const struct org *o = registry_org(r, org);
    buf_z(b, is_first ? "" : "+");
    if (o)
        buf_str(b, o->code);
}

const char *
plan_line_code(struct arena *a, const struct registry *r, const struct plan_line *line)
{
    const struct place *p = registry_place(r, line->place);
    struct civil c = civil_of(line->from);
    struct buf b = {0};
    buf_printf(&b, "%04d-%02d-%02dT%02d:%02d,%s,", c.year, c.month, c.day, c.hour, c.minute, visit_kind_code(line->kind));
    if (p)
        buf_str(&b, p->code);
    buf_char(&b, ',');
    put_org(&b, r, line->org, true);
    for (size_t i = 0; i < line->n_asked; i++)
        put_org(&b, r, line->asked[i], false);
    const char *code = arena_dup(a, buf_view(&b).p, b.n);
    buf_release(&b);
    return code;
}

static bool
read_orgs(struct arena *a, const struct registry *r, struct str text, struct plan_line *out)
{
    int32_t *orgs = arena_array(a, int32_t, VISIT_MEMBERS_MAX);
    size_t n = 0;
    struct str code;
    while (n < VISIT_MEMBERS_MAX && str_cut(&text, '+', &code)) {
        const struct org *o = registry_org_code(r, code);
        if (!o || o->is_closed)
            return false;
        orgs[n++] = o->id;
    }
    out->org = n ? orgs[0] : 0;
    out->asked = orgs + 1;
    out->n_asked = n ? n - 1 : 0;
    return !text.n || n < VISIT_MEMBERS_MAX;
}

bool
plan_line_read(struct arena *a, const struct registry *r, struct str code, struct plan_line *out, struct err *err)
{
    struct str rest = code, from, kind, place;
    *out = (struct plan_line){.kind = -1};
    bool ok = code.n <= LINE_MAX && str_cut(&rest, ',', &from) && str_cut(&rest, ',', &kind) && str_cut(&rest, ',', &place) &&
              moment_parse(from, &out->from);
    const struct place *p = ok ? registry_place_code(r, place) : NULL;
    out->kind = ok ? visit_kind_find(kind) : -1;
    out->place = p ? p->id : 0;
    if (!p || p->is_closed || out->kind < 0 || !(visit_kind_flags(out->kind) & NEEDS_PLACE) || !read_orgs(a, r, rest, out))
        return err_field(err, "line", "“%.*s”不是方案里的一行，请刷新页面再选。", (int)(code.n > 60 ? 60 : code.n), code.p);
    return true;
}

/* ---- Once ---- */

struct left_over { /* organisations of a line that are not planned there yet */
    int32_t orgs[VISIT_MEMBERS_MAX + 1];
    size_t n;
    bool stands;
    int cancelled;
};

static void
take_away(struct left_over *l, const struct field_visit *v)
{
    size_t n = 0;
    l->stands = true;
    for (size_t i = 0; i < l->n; i++)
        if (!standing_has(v, l->orgs[i]))
            l->orgs[n++] = l->orgs[i];
    l->n = n;
}

static bool
look_there(const struct adopt_line *x, struct db *db, struct left_over *l, struct err *err)
{
    const struct action *a = &x->record.base;
    instant day = day_start(day_of(x->line.from));
    struct visit_filter f = {.place = x->line.place, .kind = x->line.kind, .from = day, .to = day + DAY_MS};
    struct visits list;
    if (!visits_list(db, app_keys(a->app), a->arena, a->who->area->id, &f, SEEN_MAX, &list, err))
        return false;
    for (size_t i = 0; i < list.n; i++)
        if (list.p[i]->state == VISIT_CANCELLED)
            l->cancelled++;
        else
            take_away(l, list.p[i]);
    return true;
}

/* What was cancelled may be planned again: the key counts how often. */
static void
set_key(struct adopt_line *x, int32_t lead, int cancelled)
{
    struct action *a = &x->record.base;
    struct buf hex = {0};
    const char *name = arena_printf(a->arena, "visit-plan/%d/%d/%d/%d/%d", x->line.kind, (int)x->line.place, (int)day_of(x->line.from), (int)lead,
                                    cancelled);
    sm3(str_of(name), a->body_hash);
    buf_hex(&hex, a->body_hash, sizeof a->body_hash);
    a->idempotency_key = str_dup(a->arena, str_slice(buf_view(&hex), 0, KEY_CHARS));
    buf_release(&hex);
    x->who = *a->who;
    x->who.device = STR("visit-plan");
    a->who = &x->who;
}

static void
set_fields(struct adopt_line *x, const struct left_over *l)
{
    struct arena *a = x->record.base.arena;
    const struct registry *r = x->record.base.who->area->registry;
    struct buf from = {0};
    moment_format(&from, x->line.from);
    params_add(a, &x->fields, STR("kind"), str_of(visit_kind_code(x->line.kind)));
    params_add(a, &x->fields, STR("place"), registry_place(r, x->line.place)->code);
    params_add(a, &x->fields, STR("from"), str_dup(a, buf_view(&from)));
    buf_release(&from);
    for (size_t i = 0; i < l->n; i++)
        params_add(a, &x->fields, i ? STR("asked") : STR("org"), registry_org(r, l->orgs[i])->code);
    x->record.fields = &x->fields;
}

bool
adopt_line_prepare(struct adopt_line *x, struct db *db, bool *is_there, struct err *err)
{
    struct left_over l = {0};
    if (x->line.org)
        l.orgs[l.n++] = x->line.org;
    for (size_t i = 0; i < x->line.n_asked; i++)
        l.orgs[l.n++] = x->line.asked[i];
    *is_there = false;
    if (!may_plan_at(x->record.base.who, x->line.place))
        return err_set(err, ERR_FORBIDDEN, "“%s”不在您安排的范围里。", str_z(x->record.base.arena, place_name(x->record.base.who->area->registry, x->line.place)));
    if (!look_there(x, db, &l, err))
        return false;
    *is_there = l.stands && !l.n;
    set_key(x, l.n ? l.orgs[0] : 0, l.cancelled);
    set_fields(x, &l);
    return true;
}
