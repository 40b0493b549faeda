/* Lists of the search index out of any bytes: what is read ascends, and writing it again gives the same bytes. */
#include <stdlib.h>

#include "postings.h"
#include "search_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
    if (!holds)
        abort();
}

static void
read_list(struct str s)
{
    int64_t first = 0, ids[POSTINGS_MAX];
    if (s.n < 8)
        return;
    memcpy(&first, s.p, 8);
    s = str_slice(s, 8, s.n);
    size_t n = postings_read(first, s, ids);
    struct buf b = {0};
    for (size_t i = 1; i < n; i++)
        must(ids[i] > ids[i - 1]);
    if (n && postings_write(&b, ids, n) == n)
        must(str_eq(buf_view(&b), s));
    else
        must(!n || s.n > POSTINGS_BYTES);
    buf_release(&b);
}

static void
read_words(struct str s)
{
    struct str q = str_slice(s, 0, s.n / 3), text = str_slice(s, s.n / 3, s.n);
    struct search_words w;
    struct arena *a = arena_new();
    search_split(q, &w);
    struct snippet t = snippet_of(a, text, &w);
    size_t at = 0;
    for (size_t i = 0; i < t.n_marks; i++) {
        must(t.marks[i].from >= at && t.marks[i].n && t.marks[i].from + t.marks[i].n <= t.text.n);
        at = t.marks[i].from + t.marks[i].n;
    }
    must(search_has_all(text, &w) == (search_rank_in(text, &w) != RANK_PIECES) || !w.n);
    arena_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str s = {(const char *)data, size};
    read_list(s);
    if (utf8_valid(s)) /* as everything that comes from outside */
        read_words(s);
    return 0;
}
