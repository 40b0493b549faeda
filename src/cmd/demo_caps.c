/* The articles' own counts. A report stream brings a little more than a number needs; when the number is reached, the rest of
 * that kind waits on somebody's desk, as it would. What counts is told here as in storage/sql/figure.sql, and the test
 * compares both.
 */
#include "demo.h"

static bool
is_told(const struct caps *k, const struct case_file *c)
{
    int i = scheme_channel(k->scheme, c->source);
    return i >= 0 && !k->scheme->channels[i].is_found && !str_is(c->source, "transfer");
}

static bool
is_found(const struct caps *k, const struct case_file *c)
{
    int i = scheme_channel(k->scheme, c->source);
    return i >= 0 && k->scheme->channels[i].is_found;
}

static bool
of_service(const struct caps *k, const struct case_file *c)
{
    (void)k;
    return c->list == LIST_SERVICE;
}

static bool
of_enforcement(const struct caps *k, const struct case_file *c)
{
    (void)k;
    return c->list == LIST_ENFORCEMENT;
}

static bool
has_ended(const struct case_file *c)
{
    return c->outcome > OUTCOME_NONE;
}

static bool
has_solved(const struct case_file *c)
{
    return c->outcome == OUTCOME_SOLVED || c->outcome == OUTCOME_MEDIATED;
}

static bool
has_proof(const struct case_file *c)
{
    return c->outcome == OUTCOME_SOLVED && c->after_photos;
}

static bool
has_visit(const struct case_file *c)
{
    return c->dispatched_at && c->visits > 0;
}

static const struct {
    const char *name; /* of the figure */
    bool (*is_of)(const struct caps *k, const struct case_file *c);
    bool (*counts)(const struct case_file *c);
    const char *commands; /* that can make it count */
    bool by_day;          /* by the day of registration; else by the time of closing */
} kinds[] = {
    {"onsite", of_enforcement, has_visit, " arrive recheck ", true},
    {"resident_closed", is_told, has_ended, " close settle complete_service ", false},
    {"demands_solved", is_told, has_solved, " close settle complete_service ", false},
    {"before_spoken", is_found, has_ended, " close settle complete_service ", false},
    {"service_done", of_service, has_proof, " complete_service ", false},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static size_t
kind_of(struct str name)
{
    size_t i = 0;
    while (i < KINDS && !str_is(name, kinds[i].name))
        i++;
    return i;
}

bool
caps_known(struct str name)
{
    return kind_of(name) < KINDS;
}

static bool
in_time(const struct caps *k, size_t kind, const struct case_file *c)
{
    return kinds[kind].by_day ? c->day >= k->from : c->closed_at >= day_start(k->from);
}

bool
caps_forbid(const struct caps *k, const struct case_file *c, const char *command)
{
    for (size_t i = 0; i < k->plan->n_caps; i++) {
        size_t kind = kind_of(k->plan->caps[i].name);
        bool is_affected = strstr(kinds[kind].commands, command) && kinds[kind].is_of(k, c) && !kinds[kind].counts(c) &&
                           (!kinds[kind].by_day || c->day >= k->from);
        if (is_affected && k->now[kind] >= (int64_t)(k->part * k->plan->caps[i].amount + 0.5))
            return true;
    }
    return false;
}

void
caps_note(struct caps *k, const struct case_file *before, const struct case_file *after)
{
    for (size_t i = 0; i < KINDS; i++) {
        bool was = kinds[i].is_of(k, before) && kinds[i].counts(before) && in_time(k, i, before);
        bool is = kinds[i].is_of(k, after) && kinds[i].counts(after) && in_time(k, i, after);
        k->now[i] += is - was;
    }
}
