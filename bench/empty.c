/* bench-empty PORT LOOPS BYTES: what the HTTP library itself can do.
 *
 * Each loop has a thread, a base and a socket of its own, as the server's have; every request is answered 200 with the same BYTES
 * bytes, which lie ready and are not copied. What the server needs beyond that is its own work.
 */
#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "str.h"

enum { LOOPS_MAX = 64, BACKLOG = 1024 };

static struct {
    int port;
    size_t n_bytes;
    char *bytes;
} e;

static void
answer(struct evhttp_request *req, void *arg)
{
    (void)arg;
    evhttp_add_header(evhttp_request_get_output_headers(req), "Content-Type", "text/html; charset=utf-8");
    evbuffer_add_reference(evhttp_request_get_output_buffer(req), e.bytes, e.n_bytes, NULL, NULL);
    evhttp_send_reply(req, 200, "OK", NULL);
}

static int
bound(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)e.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, BACKLOG) != 0) {
        perror("bench-empty: listen");
        exit(1);
    }
    return fd;
}

static void *
loop(void *arg)
{
    (void)arg;
    struct event_config *config = event_config_new();
    event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
    struct event_base *base = event_base_new_with_config(config);
    struct evhttp *http = evhttp_new(base);
    evhttp_set_gencb(http, answer, NULL);
    if (evhttp_accept_socket(http, bound()) != 0)
        exit(1);
    event_base_dispatch(base);
    return NULL;
}

int
main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    e.port = (int)strtol(argv[1], NULL, 10);
    long n_loops = strtol(argv[2], NULL, 10);
    e.n_bytes = strtoul(argv[3], NULL, 10);
    e.bytes = xmalloc(e.n_bytes + 1);
    memset(e.bytes, 'x', e.n_bytes);
    pthread_t threads[LOOPS_MAX];
    for (long i = 1; i < n_loops && i < LOOPS_MAX; i++)
        if (pthread_create(&threads[i], NULL, loop, NULL) != 0)
            return 1;
    loop(NULL);
    return 0;
}
