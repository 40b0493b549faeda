/* A case as JSON: the same clear facts in a list, everything on its own. What the reporter gets says units, not people. */
#include "api.h"
#include "routine.h"
#include "image_worker.h"

static void
put_no(struct json *j, const struct case_file *c)
{
    struct buf b = {0};
    case_no_format(&b, c->day, c->no);
    json_put_str(j, "no", buf_view(&b));
    buf_release(&b);
}

static void
put_steps(struct json *j, const struct case_file *c)
{
    static const char *const codes[] = {"persuade", "supervise_property", "investigate"};
    json_put_array(j, "steps");
    for (int i = 0; i < 3; i++)
        if (c->steps & 1 << i)
            json_z(j, codes[i]);
    json_close_array(j);
}

static const char *
solved_code(int64_t solved)
{
    static const char *const codes[] = {NULL, "yes", "partly", "no"};
    return codes[solved & 3];
}

static const char *
cause_code(int64_t cause)
{
    static const char *const codes[] = {NULL, "unclear", "split", "uncoordinated"};
    return codes[cause & 3];
}

/* While suspended the handling clock stands still; the resident's never does. */
static void
put_clocks(struct json *j, const struct case_file *c)
{
    json_put_object(j, "clocks");
    if (case_state_open((int)c->state)) {
        bool is_paused = c->state == CASE_SUSPENDED;
        json_put_object(j, "handling");
        put_time(j, "due", is_paused ? c->paused_due : c->main_due);
        json_put_bool(j, "paused", is_paused);
        if (is_paused)
            put_day(j, "until", c->suspended_until);
        json_close_object(j);
    } else
        json_put_none(j, "handling");
    json_put_object(j, "resident");
    put_time(j, "due", c->answer_due);
    json_close_object(j);
    json_close_object(j);
}

/* What contract and list share; the object stays open. */
static void
put_head(struct json *j, const struct visit *v, const struct case_file *c)
{
    const struct registry *r = v->area->registry;
    json_open_object(j);
    put_no(j, c);
    json_put_z(j, "state", case_state_code((int)c->state));
    put_steps(j, c);
    json_put_z(j, "tier", c->tier ? tier_code((int)c->tier) : NULL);
    json_put_z(j, "list", c->list ? list_code((int)c->list) : NULL);
    put_item(j, "item", v, c);
    put_place(j, "place", r, c->place);
    put_org(j, "lead", r, c->lead);
    json_put_str(j, "source", c->source);
    put_time(j, "opened_at", c->opened_at);
    put_time(j, "closed_at", c->closed_at);
    json_put_z(j, "outcome", c->outcome ? outcome_code((int)c->outcome) : NULL);
    json_put_bool(j, "urgent", c->urgent != 0);
    json_put_bool(j, "danger", c->danger != 0);
    json_put_int(j, "followers", c->followers);
    json_put_int(j, "reopens", c->reopens);
    put_clocks(j, c);
    json_put_int(j, "version", c->version);
}

/* The supervision flag and the missed clock are signals between units; the reporter reads the duties. */
static void
put_staff_signals(struct json *j, const struct visit *v, const struct case_file *c)
{
    json_put_bool(j, "supervised", c->supervised != 0);
    json_put_bool(j, "overdue", case_state_open((int)c->state) && c->main_due && c->main_due <= v->now);
    json_put_bool(j, "missed", c->main_missed != 0);
    json_put_z(j, "main_duty", c->main_kind ? duty_code((int)c->main_kind - 1) : NULL);
}

static void
put_marks(struct json *j, const struct snippet *s)
{
    json_put_array(j, "marks");
    for (size_t i = 0; i < s->n_marks; i++) {
        size_t from = utf8_count(str_slice(s->text, 0, s->marks[i].from));
        json_open_object(j);
        json_put_int(j, "from", (int64_t)from);
        json_put_int(j, "to", (int64_t)(from + utf8_count(str_slice(s->text, s->marks[i].from, s->marks[i].from + s->marks[i].n))));
        json_close_object(j);
    }
    json_close_array(j);
}

static void
put_snippet(struct json *j, const struct case_hit *hit)
{
    json_put_object(j, "snippet");
    json_put_z(j, "in", hit_in_code(hit->in));
    json_put_str(j, "text", hit->snippet.text);
    put_marks(j, &hit->snippet);
    json_close_object(j);
}

void
case_brief_found(struct json *j, const struct visit *v, const struct case_row *row)
{
    const struct case_file *c = &row->c;
    struct buf no = {0};
    put_head(j, v, c);
    put_staff_signals(j, v, c);
    case_no_format(&no, c->day, c->no);
    put_link(j, "url", API "/cases/%.*s", (int)no.n, no.p);
    buf_release(&no);
    if (row->hit)
        put_snippet(j, row->hit);
    json_close_object(j);
}

void
case_brief(struct json *j, const struct visit *v, const struct case_file *c)
{
    case_brief_found(j, v, &(struct case_row){.c = *c});
}

/* ---- Duties ---- */

/* The reporter reads who must do what for him by when; what units owe each other stays inside. */
static bool
is_for_reporter(const struct duty *d)
{
    return duty_is_main(d->kind) || d->kind == DUTY_ANSWER || d->kind == DUTY_ARRIVE || d->kind == DUTY_ASSIST;
}

static void
put_case_ref(struct json *j, const struct visit *v, const struct case_file *c)
{
    json_put_object(j, "case");
    put_no(j, c);
    json_put_z(j, "state", case_state_code((int)c->state));
    put_item(j, "item", v, c);
    put_place(j, "place", v->area->registry, c->place);
    json_close_object(j);
}

/* What comes back, and a visit, are about no case. */
static void
put_subject(struct json *j, const struct visit *v, const struct duty *d)
{
    const struct scheme *s = v->area->scheme;
    int i = d->subject_kind == SUBJECT_ROUTINE ? routine_by_ref(s, d->ref) : -1;
    if (d->subject_kind == SUBJECT_VISIT)
        json_put_int(j, "visit", d->subject);
    if (i < 0)
        return;
    const struct routine *r = &s->routines[i];
    struct buf who = {0};
    member_words(&who, v->area->registry, r, d->subject);
    json_put_object(j, "routine");
    json_put_str(j, "code", r->code);
    json_put_str(j, "name", r->name);
    json_put_z(j, "action", visit_kind_code(r->action));
    json_put_int(j, "member", d->subject);
    json_put_str(j, "of", buf_view(&who));
    if (r->each == EACH_PLACE)
        put_place(j, "place", v->area->registry, d->subject);
    put_day(j, "term", d->arg);
    json_close_object(j);
    buf_release(&who);
}

void
put_duty(struct json *j, const struct visit *v, const struct duty *d, const struct case_file *of, bool is_reporter)
{
    const struct registry *r = v->area->registry;
    json_open_object(j);
    json_put_int(j, "id", d->id);
    json_put_z(j, "kind", duty_code(d->kind));
    json_put_z(j, "label", duty_label(d->kind));
    if (of)
        put_case_ref(j, v, of);
    put_subject(j, v, d);
    put_owner(j, "owner", r, &d->owner, !is_reporter);
    put_time(j, "opened_at", d->opened_at);
    put_time(j, "due", d->due);
    put_time(j, "window_from", d->window_from);
    json_put_int(j, "need", d->need);
    json_put_int(j, "credited", d->credited);
    put_time(j, "settled_at", d->ended_at);
    json_put_bool(j, "missed", d->missed_at != 0);
    json_put_z(j, "end", duty_end_code(d->end));
    if (!is_reporter) {
        json_put_bool(j, "main", duty_is_main(d->kind));
        put_time(j, "missed_at", d->missed_at);
        json_put_int(j, "level", d->level);
        if (d->kind == DUTY_CHASE && d->ref)
            json_put_int(j, "chases", d->ref);
        if (d->escalated.org || d->escalated.role != ROLE_NONE)
            put_owner(j, "escalated", r, &d->escalated, true);
    }
    json_close_object(j);
}

static void
put_duties(struct json *j, const struct visit *v, const struct duty *list, size_t n, bool is_reporter)
{
    json_put_array(j, "duties");
    for (size_t i = 0; i < n; i++)
        if (!is_reporter || is_for_reporter(&list[i]))
            put_duty(j, v, &list[i], NULL, is_reporter);
    json_close_array(j);
}

static void
put_assists(struct json *j, const struct visit *v, const struct duty *list, size_t n)
{
    const struct registry *r = v->area->registry;
    json_put_array(j, "assists");
    for (size_t i = 0; i < n; i++) {
        bool is_seen = false;
        for (size_t k = 0; k < i; k++)
            is_seen |= list[k].kind == DUTY_ASSIST && list[k].owner.org == list[i].owner.org;
        const struct org *o = registry_org(r, list[i].owner.org);
        if (list[i].kind != DUTY_ASSIST || list[i].end == END_VOID || is_seen || !o)
            continue;
        json_open_object(j);
        json_put_str(j, "code", o->code);
        json_put_str(j, "name", org_name(r, o->id));
        json_close_object(j);
    }
    json_close_array(j);
}

/* ---- Events and files ---- */

void
put_event(struct json *j, const struct visit *v, const struct event_row *e, bool is_reporter)
{
    const struct registry *r = v->area->registry;
    const struct org *o = registry_org(r, e->org);
    const struct person *p = e->actor ? registry_person(r, e->actor) : NULL;
    json_open_object(j);
    json_put_int(j, "seq", e->seq);
    put_time(j, "at", e->at);
    json_put_str(j, "type", e->type);
    json_put_object(j, "actor");
    json_put_z(j, "role", e->role == ROLE_NONE ? "clock" : role_code(e->role));
    if (o)
        json_put_str(j, "org", o->code);
    if (p && !is_reporter)
        json_put_str(j, "name", p->name);
    json_close_object(j);
    json_put_str(j, "text", is_reporter ? e->public_text : e->text);
    if (!is_reporter) {
        if (e->occurred_at && e->occurred_at != e->at)
            put_time(j, "occurred_at", e->occurred_at);
        json_put_bool(j, "public", e->public_text.n > 0);
        json_put_array(j, "files");
        for (size_t i = 0; i < e->n_files; i++)
            json_int(j, e->files[i]);
        json_close_array(j);
    }
    json_close_object(j);
}

static void
put_file(struct json *j, const struct file_row *f, bool is_reporter)
{
    struct buf hex = {0};
    json_open_object(j);
    json_put_int(j, "id", f->id);
    json_put_z(j, "type", media_type((enum media_kind)f->kind));
    json_put_int(j, "width", f->width);
    json_put_int(j, "height", f->height);
    put_time(j, "at", f->at);
    json_put_bool(j, "after", f->is_after);
    put_link(j, "url", API "/files/%lld/public", (long long)f->id);
    if (!is_reporter) {
        buf_hex(&hex, f->sha256, sizeof f->sha256);
        json_put_str(j, "sha256", buf_view(&hex));
        json_put_int(j, "bytes", f->bytes);
        json_put_bool(j, "public", f->is_public);
        json_put_int(j, "event", f->event_seq);
        put_link(j, "original", API "/files/%lld/original", (long long)f->id);
        buf_release(&hex);
    }
    json_close_object(j);
}

static bool
put_files(struct json *j, const struct visit *v, struct arena *a, const struct api_case *x, struct err *err)
{
    struct file_rows rows;
    if (!files_of_case(v->db, a, x->lc.c.area, x->lc.c.id, &rows, err))
        return false;
    json_put_array(j, "files");
    for (size_t i = 0; i < rows.n; i++)
        if (!x->is_reporter || rows.p[i].is_public)
            put_file(j, &rows.p[i], x->is_reporter);
    json_close_array(j);
    return true;
}

/* ---- The whole ---- */

static void
put_record(struct json *j, const struct visit *v, const struct case_file *c)
{
    const struct registry *r = v->area->registry;
    json_put_array(j, "tiers");
    for (int t = TIER_PERSUADE; t < TIER_COUNT; t++)
        if (c->tiers & 1 << t)
            json_z(j, tier_code(t));
    json_close_array(j);
    put_time(j, "called_at", c->called_at);
    put_time(j, "admitted_at", c->admitted_at);
    put_time(j, "dispatched_at", c->dispatched_at);
    put_time(j, "accepted_at", c->accepted_at);
    put_day(j, "order_until", c->order_day);
    put_time(j, "filed_at", c->filed_at);
    put_text(j, "filing_no", c->filing_no);
    json_put_bool(j, "binding", c->binding != 0);
    json_put_int(j, "refusals", c->refusals);
    put_org(j, "refused_by", r, c->refused_by);
    json_put_int(j, "pauses", c->pauses);
    json_put_int(j, "extensions", c->extensions);
    json_put_z(j, "cause", cause_code(c->cause));
    put_text(j, "hotline_no", c->hotline_no);
    put_time(j, "hotline_due", c->hotline_due);
    put_time(j, "summoned_at", c->summoned_at);
    put_time(j, "arrived_at", c->arrived_at);
    if (c->arrived_at)
        json_put_int(j, "arrival_grade", c->arrival_grade);
    else
        json_put_none(j, "arrival_grade");
    const struct scheme *s = area_scheme(v->area, c->scheme);
    int channel = scheme_channel(s, c->source);
    const struct whistle *w = c->whistle > 0 && c->whistle <= (int64_t)s->n_whistles ? &s->whistles[c->whistle - 1] : NULL;
    json_put_z(j, "phase", case_phase_code(c, channel >= 0 && s->channels[channel].is_found));
    if (w) {
        json_put_object(j, "whistle");
        json_put_str(j, "code", w->code);
        json_put_str(j, "name", w->name);
        json_close_object(j);
    } else
        json_put_z(j, "whistle", NULL);
    json_put_z(j, "measured", c->measured == 1 ? "within" : c->measured == 2 ? "above" : NULL);
    json_put_object(j, "contact");
    json_put_bool(j, "given", c->reporter != 0);
    json_put_bool(j, "keep_secret", c->keep_secret != 0);
    json_close_object(j);
}

static void
put_words(struct json *j, const struct api_case *x)
{
    const struct case_file *c = &x->lc.c;
    json_put_str(j, "words", x->lc.words);
    put_text(j, "spot", x->lc.spot);
    put_text(j, "reply", x->lc.reply);
    json_put_z(j, "solved", solved_code(c->solved));
    if (c->grade)
        json_put_int(j, "grade", c->grade);
    else
        json_put_none(j, "grade");
    put_text(j, "transferred_to", c->transferred_to);
    put_text(j, "receipt_no", c->receipt_no);
    json_put_int(j, "urges", c->urges);
}

static void
put_scheme(struct json *j, const struct api_case *x)
{
    json_put_object(j, "scheme");
    json_put_str(j, "name", x->s.scheme->name);
    json_put_int(j, "version", x->lc.c.scheme);
    json_close_object(j);
}

bool
case_write(struct request *req, struct json *j, const struct api_case *x, struct err *err)
{
    const struct visit *v = visit_of(req);
    struct arena *a = req->arena;
    struct loaded_case lc = x->lc;
    size_t n_duties = 0, n_events = 0;
    struct duty *duties = duties_all(v->db, a, lc.c.area, lc.c.id, &n_duties, err);
    struct event_row *events = events_load(v->db, a, &lc, &n_events, err);
    if (err->kind || !case_load_words(v->db, a, &lc, err))
        return false;
    struct api_case full = {.lc = lc, .s = x->s, .is_reporter = x->is_reporter};
    put_head(j, v, &lc.c);
    put_assists(j, v, duties, n_duties);
    put_words(j, &full);
    put_scheme(j, &full);
    if (!x->is_reporter) {
        put_staff_signals(j, v, &lc.c);
        put_record(j, v, &lc.c);
    }
    put_duties(j, v, duties, n_duties, x->is_reporter);
    put_allowed(j, v, a, &x->s, false);
    json_put_array(j, "events");
    for (size_t i = 0; i < n_events; i++)
        if (!x->is_reporter || events[i].public_text.n)
            put_event(j, v, &events[i], x->is_reporter);
    json_close_array(j);
    if (!put_files(j, v, a, &full, err))
        return false;
    json_close_object(j);
    return true;
}

void
case_answer(struct request *req, struct response *res, const struct api_case *x, int status)
{
    struct err err = {0};
    struct json j = api_json(res, status);
    if (!case_write(req, &j, x, &err)) {
        api_fail(req, res, &err);
        return;
    }
    response_header(res, "ETag", arena_printf(req->arena, "\"%lld\"", (long long)x->lc.c.version));
}
