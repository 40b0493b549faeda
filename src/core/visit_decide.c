/* What anybody can do to a visit: plan or record it, confirm, come, answer the checklists, say what came of it. */
#include <string.h>

#include "decide.h"
#include "limits.h"
#include "staff_rights.h"
#include "stops.h"
#include "survey.h"
#include "visit.h"

enum { HOUR_MS = 3600 * 1000, DAY_MS = 24 * HOUR_MS, AHEAD_MS = 5 * 60 * 1000, OLD_DAYS = 30, LATE_MS = 30 * 60 * 1000, WORDS_MIN = 5 };

#define SEES_ALL                                                                                                                    \
    (ROLE_BIT(ROLE_COORDINATOR) | ROLE_BIT(ROLE_LEADING_GROUP) | ROLE_BIT(ROLE_CONTACT_LEADER) | ROLE_BIT(ROLE_OVERSIGHT_BODY) |    \
     ROLE_BIT(ROLE_SECTOR_CHIEF) | ROLE_BIT(ROLE_SUPERVISOR))

/* ---- who ---- */

static bool
has_role(const struct actor *a, uint64_t roles)
{
    for (size_t i = 0; i < a->n_postings; i++)
        if (roles & ROLE_BIT(a->postings[i]->role))
            return true;
    return false;
}

static const struct posting *
posting_of(const struct actor *a, int32_t org)
{
    for (size_t i = 0; i < a->n_postings; i++)
        if (org && a->postings[i]->org == org)
            return a->postings[i];
    return NULL;
}

static const struct visit_member *
asked_member(const struct field_visit *v, int32_t org)
{
    for (size_t i = 0; i < v->n_members; i++)
        if (v->members[i].org == org && !v->members[i].person)
            return &v->members[i];
    return NULL;
}

static const struct posting *
asked_posting(const struct visit_situation *s)
{
    for (size_t i = 0; i < s->actor.n_postings; i++)
        if (s->actor.postings[i]->org && asked_member(s->v, s->actor.postings[i]->org))
            return s->actor.postings[i];
    return NULL;
}

static bool
is_organiser(const struct visit_situation *s)
{
    return (s->v->by && s->v->by == s->actor.person) || posting_of(&s->actor, s->v->org) || has_role(&s->actor, ROLE_BIT(ROLE_COORDINATOR));
}

static bool
is_involved(const struct visit_situation *s)
{
    if (is_organiser(s) || asked_posting(s))
        return true;
    for (size_t i = 0; i < s->v->n_members; i++)
        if (s->v->members[i].person && s->v->members[i].person == s->actor.person)
            return true;
    return false;
}

bool
visit_visible(const struct visit_situation *s)
{
    if (is_involved(s) || has_role(&s->actor, SEES_ALL))
        return true;
    for (size_t i = 0; i < s->actor.n_postings; i++)
        for (size_t k = 0; s->actor.postings[i]->place && k < s->v->n_places; k++)
            if (place_within(s->registry, s->v->places[k], s->actor.postings[i]->place))
                return true;
    return false;
}

/* ---- effects ---- */

static void
begin(struct visit_effects *fx, const struct visit_situation *s, const char *type)
{
    struct arena *a = fx->arena;
    *fx = (struct visit_effects){.arena = a, .actor = s->actor, .at = s->now, .type = type, .text = STR("")};
    if (s->v)
        fx->after = *s->v;
    for (size_t i = 0; i < s->n_duties && fx->n_duties < EFFECTS_DUTIES_MAX; i++)
        fx->duties[fx->n_duties++] = (struct duty_slot){.was = s->duties[i], .now = s->duties[i]};
}

static struct visit_member *
members_copy(struct visit_effects *fx)
{
    struct visit_member *list = arena_array(fx->arena, struct visit_member, VISIT_MEMBERS_MAX);
    if (fx->after.n_members)
        memcpy(list, fx->after.members, fx->after.n_members * sizeof *list);
    fx->after.members = list;
    return list;
}

static void
owe(struct visit_effects *fx, int kind, struct owner to, instant due)
{
    if (fx->n_duties == EFFECTS_DUTIES_MAX)
        return;
    if (due <= fx->at)
        due = fx->at + HOUR_MS;
    instant amber = due - fx->at > DAY_MS ? due - DAY_MS : fx->at;
    fx->duties[fx->n_duties++] =
        (struct duty_slot){.is_new = true, .now = {.kind = kind, .subject_kind = SUBJECT_VISIT, .owner = to, .need = 1, .opened_at = fx->at,
                                                   .amber_at = amber, .due = due, .escalated = {.role = ROLE_NONE}}};
}

/* Done without a network before it was due, and heard of soon enough (decide_late.c has the same for cases). */
static bool
was_done_in_time(const struct visit_effects *fx, const struct duty *u)
{
    instant at = fx->claimed;
    return at && at < fx->at && at <= u->due && at >= u->opened_at - CLOCKS_DIFFER_MS && fx->at - at <= fx->grace;
}

static enum duty_end
end_when_done(const struct visit_effects *fx, const struct duty *u)
{
    bool is_late = u->missed_at || fx->at > u->due;
    return !is_late ? END_DONE : was_done_in_time(fx, u) ? END_LATE_SYNC : END_DONE_LATE;
}

static void
settle(struct visit_effects *fx, int kind, int32_t org, enum duty_end end)
{
    for (size_t i = 0; i < fx->n_duties; i++) {
        struct duty *u = &fx->duties[i].now;
        if (u->kind != kind || u->end != END_OPEN || (org && u->owner.org != org))
            continue;
        u->end = end == END_DONE ? end_when_done(fx, u) : end;
        u->ended_at = fx->at;
        u->credited += end == END_DONE;
        fx->duties[i].is_changed = true;
    }
}

static void
tell(struct visit_effects *fx, struct owner to, const char *kind, struct str text)
{
    if (fx->n_notices < EFFECTS_NOTICES_MAX)
        fx->notices[fx->n_notices++] = (struct notice){.to = to, .kind = kind, .text = text};
}

#define words_of(fx, ...) str_of(arena_printf((fx)->arena, __VA_ARGS__))

/* 「联合执法 幸福里小区 4 月 21 日 09:00」 */
static struct str
what_and_when(struct visit_effects *fx, const struct visit_situation *s)
{
    struct buf b = {0};
    struct str title = fx->after.title.n ? fx->after.title : str_of(visit_kind_label(fx->after.kind));
    buf_str(&b, title);
    if (fx->after.place) {
        buf_z(&b, " ");
        buf_str(&b, place_name(s->registry, fx->after.place));
    }
    buf_z(&b, " ");
    moment_words(&b, visit_at(&fx->after), s->now);
    struct str text = str_dup(fx->arena, buf_view(&b));
    buf_release(&b);
    return text;
}

static void
ask_org(struct visit_effects *fx, const struct visit_situation *s, int32_t org)
{
    enum { WORKING_DAYS = 1 };
    instant due = limit_due(&s->scheme->calendar, s->now, UNIT_WORKING_DAY, WORKING_DAYS);
    owe(fx, DUTY_CONFIRM, (struct owner){.org = org, .role = ROLE_NONE}, due < fx->after.from ? due : fx->after.from);
    tell(fx, (struct owner){.org = org, .role = ROLE_NONE}, "asked", words_of(fx, "请确认参加：%.*s", S(what_and_when(fx, s))));
}

/* ---- a new one ---- */

static bool
check_moments(const struct visit_input *in, instant now, struct err *err)
{
    if (!in->began && !in->from)
        err_field(err, "from", "请填计划的日期和时间；已经去过的填开始时间。");
    if (in->began > now + AHEAD_MS)
        err_field(err, "began_at", "开始时间不能晚于现在；还没有去的请填计划时间。");
    if (in->began && in->began < now - (instant)OLD_DAYS * DAY_MS)
        err_field(err, "began_at", "只能补记 %d 天以内的。", OLD_DAYS);
    if (in->ended && (in->ended < in->began || in->ended - in->began > DAY_MS || in->ended > now + AHEAD_MS))
        err_field(err, "ended_at", "结束时间要在开始以后、一天以内，且不晚于现在。");
    if (in->from && !in->began && in->from < now - AHEAD_MS)
        err_field(err, "from", "计划时间已经过去；已经去过的请填开始时间。");
    if (in->to && in->to < in->from)
        err_field(err, "to", "结束时间早于开始时间。");
    return err->kind == ERR_NONE;
}

/* 综合查一次 (BG-14) */
static bool
goes_together(int kind)
{
    return (visit_kind_flags(kind) & TAKES_ORGS) || kind == VISIT_JOINT_VISIT || kind == VISIT_PATROL;
}

/* What a visit did counts for the unit in whose name it stands: nobody records one in the name of a unit that is not his, and who plans
 * a month plans for others. A station is evaluated by others (checked on its own). */
static bool
check_unit(const struct visit_situation *s, const struct visit_input *in, bool is_evaluated, struct err *err)
{
    uint64_t roles = in->began ? visit_kind_roles(in->kind) : visit_plan_roles(in->kind);
    if (!in->org || is_evaluated || (!in->began && has_role(&s->actor, visit_planners)))
        return true;
    for (size_t i = 0; i < s->actor.n_postings; i++)
        if (s->actor.postings[i]->org == in->org && (roles & ROLE_BIT(s->actor.postings[i]->role)))
            return true;
    return err_field(err, "org", in->began ? "只能登记本单位做的，请选择您自己的单位。" : "只能安排本单位的工作；别的单位请他们参加。");
}

static bool
check_contents(const struct visit_situation *s, const struct visit_input *in, struct err *err)
{
    const struct org *o = registry_org(s->registry, in->org);
    int flags = visit_kind_flags(in->kind);
    if (!has_role(&s->actor, in->began ? visit_kind_roles(in->kind) : visit_plan_roles(in->kind)))
        return err_set(err, ERR_FORBIDDEN, "您的岗位不能登记“%s”。", visit_kind_label(in->kind));
    if ((flags & NEEDS_PLACE) && !in->n_places)
        err_field(err, "place", "请选择去的地方。");
    if ((flags & NEEDS_WORDS) && in->began && utf8_count(str_trim(in->words)) < WORDS_MIN)
        err_field(err, "words", "请写明内容和结果；空的记录不能算数。");
    bool is_of_station = in->kind == VISIT_EVALUATION && o && o->kind == ORG_STATION;
    if (is_of_station && !staff_may_station(s->registry, STAFF_EVALUATION, s->actor.postings, s->actor.n_postings, o->id))
        return err_set(err, ERR_FORBIDDEN, "月度评价由用人的社区和本站站长做（市属、街道管、社区用）。");
    if (o && o->kind == ORG_COURT)
        err_field(err, "org", "法院只配合，不能牵头执法。");
    else
        check_unit(s, in, is_of_station, err);
    if (in->n_asked && !goes_together(in->kind))
        err_field(err, "asked", "“%s”不邀请别的单位。", visit_kind_label(in->kind));
    if (in->n_places > VISIT_PLACES_MAX || in->n_asked + in->n_people >= VISIT_MEMBERS_MAX || in->n_cases > VISIT_CASES_MAX)
        err_field(err, "places", "一次最多 %d 个地方、%d 个单位和人。", VISIT_PLACES_MAX, VISIT_MEMBERS_MAX);
    return err->kind == ERR_NONE;
}

/* Who is of one unit with the person who acts; he says of these, and of nobody else, that they came. */
static const struct posting *
colleague(const struct visit_situation *s, int64_t person, int32_t org, int32_t day)
{
    const struct posting *list[ACTOR_POSTINGS_MAX], *found = NULL;
    size_t n = registry_postings(s->registry, person, day, list, ACTOR_POSTINGS_MAX);
    for (size_t i = 0; i < n; i++)
        if (posting_of(&s->actor, list[i]->org) && (!found || (list[i]->org == org && found->org != org)))
            found = list[i];
    return found;
}

static int32_t
org_of_person(const struct registry *r, int64_t person, int32_t day, int *role)
{
    const struct posting *list[ACTOR_POSTINGS_MAX];
    size_t n = registry_postings(r, person, day, list, ACTOR_POSTINGS_MAX);
    *role = n ? list[0]->role : ROLE_NONE;
    return n ? list[0]->org : 0;
}

static void
put_members(struct visit_effects *fx, const struct visit_situation *s, const struct visit_input *in)
{
    struct visit_member *list = members_copy(fx);
    size_t n = 0;
    int32_t day = day_of(in->began ? in->began : in->from);
    for (size_t i = 0; i < in->n_asked; i++)
        if (in->asked[i] != in->org)
            list[n++] = (struct visit_member){.org = in->asked[i], .role = ROLE_NONE, .state = MEMBER_ASKED};
    if (in->began && s->actor.person)
        list[n++] = (struct visit_member){.org = in->org, .person = s->actor.person, .role = s->actor.role, .state = MEMBER_CAME,
                                          .came_at = in->began, .left_at = in->ended, .grade = in->grade};
    for (size_t i = 0; i < in->n_people; i++) {
        int role;
        if (in->began && in->people[i] == s->actor.person)
            continue;
        const struct posting *own = colleague(s, in->people[i], in->org, day);
        int32_t org = org_of_person(s->registry, in->people[i], day, &role);
        bool came = in->began && own;
        list[n++] = (struct visit_member){.org = own ? own->org : org, .person = in->people[i], .role = own ? own->role : role,
                                          .state = came ? MEMBER_CAME : in->began ? MEMBER_ASKED : MEMBER_CONFIRMED,
                                          .came_at = came ? in->began : 0, .left_at = came ? in->ended : 0};
    }
    fx->after.n_members = n;
}

static bool
put_findings(struct visit_effects *fx, const struct visit_situation *s, const struct visit_input *in, struct err *err)
{
    struct visit_answer *answers = arena_array(fx->arena, struct visit_answer, VISIT_ANSWERS_MAX);
    struct visit_count *counts = arena_array(fx->arena, struct visit_count, VISIT_COUNTS_MAX);
    struct visit_case *cases = arena_array(fx->arena, struct visit_case, in->n_cases + 1);
    for (size_t i = 0; i < in->n_cases; i++)
        cases[i] = (struct visit_case){.id = in->cases[i], .result = STR("")};
    fx->after.answers = answers;
    fx->after.counts = counts;
    fx->after.cases = cases;
    fx->after.n_cases = in->n_cases;
    return visit_read_answers(fx->arena, s->scheme, fx->after.place, in->answers, answers, &fx->after.n_answers, VISIT_ANSWERS_MAX, err) &&
           visit_read_counts(fx->arena, s->scheme, in->counts, counts, &fx->after.n_counts, VISIT_COUNTS_MAX, err);
}

static bool
has_shot(const struct field_visit *v, const struct visit_answer *x, int of)
{
    for (size_t i = 0; i < v->n_shots; i++)
        if (v->shots[i].of == of && str_eq(v->shots[i].list, x->list) && str_eq(v->shots[i].point, x->point))
            return true;
    return false;
}

static bool
put_shots(struct visit_effects *fx, const struct visit_photo *shots, size_t n, struct err *err)
{
    struct visit_photo *list = arena_array(fx->arena, struct visit_photo, VISIT_SHOTS_MAX + 1);
    if (fx->after.n_shots + n > VISIT_SHOTS_MAX)
        return err_field(err, "files", "一次工作最多 %d 张照片。", VISIT_SHOTS_MAX);
    if (fx->after.n_shots)
        memcpy(list, fx->after.shots, fx->after.n_shots * sizeof *list);
    if (n)
        memcpy(list + fx->after.n_shots, shots, n * sizeof *list);
    fx->after.shots = list;
    fx->after.n_shots += n;
    fx->after.photos += (int)n;
    return true;
}

/* What was closed on the spot shows what was there before and after (BG-15). */
static bool
check_settled(struct visit_effects *fx, struct err *err)
{
    for (size_t i = 0; i < fx->after.n_answers; i++) {
        const struct visit_answer *x = &fx->after.answers[i];
        if (x->is_settled && (!has_shot(&fx->after, x, PHOTO_BEFORE) || !has_shot(&fx->after, x, PHOTO_AFTER)))
            err_field(err, words_of(fx, "files.%.*s.%.*s", S(x->list), S(x->point)).p, "当场解决的，请附整改前、整改后各一张照片。");
    }
    return err->kind == ERR_NONE;
}

/* Ends a text with which points a round came by. */
static struct str
with_stops(struct visit_effects *fx, const struct visit_situation *s, struct str text)
{
    struct buf b = {0};
    stops_words(&b, s->registry, &fx->after);
    struct str all = b.n ? words_of(fx, "%.*s。%.*s", S(text), S(buf_view(&b))) : text;
    buf_release(&b);
    return all;
}

/* Who is named in a record says himself that he was there: check_in is open for a visit that is done. */
static void
tell_asked(struct visit_effects *fx, const struct visit_situation *s)
{
    for (size_t i = 0; i < fx->after.n_members; i++) {
        const struct visit_member *m = &fx->after.members[i];
        struct owner to = {.org = m->person ? 0 : m->org, .role = ROLE_NONE, .person = m->person};
        if (m->state == MEMBER_ASKED)
            tell(fx, to, "asked", words_of(fx, "登记了您参加，去了的请补报到：%.*s", S(what_and_when(fx, s))));
    }
}

static struct owner
organiser(const struct field_visit *v)
{
    return v->org ? (struct owner){.org = v->org, .role = ROLE_NONE} : (struct owner){.role = ROLE_NONE, .person = v->by};
}

bool
visit_open(const struct visit_situation *s, const struct visit_input *in, struct visit_effects *fx, struct err *err)
{
    begin(fx, s, in->began ? "visit_recorded" : "visit_planned");
    bool ok = check_contents(s, in, err);
    if (!ok || !check_moments(in, s->now, err))
        return false;
    fx->is_new = true;
    fx->after = (struct field_visit){.kind = in->kind, .mode = in->mode, .org = in->org, .by = s->actor.person, .from = in->from, .to = in->to,
                               .began = in->began, .ended = in->began ? (in->ended ? in->ended : in->began) : 0, .title = str_trim(in->title),
                               .words = str_trim(in->words), .places = in->places, .n_places = in->n_places,
                               .place = in->n_places ? in->places[0] : 0, .state = in->began ? VISIT_DONE : VISIT_PLANNED};
    put_members(fx, s, in);
    if (!put_findings(fx, s, in, err) || !put_shots(fx, in->shots, in->n_shots, err) || !check_settled(fx, err))
        return false;
    struct str what = what_and_when(fx, s);
    if (in->began) {
        if (!visit_put_stops(fx->arena, s->registry, &fx->after, in->stops, err))
            return false;
        fx->text = words_of(fx, "登记%s：%.*s%s%.*s", visit_kind_label(in->kind), S(what), fx->after.words.n ? "。" : "", S(fx->after.words));
        fx->text = with_stops(fx, s, fx->text);
        tell_asked(fx, s);
        return true;
    }
    fx->text = words_of(fx, "安排%s：%.*s", visit_kind_label(in->kind), S(what));
    for (size_t i = 0; i < fx->after.n_members; i++)
        if (!fx->after.members[i].person)
            ask_org(fx, s, fx->after.members[i].org);
    owe(fx, DUTY_CONCLUDE, organiser(&fx->after),
        office_close(&s->scheme->calendar, add_working_days(&s->scheme->calendar, day_of(in->to ? in->to : in->from), 1)));
    return true;
}

/* ---- commands ---- */

#define FIELDS(f) f, sizeof(f) / sizeof *(f)
#define VISIT_DO(name)                                                                                                              \
    static bool do_##name(struct visit_effects *fx, const struct visit_situation *s UNUSED, const struct visit_ask *ask UNUSED,     \
                          struct err *err UNUSED)

static struct str
given(const struct visit_ask *ask, const char *name)
{
    return str_trim(params_get(ask->fields, name));
}

static struct visit_member *
org_member(struct visit_effects *fx, int32_t org)
{
    struct visit_member *list = members_copy(fx);
    for (size_t i = 0; i < fx->after.n_members; i++)
        if (list[i].org == org && !list[i].person)
            return &list[i];
    if (fx->after.n_members == VISIT_MEMBERS_MAX)
        return NULL;
    struct visit_member *m = &list[fx->after.n_members++];
    *m = (struct visit_member){.org = org, .role = ROLE_NONE};
    return m;
}

static void
owe_attendance(struct visit_effects *fx, int32_t org)
{
    if (fx->after.state == VISIT_PLANNED || fx->after.state == VISIT_GOING)
        owe(fx, DUTY_ATTEND, (struct owner){.org = org, .role = ROLE_NONE}, fx->after.from + LATE_MS);
}

VISIT_DO(join)
{
    const struct posting *p = s->actor.n_postings ? s->actor.postings[0] : NULL;
    for (size_t i = 0; i < s->actor.n_postings; i++)
        if (s->actor.postings[i]->org && s->actor.postings[i]->org != s->v->org) {
            p = s->actor.postings[i];
            break;
        }
    struct visit_member *m = p && p->org ? org_member(fx, p->org) : NULL;
    if (!m)
        return err_set(err, ERR_CONFLICT, "您没有可以加入的单位，或者单位太多了。");
    m->state = MEMBER_CONFIRMED;
    owe_attendance(fx, m->org);
    fx->text = words_of(fx, "%.*s加入，一起去一次", S(org_name(s->registry, m->org)));
    tell(fx, organiser(&fx->after), "joined", fx->text);
    return true;
}

/* Those that planned it call in others later, also one that had declined (BG-14). */
VISIT_DO(invite)
{
    struct str value, piece, names = STR("");
    for (size_t at = 0; params_each(ask->fields, "asked", &at, &value);)
        while (str_cut(&value, '|', &piece)) {
            const struct org *o = registry_org_code(s->registry, str_trim(piece));
            const struct visit_member *there = o ? asked_member(&fx->after, o->id) : NULL;
            bool is_in = o && (o->id == fx->after.org || (there && there->state != MEMBER_DECLINED));
            if (!str_trim(piece).n || is_in)
                continue;
            if (!o || o->is_closed)
                return err_field(err, "asked", "没有“%.*s”这个单位。", S(piece));
            struct visit_member *m = org_member(fx, o->id);
            if (!m)
                return err_field(err, "asked", "一次最多 %d 个单位和人。", VISIT_MEMBERS_MAX);
            m->state = MEMBER_ASKED;
            ask_org(fx, s, o->id);
            names = words_of(fx, "%.*s%s%.*s", S(names), names.n ? "、" : "", S(org_name(s->registry, o->id)));
        }
    fx->text = words_of(fx, "又请%.*s参加", S(names));
    return names.n || err_field(err, "asked", "请选择还没有在里面的单位。");
}

VISIT_DO(confirm)
{
    const struct posting *p = asked_posting(s);
    struct visit_member *m = org_member(fx, p->org);
    m->state = MEMBER_CONFIRMED;
    settle(fx, DUTY_CONFIRM, p->org, END_DONE);
    owe_attendance(fx, p->org);
    fx->text = words_of(fx, "%.*s确认参加", S(org_name(s->registry, p->org)));
    return true;
}

/* Not to come needs a reason; a unit that sends nobody and nobody else has failed the whistle (HC-24). */
VISIT_DO(decline)
{
    const struct posting *p = asked_posting(s);
    struct visit_member *m = org_member(fx, p->org);
    m->state = MEMBER_DECLINED;
    settle(fx, DUTY_CONFIRM, p->org, END_DONE);
    settle(fx, DUTY_ATTEND, p->org, END_VOID);
    fx->text = words_of(fx, "%.*s不能参加：%.*s", S(org_name(s->registry, p->org)), S(given(ask, "words")));
    tell(fx, organiser(&fx->after), "declined", fx->text);
    return true;
}

VISIT_DO(check_in)
{
    int role;
    instant at = ask->occurred_at ? ask->occurred_at : s->now;
    int32_t org = org_of_person(s->registry, s->actor.person, day_of(at), &role);
    const struct posting *p = posting_of(&s->actor, s->v->org);
    if (!p)
        p = asked_posting(s);
    if (p)
        org = p->org, role = p->role;
    struct visit_member *list = members_copy(fx), *me = NULL;
    for (size_t i = 0; i < fx->after.n_members; i++)
        if (list[i].person == s->actor.person)
            me = &list[i];
    if (!me && fx->after.n_members == VISIT_MEMBERS_MAX)
        return err_set(err, ERR_CONFLICT, "人太多了。");
    if (!me)
        me = &list[fx->after.n_members++];
    if (me->state == MEMBER_CAME && me->grade && (!ask->grade || me->grade <= ask->grade))
        return err_set(err, ERR_CONFLICT, "您已经报到。");
    *me = (struct visit_member){.org = org, .person = s->actor.person, .role = role, .state = MEMBER_CAME,
                                .came_at = me->came_at ? me->came_at : at, .grade = ask->grade};
    for (size_t i = 0; i < fx->after.n_members; i++)
        if (list[i].org == org && !list[i].person) {
            list[i].state = MEMBER_CAME;
            list[i].came_at = list[i].came_at ? list[i].came_at : at;
        }
    settle(fx, DUTY_CONFIRM, org, END_DONE);
    settle(fx, DUTY_ATTEND, org, END_DONE);
    if (!fx->after.began)
        fx->after.began = at;
    if (fx->after.state == VISIT_PLANNED)
        fx->after.state = VISIT_GOING;
    fx->text = words_of(fx, "%.*s %.*s到场", S(org_name(s->registry, org)), S(person_name(s->registry, s->actor.person)));
    return true;
}

VISIT_DO(check_out)
{
    struct visit_member *list = members_copy(fx);
    for (size_t i = 0; i < fx->after.n_members; i++)
        if (list[i].person == s->actor.person && list[i].state == MEMBER_CAME && !list[i].left_at) {
            list[i].left_at = ask->occurred_at ? ask->occurred_at : s->now;
            if (fx->after.state == VISIT_DONE && list[i].left_at > fx->after.ended)
                fx->after.ended = list[i].left_at;
            fx->text = words_of(fx, "%.*s离开", S(person_name(s->registry, s->actor.person)));
            return true;
        }
    return err_set(err, ERR_CONFLICT, "您没有报到，或者已经签退。");
}

/* A later answer takes the place of the earlier one to the same point. */
VISIT_DO(answer)
{
    int32_t place = fx->after.place;
    struct str code = given(ask, "place");
    const struct place *p = code.n ? registry_place_code(s->registry, code) : NULL;
    if (code.n && (!p || !visit_has_place(&fx->after, p->id)))
        return err_field(err, "place", "这个地方不在这次工作里。");
    struct visit_answer *list = arena_array(fx->arena, struct visit_answer, VISIT_ANSWERS_MAX * 2);
    size_t n_new = 0, n = 0;
    if (!visit_read_answers(fx->arena, s->scheme, p ? p->id : place, given(ask, "answers"), list + VISIT_ANSWERS_MAX, &n_new, VISIT_ANSWERS_MAX, err))
        return false;
    struct visit_answer *fresh = list + VISIT_ANSWERS_MAX;
    for (size_t i = 0; i < fx->after.n_answers; i++) {
        const struct visit_answer *old = &fx->after.answers[i];
        bool is_replaced = false;
        for (size_t k = 0; k < n_new; k++) {
            if (fresh[k].place != old->place || !str_eq(fresh[k].list, old->list) || !str_eq(fresh[k].point, old->point))
                continue;
            is_replaced = true;
            if (fresh[k].answer == ANSWER_PROBLEM) /* it is a case already */
                fresh[k].case_id = old->case_id;
        }
        if (!is_replaced)
            list[n++] = *old;
    }
    if (n + n_new > VISIT_ANSWERS_MAX)
        return err_field(err, "answers", "一次最多 %d 条。", VISIT_ANSWERS_MAX);
    memmove(list + n, fresh, n_new * sizeof *list);
    fx->after.answers = list;
    fx->after.n_answers = n + n_new;
    fx->text = words_of(fx, "填写必查清单 %d 条", (int)n_new);
    return (n_new || err_field(err, "answers", "请至少填一条。")) && put_shots(fx, ask->shots, ask->n_shots, err) &&
           check_settled(fx, err);
}

/* The register is kept by survey.h; the visit says that it was looked at. */
VISIT_DO(look)
{
    fx->text = words_of(fx, "核对登记 %d 处", (int)ask->n_looked);
    return ask->n_looked || err_field(err, "register", "请至少看一处，或者登记一处。");
}

VISIT_DO(count)
{
    struct visit_count *list = arena_array(fx->arena, struct visit_count, VISIT_COUNTS_MAX);
    size_t n = fx->after.n_counts;
    if (n)
        memcpy(list, fx->after.counts, n * sizeof *list);
    if (!visit_read_counts(fx->arena, s->scheme, given(ask, "counts"), list, &n, VISIT_COUNTS_MAX, err))
        return false;
    fx->text = words_of(fx, "登记成果：%.*s", S(given(ask, "counts")));
    fx->after.counts = list;
    fx->after.n_counts = n;
    return true;
}

VISIT_DO(result)
{
    struct visit_case *list = arena_array(fx->arena, struct visit_case, VISIT_CASES_MAX + 1);
    size_t n = fx->after.n_cases, at = n;
    if (!ask->case_id)
        return err_field(err, "case", "没有这件事项。");
    if (n)
        memcpy(list, fx->after.cases, n * sizeof *list);
    for (size_t i = 0; i < n; i++)
        if (list[i].id == ask->case_id)
            at = i;
    if (at == VISIT_CASES_MAX)
        return err_field(err, "case", "一次最多 %d 件。", VISIT_CASES_MAX);
    list[at] = (struct visit_case){.id = ask->case_id, .is_found = at < n && list[at].is_found, .is_settled = str_is(given(ask, "settled"), "1"),
                                   .result = str_dup(fx->arena, given(ask, "words"))};
    fx->after.cases = list;
    fx->after.n_cases = at == n ? n + 1 : n;
    fx->text = words_of(fx, "登记事项结果：%.*s", S(given(ask, "words")));
    return true;
}

VISIT_DO(note)
{
    fx->text = given(ask, "words");
    return put_shots(fx, ask->shots, ask->n_shots, err);
}

/* Nobody came: then nothing was done. A finished one is a record and stays. */
VISIT_DO(finish)
{
    bool came = false;
    instant at = ask->occurred_at ? ask->occurred_at : s->now;
    for (size_t i = 0; i < fx->after.n_members; i++)
        came |= fx->after.members[i].state == MEMBER_CAME;
    if (!came && (visit_kind_flags(fx->after.kind) & NEEDS_PLACE))
        return err_set(err, ERR_CONFLICT, "还没有人到场，不能登记完成；请先报到，或者取消。");
    struct str words = given(ask, "words");
    if ((visit_kind_flags(fx->after.kind) & NEEDS_WORDS) && utf8_count(words) < WORDS_MIN)
        return err_field(err, "words", "请写明内容和结果；空的记录不能算数。");
    fx->after.state = VISIT_DONE;
    fx->after.began = fx->after.began ? fx->after.began : fx->after.from < at ? fx->after.from : at;
    fx->after.ended = at;
    fx->after.words = words.n ? str_dup(fx->arena, words) : fx->after.words;
    settle(fx, DUTY_CONCLUDE, 0, END_DONE);
    settle(fx, DUTY_CONFIRM, 0, END_LAPSED);
    settle(fx, DUTY_ATTEND, 0, END_LAPSED);
    if (!visit_put_stops(fx->arena, s->registry, &fx->after, given(ask, "stops"), err))
        return false;
    fx->text = with_stops(fx, s, words_of(fx, "完成：%.*s", S(fx->after.words)));
    return put_shots(fx, ask->shots, ask->n_shots, err);
}

VISIT_DO(cancel)
{
    fx->after.state = VISIT_CANCELLED;
    settle(fx, DUTY_CONCLUDE, 0, END_VOID);
    settle(fx, DUTY_CONFIRM, 0, END_VOID);
    settle(fx, DUTY_ATTEND, 0, END_VOID);
    fx->text = words_of(fx, "取消：%.*s", S(given(ask, "words")));
    for (size_t i = 0; i < fx->after.n_members; i++)
        if (!fx->after.members[i].person)
            tell(fx, (struct owner){.org = fx->after.members[i].org, .role = ROLE_NONE}, "cancelled",
                 words_of(fx, "已取消：%.*s", S(what_and_when(fx, s))));
    return true;
}

static const struct field f_words_needed[] = {{.name = "words", .label = "原因", .type = FIELD_WORDS, .required = true, .min = 2, .max = 300}};
#define PHOTOS_OF_STEP {.name = "files", .label = "现场照片", .type = FIELD_FILES, .max = LIMIT_PHOTOS}
static const struct field f_note[] = {
    {.name = "words", .label = "说明", .type = FIELD_WORDS, .required = true, .min = 2, .max = 1000},
    PHOTOS_OF_STEP,
};
static const struct field f_presence[] = {
    {.name = "proof", .label = "到场码", .hint = "站点或物业手机上显示的六位数字", .type = FIELD_TEXT, .max = 120},
    {.name = "lon", .label = "经度", .type = FIELD_TEXT, .max = 20},
    {.name = "lat", .label = "纬度", .type = FIELD_TEXT, .max = 20},
    {.name = "occurred_at", .label = "发生时间", .type = FIELD_TEXT, .max = 40},
};
static const struct field f_left[] = {{.name = "occurred_at", .label = "离开时间", .type = FIELD_TEXT, .max = 40}};
static const struct field f_answer[] = {
    {.name = "answers", .label = "必查清单", .type = FIELD_TEXT, .required = true, .max = 8000},
    {.name = "place", .label = "小区", .type = FIELD_TEXT, .max = 40},
    PHOTOS_OF_STEP,
};
static const struct field f_look[] = {
    {.name = "register", .label = "排摸登记", .hint = "编号=normal;编号=problem:情况;编号=gone;+种类@位置:情况", .type = FIELD_TEXT, .max = 8000},
};
static const struct field f_invite[] = {{.name = "asked", .label = "再请哪些单位", .hint = "单位代码，用 | 分开", .type = FIELD_TEXT, .required = true, .max = 1000}};
static const struct field f_count[] = {{.name = "counts", .label = "成果", .hint = "如：占道经营=12处；僵尸车=3辆", .type = FIELD_TEXT, .required = true, .max = 2000}};
static const struct field f_result[] = {
    {.name = "case", .label = "事项编号", .type = FIELD_TEXT, .required = true, .max = 40},
    {.name = "settled", .label = "通过这次工作解决", .type = FIELD_BOOL},
    {.name = "words", .label = "结果", .type = FIELD_WORDS, .required = true, .min = 2, .max = 500},
};
static const struct field f_finish[] = {
    {.name = "words", .label = "情况小结", .hint = "没有发现问题也请写一句", .type = FIELD_WORDS, .max = 2000},
    {.name = "stops", .label = "走到的巡查点", .type = FIELD_TEXT, .max = 20000},
    {.name = "occurred_at", .label = "结束时间", .type = FIELD_TEXT, .max = 40},
    PHOTOS_OF_STEP,
};

#define IN(x) (1u << VISIT_##x)
#define ACTIVE (IN(PLANNED) | IN(GOING))
const struct visit_command visit_commands[] = {
    {"check_in", "报到", "visit_checked_in", ACTIVE | IN(DONE), BY_INVOLVED, FIELDS(f_presence), CMD_PRIMARY, do_check_in},
    {"confirm", "确认参加", "visit_confirmed", ACTIVE, BY_ASKED, NULL, 0, CMD_PRIMARY, do_confirm},
    {"decline", "不能参加", "visit_declined", ACTIVE, BY_ASKED, FIELDS(f_words_needed), 0, do_decline},
    {"join", "一起去", "visit_joined", ACTIVE, BY_UNIT, NULL, 0, 0, do_join},
    {"invite", "再请单位", "visit_invited", ACTIVE, BY_ORGANISER, FIELDS(f_invite), 0, do_invite},
    {"answer", "填必查清单", "visit_answered", ACTIVE, BY_INVOLVED, FIELDS(f_answer), 0, do_answer},
    {"look", "核对登记", "visit_looked", ACTIVE | IN(DONE), BY_INVOLVED, FIELDS(f_look), 0, do_look},
    {"count", "登记成果", "visit_counted", ACTIVE | IN(DONE), BY_INVOLVED, FIELDS(f_count), 0, do_count},
    {"result", "登记事项结果", "visit_result", ACTIVE | IN(DONE), BY_INVOLVED, FIELDS(f_result), 0, do_result},
    {"finish", "完成", "visit_finished", ACTIVE, BY_ORGANISER, FIELDS(f_finish), CMD_PRIMARY, do_finish},
    {"check_out", "签退", "visit_checked_out", IN(GOING) | IN(DONE), BY_INVOLVED, FIELDS(f_left), 0, do_check_out},
    {"note", "补充说明", "visit_noted", ACTIVE | IN(DONE), BY_INVOLVED, FIELDS(f_note), 0, do_note},
    {"cancel", "取消", "visit_cancelled", IN(PLANNED), BY_ORGANISER, FIELDS(f_words_needed), CMD_CAREFUL, do_cancel},
};
const size_t n_visit_commands = sizeof visit_commands / sizeof *visit_commands;

const struct visit_command *
visit_command_find(struct str code)
{
    for (size_t i = 0; i < n_visit_commands; i++)
        if (str_is(code, visit_commands[i].code))
            return &visit_commands[i];
    return NULL;
}

/* Some commands are for some visits only. */
static bool
fits(const struct visit_command *c, const struct visit_situation *s, struct err *err)
{
    if (c->decide == do_invite && !goes_together(s->v->kind))
        return err_set(err, ERR_CONFLICT, "“%s”不邀请别的单位。", visit_kind_label(s->v->kind));
    bool keeps = s->v->place && s->scheme->n_survey_kinds && (survey_rights(s->registry, s->actor.postings, s->actor.n_postings, s->v->place) & SURVEY_WRITE);
    return c->decide != do_look || keeps || err_set(err, ERR_FORBIDDEN, "这里没有您要核对的登记。");
}

/* Who has come is not asked again, and who has not come cannot leave. */
static bool
makes_sense(const struct visit_command *c, const struct visit_situation *s)
{
    const struct posting *p;
    const struct visit_member *m;
    switch (c->who) {
    case BY_ASKED:
        p = asked_posting(s);
        m = p ? asked_member(s->v, p->org) : NULL;
        return m && m->state != MEMBER_CAME && !(c->decide == do_confirm && m->state == MEMBER_CONFIRMED) &&
               !(c->decide == do_decline && m->state == MEMBER_DECLINED);
    case BY_INVOLVED:
        if (c->decide == do_check_in)
            return !visit_came(s->v, s->actor.person) || s->v->state != VISIT_DONE;
        if (c->decide == do_check_out)
            return visit_came(s->v, s->actor.person);
        return true;
    case BY_UNIT:
    case BY_ORGANISER:
        return true;
    }
    return true;
}

bool
visit_allowed(const struct visit_command *c, const struct visit_situation *s, struct err *err)
{
    struct err ignored = {0};
    err = err ? err : &ignored;
    if (s->actor.is_away)
        return err_set(err, ERR_FORBIDDEN, "您在请假，只能查看，不能“%s”。", c->label);
    bool is_theirs = c->who == BY_ORGANISER  ? is_organiser(s)
                     : c->who == BY_ASKED    ? asked_posting(s) != NULL
                     : c->who == BY_INVOLVED ? is_involved(s)
                                             : !is_involved(s) && has_role(&s->actor, visit_kind_roles(VISIT_OPERATION) | visit_kind_roles(VISIT_PATROL));
    if (!is_theirs)
        return err_set(err, ERR_FORBIDDEN, "“%s”不是您可以做的。", c->label);
    if (!(c->states & 1u << s->v->state))
        return err_set(err, ERR_CONFLICT, "现在是“%s”，不能“%s”。", visit_state_label(s->v->state), c->label);
    return fits(c, s, err) && (makes_sense(c, s) || err_set(err, ERR_CONFLICT, "已经“%s”，不用再做。", c->label));
}

bool
visit_decide(const struct visit_command *c, const struct visit_situation *s, const struct visit_ask *ask, struct visit_effects *fx,
             struct err *err)
{
    if (!visit_allowed(c, s, err) || !form_check(c->fields, c->n_fields, ask->fields, NULL, NULL, err))
        return false;
    if (ask->occurred_at > s->now + AHEAD_MS || (ask->occurred_at && ask->occurred_at < s->now - (instant)OLD_DAYS * DAY_MS))
        return err_field(err, "occurred_at", "时间要在 %d 天以内，不能晚于现在。", OLD_DAYS);
    begin(fx, s, c->event);
    fx->claimed = ask->occurred_at;
    fx->grace = (instant)s->scheme->offline_grace * HOUR_MS;
    return c->decide(fx, s, ask, err);
}

bool
visit_keep_late(const struct visit_command *c, const struct visit_situation *s, const struct visit_ask *ask, struct visit_effects *fx,
                struct err *err)
{
    struct buf b = {0};
    begin(fx, s, "late_record");
    buf_printf(&b, "补传的记录，没有改变这次工作：%s，", c->label);
    moment_words(&b, ask->occurred_at, s->now);
    buf_printf(&b, " 记下，收到时是“%s”", visit_state_label(s->v->state));
    late_field_words(&b, c->fields, c->n_fields, ask->fields);
    fx->text = str_dup(fx->arena, buf_view(&b));
    buf_release(&b);
    tell(fx, organiser(s->v), "late_record", words_of(fx, "有一条补传的记录要您核对：%s，%.*s", c->label, S(what_and_when(fx, s))));
    return put_shots(fx, ask->shots, ask->n_shots, err);
}

/* ---- the clock ---- */

bool
visit_miss(const struct visit_situation *s, int64_t duty_id, struct visit_effects *fx, struct err *err)
{
    begin(fx, s, "visit_missed");
    for (size_t i = 0; i < fx->n_duties; i++) {
        struct duty *u = &fx->duties[i].now;
        if (u->id != duty_id)
            continue;
        if (u->missed_at || u->end != END_OPEN)
            return err_set(err, ERR_CONFLICT, "这项责任已经处理。");
        struct buf who = {0};
        owner_words(&who, s->registry, &u->owner);
        u->missed_at = s->now;
        u->escalated = (struct owner){.role = ROLE_COORDINATOR};
        fx->duties[i].is_changed = true;
        fx->text = words_of(fx, "%.*s没有按时%s", S(buf_view(&who)), duty_label(u->kind));
        buf_release(&who);
        tell(fx, (struct owner){.role = ROLE_COORDINATOR}, "missed", words_of(fx, "%.*s：%.*s", S(fx->text), S(what_and_when(fx, s))));
        if (u->kind == DUTY_CONFIRM) { /* silence is no excuse: it must come */
            u->end = END_LAPSED;
            u->ended_at = s->now;
            owe_attendance(fx, u->owner.org);
        }
        return true;
    }
    return err_set(err, ERR_CONFLICT, "没有这项责任。");
}
