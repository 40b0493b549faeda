/* /cal/{secret}.ics — the calendar of a person or of a compound, for the calendar program of a phone: shifts, months as sector
 * chief, leave and standing in; of a compound, who is on duty at its station. Whoever has the address may read it. */
#include "calendar_feed.h"

#include "ical.h"
#include "site.h"
#include "staff_posts.h"

enum { DAYS_BACK = 60, DAY_MS = 24 * 3600 * 1000, MINUTE_MS = 60 * 1000 };

struct feed {
    struct arena *a;
    const struct area *area;
    struct buf *out;
    int32_t from; /* nothing older */
};

static void
put(struct feed *f, const struct ical_event *e)
{
    struct buf line = {0};
    struct ical_event full = *e;
    buf_printf(&line, "%.*s-%lld@shaodao", (int)e->uid.n, e->uid.p, (long long)f->area->id);
    full.uid = buf_view(&line);
    ical_event(f->out, &full);
    buf_release(&line);
}

/* One station's shifts; of one person, or of all. */
static void
put_shifts(struct feed *f, int64_t person, int32_t station)
{
    const struct registry *r = f->area->registry;
    for (size_t i = 0; i < r->n_rosters; i++) {
        const struct roster *t = &r->rosters[i];
        const struct org *o = registry_org(r, t->station);
        if (!o || (station && t->station != station))
            continue;
        for (size_t k = 0; k < t->n; k++) {
            const struct shift *s = &t->p[k];
            if (s->day < f->from || (person && s->person != person))
                continue;
            struct str name = org_name(r, t->station), who = person_name(r, s->person);
            put(f, &(struct ical_event){
                       .uid = str_of(arena_printf(f->a, "shift-%d-%d-%d-%lld", (int)t->station, (int)s->day, s->from, (long long)s->person)),
                       .changed_at = t->changed_at, .sequence = t->rev, .from = day_start(s->day) + s->from * (instant)MINUTE_MS,
                       .to = day_start(s->day) + s->to * (instant)MINUTE_MS, .is_cancelled = s->is_cancelled,
                       .summary = person ? str_of(arena_printf(f->a, "%.*s值班", (int)name.n, name.p))
                                         : str_of(arena_printf(f->a, "%.*s值班：%.*s", (int)name.n, name.p, (int)who.n, who.p)),
                       .place = o->address});
        }
    }
}

/* Months that were swapped away stay as called off, so that a calendar that has them takes them out. */
static void
put_turns(struct feed *f, int64_t person, int32_t today)
{
    const struct registry *r = f->area->registry;
    for (int32_t m = month_of(today) - 1; m <= month_of(today) + 12; m++) {
        const struct posting *p = turn_of_month(r, m);
        int rev = 0;
        instant changed = month_first_day(m - 13) * (instant)DAY_MS;
        int64_t had = 0;
        for (size_t i = 0; i < r->n_swaps; i++) {
            const struct turn_swap *s = &r->swaps[i];
            if (s->state != ASKED_APPROVED || (s->first_month != m && s->second_month != m))
                continue;
            const struct posting *q = registry_posting(r, s->first_month == m ? s->first : s->second);
            rev++;
            changed = s->changed_at;
            had = q && q->person == person ? person : had;
        }
        bool is_his = p && p->person == person;
        if (!is_his && !had)
            continue;
        put(f, &(struct ical_event){.uid = str_of(arena_printf(f->a, "turn-%d-%lld", (int)m, (long long)person)), .changed_at = changed,
                                    .sequence = rev, .from = day_start(month_first_day(m)), .to = day_start(month_first_day(m + 1)),
                                    .is_all_day = true, .is_cancelled = !is_his, .summary = STR("轮值片区长")});
    }
}

static void
put_leaves(struct feed *f, int64_t person)
{
    const struct registry *r = f->area->registry;
    for (size_t i = 0; i < r->n_leaves; i++) {
        const struct leave *l = &r->leaves[i];
        bool is_own = l->person == person;
        if ((!is_own && l->substitute != person) || l->to < f->from || l->state == ASKED_OPEN || l->state == ASKED_REFUSED)
            continue;
        struct str name = person_name(r, l->person);
        put(f, &(struct ical_event){.uid = str_of(arena_printf(f->a, "leave-%lld-%lld", (long long)l->id, (long long)person)),
                                    .changed_at = l->changed_at, .sequence = l->rev, .from = day_start(l->from), .to = day_start(l->to + 1),
                                    .is_all_day = true, .is_cancelled = l->state == ASKED_CANCELLED,
                                    .summary = is_own ? STR("请假") : str_of(arena_printf(f->a, "代%.*s的班", (int)name.n, name.p))});
    }
}

static void
write_person(struct feed *f, const struct person *p, int32_t today)
{
    ical_begin(f->out, str_of(arena_printf(f->a, "哨到：%.*s", (int)p->name.n, p->name.p)));
    put_shifts(f, p->id, 0);
    put_turns(f, p->id, today);
    put_leaves(f, p->id);
    ical_end(f->out);
}

static void
write_place(struct feed *f, const struct place *p)
{
    int32_t station = owner_org(f->area->registry, STR("@station"), p, 0);
    ical_begin(f->out, str_of(arena_printf(f->a, "哨到：%.*s", (int)p->name.n, p->name.p)));
    if (station)
        put_shifts(f, 0, station);
    ical_end(f->out);
}

void
calendar_feed(struct request *req, struct response *res)
{
    struct app *app = site_app(req);
    int64_t area, id;
    bool is_person = true;
    struct str secret = req->vars[0];
    struct err err = {0};
    if (secret.n > 4 && str_is(str_slice(secret, secret.n - 4, secret.n), ".ics"))
        secret = str_slice(secret, 0, secret.n - 4);
    if (!calendar_token_open(app, secret, &area, &id, &is_person)) {
        err_set(&err, ERR_NOT_FOUND, "没有这个日历，或者地址已经失效。");
        page_fail(req, res, &err);
        return;
    }
    struct feed f = {.a = req->arena, .area = app_area(app, area), .out = &res->body, .from = day_of(app_now(app)) - DAYS_BACK};
    const struct person *who = is_person ? registry_person(f.area->registry, id) : NULL;
    const struct place *place = is_person ? NULL : registry_place(f.area->registry, (int32_t)id);
    if (!(who && !who->is_disabled) && !place) {
        err_set(&err, ERR_NOT_FOUND, "没有这个日历，或者地址已经失效。");
        page_fail(req, res, &err);
        return;
    }
    res->content_type = "text/calendar; charset=utf-8";
    response_header(res, "Cache-Control", "private, max-age=300");
    if (who)
        write_person(&f, who, day_of(app_now(app)));
    else
        write_place(&f, place);
}

const char *
calendar_address(struct request *req, bool is_person, int64_t id)
{
    char token[48];
    calendar_token(visit_of(req)->area, is_person, id, token);
    return full_url(req, arena_printf(req->arena, "/cal/%s.ics", token));
}
