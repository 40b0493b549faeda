/* 联络站 (HC-40, BG-08, LC-04): who leads it, who is there now, whom it serves, and its shifts month by month. */
#include "staff_posts.h"
#include "staff_posts.html.h"

enum { NAMES_MAX = 64, SHIFTS_OF_A_DAY = 16 };
#define N(list) (sizeof list / sizeof *list)

const char *
names_of(struct arena *a, const struct registry *r, const int64_t *people, size_t n)
{
    struct buf b = {0};
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_z(&b, "、");
        buf_str(&b, person_name(r, people[i]));
    }
    return buf_keep(a, &b).p;
}

static const char *
holder(struct arena *a, const struct registry *r, int role, int32_t org, int32_t day)
{
    const struct posting *p = registry_filled(r, role, org, 0, day);
    if (!p)
        return "";
    struct str name = person_name(r, p->person), absent = p->acting_for ? person_name(r, p->acting_for) : STR("");
    return absent.n ? arena_printf(a, "%.*s（代%.*s）", (int)name.n, name.p, (int)absent.n, absent.p)
                    : str_z(a, name);
}

static struct place_links
served(const struct visit *v, struct arena *a, int32_t station, enum place_kind kind)
{
    const struct registry *r = v->area->registry;
    const struct place **out = arena_array(a, const struct place *, r->n_places + 1);
    size_t n = 0;
    for (int32_t i = 1; i <= r->n_places; i++)
        if (r->places[i].kind == kind && !r->places[i].is_closed && station_serves(r, station, &r->places[i]))
            out[n++] = &r->places[i];
    return (struct place_links){out, n};
}

static const char *
place_names(struct arena *a, const struct place_links *l)
{
    struct buf b = {0};
    for (size_t i = 0; i < l->n; i++) {
        if (i)
            buf_z(&b, "、");
        buf_str(&b, l->p[i]->name);
    }
    return buf_keep(a, &b).p;
}

void
desk_stations(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    const struct registry *r = v->area->registry;
    struct stations_view *view = arena_new_of(req->arena, struct stations_view);
    struct post_station *out = arena_array(req->arena, struct post_station, r->n_orgs + 1);
    int32_t today = day_of(v->now);
    size_t n = 0;
    for (int32_t i = 1; i <= r->n_orgs; i++) {
        int64_t people[STATION_PEOPLE_MAX];
        if (r->orgs[i].kind != ORG_STATION || r->orgs[i].is_closed)
            continue;
        struct post_station *l = &out[n++];
        struct place_links communities = served(v, req->arena, i, PLACE_COMMUNITY);
        size_t on_duty = station_on_duty(r, i, v->now, people, STATION_PEOPLE_MAX);
        *l = (struct post_station){.o = &r->orgs[i], .chief = holder(req->arena, r, ROLE_STATION_CHIEF, i, today),
                                   .deputy = holder(req->arena, r, ROLE_STATION_DEPUTY, i, today),
                                   .on_duty = names_of(req->arena, r, people, on_duty),
                                   .communities = place_names(req->arena, &communities),
                                   .n_compounds = served(v, req->arena, i, PLACE_COMPOUND).n,
                                   .is_planned = roster_find(r, i, month_of(today)) != NULL,
                                   .is_open = in_office_hours(&v->area->scheme->calendar, v->now)};
        l->n_people = station_people(r, i, today, people, STATION_PEOPLE_MAX);
        view->n_on_duty += on_duty > 0;
    }
    view->stations = (struct post_stations){out, n};
    layout_init(req, &view->layout, "站点", "stations");
    page_stations(&res->body, view);
}

/* ---- one station ---- */

static struct field *
shift_fields(struct request *req, const struct org *o, const char *op, size_t *n)
{
    struct field *f = arena_array(req->arena, struct field, 5);
    const char *source = arena_printf(req->arena, "station_person:%.*s", (int)o->code.n, o->code.p);
    bool is_add = strcmp(op, "add") == 0, is_swap = strcmp(op, "swap") == 0;
    *n = 0;
    f[(*n)++] = (struct field){.name = "day", .label = "哪一天", .type = FIELD_DATE, .required = true};
    f[(*n)++] = (struct field){.name = "person", .label = is_add ? "谁值班" : "现在值班的人", .type = FIELD_CHOICE, .source = source,
                               .required = true};
    if (is_add) {
        f[(*n)++] = (struct field){.name = "from", .label = "从几点", .hint = "不填按办公时间，例如 08:30", .type = FIELD_TEXT, .max = 5};
        f[(*n)++] = (struct field){.name = "to", .label = "到几点", .type = FIELD_TEXT, .max = 5};
    } else
        f[(*n)++] = (struct field){.name = "other", .label = is_swap ? "和谁换" : "换成谁", .type = FIELD_CHOICE, .source = source,
                                   .required = true};
    if (is_swap)
        f[(*n)++] = (struct field){.name = "other_day", .label = "他的哪一天", .type = FIELD_DATE, .required = true};
    return f;
}

static struct station_people
people_at(const struct visit *v, struct arena *a, int32_t station)
{
    const struct registry *r = v->area->registry;
    int64_t all[STATION_PEOPLE_MAX], now[STATION_PEOPLE_MAX];
    int32_t today = day_of(v->now);
    size_t n = station_people(r, station, today, all, STATION_PEOPLE_MAX), n_now = station_on_duty(r, station, v->now, now, STATION_PEOPLE_MAX);
    struct station_person *out = arena_array(a, struct station_person, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct posting *posts[ACTOR_POSTINGS_MAX];
        struct buf b = {0};
        size_t n_posts = registry_postings(r, all[i], today, posts, ACTOR_POSTINGS_MAX);
        out[i] = (struct station_person){.p = registry_person(r, all[i]), .is_away = on_leave(r, all[i], today)};
        for (size_t k = 0; k < n_posts; k++) {
            const struct place *at = registry_place(r, posts[k]->place);
            if (posts[k]->org != station && !(at && at->kind >= PLACE_COMMUNITY && station_serves(r, station, at)))
                continue;
            buf_printf(&b, "%s%s", b.n ? "、" : "", role_label(posts[k]->role));
            if (!out[i].home.n)
                out[i].home = org_short(r, posts[k]->org);
        }
        out[i].posts = buf_keep(a, &b).p;
        for (size_t k = 0; k < n_now; k++)
            out[i].is_on_duty |= now[k] == all[i];
    }
    return (struct station_people){out, n};
}

static const char *
date_text(struct arena *a, int32_t day)
{
    struct buf b = {0};
    date_format(&b, day);
    return buf_keep(a, &b).p;
}

static struct shift_lines
shifts_on(const struct visit *v, struct arena *a, const struct roster *roster, int32_t day)
{
    const struct registry *r = v->area->registry;
    struct shift_line *out = arena_array(a, struct shift_line, SHIFTS_OF_A_DAY);
    size_t n = 0;
    for (size_t i = 0; roster && i < roster->n && n < SHIFTS_OF_A_DAY; i++) {
        const struct shift *s = &roster->p[i];
        const struct person *p = registry_person(r, s->person);
        if (s->day == day && !s->is_cancelled && p)
            out[n++] = (struct shift_line){.hours = arena_printf(a, "%02d:%02d–%02d:%02d", s->from / 60, s->from % 60, s->to / 60, s->to % 60),
                                           .date = date_text(a, day), .p = p, .is_away = on_leave(r, s->person, day)};
    }
    return (struct shift_lines){out, n};
}

static struct duty_days
days_of(const struct visit *v, struct arena *a, const struct roster *roster, int32_t month)
{
    static const char *const weekdays[] = {"", "一", "二", "三", "四", "五", "六", "日"};
    int32_t first = month_first_day(month), end = month_first_day(month + 1), today = day_of(v->now);
    struct duty_day *out = arena_array(a, struct duty_day, 31);
    size_t n = 0;
    for (int32_t day = first; day < end; day++) {
        struct civil c = civil_of_day(day);
        struct duty_day d = {.words = arena_printf(a, "%d 日 周%s", c.day, weekdays[c.weekday]), .date = date_text(a, day),
                             .shifts = shifts_on(v, a, roster, day), .is_today = day == today,
                             .is_off = !is_working_day(&v->area->scheme->calendar, day, NULL)};
        d.is_missing = roster && !d.is_off && !d.shifts.n && day >= today;
        if (d.shifts.n || (!d.is_off && day >= today))
            out[n++] = d;
    }
    return (struct duty_days){out, n};
}

static const char *
month_code(struct arena *a, int32_t month)
{
    return arena_printf(a, "%d-%02d", month / 12, month % 12 + 1);
}

static const struct org *
station_asked(struct request *req, struct response *res)
{
    const struct org *o = registry_org_code(visit_of(req)->area->registry, req->vars[0]);
    struct err err = {0};
    if (o && o->kind == ORG_STATION)
        return o;
    err_set(&err, ERR_NOT_FOUND, "没有这个站点。");
    page_fail(req, res, &err);
    return NULL;
}

static int32_t
month_asked(struct request *req)
{
    int32_t now = month_of(day_of(visit_of(req)->now)), month;
    struct str code = params_has(&req->form, "month") ? params_get(&req->form, "month") : params_get(&req->args, "month");
    return month_parse(code, &month) && month >= now - 12 && month <= now + 12 ? month : now;
}

static void
fill_forms(struct request *req, struct station_view *view)
{
    struct {
        struct form_view *form;
        const char *op;
    } forms[] = {{&view->add, "add"}, {&view->replace, "replace"}, {&view->swap, "swap"}};
    for (size_t i = 0; i < N(forms); i++) {
        bool is_sent = view->op && view->err && strcmp(view->op, forms[i].op) == 0;
        size_t n;
        const struct field *fields = shift_fields(req, view->org, forms[i].op, &n);
        form_view_init(forms[i].form, req, fields, n, &(struct form_about){.values = is_sent ? &req->form : NULL, .err = is_sent ? view->err : NULL});
    }
}

static void
show_station(struct request *req, struct response *res, const struct org *o, const char *op, const struct err *err)
{
    const struct visit *v = visit_of(req);
    const struct registry *r = v->area->registry;
    struct station_view *view = arena_new_of(req->arena, struct station_view);
    int32_t month = month_asked(req), now = month_of(day_of(v->now)), today = day_of(v->now);
    const struct roster *roster = roster_find(r, o->id, month);
    int64_t people[STATION_PEOPLE_MAX];
    view->org = o;
    view->chief = holder(req->arena, r, ROLE_STATION_CHIEF, o->id, today);
    view->deputy = holder(req->arena, r, ROLE_STATION_DEPUTY, o->id, today);
    view->on_duty = names_of(req->arena, r, people, station_on_duty(r, o->id, v->now, people, STATION_PEOPLE_MAX));
    view->parent = o->parent ? org_name(r, o->parent) : STR("");
    view->communities = served(v, req->arena, o->id, PLACE_COMMUNITY);
    view->compounds = served(v, req->arena, o->id, PLACE_COMPOUND);
    view->people = people_at(v, req->arena, o->id);
    view->month = month_words(req->arena, month / 12, month % 12 + 1);
    view->month_code = month_code(req->arena, month);
    view->before = month > now - 12 ? month_code(req->arena, month - 1) : NULL;
    view->after = month < now + 12 ? month_code(req->arena, month + 1) : NULL;
    view->days = days_of(v, req->arena, roster, month);
    view->has_roster = roster != NULL;
    view->may_set = month >= now && roster_may(&v->who, o->id);
    view->op = op;
    view->err = err;
    fill_forms(req, view);
    layout_init(req, &view->layout, str_z(req->arena, o->name), "stations");
    if (err)
        res->status = err_status(err->kind);
    page_station(&res->body, view);
}

void
desk_station(struct request *req, struct response *res)
{
    const struct org *o = station_asked(req, res);
    if (o)
        show_station(req, res, o, NULL, NULL);
}

static const struct {
    const char *code;
    enum roster_op op;
} ops[] = {{"generate", ROSTER_GENERATE}, {"add", ROSTER_ADD}, {"remove", ROSTER_REMOVE}, {"replace", ROSTER_REPLACE}, {"swap", ROSTER_SWAP}};

static size_t
op_of(const struct request *req)
{
    for (size_t i = 0; i < N(ops); i++)
        if (str_is(params_get(&req->form, "op"), ops[i].code))
            return i;
    return N(ops);
}

static void
roster_set(struct request *req, struct response *res, struct action *a)
{
    const struct org *o = station_asked(req, res);
    if (!o)
        return;
    if (a->err.kind) {
        struct err *err = arena_new_of(req->arena, struct err);
        *err = a->err;
        show_station(req, res, o, ops[op_of(req)].code, err);
        return;
    }
    flash(req, res, op_of(req) == 0 ? "值班表排好了。" : "值班表已更新。");
    response_redirect(req, res, "/desk/stations/%.*s?month=%s#roster", (int)o->code.n, o->code.p, month_code(req->arena, month_asked(req)));
}

void
desk_post_station(struct request *req, struct response *res)
{
    const struct org *o = station_asked(req, res);
    size_t op = op_of(req), n;
    struct err *err = arena_new_of(req->arena, struct err);
    if (!o)
        return;
    if (op == N(ops)) {
        err_set(err, ERR_USAGE, "请选择要做什么。");
        page_fail(req, res, err);
        return;
    }
    bool has_form = ops[op].op != ROSTER_GENERATE && ops[op].op != ROSTER_REMOVE;
    const struct field *fields = has_form ? shift_fields(req, o, ops[op].code, &n) : NULL;
    if (fields && !form_check(fields, n, &req->form, option_lookup, req, err)) {
        show_station(req, res, o, ops[op].code, err);
        return;
    }
    struct set_roster *x = arena_new_of(req->arena, struct set_roster);
    x->op = ops[op].op;
    x->station = o->id;
    x->month = month_asked(req);
    x->fields = &req->form;
    page_wait(req, res, &x->base, roster_set);
    set_roster(x, visit_of(req)->db);
}
