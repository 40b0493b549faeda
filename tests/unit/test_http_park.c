/* Requests that wait for another thread, event streams, slow and vanishing clients, and the end of the server. */
#include "test_http_kit.h"

#include <sys/resource.h>

#define HOST "Host: a\r\n"
#define END "\r\n"

enum { ANYONE = 1 };

/* ---- a thread like the writer: takes what is parked, waits a moment, answers all at once */

enum { JOBS = 1024 };
static struct {
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct parked *jobs[JOBS];
    int n, n_resumed;
    bool is_held, is_over;
    pthread_t thread;
} writer = {.lock = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER};
static _Atomic int n_endings;

static void
answer_late(struct request *req, struct response *res, void *arg)
{
    buf_printf(&res->body, "%s %.*s", (const char *)arg, (int)req->query.n, req->query.p);
    pthread_mutex_lock(&writer.lock);
    writer.n_resumed++;
    pthread_mutex_unlock(&writer.lock);
}

static void *
write_batches(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&writer.lock);
    for (;;) {
        while ((writer.n == 0 || writer.is_held) && !writer.is_over)
            pthread_cond_wait(&writer.more, &writer.lock);
        if (writer.n == 0 && writer.is_over)
            break;
        struct parked *batch[JOBS];
        int n = writer.n;
        memcpy(batch, writer.jobs, sizeof batch);
        writer.n = 0;
        pthread_mutex_unlock(&writer.lock);
        for (int i = 0; i < n; i++)
            http_unpark(batch[i], answer_late, "late");
        pthread_mutex_lock(&writer.lock);
    }
    pthread_mutex_unlock(&writer.lock);
    return NULL;
}

static void
hold_writer(bool is_held)
{
    pthread_mutex_lock(&writer.lock);
    writer.is_held = is_held;
    pthread_cond_signal(&writer.more);
    pthread_mutex_unlock(&writer.lock);
}

static void
wait_for(const int *what, int least)
{
    for (int i = 0; i < 500; i++) {
        pthread_mutex_lock(&writer.lock);
        bool is_there = *what >= least;
        pthread_mutex_unlock(&writer.lock);
        if (is_there)
            return;
        sleep_ms(10);
    }
    fail_msg("waited in vain for %d", least);
}

/* ---- the site */

static void
count_ending(void *what)
{
    (void)what;
    n_endings++;
}

static void
park(struct request *req, struct response *res)
{
    arena_on_end(req->arena, count_ending, NULL);
    pthread_mutex_lock(&writer.lock);
    writer.jobs[writer.n++] = http_park(req, res);
    pthread_cond_signal(&writer.more);
    pthread_mutex_unlock(&writer.lock);
}

static void
last_word(struct request *req, struct response *res, void *arg)
{
    (void)req;
    buf_z(&res->body, arg);
}

static void
park_again(struct request *req, struct response *res, void *arg)
{
    (void)arg;
    http_unpark(http_park(req, res), last_word, "twice");
}

static void
park_twice(struct request *req, struct response *res)
{
    http_unpark(http_park(req, res), park_again, NULL);
}

static void
quick(struct request *req, struct response *res)
{
    (void)req;
    buf_z(&res->body, "quick");
}

static void
long_answer(struct request *req, struct response *res)
{
    (void)req;
    buf_need(&res->body, 30000000);
    memset(res->body.p, 'x', 30000000);
    res->body.n = 30000000;
}

static struct {
    pthread_mutex_t lock;
    struct http_stream *streams[64];
    int n, n_gone;
} hub = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* The hub's lock makes sending and going exclude each other: that is the whole protocol. */
static void
leave_hub(void *arg)
{
    struct http_stream **place = arg;
    pthread_mutex_lock(&hub.lock);
    *place = NULL;
    hub.n_gone++;
    pthread_mutex_unlock(&hub.lock);
}

static void
stream(struct request *req, struct response *res)
{
    pthread_mutex_lock(&hub.lock);
    struct http_stream **place = &hub.streams[hub.n++ % 64];
    *place = http_stream_open(req, res, leave_hub, place);
    http_stream_send(*place, "hello", STR("first"));
    pthread_mutex_unlock(&hub.lock);
}

static int
broadcast(const char *event, struct str data)
{
    int sent = 0;
    pthread_mutex_lock(&hub.lock);
    for (int i = 0; i < 64; i++)
        sent += hub.streams[i] && http_stream_send(hub.streams[i], event, data);
    pthread_mutex_unlock(&hub.lock);
    return sent;
}

static int
gone(void)
{
    pthread_mutex_lock(&hub.lock);
    int n = hub.n_gone;
    pthread_mutex_unlock(&hub.lock);
    return n;
}

static void
wait_gone(int n)
{
    for (int i = 0; i < 500 && gone() < n; i++)
        sleep_ms(10);
    assert_int_equal(gone(), n);
}

static const struct route routes[] = {
    ROUTE(HTTP_GET | HTTP_POST, "/park", ANYONE, .handle = park),
    ROUTE(HTTP_GET, "/twice", ANYONE, .handle = park_twice),
    ROUTE(HTTP_GET, "/quick", ANYONE, .handle = quick),
    ROUTE(HTTP_GET, "/long", ANYONE, .handle = long_answer),
    ROUTE(HTTP_GET, "/events", ANYONE, .flags = ROUTE_STREAM, .handle = stream),
};
static const struct site site = {.routes = routes, .n_routes = COUNT_OF(routes)};

/* ---- parking */

static void
parked_answers(void **state)
{
    (void)state;
    struct answer a = ask("GET /park?1 HTTP/1.1\r\n" HOST END);
    assert_int_equal(a.status, 200);
    check_str(a.body, "late 1");
    a = ask("GET /twice HTTP/1.1\r\n" HOST END);
    check_str(a.body, "twice");
    int fd = dial();
    say(fd, "POST /park?2 HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n" END "1\r\na\r\n0\r\n\r\n"
            "GET /quick HTTP/1.1\r\n" HOST END "GET /park?3 HTTP/1.1\r\n" HOST END);
    a = hear_answer(fd, true);
    check_str(a.body, "late 2");
    a = hear_answer(fd, true);
    check_str(a.body, "quick");
    a = hear_answer(fd, true);
    check_str(a.body, "late 3");
    close(fd);
}

static void
many_parked(void **state)
{
    (void)state;
    enum { MANY = 200 };
    int fds[MANY];
    hold_writer(true);
    for (int i = 0; i < MANY; i++) {
        fds[i] = dial();
        struct buf b = {0};
        buf_printf(&b, "GET /park?%d HTTP/1.1\r\n" HOST END, i);
        say_bytes(fds[i], buf_view(&b));
        buf_release(&b);
    }
    wait_for(&writer.n, MANY);
    check_str(ask("GET /quick HTTP/1.1\r\n" HOST END).body, "quick"); /* the loops are free meanwhile */
    hold_writer(false);
    for (int i = 0; i < MANY; i++) {
        struct answer a = hear_answer(fds[i], true);
        int64_t n = -1;
        str_int(str_slice(a.body, 5, a.body.n), &n);
        assert_int_equal(n, i);
        close(fds[i]);
    }
}

static void
client_gone_meanwhile(void **state)
{
    (void)state;
    enum { MANY = 50 };
    hold_writer(true);
    wait_for(&writer.n, 0);
    int resumed = writer.n_resumed;
    for (int i = 0; i < MANY; i++) {
        int fd = dial();
        say(fd, "GET /park HTTP/1.1\r\n" HOST END);
        wait_for(&writer.n, i + 1);
        struct linger hard = {1, 0}; /* half of them reset the connection */
        if (i % 2)
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        close(fd);
    }
    hold_writer(false);
    wait_for(&writer.n_resumed, resumed + MANY);
    check_str(ask("GET /quick HTTP/1.1\r\n" HOST END).body, "quick");
    for (int i = 0; i < 500 && n_endings < writer.n_resumed; i++)
        sleep_ms(10);
    assert_int_equal(n_endings, writer.n_resumed); /* every arena has ended */
}

/* ---- streams */

static void
hear_until(int fd, size_t from, const char *z)
{
    for (int i = 0; i < 100; i++) {
        if (heard.n > from && memmem(heard.p + from, heard.n - from, z, strlen(z)))
            return;
        assert_true(hear_more(fd));
    }
    fail_msg("did not come: %s", z);
}

static void
events(void **state)
{
    (void)state;
    int before = gone();
    int fd = dial();
    say(fd, "GET /events HTTP/1.1\r\n" HOST END);
    heard_used = heard.n;
    heard_fd = fd;
    size_t from = heard.n;
    hear_until(fd, from, "data: first\n\n");
    struct str all = str_slice(buf_view(&heard), from, heard.n);
    assert_true(str_starts(all, STR("HTTP/1.1 200 OK\r\n")));
    assert_true(str_has(all, STR("\r\nContent-Type: text/event-stream\r\n")));
    assert_true(str_has(all, STR("\r\nX-Accel-Buffering: no\r\n")));
    assert_true(str_has(all, STR("event: hello\ndata: first\n\n")));
    assert_int_equal(broadcast("case", STR("{\"a\":1}\nline\rtwo\n")), 1);
    hear_until(fd, from, "event: case\ndata: {\"a\":1}\ndata: linetwo\n\n");
    hear_until(fd, from, "\n\n:\n\n"); /* the ping */
    say(fd, "chatter that nobody asked for");
    assert_int_equal(broadcast(NULL, STR("")), 1);
    hear_until(fd, from, "\n\ndata: \n\n");
    close(fd);
    wait_gone(before + 1);
    assert_int_equal(broadcast("x", STR("y")), 0);
}

static void
closed_by_the_server(void **state)
{
    (void)state;
    int before = gone();
    int fd = dial();
    say(fd, "GET /events HTTP/1.1\r\n" HOST END);
    for (int i = 0; i < 500 && !broadcast("last", STR("word")); i++)
        sleep_ms(10);
    pthread_mutex_lock(&hub.lock);
    for (int i = 0; i < 64; i++)
        if (hub.streams[i])
            http_stream_close(hub.streams[i]);
    pthread_mutex_unlock(&hub.lock);
    struct answer a = hear_answer(fd, true); /* until the end of the connection */
    assert_true(str_has(a.body, STR("event: last\ndata: word\n\n")));
    close(fd);
    wait_gone(before + 1);
    a = ask("HEAD /events HTTP/1.1\r\n" HOST END);
    assert_int_equal(a.status, 200);
    wait_gone(before + 2);
}

static void
slow_listener_is_dropped(void **state)
{
    (void)state;
    int before = gone(), sent = 0;
    int fd = dial();
    say(fd, "GET /events HTTP/1.1\r\n" HOST END);
    static char big[100000];
    memset(big, 'x', sizeof big);
    for (int i = 0; i < 2000 && gone() == before; i++) {
        sent += broadcast("big", (struct str){big, sizeof big});
        sleep_ms(1);
    }
    wait_gone(before + 1);
    assert_true(sent > 3);
    close(fd);
}

/* ---- clients that take their time */

static void
slow_clients(void **state)
{
    (void)state;
    int silent = dial(), half = dial(), drip = dial(), body = dial(), idle = dial(), lazy = dial();
    say(half, "GET / HTTP/1.1\r\nHo");
    say(body, "POST /park HTTP/1.1\r\n" HOST "Content-Length: 10\r\n" END "12");
    say(idle, "GET /quick HTTP/1.1\r\n" HOST END);
    say(lazy, "GET /long HTTP/1.1\r\n" HOST END);
    check_str(hear_answer(idle, true).body, "quick");
    bool is_dripping = true;
    int drops = 0;
    for (; is_dripping && drops < 200; drops++) { /* a byte every 20 ms: never inactive, never done */
        is_dripping = say(drip, drops == 0 ? "G" : "x");
        sleep_ms(20);
    }
    assert_false(is_dripping);
    assert_true(drops > 10);
    int fds[] = {silent, half, drip, body, idle};
    for (size_t i = 0; i < COUNT_OF(fds); i++) {
        assert_true(is_closed(fds[i]));
        close(fds[i]);
    }
    sleep_ms(2 * http_times.unread);
    size_t taken = 0;
    char piece[65536];
    for (ssize_t n; (n = recv(lazy, piece, sizeof piece, 0)) > 0;)
        taken += (size_t)n;
    assert_true(taken < 30000000);
    close(lazy);
}

/* Whoever reads slowly but reads is served to the end. */
static void
slow_reader_is_served(void **state)
{
    (void)state;
    int fd = dial();
    say(fd, "GET /long HTTP/1.1\r\n" HOST END);
    size_t taken = 0;
    static char piece[2000000];
    for (ssize_t n; taken < 30000000 && (n = recv(fd, piece, sizeof piece, MSG_WAITALL)) > 0;) {
        taken += (size_t)n;
        sleep_ms(50);
    }
    assert_true(taken >= 30000000);
    close(fd);
}

static void
share_per_address(void **state)
{
    (void)state;
    struct peers *p = peers_new();
    unsigned char a[16] = {1}, b[16] = {2};
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < LIMIT_CONNECTIONS_PER_ADDRESS; i++)
            assert_true(peers_enter(p, a));
        assert_false(peers_enter(p, a));
        assert_true(peers_enter(p, b));
        peers_leave(p, b);
        for (int i = 0; i < LIMIT_CONNECTIONS_PER_ADDRESS; i++)
            peers_leave(p, a);
    }
    for (int i = 0; i < 5000; i++) {
        memcpy(a, &i, sizeof i);
        assert_true(peers_enter(p, a));
    }
    peers_free(p);
}

static double
cpu_seconds(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* Without descriptors the server rests and does not spin; with descriptors again it goes on. */
static void
out_of_descriptors(void **state)
{
    (void)state;
    struct rlimit old, tight;
    getrlimit(RLIMIT_NOFILE, &old);
    int probe = dup(0), fds[64], n = 0;
    tight = old;
    tight.rlim_cur = (rlim_t)probe + 12;
    close(probe);
    int client = dial();
    say(client, "GET /quick HTTP/1.1\r\n" HOST END);
    check_str(hear_answer(client, true).body, "quick");
    setrlimit(RLIMIT_NOFILE, &tight);
    struct sockaddr_in sa = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)http_port(server)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    for (; n < 64 && (fds[n] = socket(AF_INET, SOCK_STREAM, 0)) >= 0; n++)
        if (connect(fds[n], (struct sockaddr *)&sa, sizeof sa) != 0)
            break;
    double before = cpu_seconds();
    sleep_ms(250);
    double used = cpu_seconds() - before;
    say(client, "GET /quick HTTP/1.1\r\n" HOST END);
    check_str(hear_answer(client, true).body, "quick");
    setrlimit(RLIMIT_NOFILE, &old);
    for (int i = 0; i < n; i++)
        close(fds[i]);
    close(client);
    assert_true(n > 2);
    if (used > 0.1)
        fail_msg("a quarter of a second without descriptors took %.2f s of CPU", used);
    check_str(ask("GET /quick HTTP/1.1\r\n" HOST END).body, "quick");
}

/* ---- the end */

static void *
stop(void *arg)
{
    http_stop(arg);
    return NULL;
}

static void
stopping(void **state)
{
    (void)state;
    int before = gone();
    int idle = dial(), parked = dial(), listener = dial();
    say(idle, "GET /quick HTTP/1.1\r\n" HOST END);
    hear_answer(idle, true);
    say(listener, "GET /events HTTP/1.1\r\n" HOST END);
    hold_writer(true);
    say(parked, "GET /park?last HTTP/1.1\r\n" HOST END);
    wait_for(&writer.n, 1);
    while (!broadcast("x", STR("y")))
        sleep_ms(10);
    pthread_t stopper;
    pthread_create(&stopper, NULL, stop, server);
    assert_true(is_closed(idle));
    wait_gone(before + 1);
    hold_writer(false);
    struct answer a = hear_answer(parked, true);
    check_str(a.body, "late last");
    assert_true(is_closed(parked));
    pthread_join(stopper, NULL);
    close(idle);
    close(parked);
    close(listener);
    end_server();
    start_server(&(struct http_options){.listen = "127.0.0.1:0", .n_loops = 2}, &site);
}

/* What is unparked only after the loops have ended is still resumed, so that its arg is not leaked. */
static void
unparked_too_late(void **state)
{
    (void)state;
    end_server();
    http_times.stop = 100;
    start_server(&(struct http_options){.listen = "127.0.0.1:0", .n_loops = 2}, &site);
    int fd = dial(), resumed = writer.n_resumed;
    hold_writer(true);
    say(fd, "GET /park HTTP/1.1\r\n" HOST END);
    wait_for(&writer.n, 1);
    http_stop(server);
    hold_writer(false);
    wait_for(&writer.n, 0);
    while (!atomic_load(&server->loops[0]->inbox) && !atomic_load(&server->loops[1]->inbox))
        sleep_ms(1);
    end_server();
    assert_int_equal(writer.n_resumed, resumed + 1);
    close(fd);
    start_server(&(struct http_options){.listen = "127.0.0.1:0", .n_loops = 2}, &site);
}

static int
set_up(void **state)
{
    (void)state;
    http_times = (struct http_times){.tick = 50,
                                     .first_byte = 400,
                                     .inactive = 400,
                                     .whole = 800,
                                     .idle = 400,
                                     .unread = 600,
                                     .linger = 200,
                                     .ping = 150,
                                     .stop = 3000};
    pthread_create(&writer.thread, NULL, write_batches, NULL);
    start_server(&(struct http_options){.listen = "127.0.0.1:0", .n_loops = 2}, &site);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    pthread_mutex_lock(&writer.lock);
    writer.is_over = true;
    pthread_cond_signal(&writer.more);
    pthread_mutex_unlock(&writer.lock);
    pthread_join(writer.thread, NULL);
    end_server();
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parked_answers),
        cmocka_unit_test(many_parked),
        cmocka_unit_test(client_gone_meanwhile),
        cmocka_unit_test(events),
        cmocka_unit_test(closed_by_the_server),
        cmocka_unit_test(slow_listener_is_dropped),
        cmocka_unit_test(slow_clients),
        cmocka_unit_test(slow_reader_is_served),
        cmocka_unit_test(share_per_address),
        cmocka_unit_test(out_of_descriptors),
        cmocka_unit_test(stopping),
        cmocka_unit_test(unparked_too_late),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
