/* How every action runs: prepared here, applied by the writer, decided again after a conflict, answered once. */
#include <pthread.h>
#include <stddef.h>

#include "app.h"
#include "log.h"

static bool
find_first_answer(struct action *a, struct db *db, struct err *err)
{
    struct rows r;
    if (!db_query(db, SQL_IDEMPOTENCY_FIND, &r, err, V_INT(a->who->area->id), V_TEXT(a->who->device),
                  V_TEXT(a->idempotency_key)))
        return false;
    if (!rows_next(&r, err))
        return !r.has_failed;
    bool is_same = str_eq(rows_text(&r, 0), (struct str){(const char *)a->body_hash, sizeof a->body_hash});
    a->save.case_id = rows_int(&r, 2);
    a->result = rows_int(&r, 3);
    rows_end(&r);
    if (!is_same)
        return err_field(err, "Idempotency-Key", "同一个提交编号不能用于不同的内容，请刷新页面再提交。");
    a->is_repeat = true;
    a->writes_nothing = true;
    if (a->answer)
        a->answer(a);
    return true;
}

static bool
prepare(struct action *a, struct db *db, struct err *err)
{
    if (!db_read_begin(db, err))
        return false;
    a->save.store = app_store(a->app);
    a->save.keys = app_keys(a->app);
    bool ok = !a->idempotency_key.n || find_first_answer(a, db, err);
    if (ok && !a->is_repeat)
        ok = a->prepare(a, db, err);
    db_read_end(db);
    return ok;
}

static bool
apply(struct db *db, struct job *job, struct err *err)
{
    struct action *a = (struct action *)job;
    if (!(a->apply ? a->apply(a, db, err) : effects_save(db, &a->save, err)))
        return false;
    if (a->answer)
        a->answer(a);
    return !a->idempotency_key.n ||
           db_exec(db, SQL_IDEMPOTENCY_INSERT, err, V_INT(a->who->area->id), V_TEXT(a->who->device),
                   V_TEXT(a->idempotency_key), V_BYTES(a->body_hash, sizeof a->body_hash), V_TEXT(STR("action")),
                   V_INT(a->save.case_id), V_INT(a->result), V_INT(app_now(a->app)));
}

static bool
again(struct db *db, struct job *job, struct err *err)
{
    struct action *a = (struct action *)job;
    return prepare(a, db, err); /* the other one may have been this same submission: then it writes nothing */
}

static bool
apply_or_nothing(struct db *db, struct job *job, struct err *err)
{
    struct action *a = (struct action *)job;
    return a->writes_nothing || apply(db, job, err);
}

static void
done(struct job *job)
{
    struct action *a = (struct action *)job;
    a->err = job->err;
    a->done(a);
}

static void
submit(struct action *a)
{
    if (!store_submit(app_store(a->app), &a->job, &a->err))
        a->done(a);
}

static void
study(struct thought *t, bool is_ending)
{
    struct action *a = (struct action *)(void *)((char *)t - offsetof(struct action, thought));
    if (is_ending)
        err_set(&a->err, ERR_BUSY, "系统正在停下，这次没有保存。请过一分钟再试。");
    if (!is_ending && a->study(a, &a->err))
        submit(a);
    else
        a->done(a);
}

void
action_run(struct action *a, struct db *db)
{
    a->job = (struct job){.apply = apply_or_nothing, .done = done, .again = again};
    a->thought = (struct thought){.think = study};
    a->err = (struct err){0};
    if (!prepare(a, db, &a->err) || a->writes_nothing)
        a->done(a);
    else if (!a->study)
        submit(a);
    else if (!app_thinker(a->app))
        study(&a->thought, false);
    else if (!thinker_give(app_thinker(a->app), &a->thought, &a->err))
        a->done(a);
}

struct waiting {
    pthread_mutex_t lock;
    pthread_cond_t cond;
    bool is_done;
};

static void
wake(struct action *a)
{
    struct waiting *w = a->ctx;
    pthread_mutex_lock(&w->lock);
    w->is_done = true;
    pthread_cond_signal(&w->cond);
    pthread_mutex_unlock(&w->lock);
}

bool
action_wait(struct action *a, struct err *err)
{
    struct waiting w = {.lock = PTHREAD_MUTEX_INITIALIZER, .cond = PTHREAD_COND_INITIALIZER};
    a->ctx = &w;
    a->done = wake;
    action_run(a, app_reader_lock(a->app));
    app_reader_unlock(a->app);
    pthread_mutex_lock(&w.lock);
    while (!w.is_done)
        pthread_cond_wait(&w.cond, &w.lock);
    pthread_mutex_unlock(&w.lock);
    pthread_mutex_destroy(&w.lock);
    pthread_cond_destroy(&w.cond);
    if (a->err.kind != ERR_NONE && err)
        *err = a->err;
    return a->err.kind == ERR_NONE;
}
