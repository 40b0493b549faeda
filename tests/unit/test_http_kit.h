/* test_http_kit.h — a server on a free port of the loopback, and a client that speaks raw bytes to it. */
#ifndef TESTS_HTTP_KIT_H
#define TESTS_HTTP_KIT_H

#include "check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "http.h"
#include "parts.h"

static struct http_server *server;
static struct buf heard;
static size_t heard_used; /* bytes of it that answers have taken */
static int heard_fd = -1; /* where it came from */

/* A connection to the server; a read that takes longer than five seconds fails. */
static inline int
dial(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in sa = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)http_port(server)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval limit = {5, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (connect(fd, (struct sockaddr *)&sa, sizeof sa) != 0)
        fail_msg("connect: %s", strerror(errno));
    if (fd == heard_fd) /* a number used again: what was heard there is not of this connection */
        heard_fd = -1;
    return fd;
}

static inline bool
say_bytes(int fd, struct str s)
{
    while (s.n) {
        ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        s = str_slice(s, (size_t)n, s.n);
    }
    return true;
}

static inline bool
say(int fd, const char *z)
{
    return say_bytes(fd, str_of(z));
}

struct answer {
    int status; /* 0: the connection ended without an answer */
    struct str head, body;
    bool is_cut; /* the connection ended inside the body */
};

static inline struct str
answer_header(const struct answer *a, const char *name)
{
    struct str rest = a->head, line;
    size_t n = strlen(name);
    while (str_cut(&rest, '\n', &line))
        if (line.n > n && strncasecmp(line.p, name, n) == 0 && line.p[n] == ':')
            return str_trim(str_slice(line, n + 1, line.n));
    return STR("");
}

static inline bool
hear_more(int fd)
{
    char piece[16384];
    ssize_t n = recv(fd, piece, sizeof piece, 0);
    if (n < 0 && errno == EAGAIN)
        fail_msg("the server said nothing for five seconds");
    if (n > 0)
        buf_add(&heard, piece, (size_t)n);
    return n > 0;
}

/* The next answer; `has_body` is false after HEAD. Bytes beyond it (pipelining) stay for the next call on this fd. */
static inline struct answer
hear_answer(int fd, bool has_body)
{
    if (heard_fd != fd)
        heard_used = heard.n;
    heard_fd = fd;
    if (heard_used)
        memmove(heard.p, heard.p + heard_used, heard.n - heard_used);
    heard.n -= heard_used;
    heard_used = 0;
    struct answer a = {0};
    const char *end;
    while (!(end = heard.n ? memmem(heard.p, heard.n, "\r\n\r\n", 4) : NULL))
        if (!hear_more(fd)) {
            heard_used = heard.n;
            return a;
        }
    size_t head = (size_t)(end - heard.p) + 4;
    a.head = (struct str){heard.p, head};
    int64_t status = 0, length = 0;
    str_int(str_slice(a.head, 9, 12), &status);
    bool until_end =
        has_body && !str_int(answer_header(&a, "Content-Length"), &length) && status != 204 && status != 304;
    if (!has_body)
        length = 0;
    while (until_end || heard.n < head + (size_t)length)
        if (!hear_more(fd))
            break;
    size_t have = heard.n - head;
    a.is_cut = !until_end && have < (size_t)length;
    a.status = (int)status;
    a.head = (struct str){heard.p, head};
    a.body = (struct str){heard.p + head, until_end || have < (size_t)length ? have : (size_t)length};
    heard_used = head + a.body.n;
    return a;
}

/* One request on a connection of its own. */
static inline struct answer
ask(const char *request)
{
    int fd = dial();
    say(fd, request);
    struct answer a = hear_answer(fd, strncmp(request, "HEAD", 4) != 0);
    close(fd);
    return a;
}

static inline bool
is_closed(int fd)
{
    char c;
    ssize_t n = recv(fd, &c, 1, 0);
    return n == 0 || (n < 0 && errno != EAGAIN);
}

static inline void
sleep_ms(int ms)
{
    struct timespec t = {ms / 1000, ms % 1000 * 1000000L};
    nanosleep(&t, NULL);
}

static inline void
start_server(const struct http_options *opt, const struct site *site)
{
    struct err err = {0};
    server = http_start(opt, site, &err);
    if (!server)
        fail_msg("%s", err.message);
}

static inline void
end_server(void)
{
    http_free(server);
    server = NULL;
    buf_release(&heard);
    heard_used = 0;
    heard_fd = -1;
}

#endif
