#include "visit.h"

#include <string.h>

static const struct {
    const char *code, *label, *source;
    int flags;
} kinds[VISIT_KIND_COUNT] = {
#define X(id, code, label, source, flags) {code, label, source, flags},
    VISIT_KINDS(X)
#undef X
};

#define R(x) ROLE_BIT(ROLE_##x)
#define STATION (R(STATION_CHIEF) | R(STATION_DEPUTY) | R(LIAISON) | R(COMMUNITY_OFFICE))
#define TOP (R(COORDINATOR) | R(LEADING_GROUP) | R(CONTACT_LEADER))
#define FORCE (R(OFFICER) | R(ASSISTANT_OFFICER) | R(DEPARTMENT_HEAD))
static const uint64_t kind_roles[VISIT_KIND_COUNT] = {
    [VISIT_PATROL] = FORCE,
    [VISIT_JOINT_VISIT] = FORCE | STATION | R(SECTOR_CHIEF) | R(COORDINATOR),
    [VISIT_WALK] = R(GRID_CHIEF) | R(GRID_WORKER) | STATION | R(VOLUNTEER),
    [VISIT_PRESENCE] = FORCE,
    [VISIT_ROUND] = R(PROPERTY),
    [VISIT_OPERATION] = R(COORDINATOR) | R(DEPARTMENT_HEAD) | R(OFFICER) | R(SECTOR_CHIEF) | R(TOWN_OFFICE) | STATION,
    [VISIT_CAMPAIGN] = R(COORDINATOR) | R(DEPARTMENT_HEAD) | R(OFFICER) | R(SECTOR_CHIEF) | R(TOWN_OFFICE) | STATION,
    [VISIT_CHECKUP] = R(COORDINATOR) | R(DEPARTMENT_HEAD) | R(OFFICER) | R(SECTOR_CHIEF) | R(TOWN_OFFICE) | STATION,
    [VISIT_CONSULT] = R(COORDINATOR) | R(SECTOR_CHIEF) | R(DEPARTMENT_HEAD) | R(TOWN_OFFICE) | STATION,
    [VISIT_MEETING] = R(COORDINATOR) | R(SECTOR_CHIEF) | R(DEPARTMENT_HEAD) | R(OFFICER) | R(TOWN_OFFICE) | STATION,
    [VISIT_REVIEW] = STATION | R(SECTOR_CHIEF) | R(COORDINATOR),
    [VISIT_EVALUATION] = R(STATION_CHIEF) | R(STATION_DEPUTY) | R(COMMUNITY_OFFICE),
    [VISIT_BULLETIN] = R(OVERSIGHT_BODY) | R(COORDINATOR) | R(LEADING_GROUP),
    [VISIT_APPRAISAL] = TOP | R(OVERSIGHT_BODY),
    [VISIT_OUTREACH] = FORCE | STATION | R(GRID_CHIEF) | R(GRID_WORKER) | R(COORDINATOR) | R(OVERSIGHT_BODY) | R(SECTOR_CHIEF),
    [VISIT_DISPATCH_LOG] = TOP,
};

static const char *const states[][2] = {[VISIT_PLANNED] = {"planned", "已安排"}, [VISIT_GOING] = {"going", "进行中"},
                                        [VISIT_DONE] = {"done", "已完成"}, [VISIT_CANCELLED] = {"cancelled", "已取消"}};
static const char *const modes[][2] = {[MODE_NONE] = {"", ""}, [MODE_COMPREHENSIVE] = {"comprehensive", "综合执法"},
                                       [MODE_PROFESSIONAL] = {"professional", "专业执法"}, [MODE_JOINT] = {"joint", "联合执法"}};
static const char *const member_states[][2] = {[MEMBER_ASKED] = {"asked", "待确认"}, [MEMBER_CONFIRMED] = {"confirmed", "已确认"},
                                               [MEMBER_DECLINED] = {"declined", "不能参加"}, [MEMBER_CAME] = {"came", "已到场"}};
#define COUNT_OF(a) (int)(sizeof(a) / sizeof *(a))

const char *
visit_kind_code(int kind)
{
    return kinds[kind].code;
}

const char *
visit_kind_label(int kind)
{
    return kinds[kind].label;
}

const char *
visit_kind_source(int kind)
{
    return kinds[kind].source;
}

int
visit_kind_flags(int kind)
{
    return kinds[kind].flags;
}

uint64_t
visit_kind_roles(int kind)
{
    return kind_roles[kind];
}

const uint64_t visit_planners = R(COORDINATOR) | R(SECTOR_CHIEF) | R(STATION_CHIEF);

uint64_t
visit_plan_roles(int kind)
{
    bool is_planned_for_others = kind == VISIT_PATROL || kind == VISIT_JOINT_VISIT || kind == VISIT_ROUND;
    return kind_roles[kind] | (is_planned_for_others ? visit_planners : 0);
}

int
visit_kind_find(struct str code)
{
    for (int i = 0; i < VISIT_KIND_COUNT; i++)
        if (str_is(code, kinds[i].code))
            return i;
    return -1;
}

static int
find_word(const char *const (*words)[2], int n, struct str code)
{
    for (int i = 1; i < n; i++)
        if (str_is(code, words[i][0]))
            return i;
    return -1;
}

const char *
visit_state_code(int state)
{
    return states[state][0];
}

const char *
visit_state_label(int state)
{
    return states[state][1];
}

int
visit_state_find(struct str code)
{
    return find_word(states, COUNT_OF(states), code);
}

const char *
visit_mode_code(int mode)
{
    return modes[mode][0];
}

const char *
visit_mode_label(int mode)
{
    return modes[mode][1];
}

int
visit_mode_find(struct str code)
{
    return find_word(modes, COUNT_OF(modes), code);
}

const char *
member_state_code(int state)
{
    return member_states[state][0];
}

const char *
member_state_label(int state)
{
    return member_states[state][1];
}

instant
visit_at(const struct field_visit *v)
{
    return v->began ? v->began : v->from;
}

bool
visit_came(const struct field_visit *v, int64_t person)
{
    for (size_t i = 0; i < v->n_members; i++)
        if (v->members[i].person == person && v->members[i].state == MEMBER_CAME)
            return true;
    return false;
}

bool
visit_has_place(const struct field_visit *v, int32_t place)
{
    for (size_t i = 0; i < v->n_places; i++)
        if (v->places[i] == place)
            return true;
    return false;
}

static bool
is_answered(const struct field_visit *v, int32_t place, const struct check_point *p)
{
    for (size_t i = 0; i < v->n_answers; i++)
        if (v->answers[i].place == place && str_eq(v->answers[i].list, p->list) && str_eq(v->answers[i].point, p->code))
            return true;
    return false;
}

bool
visit_checked(const struct scheme *s, const struct field_visit *v, int32_t place)
{
    for (size_t i = 0; i < s->n_points; i++)
        if (s->points[i].kinds & 1u << v->kind && !is_answered(v, place, &s->points[i]))
            return false;
    return true;
}

static bool
filled_in(const struct field_visit *v, int32_t place, struct str list)
{
    for (size_t i = 0; i < v->n_answers; i++)
        if (v->answers[i].place == place && str_eq(v->answers[i].list, list) && v->answers[i].answer != ANSWER_NA)
            return true;
    return false;
}

bool
visit_repeats(const struct field_visit *v, const struct field_visit *other, int32_t *place, struct str *list)
{
    for (size_t i = 0; i < v->n_answers && v->id != other->id; i++) {
        const struct visit_answer *x = &v->answers[i];
        if (x->answer == ANSWER_NA || !filled_in(other, x->place, x->list))
            continue;
        *place = x->place;
        *list = x->list;
        return true;
    }
    return false;
}

bool
visit_is_team(const struct registry *r, const struct field_visit *v, int32_t day)
{
    bool officer = false, assistant = false, community = false;
    for (size_t i = 0; i < v->n_members; i++) {
        const struct posting *list[ACTOR_POSTINGS_MAX];
        if (v->members[i].state != MEMBER_CAME || !v->members[i].person)
            continue;
        size_t n = registry_postings(r, v->members[i].person, day, list, ACTOR_POSTINGS_MAX);
        for (size_t k = 0; k < n; k++) {
            uint64_t bit = ROLE_BIT(list[k]->role);
            officer |= list[k]->role == ROLE_OFFICER && list[k]->cert_until >= day && !list[k]->is_guided;
            assistant |= list[k]->role == ROLE_ASSISTANT_OFFICER;
            community |= (bit & (STATION | R(GRID_CHIEF) | R(GRID_WORKER))) != 0;
        }
    }
    return officer && assistant && community;
}

/* ---- reading what was entered ---- */

static const struct check_point *
point_of(const struct scheme *s, struct str name)
{
    struct str point = name, list = STR("");
    if (!str_cut(&point, '.', &list) || !point.p)
        return NULL;
    for (size_t i = 0; i < s->n_points; i++)
        if (str_eq(s->points[i].list, list) && str_eq(s->points[i].code, point))
            return &s->points[i];
    return NULL;
}

/* "ok", "na", "problem:words", "problem!:words" */
static bool
read_answer(struct str text, struct visit_answer *out)
{
    struct str words = text, kind = STR("");
    str_cut(&words, ':', &kind);
    out->words = words.p ? str_trim(words) : STR("");
    out->is_settled = str_is(kind, "problem!");
    out->answer = str_is(kind, "ok") ? ANSWER_OK : str_is(kind, "na") ? ANSWER_NA : str_is(kind, "problem") || out->is_settled ? ANSWER_PROBLEM : 0;
    return out->answer != 0;
}

bool
visit_read_answers(struct arena *a, const struct scheme *s, int32_t place, struct str text, struct visit_answer *out, size_t *n,
                   size_t max, struct err *err)
{
    struct str rest = text, one;
    while (str_cut(&rest, ';', &one)) {
        struct str value = str_trim(one), name = STR("");
        if (!value.n)
            continue;
        str_cut(&value, '=', &name);
        const struct check_point *p = point_of(s, str_trim(name));
        struct visit_answer x = {.place = place};
        if (!p)
            return err_field(err, "answers", "必查清单里没有“%.*s”这一条。", (int)name.n, name.p);
        if (!value.p || !read_answer(value, &x))
            return err_field(err, "answers", "“%.*s”要写 ok、na 或 problem:情况。", (int)p->text.n, p->text.p);
        if (x.answer == ANSWER_PROBLEM && !x.words.n)
            return err_field(err, "answers", "“%.*s”有问题，请写明情况。", (int)p->text.n, p->text.p);
        if (*n == max)
            return err_field(err, "answers", "一次最多 %d 条。", (int)max);
        x.list = p->list;
        x.point = p->code;
        x.words = str_dup(a, x.words);
        out[(*n)++] = x;
    }
    return true;
}

bool
visit_read_counts(struct arena *a, const struct scheme *s, struct str text, struct visit_count *out, size_t *n, size_t max,
                  struct err *err)
{
    enum { MOST = 1000000 };
    struct str rest = text, one;
    (void)s;
    while (str_cut(&rest, ';', &one)) {
        struct str value = str_trim(one), name = STR("");
        size_t digits = 0;
        int64_t number = 0;
        if (!value.n)
            continue;
        str_cut(&value, '=', &name);
        value = value.p ? str_trim(value) : STR("");
        while (digits < value.n && value.p[digits] >= '0' && value.p[digits] <= '9')
            digits++;
        struct str unit = str_trim(str_slice(value, digits, value.n));
        if (!str_trim(name).n || !digits || !str_int(str_slice(value, 0, digits), &number) || number > MOST || !unit.n || utf8_count(unit) > 4)
            return err_field(err, "counts", "写成“占道经营=12处”这样：事项、数量、单位。");
        if (*n == max)
            return err_field(err, "counts", "一次最多 %d 项。", (int)max);
        out[(*n)++] = (struct visit_count){.item = str_dup(a, str_trim(name)), .n = number, .unit = str_dup(a, unit)};
    }
    return true;
}
