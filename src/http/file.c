/* Files as answers: whole, a single range of them (players of evidence video ask for ranges), or handed to nginx; and bodies
 * that are made while they are sent. */
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* With accel_root = /var/lib/shaodao/blob, the file …/blob/ab/cd becomes X-Accel-Redirect: /blob/ab/cd. */
static bool
hand_to_proxy(struct exchange *x)
{
    struct str root = str_of(x->loop->server->accel_root), path = str_of(x->res.file_path);
    if (!root.n || !str_starts(path, root) || path.n <= root.n || path.p[root.n] != '/')
        return false;
    response_header(&x->res, "X-Accel-Redirect",
                    response_escape(x->req.arena, arena_printf(x->req.arena, "/blob%s", path.p + root.n), "/-_.~"));
    x->res.file_path = NULL;
    return true;
}

enum range { RANGE_NONE, RANGE_ONE, RANGE_OUTSIDE };

static bool
read_number(struct str s, int64_t *out)
{
    return s.p[0] >= '0' && s.p[0] <= '9' && str_int(s, out);
}

/* "bytes=a-b", "bytes=a-", "bytes=-n". Several ranges, or what makes no sense, get the whole file. */
static enum range
read_range(struct str s, int64_t size, struct file_part *part)
{
    struct str unit, first;
    int64_t from = 0, to = size - 1;
    if (!str_cut(&s, '=', &unit) || !wire_same(unit, "bytes") || !s.p || !str_cut(&s, '-', &first))
        return RANGE_NONE;
    struct str last = s.p ? s : STR("");
    if ((first.n && !read_number(first, &from)) || (last.n && !read_number(last, &to)))
        return RANGE_NONE;
    if (!first.n) { /* the last n bytes */
        if (!last.n)
            return RANGE_NONE;
        from = to < size ? size - to : 0;
        if (to == 0)
            return RANGE_OUTSIDE;
        to = size - 1;
    }
    if (first.n && last.n && to < from)
        return RANGE_NONE;
    if (from >= size)
        return RANGE_OUTSIDE;
    part->at = from;
    part->n = (to < size ? to + 1 : size) - from;
    return RANGE_ONE;
}

/* If-Range: the rest of a file is only good together with the beginning of the same file. */
static bool
may_send_range(const struct exchange *x)
{
    struct str condition = request_header(&x->req, "If-Range");
    const char *etag = response_find(&x->res, "ETag");
    return !condition.n || (etag && str_is(condition, etag));
}

static void
apply_range(struct exchange *x, struct file_part *part, int64_t size)
{
    struct str wanted = request_header(&x->req, "Range");
    response_header(&x->res, "Accept-Ranges", "bytes");
    if (!wanted.n || (x->res.status && x->res.status != 200) || !may_send_range(x))
        return;
    switch (read_range(wanted, size, part)) {
    case RANGE_NONE:
        break;
    case RANGE_ONE:
        x->res.status = 206;
        response_header(&x->res, "Content-Range",
                        arena_printf(x->req.arena, "bytes %lld-%lld/%lld", (long long)part->at,
                                     (long long)(part->at + part->n - 1), (long long)size));
        break;
    case RANGE_OUTSIDE:
        x->res.status = 416;
        part->n = 0;
        response_header(&x->res, "Content-Range", arena_printf(x->req.arena, "bytes */%lld", (long long)size));
        break;
    }
}

bool
file_open(struct exchange *x, struct file_part *part, struct err *err)
{
    struct stat st;
    if (hand_to_proxy(x))
        return true;
    int fd = open(x->res.file_path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        err_set(err, ERR_NOT_FOUND, "没有这个文件。");
        err_detail(err, "%s: %s", x->res.file_path, fd < 0 ? strerror(errno) : "not a plain file");
        if (fd >= 0)
            close(fd);
        return false;
    }
    *part = (struct file_part){fd, 0, st.st_size};
    apply_range(x, part, st.st_size);
    return true;
}

/* ---- sources */

enum { SOURCE_PIECE = 64 * 1024 };

void
source_close(struct body_source *source)
{
    if (source->close)
        source->close(source->arg);
    *source = (struct body_source){0};
}

void
source_open(struct exchange *x, struct file_part *part)
{
    *part = (struct file_part){-1, 0, x->res.source.size};
    apply_range(x, part, x->res.source.size);
}

/* One piece into the socket's buffer. What cannot be read is never replaced by something else: the client gets less than
 * was promised, and notices. */
static void
source_fill(struct http_conn *c, struct evbuffer *out)
{
    struct evbuffer_iovec room;
    size_t n = c->source_left < SOURCE_PIECE ? (size_t)c->source_left : SOURCE_PIECE;
    if (!n)
        return;
    bool ok = evbuffer_reserve_space(out, SOURCE_PIECE, &room, 1) == 1 &&
              c->source.read(c->source.arg, c->source_at, room.iov_base, n);
    room.iov_len = n;
    if (!ok || evbuffer_commit_space(out, &room, 1) != 0) {
        c->source_left = 0;
        c->head.closes = true;
        shutdown(c->fd, SHUT_RDWR);
        return;
    }
    c->source_at += (int64_t)n;
    c->source_left -= (int64_t)n;
}

/* Runs inside libevent's write: there is room again. */
static void
source_drained(struct evbuffer *out, const struct evbuffer_cb_info *info, void *arg)
{
    struct http_conn *c = arg;
    if (!info->n_deleted || !c->source.read)
        return;
    c->seen_ms = loop_now_ms();
    if (evbuffer_get_length(out) < SOURCE_PIECE)
        source_fill(c, out);
}

void
source_begin(struct http_conn *c, struct body_source *source, const struct file_part *part)
{
    struct evbuffer *out = bufferevent_get_output(c->bev);
    c->source = *source;
    *source = (struct body_source){0};
    c->source_at = part->at;
    c->source_left = part->n;
    evbuffer_add_cb(out, source_drained, c);
    source_fill(c, out);
}

void
source_end(struct http_conn *c)
{
    if (!c->source.close)
        return;
    evbuffer_remove_cb(bufferevent_get_output(c->bev), source_drained, c);
    source_close(&c->source);
}
