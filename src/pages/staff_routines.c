/* Who is behind (谁还没做): each routine of the scheme, its terms and its members. */
#include "staff_routines.h"

#include "roster.h"
#include "staff_routines.html.h"

enum { TERM_MAX = 5000, ROWS_SHOWN = 300, TERMS_SHOWN = 12 };

/* ---- Words ---- */

const char *
term_words(struct arena *a, const struct term *t)
{
    static const char *const weekdays[] = {"", "一", "二", "三", "四", "五", "六", "日"};
    struct civil f = civil_of_day(t->from), l = civil_of_day(t->to);
    if (t->from == t->to)
        return arena_printf(a, "%d 月 %d 日 周%s", f.month, f.day, weekdays[f.weekday]);
    if (f.day == 1 && civil_of_day(t->to + 1).day == 1 && f.month == l.month)
        return month_words(a, f.year, f.month);
    if (f.day == 1 && f.month == 1 && l.month == 12)
        return arena_printf(a, "%d 年", f.year);
    if (f.day == 1 && l.month == f.month + 2)
        return arena_printf(a, "%d 年第 %d 季度", f.year, f.month / 3 + 1);
    if (f.month == l.month)
        return arena_printf(a, "%d 月 %d—%d 日", f.month, f.day, l.day);
    return arena_printf(a, "%d 月 %d 日—%d 月 %d 日", f.month, f.day, l.month, l.day);
}

static const char *
day_code(struct arena *a, int32_t day)
{
    struct buf b = {0};
    date_format(&b, day);
    return buf_keep(a, &b).p;
}

/* A term that ends with its day is due 「4 月 26 日内」. */
static const char *
due_words(struct arena *a, instant due, instant now)
{
    bool is_midnight = due == day_start(day_of(due));
    return is_midnight ? arena_printf(a, "%s内", day_words(a, due - 1, now)) : arena_printf(a, "%s前", at_words(a, due, now));
}

static const char *
rule_words(struct arena *a, const struct routine *r)
{
    struct buf b = {0};
    buf_printf(&b, "%s", routine_period_label(r));
    if (r->minimum > 1 || r->period != PERIOD_WEEKDAY)
        buf_printf(&b, "至少 %d 次", r->minimum);
    if (r->spacing > 1)
        buf_printf(&b, "，两次至少隔 %d 天", r->spacing);
    buf_printf(&b, "；算数的是：%s", visit_kind_label(r->action));
    if (r->needs & NEED_CHECKLISTS)
        buf_z(&b, "，必查清单全部填写");
    if (r->needs & NEED_CHECKIN)
        buf_z(&b, "，有到场签到");
    if (r->needs & NEED_PHOTO)
        buf_z(&b, "，有照片");
    if (r->needs & NEED_POINTS)
        buf_z(&b, "，走到每一个巡查点");
    if (r->needs & NEED_TEAM)
        buf_z(&b, "，执法人员、协管和社区人员都到");
    return buf_keep(a, &b).p;
}

/* ---- How a term stands ---- */

static enum member_standing
standing_of(const struct duty *u, instant now)
{
    if (u->end == END_DONE || u->end == END_LATE_SYNC)
        return STANDS_DONE;
    if (u->end == END_DONE_LATE)
        return STANDS_LATE;
    if (u->end == END_EXCUSED)
        return STANDS_EXCUSED;
    if (u->end == END_LAPSED || u->missed_at)
        return STANDS_MISSED;
    return routine_is_behind(u, now) ? STANDS_BEHIND : STANDS_WAITING;
}

static const struct {
    const char *code, *label, *class, *series;
} standings[STANDING_COUNT] = {
    [STANDS_BEHIND] = {"behind", "落后", "a", "pa"}, [STANDS_MISSED] = {"missed", "未做", "r", "pr"},
    [STANDS_WAITING] = {"waiting", "还没到时候", "n", "pn"}, [STANDS_LATE] = {"late", "逾期补做", "t", "pt"},
    [STANDS_DONE] = {"done", "已做", "g", "pg"}, [STANDS_EXCUSED] = {"excused", "已核免", "v", "pv"}};

static void
count_one(struct term_counts *c, const struct duty *u, instant now)
{
    int64_t *const parts[STANDING_COUNT] = {[STANDS_BEHIND] = &c->behind, [STANDS_MISSED] = &c->missed, [STANDS_LATE] = &c->late,
                                            [STANDS_DONE] = &c->done, [STANDS_EXCUSED] = &c->excused};
    enum member_standing s = standing_of(u, now);
    if (u->end == END_VOID || u->end == END_SUPERSEDED)
        return;
    c->all++;
    if (parts[s])
        ++*parts[s];
}

static int64_t
waiting(const struct term_counts *c)
{
    return c->all - c->done - c->late - c->missed - c->excused - c->behind;
}

static struct stripes
bar_of(struct arena *a, const struct term_counts *c)
{
    const struct {
        enum member_standing s;
        int64_t n;
    } parts[] = {{STANDS_DONE, c->done}, {STANDS_LATE, c->late}, {STANDS_EXCUSED, c->excused},
                 {STANDS_WAITING, waiting(c)}, {STANDS_BEHIND, c->behind}, {STANDS_MISSED, c->missed}};
    struct stripe *out = arena_array(a, struct stripe, STANDING_COUNT);
    size_t n = 0;
    double x = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        double width = c->all ? 100.0 * (double)parts[i].n / (double)c->all : 0;
        if (!parts[i].n)
            continue;
        out[n++] = (struct stripe){.label = standings[parts[i].s].label, .series = standings[parts[i].s].series, .count = parts[i].n,
                                   .x = arena_printf(a, "%.2f", x), .width = arena_printf(a, "%.2f", width)};
        x += width;
    }
    return (struct stripes){out, n};
}

/* In time ÷ owed; who is excused owed nothing. */
static const char *
rate_of(struct arena *a, const struct term_counts *c)
{
    int64_t owed = c->all - c->excused;
    return owed ? arena_printf(a, "%.0f%%", 100.0 * (double)c->done / (double)owed) : NULL;
}

static void
fill_term(struct arena *a, const struct term *t, const struct term_counts *c, struct term_line *out)
{
    out->words = term_words(a, t);
    out->c = *c;
    out->bar = bar_of(a, c);
    out->rate = rate_of(a, c);
}

/* ---- Who sees whom, and the filter ---- */

struct member_scope {
    const struct visit *v;
    const struct routine *r;
    int32_t org, place; /* asked for; 0 = all */
    bool sees_all;
};

static struct routine_member
member_of(const struct member_scope *q, const struct duty *u)
{
    struct routine_member m = {.id = u->subject, .owner = u->owner, .org = u->owner.org};
    const struct posting *p = q->r->each == EACH_POST ? registry_posting(q->v->area->registry, u->subject) : NULL;
    if (q->r->each == EACH_ORG)
        m.org = (int32_t)u->subject;
    else if (q->r->each == EACH_PLACE)
        m.place = (int32_t)u->subject;
    if (p) {
        m.org = p->org;
        m.place = p->place;
    }
    return m;
}

static bool
is_asked_for(const struct member_scope *q, const struct routine_member *m)
{
    const struct registry *reg = q->v->area->registry;
    if (q->place && !(m->place && place_within(reg, m->place, q->place)))
        return false;
    return !q->org || m->org == q->org || m->owner.org == q->org;
}

/* One's own, one's organisation's, what goes up to one, and what lies in one's places. */
static bool
sees_member(const struct member_scope *q, const struct duty *u, const struct routine_member *m)
{
    const struct registry *reg = q->v->area->registry;
    const struct place *at = registry_place(reg, m->place);
    int32_t today = day_of(q->v->now);
    if (q->sees_all || q->r->each == EACH_AREA || owner_is(reg, &u->owner, q->v->who.person, today) ||
        owner_is(reg, &u->escalated, q->v->who.person, today))
        return true;
    for (size_t i = 0; i < q->v->who.n_postings; i++) {
        const struct posting *p = q->v->who.postings[i];
        const struct org *o = registry_org(reg, p->org);
        if (p->org && (p->org == m->org || p->org == m->owner.org))
            return true;
        if (at && p->place && place_within(reg, at->id, p->place))
            return true;
        if (at && o && (o->kind == ORG_STATION ? station_serves(reg, o->id, at) : at->org == o->id))
            return true;
    }
    return false;
}

static bool
takes(const struct member_scope *q, const struct duty *u)
{
    struct routine_member m = member_of(q, u);
    return is_asked_for(q, &m) && sees_member(q, u, &m);
}

static bool
load_term(const struct member_scope *q, struct arena *a, const struct term *t, struct duty_list *out, struct err *err)
{
    return routine_duties_of_term(q->v->db, a, q->v->area->id, routine_ref(q->r->code), t->from, -1, TERM_MAX, out, err);
}

static bool
counts_of(const struct member_scope *q, struct arena *a, const struct term *t, struct term_counts *out, struct err *err)
{
    struct duty_list list;
    if (q->sees_all && !q->org && !q->place)
        return routine_term_counts(q->v->db, q->v->area->id, routine_ref(q->r->code), t->from, q->v->now, out, err);
    *out = (struct term_counts){0};
    if (!load_term(q, a, t, &list, err))
        return false;
    for (size_t i = 0; i < list.n; i++)
        if (takes(q, &list.p[i]))
            count_one(out, &list.p[i], q->v->now);
    return true;
}

static struct member_scope
scope_of(struct request *req, const struct routine *r, struct str *place_code, struct str *org_code)
{
    const struct visit *v = visit_of(req);
    *place_code = params_get(&req->args, "place");
    *org_code = params_get(&req->args, "org");
    const struct place *p = registry_place_code(v->area->registry, *place_code);
    const struct org *o = registry_org_code(v->area->registry, *org_code);
    return (struct member_scope){.v = v, .r = r, .place = p ? p->id : 0, .org = o ? o->id : 0, .sees_all = sees_all(v)};
}

/* ---- All routines ---- */

static const char *
routine_url(struct request *req, const struct routine *r, int32_t term)
{
    const char *path = arena_printf(req->arena, "/desk/routines/%.*s", (int)r->code.n, r->code.p);
    return query_with(req, path, "term", term ? day_code(req->arena, term) : NULL);
}

void
desk_routines(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    const struct scheme *s = v->area->scheme;
    struct arena *a = req->arena;
    struct routines_view *view = arena_new_of(a, struct routines_view);
    static const char *const eaches[EACH_COUNT] = {[EACH_AREA] = "全域", [EACH_ORG] = "各单位", [EACH_POST] = "各岗位人员", [EACH_PLACE] = "各小区"};
    struct routine_line *out = arena_array(a, struct routine_line, s->n_routines + 1);
    struct err err = {0};
    for (size_t i = 0; i < s->n_routines; i++) {
        struct member_scope q = scope_of(req, &s->routines[i], &view->place, &view->org);
        struct term t;
        struct term_counts c;
        out[i] = (struct routine_line){.r = q.r, .period = routine_period_label(q.r), .who = eaches[q.r->each]};
        out[i].term.url = routine_url(req, q.r, 0);
        if (!routine_term_current(&s->calendar, q.r, v->now, &t))
            continue;
        if (!counts_of(&q, a, &t, &c, &err)) {
            page_fail(req, res, &err);
            return;
        }
        fill_term(a, &t, &c, &out[i].term);
        out[i].has_term = true;
        out[i].due = due_words(a, t.due, v->now);
        view->n_behind += c.behind;
        view->n_missed += c.missed;
    }
    view->routines = (struct routine_lines){out, s->n_routines};
    view->places = options_of(v, a, "compound", NULL);
    view->orgs = options_of(v, a, "department", NULL);
    layout_init(req, &view->layout, "常态化任务", "routines");
    page_routines(&res->body, view);
}

bool
routine_totals(const struct visit *v, struct arena *a, struct routine_totals *out, struct err *err)
{
    const uint64_t watchers = ROLES_SEE_ALL | ROLE_BIT(ROLE_DEPARTMENT_HEAD) | ROLE_BIT(ROLE_STATION_CHIEF) | ROLE_BIT(ROLE_SECTOR_CHIEF);
    const struct scheme *s = v->area->scheme;
    *out = (struct routine_totals){.is_watched = s->n_routines && caller_has(&v->who, watchers)};
    for (size_t i = 0; out->is_watched && i < s->n_routines; i++) {
        struct member_scope q = {.v = v, .r = &s->routines[i], .sees_all = sees_all(v)};
        struct term t;
        struct term_counts c;
        if (!routine_term_current(&s->calendar, q.r, v->now, &t))
            continue;
        if (!counts_of(&q, a, &t, &c, err))
            return false;
        out->behind += c.behind;
        out->missed += c.missed;
    }
    return true;
}

/* ---- One routine ---- */

static const struct routine *
routine_asked(struct request *req, struct response *res)
{
    const struct scheme *s = visit_of(req)->area->scheme;
    struct err err = {0};
    for (size_t i = 0; i < s->n_routines; i++)
        if (str_eq(s->routines[i].code, req->vars[0]))
            return &s->routines[i];
    err_set(&err, ERR_NOT_FOUND, "方案里没有这项常态化任务。");
    page_fail(req, res, &err);
    return NULL;
}

static bool
term_asked(struct request *req, const struct routine *r, struct term *out)
{
    const struct visit *v = visit_of(req);
    const struct calendar *c = &v->area->scheme->calendar;
    int32_t day;
    bool is_asked = date_parse(params_get(&req->args, "term"), &day) || date_parse(params_get(&req->form, "term"), &day);
    if (is_asked && day <= day_of(v->now) && routine_term_of(c, r, day, out))
        return true;
    return routine_term_current(c, r, v->now, out);
}

static bool
may_excuse(const struct visit *v, const struct duty *u)
{
    const struct registry *reg = v->area->registry;
    int32_t today = day_of(v->now);
    bool is_above = owner_is(reg, &u->escalated, v->who.person, today) || caller_has(&v->who, ROLE_BIT(ROLE_COORDINATOR));
    bool is_over = u->end != END_OPEN && u->end != END_LAPSED;
    return is_above && !is_over && !owner_is(reg, &u->owner, v->who.person, today);
}

static bool
visits_of_duty(const struct visit *v, struct arena *a, const struct duty *u, struct visit_links *out, struct err *err)
{
    int64_t *ids;
    int32_t *days;
    size_t n;
    if (!u->credited)
        return true;
    if (!credits_of_duty(v->db, a, v->area->id, u->id, &ids, &days, &n, err))
        return false;
    struct visit_link *links = arena_array(a, struct visit_link, n + 1);
    for (size_t i = 0; i < n; i++)
        links[i] = (struct visit_link){arena_printf(a, "/desk/visits/%lld", (long long)ids[i]), day_words(a, day_start(days[i]), v->now)};
    *out = (struct visit_links){links, n};
    return true;
}

static const char *
calendar_url(const struct visit *v, struct arena *a, const struct routine *r, int64_t member)
{
    const struct registry *reg = v->area->registry;
    const struct org *o = r->each == EACH_ORG ? registry_org(reg, (int32_t)member) : NULL;
    const struct place *p = r->each == EACH_PLACE ? registry_place(reg, (int32_t)member) : NULL;
    const struct posting *post = r->each == EACH_POST ? registry_posting(reg, member) : NULL;
    const struct person *who = post ? registry_person(reg, post->person) : NULL;
    struct str code = o ? o->code : p ? p->code : who ? who->username : STR("");
    return code.n ? arena_printf(a, "/desk/calendar?%s=%.*s", o ? "org" : p ? "place" : "person", (int)code.n, code.p) : NULL;
}

static bool
fill_member(const struct member_scope *q, struct arena *a, const struct duty *u, struct member_line *out, struct err *err)
{
    const struct visit *v = q->v;
    struct buf name = {0}, owner = {0};
    enum member_standing s = standing_of(u, v->now);
    member_words(&name, v->area->registry, q->r, u->subject);
    owner_words(&owner, v->area->registry, &u->owner);
    *out = (struct member_line){.duty = u->id, .name = buf_keep(a, &name).p, .owner = buf_keep(a, &owner).p,
                                .progress = arena_printf(a, "%d / %d", u->credited, u->need), .due = due_words(a, u->due, v->now),
                                .state = standings[s].label, .state_class = standings[s].class,
                                .url = calendar_url(v, a, q->r, u->subject), .may_excuse = may_excuse(v, u)};
    return visits_of_duty(v, a, u, &out->visits, err);
}

static int
standing_asked(const struct request *req)
{
    for (int i = 0; i < STANDING_COUNT; i++)
        if (str_is(params_get(&req->args, "state"), standings[i].code))
            return i;
    return -1;
}

static bool
fill_members(struct request *req, const struct member_scope *q, const struct term *t, struct routine_view *view, struct err *err)
{
    struct arena *a = req->arena;
    struct duty_list list;
    int wanted = standing_asked(req);
    int64_t by_standing[STANDING_COUNT] = {0};
    size_t n = 0;
    if (!load_term(q, a, t, &list, err))
        return false;
    struct member_line *out = arena_array(a, struct member_line, ROWS_SHOWN + 1);
    const struct duty **of[STANDING_COUNT];
    for (int s = 0; s < STANDING_COUNT; s++)
        of[s] = arena_array(a, const struct duty *, list.n + 1);
    for (size_t i = 0; i < list.n; i++) {
        const struct duty *u = &list.p[i];
        enum member_standing s = standing_of(u, q->v->now);
        if (u->end == END_VOID || u->end == END_SUPERSEDED || !takes(q, u))
            continue;
        count_one(&view->term.c, u, q->v->now);
        of[s][by_standing[s]++] = u;
    }
    for (int s = 0; s < STANDING_COUNT; s++)
        for (int64_t i = 0; (wanted < 0 || s == wanted) && i < by_standing[s]; i++)
            if (n == ROWS_SHOWN)
                view->n_hidden++;
            else if (!fill_member(q, a, of[s][i], &out[n++], err))
                return false;
    view->members = (struct member_lines){out, n};
    struct standing_chip *chips = arena_array(a, struct standing_chip, STANDING_COUNT);
    size_t n_chips = 0;
    for (int s = 0; s < STANDING_COUNT; s++)
        if (by_standing[s] || s == wanted)
            chips[n_chips++] = (struct standing_chip){query_with(req, arena_printf(a, "/desk/routines/%.*s", (int)q->r->code.n, q->r->code.p), "state", s == wanted ? NULL : standings[s].code),
                                                      standings[s].label, by_standing[s], s == wanted};
    view->chips = (struct standing_chips){chips, n_chips};
    return true;
}

/* The latest terms, this one included, each with how it went. */
static bool
fill_terms(struct request *req, const struct member_scope *q, const struct term *shown, struct routine_view *view, struct err *err)
{
    const struct calendar *c = &q->v->area->scheme->calendar;
    struct term_line *out = arena_array(req->arena, struct term_line, TERMS_SHOWN);
    struct term t;
    size_t n = 0;
    for (bool more = routine_term_current(c, q->r, q->v->now, &t); more && n < TERMS_SHOWN; more = routine_term_before(c, q->r, t.from, &t)) {
        struct term_counts counts;
        if (!counts_of(q, req->arena, &t, &counts, err))
            return false;
        if (!counts.all && n)
            break; /* before the start */
        out[n].url = routine_url(req, q->r, t.from);
        out[n].is_shown = t.from == shown->from;
        fill_term(req->arena, &t, &counts, &out[n++]);
    }
    view->terms = (struct term_lines){out, n};
    return true;
}

/* Rounds are looked at with what they left out, and with what somebody else had to say after them (HC-19, HC-20). */
static bool
fill_rounds(struct request *req, const struct member_scope *q, const struct term *t, struct routine_view *view, struct err *err)
{
    enum { DAYS = 30 };
    const struct visit *v = q->v;
    int32_t today = day_of(v->now);
    struct figure_value f;
    view->is_round = q->r->action == VISIT_ROUND;
    if (!view->is_round)
        return true;
    if (!skipped_rounds(req, day_start(t->from), day_start(t->to + 1), q->place, q->org, &view->skipped, err) ||
        !figure_compute(v->db, req->arena, v->area->id, figure_find(STR("unreported")), today - DAYS + 1, today, q->place, 0, &f, err))
        return false;
    if (f.denominator && q->sees_all && !q->org) {
        view->unreported = arena_printf(req->arena, "%lld / %lld", (long long)f.numerator, (long long)f.denominator);
        view->unreported_url = f.cases.n ? arena_printf(req->arena, "/desk/cases?%.*s", (int)f.cases.n, f.cases.p) : NULL;
    }
    return true;
}

static void
show_routine(struct request *req, struct response *res, const struct routine *r, const struct err *wrong, int64_t duty)
{
    const struct visit *v = visit_of(req);
    struct arena *a = req->arena;
    struct routine_view *view = arena_new_of(a, struct routine_view);
    struct member_scope q = scope_of(req, r, &view->place, &view->org);
    struct term t;
    struct err err = {0};
    view->r = r;
    view->err = wrong;
    view->excused = duty;
    view->period = routine_period_label(r);
    view->self = arena_printf(a, "/desk/routines/%.*s", (int)r->code.n, r->code.p);
    view->rule = rule_words(a, r);
    view->record = caller_has(&v->who, visit_kind_roles(r->action)) ? arena_printf(a, "/desk/visits/new?kind=%s", visit_kind_code(r->action)) : NULL;
    if (term_asked(req, r, &t)) {
        if (!fill_members(req, &q, &t, view, &err) || !fill_terms(req, &q, &t, view, &err) || !fill_rounds(req, &q, &t, view, &err)) {
            page_fail(req, res, &err);
            return;
        }
        struct term_counts counts = view->term.c;
        fill_term(a, &t, &counts, &view->term);
        view->first_day = day_code(a, t.from);
    }
    view->places = options_of(v, a, "compound", NULL);
    view->orgs = options_of(v, a, "department", NULL);
    layout_init(req, &view->layout, str_z(a, r->name), "routines");
    if (wrong)
        res->status = err_status(wrong->kind);
    page_routine(&res->body, view);
}

void
desk_routine(struct request *req, struct response *res)
{
    const struct routine *r = routine_asked(req, res);
    if (r)
        show_routine(req, res, r, NULL, 0);
}

static void
excused(struct request *req, struct response *res, struct action *act)
{
    const struct excuse_routine *x = (const struct excuse_routine *)act;
    const struct routine *r = routine_asked(req, res);
    if (!r)
        return;
    if (act->err.kind) {
        struct err *err = arena_new_of(req->arena, struct err);
        *err = act->err;
        show_routine(req, res, r, err, x->duty);
        return;
    }
    flash(req, res, "已核免，未做的记录和原因都留着。");
    response_redirect(req, res, "/desk/routines/%.*s?term=%s", (int)r->code.n, r->code.p, day_code(req->arena, (int32_t)x->u.arg));
}

static const struct field excuse_fields[] = {
    {.name = "words", .label = "核免原因", .type = FIELD_TEXT, .required = true, .min = 4, .max = 300},
};

void
desk_post_routine(struct request *req, struct response *res)
{
    struct excuse_routine *x = arena_new_of(req->arena, struct excuse_routine);
    const struct routine *r = routine_asked(req, res);
    struct err *err = arena_new_of(req->arena, struct err);
    if (!r)
        return;
    if (!str_int(params_get(&req->form, "duty"), &x->duty)) {
        err_set(err, ERR_NOT_FOUND, "没有这项任务。");
        page_fail(req, res, err);
        return;
    }
    if (!form_check(excuse_fields, 1, &req->form, option_lookup, req, err)) {
        show_routine(req, res, r, err, x->duty);
        return;
    }
    x->words = params_get(&req->form, "words");
    page_wait(req, res, &x->base, excused);
    excuse_routine(x, visit_of(req)->db);
}
