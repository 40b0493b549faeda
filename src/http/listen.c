/* The server: its sockets and its loops. */
#include "parts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 1024, LOOPS_MAX = 8, LOOPS_MOST = 64 };

static bool
failed(struct err *err, const char *what, const char *where)
{
    return err_set(err, ERR_INTERNAL, "could not %s %s: %s", what, where, strerror(errno));
}

/* ---- Unix sockets */

/* A socket file that nobody answers on is left over from a crash; one that answers belongs to a running server. */
static bool
remove_stale(const struct sockaddr_un *sa, struct err *err)
{
    struct stat st;
    if (lstat(sa->sun_path, &st) != 0)
        return errno == ENOENT || failed(err, "use", sa->sun_path);
    if (!S_ISSOCK(st.st_mode))
        return err_set(err, ERR_INTERNAL, "could not use %s: it is not a socket", sa->sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool answers = fd >= 0 && connect(fd, (const struct sockaddr *)sa, sizeof *sa) == 0;
    if (fd >= 0)
        close(fd);
    if (answers)
        return err_set(err, ERR_CONFLICT, "another server listens on %s", sa->sun_path);
    return unlink(sa->sun_path) == 0 || errno == ENOENT || failed(err, "replace", sa->sun_path);
}

static int
listen_unix(struct http_server *s, const char *path, struct err *err)
{
    struct sockaddr_un sa = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof sa.sun_path) {
        err_set(err, ERR_USAGE, "the path of the socket is too long: %s", path);
        return -1;
    }
    memcpy(sa.sun_path, path, strlen(path) + 1);
    if (!remove_stale(&sa, err))
        return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    /* Nobody can connect before listen(), so the mode is right from the first moment. */
    if (fd < 0 || bind(fd, (struct sockaddr *)&sa, sizeof sa) != 0 || chmod(path, 0660) != 0 ||
        listen(fd, BACKLOG) != 0) {
        failed(err, "listen on", path);
        if (fd >= 0)
            close(fd);
        return -1;
    }
    s->unix_path = xstrdup(path);
    return fd;
}

/* ---- TCP */

static int
bind_tcp(const struct sockaddr *sa, socklen_t n)
{
    int on = 1, fd = socket(sa->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* connections inherit it */
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    if (bind(fd, sa, n) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

static int
bound_port(int fd)
{
    struct sockaddr_storage ss = {0};
    socklen_t n = sizeof ss;
    if (getsockname(fd, (struct sockaddr *)&ss, &n) != 0)
        return 0;
    if (ss.ss_family == AF_INET)
        return ntohs(((struct sockaddr_in *)&ss)->sin_port);
    return ss.ss_family == AF_INET6 ? ntohs(((struct sockaddr_in6 *)&ss)->sin6_port) : 0;
}

/* SO_REUSEPORT would let a second server of the same user share the port in silence: try once without it. */
static bool
is_port_free(const struct sockaddr *sa, socklen_t n)
{
    int on = 1, fd = socket(sa->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return true; /* the real attempt will say what is wrong */
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    bool is_free = bind(fd, sa, n) == 0 || errno != EADDRINUSE;
    close(fd);
    return is_free;
}

/* "127.0.0.1:8080", "[::1]:0", "localhost:8080" */
static bool
split_host_port(const char *listen_at, char host[256], const char **port)
{
    const char *colon = strrchr(listen_at, ':');
    if (!colon || !colon[1])
        return false;
    size_t n = (size_t)(colon - listen_at);
    if (n >= 2 && listen_at[0] == '[' && listen_at[n - 1] == ']')
        listen_at++, n -= 2;
    if (n >= 256)
        return false;
    memcpy(host, listen_at, n);
    host[n] = 0;
    *port = colon + 1;
    return true;
}

static bool
listen_tcp(struct http_server *s, const char *listen_at, struct err *err)
{
    char host[256];
    const char *port;
    struct addrinfo want = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV}, *found = NULL;
    if (!split_host_port(listen_at, host, &port) || getaddrinfo(host[0] ? host : NULL, port, &want, &found) != 0)
        return err_set(err, ERR_USAGE, "not an address to listen on: %s (like 127.0.0.1:8080)", listen_at);
    struct sockaddr_storage ss = {0};
    socklen_t n = found->ai_addrlen;
    memcpy(&ss, found->ai_addr, n);
    freeaddrinfo(found);
    if (!is_port_free((struct sockaddr *)&ss, n)) {
        errno = EADDRINUSE;
        return failed(err, "listen on", listen_at);
    }
    for (int i = 0; i < s->n_loops; i++) {
        int fd = bind_tcp((struct sockaddr *)&ss, n);
        if (fd < 0)
            return failed(err, "listen on", listen_at);
        s->sockets[s->n_sockets++] = fd;
        if (i == 0) /* port 0: the others bind to what the first was given */
            s->port = bound_port(fd);
        in_port_t be = htons((uint16_t)s->port);
        if (ss.ss_family == AF_INET)
            ((struct sockaddr_in *)&ss)->sin_port = be;
        else
            ((struct sockaddr_in6 *)&ss)->sin6_port = be;
    }
    return true;
}

/* ---- one of the three */

/* "fd:3": a listening socket handed over by systemd. It stays open for the next process. */
static bool
take_inherited(struct http_server *s, const char *number, struct err *err)
{
    int64_t fd;
    if (!str_int(str_of(number), &fd) || fd < 0 || fd > 1 << 20 || fcntl((int)fd, F_SETFL, O_NONBLOCK) != 0 ||
        fcntl((int)fd, F_SETFD, FD_CLOEXEC) != 0)
        return err_set(err, ERR_USAGE, "fd:%s is not an open socket", number);
    s->is_inherited = s->is_shared_socket = true;
    s->port = bound_port((int)fd);
    s->sockets[s->n_sockets++] = (int)fd;
    return true;
}

static bool
open_sockets(struct http_server *s, const char *listen_at, struct err *err)
{
    s->sockets = xcalloc((size_t)s->n_loops, sizeof *s->sockets);
    if (strncmp(listen_at, "fd:", 3) == 0)
        return take_inherited(s, listen_at + 3, err);
    if (strncmp(listen_at, "unix:", 5) != 0)
        return listen_tcp(s, listen_at, err);
    int fd = listen_unix(s, listen_at + 5, err);
    if (fd < 0)
        return false;
    s->is_shared_socket = true;
    s->sockets[s->n_sockets++] = fd;
    return true;
}

static int
cores(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return n < LOOPS_MAX ? n : LOOPS_MAX;
}

static bool
check_base_path(const char *path, struct err *err)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-_.~";
    size_t n = strlen(path);
    bool ok = n == 0 || (path[0] == '/' && path[n - 1] != '/' && !strstr(path, "//") && strspn(path, allowed) == n);
    return ok || err_set(err, ERR_USAGE, "the base path is like /zhzf: a slash first, none last, letters and digits");
}

static bool
start(struct http_server *s, const struct http_options *opt, struct err *err)
{
    if (!check_base_path(s->base_path, err) ||
        !(s->router = router_new(s->site.routes, s->site.n_routes, err)) || !open_sockets(s, opt->listen, err))
        return false;
    s->loops = xcalloc((size_t)s->n_loops, sizeof(struct http_loop *));
    for (int i = 0; i < s->n_loops; i++)
        if (!(s->loops[i] = loop_new(s, i, err)) || !loop_listen(s->loops[i], s->sockets[i % s->n_sockets], err))
            return false;
    for (int i = 0; i < s->n_loops; i++)
        if (!loop_start(s->loops[i], err))
            return false;
    return true;
}

struct http_server *
http_start(const struct http_options *opt, const struct site *site, struct err *err)
{
    struct http_server *s = xcalloc(1, sizeof *s);
    s->site = *site;
    s->base_path = xstrdup(opt->base_path ? opt->base_path : "");
    s->accel_root = opt->accel_root ? xstrdup(opt->accel_root) : NULL;
    s->insecure_lan = opt->insecure_lan;
    s->n_loops = opt->n_loops > 0 ? opt->n_loops : cores();
    if (s->n_loops > LOOPS_MOST)
        s->n_loops = LOOPS_MOST;
    s->peers = peers_new();
    if (start(s, opt, err))
        return s;
    http_free(s);
    return NULL;
}

int
http_port(const struct http_server *s)
{
    return s->port;
}

const char *
http_base_path(const struct http_server *s)
{
    return s->base_path;
}

void
http_stop(struct http_server *s)
{
    if (s->is_stopped)
        return;
    s->is_stopped = true;
    for (int i = 0; i < s->n_sockets && !s->is_inherited; i++)
        shutdown(s->sockets[i], SHUT_RDWR); /* new clients are refused at once instead of waiting in a queue */
    for (int i = 0; s->loops && i < s->n_loops; i++)
        if (s->loops[i] && s->loops[i]->has_thread)
            loop_stop(s->loops[i]);
    for (int i = 0; s->loops && i < s->n_loops; i++)
        if (s->loops[i])
            loop_join(s->loops[i]);
    for (int i = 0; i < s->n_sockets; i++)
        close(s->sockets[i]);
    s->n_sockets = 0;
    if (s->unix_path)
        unlink(s->unix_path);
}

void
http_free(struct http_server *s)
{
    if (!s)
        return;
    http_stop(s);
    for (int i = 0; s->loops && i < s->n_loops; i++)
        loop_free(s->loops[i]);
    router_free(s->router);
    peers_free(s->peers);
    free(s->loops);
    free(s->sockets);
    free(s->unix_path);
    free(s->accel_root);
    free(s->base_path);
    free(s);
}
