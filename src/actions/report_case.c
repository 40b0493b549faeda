/* A resident, a grid chief, property, an officer or the hotline opens a case: one intake for all channels (HC-19…22, 29). */
#include "actions.h"
#include "case_files.h"
#include "limits.h"
#include "views.h"

enum { PRIOR_DAYS = 90 };

/* The number travels with the idempotency key, so that a repeat is answered without reading the case. */
static void
answer(struct action *a)
{
    struct report_case *r = (struct report_case *)a;
    if (a->is_repeat) {
        a->save.day = a->result >> 32;
        a->save.no = a->result & 0xffffffff;
    }
    a->result = a->save.day << 32 | a->save.no;
    r->case_id = a->save.case_id;
    r->day = a->save.day;
    r->no = a->save.no;
    case_token(a->who->area, r->case_id, r->token);
    case_query_code(a->who->area, r->case_id, r->query_code);
}

static int64_t
prior_case(struct report_case *r, struct db *db, const struct report *in, int32_t today)
{
    struct case_rows rows;
    struct err err = {0};
    if (in->item < 0 || !in->place)
        return 0;
    const struct area *area = r->base.who->area;
    if (!cases_prior(db, r->base.arena, area->id, in->place, area->scheme->items[in->item].code, 0, today - PRIOR_DAYS, 1,
                     &rows, &err) || !rows.n)
        return 0;
    return rows.p[0].c.id;
}

static bool
check_contact(const struct report_case *r, struct err *err)
{
    char phone[PHONE_BYTES];
    if (r->contact_phone.n && !phone_normalise(r->contact_phone, phone))
        return err_field(err, "contact.phone", "电话号码不对，请检查；不想留电话可以不填。");
    if (utf8_count(r->contact_name) > 40)
        return err_field(err, "contact.name", "姓名最多 40 个字。");
    return true;
}

static bool
read_report(struct report_case *r, struct db *db, struct report *in, struct err *err)
{
    const struct area *area = r->base.who->area;
    const struct place *place = registry_place_code(area->registry, r->place);
    if (r->place.n && (!place || place->kind < PLACE_COMPOUND || place->kind == PLACE_POINT))
        err_field(err, "place", "没有这个小区，请从列表中选择。");
    int item = r->item.n ? scheme_item(area->scheme, r->item) : -1;
    if (r->item.n && item < 0)
        err_field(err, "item", "清单里没有这一项，请重新选择，或者选“说不清”。");
    if (utf8_count(r->words) > LIMIT_WORDS)
        err_field(err, "words", "最多 %d 个字。", LIMIT_WORDS);
    check_contact(r, err);
    struct sent_files files = {0};
    if (err->kind || !files_take(&r->base, db, r->files, r->n_files, false, &files, err))
        return false;
    r->base.save.files = files.p;
    r->base.save.n_files = files.n;
    *in = (struct report){.item = item, .place = place ? place->id : 0, .words = str_trim(r->words), .spot = r->spot,
                          .source = r->source, .hotline_no = r->hotline_no, .dissuaded = r->dissuaded,
                          .is_own_service = r->is_own_service && item >= 0 && area->scheme->items[item].list == LIST_SERVICE,
                          .occurred_at = r->occurred_at, .hotline_due = r->hotline_due, .urgent = r->is_urgent,
                          .has_contact = r->contact_phone.n || r->contact_name.n, .keep_secret = r->keep_secret,
                          .photos = files.photos};
    return true;
}

static bool
prepare(struct action *a, struct db *db, struct err *err)
{
    struct report_case *r = (struct report_case *)a;
    const struct area *area = a->who->area;
    struct report in;
    if (!read_report(r, db, &in, err))
        return false;
    instant now = app_now(a->app);
    struct case_file *none = arena_new_of(a->arena, struct case_file);
    none->area = area->id;
    struct situation s = {.scheme = area->scheme, .registry = area->registry, .c = none, .actor = caller_actor(a->who),
                          .now = now};
    int channel = scheme_channel(area->scheme, r->source);
    if (channel >= 0) /* the posting that may use the channel is the one that acts */
        for (size_t i = 0; i < a->who->n_postings; i++)
            if (area->scheme->channels[channel].roles & ROLE_BIT(a->who->postings[i]->role)) {
                s.actor.role = a->who->postings[i]->role;
                s.actor.org = a->who->postings[i]->org;
                break;
            }
    in.prior = prior_case(r, db, &in, day_of(now));
    struct effects *fx = arena_new_of(a->arena, struct effects);
    fx->arena = a->arena;
    a->save.fx = fx;
    a->save.has_contact = in.has_contact;
    a->save.contact_name = r->contact_name;
    a->save.contact_phone = r->contact_phone;
    return case_open(&s, &in, fx, err);
}

void
report_case(struct report_case *r, struct db *db)
{
    r->base.prepare = prepare;
    r->base.answer = answer;
    action_run(&r->base, db);
}

bool
report_case_wait(struct report_case *r, struct err *err)
{
    r->base.prepare = prepare;
    r->base.answer = answer;
    return action_wait(&r->base, err);
}
