/* scheme diff --replay: past cases of an installation under a draft, counted and listed, newest first. */
#include "cmd_scheme.h"

#include "draft_scheme_replay.h"
#include "json.h"
#include "print.h"

#define S(x) (int)(x).n, (x).p

enum { LISTED_MAX = 200 };

struct listing {
    const struct registry *registry;
    bool as_json;
    struct json json;
    struct buf lines;
    int64_t listed;
    struct progress bar;
};

static const char *
number_of(struct arena *a, const struct case_file *c)
{
    struct buf b = {0};
    case_no_format(&b, c->day, c->no);
    const char *no = str_z(a, buf_view(&b));
    buf_release(&b);
    return no;
}

static void
list_case(void *ctx, struct arena *a, const struct case_file *c, const struct replayed_case *x)
{
    struct listing *l = ctx;
    struct strs words = replayed_words(a, l->registry, x);
    if (l->as_json) {
        json_open_object(&l->json);
        json_put_z(&l->json, "no", number_of(a, c));
        json_put_str(&l->json, "item", c->item);
        json_put_bool(&l->json, "turns_late", replayed_turns_late(x));
        json_put_bool(&l->json, "turns_on_time", replayed_turns_on_time(x));
        json_put_array(&l->json, "differences");
        for (size_t i = 0; i < words.n; i++)
            json_str(&l->json, words.p[i]);
        json_close_array(&l->json);
        json_close_object(&l->json);
        return;
    }
    if (l->listed++ >= LISTED_MAX)
        return;
    buf_printf(&l->lines, "\n%s %.*s\n", number_of(a, c), S(c->item));
    for (size_t i = 0; i < words.n; i++)
        buf_printf(&l->lines, "  %.*s\n", S(words.p[i]));
}

static void
show_progress(void *ctx, int64_t done)
{
    progress_step(&((struct listing *)ctx)->bar, done);
}

static void
sum_as_json(const struct draft_replay *p, struct listing *l)
{
    const struct {
        const char *name;
        int64_t n;
    } sums[] = {{"cases", p->cases},         {"differ", p->differ},   {"lead_changes", p->moved},
                {"list_changes", p->relisted}, {"item_gone", p->gone},  {"on_time_to_late", p->turn_late},
                {"late_to_on_time", p->turn_on_time}, {"further_steps", p->steps}};
    json_close_array(&l->json);
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
        json_put_int(&l->json, sums[i].name, sums[i].n);
    json_close_object(&l->json);
    print_out(&l->lines);
}

static void
sum_as_text(const struct draft_replay *p, struct listing *l)
{
    print_line("用草案重算 %lld 件事项：%lld 件会有不同。", (long long)p->cases, (long long)p->differ);
    print_line("  换牵头单位 %lld 件，换清单 %lld 件，事项不在清单里 %lld 件", (long long)p->moved, (long long)p->relisted, (long long)p->gone);
    print_line("  按时变超期 %lld 件，超期变按时 %lld 件", (long long)p->turn_late, (long long)p->turn_on_time);
    print_line("  还要别的步骤 %lld 件", (long long)p->steps);
    printf("%.*s", S(buf_view(&l->lines)));
    if (l->listed > LISTED_MAX)
        print_line("\n另有 %lld 件没有列出；用 --json 看全部。", (long long)(l->listed - LISTED_MAX));
    buf_release(&l->lines);
}

bool
scheme_replay_all(struct app *app, const struct scheme *draft, bool as_json, struct err *err)
{
    struct listing l = {.registry = app_area(app, 0)->registry, .as_json = as_json};
    struct draft_replay p = {.app = app, .area = app_area(app, 0), .draft = draft, .each = list_case, .progress = show_progress, .ctx = &l};
    l.json.out = &l.lines;
    if (as_json) {
        json_open_object(&l.json);
        json_put_array(&l.json, "list");
    }
    struct db *db = app_reader_lock(app);
    int64_t all = db_int(db, SQL_CASE_COUNT_ALL, NULL, 0, 0, err);
    progress_begin(&l.bar, in_tongue("重算", "replay"), all);
    bool ok = err->kind == ERR_NONE && db_read_begin(db, err);
    if (ok) {
        ok = draft_replay_run(&p, db, err);
        db_read_end(db);
    }
    progress_end(&l.bar);
    app_reader_unlock(app);
    if (ok)
        (as_json ? sum_as_json : sum_as_text)(&p, &l);
    else
        buf_release(&l.lines);
    return ok;
}
