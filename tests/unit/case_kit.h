/* case_kit.h — the life of one case for tests of core/: told in lines of "who command fields", read back in short words.
 *
 * The world is the shipped scheme of 会昌. A life keeps the row and the open duties as storage would, gives ids, and
 * checks at every step that the recorded column changes lead from the row before to the row after.
 */
#ifndef TESTS_CASE_KIT_H
#define TESTS_CASE_KIT_H

#include "check.h"

#include <stdlib.h>

#include "command.h"
#include "registry_import.h"
#include "scheme_files.h"

enum { MINUTE_MS = 60 * 1000, HOUR_MS = 60 * MINUTE_MS, LIFE_ENDED_MAX = 256 };
#define A_MORNING "2026-04-21T09:00" /* a Tuesday, office hours 08:30–12:00, 14:30–17:30 */

/* XFL lies in grid HQ-G3 (wgz03, fwgz03) of 红旗社区 (comm01), firm WY01 (wy01a, wy01b); HQDY has no firm; YMJXQ lies in
 * the town (town01). CG is 城管局 (cghead, cg01…cg04, expired01), XFJY 消防 (xfjyhead, xfjy01…), GA 公安. */
static struct {
    struct arena *arena;
    struct table_set set;
    struct scheme *scheme;
    struct registry registry;
} world;

struct life {
    struct arena *arena;
    struct case_file c;
    struct duty duty[EFFECTS_DUTIES_MAX]; /* open ones, by id */
    size_t n;
    struct duty ended[LIFE_ENDED_MAX];
    size_t n_ended;
    struct case_file other; /* to merge into */
    instant now;
    int64_t last_id;
    struct effects *fx; /* of the last step that was not refused */
    struct err err;     /* of the last step */
    struct undo undo;
};
static struct life life;

static inline int
world_open_of(const char *scheme)
{
    world.arena = arena_new();
    if (!shipped_tables(world.arena, &world.set, scheme))
        return -1;
    world.scheme = scheme_read(world.arena, world.set.all, &world.set.errors);
    bool ok = world.scheme && registry_from_tables(world.arena, 360733, world.set.all, &world.registry, &world.set.errors);
    expect_no_errors(&world.set.errors);
    if (ok)
        world.scheme->version = 1;
    life.arena = arena_new();
    return ok ? 0 : -1;
}

static inline int
world_open(void **state)
{
    (void)state;
    return world_open_of("huichang");
}

static inline int
world_close(void **state)
{
    (void)state;
    arena_free(life.arena);
    arena_free(world.arena);
    return 0;
}

static inline instant
moment_of(const char *s)
{
    instant at = 0;
    if (!moment_parse(str_of(s), &at))
        fail_msg("no moment: %s", s);
    return at;
}

static inline void
life_begin(const char *moment)
{
    struct arena *a = life.arena;
    arena_reset(a);
    life = (struct life){.arena = a, .now = moment_of(moment), .last_id = 100};
    for (int i = 0; i < CASE_N_TEXTS; i++)
        *case_text(&life.c, i) = STR("");
    life.c.area = 360733;
}

/* ---- who ---- */

/* A user name; "-" is the reporter with his secret link, "?" a resident without. */
static inline struct actor
actor_of(const char *who)
{
    if (strcmp(who, "-") == 0 || strcmp(who, "?") == 0)
        return (struct actor){.role = ROLE_RESIDENT, .is_reporter = who[0] == '-'};
    const struct person *p = registry_username(&world.registry, str_of(who));
    if (!p)
        fail_msg("nobody is called %s", who);
    struct actor a = {.person = p->id};
    a.n_postings = registry_postings(&world.registry, p->id, day_of(life.now), a.postings, ACTOR_POSTINGS_MAX);
    if (a.n_postings) {
        a.role = a.postings[0]->role;
        a.org = a.postings[0]->org;
    }
    return a;
}

static inline struct situation
situation_now(struct actor who)
{
    return (struct situation){.scheme = world.scheme, .registry = &world.registry, .c = &life.c, .duties = life.duty,
                              .n_duties = life.n, .actor = who, .now = life.now};
}

/* ---- taking effects in ---- */

struct column_fold {
    struct case_file row;
    size_t n;
};

static inline void
fold_column(void *ctx, const char *name, bool is_text, int64_t old_n, int64_t new_n, struct str old_t, struct str new_t)
{
    struct column_fold *f = ctx;
    f->n++;
    for (int i = 0; !is_text && i < CASE_N_NUMBERS; i++)
        if (strcmp(case_number_name(i), name) == 0) {
            assert_int_equal(*case_number(&f->row, i), old_n);
            *case_number(&f->row, i) = new_n;
        }
    for (int i = 0; is_text && i < CASE_N_TEXTS; i++)
        if (strcmp(case_text_name(i), name) == 0) {
            assert_true(str_eq(*case_text(&f->row, i), old_t));
            *case_text(&f->row, i) = new_t;
        }
}

/* The changes that the event records must lead from `before` to `after`: replay has nothing else. */
static inline void
check_columns(const struct effects *fx)
{
    struct column_fold f = {.row = fx->before};
    struct case_file after = fx->after;
    effects_columns(fx, fold_column, &f);
    for (int i = 0; i < CASE_N_NUMBERS; i++)
        assert_int_equal(*case_number(&f.row, i), *case_number(&after, i));
    for (int i = 0; i < CASE_N_TEXTS; i++)
        assert_true(str_eq(*case_text(&f.row, i), *case_text(&after, i)));
}

struct column_list {
    struct undo_column *p;
    size_t n;
};

static inline void
list_column(void *ctx, const char *name, bool is_text, int64_t old_n, int64_t new_n, struct str old_t, struct str new_t)
{
    (void)new_n, (void)new_t;
    struct column_list *l = ctx;
    l->p[l->n++] = (struct undo_column){.name = str_of(name), .is_text = is_text, .old_n = old_n, .old_t = old_t};
}

static inline void
remember_for_undo(struct effects *fx)
{
    struct column_list l = {.p = arena_array(life.arena, struct undo_column, CASE_N_NUMBERS + CASE_N_TEXTS)};
    struct duty *before = arena_array(life.arena, struct duty, EFFECTS_DUTIES_MAX);
    int64_t *opened = arena_array(life.arena, int64_t, EFFECTS_DUTIES_MAX);
    effects_columns(fx, list_column, &l);
    life.undo = (struct undo){.event = fx->event.type, .at = fx->at, .by = fx->actor.person, .columns = l.p,
                              .n_columns = l.n, .duties_before = before, .duties_opened = opened};
    for (size_t i = 0; i < fx->n_duties; i++) {
        if (fx->duties[i].is_new)
            opened[life.undo.n_opened++] = fx->duties[i].now.id;
        else if (fx->duties[i].is_changed)
            before[life.undo.n_before++] = fx->duties[i].was;
    }
}

/* As storage does it: ids, versions, and only what is marked as changed. */
static inline void
take_effects(struct effects *fx)
{
    if (fx->is_new_case) {
        fx->after.id = fx->before.id = ++life.last_id;
        fx->after.no = 1;
    }
    for (size_t i = 0; i < fx->n_duties; i++)
        if (fx->duties[i].is_new) {
            fx->duties[i].now.id = ++life.last_id;
            fx->duties[i].now.subject = fx->after.id;
        }
    check_columns(fx);
    fx->after.version = fx->before.version + 1;
    remember_for_undo(fx);
    for (size_t i = 0; i < fx->n_duties; i++) {
        const struct duty_slot *s = &fx->duties[i];
        size_t at = 0;
        while (at < life.n && life.duty[at].id != s->now.id)
            at++;
        if (!s->is_changed) {
            assert_memory_equal(&s->now, &s->was, sizeof s->now); /* a change that nobody would store */
            continue;
        }
        if (at < life.n && s->now.end != END_OPEN) {
            memmove(&life.duty[at], &life.duty[at + 1], (life.n - at - 1) * sizeof life.duty[0]);
            life.n--;
        } else if (at < life.n) {
            life.duty[at] = s->now;
        } else if (s->now.end == END_OPEN) {
            assert_true(life.n < EFFECTS_DUTIES_MAX);
            life.duty[life.n++] = s->now;
        }
        if (s->now.end != END_OPEN && life.n_ended < LIFE_ENDED_MAX)
            life.ended[life.n_ended++] = s->now;
    }
    life.c = fx->after;
    life.fx = fx;
}

/* ---- steps ---- */

static inline bool
kit_lookup(void *ctx, const char *source, struct str code)
{
    (void)ctx;
    if (strncmp(source, "item", 4) == 0) {
        int i = scheme_item(world.scheme, code);
        enum list want = strcmp(source, "item:service") == 0       ? LIST_SERVICE
                         : strcmp(source, "item:enforcement") == 0 ? LIST_ENFORCEMENT
                                                                   : LIST_NONE;
        return i >= 0 && (want == LIST_NONE || world.scheme->items[i].list == want);
    }
    if (strncmp(source, "reason:", 7) == 0)
        return scheme_reason(world.scheme, source + 7, code) != NULL;
    if (strcmp(source, "org") == 0 || strcmp(source, "department") == 0)
        return registry_org_code(&world.registry, code) != NULL;
    if (strcmp(source, "compound") == 0)
        return registry_place_code(&world.registry, code) != NULL;
    return true;
}

/* "a=b&c=d"; photos=2 sends two photos, until=+3 is the day in three days, checklist=* ticks the item's closing points. */
static inline struct params *
fields_of(const char *text, int *photos)
{
    struct params *out = arena_new_of(life.arena, struct params);
    struct str rest = str_dup(life.arena, str_of(text)), pair;
    *photos = 0;
    while (str_cut(&rest, '&', &pair)) {
        struct str value = pair, name;
        if (!str_cut(&value, '=', &name))
            continue;
        value = value.p ? value : STR("");
        int64_t n = 0;
        if (str_is(name, "photos") && str_int(value, &n)) {
            *photos = (int)n;
            for (int i = 0; i < n; i++)
                params_add(life.arena, out, STR("files"), str_of(arena_printf(life.arena, "%d", i + 1)));
        } else if (str_is(name, "checklist") && str_is(value, "*")) {
            int item = scheme_item(world.scheme, life.c.item);
            for (size_t i = 0; item >= 0 && i < world.scheme->items[item].closing.n; i++)
                params_add(life.arena, out, name, world.scheme->items[item].closing.p[i]);
        } else if (value.n > 1 && (value.p[0] == '+' || value.p[0] == '-') && str_int(value, &n)) {
            struct buf day = {0};
            date_format(&day, day_of(life.now) + (int32_t)n);
            params_add(life.arena, out, name, str_dup(life.arena, buf_view(&day)));
            buf_release(&day);
        } else
            params_add(life.arena, out, name, value);
    }
    return out;
}

static inline struct effects *
fresh_effects(void)
{
    struct effects *fx = arena_new_of(life.arena, struct effects);
    fx->arena = life.arena;
    life.err = (struct err){0};
    return fx;
}

/* A report; `item` and `place` are codes or "" for 待定; more: "urgent=1&dissuaded=…&hotline_no=…&photos=1". */
static inline bool
report_by(const char *who, const char *source, const char *item, const char *place, const char *more)
{
    struct effects *fx = fresh_effects();
    int photos;
    const struct params *f = fields_of(more, &photos);
    const struct place *p = registry_place_code(&world.registry, str_of(place));
    struct situation s = situation_now(actor_of(who));
    s.actor.is_reporter = false;
    int channel = scheme_channel(world.scheme, str_of(source)); /* the post that may use the channel is the one that acts */
    for (size_t i = s.actor.n_postings; channel >= 0 && i-- > 0;)
        if (world.scheme->channels[channel].roles & ROLE_BIT(s.actor.postings[i]->role)) {
            s.actor.role = s.actor.postings[i]->role;
            s.actor.org = s.actor.postings[i]->org;
        }
    struct report r = {.item = *item ? scheme_item(world.scheme, str_of(item)) : -1, .place = p ? p->id : 0,
                       .words = params_has(f, "words") ? params_get(f, "words") : STR("楼下太吵了"), .source = str_of(source),
                       .spot = STR("3栋"), .urgent = params_bool(f, "urgent"), .dissuaded = params_get(f, "dissuaded"),
                       .hotline_no = params_get(f, "hotline_no"), .keep_secret = params_bool(f, "keep_secret"),
                       .photos = photos};
    if (!case_open(&s, &r, fx, &life.err))
        return false;
    take_effects(fx);
    return true;
}

static inline bool
act_by(const char *who, const char *command, const char *fields)
{
    const struct command *cmd = command_find(str_of(command));
    if (!cmd)
        fail_msg("no command %s", command);
    struct effects *fx = fresh_effects();
    struct situation s = situation_now(actor_of(who));
    s.other = life.other.id ? &life.other : NULL;
    struct command_input in = {0};
    in.fields = fields_of(fields, &in.photos);
    if (!command_allowed(cmd, &s, NULL, &life.err) ||
        !form_check(cmd->fields, cmd->n_fields, in.fields, kit_lookup, NULL, &life.err) ||
        !command_decide(cmd, &s, &in, fx, &life.err))
        return false;
    take_effects(fx);
    return true;
}

static inline bool
undo_by(const char *who)
{
    struct effects *fx = fresh_effects();
    struct situation s = situation_now(actor_of(who));
    if (!case_undo(&s, &life.undo, fx, &life.err))
        return false;
    take_effects(fx);
    return true;
}

static inline bool
miss_one(int64_t id, instant at)
{
    struct effects *fx = fresh_effects();
    life.now = at;
    struct situation s = situation_now((struct actor){.role = ROLE_CLOCK});
    if (!case_miss(&s, id, fx, &life.err))
        return false;
    take_effects(fx);
    return true;
}

/* Lives on until `to`: duties fire in (due, id) order, each at its own due. */
static inline void
live_until(instant to)
{
    for (;;) {
        const struct duty *next = NULL;
        for (size_t i = 0; i < life.n; i++) {
            const struct duty *u = &life.duty[i];
            if (!u->missed_at && u->due <= to &&
                (!next || u->due < next->due || (u->due == next->due && u->id < next->id)))
                next = u;
        }
        if (!next)
            break;
        if (!miss_one(next->id, next->due > life.now ? next->due : life.now))
            fail_msg("the clock could not miss a duty: %s", life.err.message);
    }
    life.now = to;
}

/* ---- reading back ---- */

static inline void
write_owner(struct buf *b, const struct owner *o)
{
    const struct org *org = registry_org(&world.registry, o->org);
    const struct place *place = registry_place(&world.registry, o->place);
    if (org)
        buf_str(b, org->code);
    if (place)
        buf_str(b, place->code);
    if (o->role != ROLE_NONE)
        buf_printf(b, "/%s", role_code(o->role));
    if (o->person) {
        buf_z(b, "=");
        buf_str(b, registry_person(&world.registry, o->person)->username);
    }
}

static inline const char *
kind_of_duty(int64_t id)
{
    for (size_t i = 0; i < life.n; i++)
        if (life.duty[i].id == id)
            return duty_code(life.duty[i].kind);
    return "?";
}

/* "accept@CG answer@CG chase1:accept@CG/department_head": open duties by kind, then by age; "!" after a missed one. */
static inline const char *
owes_text(void)
{
    struct buf b = {0};
    for (int k = 0; k < DUTY_KIND_COUNT; k++)
        for (size_t i = 0; i < life.n; i++) {
            const struct duty *u = &life.duty[i];
            if (u->kind != k)
                continue;
            if (b.n)
                buf_char(&b, ' ');
            buf_z(&b, duty_code(k));
            if (k == DUTY_CHASE)
                buf_printf(&b, "%d:%s", u->level, u->ref ? kind_of_duty(u->ref) : "case");
            buf_char(&b, '@');
            write_owner(&b, &u->owner);
            if (u->missed_at)
                buf_char(&b, '!');
        }
    const char *text = arena_printf(life.arena, "%.*s", (int)b.n, b.p ? b.p : "");
    buf_release(&b);
    return text;
}

static inline const struct duty *
open_duty(int kind)
{
    for (size_t i = 0; i < life.n; i++)
        if (life.duty[i].kind == kind)
            return &life.duty[i];
    return NULL;
}

/* How the last duty of a kind ended, or END_OPEN. */
static inline int
ended_as(int kind)
{
    for (size_t i = life.n_ended; i-- > 0;)
        if (life.ended[i].kind == kind)
            return life.ended[i].end;
    return END_OPEN;
}

static inline void
expect_moment(const char *what, instant found, const char *expected)
{
    struct buf b = {0};
    moment_format(&b, found);
    const char *text = str_z(life.arena, buf_view(&b));
    buf_release(&b);
    if (found != moment_of(expected))
        fail_msg("%s: found %s, expected %s", what, text, expected);
}

/* ---- stories ---- */

/* A line each: "who report source item place [more]", "who command [fields]", "at 2026-04-22T10:00", "@name" of a start.
 * Every line must succeed. */
struct start {
    const char *name, *story;
};

static inline void
tell(const struct start *starts, size_t n, const char *story)
{
    struct str rest = str_dup(life.arena, str_of(story)), line;
    while (str_cut(&rest, '\n', &line)) {
        const char *word[6] = {"", "", "", "", "", ""};
        int words = 0;
        struct str piece, left = str_trim(line);
        while (words < 6 && str_cut(&left, ' ', &piece))
            word[words++] = str_z(life.arena, piece);
        bool ok = true;
        if (!words)
            continue;
        if (word[0][0] == '@') {
            const char *base = str_z(life.arena, str_slice(str_trim(line), 1, line.n));
            size_t i = 0;
            while (i < n && strcmp(starts[i].name, base) != 0)
                i++;
            if (i == n)
                fail_msg("no start called \"%s\"", base);
            tell(starts, n, starts[i].story);
        } else if (strcmp(word[0], "at") == 0)
            live_until(moment_of(word[1]));
        else if (strcmp(word[1], "report") == 0)
            ok = report_by(word[0], word[2], strcmp(word[3], "0") == 0 ? "" : word[3],
                           strcmp(word[4], "0") == 0 ? "" : word[4], word[5]);
        else
            ok = act_by(word[0], word[1], word[2]);
        if (!ok)
            fail_msg("\"%.*s\" was refused: %s %s", (int)line.n, line.p, life.err.message,
                     life.err.n_fields ? life.err.fields[0].message : "");
    }
}

/* One row of a specification: given a start, somebody does something; then the state and the open duties, or a refusal. */
struct row {
    const char *given, *who, *command, *fields;
    int state;
    const char *owes;
    enum err_kind refused; /* ERR_NONE: it is done */
    const char *because;   /* part of the article, message or field message of the refusal */
};
#define DONE(state_, owes_) .state = CASE_##state_, .owes = owes_
#define REFUSED(kind, why) .refused = ERR_##kind, .because = why

static inline bool
err_says(const struct err *e, const char *words)
{
    bool is_there = str_has(str_of(e->article), str_of(words)) || str_has(str_of(e->message), str_of(words));
    for (int i = 0; i < e->n_fields; i++)
        is_there |= str_has(str_of(e->fields[i].message), str_of(words)) || strcmp(e->fields[i].field, words) == 0;
    return is_there;
}

/* Runs the rows and reports every one that fails, with what was found. */
static inline void
check_rows(const struct start *starts, size_t n_starts, const struct row *rows, size_t n)
{
    int bad = 0;
    for (size_t i = 0; i < n; i++) {
        const struct row *r = &rows[i];
        life_begin(A_MORNING);
        tell(starts, n_starts, r->given[0] == '@' || strchr(r->given, '\n') ? r->given
                                                                          : arena_printf(life.arena, "@%s", r->given));
        struct case_file before = life.c;
        bool is_done = strcmp(r->command, "undo") == 0 ? undo_by(r->who) : act_by(r->who, r->command, r->fields ? r->fields : "");
        const char *owes = owes_text();
        bool ok = r->refused ? !is_done && life.err.kind == r->refused && err_says(&life.err, r->because ? r->because : "") &&
                                   memcmp(&before, &life.c, sizeof before) == 0
                             : is_done && life.c.state == r->state && strcmp(owes, r->owes) == 0;
        if (ok)
            continue;
        bad++;
        print_error("row %zu: given %s, %s %s %s\n", i, r->given, r->who, r->command, r->fields ? r->fields : "");
        if (r->refused)
            print_error("  expected: refused (%d, \"%s\")\n", r->refused, r->because);
        else
            print_error("  expected: %s: %s\n", case_state_code(r->state), r->owes);
        if (is_done)
            print_error("  found:    %s: %s\n", case_state_code((int)life.c.state), owes);
        else
            print_error("  found:    refused (%d, %s %s %s)\n", life.err.kind, life.err.article, life.err.message,
                        life.err.n_fields ? life.err.fields[0].message : "");
    }
    if (bad)
        fail_msg("%d of %zu rows differ", bad, n);
}
#define CHECK_ROWS(starts, rows) check_rows((starts), COUNT_OF(starts), (rows), COUNT_OF(rows))

#endif
