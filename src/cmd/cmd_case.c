/* case list, show, export: reading beside a running server. JSON is what the API gives for the same question. */
#include <errno.h>
#include <sys/stat.h>

#include "api.h"
#include "cmd.h"
#include "print.h"

enum { LIMIT = 50, LIMIT_MAX = 100000, PLACES_MAX = 64 /* what one statement holds */ };

#define S(x) (int)(x).n, (x).p

/* One command's reading: a snapshot of the database, and a visit that has nobody behind it. */
struct desk {
    struct arena *a;
    struct app *app;
    struct site_visit visit;
    struct request req; /* the API's writers take their arena and visit from a request */
};

static bool
desk_open(struct desk *d, const char *dir, struct err *err)
{
    *d = (struct desk){.a = arena_new()};
    d->app = app_open(&(struct app_options){.dir = dir}, err);
    if (!d->app)
        return false;
    const struct area *area = app_area(d->app, 0);
    d->visit.v = (struct visit){.app = d->app, .area = area, .db = app_reader_lock(d->app), .now = app_now(d->app),
                                .who = {.area = area}};
    d->req = (struct request){.arena = d->a, .session = &d->visit};
    return db_read_begin(d->visit.v.db, err);
}

static int
desk_close(struct desk *d, bool ok, const struct err *err)
{
    if (d->visit.v.db) {
        db_read_end(d->visit.v.db);
        app_reader_unlock(d->app);
    }
    app_close(d->app);
    arena_free(d->a);
    return ok ? 0 : fail_with(err);
}

static const char *
no_words(struct arena *a, const struct case_file *c)
{
    struct buf b = {0};
    case_no_format(&b, c->day, c->no);
    const char *no = arena_dup(a, b.p, b.n);
    buf_release(&b);
    return no;
}

static struct str
item_words(const struct visit *v, const struct case_file *c)
{
    const struct scheme *s = area_scheme(v->area, c->scheme);
    int i = scheme_item(s, c->item);
    return i >= 0 ? s->items[i].name : STR("待归类");
}

/* ---- list ---- */

struct asked {
    const char *state, *place, *item, *lead, *q, *from, *to, *limit;
};

static bool
ask_state(const char *state, int *out, struct err *err)
{
    *out = !state                        ? -1
           : strcmp(state, "open") == 0  ? -2
           : strcmp(state, "final") == 0 ? -3
                                         : case_state_find(str_of(state));
    return !state || *out != -1 || err_field(err, "--state", "没有状态 %s；可写 open、final 或 handling 这样的状态代码。", state);
}

/* A compound by code or name; a higher place stands for the compounds below it. */
static bool
ask_place_filter(struct desk *d, const char *name, struct case_filter *f, struct err *err)
{
    const struct registry *r = d->visit.v.area->registry;
    const struct place *p = name ? registry_place_code(r, str_of(name)) : NULL;
    for (int32_t i = 1; name && !p && i <= r->n_places; i++)
        if (str_is(r->places[i].name, name))
            p = &r->places[i];
    if (!p)
        return !name || err_field(err, "--place", "没有地点 %s。", name);
    if (p->kind >= PLACE_COMPOUND) {
        f->place = p->id;
        return true;
    }
    if (!p->parent)
        return true; /* the whole area */
    int32_t *inside = arena_array(d->a, int32_t, PLACES_MAX);
    for (int32_t i = 1; i <= r->n_places; i++) {
        if (r->places[i].kind < PLACE_COMPOUND || !place_within(r, i, p->id))
            continue;
        if (f->n_places == PLACES_MAX)
            return err_field(err, "--place", "%s 的小区太多，请写一个社区或小区。", name);
        inside[f->n_places++] = i;
    }
    f->places = inside;
    return f->n_places || err_field(err, "--place", "%s 里没有小区。", name);
}

static bool
read_filter(struct desk *d, const struct asked *q, struct case_filter *f, struct err *err)
{
    const struct area *area = d->visit.v.area;
    const struct org *lead = q->lead ? registry_org_code(area->registry, str_of(q->lead)) : NULL;
    int64_t limit = LIMIT;
    *f = (struct case_filter){.area = area->id, .to = INT32_MAX, .q = str_of(q->q), .item = str_of(q->item),
                              .lead = lead ? lead->id : 0, .now = d->visit.v.now, .registry = area->registry,
                              .scheme = area->scheme};
    ask_state(q->state, &f->state, err);
    ask_place_filter(d, q->place, f, err);
    if (q->lead && !lead)
        err_field(err, "--lead", "没有单位 %s。", q->lead);
    if (q->item && scheme_item(area->scheme, f->item) < 0)
        err_field(err, "--item", "清单里没有 %s。", q->item);
    if (q->from && !date_parse(str_of(q->from), &f->from))
        err_field(err, "--from", "日期请写成 2026-04-21。");
    if (q->to && !date_parse(str_of(q->to), &f->to))
        err_field(err, "--to", "日期请写成 2026-04-21。");
    if (q->limit && (!str_int(str_of(q->limit), &limit) || limit < 1 || limit > LIMIT_MAX))
        err_field(err, "--limit", "写 1 到 %d。", LIMIT_MAX);
    f->limit = (size_t)limit;
    return err->kind == ERR_NONE;
}

static void
list_as_json(struct desk *d, const struct case_rows *rows)
{
    struct buf out = {0};
    struct json j = {.out = &out};
    json_open_object(&j);
    json_put_array(&j, "cases");
    for (size_t i = 0; i < rows->n; i++)
        case_brief_found(&j, &d->visit.v, &rows->p[i]);
    json_close_array(&j);
    json_put_bool(&j, "more", rows->has_more);
    json_close_object(&j);
    print_out(&out);
}

static const char *
mark_words(const struct case_file *c, instant now)
{
    bool is_late = case_state_open((int)c->state) && c->main_due && now >= c->main_due;
    return is_late ? in_tongue("超期", "overdue") : c->supervised ? in_tongue("督办", "supervised") : "";
}

static void
list_as_text(struct desk *d, const struct case_rows *rows)
{
    const struct visit *v = &d->visit.v;
    struct grid g = {.a = d->a, .columns = 8};
    const char *const head[] = {in_tongue("编号", "no"),     in_tongue("状态", "state"), in_tongue("登记", "opened"),
                                in_tongue("期限", "due"),    "",                         in_tongue("小区", "place"),
                                in_tongue("牵头", "lead"),   in_tongue("事项", "item")};
    for (size_t i = 0; i < g.columns; i++)
        grid_add(&g, str_of(head[i]));
    for (size_t i = 0; i < rows->n; i++) {
        const struct case_file *c = &rows->p[i].c;
        const struct org *lead = registry_org(v->area->registry, (int32_t)c->lead);
        grid_add(&g, str_of(no_words(d->a, c)));
        grid_add(&g, str_of(case_state_label((int)c->state)));
        grid_add(&g, str_of(moment_short(d->a, c->opened_at)));
        grid_add(&g, str_of(case_state_open((int)c->state) ? moment_short(d->a, c->main_due) : "—"));
        grid_add(&g, str_of(mark_words(c, v->now)));
        grid_add(&g, c->place ? place_name(v->area->registry, (int32_t)c->place) : STR("待定"));
        grid_add(&g, lead ? lead->short_name : STR("—"));
        grid_addf(&g, "%.*s%s%.*s", S(c->item), c->item.n ? " " : "", S(item_words(v, c)));
    }
    grid_print(&g);
    talk(rows->has_more ? in_tongue("%zu 件；还有更多，用 --limit 看。", "%zu cases; there are more, see --limit.")
                        : in_tongue("%zu 件。", "%zu cases."), rows->n);
}

int
cmd_case_list(struct args *args)
{
    struct asked q = {.state = opt_value(args, "--state", NULL), .place = opt_value(args, "--place", NULL),
                      .item = opt_value(args, "--item", NULL),   .lead = opt_value(args, "--lead", NULL),
                      .q = opt_value(args, "--q", NULL),         .from = opt_value(args, "--from", NULL),
                      .to = opt_value(args, "--to", NULL),       .limit = opt_value(args, "--limit", NULL)};
    bool as_json = opt_flag(args, "--json");
    if (!opt_rest(args, 1, 1))
        return 2;
    struct err err = {0};
    struct desk d;
    struct case_filter f;
    struct case_rows rows;
    bool ok = desk_open(&d, args->argv[0], &err) && read_filter(&d, &q, &f, &err) &&
              cases_list(d.visit.v.db, app_keys(d.app), d.a, &f, &rows, &err);
    if (ok && as_json)
        list_as_json(&d, &rows);
    else if (ok)
        list_as_text(&d, &rows);
    return desk_close(&d, ok, &err);
}

/* ---- one case ---- */

static bool
find_case(struct desk *d, const char *no, struct api_case *x, struct err *err)
{
    const struct visit *v = &d->visit.v;
    int64_t area = 0;
    int32_t day = 0, number = 0;
    if (!case_no_parse(str_of(no), &area, &day, &number) || (area && area != v->area->id))
        return err_set(err, ERR_USAGE, "编号请写成 20260421-0037：%s", no);
    int64_t id = case_find_no(v->db, v->area->id, day, number, err);
    if (!id)
        return err->kind == ERR_NONE ? err_set(err, ERR_NOT_FOUND, "没有事项 %s。", no) : false;
    *x = (struct api_case){0};
    if (!case_load(v->db, app_keys(d->app), d->a, v->area->id, id, &x->lc, err))
        return false;
    x->s = (struct situation){.scheme = area_scheme(v->area, x->lc.c.scheme), .registry = v->area->registry, .c = &x->lc.c,
                              .duties = x->lc.duties, .n_duties = x->lc.n_duties, .actor = {.role = ROLE_NONE}, .now = v->now};
    return true;
}

static void
show_head(struct desk *d, const struct case_file *c)
{
    const struct visit *v = &d->visit.v;
    const struct registry *r = v->area->registry;
    int source = scheme_channel(v->area->scheme, c->source);
    print_line("%s  %s  %.*s%s%.*s  %s", no_words(d->a, c), case_state_label((int)c->state), S(c->item), c->item.n ? " " : "",
               S(item_words(v, c)), mark_words(c, v->now));
    struct grid g = {.a = d->a, .columns = 2};
    grid_add(&g, str_of(in_tongue("小区", "place")));
    grid_add(&g, c->place ? place_name(r, (int32_t)c->place) : STR("待定"));
    grid_add(&g, str_of(in_tongue("牵头", "lead")));
    grid_add(&g, org_name(r, (int32_t)c->lead));
    grid_add(&g, str_of(in_tongue("来源", "source")));
    grid_add(&g, source >= 0 ? v->area->scheme->channels[source].name : c->source);
    if (c->hotline_no.n) {
        grid_add(&g, str_of(in_tongue("热线工单", "hotline no")));
        grid_add(&g, c->hotline_no);
    }
    grid_add(&g, str_of(in_tongue("登记", "opened")));
    grid_add(&g, str_of(moment_short(d->a, c->opened_at)));
    grid_add(&g, str_of(case_state_open((int)c->state) ? in_tongue("办理期限", "due") : in_tongue("办结", "closed")));
    grid_add(&g, str_of(moment_short(d->a, case_state_open((int)c->state) ? c->main_due : c->closed_at)));
    grid_add(&g, str_of(in_tongue("答复期限", "answer due")));
    grid_add(&g, str_of(moment_short(d->a, c->answer_due)));
    grid_print(&g);
}

static void
show_duties(struct desk *d, const struct duty *list, size_t n)
{
    struct grid g = {.a = d->a, .columns = 4};
    for (size_t i = 0; i < n; i++) {
        struct buf owner = {0};
        owner_words(&owner, d->visit.v.area->registry, &list[i].owner);
        grid_addf(&g, "  %s", duty_label(list[i].kind));
        grid_addf(&g, in_tongue("%s 前", "by %s"), moment_short(d->a, list[i].due));
        grid_addf(&g, "%s%s", duty_end_label(list[i].end), list[i].missed_at ? in_tongue("（曾超期）", " (missed)") : "");
        grid_add(&g, buf_view(&owner));
        buf_release(&owner);
    }
    print_line("\n%s", in_tongue("责任", "Duties"));
    grid_print(&g);
}

static void
show_events(struct desk *d, const struct event_row *list, size_t n)
{
    const struct registry *r = d->visit.v.area->registry;
    struct grid g = {.a = d->a, .columns = 5, .right = 1};
    for (size_t i = 0; i < n; i++) {
        struct str who = list[i].actor ? person_name(r, list[i].actor) : str_of(role_label(list[i].role));
        grid_addf(&g, "  %lld", (long long)list[i].seq);
        grid_add(&g, str_of(moment_short(d->a, list[i].at)));
        grid_add(&g, list[i].org ? org_name(r, list[i].org) : STR(""));
        grid_add(&g, who);
        grid_add(&g, list[i].text);
    }
    print_line("\n%s", in_tongue("记录", "Events"));
    grid_print(&g);
}

static bool
show_as_text(struct desk *d, struct api_case *x, struct err *err)
{
    struct db *db = d->visit.v.db;
    size_t n_duties, n_events;
    const struct duty *duties = duties_all(db, d->a, x->lc.c.area, x->lc.c.id, &n_duties, err);
    const struct event_row *events = events_load(db, d->a, &x->lc, &n_events, err);
    if (err->kind || !case_load_words(db, d->a, &x->lc, err))
        return false;
    show_head(d, &x->lc.c);
    print_line("\n%s", in_tongue("原话", "Words"));
    print_text(x->lc.words, "  ");
    if (x->lc.spot.n)
        print_line("  （%.*s）", S(x->lc.spot));
    if (x->lc.reply.n) {
        print_line("\n%s", in_tongue("答复", "Reply"));
        print_text(x->lc.reply, "  ");
    }
    show_duties(d, duties, n_duties);
    show_events(d, events, n_events);
    return true;
}

static bool
show_as_json(struct desk *d, const struct api_case *x, struct err *err)
{
    struct buf out = {0};
    struct json j = {.out = &out};
    bool ok = case_write(&d->req, &j, x, err);
    if (ok)
        print_out(&out);
    else
        buf_release(&out);
    return ok;
}

int
cmd_case_show(struct args *args)
{
    bool as_json = opt_flag(args, "--json");
    if (!opt_rest(args, 2, 2))
        return 2;
    struct err err = {0};
    struct desk d;
    struct api_case x;
    bool ok = desk_open(&d, args->argv[0], &err) && find_case(&d, args->argv[1], &x, &err) &&
              (as_json ? show_as_json(&d, &x, &err) : show_as_text(&d, &x, &err));
    return desk_close(&d, ok, &err);
}

/* ---- export: everything needed to check the chain of one case somewhere else ---- */

static void
put_hex(struct json *j, const char *key, struct str bytes)
{
    struct buf hex = {0};
    buf_hex(&hex, bytes.p, bytes.n);
    json_put_str(j, key, buf_view(&hex));
    buf_release(&hex);
}

static void
put_row(struct json *j, struct case_file *c)
{
    json_put_object(j, "row");
    json_put_int(j, "id", c->id);
    json_put_int(j, "version", c->version);
    for (int i = 0; i < CASE_N_NUMBERS; i++)
        json_put_int(j, case_number_name(i), *case_number(c, i));
    for (int i = 0; i < CASE_N_TEXTS; i++)
        json_put_str(j, case_text_name(i), *case_text(c, i));
    put_hex(j, "head", str_bytes(c->head, sizeof c->head));
    json_close_object(j);
}

/* The body opened, with its salt: commitment = SM3(salt | body), and from it the hash of the chain. */
static void
put_stored_event(struct json *j, const struct loaded_case *c, const struct rows *r)
{
    struct buf plain = {0};
    int64_t seq = rows_int(r, 0);
    json_open_object(j);
    json_put_int(j, "seq", seq);
    json_put_int(j, "at_ms", rows_int(r, 1));
    json_put_int(j, "occurred_ms", rows_int(r, 2));
    json_put_str(j, "type", rows_text(r, 3));
    json_put_int(j, "actor", rows_int(r, 4));
    json_put_z(j, "role", role_code((int)rows_int(r, 5)));
    json_put_int(j, "org", rows_int(r, 6));
    if (!c->is_shredded && unseal(c->key, c->c.area, "event.body", c->c.id, seq, rows_text(r, 7), &plain)) {
        put_hex(j, "salt", str_slice(buf_view(&plain), 0, SALT_BYTES));
        json_put_str(j, "body", str_slice(buf_view(&plain), SALT_BYTES, plain.n));
    } else
        json_put_none(j, "body"); /* erased by law; the chain still holds */
    put_hex(j, "commitment", rows_text(r, 8));
    put_hex(j, "hash", rows_text(r, 9));
    json_close_object(j);
    buf_release(&plain);
}

static bool
put_stored_events(struct json *j, struct desk *d, const struct loaded_case *c, struct err *err)
{
    struct rows r;
    if (!db_query(d->visit.v.db, SQL_EVENTS_OF_STREAM, &r, err, V_INT(c->c.area), V_INT(c->c.id), V_INT(0)))
        return false;
    json_put_array(j, "events");
    while (rows_next(&r, err))
        put_stored_event(j, c, &r);
    json_close_array(j);
    return !r.has_failed;
}

static bool
write_bundle(struct desk *d, struct api_case *x, struct buf *out, struct err *err)
{
    struct json j = {.out = out};
    size_t n;
    const struct duty *duties = duties_all(d->visit.v.db, d->a, x->lc.c.area, x->lc.c.id, &n, err);
    if (err->kind || !case_load_words(d->visit.v.db, d->a, &x->lc, err))
        return false;
    json_open_object(&j);
    json_put_z(&j, "format", "shaodao/case/1");
    json_put_z(&j, "no", arena_printf(d->a, "%lld-%s", (long long)x->lc.c.area, no_words(d->a, &x->lc.c)));
    json_put_int(&j, "area", x->lc.c.area);
    put_time(&j, "exported_at", d->visit.v.now);
    put_row(&j, &x->lc.c);
    json_put_str(&j, "words", x->lc.words);
    json_put_str(&j, "spot", x->lc.spot);
    json_put_str(&j, "reply", x->lc.reply);
    json_put_array(&j, "duties");
    for (size_t i = 0; i < n; i++)
        put_duty(&j, &d->visit.v, &duties[i], NULL, false);
    json_close_array(&j);
    if (!put_stored_events(&j, d, &x->lc, err))
        return false;
    json_close_object(&j);
    return true;
}

/* Holds a resident's words: for the owner of the file only, and never over another one. "-" is stdout. */
static bool
write_file(const char *path, struct str text, struct err *err)
{
    bool is_stdout = strcmp(path, "-") == 0;
    FILE *f = is_stdout ? stdout : fopen(path, "wxe");
    if (!f)
        return err_set(err, ERR_INTERNAL, "不能写 %s：%s。", path, errno == EEXIST ? "已经有这个文件" : strerror(errno));
    if (!is_stdout)
        fchmod(fileno(f), 0600);
    bool ok = fwrite(text.p, 1, text.n, f) == text.n && fputc('\n', f) != EOF && fflush(f) == 0;
    if (!is_stdout)
        ok = fclose(f) == 0 && ok;
    return ok || err_set(err, ERR_INTERNAL, "没有写完 %s：%s。", path, strerror(errno));
}

int
cmd_case_export(struct args *args)
{
    if (!opt_rest(args, 3, 3))
        return 2;
    struct err err = {0};
    struct desk d;
    struct api_case x;
    struct buf out = {0};
    bool ok = desk_open(&d, args->argv[0], &err) && find_case(&d, args->argv[1], &x, &err) &&
              write_bundle(&d, &x, &out, &err) && write_file(args->argv[2], buf_view(&out), &err);
    buf_release(&out);
    return desk_close(&d, ok, &err);
}
