/* A register of a community as it stands after some weeks (NH-04): shops, dogs, poultry and illegal structures of the sample
 * compounds, most looked at again, a few waiting for a look, one gone, one turned into a case. No dice: the rest of the life stays
 * as it is. */
#include "demo_visits.h"
#include "surveys.h"

enum { HOUR = 3600 * 1000, DAY = 24 * HOUR, MORNING = 9 * HOUR, STEP_OF_PLACES = 5 };

/* Days before the end of the life; looked 0: never again. */
static const struct {
    const char *kind, *spot, *holder, *note;
    int added, looked;
    const char *state, *words;
    bool becomes_case;
} entries[] = {
    {"shop", "南门东侧第 2 间", "示例店主甲", "水果店，有时把筐摆到人行道上", 60, 8, "normal", "筐都收在店里", false},
    {"shop", "1 栋底层西头", "示例店主乙", "早餐店，油烟从后窗出来，已装净化器", 70, 20, "normal", "净化器在用", false},
    {"shop", "2 栋底层第 1 间", "示例店主丙", "理发店，营业到晚上九点", 55, 0, "", "", false},
    {"shop", "北门旁", "", "快递点，包裹多的时候占楼道口", 20, 0, "", "", false},
    {"dog", "3 栋 1 单元", "示例住户甲", "小型犬一只，有犬牌", 48, 12, "normal", "", false},
    {"dog", "2 栋 2 单元", "示例住户乙", "中型犬一只，提醒过要牵绳", 40, 0, "", "", false},
    {"dog", "4 栋 3 单元", "示例住户丙", "小型犬两只，一只还没有办证", 25, 0, "", "", false},
    {"dog", "1 栋 2 单元", "示例住户丁", "小型犬一只，有犬牌", 18, 5, "normal", "", false},
    {"poultry", "1 栋楼下绿化带", "示例住户戊", "鸡两只，答应送走", 50, 30, "normal", "还剩一只", false},
    {"poultry", "4 栋车棚后面", "示例住户己", "鸭一只", 36, 22, "gone", "已经送回老家", false},
    {"build", "2 栋楼顶", "示例住户庚", "早年搭的阳光房，没有再扩建", 80, 15, "normal", "和上次看的一样", false},
    {"build", "3 栋 101 室后院", "示例住户辛", "后院围了铁栅栏", 33, 1, "problem", "栅栏里新搭了铁皮棚", true},
};
enum { ENTRIES = sizeof entries / sizeof *entries, ADD = 0, LOOK = 1, TURN = 2, STEPS = 3 };

static const struct place *
compound(const struct registry *r, int nth)
{
    int32_t n = 0;
    for (int32_t i = 1; i <= r->n_places; i++)
        n += r->places[i].kind == PLACE_COMPOUND && !r->places[i].is_closed;
    for (int32_t i = 1, at = n ? nth % n : 0; n && i <= r->n_places; i++)
        if (r->places[i].kind == PLACE_COMPOUND && !r->places[i].is_closed && at-- == 0)
            return &r->places[i];
    return NULL;
}

void
demo_surveys_begin(struct demo_visits *v, int32_t from, int32_t until)
{
    if (!v->d->area->scheme->n_survey_kinds)
        return;
    for (int k = 0; k < ENTRIES; k++) {
        int32_t added = until - entries[k].added, looked = until - entries[k].looked;
        added = added < from ? from : added;
        instant noon = MORNING + (k % 6) * HOUR / 2;
        v->push(v->life, day_start(added) + noon, &(struct demo_errand){.stage = ERRAND_SURVEY, .k = k * STEPS + ADD});
        if (entries[k].looked && looked > added)
            v->push(v->life, day_start(looked) + noon, &(struct demo_errand){.stage = ERRAND_SURVEY, .k = k * STEPS + LOOK});
        if (entries[k].becomes_case && looked > added)
            v->push(v->life, day_start(looked) + noon + HOUR / 4, &(struct demo_errand){.stage = ERRAND_SURVEY, .k = k * STEPS + TURN});
    }
}

/* Who keeps the register there: the liaison of the community, else whoever may. */
static const struct posting *
keeper(const struct registry *r, int32_t place, int32_t day)
{
    const struct posting *found = NULL;
    for (size_t i = 0; i < r->n_postings; i++) {
        const struct posting *p = &r->postings[i];
        bool may = posting_in_force(p, day) && (survey_rights(r, &p, 1, place) & SURVEY_WRITE);
        if (may && (!found || (p->role == ROLE_LIAISON && found->role != ROLE_LIAISON)))
            found = p;
    }
    return found;
}

static void
put(struct demo *d, struct params *p, const char *name, const char *value)
{
    if (value[0])
        params_add(d->arena, p, str_of(name), str_of(value));
}

/* The entry that an earlier step made; 0 = it is not there. */
static int64_t
made_before(struct demo *d, const struct place *at, const char *kind, const char *spot)
{
    struct survey_filter f = {.place = at->id};
    struct survey_list list = {0};
    struct err err = {0};
    struct db *db = app_reader_lock(d->app);
    bool ok = surveys_list(db, app_keys(d->app), d->arena, d->area->id, &f, ENTRIES, &list, &err);
    app_reader_unlock(d->app);
    for (size_t i = 0; ok && i < list.n; i++)
        if (str_is(list.p[i].kind, kind) && str_is(list.p[i].spot, spot))
            return list.p[i].id;
    return 0;
}

void
demo_survey_step(struct demo_visits *v, const struct demo_errand *e, instant now)
{
    static const enum survey_op ops[STEPS] = {[ADD] = SURVEY_ADD, [LOOK] = SURVEY_CHECK, [TURN] = SURVEY_CASE};
    struct demo *d = v->d;
    int k = (int)(e->k / STEPS), step = (int)(e->k % STEPS);
    const struct place *at = compound(d->area->registry, k * STEP_OF_PLACES);
    const struct posting *as = at ? keeper(d->area->registry, at->id, day_of(now)) : NULL;
    struct params p = {0};
    struct caller who;
    struct err err = {0};
    if (!as || !survey_kind_find(d->area->scheme, str_of(entries[k].kind)))
        return;
    if (step == ADD) {
        params_add(d->arena, &p, STR("place"), at->code);
        put(d, &p, "kind", entries[k].kind);
        put(d, &p, "spot", entries[k].spot);
        put(d, &p, "holder", entries[k].holder);
        put(d, &p, "note", entries[k].note);
    } else {
        put(d, &p, "state", step == LOOK ? entries[k].state : "");
        put(d, &p, "words", step == LOOK ? entries[k].words : "新搭的铁皮棚占了公共绿地，上门劝过，还没有拆");
    }
    caller_staff(d->app, NULL, d->area, as->person, &who);
    struct keep_survey x = {.base = {.app = d->app, .who = &who, .arena = d->arena}, .op = ops[step], .fields = &p,
                            .id = step == ADD ? 0 : made_before(d, at, entries[k].kind, entries[k].spot)};
    d->acts++;
    if (keep_survey_wait(&x, &err))
        return;
    d->refused++;
    snprintf(d->last_refusal, sizeof d->last_refusal, "survey %s: %s / %s", entries[k].spot, err.message, err.n_fields ? err.fields[0].message : "");
}
