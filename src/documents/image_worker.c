/* The worker: waits for orders and forks a child for each. It never reads a byte of an upload itself. */
#include "image_worker.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "image_parts.h"

static bool
reply(const struct image_report *r)
{
    return send(STDIN_FILENO, r, sizeof *r, MSG_NOSIGNAL) == sizeof *r;
}

static _Noreturn void
do_job(const int fds[ORDER_FDS], pid_t worker)
{
    struct image_report r = {.trouble = IMAGE_NO_SANDBOX};
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != worker)
        _exit(1); /* nobody is left to watch over it */
    if (image_sandbox_enter())
        image_job(fds[0], fds[1], fds[2], &r);
    _exit(reply(&r) ? 0 : 1);
}

/* A child that ended in order has replied; for all others the worker does. */
static bool
await(pid_t child)
{
    struct image_report r = {.trouble = IMAGE_CRASHED};
    int status;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return reply(&r);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL))
        r.trouble = IMAGE_TOO_LONG;
    return reply(&r);
}

static bool
serve_one(void)
{
    int fds[ORDER_FDS];
    if (!image_order_receive(STDIN_FILENO, fds))
        return false;
    pid_t self = getpid(), child = fork();
    if (child == 0)
        do_job(fds, self);
    for (size_t i = 0; i < ORDER_FDS; i++)
        close(fds[i]);
    if (child < 0)
        return reply(&(struct image_report){.trouble = IMAGE_CRASHED});
    return await(child);
}

/* Ctrl-C and systemd's SIGTERM are meant for the server; the worker ends when the server closes the socket. */
static void
settle_in(void)
{
    static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        signal(ignored[i], SIG_IGN);
    close_range(STDERR_FILENO + 1, ~0U, 0);
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_NAME, "shaodao-image");
    prctl(PR_SET_DUMPABLE, 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (chdir("/") != 0)
        return; /* nothing depends on it */
}

int
image_worker_main(void)
{
    int type = 0;
    socklen_t n = sizeof type;
    if (getsockopt(STDIN_FILENO, SOL_SOCKET, SO_TYPE, &type, &n) != 0 || type != SOCK_SEQPACKET) {
        fputs("shaodao: image-worker is started by the server, not by hand\n", stderr);
        return 2;
    }
    settle_in();
    while (serve_one())
        ;
    return 0;
}
