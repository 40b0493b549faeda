/* An uploaded file that already lies, synced, in the content store becomes known; a report or command then names it. */
#include "actions.h"
#include "file_store.h"

static bool
prepare(struct action *a, struct db *db, struct err *err)
{
    (void)db, (void)err;
    struct keep_file *f = (struct keep_file *)a;
    f->id = store_new_id(app_store(a->app), app_now(a->app));
    return true;
}

static bool
apply(struct action *a, struct db *db, struct err *err)
{
    struct keep_file *f = (struct keep_file *)a;
    int64_t area = a->who->area->id;
    const uint8_t *by = keyring_key(app_keys(a->app), area, "file");
    struct buf wrapped = {0};
    if (!by)
        return err_set(err, ERR_INTERNAL, "这个地区没有密钥。");
    file_key_wrap(by, area, f->id, 0, f->key, &wrapped);
    bool ok = db_exec(db, SQL_FILE_INSERT, err, V_INT(area), V_INT(f->id), V_BYTES(f->sha256, 32), V_BYTES(f->sm3, 32),
                   V_INT(f->kind), V_INT(f->bytes), V_INT(f->width), V_INT(f->height), V_INT(a->who->person),
                   V_TEXT(a->who->device), V_INT(app_now(a->app)), V_INT(f->has_gps), V_REAL(f->lat), V_REAL(f->lon),
                   V_TEXT(f->taken), V_BYTES(f->address, sizeof f->address), V_BLOB(buf_view(&wrapped)));
    buf_release(&wrapped);
    return ok;
}

static void
answer(struct action *a)
{
    struct keep_file *f = (struct keep_file *)a;
    if (a->is_repeat)
        f->id = a->result;
    a->result = f->id;
}

void
keep_file(struct keep_file *f, struct db *db)
{
    f->base.prepare = prepare;
    f->base.apply = apply;
    f->base.answer = answer;
    action_run(&f->base, db);
}

bool
keep_file_wait(struct keep_file *f, struct err *err)
{
    f->base.prepare = prepare;
    f->base.apply = apply;
    f->base.answer = answer;
    return action_wait(&f->base, err);
}
