/* A visit is planned, or recorded when it is over (巡查、联勤入网、下沉、物业巡查、联合执法 …); what a checklist finds becomes a case in the
 * same write (BG-13), with the item and the lead that the point names. */
#include <string.h>

#include "actions.h"
#include "case_files.h"
#include "limits.h"
#include "presence.h"
#include "run_visit.h"

enum { FOUND_MAX = 20 };

const struct field visit_fields[] = {
    {.name = "kind", .label = "工作类别", .type = FIELD_TEXT, .required = true, .max = 40},
    {.name = "place", .label = "地方", .type = FIELD_TEXT, .max = 40},
    {.name = "places", .label = "还去了", .hint = "小区代码，用 | 分开", .type = FIELD_TEXT, .max = 2000},
    {.name = "org", .label = "组织单位", .type = FIELD_TEXT, .max = 40},
    {.name = "from", .label = "计划开始", .type = FIELD_TEXT, .max = 40},
    {.name = "to", .label = "计划结束", .type = FIELD_TEXT, .max = 40},
    {.name = "began_at", .label = "开始时间", .hint = "填了就是已经去过", .type = FIELD_TEXT, .max = 40},
    {.name = "ended_at", .label = "结束时间", .type = FIELD_TEXT, .max = 40},
    {.name = "title", .label = "名称", .type = FIELD_TEXT, .max = 60},
    {.name = "words", .label = "情况", .type = FIELD_WORDS, .max = 2000},
    {.name = "mode", .label = "执法方式", .type = FIELD_TEXT, .max = 20},
    {.name = "members", .label = "同去的人", .hint = "用户名，用 | 分开", .type = FIELD_TEXT, .max = 2000},
    {.name = "asked", .label = "请哪些单位参加", .hint = "单位代码，用 | 分开", .type = FIELD_TEXT, .max = 1000},
    {.name = "cases", .label = "针对的事项", .hint = "编号，用 | 分开", .type = FIELD_TEXT, .max = 2000},
    {.name = "proof", .label = "到场码", .type = FIELD_TEXT, .max = 200},
    {.name = "vouched", .label = "谁可以证明", .type = FIELD_TEXT, .max = 40},
    {.name = "lon", .label = "经度", .type = FIELD_TEXT, .max = 20},
    {.name = "lat", .label = "纬度", .type = FIELD_TEXT, .max = 20},
    {.name = "crs", .label = "坐标系", .type = FIELD_TEXT, .max = 20},
    {.name = "accuracy", .label = "定位精度", .type = FIELD_TEXT, .max = 20},
    {.name = "position_at", .label = "定位时间", .type = FIELD_TEXT, .max = 40},
    {.name = "answers", .label = "必查清单", .hint = "safety.1=ok;safety.2=problem:情况", .type = FIELD_TEXT, .max = 8000},
    {.name = "stops", .label = "走到的巡查点", .hint = "物业巡查：代码 时间 qr 经度,纬度,精度；用 ; 分开", .type = FIELD_TEXT, .max = 20000},
    {.name = "counts", .label = "成果", .hint = "占道经营=12处；僵尸车=3辆", .type = FIELD_TEXT, .max = 2000},
    {.name = "register", .label = "排摸登记", .hint = "编号=normal;编号=problem:情况;编号=gone;+种类@位置:情况", .type = FIELD_TEXT, .max = 8000},
    {.name = "occurred_at", .label = "发生时间", .type = FIELD_TEXT, .max = 40},
    {.name = "files", .label = "现场照片", .hint = "当场解决的问题另附整改前、整改后照片：files.safety.2", .type = FIELD_FILES, .max = LIMIT_PHOTOS},
};
const size_t n_visit_fields = sizeof visit_fields / sizeof *visit_fields;

static struct str
given(const struct params *p, const char *name)
{
    return str_trim(params_get(p, name));
}

static void
read_moment(const struct params *p, const char *name, instant *out, struct err *err)
{
    struct str s = given(p, name);
    if (s.n && !moment_parse(s, out))
        err_field(err, name, "请写成 2026-04-21T09:05。");
}

/* "A|B|C", and the same name given several times. */
static size_t
pieces(struct arena *a, const struct params *p, const char *name, struct str *out, size_t max)
{
    size_t n = 0, at = 0;
    struct str value, piece;
    while (params_each(p, name, &at, &value)) {
        struct str rest = value;
        while (n < max && str_cut(&rest, '|', &piece))
            if (str_trim(piece).n)
                out[n++] = str_dup(a, str_trim(piece));
    }
    return n;
}

static void
read_places(struct arena *a, const struct registry *r, const struct params *p, struct visit_input *in, struct err *err)
{
    struct str list[VISIT_PLACES_MAX + 1];
    int32_t *places = arena_array(a, int32_t, VISIT_PLACES_MAX + 1);
    size_t n = pieces(a, p, "place", list, 1), k = 0;
    n += pieces(a, p, "places", list + n, VISIT_PLACES_MAX - n);
    for (size_t i = 0; i < n; i++) {
        const struct place *q = registry_place_code(r, list[i]);
        bool is_there = false;
        for (size_t m = 0; q && m < k; m++)
            is_there |= places[m] == q->id;
        if (!q || q->is_closed || q->kind > PLACE_COMPOUND)
            err_field(err, "place", "没有“%.*s”这个地方。", (int)list[i].n, list[i].p);
        else if (!is_there)
            places[k++] = q->id;
    }
    in->places = places;
    in->n_places = k;
}

static void
read_asked(struct arena *a, const struct registry *r, const struct params *p, struct visit_input *in, struct err *err)
{
    struct str list[VISIT_MEMBERS_MAX];
    int32_t *asked = arena_array(a, int32_t, VISIT_MEMBERS_MAX);
    size_t n = pieces(a, p, "asked", list, VISIT_MEMBERS_MAX);
    for (size_t i = 0; i < n; i++) {
        const struct org *o = registry_org_code(r, list[i]);
        if (!o || o->is_closed)
            err_field(err, "asked", "没有“%.*s”这个单位。", (int)list[i].n, list[i].p);
        else
            asked[in->n_asked++] = o->id;
    }
    in->asked = asked;
}

static void
read_people(struct arena *a, const struct registry *r, const struct params *p, struct visit_input *in, struct err *err)
{
    struct str list[VISIT_MEMBERS_MAX];
    int64_t *people = arena_array(a, int64_t, VISIT_MEMBERS_MAX);
    size_t n = pieces(a, p, "members", list, VISIT_MEMBERS_MAX);
    for (size_t i = 0; i < n; i++) {
        const struct person *who = registry_username(r, list[i]);
        if (!who || who->is_disabled)
            err_field(err, "members", "没有“%.*s”这个人。", (int)list[i].n, list[i].p);
        else
            people[in->n_people++] = who->id;
    }
    in->people = people;
}

int64_t
case_named(struct db *db, int64_t area, struct str no, struct err *err)
{
    int64_t of = 0;
    int32_t day, n;
    return case_no_parse(no, &of, &day, &n) && (!of || of == area) ? case_find_no(db, area, day, n, err) : 0;
}

static void
read_cases(struct arena *a, struct db *db, int64_t area, const struct params *p, struct visit_input *in, struct err *err)
{
    struct str list[VISIT_CASES_MAX];
    int64_t *cases = arena_array(a, int64_t, VISIT_CASES_MAX);
    size_t n = pieces(a, p, "cases", list, VISIT_CASES_MAX);
    for (size_t i = 0; i < n; i++) {
        int64_t id = case_named(db, area, list[i], err);
        if (!id)
            err_field(err, "cases", "没有编号为 %.*s 的事项。", (int)list[i].n, list[i].p);
        else
            cases[in->n_cases++] = id;
    }
    in->cases = cases;
}

/* The posting in which one acts: of the organisation named, or the first that may do this kind of work. */
static void
act_as(struct actor *who, const struct registry *r, const struct params *p, struct visit_input *in, struct err *err)
{
    struct str code = given(p, "org");
    const struct org *named = code.n ? registry_org_code(r, code) : NULL;
    const struct posting *as = NULL;
    if (code.n && !named)
        err_field(err, "org", "没有“%.*s”这个单位。", (int)code.n, code.p);
    for (size_t i = 0; i < who->n_postings; i++) {
        const struct posting *q = who->postings[i];
        bool may = visit_kind_roles(in->kind) & ROLE_BIT(q->role);
        if (may && (!as || (named && q->org == named->id && as->org != named->id)))
            as = q;
    }
    if (as) {
        who->role = as->role;
        who->org = as->org;
    }
    in->org = named ? named->id : as ? as->org : 0;
}

/* A form sends each point that was ticked, a phone all of them in one text. */
static struct str
all_stops(struct arena *a, const struct params *p)
{
    struct buf b = {0};
    struct str value;
    for (size_t at = 0; params_each(p, "stops", &at, &value);) {
        buf_str(&b, value);
        buf_char(&b, ';');
    }
    struct str kept = str_dup(a, buf_view(&b));
    buf_release(&b);
    return kept;
}

static bool
read_input(struct record_visit *r, struct db *db, struct actor *who, struct visit_input *in, struct err *err)
{
    struct action *a = &r->base;
    const struct registry *reg = a->who->area->registry;
    const struct params *p = r->fields;
    if (!form_check(visit_fields, n_visit_fields, p, NULL, NULL, err))
        return false;
    in->kind = visit_kind_find(given(p, "kind"));
    if (in->kind < 0)
        return err_field(err, "kind", "没有这种工作。");
    struct str mode = given(p, "mode");
    in->mode = mode.n ? visit_mode_find(mode) : MODE_NONE;
    if (in->mode < 0)
        err_field(err, "mode", "写 comprehensive、professional 或 joint。");
    read_moment(p, "from", &in->from, err);
    read_moment(p, "to", &in->to, err);
    read_moment(p, "began_at", &in->began, err);
    read_moment(p, "ended_at", &in->ended, err);
    if (!in->from && !in->began)
        read_moment(p, "occurred_at", &in->began, err);
    in->title = given(p, "title");
    in->words = given(p, "words");
    in->answers = given(p, "answers");
    in->counts = given(p, "counts");
    in->stops = all_stops(a->arena, p);
    act_as(who, reg, p, in, err);
    read_places(a->arena, reg, p, in, err);
    read_asked(a->arena, reg, p, in, err);
    read_people(a->arena, reg, p, in, err);
    read_cases(a->arena, db, a->who->area->id, p, in, err);
    return err->kind == ERR_NONE;
}

/* ---- what was found ---- */

struct str
channel_for(const struct scheme *s, const struct actor *who, int kind)
{
    int own = scheme_channel(s, str_of(visit_kind_source(kind)));
    if (own >= 0 && (s->channels[own].roles & ROLE_BIT(who->role)))
        return s->channels[own].source;
    for (size_t i = 0; i < s->n_channels; i++)
        if (s->channels[i].is_found && (s->channels[i].roles & ROLE_BIT(who->role)))
            return s->channels[i].source;
    return STR("");
}

static bool
take_some(struct action *a, struct db *db, const struct params *fields, const char *name, const struct visit_answer *of, struct visit_shots *out,
          struct err *err)
{
    int64_t ids[LIMIT_PHOTOS];
    size_t n = 0, at = 0;
    struct sent_files sent;
    struct str value;
    while (n < LIMIT_PHOTOS && params_each(fields, name, &at, &value))
        if (str_int(value, &ids[n]))
            n++;
    if (!files_take(a, db, ids, n, false, &sent, err))
        return false;
    for (size_t i = 0; i < sent.n && out->n < VISIT_SHOTS_MAX; i++) {
        out->files[out->n] = sent.p[i];
        out->files[out->n].is_after = of && i > 0;
        out->p[out->n++] = (struct visit_photo){.id = sent.p[i].id, .of = !of ? PHOTO_SCENE : i ? PHOTO_AFTER : PHOTO_BEFORE,
                                                .list = of ? of->list : STR(""), .point = of ? of->point : STR("")};
    }
    return true;
}

static const char *
files_name(struct arena *a, const struct visit_answer *x)
{
    return arena_printf(a, "files.%.*s.%.*s", (int)x->list.n, x->list.p, (int)x->point.n, x->point.p);
}

bool
take_shots(struct action *a, struct db *db, const struct params *fields, struct visit_shots *out, struct err *err)
{
    struct visit_answer *answers = arena_array(a->arena, struct visit_answer, VISIT_ANSWERS_MAX);
    size_t n = 0;
    struct err ignored = {0}; /* the decision says what is wrong with the answers */
    *out = (struct visit_shots){.p = arena_array(a->arena, struct visit_photo, VISIT_SHOTS_MAX),
                                .files = arena_array(a->arena, struct attachment, VISIT_SHOTS_MAX)};
    visit_read_answers(a->arena, a->who->area->scheme, 0, given(fields, "answers"), answers, &n, VISIT_ANSWERS_MAX, &ignored);
    bool ok = take_some(a, db, fields, "files", NULL, out, err);
    for (size_t i = 0; ok && i < n; i++)
        if (answers[i].is_settled)
            ok = take_some(a, db, fields, files_name(a->arena, &answers[i]), &answers[i], out, err);
    return ok;
}

static const struct check_point *
point_of(const struct scheme *s, const struct visit_answer *x)
{
    for (size_t i = 0; i < s->n_points; i++)
        if (str_eq(s->points[i].list, x->list) && str_eq(s->points[i].code, x->point))
            return &s->points[i];
    return NULL;
}

bool
open_found(struct action *a, struct db *db, const struct actor *who, struct visit_effects *fx, const struct params *fields,
           struct found_cases *out, struct err *err)
{
    const struct area *area = a->who->area;
    const struct scheme *s = area->scheme;
    out->p = arena_array(a->arena, struct found_case, FOUND_MAX);
    for (size_t i = 0; i < fx->after.n_answers && out->n < FOUND_MAX; i++) {
        const struct visit_answer *x = &fx->after.answers[i];
        const struct check_point *point = point_of(s, x);
        if (x->answer != ANSWER_PROBLEM || x->is_settled || x->case_id || !point)
            continue;
        struct found_case *f = &out->p[out->n++];
        struct case_file *none = arena_new_of(a->arena, struct case_file);
        int64_t ids[LIMIT_PHOTOS];
        size_t n_ids = 0, at = 0;
        struct str value;
        const char *name = files_name(a->arena, x);
        while (n_ids < LIMIT_PHOTOS && params_each(fields, name, &at, &value))
            if (str_int(value, &ids[n_ids]))
                n_ids++;
        if (!files_take(a, db, ids, n_ids, false, &f->files, err))
            return false;
        none->area = area->id;
        struct situation sit = {.scheme = s, .registry = area->registry, .c = none, .actor = *who, .now = fx->at};
        struct report report = {.item = point->item.n ? scheme_item(s, point->item) : -1, .place = x->place,
                                .words = str_of(arena_printf(a->arena, "%.*s：%.*s", (int)point->text.n, point->text.p, (int)x->words.n, x->words.p)),
                                .spot = STR(""), .source = channel_for(s, who, fx->after.kind), .hotline_no = STR(""),
                                .dissuaded = x->words, .occurred_at = visit_at(&fx->after), .photos = f->files.photos};
        f->answer = i;
        f->fx = arena_new_of(a->arena, struct effects);
        f->fx->arena = a->arena;
        if (!case_open(&sit, &report, f->fx, err))
            return false;
        fx->after.photos += f->files.photos;
    }
    return true;
}

bool
save_found(struct action *a, struct db *db, struct visit_effects *fx, struct found_cases *found, struct err *err)
{
    if (!found->n)
        return true;
    struct visit_answer *answers = arena_array(a->arena, struct visit_answer, fx->after.n_answers);
    struct visit_case *cases = arena_array(a->arena, struct visit_case, fx->after.n_cases + found->n);
    size_t n = fx->after.n_cases;
    memcpy(answers, fx->after.answers, fx->after.n_answers * sizeof *answers);
    if (n)
        memcpy(cases, fx->after.cases, n * sizeof *cases);
    for (size_t i = 0; i < found->n; i++) {
        struct found_case *f = &found->p[i];
        struct save save = {.store = app_store(a->app), .keys = app_keys(a->app), .fx = f->fx, .files = f->files.p, .n_files = f->files.n};
        if (!effects_save(db, &save, err))
            return false;
        answers[f->answer].case_id = save.case_id;
        cases[n++] = (struct visit_case){.id = save.case_id, .is_found = true, .result = STR("")};
    }
    fx->after.answers = answers;
    fx->after.cases = cases;
    fx->after.n_cases = n;
    return true;
}

/* ---- the action ---- */

struct visit_situation
visit_situation_of(const struct action *a, const struct loaded_visit *v)
{
    const struct area *area = a->who->area;
    return (struct visit_situation){.scheme = area->scheme, .registry = area->registry, .v = v ? &v->v : NULL, .duties = v ? v->duties : NULL,
                                    .n_duties = v ? v->n_duties : 0, .actor = caller_actor(a->who), .now = app_now(a->app)};
}

static bool
prepare(struct action *a, struct db *db, struct err *err)
{
    struct record_visit *r = (struct record_visit *)a;
    struct visit_situation s = visit_situation_of(a, NULL);
    struct visit_input in = {.kind = -1};
    struct proof proof = {0};
    if (!read_input(r, db, &s.actor, &in, err))
        return false;
    bool is_late = in.began && s.now - in.began > PROOF_LATE_MS;
    const struct place *at = in.n_places ? registry_place(s.registry, in.places[0]) : NULL;
    if (in.began && at && !presence_shown(a, at, r->fields, is_late ? in.began : 0, &proof, err))
        return false;
    if (!take_shots(a, db, r->fields, &r->shots, err))
        return false;
    in.grade = proof.grade;
    in.shots = r->shots.p;
    in.n_shots = r->shots.n;
    r->fx = (struct visit_effects){.arena = a->arena};
    r->found = (struct found_cases){0};
    r->surveys = (struct survey_changes){0};
    return visit_open(&s, &in, &r->fx, err) && open_found(a, db, &s.actor, &r->fx, r->fields, &r->found, err) &&
           (!in.began || surveys_take(a, db, &r->fx.after, r->fields, &r->surveys, err));
}

static bool
apply(struct action *a, struct db *db, struct err *err)
{
    struct record_visit *r = (struct record_visit *)a;
    const struct area *area = a->who->area;
    struct visit_save save = {.store = app_store(a->app), .keys = app_keys(a->app), .scheme = area->scheme, .registry = area->registry,
                              .fx = &r->fx, .occurred_at = r->fx.after.began, .files = r->shots.files, .n_files = r->shots.n};
    bool ok = save_found(a, db, &r->fx, &r->found, err) && visit_save(db, &save, err) && surveys_put(a, db, &r->surveys, save.id, err);
    a->result = save.id;
    r->n_credited = save.n_credited;
    r->credits = save.credits;
    return ok;
}

static void
answer(struct action *a)
{
    ((struct record_visit *)a)->id = a->result;
}

void
record_visit(struct record_visit *r, struct db *db)
{
    r->base.prepare = prepare;
    r->base.apply = apply;
    r->base.answer = answer;
    action_run(&r->base, db);
}

bool
record_visit_wait(struct record_visit *r, struct err *err)
{
    r->base.prepare = prepare;
    r->base.apply = apply;
    r->base.answer = answer;
    return action_wait(&r->base, err);
}
