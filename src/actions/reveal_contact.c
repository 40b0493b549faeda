/* Showing a reporter's contact is an act: the event that says who looked, and why, is durable before the answer. */
#include "actions.h"
#include "event_body.h"

static bool
read_contact(struct reveal_contact *r, struct db *db, int64_t area, int64_t person, struct err *err)
{
    struct rows rows;
    if (!db_query(db, SQL_PERSON_FILE_BY_ID, &rows, err, V_INT(area), V_INT(person)))
        return false;
    uint8_t key[KEY_BYTES];
    struct buf plain = {0};
    struct str rest;
    bool ok = rows_next(&rows, err) && keyring_unwrap(app_keys(r->base.app), area, person, rows_text(&rows, 2), key) &&
              unseal(key, area, "person_file.contact", person, 0, rows_text(&rows, 3), &plain) &&
              secret_read(r->base.arena, str_dup(r->base.arena, buf_view(&plain)), &r->name, &r->phone, &rest);
    rows_end(&rows);
    buf_release(&plain);
    return ok || err_set(err, ERR_GONE, "联系方式已依法删除。");
}

static bool
prepare(struct action *a, struct db *db, struct err *err)
{
    struct reveal_contact *r = (struct reveal_contact *)a;
    struct loaded_case *c = arena_new_of(a->arena, struct loaded_case);
    int64_t area = a->who->area->id;
    if (!case_load(db, app_keys(a->app), a->arena, area, r->case_id, c, err))
        return false;
    struct situation s = {.scheme = area_scheme(a->who->area, c->c.scheme), .registry = a->who->area->registry, .c = &c->c,
                          .duties = c->duties, .n_duties = c->n_duties, .actor = caller_actor(a->who), .now = app_now(a->app)};
    if (!contact_revealable(&s))
        return err_set(err, ERR_FORBIDDEN, "您不能查看反映人的联系方式。");
    if (utf8_count(r->purpose) < 2)
        return err_field(err, "purpose", "请说明为什么要查看。");
    if (!read_contact(r, db, area, c->c.reporter, err))
        return false;
    struct effects *fx = arena_new_of(a->arena, struct effects);
    *fx = (struct effects){.arena = a->arena, .actor = s.actor, .at = s.now, .before = c->c, .after = c->c};
    fx->event = (struct event){.type = "contact_revealed", .occurred_at = s.now,
                               .text = str_of(arena_printf(a->arena, "查看了反映人联系方式。用途：%.*s", (int)r->purpose.n,
                                                           r->purpose.p))};
    a->save.fx = fx;
    return true;
}

void
reveal_contact(struct reveal_contact *r, struct db *db)
{
    r->base.prepare = prepare;
    action_run(&r->base, db);
}
