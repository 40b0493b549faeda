/* demo_visits.h — inside cmd only: visits of a sample life; demo_life.c keeps the time. */
#ifndef CMD_DEMO_VISITS_H
#define CMD_DEMO_VISITS_H

#include "demo.h"

enum errand_stage { ERRAND_DAY, ERRAND_ROUTINE, ERRAND_EXTRA, ERRAND_PLAN, ERRAND_CONFIRM, ERRAND_HOLD, ERRAND_SURVEY /* k: which of demo_surveys.c */ };
struct demo_errand {
    enum errand_stage stage;
    int kind;
    int32_t place;
    struct owner owner;
    int64_t posting, visit, k; /* k: the how-manieth of its row */
    instant at;                /* of an operation */
    struct plan_visits *row;
};
enum { RECENT_MAX = 64 };
struct demo_visits {
    struct demo *d;
    void *life;
    void (*push)(void *life, instant at, const struct demo_errand *e);
    int32_t first;              /* day on which the life begins: terms that began before are not owed */
    int64_t recent[RECENT_MAX]; /* cases that went to a department, the last ones */
    size_t n_recent;
};
void demo_visits_begin(struct demo_visits *v, int32_t from, int32_t until);
void demo_visits_day(struct demo_visits *v, int32_t day);
void demo_visit_step(struct demo_visits *v, const struct demo_errand *e, instant now);
/* demo_surveys.c */
void demo_surveys_begin(struct demo_visits *v, int32_t from, int32_t until);
void demo_survey_step(struct demo_visits *v, const struct demo_errand *e, instant now);

#endif
