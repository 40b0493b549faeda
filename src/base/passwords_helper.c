/* The helper: a supervisor forked at start and its two workers. All share one end of a SOCK_SEQPACKET pair, so the
 * kernel's queue is our queue and each request reaches exactly one worker. The server keeps the other end and a thread
 * that reads answers. The end of the server closes its end, and that ends the helper: no signal is needed. */
#include "passwords.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    WORKERS = 2,
    QUEUE = 32,
    IN_FLIGHT = WORKERS + QUEUE,
    WORKER_MEMORY = 256 * 1024 * 1024, /* beyond what the process had when it was forked */
    RESPAWN_PAUSE_US = 100 * 1000,
    NICENESS = 3, /* log-ins in the morning must not slow the pages of those who are in */
};

enum job_kind { JOB_HASH, JOB_VERIFY };

struct request {
    uint64_t id; /* never 0 */
    enum job_kind kind;
    size_t hash_n, password_n;
    char hash[PW_HASH_MAX], password[PW_BYTES_MAX];
};

struct reply {
    uint64_t id;
    struct pw_answer answer;
};

/* The helper's side */

/* What each worker is at, in memory that the supervisor sees after the worker's death. */
struct desk {
    _Atomic uint64_t id;
};

static void
limit(int what, rlim_t n)
{
    struct rlimit r = {n, n};
    setrlimit(what, &r);
}

static void
confine_memory(void)
{
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* their shadow memory is larger than any limit */
    unsigned long pages = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    if (f && fscanf(f, "%lu", &pages) == 1)
        limit(RLIMIT_AS, (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + WORKER_MEMORY);
    if (f)
        fclose(f);
#endif
}

static void
answer(const struct pw_settings *s, const struct request *q, struct pw_answer *a)
{
    struct err err = {0};
    struct str password = str_bytes(q->password, q->password_n);
    if (q->kind == JOB_HASH) {
        a->failed = !pw_hash_here(s, password, a->hash, &err);
        return;
    }
    a->match = pw_verify_here(s, str_bytes(q->hash, q->hash_n), password, &a->stale, &err);
    a->failed = !a->match && err.kind != ERR_LOGIN;
}

static _Noreturn void
work(int fd, const struct pw_settings *s, struct desk *desk)
{
    struct request q;
    confine_memory();
    for (;;) {
        ssize_t n = recv(fd, &q, sizeof q, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n != sizeof q || q.hash_n > PW_HASH_MAX || q.password_n > PW_BYTES_MAX)
            _exit(0); /* the server has closed its end */
        atomic_store(&desk->id, q.id);
        struct reply r = {.id = q.id};
        answer(s, &q, &r.answer);
        explicit_bzero(&q, sizeof q);
        if (send(fd, &r, sizeof r, MSG_NOSIGNAL) != sizeof r)
            _exit(0);
        atomic_store(&desk->id, 0);
    }
}

static pid_t
worker_start(int fd, const struct pw_settings *s, struct desk *desk)
{
    atomic_store(&desk->id, 0);
    pid_t pid = fork();
    if (pid == 0)
        work(fd, s, desk);
    return pid;
}

static void
report_death(int fd, struct desk *desk)
{
    struct reply r = {.id = atomic_load(&desk->id), .answer.failed = true};
    if (r.id)
        send(fd, &r, sizeof r, MSG_NOSIGNAL);
}

static _Noreturn void
supervise(int fd, const struct pw_settings *s)
{
    struct desk *desks = mmap(NULL, sizeof *desks * WORKERS, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (desks == MAP_FAILED)
        _exit(1);
    pid_t pids[WORKERS];
    for (size_t i = 0; i < WORKERS; i++)
        pids[i] = worker_start(fd, s, &desks[i]);
    for (;;) {
        int status;
        pid_t dead = waitpid(-1, &status, 0);
        if (dead < 0 && errno != EINTR)
            _exit(0); /* all have left */
        if (dead < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
            continue;
        for (size_t i = 0; i < WORKERS; i++)
            if (pids[i] == dead) {
                report_death(fd, &desks[i]);
                usleep(RESPAWN_PAUSE_US);
                pids[i] = worker_start(fd, s, &desks[i]);
            }
    }
}

/* The helper outlives signals meant for the server (Ctrl-C, systemd's SIGTERM), so that the last answers still come. */
static void
settle_in(int fd)
{
    sigset_t none;
    static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGUSR1, SIGUSR2};
    sigemptyset(&none);
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        signal(ignored[i], SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (fd > STDERR_FILENO + 1)
        close_range(STDERR_FILENO + 1, (unsigned)fd - 1, 0);
    close_range((unsigned)fd + 1, ~0U, 0);
    setpriority(PRIO_PROCESS, 0, NICENESS);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, 16);
    prctl(PR_SET_NAME, "shaodao-pw");
    prctl(PR_SET_DUMPABLE, 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* The server's side */

struct waiting {
    uint64_t id; /* 0: free */
    pw_done *done;
    void *arg;
};

struct pw_helper {
    int fd;
    pid_t supervisor;
    pthread_t reader;
    pthread_mutex_t lock; /* guards what follows */
    bool gone;
    bool has_quit;
    uint64_t last_id;
    struct waiting waiting[IN_FLIGHT];
};

static struct waiting
take(struct pw_helper *h, uint64_t id)
{
    struct waiting w = {0};
    pthread_mutex_lock(&h->lock);
    for (size_t i = 0; i < IN_FLIGHT; i++)
        if (h->waiting[i].id == id) {
            w = h->waiting[i];
            h->waiting[i].id = 0;
            break;
        }
    pthread_mutex_unlock(&h->lock);
    return w;
}

static void
fail_all(struct pw_helper *h)
{
    static const struct pw_answer failed = {.failed = true};
    pthread_mutex_lock(&h->lock);
    h->gone = true;
    struct waiting left[IN_FLIGHT];
    memcpy(left, h->waiting, sizeof left);
    memset(h->waiting, 0, sizeof h->waiting);
    pthread_mutex_unlock(&h->lock);
    for (size_t i = 0; i < IN_FLIGHT; i++)
        if (left[i].id)
            left[i].done(&failed, left[i].arg);
}

static void *
read_answers(void *arg)
{
    struct pw_helper *h = arg;
    struct reply r;
    for (;;) {
        ssize_t n = recv(h->fd, &r, sizeof r, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n != sizeof r)
            break;
        r.answer.hash[PW_HASH_MAX - 1] = '\0';
        struct waiting w = r.id ? take(h, r.id) : (struct waiting){0};
        if (w.id)
            w.done(&r.answer, w.arg);
    }
    fail_all(h);
    return NULL;
}

static bool
reader_start(struct pw_helper *h)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before); /* signals are the main thread's business */
    bool ok = pthread_create(&h->reader, NULL, read_answers, h) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return ok;
}

struct pw_helper *
pw_helper_start(const struct pw_settings *s, struct err *err)
{
    int fd[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) != 0) {
        err_set(err, ERR_INTERNAL, "不能启动口令进程：%s", strerror(errno));
        return NULL;
    }
    struct pw_helper *h = xcalloc(1, sizeof *h);
    h->fd = fd[0];
    pthread_mutex_init(&h->lock, NULL);
    h->supervisor = fork();
    if (h->supervisor == 0) {
        settle_in(fd[1]);
        supervise(fd[1], s);
    }
    close(fd[1]);
    if (h->supervisor < 0 || !reader_start(h)) {
        err_set(err, ERR_INTERNAL, "不能启动口令进程：%s", strerror(errno));
        close(h->fd);
        if (h->supervisor > 0)
            waitpid(h->supervisor, NULL, 0);
        free(h);
        return NULL;
    }
    return h;
}

void
pw_helper_quit(struct pw_helper *h)
{
    if (!h || h->has_quit)
        return;
    h->has_quit = true;
    shutdown(h->fd, SHUT_RDWR);
    pthread_join(h->reader, NULL); /* which has answered all and set `gone` */
    close(h->fd);
    while (waitpid(h->supervisor, NULL, 0) < 0 && errno == EINTR)
        ;
}

void
pw_helper_stop(struct pw_helper *h)
{
    if (!h)
        return;
    pw_helper_quit(h);
    pthread_mutex_destroy(&h->lock);
    free(h);
}

static struct waiting *
free_place(struct pw_helper *h)
{
    for (size_t i = 0; i < IN_FLIGHT; i++)
        if (!h->waiting[i].id)
            return &h->waiting[i];
    return NULL;
}

static bool
enqueue(struct pw_helper *h, struct request *q, pw_done *done, void *arg, struct err *err)
{
    bool ok = false;
    pthread_mutex_lock(&h->lock);
    struct waiting *w = free_place(h);
    if (h->gone) {
        err_set(err, ERR_BUSY, "口令服务暂时不可用，请稍后再试");
    } else if (!w) {
        err_set(err, ERR_RATE, "登录的人太多，请过一会儿再试");
    } else {
        q->id = ++h->last_id;
        *w = (struct waiting){q->id, done, arg};
        ok = send(h->fd, q, sizeof *q, MSG_DONTWAIT | MSG_NOSIGNAL) == sizeof *q;
        if (!ok) {
            w->id = 0;
            err_set(err, errno == EAGAIN ? ERR_RATE : ERR_BUSY, "登录的人太多，请过一会儿再试");
        }
    }
    pthread_mutex_unlock(&h->lock);
    explicit_bzero(q, sizeof *q);
    return ok;
}

static bool
ask(struct pw_helper *h, enum job_kind kind, struct str hash, struct str password, pw_done *done, void *arg,
    struct err *err)
{
    struct request q = {.kind = kind};
    if (password.n > sizeof q.password)
        return err_field(err, "password", "口令太长");
    if (hash.n > sizeof q.hash)
        hash.n = 0; /* none of ours; never matches */
    q.hash_n = hash.n;
    q.password_n = password.n;
    if (hash.n)
        memcpy(q.hash, hash.p, hash.n);
    if (password.n)
        memcpy(q.password, password.p, password.n);
    return enqueue(h, &q, done, arg, err);
}

bool
pw_hash_async(struct pw_helper *h, struct str password, pw_done *done, void *arg, struct err *err)
{
    return ask(h, JOB_HASH, STR(""), password, done, arg, err);
}

bool
pw_verify_async(struct pw_helper *h, struct str hash, struct str password, pw_done *done, void *arg, struct err *err)
{
    return ask(h, JOB_VERIFY, hash, password, done, arg, err);
}

/* Waiting */

struct waiter {
    pthread_mutex_t lock;
    pthread_cond_t came;
    bool done;
    struct pw_answer *answer;
};

static void
wake(const struct pw_answer *a, void *arg)
{
    struct waiter *w = arg;
    pthread_mutex_lock(&w->lock);
    *w->answer = *a;
    w->done = true;
    pthread_cond_signal(&w->came);
    pthread_mutex_unlock(&w->lock);
}

static bool
ask_and_wait(struct pw_helper *h, enum job_kind kind, struct str hash, struct str password, struct pw_answer *out,
             struct err *err)
{
    struct waiter w = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, out};
    if (!ask(h, kind, hash, password, wake, &w, err))
        return false;
    pthread_mutex_lock(&w.lock);
    while (!w.done)
        pthread_cond_wait(&w.came, &w.lock);
    pthread_mutex_unlock(&w.lock);
    return !out->failed || err_set(err, ERR_BUSY, "口令服务暂时不可用，请稍后再试");
}

bool
pw_hash_wait(struct pw_helper *h, struct str password, struct pw_answer *out, struct err *err)
{
    return ask_and_wait(h, JOB_HASH, STR(""), password, out, err);
}

bool
pw_verify_wait(struct pw_helper *h, struct str hash, struct str password, struct pw_answer *out, struct err *err)
{
    return ask_and_wait(h, JOB_VERIFY, hash, password, out, err);
}
