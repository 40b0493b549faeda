#include "roster.h"

#include <stdlib.h>

enum { DAY_MINUTES = 24 * 60, MINUTE_MS = 60 * 1000 };

/* ---- the text ---- */

static bool
parse_shift(struct str s, struct shift *out)
{
    struct str day, from, to;
    int64_t n[4];
    out->is_cancelled = s.n && s.p[s.n - 1] == 'x';
    if (out->is_cancelled)
        s.n--;
    if (!str_cut(&s, ':', &day) || !str_cut(&s, '-', &from) || !str_cut(&s, ':', &to) || !str_int(day, &n[0]) ||
        !str_int(from, &n[1]) || !str_int(to, &n[2]) || !str_int(s, &n[3]))
        return false;
    out->day = (int32_t)n[0];
    out->from = (int)n[1];
    out->to = (int)n[2];
    out->person = n[3];
    return n[1] >= 0 && n[1] < n[2] && n[2] <= DAY_MINUTES && n[3] > 0;
}

bool
roster_parse(struct arena *a, struct str text, struct roster *out)
{
    struct str piece, rest = text;
    size_t n = 0, room = 1;
    for (size_t i = 0; i < text.n; i++)
        room += text.p[i] == ' ';
    struct shift *list = arena_array(a, struct shift, room);
    while (rest.n && str_cut(&rest, ' ', &piece))
        if (!parse_shift(piece, &list[n++]))
            return false;
    out->p = list;
    out->n = n;
    return true;
}

void
roster_write(struct buf *b, const struct roster *r)
{
    for (size_t i = 0; i < r->n; i++)
        buf_printf(b, "%s%d:%d-%d:%lld%s", i ? " " : "", (int)r->p[i].day, r->p[i].from, r->p[i].to, (long long)r->p[i].person,
                   r->p[i].is_cancelled ? "x" : "");
}

const struct roster *
roster_find(const struct registry *r, int32_t station, int32_t month)
{
    for (size_t i = 0; i < r->n_rosters; i++)
        if (r->rosters[i].station == station && r->rosters[i].month == month)
            return &r->rosters[i];
    return NULL;
}

/* ---- whose turn ---- */

bool
station_serves(const struct registry *r, int32_t station, const struct place *p)
{
    return p && station && owner_org(r, STR("@station"), p, 0) == station;
}

static void
add_person(const struct registry *r, int64_t *out, size_t *n, size_t max, int64_t person)
{
    const struct person *who = registry_person(r, person);
    for (size_t i = 0; i < *n; i++)
        if (out[i] == person)
            return;
    if (*n < max && who && !who->is_disabled)
        out[(*n)++] = person;
}

static bool
is_sent(const struct posting *p)
{
    return p->role == ROLE_OFFICER || p->role == ROLE_ASSISTANT_OFFICER;
}

size_t
station_people(const struct registry *r, int32_t station, int32_t day, int64_t *out, size_t max)
{
    size_t n = 0;
    for (int order = 1; order <= 9; order++)
        for (size_t i = 0; i < r->n_postings; i++) {
            const struct posting *p = &r->postings[i];
            if (p->org == station && p->order == order && posting_in_force(p, day))
                add_person(r, out, &n, max, p->person);
        }
    for (size_t i = 0; i < r->n_postings; i++) {
        const struct posting *p = &r->postings[i];
        const struct place *at = registry_place(r, p->place);
        if (is_sent(p) && at && at->kind >= PLACE_COMMUNITY && station_serves(r, station, at) && posting_in_force(p, day))
            add_person(r, out, &n, max, p->person);
    }
    return n;
}

/* ---- making and changing ---- */

static int
compare_shifts(const void *a, const void *b)
{
    const struct shift *x = a, *y = b;
    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    if (x->from != y->from)
        return x->from - y->from;
    return x->person < y->person ? -1 : x->person > y->person;
}

static bool
same_shift(const struct shift *a, const struct shift *b)
{
    return a->day == b->day && a->from == b->from && a->to == b->to && a->person == b->person;
}

static struct shift *
find_same(struct shift *list, size_t n, const struct shift *s)
{
    for (size_t i = 0; i < n; i++)
        if (same_shift(&list[i], s))
            return &list[i];
    return NULL;
}

struct roster
roster_change(struct arena *a, const struct roster *old, const struct shift *less, size_t n_less, const struct shift *more,
              size_t n_more)
{
    size_t n = old ? old->n : 0;
    struct shift *list = arena_array(a, struct shift, n + n_more + 1);
    if (n)
        memcpy(list, old->p, n * sizeof *list);
    for (size_t i = 0; i < n_less; i++) {
        struct shift *s = find_same(list, n, &less[i]);
        if (s)
            s->is_cancelled = true;
    }
    for (size_t i = 0; i < n_more; i++) {
        struct shift *s = find_same(list, n, &more[i]);
        if (!s)
            s = &list[n++];
        *s = more[i];
        s->is_cancelled = false;
    }
    qsort(list, n, sizeof *list, compare_shifts);
    struct roster out = old ? *old : (struct roster){0};
    out.p = list;
    out.n = n;
    return out;
}

const struct shift *
roster_shift(const struct roster *r, int32_t day, int64_t person)
{
    for (size_t i = 0; r && i < r->n; i++)
        if (r->p[i].day == day && r->p[i].person == person && !r->p[i].is_cancelled)
            return &r->p[i];
    return NULL;
}

struct rotation {
    int64_t people[STATION_PEOPLE_MAX];
    int had[STATION_PEOPLE_MAX];
    size_t n, next;
};

static void
begin_rotation(struct rotation *t, const struct registry *r, int32_t station, int32_t month, const struct roster *old, int32_t from)
{
    *t = (struct rotation){0};
    t->n = station_people(r, station, from, t->people, STATION_PEOPLE_MAX);
    const struct roster *before = roster_find(r, station, month - 1);
    int64_t last = 0;
    for (size_t i = 0; before && i < before->n; i++)
        last = before->p[i].is_cancelled ? last : before->p[i].person;
    for (size_t i = 0; old && i < old->n; i++)
        for (size_t k = 0; old->p[i].day < from && !old->p[i].is_cancelled && k < t->n; k++)
            if (t->people[k] == old->p[i].person) {
                t->had[k]++;
                last = t->people[k];
            }
    for (size_t k = 0; k < t->n; k++)
        if (t->people[k] == last)
            t->next = k + 1;
}

static bool
is_free(const struct registry *r, int64_t person, int32_t station, int32_t day)
{
    int64_t there[STATION_PEOPLE_MAX];
    size_t n = station_people(r, station, day, there, STATION_PEOPLE_MAX);
    for (size_t i = 0; i < n; i++)
        if (there[i] == person)
            return !on_leave(r, person, day);
    return false;
}

/* 0 = nobody can. */
static int64_t
whose_turn(struct rotation *t, const struct registry *r, int32_t station, int32_t day)
{
    size_t best = t->n;
    for (size_t i = 0; i < t->n; i++) {
        size_t k = (t->next + i) % t->n;
        if (is_free(r, t->people[k], station, day) && (best == t->n || t->had[k] < t->had[best]))
            best = k;
    }
    if (best == t->n)
        return 0;
    t->had[best]++;
    t->next = best + 1;
    return t->people[best];
}

struct roster
roster_generate(struct arena *a, const struct registry *r, const struct calendar *c, int32_t station, int32_t month, int32_t from,
                const struct roster *old)
{
    int32_t first = month_first_day(month), end = month_first_day(month + 1), start = from > first ? from : first;
    struct shift more[31], *less = arena_array(a, struct shift, old && old->n ? old->n : 1);
    size_t n = 0, n_less = 0;
    struct rotation t;
    begin_rotation(&t, r, station, month, old, start);
    for (size_t i = 0; old && i < old->n; i++)
        if (old->p[i].day >= start)
            less[n_less++] = old->p[i];
    for (int32_t day = start; day < end; day++) {
        int64_t person = is_working_day(c, day, NULL) ? whose_turn(&t, r, station, day) : 0;
        if (person)
            more[n++] = (struct shift){.day = day, .from = c->am_from, .to = c->pm_to, .person = person};
    }
    struct roster made = roster_change(a, old, less, n_less, more, n);
    made.station = station;
    made.month = month;
    return made;
}

size_t
station_on_duty(const struct registry *r, int32_t station, instant at, int64_t *out, size_t max)
{
    int32_t day = day_of(at);
    const struct roster *roster = roster_find(r, station, month_of(day));
    int minute = (int)((at - day_start(day)) / MINUTE_MS);
    size_t n = 0;
    for (size_t i = 0; roster && i < roster->n; i++) {
        const struct shift *s = &roster->p[i];
        if (s->is_cancelled || s->day != day || minute < s->from || minute >= s->to)
            continue;
        int64_t person = on_leave(r, s->person, day) ? substitute_of(r, s->person, day) : s->person;
        if (person)
            add_person(r, out, &n, max, person);
    }
    return n;
}

bool
station_is_planned(const struct registry *r, int32_t station, instant at)
{
    int32_t day = day_of(at);
    const struct roster *roster = roster_find(r, station, month_of(day));
    return roster && roster->n && roster->p[0].day <= day;
}

bool
station_is_staffed(const struct registry *r, const struct calendar *c, int32_t station, instant at)
{
    int64_t one;
    return station_is_planned(r, station, at) ? station_on_duty(r, station, at, &one, 1) > 0 : in_office_hours(c, at);
}
