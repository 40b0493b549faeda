/* figures_field.h — inside storage only: figures of visits, of routines and of the registry; views_figures.c has those of cases. */
#ifndef STORAGE_FIGURES_FIELD_H
#define STORAGE_FIGURES_FIELD_H

#include "views.h"
#include "visit.h"

enum field_what {
    FIELD_VISITS,     /* how many visits of some kinds were finished */
    FIELD_SETTLED,    /* cases settled by operations */
    FIELD_QUANTITIES, /* what was counted, by item */
    FIELD_POINTS,     /* patrol points left out ÷ points of rounds */
    FIELD_WALKERS,    /* person-times of volunteers in a whole month */
    FIELD_ROUTINES,   /* done in time ÷ owed */
    FIELD_PLACES,     /* of the registry: `kinds` is the kind of place */
    FIELD_ORGS,       /* `kinds` is the kind of organisation */
    FIELD_DEPARTMENTS, /* the same, with how many of them the boards name */
    FIELD_SHOWN,      /* those alone */
    FIELD_OFFICERS, FIELD_SECONDED
};
#define KIND(k) (1u << VISIT_##k)
#define FIELD_FIGURES(X)                                                                                               \
    X("operations", "联合执法行动", "次", "期间已经完成的联合执法。", "HC-24 O5", FIELD_VISITS, KIND(OPERATION))    \
    X("operation_cases", "联合行动解决的事项", "件", "由联合执法、专项整治或联合体检办出结果的事项，一件只计一次。按小区看的是事项所在的小区，按单位看的是牵头组织行动的单位。", "HC-25 O5", FIELD_SETTLED, 0) \
    X("actions", "执法行动", "次", "期间已经完成的联合执法、专项整治和联合体检。", "LC-19 O20", FIELD_VISITS, KIND(OPERATION) | KIND(CAMPAIGN) | KIND(CHECKUP)) \
    X("campaigns", "专项整治", "次", "期间已经完成的专项整治。", "LC-20 O22", FIELD_VISITS, KIND(CAMPAIGN))            \
    X("grid_walks", "网格巡查", "次", "期间登记的走访；一次走访算一次，不论走了几个小区。", "LC-30 O22", FIELD_VISITS, KIND(WALK)) \
    X("patrols", "部门巡查", "次", "期间登记的部门巡查。", "HC-23", FIELD_VISITS, KIND(PATROL))                        \
    X("quantities", "整治清点数量", "项", "各次行动里清点的数量，按事项和单位分别相加；不同单位的数不相加。按小区看的是到过这个小区的行动的全部数量，按单位看的是组织行动的单位。", "LC-20 O22", FIELD_QUANTITIES, 0) \
    X("dispatches", "领导调度", "次", "领导小组登记的调度。", "HC-50 O6", FIELD_VISITS, KIND(DISPATCH_LOG))            \
    X("volunteer_walks", "志愿者月均巡查", "人次/月", "期间各个整月里，志愿者参加走访的人次 ÷ 整月数；不满一个月的头尾不算。按小区看的是到过这个小区的走访，按单位看的是志愿者所在的单位。", "BG-26 O15", FIELD_WALKERS, 0) \
    X("routine_rate", "常态化任务按期完成率", "%", "到期的任务中按期做完的 ÷ 全部到期的任务；核免的不算应做，补做的算没有按期。", "HC-23 BG-12 LC-11", FIELD_ROUTINES, 0) \
    X("compounds", "覆盖小区", "个", "登记在册、没有注销的小区。", "HC-40 O7 O18", FIELD_PLACES, PLACE_COMPOUND)        \
    X("communities", "覆盖社区", "个", "登记在册、没有注销的社区。", "NH-02 O18", FIELD_PLACES, PLACE_COMMUNITY)        \
    X("stations", "站点", "个", "登记在册的联络站、工作站点。", "HC-40 O7", FIELD_ORGS, ORG_STATION)                    \
    X("departments", "参加的部门", "个", "登记在册的执法部门，不论服务牌上有没有它的人员。", "HC-28 O7", FIELD_DEPARTMENTS, ORG_DEPARTMENT) \
    X("departments_shown", "上服务牌的部门", "个", "登记在册的执法部门中，期末有在岗、证件有效的执法人员可以公示在小区服务牌上的。分母为全部登记在册的执法部门。", "HC-26 O7", FIELD_SHOWN, ORG_DEPARTMENT) \
    X("officers", "执法队员", "人", "期末在岗的执法人员，一人只计一次。", "NH-02 O18", FIELD_OFFICERS, 0)               \
    X("seconded", "派驻社区人员", "人", "期末派到社区的执法人员，按所在单位分列；协管人员不计。", "LC-09 O25", FIELD_SECONDED, 0)               \
    X("points_skipped", "巡查点漏点率", "%", "物业巡查时应走而没有走到的巡查点 ÷ 巡查开始时开放的全部巡查点；没有设巡查点的小区不计。", "HC-20", FIELD_POINTS, 0)

struct field_source {
    enum field_what what;
    unsigned kinds;
};
struct field_ask {
    int64_t area;
    int32_t from, to, place, org;
};
bool field_figure(struct db *db, struct arena *a, const struct field_source *s, const struct field_ask *q, struct figure_value *out,
                  struct err *err);

#endif
