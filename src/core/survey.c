#include "survey.h"

#include "limits.h"

enum { DAY_MS = 24 * 3600 * 1000, AHEAD_MS = 5 * 60 * 1000, OLD_DAYS = 30, SPOT_MIN = 2, PURPOSE_MIN = 2 };

#define S(x) (int)(x).n, (x).p

/* ---- words ---- */

static const char *const states[][2] = {[SURVEY_NORMAL] = {"normal", "正常"}, [SURVEY_PROBLEM] = {"problem", "有问题"}, [SURVEY_GONE] = {"gone", "没有了"}};

const char *
survey_state_code(int state)
{
    return state >= SURVEY_NORMAL && state <= SURVEY_GONE ? states[state][0] : "";
}

const char *
survey_state_label(int state)
{
    return state >= SURVEY_NORMAL && state <= SURVEY_GONE ? states[state][1] : "";
}

int
survey_state_find(struct str code)
{
    for (int i = SURVEY_NORMAL; i <= SURVEY_GONE; i++)
        if (str_is(code, states[i][0]))
            return i;
    return -1;
}

const struct survey_kind *
survey_kind_find(const struct scheme *s, struct str code)
{
    for (size_t i = 0; i < s->n_survey_kinds; i++)
        if (str_eq(s->survey_kinds[i].code, code))
            return &s->survey_kinds[i];
    return NULL;
}

struct str
survey_kind_name(const struct scheme *s, struct str code)
{
    const struct survey_kind *k = survey_kind_find(s, code);
    return k ? k->name : code;
}

instant
survey_due(const struct scheme *s, const struct survey_entry *e)
{
    const struct survey_kind *k = survey_kind_find(s, e->kind);
    return k && e->state != SURVEY_GONE ? e->last_checked + (instant)k->days * DAY_MS : 0;
}

bool
survey_is_due(const struct scheme *s, const struct survey_entry *e, instant now)
{
    instant due = survey_due(s, e);
    return due && due <= now;
}

/* ---- the same twice ---- */

/* Spots are written as people speak: blanks, 号楼 and 栋 make no difference. */
static struct str
bare(struct str s, char *room, size_t max)
{
    static const struct str dropped[] = {STR(" "), STR("　"), STR("-"), STR("号"), STR("楼"), STR("栋"), STR("幢"), STR("单元"), STR("室"), STR("层")};
    size_t n = 0;
    while (s.n && n < max) {
        size_t skip = 0;
        for (size_t i = 0; i < sizeof dropped / sizeof *dropped && !skip; i++)
            skip = str_starts(s, dropped[i]) ? dropped[i].n : 0;
        if (!skip)
            room[n++] = s.p[0];
        s = str_slice(s, skip ? skip : 1, s.n);
    }
    return (struct str){room, n};
}

static bool
same_words(struct str a, struct str b)
{
    enum { ROOM = 256 };
    char x[ROOM], y[ROOM];
    struct str left = bare(a, x, ROOM), right = bare(b, y, ROOM);
    return left.n && str_eq(left, right);
}

bool
survey_same(const struct survey_entry *a, const struct survey_entry *b)
{
    return a->id != b->id && a->place == b->place && str_eq(a->kind, b->kind) && a->state != SURVEY_GONE && b->state != SURVEY_GONE &&
           (same_words(a->spot, b->spot) || same_words(a->holder, b->holder));
}

/* ---- who ---- */

static const struct {
    int role;
    unsigned rights;
    bool is_everywhere;
} who_may[] = {
    {ROLE_GRID_CHIEF, SURVEY_SEE | SURVEY_WRITE | SURVEY_HOLDER, false},
    {ROLE_GRID_WORKER, SURVEY_SEE | SURVEY_WRITE | SURVEY_HOLDER, false},
    {ROLE_LIAISON, SURVEY_SEE | SURVEY_WRITE | SURVEY_HOLDER, false},
    {ROLE_COMMUNITY_OFFICE, SURVEY_SEE | SURVEY_WRITE | SURVEY_HOLDER, false},
    {ROLE_STATION_CHIEF, SURVEY_SEE | SURVEY_WRITE | SURVEY_HOLDER, false},
    {ROLE_STATION_DEPUTY, SURVEY_SEE | SURVEY_WRITE | SURVEY_HOLDER, false},
    {ROLE_OFFICER, SURVEY_SEE | SURVEY_WRITE | SURVEY_HOLDER, false},
    {ROLE_ASSISTANT_OFFICER, SURVEY_SEE | SURVEY_WRITE, false},
    {ROLE_TOWN_OFFICE, SURVEY_SEE, false},
    {ROLE_SECTOR_CHIEF, SURVEY_SEE, true},
    {ROLE_COORDINATOR, SURVEY_SEE, true},
};

static bool
covers(const struct registry *r, const struct posting *p, int32_t place)
{
    if (p->place)
        return place_within(r, place, p->place);
    for (const struct place *up = registry_place(r, place); up && p->org; up = registry_place(r, up->parent))
        if (up->org == p->org || up->station == p->org)
            return true;
    return false;
}

unsigned
survey_rights(const struct registry *r, const struct posting *const *posts, size_t n, int32_t place)
{
    unsigned rights = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < sizeof who_may / sizeof *who_may; k++)
            if (who_may[k].role == posts[i]->role && (who_may[k].is_everywhere || covers(r, posts[i], place)))
                rights |= who_may[k].rights;
    return rights;
}

static bool
may(const struct survey_situation *s, unsigned right, int32_t place, struct err *err)
{
    if (survey_rights(s->registry, s->actor.postings, s->actor.n_postings, place) & right)
        return true;
    return err_set(err, ERR_FORBIDDEN, right == SURVEY_HOLDER ? "您不能查看登记的人。" : "这个地方的登记由社区、网格和下沉的队员记。");
}

/* The post in whose name the event stands. */
static struct actor
acting_as(const struct survey_situation *s, unsigned right, int32_t place)
{
    struct actor who = s->actor;
    for (size_t i = 0; i < who.n_postings; i++)
        if (survey_rights(s->registry, &who.postings[i], 1, place) & right) {
            who.role = who.postings[i]->role;
            who.org = who.postings[i]->org;
            break;
        }
    return who;
}

/* ---- what is done ---- */

static void
begin(struct survey_effects *fx, const struct survey_situation *s, const char *type)
{
    struct arena *a = fx->arena;
    *fx = (struct survey_effects){.arena = a, .actor = s->actor, .at = s->now, .type = type, .text = STR("")};
    if (s->e)
        fx->after = *s->e;
}

#define words_of(fx, ...) str_of(arena_printf((fx)->arena, __VA_ARGS__))

static struct str
what_and_where(struct survey_effects *fx, const struct survey_situation *s)
{
    return words_of(fx, "%.*s：%.*s %.*s", S(survey_kind_name(s->scheme, fx->after.kind)), S(place_name(s->registry, fx->after.place)), S(fx->after.spot));
}

static void
check_length(struct str text, size_t most, const char *field, struct err *err)
{
    if (utf8_count(text) > most)
        err_field(err, field, "最多 %d 个字。", (int)most);
}

static void
put_texts(struct survey_effects *fx, const struct survey_input *in, struct err *err)
{
    fx->after.spot = str_trim(in->spot);
    fx->after.holder = str_trim(in->holder);
    fx->after.note = str_trim(in->note);
    if (utf8_count(fx->after.spot) < SPOT_MIN)
        err_field(err, "spot", "请写具体位置，例如 3 栋 2 单元楼下。");
    check_length(fx->after.spot, SURVEY_SPOT_MAX, "spot", err);
    check_length(fx->after.holder, SURVEY_HOLDER_MAX, "holder", err);
    check_length(fx->after.note, SURVEY_WORDS_MAX, "note", err);
}

static bool
put_moment(struct survey_effects *fx, const struct survey_situation *s, instant at, struct err *err)
{
    at = at ? at : s->now;
    if (at > s->now + AHEAD_MS || at < s->now - (instant)OLD_DAYS * DAY_MS)
        return err_field(err, "occurred_at", "看的时间不能晚于现在，也只能补记 %d 天以内的。", OLD_DAYS);
    fx->after.last_checked = at > fx->after.last_checked ? at : fx->after.last_checked;
    fx->after.by = s->actor.person;
    fx->after.visit = 0;
    return true;
}

bool
survey_add(const struct survey_situation *s, const struct survey_input *in, struct survey_effects *fx, struct err *err)
{
    const struct place *p = registry_place(s->registry, in->place);
    const struct survey_kind *k = survey_kind_find(s->scheme, in->kind);
    begin(fx, s, "survey_added");
    if (!p || p->is_closed || p->kind < PLACE_COMMUNITY || p->kind > PLACE_COMPOUND)
        return err_field(err, "place", "请选择小区、网格或社区。");
    if (!may(s, SURVEY_WRITE, in->place, err))
        return false;
    if (!k)
        err_field(err, "kind", "请选择登记哪一种。");
    fx->is_new = true;
    fx->actor = acting_as(s, SURVEY_WRITE, in->place);
    fx->after = (struct survey_entry){.place = in->place, .kind = k ? k->code : STR(""), .state = in->state ? in->state : SURVEY_NORMAL};
    put_texts(fx, in, err);
    if (in->state == SURVEY_GONE)
        err_field(err, "state", "新登记的写正常或者有问题。");
    put_moment(fx, s, in->occurred_at, err);
    fx->after.first_seen = fx->after.last_checked;
    fx->text = words_of(fx, "登记%.*s", S(what_and_where(fx, s)));
    return err->kind == ERR_NONE;
}

bool
survey_change(const struct survey_situation *s, const struct survey_input *in, struct survey_effects *fx, struct err *err)
{
    begin(fx, s, "survey_changed");
    if (!may(s, SURVEY_WRITE, s->e->place, err))
        return false;
    fx->actor = acting_as(s, SURVEY_WRITE, s->e->place);
    put_texts(fx, in, err);
    if (!in->has_holder)
        fx->after.holder = s->e->holder;
    fx->text = words_of(fx, "修改登记");
    return err->kind == ERR_NONE;
}

bool
survey_check(const struct survey_situation *s, const struct survey_input *in, struct survey_effects *fx, struct err *err)
{
    struct str words = str_trim(in->words);
    begin(fx, s, "survey_checked");
    if (!may(s, SURVEY_WRITE, s->e->place, err))
        return false;
    fx->actor = acting_as(s, SURVEY_WRITE, s->e->place);
    if (in->state < SURVEY_NORMAL || in->state > SURVEY_GONE)
        err_field(err, "state", "请选择正常、有问题或没有了。");
    if (in->state == SURVEY_PROBLEM && !words.n)
        err_field(err, "words", "有问题的，请写明情况。");
    check_length(words, SURVEY_WORDS_MAX, "words", err);
    if (err->kind || !put_moment(fx, s, in->occurred_at, err))
        return false;
    fx->after.state = in->state;
    fx->text = words_of(fx, "看过：%s%s%.*s", survey_state_label(in->state), words.n ? "。" : "", S(words));
    return true;
}

bool
survey_link(const struct survey_situation *s, const struct survey_input *in, struct survey_effects *fx, struct err *err)
{
    begin(fx, s, "survey_case");
    if (!may(s, SURVEY_WRITE, s->e->place, err))
        return false;
    fx->actor = acting_as(s, SURVEY_WRITE, s->e->place);
    if (s->e->state == SURVEY_GONE)
        return err_set(err, ERR_CONFLICT, "已经没有了，不用再转成事项；又有了请先登记“有问题”。");
    if (s->e->n_cases == SURVEY_CASES_MAX)
        return err_set(err, ERR_CONFLICT, "这一条已经转过 %d 件事项。", SURVEY_CASES_MAX);
    fx->after.cases[fx->after.n_cases++] = in->case_id;
    fx->after.state = SURVEY_PROBLEM;
    fx->text = words_of(fx, "转成事项");
    return true;
}

bool
survey_show_holder(const struct survey_situation *s, const struct survey_input *in, struct survey_effects *fx, struct err *err)
{
    struct str words = str_trim(in->words);
    begin(fx, s, "survey_holder_seen");
    if (!may(s, SURVEY_HOLDER, s->e->place, err))
        return false;
    fx->actor = acting_as(s, SURVEY_HOLDER, s->e->place);
    if (utf8_count(words) < PURPOSE_MIN)
        return err_field(err, "purpose", "请说明为什么要查看。");
    check_length(words, SURVEY_WORDS_MAX, "purpose", err);
    fx->text = words_of(fx, "查看了登记的人。用途：%.*s", S(words));
    return err->kind == ERR_NONE;
}

/* ---- lines of a visit ---- */

/* "+poultry@3 栋楼下:两只鸡" */
static bool
read_new(const struct scheme *s, struct str text, struct survey_said *out, struct err *err)
{
    struct str rest = text, code = STR("");
    str_cut(&rest, '@', &code);
    const struct survey_kind *k = survey_kind_find(s, str_trim(code));
    if (!k || !rest.p)
        return err_field(err, "register", "新登记的写成 +种类@位置:情况。");
    out->kind = k->code;
    str_cut(&rest, ':', &out->spot);
    out->words = rest.p ? str_trim(rest) : STR("");
    out->state = SURVEY_NORMAL;
    return true;
}

/* "12=problem:words" */
static bool
read_old(struct str text, struct survey_said *out, struct err *err)
{
    struct str rest = text, id = STR(""), state = STR("");
    str_cut(&rest, '=', &id);
    if (!rest.p || !str_int(str_trim(id), &out->id) || out->id <= 0)
        return err_field(err, "register", "看过的写成 编号=normal、编号=problem:情况 或 编号=gone。");
    str_cut(&rest, ':', &state);
    out->state = survey_state_find(str_trim(state));
    out->words = rest.p ? str_trim(rest) : STR("");
    return out->state > 0 || err_field(err, "register", "看过的写 normal、problem:情况 或 gone。");
}

bool
survey_read_lines(struct arena *a, const struct scheme *s, struct str text, struct survey_said *out, size_t *n, struct err *err)
{
    struct str rest = text, one;
    while (str_cut(&rest, ';', &one)) {
        struct str line = str_trim(one);
        struct survey_said x = {.spot = STR(""), .words = STR(""), .kind = STR("")};
        if (!line.n)
            continue;
        if (*n == SURVEY_LINES_MAX)
            return err_field(err, "register", "一次最多 %d 条。", SURVEY_LINES_MAX);
        if (line.p[0] == '+' ? !read_new(s, str_slice(line, 1, line.n), &x, err) : !read_old(line, &x, err))
            return false;
        x.spot = str_dup(a, str_trim(x.spot));
        x.words = str_dup(a, x.words);
        out[(*n)++] = x;
    }
    return true;
}
