/* The sandbox, the worker and the pool: what gets out, what is left behind, and who dies for it. This program is its own
 * worker. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "photos.h"

/* sandbox */

static int
status_of(void (*act)(void))
{
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        if (!image_sandbox_enter())
            _exit(99);
        act();
        _exit(0);
    }
    waitpid(child, &status, 0);
    return status;
}

static void
try_file(void)
{
    int fd = open("/etc/passwd", O_RDONLY);
    _exit(fd < 0 && errno == EPERM ? 0 : 1);
}

static void
try_code(void)
{
    void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    _exit(p == MAP_FAILED && errno == EPERM ? 0 : 1);
}

static void
try_kill(void)
{
    _exit(kill(getppid(), 0) < 0 && errno == EPERM ? 0 : 1);
}

static void
try_socket(void)
{
    socket(AF_INET, SOCK_STREAM, 0);
}

static void
try_fork(void)
{
    fork();
}

static void
try_exec(void)
{
    execl("/bin/true", "true", NULL);
}

static void
test_sandbox(void **state)
{
    (void)state;
    assert_int_equal(status_of(try_file), 0);
    assert_int_equal(status_of(try_code), 0);
    assert_int_equal(status_of(try_kill), 0);
    assert_int_equal(WTERMSIG(status_of(try_socket)), SIGSYS);
    assert_int_equal(WTERMSIG(status_of(try_fork)), SIGSYS);
    assert_int_equal(WTERMSIG(status_of(try_exec)), SIGSYS);
}

/* pool */

static char dir[64];

static const char *
in_dir(const char *name)
{
    static char path[4][128];
    static unsigned next;
    char *p = path[next++ % 4];
    snprintf(p, sizeof path[0], "%s/%s", dir, name);
    return p;
}

static int
files_in_dir(void)
{
    int n = 0;
    DIR *d = opendir(dir);
    for (struct dirent *e; (e = readdir(d));)
        n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

static int
set_up(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "/tmp/shaodao-image-XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

static int
tear_down(void **state)
{
    (void)state;
    static const char *const names[] = {"in", "public.jpg", "thumb.jpg"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(in_dir(names[i]));
    return rmdir(dir); /* fails when something was left */
}

static void
write_file(const char *name, struct str s)
{
    FILE *f = fopen(in_dir(name), "wb");
    fwrite(s.p, 1, s.n, f);
    fclose(f);
}

static void
read_file(const char *name, struct buf *out)
{
    FILE *f = fopen(in_dir(name), "rb");
    assert_non_null(f);
    for (int c; (c = getc(f)) != EOF;)
        buf_char(out, (char)c);
    fclose(f);
}

struct waiter {
    pthread_mutex_t lock;
    pthread_cond_t came;
    int n, n_ok;
    struct image_result last;
};

static void
came(const struct image_result *r, void *arg)
{
    struct waiter *w = arg;
    pthread_mutex_lock(&w->lock);
    w->n++;
    w->n_ok += r->ok;
    w->last = *r;
    pthread_cond_signal(&w->came);
    pthread_mutex_unlock(&w->lock);
}

static void
await(struct waiter *w, int n)
{
    pthread_mutex_lock(&w->lock);
    while (w->n < n)
        pthread_cond_wait(&w->came, &w->lock);
    pthread_mutex_unlock(&w->lock);
}

#define WAITER                                                                                                         \
    {                                                                                                                  \
        PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0,                                                     \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }

static struct image_result
process(struct image_pool *pool)
{
    struct waiter w = WAITER;
    struct err err = {0};
    assert_true(image_process_async(pool, in_dir("in"), in_dir("public.jpg"), in_dir("thumb.jpg"), came, &w, &err));
    await(&w, 1);
    return w.last;
}

static struct image_pool *
start(void)
{
    struct err err = {0};
    struct image_pool *pool = image_pool_start("/proc/self/exe", &err);
    assert_non_null(pool);
    return pool;
}

static void
test_whole_way(void **state)
{
    (void)state;
    struct image_pool *pool = start();
    struct buf f = {0}, exif = {0}, out = {0};
    make_exif(&exif, true, 6, "NE");
    make_jpeg(&f, 2400, 1800, 0, buf_view(&exif));
    write_file("in", buf_view(&f));
    struct image_result r = process(pool);
    if (!r.ok)
        fail_msg("%s", r.err.detail);
    assert_int_equal(r.kind, MEDIA_JPEG);
    assert_true(r.width == 1800 && r.height == 2400); /* upright */
    assert_true(r.public_width == 1200 && r.public_height == 1600);
    assert_true(r.thumb_width == 240 && r.thumb_height == 320);
    assert_true(r.has_gps);
    assert_string_equal(r.lat, "25.600122");
    assert_string_equal(r.lon, "115.790111");
    assert_string_equal(r.taken, "2026-04-21 09:05:33");
    static const char *const names[] = {"public.jpg", "thumb.jpg"};
    for (size_t i = 0; i < 2; i++) {
        struct image_report report;
        struct pixels p;
        struct stat st;
        out.n = 0;
        read_file(names[i], &out);
        assert_null(memmem(out.p, out.n, "Exif", 4));
        assert_null(memmem(out.p, out.n, "2026:04", 7));
        assert_int_equal(decode(buf_view(&out), &report, &p), IMAGE_FINE);
        assert_false(report.exif.has_gps);
        assert_int_equal(report.exif.orientation, 1);
        near(&p, p.w - 1, p.h / 6, 255, 0, 0); /* the left third is on top now, the bottom on the left */
        near(&p, 0, p.h * 5 / 6, 0, 0, 128);
        pixels_release(&p);
        assert_int_equal(stat(in_dir(names[i]), &st), 0);
        assert_int_equal(st.st_mode & 07777, 0600);
    }
    assert_int_equal(files_in_dir(), 3);
    image_pool_stop(pool);
    image_pool_stop(NULL);
    buf_release(&f);
    buf_release(&exif);
    buf_release(&out);
}

static void
test_nothing_rides_along(void **state)
{
    (void)state;
    struct image_pool *pool = start();
    struct buf f = {0}, out = {0};
    make_jpeg(&f, 64, 48, 0, STR(""));
    struct buf poly = {0}; /* a comment with a script, the picture, and a ZIP behind it */
    buf_add(&poly, f.p, 2);
    buf_add(&poly, "\xff\xfe\x00\x1b<script>alert(1)</script>", 29);
    buf_add(&poly, f.p + 2, f.n - 2);
    buf_add(&poly, "PK\x03\x04 hidden file", 16);
    write_file("in", buf_view(&poly));
    assert_true(process(pool).ok);
    read_file("public.jpg", &out);
    read_file("thumb.jpg", &out);
    assert_null(memmem(out.p, out.n, "script", 6));
    assert_null(memmem(out.p, out.n, "hidden", 6));
    image_pool_stop(pool);
    buf_release(&f);
    buf_release(&poly);
    buf_release(&out);
}

static void
test_refusals_leave_nothing(void **state)
{
    (void)state;
    struct image_pool *pool = start();
    struct buf cut = {0}, bomb = {0}, large = {0};
    make_jpeg(&cut, 640, 480, 0, STR(""));
    cut.n -= 500;
    make_png(&bomb, 4, 4, PNG_COLOR_TYPE_GRAY, 8, false, 0, STR(""));
    memcpy(bomb.p + 16, "\0\0\x75\x30\0\0\x75\x30", 8);
    make_jpeg(&large, 8, 8, 0, STR(""));
    buf_need(&large, 21 << 20);
    memset(large.p + large.n, 0, 21 << 20);
    large.n += 21 << 20;
    const struct {
        struct str file;
        enum err_kind kind;
    } rows[] = {
        {STR("%PDF-1.7\n"), ERR_MEDIA},
        {STR("GIF89a\1\0\1\0"), ERR_MEDIA},
        {STR("<svg xmlns='http://www.w3.org/2000/svg'/>"), ERR_MEDIA},
        {STR(""), ERR_MEDIA},
        {buf_view(&cut), ERR_MEDIA},
        {buf_view(&bomb), ERR_TOO_LARGE},
        {buf_view(&large), ERR_TOO_LARGE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        write_file("in", rows[i].file);
        struct image_result r = process(pool);
        assert_false(r.ok);
        if (r.err.kind != rows[i].kind)
            fail_msg("row %zu: %s", i, r.err.detail);
        assert_true(r.err.message[0]);
        assert_int_equal(files_in_dir(), 1);
    }
    unlink(in_dir("in"));
    assert_int_equal(process(pool).err.kind, ERR_INTERNAL); /* no such file */
    assert_int_equal(symlink("/etc/passwd", in_dir("in")), 0);
    assert_int_equal(process(pool).err.kind, ERR_INTERNAL);
    assert_int_equal(files_in_dir(), 1);
    image_pool_stop(pool);
    buf_release(&cut);
    buf_release(&bomb);
    buf_release(&large);
}

static void
test_descriptors(void **state)
{
    (void)state;
    struct image_pool *pool = start();
    struct buf f = {0};
    struct waiter w = WAITER;
    make_webp(&f, 400, 300, false, STR(""));
    int in = memfd_create("in", MFD_CLOEXEC), public = memfd_create("public", MFD_CLOEXEC),
        thumb = memfd_create("thumb", MFD_CLOEXEC);
    assert_int_equal(write(in, f.p, f.n), f.n);
    assert_true(image_process_fds_async(pool, in, public, thumb, came, &w, NULL));
    await(&w, 1);
    assert_true(w.last.ok);
    assert_int_equal(w.last.kind, MEDIA_WEBP);
    assert_true(w.last.public_width == 400 && w.last.thumb_width == 320 && w.last.thumb_height == 240);
    assert_false(w.last.has_gps);
    assert_string_equal(w.last.taken, "");
    assert_true(lseek(thumb, 0, SEEK_END) > 0);
    int closed = open("/dev/null", O_RDONLY | O_CLOEXEC); /* an output that cannot be written */
    assert_true(image_process_fds_async(pool, in, closed, thumb, came, &w, NULL));
    await(&w, 2);
    assert_int_equal(w.last.err.kind, ERR_INTERNAL);
    close(closed);
    close(in);
    close(public);
    close(thumb);
    image_pool_stop(pool);
    buf_release(&f);
}

/* The living children of a process. */
static int
children_of(pid_t parent, pid_t found[8])
{
    int n = 0;
    DIR *d = opendir("/proc");
    for (struct dirent *e; n < 8 && (e = readdir(d));) {
        char path[300], state_of;
        int pid, its_parent;
        snprintf(path, sizeof path, "/proc/%s/stat", e->d_name);
        FILE *f = e->d_name[0] >= '1' && e->d_name[0] <= '9' ? fopen(path, "re") : NULL;
        if (!f)
            continue;
        if (fscanf(f, "%d (%*[^)]) %c %d", &pid, &state_of, &its_parent) == 3 && its_parent == parent &&
            state_of != 'Z')
            found[n++] = pid;
        fclose(f);
    }
    closedir(d);
    return n;
}

/* Shoots whoever is at work, or his worker, until the photo has been answered. Somebody who has just finished another
 * photo may be hit first; that harms nobody. */
static void
shoot(struct waiter *w, bool the_child, int with)
{
    for (int tries = 0; tries < 5000; tries++) {
        pid_t workers[8], theirs[8];
        int n = children_of(getpid(), workers);
        for (int i = 0; i < n; i++)
            if (children_of(workers[i], theirs) == 1)
                kill(the_child ? theirs[0] : workers[i], with);
        pthread_mutex_lock(&w->lock);
        bool answered = w->n > 0;
        pthread_mutex_unlock(&w->lock);
        if (answered)
            return;
        usleep(1000);
    }
    fail_msg("nobody is at work");
}

static void
test_idle_worker_killed(void **state)
{
    (void)state;
    struct image_pool *pool = start();
    struct buf f = {0};
    make_jpeg(&f, 64, 48, 0, STR(""));
    write_file("in", buf_view(&f));
    for (int i = 0; i < 3; i++) {
        assert_true(process(pool).ok);
        pid_t workers[8];
        int n = children_of(getpid(), workers);
        assert_in_range(n, 1, 2);
        for (int k = 0; k < n; k++)
            kill(workers[k], SIGKILL);
        usleep(20000);
    }
    assert_true(process(pool).ok);
    image_pool_stop(pool);
    pid_t left[8];
    assert_int_equal(children_of(getpid(), left), 0);
    buf_release(&f);
}

/* 60 megapixels, interlaced: busy long enough to be shot. */
static void
make_slow(struct buf *f)
{
    make_png(f, 7000, 7000, PNG_COLOR_TYPE_GRAY, 8, true, 9, STR(""));
}

static void
test_killed_at_work_costs_one_photo(void **state)
{
    (void)state;
    struct image_pool *pool = start();
    struct buf slow = {0}, quick = {0};
    make_slow(&slow);
    make_jpeg(&quick, 64, 48, 0, STR(""));
    static const struct {
        bool the_child;
        int signal;
        enum err_kind kind;
    } rows[] = {{true, SIGKILL, ERR_MEDIA},
                {true, SIGSYS, ERR_MEDIA},
                {true, SIGXCPU, ERR_MEDIA},
                {false, SIGKILL, ERR_BUSY}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct waiter w = WAITER;
        write_file("in", buf_view(&slow));
        assert_true(image_process_async(pool, in_dir("in"), in_dir("public.jpg"), in_dir("thumb.jpg"), came, &w, NULL));
        shoot(&w, rows[i].the_child, rows[i].signal);
        await(&w, 1);
        assert_false(w.last.ok);
        if (w.last.err.kind != rows[i].kind)
            fail_msg("row %zu: %s", i, w.last.err.detail);
        assert_int_equal(files_in_dir(), 1);
        write_file("in", buf_view(&quick));
        struct image_result next = process(pool);
        if (next.err.kind == ERR_BUSY) /* an idle worker was hit, and its death not yet known */
            next = process(pool);
        assert_true(next.ok);
        unlink(in_dir("public.jpg"));
        unlink(in_dir("thumb.jpg"));
    }
    image_pool_stop(pool);
    buf_release(&slow);
    buf_release(&quick);
}

static void
test_stop_answers_everybody(void **state)
{
    (void)state;
    struct image_pool *pool = start();
    struct buf f = {0};
    struct waiter w = WAITER;
    int taken = 0;
    struct err err = {0};
    make_slow(&f);
    write_file("in", buf_view(&f));
    char public[160], thumb[160];
    for (; taken < 200; taken++) {
        snprintf(public, sizeof public, "%s/p%d", dir, taken);
        snprintf(thumb, sizeof thumb, "%s/t%d", dir, taken);
        if (!image_process_async(pool, in_dir("in"), public, thumb, came, &w, &err))
            break;
    }
    assert_int_equal(err.kind, ERR_BUSY);
    assert_in_range(taken, 64, 199);
    usleep(50000);
    image_pool_stop(pool);
    assert_int_equal(w.n, taken);
    assert_int_equal(w.last.err.kind, ERR_BUSY);
    for (int i = 0; i < taken; i++) {
        snprintf(public, sizeof public, "%s/p%d", dir, i);
        snprintf(thumb, sizeof thumb, "%s/t%d", dir, i);
        unlink(public);
        unlink(thumb);
    }
    assert_int_equal(files_in_dir(), 1);
    buf_release(&f);
}

/* More than one worker's life. */
static void
test_many_photos(void **state)
{
    (void)state;
    enum { N = 230, AT_ONCE = 10 };
    struct image_pool *pool = start();
    struct buf f = {0};
    struct waiter w = WAITER;
    make_jpeg(&f, 64, 48, 0, STR(""));
    int in = memfd_create("in", MFD_CLOEXEC), out[AT_ONCE][2];
    assert_int_equal(write(in, f.p, f.n), f.n);
    for (int i = 0; i < AT_ONCE; i++)
        for (int k = 0; k < 2; k++)
            out[i][k] = memfd_create("out", MFD_CLOEXEC);
    for (int i = 0; i < N; i++) {
        if (i % AT_ONCE == 0)
            await(&w, i);
        assert_true(image_process_fds_async(pool, in, out[i % AT_ONCE][0], out[i % AT_ONCE][1], came, &w, NULL));
    }
    await(&w, N);
    assert_int_equal(w.n_ok, N);
    image_pool_stop(pool);
    for (int i = 0; i < AT_ONCE; i++)
        for (int k = 0; k < 2; k++)
            close(out[i][k]);
    close(in);
    buf_release(&f);
}

static void
test_no_such_program(void **state)
{
    (void)state;
    struct image_pool *pool = image_pool_start("/no/such/program", NULL);
    write_file("in", STR("\xff\xd8\xff"));
    assert_int_equal(process(pool).err.kind, ERR_BUSY);
    image_pool_stop(pool);
}

static void
test_worker_by_hand(void **state)
{
    (void)state;
    int null = open("/dev/null", O_RDWR), in = dup(STDIN_FILENO), err = dup(STDERR_FILENO);
    dup2(null, STDIN_FILENO);
    dup2(null, STDERR_FILENO);
    int status = image_worker_main();
    if (in >= 0)
        dup2(in, STDIN_FILENO);
    dup2(err, STDERR_FILENO);
    close(null);
    close(in);
    close(err);
    assert_int_equal(status, 2);
}

int
main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], IMAGE_WORKER_ARGUMENT) == 0)
        return image_worker_main();
#define HERE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sandbox),
        HERE(test_whole_way),
        HERE(test_nothing_rides_along),
        HERE(test_refusals_leave_nothing),
        HERE(test_descriptors),
        HERE(test_idle_worker_killed),
        HERE(test_killed_at_work_costs_one_photo),
        HERE(test_stop_answers_everybody),
        HERE(test_many_photos),
        HERE(test_no_such_program),
        cmocka_unit_test(test_worker_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
