/* Live desks: one thread looks for news and tells every open stream. It looks when something was committed here, and now
 * and then anyway, because other servers commit too. */
#include <pthread.h>

#include "json.h"
#include "log.h"
#include "staff.h"

enum { POLL_MS = 2000, ANYWAY_POLLS = 5, NEWS_MAX = 3 };

struct desk {
    struct desk *next, **link;
    struct http_stream *stream;
    struct app *app;
    int64_t area, person, seen; /* seen: last notice told */
    int64_t todo, bell;         /* last told */
    int64_t round;              /* of the last look */
    char token[64];
};

/* `lock` guards the list and is held while a desk is looked at: a stream that goes waits for that. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static struct desk *desks;
static bool is_running, is_stopping;
static pthread_t thread;

static void
desk_gone(void *arg)
{
    struct desk *d = arg;
    pthread_mutex_lock(&lock);
    *d->link = d->next;
    if (d->next)
        d->next->link = d->link;
    pthread_mutex_unlock(&lock);
    free(d);
}

static void
tell_counts(struct desk *d, int64_t todo, int64_t bell)
{
    if (todo == d->todo && bell == d->bell)
        return;
    struct buf b = {0};
    struct json j = {&b};
    json_open_object(&j);
    json_put_int(&j, "todo", todo);
    if (bell > 99)
        json_put_z(&j, "bell", "99+");
    else
        json_put_int(&j, "bell", bell);
    json_close_object(&j);
    if (http_stream_send(d->stream, "counts", buf_view(&b))) {
        d->todo = todo;
        d->bell = bell;
    }
    buf_release(&b);
}

static void
tell_notice(struct desk *d, struct arena *a, const struct notice_row *n)
{
    struct buf b = {0};
    struct json j = {&b};
    struct case_file c = {.day = n->day, .no = n->no};
    json_open_object(&j);
    json_put_str(&j, "text", n->text);
    json_put_z(&j, "url", n->case_id ? arena_printf(a, "%s/desk/cases/%s", html_base_path(), case_no_words(a, &c))
                                     : arena_printf(a, "%s/desk/notices", html_base_path()));
    json_put_bool(&j, "urgent", n->is_urgent);
    json_close_object(&j);
    http_stream_send(d->stream, "notice", buf_view(&b));
    buf_release(&b);
}

/* What one person has to know: how much there is to do, how much is unread, and the newest of what he has not heard. */
static void
tell_news(struct desk *d, struct db *db, struct arena *a, int64_t read_up_to)
{
    const struct area *area = app_area(d->app, d->area);
    struct owner owners[OWNERS_MAX];
    struct duty_counts counts = {0};
    struct notice_rows unread = {0};
    struct err err = {0};
    instant now = app_now(d->app);
    struct caller who = {0};
    if (area)
        caller_staff(d->app, db, area, d->person, &who);
    size_t n = caller_owners(&who, owners, OWNERS_MAX);
    if (!n || !duties_count(db, d->area, owners, n, now, &counts, &err) ||
        !notices_for(db, a, d->area, owners, n, read_up_to, LIMIT_PAGE_ROWS, &unread, &err))
        return;
    size_t told = 0;
    for (size_t i = 0; i < unread.n && told < NEWS_MAX; i++)
        if (unread.p[i].id > d->seen) {
            tell_notice(d, a, &unread.p[i]);
            told++;
        }
    for (size_t i = 0; i < unread.n; i++)
        if (unread.p[i].id > d->seen)
            d->seen = unread.p[i].id;
    tell_counts(d, counts.open, (int64_t)unread.n);
}

/* One desk; the one whose session has ended is closed. */
static void
look_at(struct desk *d)
{
    struct db *db = app_reader_lock(d->app);
    struct arena *a = arena_new();
    struct session s;
    struct err err = {0}, none = {0};
    if (db_read_begin(db, &err)) {
        if (session_find(d->app, db, str_of(d->token), &s, &none))
            tell_news(d, db, a, s.notices_seen);
        else
            http_stream_close(d->stream);
        db_read_end(db);
    }
    arena_free(a);
    app_reader_unlock(d->app);
    if (err.kind)
        log_warn("live", "message=%s detail=%s", err.message, err.detail);
}

static struct desk *
next_of_round(int64_t round)
{
    struct desk *d = desks;
    while (d && d->round == round)
        d = d->next;
    return d;
}

/* One round over all desks. The lock is given back between two of them, so that a desk that comes or goes waits for one
 * look only. */
static void
look_at_all(int64_t round)
{
    for (struct desk *d; (d = next_of_round(round)) && !is_stopping;) {
        d->round = round;
        look_at(d);
        pthread_mutex_unlock(&lock);
        pthread_mutex_lock(&lock);
    }
}

static void
nap(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_sec += POLL_MS / 1000;
    pthread_cond_timedwait(&wake, &lock, &t);
}

static void *
watch(void *arg)
{
    struct app *app = arg;
    int64_t commits = -1;
    pthread_mutex_lock(&lock);
    for (int64_t polls = 0; !is_stopping; polls++) {
        if (!desks) {
            pthread_cond_wait(&wake, &lock);
            commits = -1;
            continue;
        }
        struct store_stats st;
        store_statistics(app_store(app), &st);
        if (st.commits != commits || polls % ANYWAY_POLLS == 0)
            look_at_all(polls + 1);
        commits = st.commits;
        nap();
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}

bool
live_start(struct app *app, struct err *err)
{
    is_stopping = false;
    is_running = pthread_create(&thread, NULL, watch, app) == 0;
    return is_running || err_set(err, ERR_INTERNAL, "cannot start the thread of live desks");
}

void
live_stop(void)
{
    if (!is_running)
        return;
    pthread_mutex_lock(&lock);
    is_stopping = true;
    pthread_cond_signal(&wake);
    pthread_mutex_unlock(&lock);
    pthread_join(thread, NULL);
    is_running = false;
}

void
desk_events(struct request *req, struct response *res)
{
    const struct site_visit *sv = site_visit_of(req);
    struct desk *d = xcalloc(1, sizeof *d);
    d->app = sv->v.app;
    d->area = sv->v.area->id;
    d->person = sv->v.person->id;
    d->todo = d->bell = -1;
    snprintf(d->token, sizeof d->token, "%s", sv->token ? sv->token : "");
    /* what is unread when the desk opens is counted, not told again one by one */
    struct owner owners[OWNERS_MAX];
    struct notice_rows rows = {0};
    struct err err = {0};
    size_t n = caller_owners(&sv->v.who, owners, OWNERS_MAX);
    if (n && notices_for(sv->v.db, req->arena, d->area, owners, n, sv->v.session.notices_seen, 1, &rows, &err) && rows.n)
        d->seen = rows.p[0].id;
    pthread_mutex_lock(&lock);
    d->stream = http_stream_open(req, res, desk_gone, d);
    d->next = desks;
    d->link = &desks;
    if (desks)
        desks->link = &d->next;
    desks = d;
    pthread_cond_signal(&wake);
    pthread_mutex_unlock(&lock);
}
