#include <time.h>
#include <unistd.h>

#include "cmd.h"

enum { SILENT_MS = 500, REDRAW_MS = 100 };

static int64_t
ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
progress_begin(struct progress *p, const char *what, int64_t all)
{
    *p = (struct progress){.what = what, .all = all > 0 ? all : 1, .started_ms = ms(), .last_tenth = 0};
}

static void
draw_bar(const struct progress *p, int64_t now)
{
    char bar[31];
    int64_t full = p->done * 30 / p->all, took = now - p->started_ms;
    for (int i = 0; i < 30; i++)
        bar[i] = i < full ? '#' : '.';
    bar[30] = 0;
    int64_t left = p->done ? took * (p->all - p->done) / p->done / 1000 : 0;
    fprintf(stderr, "\r%s [%s] %lld/%lld  %llds ", p->what, bar, (long long)p->done, (long long)p->all, (long long)left);
}

void
progress_step(struct progress *p, int64_t done)
{
    int64_t now = ms();
    p->done = done < p->all ? done : p->all;
    if (now - p->started_ms < SILENT_MS || now - p->drawn_ms < REDRAW_MS)
        return;
    p->drawn_ms = now;
    if (isatty(2)) {
        draw_bar(p, now);
        return;
    }
    int64_t tenth = p->done * 10 / p->all;
    if (tenth > p->last_tenth) {
        p->last_tenth = tenth;
        fprintf(stderr, "%s %lld %%\n", p->what, (long long)tenth * 10);
    }
}

void
progress_end(struct progress *p)
{
    if (p->drawn_ms && isatty(2)) {
        p->done = p->all;
        draw_bar(p, ms());
        fputc('\n', stderr);
    }
}
