/* One visit: who came and how that is proved, what the checklists say, what came of it, and what may be done now. */
#include "proof.h"
#include "staff_visits.h"

#include "staff_visits.html.h"

enum { FACTS_MAX = 16, NEAR_MAX = 60 };

struct fill {
    struct request *req;
    struct arena *a;
    const struct visit *v;
    const struct field_visit *x;
    struct visit_view *view;
};

bool
opened_visit(struct request *req, struct response *res, struct loaded_visit *out)
{
    const struct visit *v = visit_of(req);
    struct err err = {0};
    int64_t id;
    if (!str_int(req->vars[0], &id) || !visit_load(v->db, app_keys(v->app), req->arena, v->area->id, id, out, &err)) {
        if (!err.kind)
            err_set(&err, ERR_NOT_FOUND, "没有这条记录。");
        page_fail(req, res, &err);
        return false;
    }
    struct visit_situation s = visit_situation_for(v, out);
    if (visit_visible(&s) || visit_allowed(visit_command_find(STR("join")), &s, NULL))
        return true;
    err_set(&err, ERR_FORBIDDEN, "这次工作不在您的职责范围内。");
    page_fail(req, res, &err);
    return false;
}

/* ---- Facts ---- */

static void
fact(struct fact *list, size_t *n, const char *label, struct str value)
{
    if (value.n && *n < FACTS_MAX)
        list[(*n)++] = (struct fact){.label = label, .value = value};
}

static struct str
span_words(const struct fill *f, instant from, instant to)
{
    if (!from)
        return STR("");
    const char *begin = at_words(f->a, from, f->v->now), *end = to ? at_words(f->a, to, f->v->now) : "";
    struct civil t = civil_of(to);
    if (to && day_of(to) == day_of(from))
        end = arena_printf(f->a, "%02d:%02d", t.hour, t.minute);
    return to && to != from ? str_of(arena_printf(f->a, "%s 至 %s", begin, end)) : str_of(begin);
}

static struct str
all_places(const struct fill *f)
{
    struct buf b = {0};
    for (size_t i = 0; i < f->x->n_places; i++) {
        buf_z(&b, i ? "、" : "");
        buf_str(&b, place_name(f->v->area->registry, f->x->places[i]));
    }
    return buf_keep(f->a, &b);
}

static void
fill_facts(const struct fill *f)
{
    const struct registry *r = f->v->area->registry;
    const struct field_visit *x = f->x;
    struct fact *list = arena_array(f->a, struct fact, FACTS_MAX);
    size_t n = 0;
    fact(list, &n, "类别", str_of(visit_kind_label(x->kind)));
    fact(list, &n, "执法方式", str_of(visit_mode_label(x->mode)));
    fact(list, &n, "地点", all_places(f));
    if (x->n_places == 1)
        list[n - 1].url = arena_printf(f->a, "/desk/places/%s", str_z(f->a, registry_place(r, x->place)->code));
    fact(list, &n, "组织", x->org ? org_name(r, x->org) : STR(""));
    fact(list, &n, x->from ? "安排" : "登记", x->by ? person_name(r, x->by) : STR(""));
    fact(list, &n, "计划时间", span_words(f, x->from, x->to));
    fact(list, &n, "实际时间", span_words(f, x->began, x->ended));
    f->view->facts = (struct facts){list, n};
}

/* ---- Who ---- */

static void
fill_members(const struct fill *f)
{
    static const char *const classes[] = {[MEMBER_ASKED] = "a", [MEMBER_CONFIRMED] = "b", [MEMBER_DECLINED] = "n", [MEMBER_CAME] = "g"};
    const struct registry *r = f->v->area->registry;
    struct visitor_line *out = arena_array(f->a, struct visitor_line, f->x->n_members + 1);
    for (size_t i = 0; i < f->x->n_members; i++) {
        const struct visit_member *m = &f->x->members[i];
        struct str name = m->person ? person_name(r, m->person) : STR("");
        const char *role = m->role != ROLE_NONE ? role_label(m->role) : "";
        out[i] = (struct visitor_line){.org = m->org ? org_short(r, m->org) : STR("—"), .state = member_state_label(m->state), .state_class = classes[m->state],
                                      .who = m->person ? arena_printf(f->a, "%.*s%s%s%s", (int)name.n, name.p, *role ? "（" : "", role, *role ? "）" : "") : "",
                                      .came = ""};
        if (m->came_at && m->person)
            out[i].came = arena_printf(f->a, "%.*s，%s", (int)span_words(f, m->came_at, m->left_at).n, span_words(f, m->came_at, m->left_at).p,
                                       m->grade ? proof_label(m->grade) : "本人填报");
    }
    f->view->members = (struct visitor_lines){out, f->x->n_members};
}

static void
fill_duties(const struct fill *f, const struct duty *d, size_t n)
{
    struct duty_line *out = arena_array(f->a, struct duty_line, n + 1);
    for (size_t i = 0; i < n; i++) {
        bool is_late = f->v->now >= d[i].due;
        out[i] = (struct duty_line){.kind = duty_label(d[i].kind), .owner = owner_text(f->a, f->v->area->registry, &d[i].owner),
                                    .due = at_words(f->a, d[i].due, f->v->now), .end = is_late ? "已超期" : "未完成",
                                    .end_class = is_late ? "r" : "b", .is_open = true};
    }
    f->view->duties = (struct duty_lines){out, n};
}

/* ---- Checklists ---- */

static struct shots
shots_of(const struct fill *f, struct str list, struct str point)
{
    struct shot *out = arena_array(f->a, struct shot, f->x->n_shots + 1);
    size_t n = 0;
    static const char *const names[] = {[PHOTO_SCENE] = "现场照片", [PHOTO_BEFORE] = "整改前", [PHOTO_AFTER] = "整改后"};
    for (size_t i = 0; i < f->x->n_shots; i++) {
        const struct visit_photo *s = &f->x->shots[i];
        if (str_eq(s->list, list) && str_eq(s->point, point))
            out[n++] = (struct shot){.id = s->id, .name = names[s->of], .is_photo = true};
    }
    return (struct shots){out, n};
}

static const char *
case_no_of(const struct fill *f, int64_t id, struct loaded_case *c)
{
    struct err err = {0};
    bool ok = id && case_load(f->v->db, app_keys(f->v->app), f->a, f->v->area->id, id, c, &err);
    return ok ? case_no_words(f->a, &c->c) : NULL;
}

static struct answer_line
answer_line_of(const struct fill *f, const struct check_point *p, const struct visit_answer *x)
{
    struct loaded_case c;
    bool is_problem = x->answer == ANSWER_PROBLEM;
    return (struct answer_line){.text = p->text, .words = x->words, .case_no = case_no_of(f, x->case_id, &c),
                                .answer = x->answer == ANSWER_OK ? "正常" : !is_problem ? "不涉及" : x->is_settled ? "当场解决" : "有问题",
                                .answer_class = x->answer == ANSWER_OK ? "g" : !is_problem ? "n" : x->is_settled ? "t" : "a",
                                .shots = x->is_settled ? shots_of(f, x->list, x->point) : (struct shots){0}};
}

static const struct visit_answer *
answer_to(const struct field_visit *x, int32_t place, const struct check_point *p)
{
    for (size_t i = 0; i < x->n_answers; i++)
        if (x->answers[i].place == place && str_eq(x->answers[i].list, p->list) && str_eq(x->answers[i].point, p->code))
            return &x->answers[i];
    return NULL;
}

/* Points of one list at one place; lists that the kind does not ask for are shown when somebody answered them. */
static void
fill_list(const struct fill *f, size_t first, size_t last, int32_t place, struct answer_list *out)
{
    const struct scheme *s = f->v->area->scheme;
    struct answer_line *lines = arena_array(f->a, struct answer_line, last - first);
    size_t n = 0;
    for (size_t i = first; i < last; i++) {
        const struct visit_answer *x = answer_to(f->x, place, &s->points[i]);
        if (x)
            lines[n++] = answer_line_of(f, &s->points[i], x);
        else
            out->n_open += (s->points[i].kinds & 1u << f->x->kind) != 0;
    }
    out->name = s->points[first].list_name;
    out->place = f->x->n_places > 1 ? place_name(f->v->area->registry, place) : STR("");
    out->answers = (struct answer_lines){lines, n};
}

static void
fill_lists(const struct fill *f)
{
    const struct scheme *s = f->v->area->scheme;
    size_t n = 0, cap = (s->n_points + 1) * (f->x->n_places + 1);
    struct answer_list *out = arena_array(f->a, struct answer_list, cap);
    for (size_t k = 0; k < f->x->n_places; k++)
        for (size_t i = 0, to; i < s->n_points; i = to) {
            for (to = i + 1; to < s->n_points && str_eq(s->points[to].list, s->points[i].list);)
                to++;
            out[n] = (struct answer_list){0};
            fill_list(f, i, to, f->x->places[k], &out[n]);
            n += out[n].answers.n || out[n].n_open;
        }
    f->view->lists = (struct answer_lists){out, n};
    f->view->shots = shots_of(f, STR(""), STR(""));
}

/* Where a round had to come by, in the order in which the points come. */
static void
fill_stops(const struct fill *f)
{
    struct stop_line *out = arena_array(f->a, struct stop_line, f->x->n_stops + 1);
    for (size_t i = 0; i < f->x->n_stops; i++) {
        const struct visit_stop *s = &f->x->stops[i];
        out[i] = (struct stop_line){.name = place_name(f->v->area->registry, s->point), .when = s->at ? at_words(f->a, s->at, f->v->now) : NULL,
                                    .proof = s->grade ? proof_label(s->grade) : "本人填报"};
    }
    f->view->stops = (struct stop_lines){out, f->x->n_stops};
    f->view->n_skipped = visit_skipped(f->v->area->registry, f->x, 0);
}

/* ---- What it was about and what came of it ---- */

static void
fill_cases(const struct fill *f)
{
    struct visit_case_line *out = arena_array(f->a, struct visit_case_line, f->x->n_cases + 1);
    size_t n = 0;
    for (size_t i = 0; i < f->x->n_cases; i++) {
        struct loaded_case c;
        struct situation s;
        const char *no = case_no_of(f, f->x->cases[i].id, &c);
        if (!no)
            continue;
        situation_of(f->v, &c.c, c.duties, c.n_duties, &s);
        out[n] = (struct visit_case_line){.no = no, .kind = f->x->cases[i].is_found ? "现场发现" : "起因", .item = item_name(f->v, &c.c),
                                          .result = f->x->cases[i].result, .is_settled = f->x->cases[i].is_settled, .may_see = case_visible(&s)};
        signals_of(f->v, f->a, &c.c, NULL, &out[n++].sig);
    }
    f->view->cases = (struct visit_case_lines){out, n};
}

/* The same list at the same place within the window: inspected twice (BG-14). */
static bool
fill_repeats(const struct fill *f, struct err *err)
{
    struct visit_line *out = arena_array(f->a, struct visit_line, NEAR_MAX);
    struct visits near = {0};
    size_t n = 0;
    f->view->days = f->v->area->scheme->near_days;
    for (size_t k = 0; k < f->x->n_places && f->x->n_answers; k++) {
        if (!visits_near(f->v->db, app_keys(f->v->app), f->a, f->v->area->id, f->x->places[k], visit_at(f->x), f->view->days, NEAR_MAX, &near, err))
            return false;
        for (size_t i = 0; i < near.n && n < NEAR_MAX; i++) {
            int32_t place;
            struct str list;
            if (near.p[i]->state != VISIT_CANCELLED && visit_repeats(f->x, near.p[i], &place, &list) && place == f->x->places[k])
                visit_line_of(f->v, f->a, near.p[i], &out[n++]);
        }
    }
    f->view->repeats = (struct visit_lines){out, n};
    return true;
}

/* ---- What happened ---- */

static const char *
event_label(struct str type)
{
    if (str_is(type, "visit_planned"))
        return "安排";
    if (str_is(type, "visit_recorded"))
        return "登记";
    if (str_is(type, "visit_missed"))
        return "超过时限";
    for (size_t i = 0; i < n_visit_commands; i++)
        if (str_is(type, visit_commands[i].event))
            return visit_commands[i].label;
    return "办理";
}

static const char *
actor_words(const struct fill *f, const struct visit_event *e)
{
    if (e->role == ROLE_CLOCK || !e->actor)
        return "系统计时";
    struct str name = person_name(f->v->area->registry, e->actor), org = e->org ? org_short(f->v->area->registry, e->org) : STR("");
    return arena_printf(f->a, "%.*s%s%.*s", (int)org.n, org.p, org.n ? " " : "", (int)name.n, name.p);
}

static bool
fill_events(const struct fill *f, struct err *err)
{
    struct visit_events e;
    if (!visit_events_load(f->v->db, app_keys(f->v->app), f->a, f->v->area->id, f->x, &e, err))
        return false;
    struct event_line *out = arena_array(f->a, struct event_line, e.n + 1);
    for (size_t i = 0; i < e.n; i++) {
        bool is_last = i + 1 == e.n && f->x->state < VISIT_DONE;
        out[i] = (struct event_line){.label = event_label(e.p[i].type), .kind = str_is(e.p[i].type, "visit_missed") ? "late" : is_last ? "now" : "done",
                                     .who = actor_words(f, &e.p[i]), .when = at_words(f->a, e.p[i].at, f->v->now),
                                     .iso = iso_words(f->a, e.p[i].at), .text = e.p[i].text};
    }
    f->view->events = (struct event_lines){out, e.n};
    return true;
}

static bool
fill_surveys(const struct fill *f, struct err *err)
{
    enum { SHOWN = 100 };
    struct survey_list here = {0}, looked = {0};
    bool sees = f->x->place && f->v->area->scheme->n_survey_kinds && (survey_rights_of(&f->v->who, f->x->place) & SURVEY_SEE);
    if (!sees)
        return true;
    if (f->x->state < VISIT_DONE && !surveys_within(f->v->app, f->v->db, f->a, f->v->area, f->x->place, SHOWN, &here, err))
        return false;
    if (!surveys_of_visit(f->v->db, app_keys(f->v->app), f->a, f->v->area->id, f->x->id, &looked, err))
        return false;
    while (here.n && !survey_is_due(f->v->area->scheme, &here.p[here.n - 1], f->v->now))
        here.n--;
    f->view->to_look = survey_lines_of(f->v, f->a, &here);
    f->view->looked = survey_lines_of(f->v, f->a, &looked);
    return true;
}

static void
fill_acts(const struct fill *f, const struct visit_situation *s)
{
    struct act_line *out = arena_array(f->a, struct act_line, n_visit_commands);
    size_t n = 0;
    for (size_t i = 0; i < n_visit_commands; i++) {
        const struct visit_command *c = &visit_commands[i];
        struct act_line line = {.code = c->code, .label = c->label, .is_careful = (c->flags & CMD_CAREFUL) != 0};
        if (!visit_allowed(c, s, NULL))
            continue;
        if ((c->flags & CMD_PRIMARY) && !f->view->primary.code)
            f->view->primary = line;
        else
            out[n++] = line;
    }
    f->view->acts = (struct act_lines){out, n};
}

void
desk_visit(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    struct loaded_visit x;
    struct err err = {0};
    if (!opened_visit(req, res, &x))
        return;
    struct visit_view *view = arena_new_of(req->arena, struct visit_view);
    struct fill f = {req, req->arena, v, &x.v, view};
    struct visit_situation s = visit_situation_for(v, &x);
    struct visit_line line;
    visit_line_of(v, req->arena, &x.v, &line);
    *view = (struct visit_view){.id = x.v.id, .title = str_of(visit_title(v, req->arena, &x.v)), .words = x.v.words,
                                .sig = {.state = line.state, .state_class = line.state_class}, .counts = {x.v.counts, x.v.n_counts}};
    if (line.is_late)
        view->sig.clock = "到时间还没有开始", view->sig.clock_class = "r";
    fill_facts(&f);
    fill_members(&f);
    fill_duties(&f, x.duties, x.n_duties);
    fill_lists(&f);
    fill_stops(&f);
    fill_cases(&f);
    fill_acts(&f, &s);
    if (!fill_repeats(&f, &err) || !fill_events(&f, &err) || !fill_surveys(&f, &err)) {
        page_fail(req, res, &err);
        return;
    }
    layout_init(req, &view->layout, str_z(req->arena, view->title), "visits");
    page_visit(&res->body, view);
}

/* ---- Acting ---- */

static bool
is_position(const char *name)
{
    static const char *const names[] = {"lon", "lat", "crs", "accuracy", "position_at"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* A page asks for a moment with a calendar, and leaves out what only a phone knows. */
static struct field *
page_fields(struct request *req, const struct visit_command *cmd, size_t *n)
{
    struct field *out = arena_array(req->arena, struct field, cmd->n_fields + 1);
    *n = 0;
    for (size_t i = 0; i < cmd->n_fields; i++) {
        struct field f = cmd->fields[i];
        if (is_position(f.name) || strcmp(f.name, "answers") == 0 || strcmp(f.name, "counts") == 0 || strcmp(f.name, "register") == 0 ||
            strcmp(f.name, "stops") == 0)
            continue;
        if (strcmp(f.name, "asked") == 0) {
            f.type = FIELD_MANY;
            f.source = "force";
            f.hint = "会请他们在一个工作日内确认";
        }
        if (strcmp(f.name, "occurred_at") == 0) {
            f.type = FIELD_MOMENT;
            f.hint = "就是现在可不填";
        }
        if (strcmp(f.name, "vouched") == 0) {
            f.type = FIELD_CHOICE;
            f.source = "voucher";
        }
        out[(*n)++] = f;
    }
    return out;
}

/* Which case, which place: chosen from what the visit has. */
static void
offer_choices(struct request *req, const struct loaded_visit *x, struct field *fields, size_t n)
{
    const struct visit *v = visit_of(req);
    struct fill f = {.a = req->arena, .v = v, .x = &x->v};
    for (size_t i = 0; i < n; i++) {
        bool is_place = strcmp(fields[i].name, "place") == 0, is_case = strcmp(fields[i].name, "case") == 0;
        struct choice *list = arena_array(req->arena, struct choice, x->v.n_places + x->v.n_cases + 1);
        size_t k = 0;
        for (size_t p = 0; is_place && p < x->v.n_places; p++) {
            const struct place *at = registry_place(v->area->registry, x->v.places[p]);
            list[k++] = (struct choice){str_z(req->arena, at->code), str_z(req->arena, at->name)};
        }
        for (size_t c = 0; is_case && c < x->v.n_cases; c++) {
            struct loaded_case lc;
            const char *no = case_no_of(&f, x->v.cases[c].id, &lc);
            struct str item = no ? item_name(v, &lc.c) : STR("");
            if (no)
                list[k++] = (struct choice){no, arena_printf(req->arena, "%s %.*s", no, (int)item.n, item.p)};
        }
        if (!k)
            continue;
        fields[i].type = FIELD_CHOICE;
        fields[i].choices = list;
    }
}

static void
show_act(struct request *req, struct response *res, const struct loaded_visit *x, const struct visit_command *cmd, const struct params *values,
         const struct err *err)
{
    const struct visit *v = visit_of(req);
    struct visit_act_view *view = arena_new_of(req->arena, struct visit_act_view);
    struct case_file at_place = {.place = x->v.place};
    struct err failed = {0};
    size_t n;
    struct field *fields = page_fields(req, cmd, &n);
    offer_choices(req, x, fields, n);
    *view = (struct visit_act_view){.id = x->v.id, .title = str_of(visit_title(v, req->arena, &x->v)), .cmd = cmd, .key = form_key(req)};
    struct form_about about = {.values = values, .err = err, .c = x->v.place ? &at_place : NULL, .is_raw = true};
    form_view_init(&view->form, req, fields, n, &about);
    view->has_counts = strcmp(cmd->code, "count") == 0;
    if (strcmp(cmd->code, "answer") == 0) {
        view->lists = visit_points(v, req->arena, x->v.kind, &x->v, x->v.place, values, err);
        view->form.has_files = true;
        view->answers_error = field_error(err, "answers");
    }
    if (strcmp(cmd->code, "look") == 0 && !survey_rows_of(req, x->v.place, values, err, &view->surveys, &failed)) {
        page_fail(req, res, &failed);
        return;
    }
    view->counts = visit_counts(req->arena, values);
    view->counts_error = field_error(err, "counts");
    layout_init(req, &view->layout, cmd->label, "visits");
    if (err)
        res->status = err_status(err->kind);
    page_visit_act(&res->body, view);
}

static const struct visit_command *
command_of(struct request *req, struct response *res, const struct loaded_visit *x)
{
    const struct visit_command *cmd = visit_command_find(req->vars[1]);
    struct visit_situation s = visit_situation_for(visit_of(req), x);
    struct err err = {0};
    if (!cmd)
        err_set(&err, ERR_NOT_FOUND, "没有这一步。");
    if (cmd && visit_allowed(cmd, &s, &err))
        return cmd;
    page_fail(req, res, &err);
    return NULL;
}

void
desk_visit_act(struct request *req, struct response *res)
{
    struct loaded_visit x;
    if (!opened_visit(req, res, &x))
        return;
    const struct visit_command *cmd = command_of(req, res, &x);
    struct params *proposed = arena_new_of(req->arena, struct params);
    params_add(req->arena, proposed, STR("proof"), params_get(&req->args, "proof")); /* a scanned code leads here */
    if (cmd)
        show_act(req, res, &x, cmd, proposed, NULL);
}

static void
acted(struct request *req, struct response *res, struct action *a)
{
    const struct act_on_visit *act = (const struct act_on_visit *)a;
    const struct visit_command *cmd = visit_command_find(act->command);
    struct loaded_visit x;
    if (!a->err.kind) {
        struct str counts = a->is_repeat ? STR("") : visit_credit_words(req->arena, &act->credits);
        flash(req, res, counts.n ? arena_printf(req->arena, "%s：已办好。%.*s。", cmd->label, (int)counts.n, counts.p)
                               : arena_printf(req->arena, "%s：已办好。", cmd->label));
        response_redirect(req, res, "/desk/visits/%lld", (long long)act->id);
    } else if (a->err.n_fields && opened_visit(req, res, &x)) {
        struct err *err = arena_new_of(req->arena, struct err);
        *err = a->err;
        show_act(req, res, &x, cmd, act->fields, err);
    } else if (!a->err.n_fields) {
        page_fail(req, res, &a->err);
    }
}

static void
act_with(struct request *req, struct response *res, const struct params *fields, const struct err *err)
{
    struct loaded_visit x;
    if (!opened_visit(req, res, &x))
        return;
    const struct visit_command *cmd = command_of(req, res, &x);
    if (!cmd)
        return;
    if (err) {
        show_act(req, res, &x, cmd, fields, err);
        return;
    }
    struct act_on_visit *act = arena_new_of(req->arena, struct act_on_visit);
    act->id = x.v.id;
    act->command = str_of(cmd->code);
    act->fields = fields;
    form_idempotency(req, &act->base);
    page_wait(req, res, &act->base, acted);
    act_on_visit(act, visit_of(req)->db);
}

void
desk_post_visit_act(struct request *req, struct response *res)
{
    visit_form_fields(req, res, act_with);
}
