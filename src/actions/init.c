/* Making an installation: directories, keys, database, the first area with its scheme and registry. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app.h"
#include "registry_import.h"
#include "registry_store.h"
#include "search_rebuild.h"
#include "slots.h"

static bool
make_directory(const char *dir, const char *below, struct err *err)
{
    char path[4096];
    snprintf(path, sizeof path, "%s%s", dir, below);
    if (mkdir(path, 0700) == 0 || errno == EEXIST)
        return true;
    return err_set(err, ERR_INTERNAL, "不能建立目录 %s：%s", path, strerror(errno));
}

static bool
make_directories(const char *dir, struct err *err)
{
    char db[4096];
    snprintf(db, sizeof db, "%s/shaodao.db", dir);
    if (access(db, F_OK) == 0 || store_is_shared(dir))
        return err_set(err, ERR_CONFLICT, "%s 里已经有一个安装，没有改动它。", dir);
    return make_directory(dir, "", err) && make_directory(dir, "/files", err) && make_directory(dir, "/files/tmp", err);
}

struct publication {
    struct job job;
    const struct app_init *in;
    const struct scheme *scheme;
    const struct registry *registry;
    struct keyring *keys;
    int64_t area;
};

static bool
insert_tables(struct db *db, const struct publication *p, struct err *err)
{
    if (!db_exec(db, SQL_SCHEME_VERSION_INSERT, err, V_INT(p->area), V_INT(1), V_TEXT(p->scheme->name),
                 V_INT(p->scheme->valid_from), V_INT(p->in->now), V_INT(0)))
        return false;
    for (size_t i = 0; i < p->in->tables.n; i++)
        if (!db_exec(db, SQL_SCHEME_TABLE_INSERT, err, V_INT(p->area), V_INT(1), V_TEXT(p->in->tables.p[i].name),
                     V_TEXT(p->in->csv[i])))
            return false;
    return true;
}

static bool
insert_registry(struct db *db, const struct publication *p, struct err *err)
{
    const struct registry *r = p->registry;
    bool ok = true;
    for (int32_t i = 1; ok && i <= r->n_orgs; i++)
        ok = registry_set_org(db, p->area, &r->orgs[i], err);
    for (int32_t i = 1; ok && i <= r->n_places; i++)
        ok = registry_set_place(db, p->area, &r->places[i], err);
    for (size_t i = 0; ok && i < r->n_people; i++)
        ok = registry_set_person(db, p->area, &r->people[i], err);
    for (size_t i = 0; ok && i < r->n_postings; i++)
        ok = registry_set_posting(db, p->area, &r->postings[i], err);
    struct buf text = {0};
    buf_printf(&text, "{\"orgs\":%d,\"places\":%d,\"people\":%zu,\"postings\":%zu}", (int)r->n_orgs,
               (int)r->n_places, r->n_people, r->n_postings);
    ok = ok && registry_event(db, p->keys, p->area, p->in->now, "registry_imported", 0, ROLE_ADMIN, 0, buf_view(&text), err);
    buf_release(&text);
    return ok;
}

static bool
apply(struct db *db, struct job *job, struct err *err)
{
    const struct publication *p = (const struct publication *)job;
    const char *kind = p->in->is_demo ? "demo" : p->in->is_test ? "test" : "real";
    return db_exec(db, SQL_META_SET, err, V_TEXT(STR("kind")), V_TEXT(str_of(kind))) && search_index_is_new(db, err) &&
           keyring_new_area(p->keys, db, p->area, p->in->now, err) && insert_tables(db, p, err) &&
           insert_registry(db, p, err) && db_exec(db, SQL_ROUTINE_CLOCK_SET, err, V_INT(p->area), V_INT(p->in->now), V_INT(0), V_INT(0));
}

const char *
app_wanted_database(struct arena *a, const char *given)
{
    const char *all = given ? given : getenv("SHAODAO_DATABASE"), *settings = all ? strchr(all, '?') : NULL;
    size_t n = all ? strcspn(all, "?") : 0;
    if (n == 0 || strcmp(all, "embedded") == 0)
        return NULL;
    if (all[n - 1] != '/')
        return all;
    uint64_t number;
    crypto_random(&number, sizeof number);
    return arena_printf(a, "%.*sshaodao_%016llx%s", (int)n, all, (unsigned long long)number, settings ? settings : "");
}

static bool
has_installation(struct store *store, struct err *err)
{
    struct rows r;
    if (!db_query(store_reader(store, -1), SQL_META_GET, &r, err, V_TEXT(STR("kind"))))
        return false;
    bool is_there = rows_next(&r, err);
    rows_end(&r);
    return is_there;
}

static bool
install(struct publication *p, struct err *err)
{
    struct arena *a = arena_new();
    struct store_options so = {.dir = p->in->dir, .database = app_wanted_database(a, p->in->database), .create = true};
    struct store *store = NULL;
    bool ok = make_directories(p->in->dir, err) && (!so.database || store_database_set(p->in->dir, so.database, err)) &&
              keyring_create(p->in->dir, err) && (p->keys = keyring_open(p->in->dir, err)) && (store = store_open(&so, err));
    if (ok && has_installation(store, err))
        ok = err_set(err, ERR_CONFLICT, "这个数据库里已经有一个安装，没有改动它。");
    ok = ok && err->kind == ERR_NONE && store_run(store, &p->job, err);
    arena_free(a);
    store_close(store);
    keyring_free(p->keys);
    return ok;
}

bool
app_init(const struct app_init *in, struct scheme_errors *errors, struct err *err)
{
    struct arena *a = in->arena;
    struct publication p = {.job = {.apply = apply}, .in = in};
    struct registry registry;
    p.scheme = scheme_read(a, in->tables, errors);
    bool ok = p.scheme && str_int(p.scheme->region, &p.area) && p.area > 0;
    ok = registry_from_tables(a, p.area, in->tables, &registry, errors) && ok;
    p.registry = &registry;
    if (ok)
        slots_check(a, &registry, p.scheme, errors);
    ok = ok && errors->n == 0;
    if (!ok)
        err_set(err, ERR_FIELDS, "工作方案有 %zu 处需要修改。", errors->n);
    else
        ok = install(&p, err);
    return ok;
}
