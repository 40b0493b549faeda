/* A finished month of a community's attendance is signed (LC-04): the counts as they stand now, in an event of the registry. */
#include "attendance.h"
#include "json.h"
#include "posts.h"
#include "registry_store.h"

/* ---- the text: "510:22:20:2 …", by posting ---- */

static bool
read_row(struct str s, struct signed_row *out)
{
    struct str posting, required, came;
    int64_t n[4];
    if (!str_cut(&s, ':', &posting) || !str_cut(&s, ':', &required) || !str_cut(&s, ':', &came) || !str_int(posting, &n[0]) ||
        !str_int(required, &n[1]) || !str_int(came, &n[2]) || !str_int(s, &n[3]))
        return false;
    *out = (struct signed_row){.posting = n[0], .required = (int)n[1], .came = (int)n[2], .short_of = (int)n[3]};
    return true;
}

static void
read_rows(struct arena *a, struct str text, struct signed_month *out)
{
    struct str piece;
    size_t room = 1;
    for (size_t i = 0; i < text.n; i++)
        room += text.p[i] == ' ';
    struct signed_row *list = arena_array(a, struct signed_row, room);
    while (text.n && str_cut(&text, ' ', &piece))
        if (read_row(piece, &list[out->n])) {
            out->required += list[out->n].required;
            out->came += list[out->n].came;
            out->short_of += list[out->n].short_of;
            out->n++;
        }
    out->rows = list;
}

static bool
is_of(const struct registry *r, const struct roll_row *row, int32_t place)
{
    return row->posting->place && place_within(r, row->posting->place, place);
}

static void
write_rows(struct buf *b, const struct roll *q)
{
    for (size_t i = 0; i < q->n; i++)
        buf_printf(b, "%s%lld:%d:%d:%d", i ? " " : "", (long long)q->rows[i].posting->id, q->rows[i].required, q->rows[i].came,
                   q->rows[i].short_of);
}

/* ---- what was signed, and what it says today ---- */

bool
attendance_signed(struct db *db, struct arena *a, int64_t area, int32_t place, int32_t month, struct signed_month *out, struct err *err)
{
    struct rows r;
    *out = (struct signed_month){.rev = -1};
    if (!db_query(db, SQL_SIGNS_OF, &r, err, V_INT(area), V_INT(place), V_INT(month)))
        return false;
    if (rows_next(&r, err)) {
        *out = (struct signed_month){.rev = (int)rows_int(&r, 0), .by = rows_int(&r, 1), .role = (int)rows_int(&r, 2),
                                     .org = (int32_t)rows_int(&r, 3), .at = rows_int(&r, 4)};
        read_rows(a, str_dup(a, rows_text(&r, 5)), out);
    }
    rows_end(&r);
    return !r.has_failed;
}

const struct signed_row *
signed_row_of(const struct signed_month *s, int64_t posting)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->rows[i].posting == posting)
            return &s->rows[i];
    return NULL;
}

bool
roll_row_is_changed(const struct roll_row *row, const struct signed_month *s)
{
    const struct signed_row *was = signed_row_of(s, row->posting->id);
    return s->rev >= 0 && (!was || was->required != row->required || was->came != row->came || was->short_of != row->short_of);
}

size_t
attendance_changed(const struct registry *r, const struct roll *q, int32_t place, const struct signed_month *s)
{
    size_t n = 0;
    for (size_t i = 0; i < q->n; i++)
        n += is_of(r, &q->rows[i], place) && roll_row_is_changed(&q->rows[i], s);
    for (size_t i = 0; i < s->n; i++) /* signed, and no longer of the community */
        n += !roll_row_of(q, s->rows[i].posting);
    return n;
}

/* ---- who and when ---- */

bool
attendance_may_sign(const struct caller *who, const struct place *community)
{
    const struct registry *r = who->area->registry;
    int32_t station = owner_org(r, STR("@station"), community, 0);
    for (size_t i = 0; community && i < who->n_postings; i++) {
        const struct posting *p = who->postings[i];
        if (station ? p->role == ROLE_STATION_CHIEF && p->org == station
                    : p->role == ROLE_COMMUNITY_OFFICE && community->org && p->org == community->org)
            return true;
    }
    return false;
}

int32_t
attendance_month_ends(const struct scheme *s, int32_t month)
{
    int32_t first = month_first_day(month), last = month_first_day(month + 1) - 1, end = last;
    struct term t;
    for (size_t i = 0; i < s->n_routines; i++) {
        const struct routine *r = &s->routines[i];
        if (r->action == VISIT_PRESENCE && r->each == EACH_POST && routine_term_of(&s->calendar, r, last, &t) && t.from >= first && t.to > end)
            end = t.to;
    }
    return end;
}

struct signing {
    const struct place *place;
    int32_t month;
    struct roll roll;
    struct signed_month before;
};

static bool
find_month(const struct sign_attendance *x, struct signing *out, struct err *err)
{
    const struct action *a = &x->base;
    const struct area *area = a->who->area;
    int32_t today = day_of(app_now(a->app));
    out->place = registry_place_code(area->registry, str_trim(x->place));
    if (!out->place || out->place->kind != PLACE_COMMUNITY || out->place->is_closed)
        return err_field(err, "place", "请选一个社区。");
    if (!month_parse(str_trim(x->month), &out->month))
        return err_field(err, "month", "月份请写成 2026-04。");
    if (!attendance_may_sign(a->who, out->place))
        return err_set(err, ERR_FORBIDDEN, "考勤由社区工作站的站长签认；没有工作站的，由社区签认。");
    int32_t end = attendance_month_ends(area->scheme, out->month);
    struct civil c = civil_of_day(end);
    return today > end || err_set(err, ERR_CONFLICT, "这个月还没有结束，%d 月 %d 日以后才能签认。", c.month, c.day);
}

/* Nobody signs what he has not seen: somebody may have come in between. */
static bool
is_as_seen(const struct sign_attendance *x, const struct roll *q)
{
    int required = 0, came = 0, short_of = 0;
    for (size_t i = 0; i < q->n; i++) {
        required += q->rows[i].required;
        came += q->rows[i].came;
        short_of += q->rows[i].short_of;
    }
    return !x->seen.n || str_is(x->seen, arena_printf(x->base.arena, "%d:%d:%d", required, came, short_of));
}

static bool
work_out(const struct sign_attendance *x, struct db *db, struct signing *out, struct err *err)
{
    const struct action *a = &x->base;
    const struct area *area = a->who->area;
    *out = (struct signing){0};
    if (!find_month(x, out, err))
        return false;
    struct roll_ask ask = {.area = area, .now = app_now(a->app), .from = month_first_day(out->month),
                           .to = month_first_day(out->month + 1) - 1, .is_month = true, .place = out->place};
    if (!attendance_roll(db, a->arena, &ask, &out->roll, err) ||
        !attendance_signed(db, a->arena, area->id, out->place->id, out->month, &out->before, err))
        return false;
    if (!out->roll.n)
        return err_set(err, ERR_CONFLICT, "这个社区那个月没有下沉人员，不用签认。");
    if (!is_as_seen(x, &out->roll))
        return err_set(err, ERR_CONFLICT, "人次刚刚有变化，请再看一遍考勤，然后签认。");
    if (out->before.rev >= 0 && !attendance_changed(area->registry, &out->roll, out->place->id, &out->before))
        return err_set(err, ERR_CONFLICT, "这个月已经签认过，签认以后没有更改，不用再签。");
    return true;
}

static bool
prepare(struct action *a, struct db *db, struct err *err)
{
    struct signing s;
    return work_out((const struct sign_attendance *)a, db, &s, err);
}

static bool
apply(struct action *a, struct db *db, struct err *err)
{
    struct signing s;
    if (!work_out((const struct sign_attendance *)a, db, &s, err))
        return false;
    int64_t area = a->who->area->id;
    instant now = app_now(a->app);
    struct actor who = caller_actor(a->who);
    struct buf counts = {0}, body = {0};
    struct json j = {.out = &body};
    write_rows(&counts, &s.roll);
    json_open_object(&j);
    json_put_int(&j, "place", s.place->id);
    json_put_int(&j, "month", s.month);
    json_put_int(&j, "rev", s.before.rev + 1);
    json_put_str(&j, "counts", buf_view(&counts));
    json_close_object(&j);
    bool ok = db_exec(db, SQL_SIGN_ADD, err, V_INT(area), V_INT(s.place->id), V_INT(s.month), V_INT(s.before.rev + 1), V_INT(who.person),
                      V_INT(who.role), V_INT(who.org), V_INT(now), V_TEXT(buf_view(&counts))) &&
              registry_event(db, app_keys(a->app), area, now, "attendance_signed", who.person, who.role, who.org, buf_view(&body), err);
    buf_release(&counts);
    buf_release(&body);
    return ok;
}

void
sign_attendance(struct sign_attendance *x, struct db *db)
{
    x->base.prepare = prepare;
    x->base.apply = apply;
    action_run(&x->base, db);
}

bool
sign_attendance_wait(struct sign_attendance *x, struct err *err)
{
    x->base.prepare = prepare;
    x->base.apply = apply;
    return action_wait(&x->base, err);
}
