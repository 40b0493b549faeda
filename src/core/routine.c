#include "routine.h"

enum { DAY_MS = 24 * 3600 * 1000, MINUTE_MS = 60 * 1000, NUDGE_HOUR = 9, WEEK = 7, OFFICE_DAYS = 5 };

int64_t
routine_ref(struct str code)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < code.n; i++)
        h = (h ^ (uint8_t)code.p[i]) * UINT64_C(1099511628211);
    return (int64_t)((h ^ h >> 52) & ((UINT64_C(1) << 52) - 1)) | 1;
}

int
routine_by_ref(const struct scheme *s, int64_t ref)
{
    for (size_t i = 0; i < s->n_routines; i++)
        if (routine_ref(s->routines[i].code) == ref)
            return (int)i;
    return -1;
}

const char *
routine_period_label(const struct routine *r)
{
    static const char *const labels[] = {"每天", "每周", "每月", "每季度", "每年"};
    static const char *const weekdays[] = {"每周一", "每周二", "每周三", "每周四", "每周五", "每周六", "每周日"};
    return r->period == PERIOD_WEEKDAY ? weekdays[r->weekday - 1] : labels[r->period];
}

/* ---- terms ---- */

static bool
works(const struct calendar *c, int32_t day)
{
    bool provisional;
    return is_working_day(c, day, &provisional);
}

static int
working_days_in(const struct calendar *c, int32_t from, int32_t to)
{
    int n = 0;
    for (int32_t d = from; d <= to; d++)
        n += works(c, d);
    return n;
}

static int32_t
month_first(int year, int month, int later)
{
    int m = month - 1 + later;
    return day_number(year + m / 12, m % 12 + 1, 1);
}

/* The week, month, quarter or year that a day lies in; for a day or a weekday the day itself. */
static void
bounds(const struct routine *r, int32_t day, int32_t *from, int32_t *to)
{
    struct civil c = civil_of_day(day);
    *from = *to = day;
    if (r->period == PERIOD_WEEK) {
        *from = day - (c.weekday - 1);
        *to = *from + WEEK - 1;
    } else if (r->period == PERIOD_MONTH) {
        *from = month_first(c.year, c.month, 0);
        *to = month_first(c.year, c.month, 1) - 1;
    } else if (r->period == PERIOD_QUARTER) {
        int first = (c.month - 1) / 3 * 3 + 1;
        *from = month_first(c.year, first, 0);
        *to = month_first(c.year, first, 3) - 1;
    } else if (r->period == PERIOD_YEAR) {
        *from = day_number(c.year, 1, 1);
        *to = day_number(c.year + 1, 1, 1) - 1;
    }
}

/* The day of this week on which a weekday's work is owed, or 0: a holiday passes it by, or moves it within the week. */
static int32_t
weekday_of_week(const struct calendar *c, const struct routine *r, int32_t monday)
{
    int32_t day = monday + r->weekday - 1;
    if (r->holiday == HOLIDAY_KEEP || works(c, day))
        return day;
    if (r->holiday != HOLIDAY_MOVE)
        return 0;
    while (++day < monday + WEEK)
        if (works(c, day))
            return day;
    return 0;
}

static int
need_in(const struct calendar *c, const struct routine *r, int32_t from, int32_t to)
{
    if (r->holiday == HOLIDAY_KEEP || r->holiday == HOLIDAY_MOVE)
        return r->minimum;
    int days = working_days_in(c, from, to);
    if (!days)
        return 0;
    if (r->holiday == HOLIDAY_SKIP || r->period != PERIOD_WEEK || days >= OFFICE_DAYS)
        return r->minimum;
    return (r->minimum * days + OFFICE_DAYS - 1) / OFFICE_DAYS;
}

static instant
due_of(const struct calendar *c, const struct routine *r, int32_t from, int32_t to)
{
    int32_t last = to;
    switch (r->due) {
    case DUE_WORKING_DAYS_AFTER:
        return office_close(c, add_working_days(c, to, r->due_n));
    case DUE_NATURAL_DAYS_AFTER:
        return office_close(c, next_working_day(c, to + r->due_n));
    case DUE_LAST_WORKING_DAY:
        while (last > from && !works(c, last))
            last--;
        return office_close(c, last);
    case DUE_AT_END:
        break;
    }
    return day_start(to + 1);
}

static instant
nudge_instant(const struct nudge *n, int32_t from, int32_t to, int32_t day)
{
    if (n->by == NUDGE_TIME)
        return day == from ? day_start(day) + (instant)n->value * MINUTE_MS : 0;
    struct civil c = civil_of_day(day);
    bool is_it = n->by == NUDGE_WEEKDAY ? c.weekday == n->value : c.day == n->value;
    return is_it && day >= from && day <= to ? day_start(day) + NUDGE_HOUR * 60 * MINUTE_MS : 0;
}

static instant
first_nudge(const struct routine *r, int32_t from, int32_t to)
{
    instant first = 0;
    for (int i = 0; i < r->n_nudges; i++)
        for (int32_t d = from; d <= to; d++) {
            instant at = nudge_instant(&r->nudges[i], from, to, d);
            if (at && (!first || at < first))
                first = at;
        }
    return first;
}

static bool
make_term(const struct calendar *c, const struct routine *r, int32_t from, int32_t to, struct term *out)
{
    int need = need_in(c, r, from, to);
    if (need <= 0)
        return false;
    *out = (struct term){.from = from, .to = to, .need = need, .window_from = day_start(from), .due = due_of(c, r, from, to)};
    instant nudge = first_nudge(r, from, to), day_before = out->due - DAY_MS;
    out->amber = nudge ? nudge : day_before > out->window_from ? day_before : out->window_from;
    return true;
}

bool
routine_term_of(const struct calendar *c, const struct routine *r, int32_t day, struct term *out)
{
    int32_t from, to;
    bounds(r, day, &from, &to);
    if (r->period == PERIOD_WEEKDAY) {
        int32_t owed = weekday_of_week(c, r, day - (civil_of_day(day).weekday - 1));
        return owed == day && make_term(c, r, day, day, out);
    }
    return make_term(c, r, from, to, out);
}

bool
routine_term_begins(const struct calendar *c, const struct routine *r, int32_t day, struct term *out)
{
    return routine_term_of(c, r, day, out) && out->from == day;
}

bool
routine_term_before(const struct calendar *c, const struct routine *r, int32_t day, struct term *out)
{
    enum { LOOK_BACK = 400 };
    for (int32_t d = day - 1; d > day - LOOK_BACK; d--)
        if (routine_term_of(c, r, d, out))
            return true;
    return false;
}

bool
routine_term_current(const struct calendar *c, const struct routine *r, instant now, struct term *out)
{
    struct term before;
    bool is_after = r->due == DUE_WORKING_DAYS_AFTER || r->due == DUE_NATURAL_DAYS_AFTER;
    if (!routine_term_before(c, r, day_of(now) + 1, out))
        return false;
    if (is_after && routine_term_before(c, r, out->from, &before) && now < before.due)
        *out = before;
    return true;
}

/* ---- moments ---- */

instant
routine_next_moment(const struct scheme *s, instant after)
{
    int32_t today = day_of(after);
    instant best = day_start(today + 1);
    for (size_t i = 0; i < s->n_routines; i++)
        for (int k = 0; k < s->routines[i].n_nudges; k++) {
            const struct nudge *n = &s->routines[i].nudges[k];
            instant at = day_start(today) + (n->by == NUDGE_TIME ? n->value : NUDGE_HOUR * 60) * (instant)MINUTE_MS;
            if (at > after && at < best)
                best = at;
        }
    return best;
}

bool
routine_nudges_at(const struct routine *r, const struct term *t, instant at)
{
    int32_t day = day_of(at);
    for (int i = 0; i < r->n_nudges; i++)
        if (nudge_instant(&r->nudges[i], t->from, t->to, day) == at)
            return true;
    return false;
}

bool
routine_is_behind(const struct duty *u, instant now)
{
    if (u->end != END_OPEN || u->credited >= u->need || now < u->amber_at)
        return false;
    return now >= u->due || (now - u->window_from) * u->need > u->credited * (u->due - u->window_from);
}

bool
routine_spaced(const struct routine *r, int32_t day, const int32_t *counted, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((day > counted[i] ? day - counted[i] : counted[i] - day) < r->spacing)
            return false;
    return true;
}

/* ---- who owes ---- */

static struct owner
owner_at(const struct registry *reg, const struct routine *r, const struct place *p)
{
    int role = r->role < 0 ? ROLE_NONE : r->role;
    if (str_is(r->owner, "@sector"))
        return (struct owner){.role = ROLE_SECTOR_CHIEF};
    if (str_is(r->owner, "@grid") && p) {
        const struct place *grid = place_above(reg, p, PLACE_GRID);
        if (grid)
            return (struct owner){.place = grid->id, .role = r->role < 0 ? ROLE_GRID_CHIEF : r->role};
    }
    if (str_is(r->owner, "@liaison") && p) {
        const struct place *community = place_above(reg, p, PLACE_COMMUNITY);
        if (community)
            return (struct owner){.place = community->id, .role = r->role < 0 ? ROLE_LIAISON : r->role};
    }
    int32_t org = owner_org(reg, r->owner, p, 0);
    return org ? (struct owner){.org = org, .role = role} : (struct owner){.role = ROLE_COORDINATOR};
}

static bool
takes_org(const struct routine *r, const struct org *o)
{
    for (size_t i = 0; i < r->of.n; i++) {
        int kind = org_kind_find(r->of.p[i]);
        if (kind >= 0 ? (int)o->kind == kind : str_eq(o->code, r->of.p[i]))
            return true;
    }
    return false;
}

static bool
takes_posting(const struct registry *reg, const struct routine *r, const struct posting *p)
{
    for (size_t i = 0; i < r->of.n; i++) {
        struct str rest = r->of.p[i], org = STR(""), role = STR("");
        bool is_first_only = rest.n > 2 && str_is(str_slice(rest, rest.n - 2, rest.n), "#1");
        org = is_first_only ? str_slice(rest, 0, rest.n - 2) : rest;
        if (is_first_only && p->order > 1)
            continue;
        str_cut(&org, '@', &role);
        const struct org *o = registry_org(reg, p->org);
        int kind = org.n ? org_kind_find(org) : -1;
        bool is_org = !org.n || (o && (kind >= 0 ? (int)o->kind == kind : str_eq(o->code, org)));
        if (role_find(role) == p->role && is_org)
            return true;
    }
    return false;
}

static bool
takes_place(const struct routine *r, const struct place *p)
{
    for (size_t i = 0; i < r->of.n; i++)
        if (place_kind_find(r->of.p[i]) == (int)p->kind)
            return true;
    return false;
}

static struct routine_member
member_of_org(const struct registry *reg, const struct routine *r, const struct org *o)
{
    bool is_self = str_is(r->owner, "@self");
    struct owner to = is_self ? (struct owner){.org = o->id, .role = r->role < 0 ? ROLE_NONE : r->role} : owner_at(reg, r, NULL);
    return (struct routine_member){.id = o->id, .owner = to, .org = o->id};
}

static struct routine_member
member_of_posting(const struct registry *reg, const struct routine *r, const struct posting *p)
{
    bool is_self = str_is(r->owner, "@self");
    struct owner to = is_self ? (struct owner){.role = ROLE_NONE, .person = p->person} : owner_at(reg, r, registry_place(reg, p->place));
    return (struct routine_member){.id = p->id, .owner = to, .org = p->org, .place = p->place};
}

/* A post that is held by two people of one place, or a person twice in the same role there, owes once each posting. */
static bool
each_posting(const struct registry *reg, const struct routine *r, int32_t day, member_each each, void *ctx)
{
    for (size_t i = 0; i < reg->n_postings; i++) {
        const struct posting *p = &reg->postings[i];
        const struct person *who = registry_person(reg, p->person);
        if (!takes_posting(reg, r, p) || !who || who->is_disabled || !posting_in_force(p, day))
            continue;
        struct routine_member m = member_of_posting(reg, r, p);
        if (!each(ctx, &m))
            return false;
    }
    return true;
}

bool
routine_members(const struct scheme *s, const struct registry *reg, const struct routine *r, int32_t day, member_each each, void *ctx)
{
    (void)s;
    if (r->each == EACH_AREA) {
        struct routine_member m = {.owner = owner_at(reg, r, NULL)};
        return each(ctx, &m);
    }
    if (r->each == EACH_POST)
        return each_posting(reg, r, day, each, ctx);
    for (int32_t i = 1; r->each == EACH_ORG && i <= reg->n_orgs; i++) {
        struct routine_member m;
        if (reg->orgs[i].is_closed || !takes_org(r, &reg->orgs[i]))
            continue;
        m = member_of_org(reg, r, &reg->orgs[i]);
        if (!each(ctx, &m))
            return false;
    }
    for (int32_t i = 1; r->each == EACH_PLACE && i <= reg->n_places; i++) {
        const struct place *p = &reg->places[i];
        bool has_owner = !str_is(r->owner, "@firm") || p->firm;
        if (p->is_closed || !has_owner || !takes_place(r, p))
            continue;
        struct routine_member m = {.id = p->id, .owner = owner_at(reg, r, p), .place = p->id};
        if (!each(ctx, &m))
            return false;
    }
    return true;
}

struct owner
routine_escalates_to(const struct registry *reg, const struct routine *r, const struct routine_member *m)
{
    if (r->escalate < 0)
        return (struct owner){.role = ROLE_NONE};
    bool is_own = r->escalate == ROLE_DEPARTMENT_HEAD || r->escalate == ROLE_STATION_CHIEF;
    const struct place *p = registry_place(reg, m->place);
    if (r->escalate == ROLE_STATION_CHIEF && p && p->station)
        return (struct owner){.org = p->station, .role = r->escalate};
    if (is_own && m->org)
        return (struct owner){.org = m->org, .role = r->escalate};
    return (struct owner){.role = r->escalate};
}

void
member_words(struct buf *b, const struct registry *reg, const struct routine *r, int64_t member)
{
    if (r->each == EACH_ORG)
        buf_str(b, org_name(reg, (int32_t)member));
    else if (r->each == EACH_PLACE)
        buf_str(b, place_name(reg, (int32_t)member));
    for (size_t i = 0; r->each == EACH_POST && i < reg->n_postings; i++) {
        const struct posting *p = &reg->postings[i];
        if (p->id != member)
            continue;
        struct str place = place_name(reg, p->place), name = person_name(reg, p->person);
        buf_printf(b, "%.*s（%.*s）", (int)name.n, name.p, (int)place.n, place.p);
    }
    if (!b->n)
        buf_z(b, "全域");
}

/* ---- what counts ---- */

static bool
served_org(const struct field_visit *v, int32_t org)
{
    if (v->org == org)
        return true;
    for (size_t i = 0; i < v->n_members; i++)
        if (v->members[i].org == org && v->members[i].state == MEMBER_CAME)
            return true;
    return false;
}

static bool
went_within(const struct registry *reg, const struct field_visit *v, int32_t place)
{
    for (size_t i = 0; i < v->n_places; i++)
        if (place_within(reg, v->places[i], place))
            return true;
    return false;
}

/* Where an officer goes counts for his posting: at the place, or anywhere inside of it. */
static bool
served_posting(const struct registry *reg, const struct field_visit *v, const struct posting *p)
{
    for (size_t i = 0; i < v->n_members; i++)
        if (v->members[i].person == p->person && v->members[i].state == MEMBER_CAME)
            return !p->place || went_within(reg, v, p->place);
    return false;
}

static bool
has_checkin(const struct field_visit *v)
{
    for (size_t i = 0; i < v->n_members; i++)
        if (v->members[i].state == MEMBER_CAME && v->members[i].grade > 0)
            return true;
    return false;
}

static bool
meets_needs(const struct scheme *s, const struct registry *reg, const struct routine *r, const struct field_visit *v, int32_t place)
{
    if ((r->needs & NEED_CHECKIN) && !has_checkin(v))
        return false;
    if ((r->needs & NEED_TEAM) && !visit_is_team(reg, v, day_of(visit_at(v))))
        return false;
    if ((r->needs & NEED_PHOTO) && !v->photos)
        return false;
    if ((r->needs & NEED_POINTS) && visit_skipped(reg, v, place))
        return false;
    return !(r->needs & NEED_CHECKLISTS) || visit_checked(s, v, place);
}

struct served {
    const struct scheme *s;
    const struct registry *reg;
    const struct routine *r;
    const struct field_visit *v;
    int64_t *out;
    size_t n, max;
};

static bool
serve(struct served *q, int64_t member)
{
    if (q->n < q->max)
        q->out[q->n++] = member;
    return q->n < q->max;
}

/* A place is served when the visit went there, or, for a community, to any place inside of it. */
static void
serve_places(struct served *q)
{
    for (size_t i = 0; i < q->v->n_places; i++)
        for (const struct place *p = registry_place(q->reg, q->v->places[i]); p; p = registry_place(q->reg, p->parent)) {
            bool is_known = false;
            for (size_t k = 0; k < q->n; k++)
                is_known |= q->out[k] == p->id;
            if (!is_known && takes_place(q->r, p) && meets_needs(q->s, q->reg, q->r, q->v, q->v->places[i]))
                serve(q, p->id);
        }
}

static void
serve_postings(struct served *q)
{
    for (size_t i = 0; i < q->v->n_members; i++) {
        const struct posting *list[ACTOR_POSTINGS_MAX];
        int64_t person = q->v->members[i].person;
        size_t n = person ? registry_postings(q->reg, person, day_of(visit_at(q->v)), list, ACTOR_POSTINGS_MAX) : 0;
        for (size_t k = 0; k < n; k++)
            if (takes_posting(q->reg, q->r, list[k]) && served_posting(q->reg, q->v, list[k]))
                serve(q, list[k]->id);
    }
}

static void
serve_orgs(struct served *q)
{
    int32_t seen[VISIT_MEMBERS_MAX + 1];
    size_t n = 0;
    for (size_t i = 0; i <= q->v->n_members; i++) {
        int32_t org = i ? q->v->members[i - 1].org : q->v->org;
        const struct org *o = registry_org(q->reg, org);
        bool is_known = false;
        for (size_t k = 0; k < n; k++)
            is_known |= seen[k] == org;
        if (is_known || !o || n > VISIT_MEMBERS_MAX)
            continue;
        seen[n++] = org;
        if (takes_org(q->r, o) && served_org(q->v, org))
            serve(q, org);
    }
}

size_t
routine_members_served(const struct scheme *s, const struct registry *reg, const struct routine *r, const struct field_visit *v, int64_t *out,
                       size_t max)
{
    struct served q = {s, reg, r, v, out, 0, max};
    if (v->state != VISIT_DONE || v->kind != r->action)
        return 0;
    if (r->each == EACH_PLACE) {
        serve_places(&q);
        return q.n;
    }
    if (!meets_needs(s, reg, r, v, v->n_places ? v->places[0] : 0))
        return 0;
    if (r->each == EACH_AREA)
        serve(&q, 0);
    else if (r->each == EACH_ORG)
        serve_orgs(&q);
    else
        serve_postings(&q);
    return q.n;
}

const char *
routine_unmet(const struct scheme *s, const struct registry *reg, const struct routine *r, const struct field_visit *v)
{
    static const struct {
        int need;
        const char *words;
    } needs[] = {{NEED_CHECKLISTS, "必查清单没有填完"}, {NEED_CHECKIN, "没有到场凭据"}, {NEED_TEAM, "同去的人不齐（执法人员、协管员、社区人员）"},
                 {NEED_PHOTO, "没有现场照片"}, {NEED_POINTS, "有巡查点没有走到"}};
    struct routine easy = *r;
    int64_t one;
    easy.needs = 0;
    if (routine_members_served(s, reg, r, v, &one, 1) || !routine_members_served(s, reg, &easy, v, &one, 1))
        return NULL;
    for (size_t i = 0; i < sizeof needs / sizeof *needs; i++) {
        easy.needs = r->needs & needs[i].need;
        if (easy.needs && !routine_members_served(s, reg, &easy, v, &one, 1))
            return needs[i].words;
    }
    return NULL;
}
