/* copy: a whole installation into a new directory, onto either engine. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"
#include "store_copy.h"

/* nftw gives no context. */
static struct {
    const char *from, *to;
    int64_t files;
    struct err *err;
} walk;

static bool
copy_file(const char *from, const char *to, mode_t mode, struct err *err)
{
    int in = open(from, O_RDONLY | O_CLOEXEC), out = in >= 0 ? open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode) : -1;
    ssize_t n = in >= 0 && out >= 0 ? 1 : -1;
    while (n > 0)
        n = sendfile(out, in, NULL, 1 << 30);
    bool ok = n == 0 && fsync(out) == 0;
    int why = errno;
    if (in >= 0)
        close(in);
    if (out >= 0)
        ok = close(out) == 0 && ok;
    return ok || err_set(err, ERR_INTERNAL, "不能复制 %s：%s", from, strerror(why));
}

/* Everything but the database itself and what belongs to processes. */
static bool
is_left(const char *name)
{
    static const char *const left[] = {"/shaodao.db", "/database", "/lock", "/control.sock", "/files/tmp/"};
    for (size_t i = 0; i < sizeof left / sizeof *left; i++)
        if (strncmp(name, left[i], strlen(left[i])) == 0)
            return true;
    return false;
}

static int
take_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)ftw;
    const char *name = path + strlen(walk.from);
    char to[4096];
    if (is_left(name) || (kind != FTW_D && kind != FTW_F) || (kind == FTW_F && !S_ISREG(st->st_mode)))
        return 0;
    if ((size_t)snprintf(to, sizeof to, "%s%s", walk.to, name) >= sizeof to)
        return !err_set(walk.err, ERR_INTERNAL, "路径太长：%s", path);
    if (kind == FTW_D)
        return mkdir(to, st->st_mode & 0777) == 0 || !err_set(walk.err, errno == EEXIST ? ERR_CONFLICT : ERR_INTERNAL, "不能建立 %s：%s", to, strerror(errno)) ? 0 : 1;
    walk.files++;
    return copy_file(path, to, st->st_mode & 0777, walk.err) ? 0 : 1;
}

static bool
copy_files(const char *from, const char *to, struct err *err)
{
    walk.from = from;
    walk.to = to;
    walk.err = err;
    walk.files = 0;
    if (nftw(from, take_one, 32, FTW_PHYS) == 0)
        return true;
    return err->kind == ERR_NONE ? err_set(err, ERR_INTERNAL, "不能读 %s：%s", from, strerror(errno)) : false;
}

static struct progress bar;

static void
show(void *ctx, int64_t done, int64_t all)
{
    (void)ctx;
    if (!bar.what)
        progress_begin(&bar, in_tongue("复制", "copy"), all);
    progress_step(&bar, done);
}

static bool
copy_rows(struct app *from, const char *to, const char *database, struct copy_report *out, struct err *err)
{
    if (database && !store_database_set(to, database, err))
        return false;
    struct store *store = store_open(&(struct store_options){.dir = to, .database = database, .create = true, .is_bulk = true}, err);
    bool ok = store && store_copy(app_store(from), store, show, NULL, out, err);
    store_close(store);
    progress_end(&bar);
    return ok;
}

static char *
without_slash(const char *dir)
{
    char *s = xstrdup(dir);
    for (size_t n = strlen(s); n > 1 && s[n - 1] == '/'; n--)
        s[n - 1] = 0;
    return s;
}

int
cmd_copy(struct args *a)
{
    const char *given = opt_value(a, "--database", NULL);
    if (!opt_rest(a, 2, 2))
        return 2;
    struct err err = {0};
    struct copy_report r = {0};
    struct arena *arena = arena_new();
    char *from = without_slash(a->argv[0]), *to = without_slash(a->argv[1]);
    const char *database = app_wanted_database(arena, given);
    bool is_new = access(to, F_OK) != 0 || err_set(&err, ERR_CONFLICT, "%s 已经存在，没有改动它。", to);
    struct app *app = is_new ? app_open(&(struct app_options){.dir = from, .is_writer = true}, &err) : NULL; /* nobody writes meanwhile */
    bool ok = app && copy_files(from, to, &err) && copy_rows(app, to, database, &r, &err);
    app_close(app);
    if (ok && r.differences)
        err_set(&err, ERR_INTERNAL, "%s 里有 %lld 张表与原来不同，第一张是 %s。", to, (long long)r.differences, r.first);
    int code = ok && !r.differences ? 0 : fail_with(&err);
    if (code == 0)
        talk(in_tongue("已复制到 %s：%lld 张表、%lld 行、%lld 个文件，逐行核对相同。", "%s: %lld tables, %lld rows, %lld files, compared and the same."),
             to, (long long)r.tables, (long long)r.rows, (long long)walk.files);
    else if (is_new && access(to, F_OK) == 0)
        talk(in_tongue("%s 没有完成，不能使用；改好后先删掉它。", "%s is not complete: remove it before trying again."), to);
    free(from);
    free(to);
    arena_free(arena);
    return code;
}
