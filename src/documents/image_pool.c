/* The server's side: threads that wait for workers, so that nobody else has to. Each thread has one worker at a time,
 * started when the first photo comes and replaced after 100 photos, a crash or a time-out: children of one worker share
 * its memory layout, and nobody shall have many tries at guessing it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "image_parts.h"
#include "image_worker.h"

enum {
    THREADS = 2,
    QUEUE = 64,
    PHOTOS_PER_WORKER = 100,
    PATIENCE_MS = 20 * 1000, /* the child's own limit is 10 s of processor time */
    OUTPUT_BYTES_MAX = 8 * 1024 * 1024,
};

enum { IN, PUBLIC, THUMB };

struct job {
    struct job *next;
    char *paths[ORDER_FDS]; /* all NULL: fds are the caller's */
    int fds[ORDER_FDS];
    image_done *done;
    void *arg;
};

struct worker {
    pid_t pid; /* 0: none */
    int socket;
    int photos;
};

struct image_pool {
    char *self_exe;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t work;
    struct job *first, **last;
    int waiting;
    bool stopping;
    int n_threads;
    struct seat {
        struct image_pool *pool;
        pthread_t thread;
        struct worker worker; /* its socket is closed under the lock, because stopping shuts it down */
    } seats[THREADS];
};

/* Workers */

static bool
spawn(const char *self_exe, int socket, pid_t *pid)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    char name[] = "shaodao", argument[] = IMAGE_WORKER_ARGUMENT, locale[] = "LC_ALL=C.UTF-8";
    char *argv[] = {name, argument, NULL}, *envp[] = {locale, NULL}; /* nothing of the server's environment */
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    bool ok = posix_spawn_file_actions_adddup2(&files, socket, STDIN_FILENO) == 0 &&
              posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) == 0 &&
              posix_spawn(pid, self_exe, &files, &attributes, argv, envp) == 0;
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    return ok;
}

static bool
worker_start(struct image_pool *pool, struct worker *w)
{
    int fd[2];
    pid_t pid;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) != 0)
        return false;
    bool ok = spawn(pool->self_exe, fd[1], &pid);
    close(fd[1]);
    if (!ok) {
        close(fd[0]);
        return false;
    }
    pthread_mutex_lock(&pool->lock);
    *w = (struct worker){pid, fd[0], 0};
    if (pool->stopping)
        shutdown(fd[0], SHUT_RDWR);
    pthread_mutex_unlock(&pool->lock);
    return true;
}

static void
worker_end(struct image_pool *pool, struct worker *w)
{
    if (!w->pid)
        return;
    kill(-w->pid, SIGKILL); /* its child too */
    while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    pthread_mutex_lock(&pool->lock);
    close(w->socket);
    *w = (struct worker){0};
    pthread_mutex_unlock(&pool->lock);
}

static bool
send_order(struct image_pool *pool, struct worker *w, const int fds[ORDER_FDS])
{
    for (int tries = 0; tries < 2; tries++) {
        if (!w->pid && !worker_start(pool, w))
            return false;
        if (image_order_send(w->socket, fds))
            return true;
        worker_end(pool, w); /* it died while it had nothing to do */
    }
    return false;
}

static enum image_trouble
receive_report(int socket, struct image_report *r)
{
    struct pollfd p = {.fd = socket, .events = POLLIN};
    int ready;
    do
        ready = poll(&p, 1, PATIENCE_MS);
    while (ready < 0 && errno == EINTR);
    if (ready == 0)
        return IMAGE_TOO_LONG;
    ssize_t n = recv(socket, r, sizeof *r, MSG_DONTWAIT);
    return n == sizeof *r ? r->trouble : IMAGE_WORKER_GONE;
}

static enum image_trouble
ask_worker(struct image_pool *pool, struct worker *w, const int fds[ORDER_FDS], struct image_report *r)
{
    if (!send_order(pool, w, fds))
        return IMAGE_WORKER_GONE;
    enum image_trouble trouble = receive_report(w->socket, r);
    if (++w->photos >= PHOTOS_PER_WORKER || trouble == IMAGE_CRASHED || trouble == IMAGE_TOO_LONG ||
        trouble == IMAGE_WORKER_GONE)
        worker_end(pool, w);
    return trouble;
}

/* What came back is believed as far as it can be checked. */

static bool
within(int v, int max)
{
    return v >= 1 && v <= max;
}

static bool
is_moment_or_empty(const char s[20])
{
    static const char shape[] = "dddd-dd-dd dd:dd:dd";
    if (s[0] == '\0')
        return true;
    for (size_t i = 0; i < sizeof shape - 1; i++)
        if (shape[i] == 'd' ? s[i] < '0' || s[i] > '9' : s[i] != shape[i])
            return false;
    return s[sizeof shape - 1] == '\0';
}

static bool
is_plausible(const struct image_report *r)
{
    return media_is_photo(r->kind) && within(r->width, IMAGE_SIDE_MAX) && within(r->height, IMAGE_SIDE_MAX) &&
           within(r->public_width, IMAGE_PUBLIC_SIDE) && within(r->public_height, IMAGE_PUBLIC_SIDE) &&
           within(r->thumb_width, IMAGE_THUMB_SIDE) && within(r->thumb_height, IMAGE_THUMB_SIDE) &&
           r->exif.lat_e6 >= -90000000 && r->exif.lat_e6 <= 90000000 && r->exif.lon_e6 >= -180000000 &&
           r->exif.lon_e6 <= 180000000 && is_moment_or_empty(r->exif.taken);
}

static bool
is_jpeg_output(int fd)
{
    uint8_t head[3];
    struct stat st;
    return fstat(fd, &st) == 0 && st.st_size > 0 && st.st_size <= OUTPUT_BYTES_MAX &&
           pread(fd, head, sizeof head, 0) == sizeof head && media_sniff(head, sizeof head) == MEDIA_JPEG;
}

static void
degrees(int32_t e6, char out[16])
{
    int64_t v = e6 < 0 ? -(int64_t)e6 : e6;
    snprintf(out, 16, "%s%d.%06d", e6 < 0 ? "-" : "", (int)(v / 1000000) % 1000, (int)(v % 1000000));
}

static void
fill(struct image_result *to, const struct image_report *r)
{
    to->ok = true;
    to->kind = r->kind;
    to->width = r->width;
    to->height = r->height;
    to->public_width = r->public_width;
    to->public_height = r->public_height;
    to->thumb_width = r->thumb_width;
    to->thumb_height = r->thumb_height;
    to->has_gps = r->exif.has_gps;
    if (to->has_gps) {
        degrees(r->exif.lat_e6, to->lat);
        degrees(r->exif.lon_e6, to->lon);
    }
    memcpy(to->taken, r->exif.taken, sizeof to->taken);
}

static const struct {
    enum err_kind kind;
    const char *message, *detail;
} troubles[IMAGE_TROUBLE_COUNT] = {
    [IMAGE_NOT_TAKEN] = {ERR_MEDIA, "只收 JPEG、PNG、WebP 格式的照片", "not a photo of a kind that is taken"},
    [IMAGE_TOO_LARGE] = {ERR_TOO_LARGE, "照片太大：每张不超过 20 MB、6400 万像素", "photo too large"},
    [IMAGE_BROKEN] = {ERR_MEDIA, "照片不完整或已损坏，请重新选择", "photo damaged"},
    [IMAGE_TOO_LONG] = {ERR_MEDIA, "这张照片处理不了，请换一张", "photo used up its time"},
    [IMAGE_CRASHED] = {ERR_MEDIA, "这张照片处理不了，请换一张", "image child crashed"},
    [IMAGE_NO_SANDBOX] = {ERR_INTERNAL, "照片暂时不能处理", "image child could not be confined (seccomp, rlimits)"},
    [IMAGE_IO] = {ERR_INTERNAL, "照片暂时不能保存", "image files could not be opened, read or written"},
    [IMAGE_WORKER_GONE] = {ERR_BUSY, "照片暂时不能处理，请稍后再试", "image worker gone"},
};

static void
explain(struct image_result *to, enum image_trouble t)
{
    if (t <= IMAGE_FINE || t >= IMAGE_TROUBLE_COUNT)
        t = IMAGE_CRASHED;
    err_set(&to->err, troubles[t].kind, "%s", troubles[t].message);
    err_detail(&to->err, "%s", troubles[t].detail);
}

/* One photo */

static enum image_trouble
process_fds(struct seat *seat, const int fds[ORDER_FDS], struct image_result *result)
{
    struct image_report r = {0};
    enum image_trouble t = ask_worker(seat->pool, &seat->worker, fds, &r);
    if (t != IMAGE_FINE)
        return t;
    if (!is_plausible(&r) || !is_jpeg_output(fds[PUBLIC]) || !is_jpeg_output(fds[THUMB]))
        return IMAGE_CRASHED;
    fill(result, &r);
    return IMAGE_FINE;
}

static char *
part_path(const char *path)
{
    struct buf b = {0};
    buf_printf(&b, "%s.part", path);
    buf_char(&b, '\0');
    return b.p;
}

static bool
sync_folder_of(const char *path)
{
    char *folder = xstrdup(path), *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder ? 1 : 0] = '\0';
    int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    free(folder);
    return ok;
}

/* Both files get their names only when both are whole and on the disk. */
static bool
keep(const struct job *j, char *const parts[ORDER_FDS], const int fds[ORDER_FDS])
{
    return fsync(fds[PUBLIC]) == 0 && fsync(fds[THUMB]) == 0 && rename(parts[PUBLIC], j->paths[PUBLIC]) == 0 &&
           rename(parts[THUMB], j->paths[THUMB]) == 0 && sync_folder_of(j->paths[PUBLIC]) &&
           sync_folder_of(j->paths[THUMB]);
}

static bool
open_all(const struct job *j, char *const parts[ORDER_FDS], int fds[ORDER_FDS])
{
    struct stat st;
    fds[IN] = open(j->paths[IN], O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    for (int i = PUBLIC; i <= THUMB; i++)
        fds[i] = open(parts[i], O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    return fds[IN] >= 0 && fstat(fds[IN], &st) == 0 && S_ISREG(st.st_mode) && fds[PUBLIC] >= 0 && fds[THUMB] >= 0;
}

static enum image_trouble
process_paths(struct seat *seat, const struct job *j, struct image_result *result)
{
    int fds[ORDER_FDS];
    char *parts[ORDER_FDS] = {NULL, part_path(j->paths[PUBLIC]), part_path(j->paths[THUMB])};
    enum image_trouble t = open_all(j, parts, fds) ? process_fds(seat, fds, result) : IMAGE_IO;
    if (t == IMAGE_FINE && !keep(j, parts, fds))
        t = IMAGE_IO;
    for (int i = IN; i <= THUMB; i++) {
        if (fds[i] >= 0)
            close(fds[i]);
        if (t != IMAGE_FINE && parts[i])
            unlink(parts[i]);
        free(parts[i]);
    }
    return t;
}

static void
job_free(struct job *j)
{
    for (int i = IN; i <= THUMB; i++)
        free(j->paths[i]);
    free(j);
}

static void
answer(struct job *j, struct image_result *result, enum image_trouble t)
{
    if (t != IMAGE_FINE) {
        *result = (struct image_result){0};
        explain(result, t);
    }
    j->done(result, j->arg);
    job_free(j);
}

static struct job *
next_job(struct image_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    while (!pool->first && !pool->stopping)
        pthread_cond_wait(&pool->work, &pool->lock);
    struct job *j = pool->stopping ? NULL : pool->first;
    if (j) {
        pool->first = j->next;
        if (!pool->first)
            pool->last = &pool->first;
        pool->waiting--;
    }
    pthread_mutex_unlock(&pool->lock);
    return j;
}

static void *
serve(void *arg)
{
    struct seat *seat = arg;
    for (struct job *j; (j = next_job(seat->pool));) {
        struct image_result result = {0};
        enum image_trouble t = j->paths[IN] ? process_paths(seat, j, &result) : process_fds(seat, j->fds, &result);
        answer(j, &result, t);
    }
    worker_end(seat->pool, &seat->worker);
    return NULL;
}

/* The pool */

struct image_pool *
image_pool_start(const char *self_exe, struct err *err)
{
    struct image_pool *pool = xcalloc(1, sizeof *pool);
    sigset_t all, before;
    pool->self_exe = xstrdup(self_exe);
    pool->last = &pool->first;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->work, NULL);
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before); /* signals are the main thread's business */
    for (; pool->n_threads < THREADS; pool->n_threads++) {
        struct seat *seat = &pool->seats[pool->n_threads];
        seat->pool = pool;
        if (pthread_create(&seat->thread, NULL, serve, seat) != 0)
            break;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (pool->n_threads == THREADS)
        return pool;
    image_pool_stop(pool);
    err_set(err, ERR_INTERNAL, "不能启动照片处理");
    return NULL;
}

void
image_pool_quit(struct image_pool *pool)
{
    if (!pool || pool->stopping)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->stopping = true;
    for (int i = 0; i < pool->n_threads; i++)
        if (pool->seats[i].worker.pid)
            shutdown(pool->seats[i].worker.socket, SHUT_RDWR);
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    for (int i = 0; i < pool->n_threads; i++)
        pthread_join(pool->seats[i].thread, NULL);
    for (struct job *j = pool->first, *next; j; j = next) {
        struct image_result result = {0};
        next = j->next;
        answer(j, &result, IMAGE_WORKER_GONE);
    }
    pool->first = NULL;
}

void
image_pool_stop(struct image_pool *pool)
{
    if (!pool)
        return;
    image_pool_quit(pool);
    pthread_mutex_destroy(&pool->lock);
    pthread_cond_destroy(&pool->work);
    free(pool->self_exe);
    free(pool);
}

static bool
enqueue(struct image_pool *pool, struct job *j, struct err *err)
{
    pthread_mutex_lock(&pool->lock);
    bool room = pool->waiting < QUEUE && !pool->stopping;
    if (room) {
        *pool->last = j;
        pool->last = &j->next;
        pool->waiting++;
        pthread_cond_signal(&pool->work);
    }
    pthread_mutex_unlock(&pool->lock);
    if (room)
        return true;
    job_free(j);
    return err_set(err, ERR_BUSY, "照片太多，请稍后再试");
}

bool
image_process_async(struct image_pool *pool, const char *in_path, const char *public_path, const char *thumb_path,
                    image_done *done, void *arg, struct err *err)
{
    struct job *j = xcalloc(1, sizeof *j);
    j->paths[IN] = xstrdup(in_path);
    j->paths[PUBLIC] = xstrdup(public_path);
    j->paths[THUMB] = xstrdup(thumb_path);
    j->done = done;
    j->arg = arg;
    return enqueue(pool, j, err);
}

bool
image_process_fds_async(struct image_pool *pool, int in, int public_out, int thumb_out, image_done *done, void *arg,
                        struct err *err)
{
    struct job *j = xcalloc(1, sizeof *j);
    j->fds[IN] = in;
    j->fds[PUBLIC] = public_out;
    j->fds[THUMB] = thumb_out;
    j->done = done;
    j->arg = arg;
    return enqueue(pool, j, err);
}
