/* smtp_sink.h — for tests: a mail server on loopback that keeps what it is given and can be told to misbehave. */
#ifndef TESTS_SMTP_SINK_H
#define TESTS_SMTP_SINK_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "str.h"

struct smtp_sink {
    int fd, port;
    pthread_t thread;
    /* Set before a mail is sent. */
    const char *_Atomic rcpt_answer; /* instead of "250 ok" */
    _Atomic bool is_silent;          /* takes the connection and says nothing */
    _Atomic bool hangs_up;           /* takes the mail and is gone before it says so */
    /* What came in, read after the mail was sent and sink_settle(). */
    struct buf from, to, data, auth;
    _Atomic int mails;
    _Atomic int open; /* the connection being served, -1 = none */
};

static inline void
sink_say(FILE *out, const char *line)
{
    fprintf(out, "%s\r\n", line);
    fflush(out);
}

/* Lines up to the single dot, with the doubled dots undone. */
static inline void
sink_read_data(struct smtp_sink *s, FILE *in)
{
    char line[2048];
    buf_clear(&s->data);
    while (fgets(line, sizeof line, in) && strcmp(line, ".\r\n") != 0)
        buf_z(&s->data, line[0] == '.' ? line + 1 : line);
    s->mails++;
}

static inline void
sink_keep(struct buf *b, const char *line)
{
    buf_clear(b);
    buf_add(b, line, strcspn(line, "\r\n"));
}

static inline void
sink_talk(struct smtp_sink *s, FILE *in, FILE *out)
{
    char line[2048];
    sink_say(out, "220 sink");
    while (fgets(line, sizeof line, in)) {
        if (strncmp(line, "EHLO", 4) == 0) {
            sink_say(out, "250-sink");
            sink_say(out, "250 AUTH PLAIN");
        } else if (strncmp(line, "AUTH PLAIN", 10) == 0) {
            if (strlen(line) < 14) {
                sink_say(out, "334 ");
                if (!fgets(line, sizeof line, in))
                    return;
            }
            sink_keep(&s->auth, line);
            sink_say(out, "235 welcome");
        } else if (strncmp(line, "MAIL FROM:", 10) == 0) {
            sink_keep(&s->from, line + 10);
            sink_say(out, "250 ok");
        } else if (strncmp(line, "RCPT TO:", 8) == 0) {
            sink_keep(&s->to, line + 8);
            sink_say(out, s->rcpt_answer ? s->rcpt_answer : "250 ok");
        } else if (strncmp(line, "DATA", 4) == 0) {
            sink_say(out, "354 go on");
            sink_read_data(s, in);
            if (s->hangs_up)
                return;
            sink_say(out, "250 taken");
        } else if (strncmp(line, "QUIT", 4) == 0) {
            sink_say(out, "221 bye");
            return;
        } else
            sink_say(out, "502 what?");
    }
}

static inline void *
sink_serve(void *arg)
{
    struct smtp_sink *s = arg;
    for (int fd; (fd = accept(s->fd, NULL, NULL)) >= 0;) {
        atomic_store(&s->open, fd);
        char c;
        FILE *in = fdopen(dup(fd), "r"), *out = fdopen(dup(fd), "w");
        if (s->is_silent)
            while (read(fd, &c, 1) > 0)
                ;
        else
            sink_talk(s, in, out);
        fclose(in);
        fclose(out);
        atomic_store(&s->open, -1);
        close(fd);
    }
    return NULL;
}

static inline void
sink_start(struct smtp_sink *s)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    *s = (struct smtp_sink){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), .open = -1};
    if (bind(s->fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(s->fd, 8) != 0 ||
        getsockname(s->fd, (struct sockaddr *)&at, &n) != 0)
        fail_msg("no port for the sink");
    s->port = ntohs(at.sin_port);
    pthread_create(&s->thread, NULL, sink_serve, s);
}

/* Waits until the connection is over: what it brought may then be read. */
static inline void
sink_settle(struct smtp_sink *s)
{
    while (atomic_load(&s->open) >= 0)
        usleep(200);
}

static inline void
sink_stop(struct smtp_sink *s)
{
    shutdown(s->fd, SHUT_RDWR);
    int open = atomic_load(&s->open);
    if (open >= 0)
        shutdown(open, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    close(s->fd);
    buf_release(&s->from);
    buf_release(&s->to);
    buf_release(&s->data);
    buf_release(&s->auth);
}

#endif
