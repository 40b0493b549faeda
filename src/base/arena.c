#include "arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_MIN = 8 * 1024, ALIGN = 16 };

struct block {
    struct block *next;
    size_t size, used;
    _Alignas(ALIGN) unsigned char mem[];
};

struct ending {
    struct ending *next;
    void (*end)(void *);
    void *what;
};

struct arena {
    struct block *blocks; /* newest first */
    struct ending *endings;
};

static void
die_no_memory(void)
{
    fputs("shaodao: out of memory\n", stderr);
    abort();
}

void *
xmalloc(size_t n)
{
    void *p = malloc(n ? n : 1);
    if (!p)
        die_no_memory();
    return p;
}

void *
xcalloc(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size ? size : 1);
    if (!p)
        die_no_memory();
    return p;
}

void *
xrealloc(void *p, size_t n)
{
    void *q = realloc(p, n ? n : 1);
    if (!q)
        die_no_memory();
    return q;
}

char *
xstrdup(const char *s)
{
    size_t n = strlen(s) + 1;
    return memcpy(xmalloc(n), s, n);
}

static struct block *
block_new(size_t want)
{
    size_t size = want > BLOCK_MIN ? want : BLOCK_MIN;
    struct block *b = xmalloc(sizeof *b + size);
    *b = (struct block){.size = size};
    return b;
}

struct arena *
arena_new(void)
{
    struct arena *a = xcalloc(1, sizeof *a);
    a->blocks = block_new(BLOCK_MIN);
    return a;
}

static void
run_endings(struct arena *a)
{
    while (a->endings) {
        struct ending *e = a->endings;
        a->endings = e->next;
        e->end(e->what);
    }
}

void
arena_free(struct arena *a)
{
    if (!a)
        return;
    run_endings(a);
    while (a->blocks) {
        struct block *b = a->blocks;
        a->blocks = b->next;
        free(b);
    }
    free(a);
}

void
arena_reset(struct arena *a)
{
    run_endings(a);
    while (a->blocks->next) {
        struct block *b = a->blocks;
        a->blocks = b->next;
        free(b);
    }
    a->blocks->used = 0;
}

void *
arena_alloc(struct arena *a, size_t n)
{
    n = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    struct block *b = a->blocks;
    if (b->size - b->used < n) {
        size_t grow = b->size < 1u << 20 ? b->size * 2 : b->size;
        b = block_new(n > grow ? n : grow);
        b->next = a->blocks;
        a->blocks = b;
    }
    void *p = b->mem + b->used;
    b->used += n;
    return memset(p, 0, n);
}

char *
arena_dup(struct arena *a, const char *p, size_t n)
{
    char *q = arena_alloc(a, n + 1);
    if (n)
        memcpy(q, p, n);
    return q;
}

/* Written where the next allocation would lie, which is nearly always long enough, and then allocated. */
const char *
arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    struct block *b = a->blocks;
    char *p = (char *)b->mem + b->used;
    size_t room = b->size - b->used;
    int n = vsnprintf(p, room, fmt, ap);
    va_end(ap);
    if (n >= 0 && (size_t)n < room) {
        size_t taken = ((size_t)n + 1 + ALIGN - 1) & ~(size_t)(ALIGN - 1);
        b->used += taken < room ? taken : room;
    } else {
        p = arena_alloc(a, (size_t)(n < 0 ? 0 : n) + 1);
        if (n >= 0)
            vsnprintf(p, (size_t)n + 1, fmt, again);
    }
    va_end(again);
    return p;
}

size_t
arena_used(const struct arena *a)
{
    size_t sum = 0;
    for (const struct block *b = a->blocks; b; b = b->next)
        sum += b->used;
    return sum;
}

void
arena_on_end(struct arena *a, void (*end)(void *), void *what)
{
    struct ending *e = arena_alloc(a, sizeof *e);
    *e = (struct ending){a->endings, end, what};
    a->endings = e;
}
