/* routine.h — what comes back: who owes how many visits of a kind in each period, as terms, members and credits.
 *
 * routine = subject set × kind of visit × period × minimum × spacing × holiday policy (mechanisms.md 6, K1–K17). A term is one
 * period of one routine; each member of the subject set owes one duty in it (kind DUTY_ROUTINE, subject = member, arg = first day of the
 * term, ref = routine_ref). Pure: storage makes the duties true, jobs ask for the next moment at which anything happens.
 */
#ifndef CORE_ROUTINE_H
#define CORE_ROUTINE_H

#include "duty.h"
#include "visit.h"

/* Stable across versions of a scheme: a hash of the code; two codes of one scheme never share it (checked when read). */
int64_t routine_ref(struct str code);
int routine_by_ref(const struct scheme *s, int64_t ref); /* index or -1 */
const char *routine_period_label(const struct routine *r); /* 「每周」「每月」「每周一」 */

struct term {
    int32_t from, to; /* days, inclusive */
    int need;
    instant window_from, due, amber; /* a visit counts from window_from on; due never 0 */
};
/* The term that begins on this day; false when none does, or the holiday policy leaves nothing to owe in it:
 *   keep   the calendar of holidays changes nothing (NH-03: every Monday, whatever the weather)
 *   skip   a term without a working day is not owed (K13)
 *   move   a day or weekday that falls on a holiday goes to the next working day of the same week
 *   lower  the minimum is lowered in proportion to the working days of the week, rounded up (K14) */
bool routine_term_begins(const struct calendar *c, const struct routine *r, int32_t day, struct term *out);
/* The term a day lies in, whenever it began; false when none is owed then. */
bool routine_term_of(const struct calendar *c, const struct routine *r, int32_t day, struct term *out);

/* The latest term that began before this day; false when none did in the 400 days before. */
bool routine_term_before(const struct calendar *c, const struct routine *r, int32_t day, struct term *out);
/* The term to look at now: what is owed after its term (a review, a bulletin) is looked at until it is due; where no term runs
 * today, the latest. */
bool routine_term_current(const struct calendar *c, const struct routine *r, instant now, struct term *out);

/* Moments at which the clock has something to do: midnight (new terms, what was missed), and the reminders. */
instant routine_next_moment(const struct scheme *s, instant after);
/* True when at this moment the owners behind in the term are reminded (K1: Thursday; K9: the 10th and the 20th; K13: 10:00). */
bool routine_nudges_at(const struct routine *r, const struct term *t, instant at);

/* The members of a routine's subject set on a day, and who owes for each. */
struct routine_member {
    int64_t id;    /* org, posting or place id; 0 for the area */
    struct owner owner;
    int32_t org, place; /* what it stands for, where it is one */
};
typedef bool (*member_each)(void *ctx, const struct routine_member *m); /* false stops */
bool routine_members(const struct scheme *s, const struct registry *reg, const struct routine *r, int32_t day, member_each each,
                     void *ctx);
struct owner routine_escalates_to(const struct registry *reg, const struct routine *r, const struct routine_member *m);
/* How a member is called: 「城管局」「幸福里小区」「张三（烟雨社区）」. */
void member_words(struct buf *b, const struct registry *reg, const struct routine *r, int64_t member);

/* The members for whom this visit, finished, is a qualifying record; at most `max`. */
size_t routine_members_served(const struct scheme *s, const struct registry *reg, const struct routine *r, const struct field_visit *v,
                              int64_t *out, size_t max);
/* Why a finished visit of the routine's kind serves nobody although it went where somebody owes one (no check-in, no photo, a checklist
 * not filled in …); NULL: it serves somebody, or nobody there owes one. */
const char *routine_unmet(const struct scheme *s, const struct registry *reg, const struct routine *r, const struct field_visit *v);
/* Whether a record of that day counts beside those that did: spacing (BG-12: two visits on one day are one). */
bool routine_spaced(const struct routine *r, int32_t day, const int32_t *counted, size_t n);
/* Behind: reminded by now and with less done than the part of the term that is over asks for. */
bool routine_is_behind(const struct duty *u, instant now);

#endif
