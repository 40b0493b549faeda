/* bench-load: asks one server as fast as it answers, or at a given pace, over connections that stay open.
 *
 *     bench-load -p PORT -c 64 -s 5 [-r PER_SECOND] [-H 'Name: value']... < requests
 *
 * Each line of standard input is a path, or a path, a tab and a JSON body (then it is a POST); lines are taken in turn, and
 * {n} becomes a number that is never used twice. With -r the times of sending are fixed beforehand, and an answer's time
 * counts from when its request was due, so that a server that stalls cannot hide it. The first half second is not counted.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "str.h"

enum { CONNECTIONS_MAX = 1024, LINES_MAX = 20000, WARM_US = 500000, SLOTS = 20000, SLOT_US = 50, ANSWER_MAX = 1 << 20 };

struct connection {
    int fd;
    bool is_busy;
    int64_t due_us;
    char *in;
    size_t n_in, n_head, n_all; /* n_all 0: the head is not complete yet */
    int status;
};

static struct {
    int port, n_connections, seconds;
    double rate;
    struct buf headers;
    struct str lines[LINES_MAX];
    size_t n_lines;
    struct connection c[CONNECTIONS_MAX];
    int idle[CONNECTIONS_MAX], n_idle, epoll;
    int64_t sent, answered, failed, bytes, number, start_us, end_us;
    int64_t slots[SLOTS + 1];
    int last_bad;
    struct buf request;
} b;

static void
give_up(const char *what)
{
    fprintf(stderr, "bench-load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t
now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void
add_numbered(struct buf *out, struct str text, int64_t n)
{
    while (text.n) {
        const char *at = memmem(text.p, text.n, "{n}", 3);
        size_t k = at ? (size_t)(at - text.p) : text.n;
        buf_add(out, text.p, k);
        if (at)
            buf_int(out, n);
        text = str_slice(text, at ? k + 3 : k, text.n);
    }
}

static void
send_next(struct connection *c, int64_t due)
{
    static struct buf body;
    struct str rest = b.lines[b.sent % (int64_t)b.n_lines], path = rest;
    int64_t n = ++b.number;
    bool has_body = str_cut(&rest, '\t', &path) && rest.p && rest.n;
    buf_clear(&b.request);
    buf_clear(&body);
    buf_z(&b.request, has_body ? "POST " : "GET ");
    add_numbered(&b.request, path, n);
    buf_z(&b.request, " HTTP/1.1\r\nHost: 127.0.0.1\r\n");
    add_numbered(&b.request, buf_view(&b.headers), n);
    if (has_body) {
        add_numbered(&body, rest, n);
        buf_z(&b.request, "Content-Type: application/json\r\nContent-Length: ");
        buf_int(&b.request, (int64_t)body.n);
        buf_z(&b.request, "\r\n");
    }
    buf_z(&b.request, "\r\n");
    buf_str(&b.request, buf_view(&body));
    if (send(c->fd, b.request.p, b.request.n, MSG_NOSIGNAL) != (ssize_t)b.request.n)
        give_up("send");
    b.sent++;
    c->is_busy = true;
    c->due_us = due;
    c->n_in = c->n_all = 0;
}

/* The head is complete: status and length. */
static void
read_head(struct connection *c, const char *end)
{
    static const char length[] = "\r\nContent-Length: ";
    c->n_head = (size_t)(end - c->in) + 4;
    c->status = 0;
    for (int i = 9; i < 12; i++)
        c->status = c->status * 10 + (c->in[i] - '0');
    const char *at = memmem(c->in, c->n_head, length, sizeof length - 1);
    c->n_all = c->n_head + (at ? strtoul(at + sizeof length - 1, NULL, 10) : 0);
}

static void
count_answer(struct connection *c, int64_t now)
{
    bool is_good = c->status >= 200 && c->status < 300;
    c->is_busy = false;
    b.idle[b.n_idle++] = (int)(c - b.c);
    if (!is_good)
        b.last_bad = c->status;
    if (now < b.start_us + WARM_US || now > b.end_us)
        return;
    b.answered += is_good;
    b.failed += !is_good;
    b.bytes += (int64_t)c->n_all;
    int64_t slot = (now - c->due_us) / SLOT_US;
    b.slots[slot < SLOTS ? slot : SLOTS]++;
}

static void
take(struct connection *c)
{
    ssize_t n = recv(c->fd, c->in + c->n_in, ANSWER_MAX - c->n_in, 0);
    if (n <= 0)
        give_up("the server closed a connection");
    c->n_in += (size_t)n;
    if (!c->n_all) {
        const char *end = memmem(c->in, c->n_in, "\r\n\r\n", 4);
        if (end)
            read_head(c, end);
    }
    if (c->n_all && c->n_in >= c->n_all)
        count_answer(c, now_us());
}

static void
dial(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)b.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    b.epoll = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < b.n_connections; i++) {
        struct connection *c = &b.c[i];
        struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
        int one = 1;
        c->in = xmalloc(ANSWER_MAX);
        c->fd = socket(AF_INET, SOCK_STREAM, 0);
        if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0)
            give_up("connect");
        setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        epoll_ctl(b.epoll, EPOLL_CTL_ADD, c->fd, &e);
        b.idle[b.n_idle++] = i;
    }
}

/* Sends what is due now; microseconds until the next is due, or -1 when only an answer can change anything. */
static int64_t
send_due(int64_t *n_due)
{
    int64_t now = now_us();
    while (b.n_idle && now < b.end_us) {
        int64_t due = b.rate > 0 ? b.start_us + (int64_t)((double)*n_due * 1e6 / b.rate) : now;
        if (due > now)
            return due - now;
        (*n_due)++;
        send_next(&b.c[b.idle[--b.n_idle]], due);
    }
    return -1;
}

static void
run(void)
{
    int64_t n_due = 0;
    b.start_us = now_us();
    b.end_us = b.start_us + WARM_US + (int64_t)b.seconds * 1000000;
    while (now_us() < b.end_us || b.n_idle < b.n_connections) {
        struct epoll_event events[256];
        int64_t wait_us = send_due(&n_due);
        struct timespec wait = {0, (wait_us < 0 || wait_us > 100000 ? 100000 : wait_us) * 1000};
        int n = epoll_pwait2(b.epoll, events, 256, &wait, NULL);
        for (int i = 0; i < n; i++)
            take(events[i].data.ptr);
        if (now_us() > b.end_us + 10 * INT64_C(1000000))
            give_up("answers are missing");
    }
}

static double
percentile_ms(double share)
{
    int64_t all = 0, seen = 0;
    for (int i = 0; i <= SLOTS; i++)
        all += b.slots[i];
    for (int i = 0; i <= SLOTS; i++)
        if ((seen += b.slots[i]) >= (int64_t)((double)all * share))
            return (i + 1) * SLOT_US / 1000.0;
    return 0;
}

static void
read_lines(void)
{
    char *line = NULL;
    size_t cap = 0;
    for (ssize_t n; b.n_lines < LINES_MAX && (n = getline(&line, &cap, stdin)) > 0; line = NULL, cap = 0)
        b.lines[b.n_lines++] = str_trim((struct str){line, (size_t)n - (line[n - 1] == '\n')});
}

int
main(int argc, char **argv)
{
    b.n_connections = 64;
    b.seconds = 5;
    b.number = (int64_t)time(NULL) % 100000 * 10000000;
    for (int o; (o = getopt(argc, argv, "p:c:s:r:H:")) != -1;) {
        switch (o) {
        case 'p': b.port = (int)strtol(optarg, NULL, 10); break;
        case 'c': b.n_connections = (int)strtol(optarg, NULL, 10); break;
        case 's': b.seconds = (int)strtol(optarg, NULL, 10); break;
        case 'r': b.rate = strtod(optarg, NULL); break;
        case 'H': buf_z(&b.headers, optarg); buf_z(&b.headers, "\r\n"); break;
        default: return 2;
        }
    }
    read_lines();
    if (!b.port || !b.n_lines || b.n_connections < 1 || b.n_connections > CONNECTIONS_MAX)
        return 2;
    dial();
    run();
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    printf("{\"sent\": %lld, \"per_s\": %.1f, \"p50_ms\": %.2f, \"p99_ms\": %.2f, \"failed\": %lld, \"last_bad\": %d, \"bytes\": %lld, "
           "\"own_cpu_s\": %.2f}\n",
           (long long)b.sent, (double)b.answered / b.seconds, percentile_ms(0.5), percentile_ms(0.99), (long long)b.failed, b.last_bad,
           (long long)(b.answered ? b.bytes / (b.answered + b.failed) : 0),
           (double)used.ru_utime.tv_sec + (double)used.ru_stime.tv_sec +
               (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
    return b.failed ? 1 : 0;
}
