/* Any command of core/command.h on a case: load → decide → save. */
#include "actions.h"
#include "case_files.h"
#include "limits.h"
#include "presence.h"

static bool
command_lookup(void *ctx, const char *source, struct str code)
{
    const struct situation *s = ctx;
    const struct scheme *sc = s->scheme;
    const struct registry *r = s->registry;
    if (strncmp(source, "item", 4) == 0) {
        int i = scheme_item(sc, code);
        enum list want = strcmp(source, "item:service") == 0 ? LIST_SERVICE
                         : strcmp(source, "item:enforcement") == 0 ? LIST_ENFORCEMENT : LIST_NONE;
        return i >= 0 && (want == LIST_NONE || sc->items[i].list == want);
    }
    if (strncmp(source, "reason:", 7) == 0)
        return scheme_reason(sc, source + 7, code) != NULL;
    if (strcmp(source, "org") == 0 || strcmp(source, "department") == 0) {
        const struct org *o = registry_org_code(r, code);
        return o && !o->is_closed;
    }
    if (strcmp(source, "compound") == 0)
        return registry_place_code(r, code) != NULL;
    if (strcmp(source, "voucher") == 0)
        return registry_username(r, code) != NULL;
    if (strcmp(source, "officer") == 0 || strcmp(source, "team") == 0)
        return true; /* the decision says who is missing or has no certificate, with the article */
    if (strcmp(source, "audience") == 0)
        return str_is(code, audience_code(AUDIENCE_RESIDENT)) || str_is(code, audience_code(AUDIENCE_GRASSROOTS));
    if (strcmp(source, "whistle") == 0)
        return scheme_whistle(sc, code) >= 0;
    if (strcmp(source, "basis") == 0) /* the decision says whether it may be used, and the article */
        return item_basis(sc, scheme_item(sc, s->c->item), code) != NULL;
    if (strcmp(source, "closing") == 0) {
        int i = scheme_item(sc, s->c->item);
        for (size_t k = 0; i >= 0 && k < sc->items[i].closing.n; k++)
            if (str_eq(sc->items[i].closing.p[k], code))
                return true;
        return false;
    }
    return false;
}

static struct situation *
situation_of(struct action *a, struct loaded_case *c)
{
    struct situation *s = arena_new_of(a->arena, struct situation);
    *s = (struct situation){.scheme = area_scheme(a->who->area, c->c.scheme), .registry = a->who->area->registry,
                            .c = &c->c, .duties = c->duties, .n_duties = c->n_duties, .actor = caller_actor(a->who),
                            .now = app_now(a->app)};
    s->actor.is_reporter = a->who->reporter_of == c->c.id && c->c.id;
    return s;
}

static bool
take_files(struct act_on_case *x, struct db *db, struct sent_files *files, struct err *err)
{
    int64_t ids[LIMIT_PHOTOS * 2];
    size_t n = 0, at = 0;
    struct str value;
    while (params_each(x->fields, "files", &at, &value)) {
        if (!value.n)
            continue;
        if (n == sizeof ids / sizeof *ids || !str_int(value, &ids[n]))
            return err_field(err, "files", "最多 %d 个文件。", LIMIT_PHOTOS);
        n++;
    }
    bool is_after = str_is(x->command, "close") || str_is(x->command, "complete_service") ||
                    str_is(x->command, "recheck") || str_is(x->command, "settle");
    return files_take(&x->base, db, ids, n, is_after, files, err);
}

/* merge: the case to merge into, by number; it gets an event of its own and a follower more. */
static bool
load_other(struct act_on_case *x, struct db *db, struct situation *s, struct err *err)
{
    int64_t area, id = 0;
    int32_t day, no;
    struct str into = params_get(x->fields, "into");
    if (case_no_parse(into, &area, &day, &no))
        id = case_find_no(db, s->c->area, day, no, err);
    if (!id)
        return err_field(err, "into", "没有编号为 %.*s 的事项。", (int)into.n, into.p);
    struct loaded_case *other = arena_new_of(x->base.arena, struct loaded_case);
    if (!case_load(db, app_keys(x->base.app), x->base.arena, s->c->area, id, other, err))
        return false;
    s->other = &other->c;
    struct situation *t = situation_of(&x->base, other);
    t->actor.is_reporter = true; /* "follow" is a reporter's act: here on behalf of the merged one's */
    struct effects *also = arena_new_of(x->base.arena, struct effects);
    also->arena = x->base.arena;
    static const struct params none;
    struct command_input in = {.fields = &none};
    if (!command_decide(command_find(STR("follow")), t, &in, also, err))
        return false;
    x->base.save.also = also;
    return true;
}

static bool
undo_last(struct act_on_case *x, struct db *db, struct loaded_case *c, struct situation *s, struct effects *fx,
          struct err *err)
{
    struct undo u;
    return event_load_undo(db, x->base.arena, c, &u, err) && case_undo(s, &u, fx, err);
}

/* Had he to do with the case when he recorded it? He may see it now, acted on it, or owed something in it. */
static bool
was_involved(struct act_on_case *x, struct db *db, const struct loaded_case *c, const struct situation *s, struct err *err)
{
    size_t n = 0;
    if (case_visible(s))
        return true;
    struct duty *duties = duties_all(db, x->base.arena, c->c.area, c->c.id, &n, err);
    for (size_t i = 0; !err->kind && i < n; i++)
        if (owner_is(s->registry, &duties[i].owner, s->actor.person, day_of(x->recorded_at)))
            return true;
    struct event_row *events = err->kind ? NULL : events_load(db, x->base.arena, c, &n, err);
    for (size_t i = 0; !err->kind && i < n; i++)
        if (events[i].actor == s->actor.person)
            return true;
    return false;
}

static bool
has_moved_on(struct act_on_case *x, struct db *db, const struct loaded_case *c, struct err *err)
{
    size_t n = 0;
    struct event_row *events = events_load(db, x->base.arena, c, &n, err);
    return !err->kind && n && events[n - 1].at > x->recorded_at;
}

/* Refused: is that because the case went on while the phone had no network? Then the record is kept (architecture 6). */
static bool
keep_late(struct act_on_case *x, struct db *db, struct loaded_case *c, struct situation *s, const struct command *cmd,
          struct err *err)
{
    struct err none = {0}, why = *err;
    struct action *a = &x->base;
    bool is_moved = why.kind == ERR_CONFLICT || ((why.kind == ERR_FORBIDDEN || why.kind == ERR_UNLAWFUL) &&
                                                 has_moved_on(x, db, c, &none));
    if (!x->recorded_at || !s->actor.person || !is_moved || !was_involved(x, db, c, s, &none) || none.kind)
        return false;
    struct sent_files files;
    *err = (struct err){0};
    if (!take_files(x, db, &files, err))
        return false;
    a->save.files = files.p;
    a->save.n_files = files.n;
    a->save.also = NULL;
    a->save.fx = arena_new_of(a->arena, struct effects);
    a->save.fx->arena = a->arena;
    x->is_late = true;
    const struct late_record l = {.command = cmd, .fields = presence_stripped(a->arena, x->fields), .recorded_at = x->recorded_at};
    return case_keep_late(s, &l, a->save.fx, err);
}

static bool
prepare(struct action *a, struct db *db, struct err *err)
{
    struct act_on_case *x = (struct act_on_case *)a;
    struct loaded_case *c = arena_new_of(a->arena, struct loaded_case);
    if (!case_load(db, app_keys(a->app), a->arena, a->who->area->id, x->case_id, c, err))
        return false;
    struct situation *s = situation_of(a, c);
    struct effects *fx = arena_new_of(a->arena, struct effects);
    fx->arena = a->arena;
    a->save.fx = fx;
    a->save.also = NULL;
    x->is_late = false;
    if (x->is_undo)
        return undo_last(x, db, c, s, fx, err);
    const struct command *cmd = command_find(x->command);
    if (!cmd || (cmd->flags & CMD_HIDDEN))
        return err_set(err, ERR_NOT_FOUND, "没有“%.*s”这个操作。", (int)x->command.n, x->command.p);
    bool is_arrival = str_is(x->command, "arrive");
    if (is_arrival && !presence_moment(x->fields, &x->recorded_at, err))
        return false;
    if (!command_allowed(cmd, s, NULL, err)) {
        if (x->if_version && x->if_version != c->c.version && err->kind == ERR_CONFLICT)
            err->kind = ERR_PRECONDITION;
        return keep_late(x, db, c, s, cmd, err);
    }
    if (!form_check(cmd->fields, cmd->n_fields, x->fields, command_lookup, s, err))
        return false;
    struct sent_files files;
    if (!take_files(x, db, &files, err) || (str_is(x->command, "merge") && !load_other(x, db, s, err)))
        return false;
    a->save.files = files.p;
    a->save.n_files = files.n;
    struct command_input in = {.fields = x->fields, .photos = files.photos, .recorded_at = x->recorded_at};
    struct proof proof;
    if (is_arrival) {
        const struct place *at = registry_place(s->registry, (int32_t)c->c.place);
        if (!presence_shown(a, at, x->fields, x->recorded_at, &proof, err))
            return false;
        in.proof = &proof;
        in.fields = presence_stripped(a->arena, x->fields);
    }
    if (!command_decide(cmd, s, &in, fx, err))
        return keep_late(x, db, c, s, cmd, err);
    if (x->recorded_at)
        fx->event.occurred_at = x->recorded_at;
    return true;
}

/* Kept with the key: the version, below zero when it was a late record. */
static void
answer(struct action *a)
{
    struct act_on_case *x = (struct act_on_case *)a;
    if (a->is_repeat)
        x->is_late = a->result < 0;
    x->version = !a->is_repeat ? a->save.fx->after.version : x->is_late ? -a->result : a->result;
    a->result = x->is_late ? -x->version : x->version;
}

void
act_on_case(struct act_on_case *x, struct db *db)
{
    x->base.prepare = prepare;
    x->base.answer = answer;
    action_run(&x->base, db);
}

/* 我也遇到: a follower more instead of a second case. */

static bool
prepare_follow(struct action *a, struct db *db, struct err *err)
{
    struct follow_case *f = (struct follow_case *)a;
    struct loaded_case *c = arena_new_of(a->arena, struct loaded_case);
    if (!case_load(db, app_keys(a->app), a->arena, a->who->area->id, f->case_id, c, err))
        return false;
    struct situation *s = situation_of(a, c);
    s->actor.is_reporter = true;
    struct effects *fx = arena_new_of(a->arena, struct effects);
    fx->arena = a->arena;
    a->save.fx = fx;
    static const struct params none;
    struct command_input in = {.fields = &none};
    return command_decide(command_find(STR("follow")), s, &in, fx, err);
}

void
follow_case(struct follow_case *f, struct db *db)
{
    f->base.prepare = prepare_follow;
    action_run(&f->base, db);
}

bool
act_on_case_wait(struct act_on_case *x, struct err *err)
{
    x->base.prepare = prepare;
    x->base.answer = answer;
    return action_wait(&x->base, err);
}
