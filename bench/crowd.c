/* bench-crowd PORT IDLE SLOW: clients that are a burden: they stay until standard input ends.
 *
 * IDLE connections ask for one page, read it and then wait, asking again every 30 seconds so that none is let go; SLOW ones
 * send a request a byte a second and never finish it. Whichever is closed comes back. Each connection has an address of its own
 * below 127, as different people have. "ready" is printed when all have come; at the end one line of JSON.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "str.h"

enum { CLIENTS_MAX = 60000, ASK_EACH_MS = 30000, BYTE_EACH_MS = 1000, AT_ONCE = 200 /* dialled in one go */, SCRATCH = 1 << 16 };

struct client {
    int fd;
    bool is_slow;
    int64_t due_ms; /* of the next byte or question */
    size_t n_sent;  /* of the request, when slow */
};

static struct {
    int port, n_idle, n_slow, epoll;
    struct client *clients;
    int n;
    int64_t answers, closed;
} b;

static const char ask[] = "GET /x/XFL HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
static const char drip[] = "GET /x/XFL HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n";

static int64_t
now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
dial(struct client *c)
{
    int i = (int)(c - b.clients);
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000000u + 0x010000u + (uint32_t)i)};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)b.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || bind(c->fd, (struct sockaddr *)&from, sizeof from) != 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0) {
        fprintf(stderr, "bench-crowd: connection %d: %s\n", i, strerror(errno));
        exit(1);
    }
    epoll_ctl(b.epoll, EPOLL_CTL_ADD, c->fd, &e);
    c->n_sent = 0;
    c->due_ms = now_ms() + (c->is_slow ? BYTE_EACH_MS : i % ASK_EACH_MS);
    if (!c->is_slow && send(c->fd, ask, sizeof ask - 1, MSG_NOSIGNAL) < 0)
        c->due_ms = 0;
}

static void
dial_again(struct client *c)
{
    b.closed++;
    close(c->fd);
    dial(c);
}

static void
take(struct client *c)
{
    static char scratch[SCRATCH];
    ssize_t n = recv(c->fd, scratch, sizeof scratch, MSG_DONTWAIT);
    if (n == 0 || (n < 0 && errno != EAGAIN))
        dial_again(c);
    else if (n > 12 && memcmp(scratch, "HTTP/1.1 200", 12) == 0)
        b.answers++;
}

/* The next byte, or the next question. */
static void
send_due(int64_t now)
{
    for (int i = 0; i < b.n; i++) {
        struct client *c = &b.clients[i];
        if (now < c->due_ms)
            continue;
        size_t at = c->n_sent % (sizeof drip - 1);
        ssize_t n = c->is_slow ? send(c->fd, drip + at, 1, MSG_NOSIGNAL) : send(c->fd, ask, sizeof ask - 1, MSG_NOSIGNAL);
        c->n_sent += n > 0;
        c->due_ms = now + (c->is_slow ? BYTE_EACH_MS : ASK_EACH_MS);
        if (n < 0)
            dial_again(c);
    }
}

static void
take_all(int wait_ms)
{
    struct epoll_event events[256];
    for (int n = 256; n == 256; wait_ms = 0) {
        n = epoll_wait(b.epoll, events, 256, wait_ms);
        for (int i = 0; i < n; i++)
            take(events[i].data.ptr);
    }
}

/* Standard input has ended. */
static bool
is_over(void)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    char byte;
    return poll(&in, 1, 0) > 0 && read(STDIN_FILENO, &byte, 1) <= 0;
}

int
main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    b.port = (int)strtol(argv[1], NULL, 10);
    b.n_idle = (int)strtol(argv[2], NULL, 10);
    b.n_slow = (int)strtol(argv[3], NULL, 10);
    b.n = b.n_idle + b.n_slow;
    if (b.n < 1 || b.n > CLIENTS_MAX)
        return 2;
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    b.epoll = epoll_create1(EPOLL_CLOEXEC);
    b.clients = xcalloc((size_t)b.n, sizeof *b.clients);
    for (int i = 0; i < b.n; i++) {
        b.clients[i].is_slow = i >= b.n_idle;
        dial(&b.clients[i]);
        if (i % AT_ONCE == AT_ONCE - 1)
            take_all(1);
    }
    for (int64_t until = now_ms() + 10000; b.answers < b.n_idle && now_ms() < until;)
        take_all(10);
    printf("ready\n");
    fflush(stdout);
    while (!is_over()) {
        take_all(20);
        send_due(now_ms());
    }
    printf("{\"answers\": %lld, \"closed\": %lld}\n", (long long)b.answers, (long long)b.closed);
    return 0;
}
