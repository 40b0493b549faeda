/* The escapers: whatever comes in, no byte that ends its place comes out. */
#include <assert.h>

#include "html.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct str in = {(const char *)data, n};
    struct buf b = {0};
    html_text(&b, in);
    assert(!b.n || (!memchr(b.p, '<', b.n) && !memchr(b.p, '"', b.n) && !memchr(b.p, '\'', b.n)));
    buf_clear(&b);
    html_url(&b, in);
    assert(!b.n || (!memchr(b.p, '"', b.n) && !memchr(b.p, ' ', b.n) && !memchr(b.p, '\t', b.n)));
    assert(b.n < 11 || strncasecmp(b.p, "javascript:", 11) != 0);
    assert(b.n < 2 || memcmp(b.p, "//", 2) != 0);
    buf_clear(&b);
    html_url_part(&b, in);
    assert(!b.n || (!memchr(b.p, '/', b.n) && !memchr(b.p, ':', b.n) && !memchr(b.p, '&', b.n)));
    buf_clear(&b);
    html_json(&b, in);
    assert(!memchr(b.p, '<', b.n) && !memchr(b.p, '\n', b.n));
    buf_release(&b);
    return 0;
}
