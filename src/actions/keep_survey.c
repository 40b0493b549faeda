/* 排摸登记 (NH-04): shops, dogs, poultry, illegal structures … of a compound. Who may is said in core/survey.c. */
#include "surveys.h"

#include <stdlib.h>

#include "run_visit.h"

enum { SIMILAR_MAX = 500, SPOT_SAID = 12 };

#define TEXT(name_, label_, hint_, required_, max_)                                                                    \
    {.name = name_, .label = label_, .hint = hint_, .type = FIELD_TEXT, .required = required_, .max = max_}
#define WORDS(name_, label_, hint_, required_)                                                                         \
    {.name = name_, .label = label_, .hint = hint_, .type = FIELD_WORDS, .required = required_, .max = SURVEY_WORDS_MAX}

static const struct choice found_states[] = {{"normal", "正常"}, {"problem", "有问题"}, {NULL, NULL}};
static const struct choice all_states[] = {{"normal", "还在，正常"}, {"problem", "还在，有问题"}, {"gone", "没有了"}, {NULL, NULL}};

static const struct field add_fields[] = {
    {.name = "place", .label = "在哪里", .hint = "小区、网格或社区的代码", .type = FIELD_CHOICE, .source = "survey_place", .required = true},
    {.name = "kind", .label = "登记哪一种", .type = FIELD_CHOICE, .source = "survey_kind", .required = true},
    TEXT("spot", "具体位置", "例如 3 栋 2 单元楼下、12 号店面", true, SURVEY_SPOT_MAX),
    TEXT("holder", "谁的", "店主、犬主、住户的姓名；加密保存，看一次记一次。不知道可不填", false, SURVEY_HOLDER_MAX),
    WORDS("note", "情况", "数量、样子、有没有办证等；不要写电话和身份证号", false),
    {.name = "state", .label = "现在怎样", .type = FIELD_CHOICE, .choices = found_states},
    {.name = "again", .label = "我看过了，确实是另一处", .type = FIELD_BOOL},
};
static const struct field change_fields[] = {
    TEXT("spot", "具体位置", NULL, true, SURVEY_SPOT_MAX),
    TEXT("holder", "改成谁的", "不改可不填；原来登记的不显示", false, SURVEY_HOLDER_MAX),
    WORDS("note", "情况", NULL, false),
};
static const struct field check_fields[] = {
    {.name = "state", .label = "看到的", .type = FIELD_CHOICE, .choices = all_states, .required = true},
    WORDS("words", "情况", "有问题的要写明", false),
};
static const struct field case_fields[] = {WORDS("words", "问题和已经怎样劝过", "会转成一件事项，事项和位置已经填好", true)};
static const struct field name_fields[] = {TEXT("purpose", "为什么要查看", "会记下是谁、什么时候、为什么看的", true, 100)};
#define N(list) list, sizeof list / sizeof *list
const struct survey_form survey_forms[SURVEY_OPS] = {
    [SURVEY_ADD] = {"add", "登记", N(add_fields)},         [SURVEY_CHANGE] = {"change", "修改", N(change_fields)},
    [SURVEY_CHECK] = {"check", "看过了", N(check_fields)}, [SURVEY_CASE] = {"case", "转成事项", N(case_fields)},
    [SURVEY_NAME] = {"holder", "查看是谁的", N(name_fields)}};

#define S(x) (int)(x).n, (x).p

static struct survey_situation
situation_of(const struct action *a, const struct survey_entry *e)
{
    const struct area *area = a->who->area;
    return (struct survey_situation){.scheme = area->scheme, .registry = area->registry, .e = e, .actor = caller_actor(a->who), .now = app_now(a->app)};
}

/* ---- the same twice ---- */

static bool
find_same(struct action *a, struct db *db, const struct survey_entry *e, const struct survey_entry **out, struct err *err)
{
    struct survey_filter f = {.place = e->place, .state = -1};
    struct survey_list list;
    *out = NULL;
    if (!surveys_list(db, app_keys(a->app), a->arena, a->who->area->id, &f, SIMILAR_MAX, &list, err))
        return false;
    for (size_t i = 0; i < list.n && !*out; i++)
        if (survey_same(e, &list.p[i]))
            *out = &list.p[i];
    return true;
}

static bool
check_same(struct keep_survey *x, struct db *db, struct err *err)
{
    const struct survey_entry *e;
    if (params_bool(x->fields, "again"))
        return true;
    if (!find_same(&x->base, db, &x->fx.after, &e, err))
        return false;
    struct str spot = e ? utf8_prefix(e->spot, SPOT_SAID) : STR("");
    return !e || err_field(err, "again", "可能已经登记过：编号 %lld，%.*s。同一处的在那一条点“看过了”。", (long long)e->id, S(spot));
}

/* ---- it becomes a case ---- */

/* The post that may write here and has a channel for what it found. */
static struct str
channel_of(struct actor *who, const struct scheme *s)
{
    struct str source = channel_for(s, who, VISIT_PRESENCE);
    for (size_t i = 0; i < who->n_postings && !source.n; i++) {
        who->role = who->postings[i]->role;
        who->org = who->postings[i]->org;
        source = channel_for(s, who, VISIT_PRESENCE);
    }
    return source;
}

static bool
open_case(struct keep_survey *x, struct err *err)
{
    const struct area *area = x->base.who->area;
    const struct survey_entry *e = &x->before.e;
    const struct survey_kind *k = survey_kind_find(area->scheme, e->kind);
    const struct place *p = registry_place(area->registry, e->place);
    struct case_file *none = arena_new_of(x->base.arena, struct case_file);
    struct str words = str_trim(params_get(x->fields, "words"));
    if (!p || p->kind != PLACE_COMPOUND)
        return err_set(err, ERR_CONFLICT, "登记在社区或网格的，请从“登记反映”转成事项，并选择小区。");
    none->area = area->id;
    struct situation sit = {.scheme = area->scheme, .registry = area->registry, .c = none, .actor = x->fx.actor, .now = x->fx.at};
    struct report report = {.item = k && k->item.n ? scheme_item(area->scheme, k->item) : -1, .place = e->place, .spot = e->spot,
                            .words = str_of(arena_printf(x->base.arena, "排摸登记的%.*s：%.*s", S(survey_kind_name(area->scheme, e->kind)), S(words))),
                            .source = channel_of(&sit.actor, area->scheme), .hotline_no = STR(""), .dissuaded = words};
    x->opened = arena_new_of(x->base.arena, struct effects);
    x->opened->arena = x->base.arena;
    return case_open(&sit, &report, x->opened, err);
}

/* ---- the action ---- */

static struct survey_input
read_input(const struct keep_survey *x)
{
    const struct params *p = x->fields;
    const struct place *place = registry_place_code(x->base.who->area->registry, params_get(p, "place"));
    int state = params_has(p, "state") ? survey_state_find(params_get(p, "state")) : 0;
    return (struct survey_input){.kind = params_get(p, "kind"), .spot = params_get(p, "spot"), .holder = params_get(p, "holder"),
                                 .note = params_get(p, "note"), .words = params_get(p, x->op == SURVEY_NAME ? "purpose" : "words"),
                                 .place = place ? place->id : 0, .state = state, .has_holder = params_has(p, "holder")};
}

static bool
any_code(void *ctx, const char *source, struct str code)
{
    (void)ctx, (void)source, (void)code;
    return true; /* the decision says what is wrong with it */
}

static bool
decide(struct keep_survey *x, struct err *err)
{
    static bool (*const by_op[SURVEY_OPS])(const struct survey_situation *, const struct survey_input *, struct survey_effects *, struct err *) = {
        survey_add, survey_change, survey_check, survey_link, survey_show_holder};
    struct survey_situation s = situation_of(&x->base, x->op == SURVEY_ADD ? NULL : &x->before.e);
    struct survey_input in = read_input(x);
    x->fx = (struct survey_effects){.arena = x->base.arena};
    return by_op[x->op](&s, &in, &x->fx, err);
}

static bool
prepare(struct action *a, struct db *db, struct err *err)
{
    struct keep_survey *x = (struct keep_survey *)a;
    const struct survey_form *f = &survey_forms[x->op];
    x->opened = NULL;
    if (!a->who->area->scheme->n_survey_kinds)
        return err_set(err, ERR_NOT_FOUND, "本地的工作方案没有排摸登记。");
    if (x->op != SURVEY_ADD && !survey_load(db, app_keys(a->app), a->arena, a->who->area->id, x->id, &x->before, err))
        return false;
    if (!form_check(f->fields, f->n, x->fields, any_code, NULL, err) || !decide(x, err))
        return false;
    if (x->op == SURVEY_ADD)
        return check_same(x, db, err);
    return x->op != SURVEY_CASE || open_case(x, err);
}

static bool
apply(struct action *a, struct db *db, struct err *err)
{
    struct keep_survey *x = (struct keep_survey *)a;
    struct save opened = {.store = app_store(a->app), .keys = app_keys(a->app), .fx = x->opened};
    struct survey_save save = {.store = app_store(a->app), .keys = app_keys(a->app), .area = a->who->area->id, .fx = &x->fx,
                               .before = x->op == SURVEY_ADD ? NULL : &x->before};
    if (x->opened && !effects_save(db, &opened, err))
        return false;
    if (x->opened)
        x->fx.after.cases[x->fx.after.n_cases - 1] = opened.case_id;
    bool ok = survey_save(db, &save, err);
    x->case_day = opened.day;
    x->case_no = opened.no;
    a->result = save.id;
    return ok;
}

static void
answer(struct action *a)
{
    struct keep_survey *x = (struct keep_survey *)a;
    x->new_id = a->result;
    x->holder = x->op == SURVEY_NAME && !a->is_repeat ? x->before.e.holder : STR("");
}

void
keep_survey(struct keep_survey *x, struct db *db)
{
    x->base.prepare = prepare;
    x->base.apply = apply;
    x->base.answer = answer;
    action_run(&x->base, db);
}

bool
keep_survey_wait(struct keep_survey *x, struct err *err)
{
    x->base.prepare = prepare;
    x->base.apply = apply;
    x->base.answer = answer;
    return action_wait(&x->base, err);
}

/* ---- on a visit ---- */

static bool
is_at(const struct registry *r, const struct field_visit *v, int32_t place)
{
    for (size_t i = 0; i < v->n_places; i++)
        if (place_within(r, place, v->places[i]) || place_within(r, v->places[i], place))
            return true;
    return false;
}

/* What is said to be new and is registered already is a look at that. */
static bool
look_at_same(struct action *a, struct db *db, const struct survey_effects *fx, struct survey_said *line, struct err *err)
{
    const struct survey_entry *e;
    if (!find_same(a, db, &fx->after, &e, err))
        return false;
    if (e)
        *line = (struct survey_said){.id = e->id, .state = e->state, .words = line->words.n ? line->words : STR("照旧")};
    return true;
}

static bool
take_line(struct action *a, struct db *db, const struct field_visit *v, struct survey_said *line, struct survey_changes *out, struct err *err)
{
    struct survey_effects *fx = &out->fx[out->n];
    struct survey_situation s = situation_of(a, NULL);
    struct survey_input in = {.place = v->place, .kind = line->kind, .spot = line->spot, .note = line->words, .words = line->words,
                              .holder = STR(""), .state = line->state, .occurred_at = visit_at(v) <= s.now ? visit_at(v) : 0};
    fx->arena = a->arena;
    if (!line->id && (!survey_add(&s, &in, fx, err) || !look_at_same(a, db, fx, line, err)))
        return false;
    if (line->id) {
        struct loaded_survey *e = arena_new_of(a->arena, struct loaded_survey);
        if (!survey_load(db, app_keys(a->app), a->arena, a->who->area->id, line->id, e, err))
            return false;
        if (!is_at(s.registry, v, e->e.place))
            return err_field(err, "register", "编号 %lld 的登记不在这次去的地方。", (long long)line->id);
        s.e = &e->e;
        in.state = line->state;
        in.words = line->words;
        fx->arena = a->arena;
        out->before[out->n] = e;
        if (!survey_check(&s, &in, fx, err))
            return false;
    }
    out->n++;
    return true;
}

bool
surveys_take(struct action *a, struct db *db, const struct field_visit *v, const struct params *fields, struct survey_changes *out, struct err *err)
{
    struct survey_said *lines = arena_array(a->arena, struct survey_said, SURVEY_LINES_MAX);
    size_t n = 0;
    *out = (struct survey_changes){0};
    if (!survey_read_lines(a->arena, a->who->area->scheme, params_get(fields, "register"), lines, &n, err))
        return false;
    out->fx = arena_array(a->arena, struct survey_effects, n + 1);
    out->before = arena_array(a->arena, const struct loaded_survey *, n + 1);
    for (size_t i = 0; i < n; i++) {
        bool is_twice = false;
        for (size_t k = 0; k < i; k++)
            is_twice |= lines[i].id && lines[k].id == lines[i].id;
        if (!is_twice && !take_line(a, db, v, &lines[i], out, err))
            return false;
    }
    return true;
}

bool
surveys_put(struct action *a, struct db *db, const struct survey_changes *c, int64_t visit, struct err *err)
{
    for (size_t i = 0; i < c->n; i++) {
        struct survey_save save = {.store = app_store(a->app), .keys = app_keys(a->app), .area = a->who->area->id, .visit = visit,
                                   .fx = &c->fx[i], .before = c->before[i], .occurred_at = c->fx[i].after.last_checked};
        if (!survey_save(db, &save, err))
            return false;
    }
    return true;
}

/* ---- reading ---- */

static int
by_last_checked(const void *a, const void *b)
{
    const struct survey_entry *x = a, *y = b;
    if (x->last_checked != y->last_checked)
        return x->last_checked < y->last_checked ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

bool
surveys_within(struct app *app, struct db *db, struct arena *a, const struct area *area, int32_t place, size_t limit, struct survey_list *out,
               struct err *err)
{
    const struct registry *r = area->registry;
    struct survey_entry *all = arena_array(a, struct survey_entry, limit * 2 + 2);
    size_t n = 0;
    *out = (struct survey_list){.p = all};
    for (int32_t i = 1; area->scheme->n_survey_kinds && i <= r->n_places; i++) {
        struct survey_filter f = {.place = i, .state = -1};
        struct survey_list list;
        bool may_have = r->places[i].kind >= PLACE_COMMUNITY && r->places[i].kind <= PLACE_COMPOUND;
        if (!may_have || !place_within(r, i, place))
            continue;
        if (!surveys_list(db, app_keys(app), a, area->id, &f, limit, &list, err))
            return false;
        if (list.n)
            memcpy(all + n, list.p, list.n * sizeof *all);
        n += list.n;
        qsort(all, n, sizeof *all, by_last_checked);
        out->has_more |= list.has_more || n > limit;
        n = n > limit ? limit : n;
    }
    out->n = n;
    return true;
}

unsigned
survey_rights_of(const struct caller *who, int32_t place)
{
    return survey_rights(who->area->registry, who->postings, who->n_postings, place);
}

bool
survey_is_kept(const struct caller *who)
{
    const struct registry *r = who->area->registry;
    for (int32_t i = 1; who->area->scheme->n_survey_kinds && i <= r->n_places; i++)
        if (r->places[i].kind >= PLACE_COMMUNITY && r->places[i].kind <= PLACE_COMPOUND && survey_rights_of(who, i))
            return true;
    return false;
}

static bool
is_asked(const struct survey_query *q, const struct caller *who, const struct survey_entry *e, instant now)
{
    return (!q->kind.n || str_eq(q->kind, e->kind)) && (!q->place || place_within(who->area->registry, e->place, q->place)) &&
           (!q->is_due_only || survey_is_due(who->area->scheme, e, now)) && (survey_rights_of(who, e->place) & SURVEY_SEE);
}

/* Who sees little of an area looks through all of it: at most so many rows for one page. */
bool
surveys_visible(struct app *app, struct db *db, struct arena *a, const struct caller *who, const struct survey_query *q, size_t limit,
                struct survey_list *out, struct err *err)
{
    enum { BATCH = 500, LOOKED_AT = 10000 };
    const struct place *p = registry_place(who->area->registry, q->place);
    struct survey_filter f = {.place = p && p->kind == PLACE_COMPOUND ? p->id : 0, .state = q->state, .after_at = q->after_at, .after_id = q->after_id};
    struct survey_entry *found = arena_array(a, struct survey_entry, limit + 1);
    size_t n = 0;
    bool has_more = true;
    for (size_t looked = 0; has_more && n <= limit && looked < LOOKED_AT; looked += BATCH) {
        struct survey_list list;
        if (!surveys_list(db, app_keys(app), a, who->area->id, &f, BATCH, &list, err))
            return false;
        for (size_t i = 0; i < list.n && n <= limit; i++)
            if (is_asked(q, who, &list.p[i], app_now(app)))
                found[n++] = list.p[i];
        has_more = list.has_more;
        if (list.n) {
            f.after_at = list.p[list.n - 1].last_checked;
            f.after_id = list.p[list.n - 1].id;
        }
    }
    *out = (struct survey_list){.p = found, .n = n > limit ? limit : n, .has_more = n > limit};
    return true;
}
