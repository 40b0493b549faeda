/* The case page and its drawer: facts, words, ladders, duties, what happened, evidence, law, and what may be done now. */
#include "proof.h"
#include "staff_case.h"

#include "staff_case.html.h"

enum { SIMILAR_MAX = 5, FACTS_MAX = 24, PRIOR_DAYS = 90 };

/* One fill: the request, the opened case and the view, so that the small functions below read well. */
struct fill {
    struct request *req;
    struct arena *a;
    const struct visit *v;
    const struct opened *o;
    const struct case_file *c;
    const struct item *item; /* NULL = 待归类 */
    int item_index;
    struct case_view *view;
};

/* ---- Facts ---- */

static void
fact(struct fact *list, size_t *n, const char *label, struct str value)
{
    if (value.n && *n < FACTS_MAX)
        list[(*n)++] = (struct fact){.label = label, .value = value};
}

static struct str
assists_now(const struct fill *f)
{
    struct buf b = {0};
    for (size_t i = 0; i < f->o->lc.n_duties; i++) {
        const struct duty *d = &f->o->lc.duties[i];
        if (d->kind != DUTY_ASSIST)
            continue;
        buf_z(&b, b.n ? "、" : "");
        buf_str(&b, org_short(f->v->area->registry, d->owner.org));
    }
    return buf_keep(f->a, &b);
}

static struct str
list_words(const struct fill *f)
{
    if (!f->item)
        return STR("待归类");
    const char *list = f->item->list == LIST_SERVICE ? "服务清单" : "执法清单";
    return str_of(arena_printf(f->a, "%s · %.*s", list, (int)f->item->code.n, f->item->code.p));
}

/* 双回访: what the two sides said of the department and of the officer. */
static struct str
revisit_words(const struct fill *f)
{
    const struct case_file *c = f->c;
    const struct {
        const char *side;
        int64_t of_org, of_officer;
    } said[] = {{"反映人", c->revisit_grade, c->revisit_officer}, {"社区网格", c->base_grade, c->base_officer}};
    struct buf b = {0};
    for (size_t i = 0; i < 2; i++) {
        if (!said[i].of_org)
            continue;
        buf_printf(&b, "%s%s：部门%s", b.n ? "；" : "", said[i].side, grade_label((int)said[i].of_org));
        if (said[i].of_officer)
            buf_printf(&b, "，人员%s", grade_label((int)said[i].of_officer));
    }
    return buf_keep(f->a, &b);
}

/* The hotline's own limit; who has it in hand must know when it comes before ours. */
static struct str
hotline_words(const struct fill *f)
{
    const struct case_file *c = f->c;
    instant ours = c->main_due ? c->main_due : c->answer_due;
    if (!c->hotline_due)
        return STR("");
    bool is_open = case_state_open((int)c->state), is_over = is_open && c->hotline_due < f->v->now;
    return str_of(arena_printf(f->a, "%s%s", at_words(f->a, c->hotline_due, f->v->now),
                               is_over ? "，已经过了" : is_open && c->hotline_due < ours ? "，早于这里的期限，请按热线的办" : ""));
}

/* 「吹哨后 9 分钟，到场码」: how long it took and how well it is shown (BG-09). */
static struct str
arrival_words(const struct fill *f)
{
    const struct case_file *c = f->c;
    if (!c->arrived_at)
        return STR("");
    const char *at = at_words(f->a, c->arrived_at, f->v->now);
    const char *proof = proof_label((int)c->arrival_grade);
    if (!c->summoned_at)
        return str_of(arena_printf(f->a, "%s，%s", at, proof));
    return str_of(arena_printf(f->a, "%s，吹哨后 %lld 分钟，%s", at, (long long)(c->arrived_at - c->summoned_at) / 60000, proof));
}

static void
fill_facts(const struct fill *f)
{
    const struct registry *r = f->v->area->registry;
    const struct case_file *c = f->c;
    struct fact *list = arena_array(f->a, struct fact, FACTS_MAX);
    size_t n = 0;
    instant now = f->v->now;
    const struct org *lead = registry_org(r, (int32_t)c->lead);
    fact(list, &n, "编号", str_of(f->o->no));
    fact(list, &n, "地点", f->view->place);
    if (c->place)
        list[n - 1].url = arena_printf(f->a, "/desk/places/%s", str_z(f->a, registry_place(r, (int32_t)c->place)->code));
    fact(list, &n, "清单", list_words(f));
    if (f->item)
        list[n - 1].url = arena_printf(f->a, "/desk/lists/%s", str_z(f->a, f->item->code));
    fact(list, &n, "牵头", lead ? lead->name : STR("还没有派单"));
    fact(list, &n, "牵头电话", lead ? lead->phone : STR(""));
    fact(list, &n, "配合", assists_now(f));
    const struct scheme *s = area_scheme(f->v->area, c->scheme);
    int channel = scheme_channel(s, c->source);
    if (c->whistle > 0 && c->whistle <= (int64_t)s->n_whistles && c->list == LIST_ENFORCEMENT)
        fact(list, &n, "哨级", s->whistles[c->whistle - 1].name);
    fact(list, &n, "来源", source_name(f->v, c->source));
    fact(list, &n, "阶段", str_of(case_phase_label(c, channel >= 0 && s->channels[channel].is_found)));
    if (c->measured)
        fact(list, &n, "检测", c->measured == 2 ? STR("超标") : STR("未超标"));
    fact(list, &n, "反映人", !c->reporter ? STR("没有留联系方式") : c->keep_secret ? STR("留了联系方式，要求保密") : STR("留了联系方式"));
    fact(list, &n, "热线工单", c->hotline_no);
    fact(list, &n, "热线期限", hotline_words(f));
    fact(list, &n, "登记", str_of(at_words(f->a, c->opened_at, now)));
    fact(list, &n, "到场", arrival_words(f));
    fact(list, &n, "答复期限", c->answer_due ? str_of(at_words(f->a, c->answer_due, now)) : STR(""));
    fact(list, &n, "经办", c->handler ? person_name(r, c->handler) : STR(""));
    fact(list, &n, "立案编号", c->filing_no);
    fact(list, &n, "移送", c->transferred_to);
    if (c->followers)
        fact(list, &n, "也遇到", str_of(arena_printf(f->a, "%lld 人", (long long)c->followers)));
    if (c->outcome)
        fact(list, &n, "结果", str_of(outcome_label((int)c->outcome)));
    if (c->grade)
        fact(list, &n, "评价", str_of(grade_label((int)c->grade)));
    fact(list, &n, "回访评价", revisit_words(f));
    f->view->facts = (struct facts){list, n};
}

/* ---- Duties ---- */

static const char *
owner_name(const struct fill *f, const struct owner *o)
{
    struct buf b = {0};
    owner_words(&b, f->v->area->registry, o);
    return buf_keep(f->a, &b).p;
}

static void
fill_banner(const struct fill *f, const struct duty *d)
{
    instant now = f->v->now;
    struct buf b = {0};
    clock_words(&b, &f->o->s.scheme->calendar, d->due, now);
    const char *left = buf_keep(f->a, &b).p;
    bool says_more = str_starts(str_of(left), STR("剩")) || now >= d->due; /* else the words name the same moment again */
    f->view->due = arena_printf(f->a, "%s应于 %s 前%s%s%s", owner_name(f, &d->owner), at_words(f->a, d->due, now),
                                duty_label(d->kind), says_more ? "，" : "", says_more ? left : "");
    f->view->due_class = now >= d->due ? "" : d->amber_at && now >= d->amber_at ? "a" : "n";
}

static bool
fill_duties(const struct fill *f, struct err *err)
{
    static const char *const classes[END_COUNT] = {"b", "g", "a", "n", "n", "n", "a"};
    size_t n;
    const struct duty *d = duties_all(f->v->db, f->a, f->v->area->id, f->c->id, &n, err);
    if (err->kind)
        return false;
    struct duty_line *out = arena_array(f->a, struct duty_line, n + 1);
    for (size_t i = 0; i < n; i++) {
        bool is_late = d[i].end == END_OPEN && f->v->now >= d[i].due;
        out[i] = (struct duty_line){.kind = duty_label(d[i].kind),
                                    .owner = owner_name(f, &d[i].owner),
                                    .due = at_words(f->a, d[i].due, f->v->now),
                                    .end = is_late ? "已超期" : duty_end_label(d[i].end),
                                    .end_class = is_late ? "r" : classes[d[i].end],
                                    .is_missed = d[i].missed_at != 0,
                                    .is_open = d[i].end == END_OPEN};
        if (d[i].end == END_OPEN && duty_is_main(d[i].kind) && !f->view->due)
            fill_banner(f, &d[i]);
    }
    f->view->duties = (struct duty_lines){out, n};
    return true;
}

/* ---- What happened, and evidence ---- */

static const char *
event_label(struct str type)
{
    static const struct {
        const char *type, *label;
    } others[] = {{"case_opened", "登记"}, {"duty_missed", "超过时限"}, {"undone", "撤销"},
                  {"contact_revealed", "查看联系方式"}, {"followed", "又有人反映"},
                  {"photo_cleared", "公开照片"}, {"photo_hidden", "不再公开照片"},
                  {"late_record", "补传的记录"}, {"reporter_told", "电话告知"}, {"reporter_not_told", "没有告知"}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (str_is(type, others[i].type))
            return others[i].label;
    for (size_t i = 0; i < n_commands; i++)
        if (str_is(type, commands[i].event))
            return commands[i].label;
    return "办理";
}

static const char *
actor_words(const struct fill *f, const struct event_row *e)
{
    if (e->role == ROLE_CLOCK)
        return "系统计时";
    if (e->role == ROLE_RESIDENT || !e->actor)
        return "反映人";
    struct str name = person_name(f->v->area->registry, e->actor);
    struct str org = e->org ? org_short(f->v->area->registry, e->org) : STR("");
    return arena_printf(f->a, "%.*s%s%.*s（%s）", (int)org.n, org.p, org.n ? " " : "", (int)name.n, name.p,
                        role_label(e->role));
}

static void
shot_of(const struct fill *f, const struct file_row *file, size_t number, struct shot *out)
{
    struct buf detail = {0}, hash = {0};
    moment_words(&detail, file->at, f->v->now);
    buf_printf(&detail, " · %.1f MB%s", (double)file->bytes / 1048576.0, file->is_after ? " · 整改后" : "");
    if (file->taken.n)
        buf_printf(&detail, " · 拍摄于 %.*s", (int)file->taken.n, file->taken.p);
    if (file->has_gps)
        buf_printf(&detail, " · %.5f, %.5f", file->lat, file->lon);
    buf_hex(&hash, file->sha256, sizeof file->sha256);
    *out = (struct shot){.id = file->id,
                         .name = arena_printf(f->a, "%s %zu", file->is_after ? "整改后照片" : "照片", number),
                         .detail = buf_keep(f->a, &detail).p,
                         .hash = buf_keep(f->a, &hash).p,
                         .is_photo = file->width > 0,
                         .is_public = file->is_public};
}

static bool
fill_evidence(const struct fill *f, struct err *err)
{
    struct file_rows rows;
    if (!files_of_case(f->v->db, f->a, f->v->area->id, f->c->id, &rows, err))
        return false;
    struct shot *out = arena_array(f->a, struct shot, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++)
        shot_of(f, &rows.p[i], i + 1, &out[i]);
    f->view->evidence = (struct shots){out, rows.n};
    return true;
}

static struct shots
files_of_event(const struct fill *f, const struct event_row *e)
{
    struct shot *out = arena_array(f->a, struct shot, e->n_files + 1);
    size_t n = 0;
    for (size_t i = 0; i < e->n_files; i++)
        for (size_t k = 0; k < f->view->evidence.n; k++)
            if (f->view->evidence.p[k].id == e->files[i])
                out[n++] = f->view->evidence.p[k];
    return (struct shots){out, n};
}

/* May he take the last event back? The action asks again. */
static void
fill_undo(const struct fill *f, const struct event_row *last)
{
    if (!last->actor || last->actor != f->v->who.person || f->v->now - last->at > UNDO_MS)
        return;
    for (size_t i = 0; i < n_commands; i++)
        if ((commands[i].flags & CMD_UNDOABLE) && str_is(last->type, commands[i].event))
            f->view->undo = commands[i].label;
}

static bool
fill_events(const struct fill *f, struct err *err)
{
    size_t n;
    const struct event_row *e = events_load(f->v->db, f->a, &f->o->lc, &n, err);
    if (err->kind)
        return false;
    struct event_line *out = arena_array(f->a, struct event_line, n + 1);
    for (size_t i = 0; i < n; i++) {
        bool is_last = i + 1 == n && case_state_open((int)f->c->state);
        out[i] = (struct event_line){.label = event_label(e[i].type),
                                     .kind = str_is(e[i].type, "duty_missed") ? "late" : is_last ? "now" : "done",
                                     .who = actor_words(f, &e[i]),
                                     .when = at_words(f->a, e[i].at, f->v->now),
                                     .iso = iso_words(f->a, e[i].at),
                                     .text = e[i].text,
                                     .files = files_of_event(f, &e[i])};
        f->view->has_order |= str_is(e[i].type, "ordered");
    }
    f->view->events = (struct event_lines){out, n};
    f->view->papers = papers_of(f->req, f->o, e, n);
    if (n)
        fill_undo(f, &e[n - 1]);
    return true;
}

/* ---- The two axes ---- */

static void
fill_ladders(const struct fill *f)
{
    static const struct {
        int bit;
        const char *label;
    } steps[] = {{STEP_PERSUADE, "一劝"}, {STEP_SUPERVISE, "二督"}, {STEP_INVESTIGATE, "三查"}};
    struct step_line *s = arena_array(f->a, struct step_line, 3);
    for (int i = 0; i < 3; i++) {
        bool is_done = (f->c->steps & steps[i].bit) != 0;
        s[i] = (struct step_line){steps[i].label, is_done ? "已做" : "未做", is_done ? "done" : ""};
    }
    f->view->steps = (struct step_lines){s, 3};
    if (!f->item || f->item->list == LIST_SERVICE)
        return;
    struct step_line *t = arena_array(f->a, struct step_line, TIER_COUNT);
    size_t n = 0;
    for (int i = 0; i < f->item->ladder_n; i++) {
        const struct ladder_row *row = &f->o->s.scheme->ladders[f->item->ladder_from + i];
        bool is_done = (f->c->tiers & 1 << row->tier) != 0;
        const char *law = arena_printf(f->a, "%s%.*s %.*s", is_done ? "已记录 · " : "", (int)row->law.n, row->law.p,
                                       (int)row->article.n, row->article.p);
        if (n < TIER_COUNT)
            t[n++] = (struct step_line){tier_label(row->tier), law, is_done ? "done" : ""};
    }
    f->view->tiers = (struct step_lines){t, n};
}

/* ---- Law and like cases ---- */

static void
fill_laws(const struct fill *f)
{
    enum { LAWS_MAX = 24 };
    if (!f->item)
        return;
    const struct basis *found[LAWS_MAX];
    size_t n = item_bases(f->o->s.scheme, f->item_index, day_of(f->c->opened_at), found, LAWS_MAX);
    struct law_line *out = arena_array(f->a, struct law_line, n + 1);
    for (size_t i = 0; i < n; i++)
        out[i] = (struct law_line){found[i]->law, str_of(arena_printf(f->a, "第%.*s条", (int)found[i]->article.n,
                                                                      found[i]->article.p)),
                                   found[i]->gist, found[i]->mark};
    f->view->laws = (struct law_lines){out, n};
    f->view->item_note = f->item->note.n ? str_z(f->a, f->item->note) : NULL;
}

static bool
fill_related(const struct fill *f, struct err *err)
{
    struct case_rows rows = {0};
    const struct visit *v = f->v;
    if (f->item && f->c->place) {
        if (!cases_prior(v->db, f->a, v->area->id, (int32_t)f->c->place, f->c->item, f->c->id, day_of(v->now) - PRIOR_DAYS,
                         SIMILAR_MAX, &rows, err))
            return false;
        f->view->similar = case_lines_of(v, f->a, &rows);
    }
    if (f->item && f->item->list == LIST_ENFORCEMENT && (f->c->state == CASE_ROUTING || f->c->state == CASE_AWAITING_ACCEPT)) {
        if (!cases_precedent(v->db, f->a, v->area->id, f->c->item, SIMILAR_MAX, &rows, err))
            return false;
        f->view->precedents = case_lines_of(v, f->a, &rows);
    }
    return true;
}

/* Patrols that found it, operations that are about it or settled it (HC-25). */
static bool
fill_visits(const struct fill *f, struct err *err)
{
    const struct visit *v = f->v;
    struct visits list;
    struct visit_filter q = {.case_id = f->c->id, .kind = -1};
    if (!visits_list(v->db, app_keys(v->app), f->a, v->area->id, &q, SIMILAR_MAX * 4, &list, err))
        return false;
    struct case_visit *out = arena_array(f->a, struct case_visit, list.n + 1);
    for (size_t i = 0; i < list.n; i++) {
        const struct field_visit *x = list.p[i];
        const struct visit_case *of = NULL;
        for (size_t k = 0; k < x->n_cases; k++)
            if (x->cases[k].id == f->c->id)
                of = &x->cases[k];
        out[i] = (struct case_visit){.id = x->id, .kind = x->title.n ? x->title : str_of(visit_kind_label(x->kind)), .when = at_words(f->a, visit_at(x), v->now),
                                     .state = visit_state_label(x->state), .is_found = of && of->is_found,
                                     .is_settled = of && of->is_settled, .result = of ? of->result : STR("")};
    }
    f->view->visits = (struct case_visits){out, list.n};
    return true;
}

/* ---- What may be done now ---- */

static void
fill_acts(const struct fill *f)
{
    struct act_line *out = arena_array(f->a, struct act_line, n_commands);
    size_t n = 0;
    int best = -1;
    bool was_persuaded = (f->c->steps & STEP_PERSUADE) != 0;
    for (size_t i = 0; i < n_commands; i++) {
        if ((commands[i].flags & CMD_HIDDEN) || !command_allowed(&commands[i], &f->o->s, NULL, NULL))
            continue;
        /* once persuaded, another persuasion is no longer what the case waits for */
        bool is_primary = (commands[i].flags & CMD_PRIMARY) && !(was_persuaded && str_is(str_of(commands[i].code), "persuade"));
        if (is_primary && best < 0)
            best = (int)n;
        out[n++] = (struct act_line){commands[i].code, commands[i].label, (commands[i].flags & CMD_CAREFUL) != 0};
    }
    if (best >= 0) {
        f->view->primary = out[best];
        memmove(&out[best], &out[best + 1], (n - (size_t)best - 1) * sizeof *out);
        n--;
    }
    f->view->acts = (struct act_lines){out, n};
}

bool
case_view_fill(struct request *req, struct opened *o, struct case_view *view, struct err *err)
{
    const struct visit *v = visit_of(req);
    struct fill f = {req, req->arena, v, o, &o->lc.c, NULL, scheme_item(o->s.scheme, o->lc.c.item), view};
    if (f.item_index >= 0)
        f.item = &o->s.scheme->items[f.item_index];
    view->no = o->no;
    view->item = item_name(v, f.c);
    view->place = place_title(v, f.c->place);
    signals_of(v, req->arena, f.c, NULL, &view->sig);
    if (!case_load_words(v->db, req->arena, &o->lc, err))
        return false;
    view->words = o->lc.words;
    view->spot = o->lc.spot;
    view->reply = o->lc.reply;
    view->is_shredded = o->lc.is_shredded;
    view->is_watched = case_is_watched(v->db, v->area->id, v->who.person, f.c->id);
    view->can_reveal = contact_revealable(&o->s);
    view->has_receipt = view->can_reveal || f.c->opened_by == v->who.person;
    fill_facts(&f);
    fill_ladders(&f);
    fill_laws(&f);
    fill_acts(&f);
    return fill_duties(&f, err) && fill_evidence(&f, err) && fill_events(&f, err) && fill_related(&f, err) && fill_visits(&f, err);
}

void
case_show(struct request *req, struct response *res, struct case_view *v)
{
    v->is_drawer = in_drawer(req);
    layout_init(req, &v->layout, arena_printf(req->arena, "%.*s %s", (int)v->item.n, v->item.p, v->no), "cases");
    if (v->is_drawer)
        page_case_drawer(&res->body, v);
    else
        page_case(&res->body, v);
}

void
desk_case(struct request *req, struct response *res)
{
    struct opened o;
    struct err err = {0};
    struct case_view *v = arena_new_of(req->arena, struct case_view);
    if (!opened_case(req, res, &o))
        return;
    if (!case_view_fill(req, &o, v, &err)) {
        page_fail(req, res, &err);
        return;
    }
    case_show(req, res, v);
}
