/* GET /field: what a phone takes along before it goes where there is no network: who one is, the compounds, the two lists, and
 * each case of one's open duties with its forms. Lists that many forms share stand once. */
#include "api.h"
#include "form_view.h"
#include "limits.h"
#include "staff.h"
#include "stops.h"

enum { FIELD_CASES_MAX = 80, FIELD_PLACES_MAX = 500, SOURCES_MAX = 32 };

static void
put_me(struct json *j, const struct visit *v)
{
    const struct scheme *s = v->area->scheme;
    json_put_object(j, "person");
    json_put_str(j, "username", v->person->username);
    json_put_str(j, "name", v->person->name);
    json_close_object(j);
    json_put_array(j, "roles");
    for (size_t i = 0; i < v->who.n_postings; i++)
        json_z(j, role_code(v->who.postings[i]->role));
    json_close_array(j);
    json_put_array(j, "sources");
    for (size_t i = 0; i < s->n_channels; i++) {
        if (!caller_has(&v->who, s->channels[i].roles))
            continue;
        json_open_object(j);
        json_put_str(j, "code", s->channels[i].source);
        json_put_str(j, "name", s->channels[i].name);
        put_texts(j, "needs", s->channels[i].needs);
        json_close_object(j);
    }
    json_close_array(j);
}

/* ---- Compounds: mine are those that my posts cover ---- */

static bool
is_mine(const struct visit *v, const struct place *p)
{
    const struct registry *r = v->area->registry;
    for (size_t i = 0; i < v->who.n_postings; i++) {
        const struct posting *q = v->who.postings[i];
        if (q->role == ROLE_PROPERTY ? p->firm && p->firm == q->org : q->place && place_within(r, p->id, q->place))
            return true;
    }
    return false;
}

/* Where a round must come by, for those who walk it. */
static void
put_points(struct json *j, const struct visit *v, const struct place *p)
{
    const struct place *points[VISIT_STOPS_MAX];
    size_t n = patrol_points(v->area->registry, p->id, v->now, points, VISIT_STOPS_MAX);
    if (!n)
        return;
    json_put_array(j, "points");
    for (size_t i = 0; i < n; i++) {
        json_open_object(j);
        json_put_str(j, "code", points[i]->code);
        json_put_str(j, "name", points[i]->name);
        json_close_object(j);
    }
    json_close_array(j);
}

static void
put_places(struct json *j, const struct visit *v)
{
    const struct registry *r = v->area->registry;
    int n = 0;
    json_put_array(j, "places");
    for (int32_t i = 1; i <= r->n_places && n < FIELD_PLACES_MAX; i++) {
        const struct place *p = &r->places[i];
        if (p->kind != PLACE_COMPOUND || p->is_closed)
            continue;
        json_open_object(j);
        json_put_str(j, "code", p->code);
        json_put_str(j, "name", p->name);
        put_text(j, "buildings", p->buildings);
        json_key(j, "lon");
        json_double(j, p->lon);
        json_key(j, "lat");
        json_double(j, p->lat);
        bool mine = is_mine(v, p);
        json_put_bool(j, "mine", mine);
        if (mine && caller_has(&v->who, ROLE_BIT(ROLE_PROPERTY)))
            put_points(j, v, p);
        json_close_object(j);
        n++;
    }
    json_close_array(j);
}

static void
put_items(struct json *j, const struct scheme *s)
{
    json_put_array(j, "items");
    for (size_t i = 0; i < s->n_items; i++) {
        const struct item *it = &s->items[i];
        json_open_object(j);
        json_put_str(j, "code", it->code);
        json_put_str(j, "name", it->name);
        json_put_str(j, "plain", it->plain);
        json_put_z(j, "list", list_code((int)it->list));
        put_text(j, "category", it->category >= 0 ? s->categories[it->category].name : STR(""));
        json_close_object(j);
    }
    json_close_array(j);
}

/* ---- Lists behind fields ---- */

struct sources {
    const char *names[SOURCES_MAX];
    size_t n;
};

/* Lists that differ from case to case; items and compounds the phone has already. */
static bool
is_of_case(const char *source)
{
    static const char *const own[] = {"officer", "closing", "whistle", "basis", "audience", "team"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strcmp(source, own[i]) == 0)
            return true;
    return false;
}

static void
remember(struct sources *s, const char *name)
{
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->names[i], name) == 0)
            return;
    if (s->n < SOURCES_MAX)
        s->names[s->n++] = name;
}

static void
put_options(struct json *j, const struct visit *v, struct arena *a, const char *source, const struct case_file *about)
{
    struct options o = options_of(v, a, source, about);
    json_put_array(j, source);
    for (size_t i = 0; i < o.n; i++) {
        json_open_array(j);
        json_str(j, o.p[i].code);
        json_str(j, o.p[i].label);
        json_close_array(j);
    }
    json_close_array(j);
}

static void
put_all_options(struct json *j, const struct visit *v, struct arena *a, const struct sources *s, const struct case_file *about)
{
    json_put_object(j, "options");
    for (size_t i = 0; i < s->n; i++)
        put_options(j, v, a, s->names[i], about);
    json_close_object(j);
}

/* What the forms of this case ask for: its own lists, and those that all cases share. */
static void
sort_sources(const struct api_case *x, struct sources *own, struct sources *shared)
{
    for (size_t i = 0; i < n_commands; i++) {
        const struct command *cmd = &commands[i];
        if ((cmd->flags & CMD_HIDDEN) || !command_allowed(cmd, &x->s, NULL, NULL))
            continue;
        for (size_t k = 0; k < cmd->n_fields; k++) {
            const char *source = cmd->fields[k].source;
            if (!source || strncmp(source, "item", 4) == 0 || strcmp(source, "compound") == 0)
                continue;
            remember(is_of_case(source) ? own : shared, source);
        }
    }
}

/* ---- Cases ---- */

static void
put_case(struct json *j, struct request *req, const struct api_case *x, struct sources *shared)
{
    const struct visit *v = visit_of(req);
    const struct case_file *c = &x->lc.c;
    struct sources own = {0};
    struct buf no = {0};
    case_no_format(&no, c->day, c->no);
    json_open_object(j);
    json_put_str(j, "no", buf_view(&no));
    json_put_z(j, "state", case_state_code((int)c->state));
    json_put_z(j, "state_label", case_state_label((int)c->state));
    put_item(j, "item", v, c);
    put_place(j, "place", v->area->registry, c->place);
    put_org(j, "lead", v->area->registry, c->lead);
    json_put_str(j, "words", x->lc.words);
    put_text(j, "spot", x->lc.spot);
    json_put_bool(j, "urgent", c->urgent != 0);
    json_put_bool(j, "supervised", c->supervised != 0);
    json_put_int(j, "version", c->version);
    put_allowed(j, v, req->arena, &x->s, true);
    sort_sources(x, &own, shared);
    put_all_options(j, v, req->arena, &own, c);
    json_close_object(j);
    buf_release(&no);
}

static bool
is_among(const int64_t *ids, size_t n, int64_t id)
{
    for (size_t i = 0; i < n; i++)
        if (ids[i] == id)
            return true;
    return false;
}

static bool
put_cases(struct request *req, struct json *j, struct sources *shared, struct err *err)
{
    const struct visit *v = visit_of(req);
    struct owner owners[OWNERS_MAX];
    struct duty_rows rows = {0};
    int64_t ids[FIELD_CASES_MAX];
    size_t n = caller_owners(&v->who, owners, OWNERS_MAX), n_ids = 0;
    if (n && !duties_of_owners(v->db, req->arena, v->area->id, owners, n, -1, v->now, LIMIT_LIST_COUNT, &rows, err))
        return false;
    json_put_array(j, "cases");
    for (size_t i = 0; i < rows.n && n_ids < FIELD_CASES_MAX; i++) {
        struct api_case *x = arena_new_of(req->arena, struct api_case);
        int64_t id = rows.p[i].c.id;
        if (!id || is_among(ids, n_ids, id))
            continue;
        if (!api_case_load(req, id, x, err) || !case_load_words(v->db, req->arena, &x->lc, err))
            return false;
        ids[n_ids++] = id;
        put_case(j, req, x, shared);
    }
    json_close_array(j);
    return true;
}

/* 我的本月: numbers, and the line that the phone shows. */
static bool
put_month(struct request *req, struct json *j, struct err *err)
{
    const struct visit *v = visit_of(req);
    int32_t month = month_of(day_of(v->now));
    struct score s;
    if (!score_of_person(v->db, v->area->id, v->person->id, day_start(month_first_day(month)), day_start(month_first_day(month + 1)), &s, err))
        return false;
    json_put_object(j, "month");
    json_put_int(j, "visits", s.visits);
    json_put_int(j, "reported", s.reported);
    json_put_int(j, "in_time", s.in_time);
    json_put_int(j, "late", s.late);
    json_close_object(j);
    json_put_z(j, "month_words", arena_printf(req->arena, "本月：到场 %d 次，上报 %d 件；办完的责任按时 %d 项、超期 %d 项", (int)s.visits, (int)s.reported,
                                              (int)s.in_time, (int)s.late));
    return true;
}

void
api_field(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    struct sources shared = {0};
    struct err err = {0};
    struct json j = api_json(res, 200);
    json_open_object(&j);
    put_time(&j, "now", v->now);
    json_put_z(&j, "form_token", v->is_token ? NULL : v->csrf);
    put_me(&j, v);
    json_put_z(&j, "away", away_words(req));
    put_places(&j, v);
    put_items(&j, v->area->scheme);
    bool ok = put_month(req, &j, &err) && put_cases(req, &j, &shared, &err);
    put_all_options(&j, v, req->arena, &shared, NULL);
    put_texts(&j, "service_phrases", form_phrases(v, req->arena, "quick_service", NULL));
    json_close_object(&j);
    if (!ok)
        api_fail(req, res, &err);
}
