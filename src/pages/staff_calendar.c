/* A month as a calendar: visits and operations, routines that fall due, shifts, leave, holidays. */
#include "staff_calendar.h"

#include <stdlib.h>

#include "posts.h"
#include "routine.h"
#include "staff_calendar.html.h"

enum { DAYS_MAX = 42, ENTRIES_MAX = 60, VISITS_MAX = 600, PLACES_ASKED = 60, SHOWN_OF_KIND = 4, TERM_DAYS = 120, NIGHT_MS = 1 };

struct month { /* the days shown: whole weeks */
    struct request *req;
    const struct visit *v;
    int32_t month, days[2]; /* days shown: from, to inclusive */
    struct cal_day *p;
    struct cal_entry *entries[DAYS_MAX];
    const struct place *place;
    const struct org *org;
    const struct person *person;
    struct calendar_view *view;
    struct err err;
};

static void
add(struct month *m, int32_t day, struct cal_entry e)
{
    int32_t i = day - m->days[0];
    if (day < m->days[0] || day > m->days[1])
        return;
    struct cal_entries *list = &m->p[i].entries;
    if (list->n == ENTRIES_MAX)
        return;
    if (!m->entries[i])
        list->p = m->entries[i] = arena_array(m->req->arena, struct cal_entry, ENTRIES_MAX);
    m->entries[i][list->n++] = e;
}

/* ---- Visits ---- */

static bool
is_visible(const struct month *m, const struct field_visit *x)
{
    struct visit_situation s = {.scheme = m->v->area->scheme, .registry = m->v->area->registry, .v = x,
                                .actor = caller_actor(&m->v->who), .now = m->v->now};
    return visit_visible(&s);
}

static bool
goes_to(const struct month *m, const struct field_visit *x)
{
    for (size_t i = 0; m->place && i < x->n_places; i++)
        if (place_within(m->v->area->registry, x->places[i], m->place->id))
            return true;
    return !m->place;
}

static void
add_visit(struct month *m, const struct field_visit *x)
{
    struct arena *a = m->req->arena;
    instant at = visit_at(x);
    struct civil t = civil_of(at);
    struct str place = x->place ? place_name(m->v->area->registry, x->place) : STR(""), org = org_short(m->v->area->registry, x->org);
    struct str what = m->place ? (x->org ? org : STR("")) : place;
    const char *kind = visit_kind_label(x->kind);
    const char *words = x->title.n ? arena_printf(a, "%s：%.*s", kind, (int)x->title.n, x->title.p)
                        : what.n   ? arena_printf(a, "%s %.*s", kind, (int)what.n, what.p)
                                   : kind;
    add(m, day_of(at), (struct cal_entry){.words = words, .time = arena_printf(a, "%02d:%02d", t.hour, t.minute),
                                          .url = arena_printf(a, "/desk/visits/%lld", (long long)x->id), .class = "",
                                          .is_done = x->state == VISIT_DONE, .is_cancelled = x->state == VISIT_CANCELLED});
    m->view->n_visits++;
}

static int
by_time(const void *x, const void *y)
{
    const struct field_visit *a = *(const struct field_visit *const *)x, *b = *(const struct field_visit *const *)y;
    instant at = visit_at(a), bt = visit_at(b);
    return at != bt ? (at < bt ? -1 : 1) : a->id < b->id ? -1 : a->id > b->id;
}

static bool
load_some(struct month *m, const struct visit_filter *f, const struct field_visit **all, size_t *n)
{
    struct visits got;
    size_t room = VISITS_MAX - *n;
    if (!room)
        return true;
    if (!visits_list(m->v->db, app_keys(m->v->app), m->req->arena, m->v->area->id, f, room, &got, &m->err))
        return false;
    m->view->is_cut |= got.has_more;
    for (size_t i = 0; i < got.n; i++)
        all[(*n)++] = got.p[i];
    return true;
}

/* A community's calendar is that of its compounds too; a larger place is cut out of the whole month. */
static bool
load_visits(struct month *m, const struct field_visit **all, size_t *n)
{
    const struct registry *r = m->v->area->registry;
    struct visit_filter f = {.kind = -1, .from = day_start(m->days[0]), .to = day_start(m->days[1] + 1), .org = m->org ? m->org->id : 0,
                             .person = m->person ? m->person->id : 0};
    int32_t inside[PLACES_ASKED];
    size_t n_inside = 0, found = 0;
    for (int32_t i = 1; m->place && i <= r->n_places; i++)
        if (r->places[i].kind <= PLACE_COMPOUND && place_within(r, i, m->place->id) && found++ < PLACES_ASKED)
            inside[n_inside++] = i;
    if (!m->place || found > PLACES_ASKED)
        return load_some(m, &f, all, n);
    bool ok = true;
    for (size_t i = 0; ok && i < n_inside; i++) {
        f.place = inside[i];
        ok = load_some(m, &f, all, n);
    }
    return ok;
}

/* Several of a kind on one day are one line, which opens their list. */
static void
add_counted(struct month *m, int kind, int32_t day, int64_t n)
{
    struct arena *a = m->req->arena;
    struct buf date = {0};
    date_format(&date, day);
    const char *d = buf_keep(a, &date).p;
    struct str code = m->place ? m->place->code : m->org ? m->org->code : m->person ? m->person->username : STR("");
    const char *name = m->place ? "place" : m->org ? "org" : "person";
    add(m, day, (struct cal_entry){.words = arena_printf(a, "%s %lld 次", visit_kind_label(kind), (long long)n), .time = "", .class = "",
                                   .url = arena_printf(a, "/desk/visits?kind=%s&from=%s&to=%s%s%s%s%.*s", visit_kind_code(kind), d, d, code.n ? "&" : "",
                                                       code.n ? name : "", code.n ? "=" : "", (int)code.n, code.p),
                                   .is_done = day < day_of(m->v->now)});
    m->view->n_visits += (size_t)n;
}

static void
add_visits(struct month *m, const struct field_visit *const *all, size_t n)
{
    size_t same = 0;
    for (size_t i = 0; i < n; i += same) {
        int32_t day = day_of(visit_at(all[i]));
        size_t end = i, kinds[VISIT_KIND_COUNT] = {0};
        for (; end < n && day_of(visit_at(all[end])) == day; end++)
            kinds[all[end]->kind]++;
        same = end - i;
        for (size_t k = i; k < end; k++)
            if (kinds[all[k]->kind] <= SHOWN_OF_KIND)
                add_visit(m, all[k]);
        for (int kind = 0; kind < VISIT_KIND_COUNT; kind++)
            if (kinds[kind] > SHOWN_OF_KIND)
                add_counted(m, kind, day, (int64_t)kinds[kind]);
    }
}

/* What is done every day everywhere is counted; what brings several together is named. */
static bool
fill_area(struct month *m)
{
    const unsigned counted = 1u << VISIT_PATROL | 1u << VISIT_JOINT_VISIT | 1u << VISIT_WALK | 1u << VISIT_PRESENCE | 1u << VISIT_ROUND;
    instant from = day_start(m->days[0]), to = day_start(m->days[1] + 1);
    for (int kind = 0; kind < VISIT_KIND_COUNT; kind++) {
        struct day_count days[DAYS_MAX];
        struct visits list;
        size_t n = 0;
        if (counted & 1u << kind) {
            if (!visit_days(m->v->db, m->v->area->id, kind, from, to, days, DAYS_MAX, &n, &m->err))
                return false;
            for (size_t i = 0; i < n; i++)
                add_counted(m, kind, days[i].day, days[i].n);
            continue;
        }
        if (!visits_of_kind(m->v->db, app_keys(m->v->app), m->req->arena, m->v->area->id, kind, from, to, VISITS_MAX, &list, &m->err))
            return false;
        m->view->is_cut |= list.has_more;
        add_visits(m, list.p, list.n);
    }
    return true;
}

static bool
fill_visits(struct month *m)
{
    if (!m->place && !m->org && !m->person)
        return fill_area(m);
    const struct field_visit **all = arena_array(m->req->arena, const struct field_visit *, VISITS_MAX + 1);
    size_t n = 0, kept = 0;
    if (!load_visits(m, all, &n))
        return false;
    qsort(all, n, sizeof *all, by_time);
    for (size_t i = 0; i < n; i++)
        if ((!kept || all[i]->id != all[kept - 1]->id) && goes_to(m, all[i]) && is_visible(m, all[i]))
            all[kept++] = all[i];
    add_visits(m, all, kept);
    return true;
}

/* ---- Routines that fall due ---- */

static bool
add_terms(struct month *m, const struct routine *r, int64_t member)
{
    struct duty_list list;
    if (!routine_duties_of_member(m->v->db, m->req->arena, m->v->area->id, routine_ref(r->code), member, m->days[0] - TERM_DAYS, m->days[1] + 1,
                                  &list, &m->err))
        return false;
    for (size_t i = 0; i < list.n; i++) {
        const struct duty *u = &list.p[i];
        if (u->end == END_VOID || u->end == END_SUPERSEDED)
            continue;
        struct buf first = {0};
        date_format(&first, (int32_t)u->arg);
        bool is_done = u->end == END_DONE || u->end == END_DONE_LATE || u->end == END_LATE_SYNC;
        const char *standing = u->end == END_EXCUSED ? "已核免" : is_done ? "已做" : u->missed_at ? "未做" : "到期";
        add(m, day_of(u->due - NIGHT_MS),
            (struct cal_entry){.words = arena_printf(m->req->arena, "%.*s %d/%d %s", (int)r->name.n, r->name.p, u->credited, u->need, standing), .time = "",
                               .url = arena_printf(m->req->arena, "/desk/routines/%.*s?term=%s", (int)r->code.n, r->code.p, buf_keep(m->req->arena, &first).p),
                               .class = is_done ? "" : u->missed_at ? "late" : "due", .is_done = is_done});
    }
    return true;
}

static bool
fill_routines(struct month *m)
{
    const struct scheme *s = m->v->area->scheme;
    const struct registry *reg = m->v->area->registry;
    bool ok = true;
    for (size_t i = 0; ok && i < s->n_routines; i++) {
        const struct routine *r = &s->routines[i];
        if (r->each == EACH_ORG && m->org)
            ok = add_terms(m, r, m->org->id);
        else if (r->each == EACH_PLACE && m->place)
            ok = add_terms(m, r, m->place->id);
        else if (r->each == EACH_AREA && !m->place && !m->person && !m->org)
            ok = add_terms(m, r, 0);
        for (size_t k = 0; ok && r->each == EACH_POST && m->person && k < reg->n_postings; k++)
            if (reg->postings[k].person == m->person->id && !reg->postings[k].acting_for)
                ok = add_terms(m, r, reg->postings[k].id);
    }
    return ok;
}

/* ---- Who is on duty, who is away ---- */

static void
fill_shifts_of(struct month *m, int32_t station, int32_t month)
{
    const struct registry *r = m->v->area->registry;
    const struct roster *roster = roster_find(r, station, month);
    for (size_t i = 0; roster && i < roster->n; i++) {
        const struct shift *s = &roster->p[i];
        const struct org *o = registry_org(r, station);
        struct str name = person_name(r, s->person);
        if (s->is_cancelled || (m->person && s->person != m->person->id))
            continue;
        add(m, s->day, (struct cal_entry){.words = m->person ? "值班" : arena_printf(m->req->arena, "值班 %.*s", (int)name.n, name.p),
                                          .time = arena_printf(m->req->arena, "%02d:%02d", s->from / 60, s->from % 60),
                                          .url = arena_printf(m->req->arena, "/desk/stations/%.*s", (int)o->code.n, o->code.p), .class = "duty"});
    }
}

static void
fill_shifts(struct month *m)
{
    const struct registry *r = m->v->area->registry;
    int32_t station = m->place ? owner_org(r, STR("@station"), m->place, 0) : m->org && m->org->kind == ORG_STATION ? m->org->id : 0;
    for (int32_t month = m->month - 1; month <= m->month + 1; month++) {
        if (station)
            fill_shifts_of(m, station, month);
        for (int32_t i = 1; m->person && i <= r->n_orgs; i++)
            if (r->orgs[i].kind == ORG_STATION)
                fill_shifts_of(m, i, month);
    }
}

/* Leave is nobody's business but his own, his unit's, and that of who sees everything. */
static void
fill_leave(struct month *m)
{
    const struct visit *v = m->v;
    const struct registry *r = v->area->registry;
    bool is_known = m->person && (sees_all(v) || m->person->id == v->who.person);
    for (size_t i = 0; m->person && !is_known && i < r->n_postings; i++)
        for (size_t k = 0; r->postings[i].person == m->person->id && k < v->who.n_postings; k++)
            is_known |= r->postings[i].org && r->postings[i].org == v->who.postings[k]->org;
    for (int32_t d = m->days[0]; is_known && d <= m->days[1]; d++)
        if (on_leave(r, m->person->id, d))
            add(m, d, (struct cal_entry){.words = "请假", .time = "", .class = "away"});
}

/* ---- The page ---- */

static void
fill_days(struct month *m)
{
    static const char *const weekdays[] = {"", "一", "二", "三", "四", "五", "六", "日"};
    const struct calendar *c = &m->v->area->scheme->calendar;
    for (int32_t d = m->days[0]; d <= m->days[1]; d++) {
        struct civil t = civil_of_day(d);
        bool works = is_working_day(c, d, NULL);
        m->p[d - m->days[0]] = (struct cal_day){
            .words = arena_printf(m->req->arena, "%d 月 %d 日 周%s", t.month, t.day, weekdays[t.weekday]), .day = t.day,
            .is_other = month_of(d) != m->month, .is_off = !works, .is_today = d == day_of(m->v->now),
            .note = is_holiday(c, d) ? "放假" : works && t.weekday > 5 ? "调休上班" : NULL};
    }
}

/* By the hour; what has none comes first. */
static void
sort_day(struct cal_entry *p, size_t n)
{
    for (size_t i = 1; i < n; i++)
        for (size_t k = i; k && strcmp(p[k].time ? p[k].time : "", p[k - 1].time ? p[k - 1].time : "") < 0; k--) {
            struct cal_entry e = p[k];
            p[k] = p[k - 1];
            p[k - 1] = e;
        }
}

static void
fill_weeks(struct month *m)
{
    for (int32_t i = 0; i <= m->days[1] - m->days[0]; i++)
        sort_day(m->entries[i], m->p[i].entries.n);
    size_t n = (size_t)(m->days[1] - m->days[0] + 1) / 7;
    struct cal_week *weeks = arena_array(m->req->arena, struct cal_week, n);
    for (size_t i = 0; i < n; i++)
        weeks[i] = (struct cal_week){{m->p + i * 7, 7}};
    m->view->weeks = (struct cal_weeks){weeks, n};
}

static const char *
month_url(struct request *req, int32_t month)
{
    return query_with(req, "/desk/calendar", "month", arena_printf(req->arena, "%d-%02d", month / 12, month % 12 + 1));
}

/* Of what: as asked; else the whole area for who sees it, and one's own for everybody else. */
static void
find_subject(struct month *m)
{
    const struct registry *r = m->v->area->registry;
    struct arena *a = m->req->arena;
    struct calendar_view *view = m->view;
    view->place = params_get(&m->req->args, "place");
    view->org = params_get(&m->req->args, "org");
    m->place = registry_place_code(r, view->place);
    m->org = m->place ? NULL : registry_org_code(r, view->org);
    m->person = m->place || m->org ? NULL : registry_username(r, params_get(&m->req->args, "person"));
    if (!m->place && !m->org && !m->person && !sees_all(m->v))
        m->person = m->v->person;
    struct str name = m->place ? m->place->name : m->org ? m->org->name : m->person ? m->person->name : STR("全域");
    view->title = arena_printf(a, "%.*s的日历", (int)name.n, name.p);
    if (m->place)
        view->self_url = arena_printf(a, "/desk/places/%.*s", (int)m->place->code.n, m->place->code.p);
    else if (m->org)
        view->self_url = arena_printf(a, "/desk/orgs/%.*s", (int)m->org->code.n, m->org->code.p);
    else if (m->person)
        view->self_url = arena_printf(a, "/desk/people/%.*s", (int)m->person->username.n, m->person->username.p);
}

void
desk_calendar(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    struct calendar_view *view = arena_new_of(req->arena, struct calendar_view);
    struct month m = {.req = req, .v = v, .view = view};
    int32_t now = month_of(day_of(v->now));
    if (!month_parse(params_get(&req->args, "month"), &m.month) || m.month < now - 120 || m.month > now + 24)
        m.month = now;
    int32_t first = month_first_day(m.month), last = month_first_day(m.month + 1) - 1;
    m.days[0] = first - (civil_of_day(first).weekday - 1);
    m.days[1] = last + (7 - civil_of_day(last).weekday);
    m.p = arena_array(req->arena, struct cal_day, DAYS_MAX);
    find_subject(&m);
    fill_days(&m);
    fill_leave(&m);
    fill_shifts(&m);
    if (!fill_visits(&m) || !fill_routines(&m)) {
        page_fail(req, res, &m.err);
        return;
    }
    fill_weeks(&m);
    view->month = month_words(req->arena, m.month / 12, m.month % 12 + 1);
    view->before = month_url(req, m.month - 1);
    view->after = month_url(req, m.month + 1);
    view->places = options_of(v, req->arena, "local_place", NULL);
    view->orgs = options_of(v, req->arena, "org", NULL);
    layout_init(req, &view->layout, view->title, "calendar");
    page_calendar(&res->body, view);
}
