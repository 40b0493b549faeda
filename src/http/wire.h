/* wire.h — what may stand on the wire: the strict subset of HTTP/1.x heads and chunks that we let through to evhttp.
 *
 * evhttp is lenient (bare line feeds, folded headers, bytes after a NUL), and leniency is how two programs come to
 * read one request differently. So every head passes here, whole, before evhttp sees its first byte, and chunked bodies
 * are re-framed with a length. Pure functions over bytes; no sockets, no memory of their own.
 */
#ifndef HTTP_WIRE_H
#define HTTP_WIRE_H

#include "http.h"

/* Why a message is not taken. status 0 = taken. */
struct refusal {
    int status;
    const char *why; /* for the log */
};

struct head {
    enum method method;
    bool is_head, is_chunked, wants_continue;
    bool closes; /* the client said so, or it speaks 1.0 without keep-alive */
    bool is_old; /* HTTP/1.0 */
    uint64_t length; /* of the body, 0 when there is none or it is chunked */
    struct str target, content_type; /* borrow the bytes that were checked */
    struct {
        size_t at, n;
    } framing, expect; /* the whole lines that say Content-Length or Transfer-Encoding, and Expect */
};

/* How many bytes the head takes, its blank line included; 0 = more must come. */
size_t wire_head_end(struct str bytes);
/* An early no to what can never become a head (TLS, binary), so that nobody waits for a time-out. */
bool wire_may_become_head(struct str bytes);
struct refusal wire_head(struct str bytes, struct head *head);
/* Writes the head again, with this length and nothing else about framing. */
void wire_reframe(struct buf *out, struct str bytes, const struct head *head, uint64_t length);

/* Chunked bodies: feed what came; `data` is the next piece of the body (may be empty), *in moves on. */
struct chunks {
    enum {
        CHUNK_SIZE,
        CHUNK_SIZE_LF,
        CHUNK_DATA,
        CHUNK_DATA_CR,
        CHUNK_DATA_LF,
        CHUNK_END_CR,
        CHUNK_END_LF,
        CHUNK_DONE
    } at;
    int digits;
    uint64_t left; /* of the present chunk */
};
bool wire_chunk(struct chunks *c, struct str *in, struct str *data); /* false: malformed */

/* Percent-decoding into out (at least in.n bytes): the number of bytes, or -1 when an escape is broken. */
ptrdiff_t wire_unescape(char *out, struct str in, bool plus_is_blank);

bool wire_same(struct str a, const char *z); /* ASCII letters count equal in either case */
bool wire_list_has(struct str list, const char *token); /* in a comma-separated header value */

#endif
