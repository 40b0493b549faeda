/* Big bodies are not held in memory: while they come, the content of each file goes to a spool of the site, a piece at a time,
 * and only the rest (names, fields, boundaries) with the first bytes of each file is kept. That rest is then read as strictly
 * as any small body: the sieve decides nothing but where bytes go.
 */
#include "parts.h"

#include "multipart.h"

enum { REST_MAX = LIMIT_BODY_BYTES * 2, MARK_MAX = 80 };

enum place { AT_HEAD, AT_TEXT, AT_FILE, AT_DELIMITER, AT_REST, AT_WHOLE };

struct spooled_part {
    void *spooled; /* NULL: taken, or no byte came */
    size_t at;     /* in the rest: where its first bytes stand */
    int64_t n;
};

struct sieve {
    const struct spool *spool;
    enum place place;
    char mark[MARK_MAX]; /* CRLF, two hyphens, boundary */
    size_t n_mark;
    struct buf work; /* came and is not placed yet */
    struct buf rest;
    struct spooled_part parts[LIMIT_PARTS];
    size_t n_parts;
};

struct sieve *
sieve_new(const struct spool *spool, struct str content_type)
{
    struct str boundary;
    bool is_multipart = content_type.n >= 10 && wire_same(str_slice(content_type, 0, 10), "multipart/");
    if (is_multipart && !multipart_boundary(content_type, &boundary))
        return NULL; /* refused later, for the same reason */
    struct sieve *s = xcalloc(1, sizeof *s);
    s->spool = spool;
    s->place = is_multipart ? AT_HEAD : AT_WHOLE;
    if (is_multipart) {
        memcpy(s->mark, "\r\n--", 4);
        memcpy(s->mark + 4, boundary.p, boundary.n);
        s->n_mark = 4 + boundary.n;
    } else {
        s->n_parts = 1;
    }
    return s;
}

void
sieve_free(struct sieve *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->n_parts; i++)
        if (s->parts[i].spooled)
            s->spool->drop(s->parts[i].spooled);
    buf_release(&s->work);
    buf_release(&s->rest);
    free(s);
}

/* ---- where bytes go */

static const struct refusal fine, too_long = {413, "too much beside the files"}, no_room = {503, "no room for an upload"};

static struct refusal
keep_rest(struct sieve *s, size_t n)
{
    if (s->rest.n + n > REST_MAX)
        return too_long;
    buf_add(&s->rest, s->work.p, n);
    return fine;
}

static struct refusal
keep_file(struct sieve *s, size_t n)
{
    struct spooled_part *p = &s->parts[s->n_parts - 1];
    struct str piece = {s->work.p, n};
    if (!n)
        return fine;
    if (!p->spooled && !(p->spooled = s->spool->open(s->spool->ctx)))
        return no_room;
    if (!s->spool->add(p->spooled, piece))
        return no_room;
    if (p->n < SPOOL_HEAD) {
        struct str first = str_slice(piece, 0, (size_t)(SPOOL_HEAD - p->n));
        buf_str(&s->rest, first);
    }
    p->n += (int64_t)n;
    return fine;
}

static void
done_with(struct sieve *s, size_t n)
{
    memmove(s->work.p, s->work.p + n, s->work.n - n);
    s->work.n -= n;
}

static bool
names_file(struct str head)
{
    static const char word[] = "filename";
    for (size_t i = 0; i + sizeof word - 1 <= head.n; i++)
        if (strncasecmp(head.p + i, word, sizeof word - 1) == 0)
            return true;
    return false;
}

/* One step; false: more must come. */
static bool
step(struct sieve *s, struct refusal *why)
{
    struct str work = buf_view(&s->work);
    const char *end;
    size_t n;
    switch (s->place) {
    case AT_HEAD:
        end = memmem(work.p, work.n, "\r\n\r\n", 4);
        if (!end && work.n <= 4 * LIMIT_PART_HEAD_BYTES)
            return false;
        n = end ? (size_t)(end - work.p) + 4 : work.n;
        *why = keep_rest(s, n);
        s->place = !end || s->n_parts == LIMIT_PARTS ? AT_REST : names_file(str_slice(work, 0, n)) ? AT_FILE : AT_TEXT;
        if (s->place == AT_FILE)
            s->parts[s->n_parts++] = (struct spooled_part){.at = s->rest.n};
        break;
    case AT_TEXT:
    case AT_FILE:
        end = memmem(work.p, work.n, s->mark, s->n_mark);
        n = end ? (size_t)(end - work.p) : work.n < s->n_mark ? 0 : work.n - s->n_mark + 1; /* a mark may have begun */
        *why = s->place == AT_FILE ? keep_file(s, n) : keep_rest(s, n);
        done_with(s, n);
        if (!end || why->status)
            return false;
        *why = keep_rest(s, n = s->n_mark);
        s->place = AT_DELIMITER;
        break;
    case AT_DELIMITER:
        if (work.n < 2)
            return false;
        s->place = work.p[0] == '\r' ? AT_HEAD : AT_REST;
        return true;
    case AT_REST:
        *why = keep_rest(s, n = work.n);
        break;
    case AT_WHOLE:
        *why = keep_file(s, n = work.n);
        break;
    default:
        return false;
    }
    done_with(s, n);
    return !why->status && s->work.n > 0;
}

struct refusal
sieve_feed(struct sieve *s, struct str bytes)
{
    struct refusal why = fine;
    buf_str(&s->work, bytes);
    while (s->work.n && step(s, &why))
        ;
    return why;
}

/* All has come: what still waits for a mark is part of a body that has none, and the strict reader will say so. */
struct refusal
sieve_end(struct sieve *s)
{
    struct refusal why = keep_rest(s, s->work.n);
    s->work.n = 0;
    return why;
}

struct str
sieve_rest(const struct sieve *s)
{
    return buf_view(&s->rest);
}

/* ---- what the handler gets */

void
sieve_name_whole(struct sieve *s, struct request *req)
{
    struct upload *u = arena_new_of(req->arena, struct upload);
    *u = (struct upload){.field = STR("file"), .filename = STR(""), .type = req->content_type, .bytes = req->body};
    req->uploads = u;
    req->n_uploads = s->place == AT_WHOLE && s->parts[0].n > 0;
}

void
sieve_measure(const struct sieve *s, struct request *req, struct upload *uploads, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < s->n_parts; k++)
            if (uploads[i].bytes.p == req->body.p + s->parts[k].at && s->parts[k].n) {
                uploads[i].size = s->parts[k].n;
                uploads[i].spooled = (int)k + 1;
            }
}

bool
sieve_is_whole(const struct sieve *s)
{
    return s->place == AT_WHOLE;
}

void *
upload_take(struct request *req, const struct upload *u)
{
    struct sieve *s = exchange_of(req)->sieve;
    if (!s || !u->spooled)
        return NULL;
    void *spooled = s->parts[u->spooled - 1].spooled;
    s->parts[u->spooled - 1].spooled = NULL;
    return spooled;
}
