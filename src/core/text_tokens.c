/* The tokens that search and likeness count: pairs of Han characters, words of ASCII letters and digits. */
#include <stdlib.h>

#include "letters.h"
#include "suggest.h"

typedef void take_token(void *ctx, struct str token);

enum { WORD_BYTES = 64 }; /* longer words are cut into pieces */

static void
take_word(struct str *rest, take_token *take, void *ctx)
{
    char word[WORD_BYTES];
    size_t n = 0;
    for (struct str after = *rest; n < WORD_BYTES; *rest = after) {
        uint32_t c = letter_fold(utf8_next(&after));
        if (!letter_is_ascii(c))
            break;
        word[n++] = (char)c;
    }
    take(ctx, (struct str){word, n});
}

/* One run of Han characters: each with its right neighbour, a lone one by itself. */
static void
take_han(struct str *rest, take_token *take, void *ctx)
{
    const char *previous = NULL;
    size_t pairs = 0;
    for (struct str after = *rest; letter_is_han(utf8_next(&after)); *rest = after) {
        if (previous) {
            take(ctx, (struct str){previous, (size_t)(after.p - previous)});
            pairs++;
        }
        previous = rest->p;
    }
    if (previous && !pairs)
        take(ctx, (struct str){previous, (size_t)(rest->p - previous)});
}

void
text_tokens(struct str text, take_token *take, void *ctx)
{
    while (text.n) {
        struct str after = text;
        uint32_t c = letter_fold(utf8_next(&after));
        if (letter_is_han(c))
            take_han(&text, take, ctx);
        else if (letter_is_ascii(c))
            take_word(&text, take, ctx);
        else
            text = after;
    }
}

/* ---- likeness ---- */

struct hashes {
    uint64_t *p;
    size_t n, cap;
};

static void
add_hash(void *ctx, struct str token)
{
    struct hashes *set = ctx;
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < token.n; i++)
        h = (h ^ (unsigned char)token.p[i]) * UINT64_C(1099511628211);
    if (set->n == set->cap) {
        set->cap = set->cap ? set->cap * 2 : 64;
        set->p = xrealloc(set->p, set->cap * sizeof *set->p);
    }
    set->p[set->n++] = h;
}

static int
compare_hashes(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static struct hashes
distinct_tokens(struct str text)
{
    struct hashes set = {0};
    text_tokens(text, add_hash, &set);
    if (set.n == 0)
        return set;
    qsort(set.p, set.n, sizeof *set.p, compare_hashes);
    size_t n = 1;
    for (size_t i = 1; i < set.n; i++)
        if (set.p[i] != set.p[n - 1])
            set.p[n++] = set.p[i];
    set.n = n;
    return set;
}

struct text_set
text_set_of(struct arena *a, struct str text)
{
    struct hashes set = distinct_tokens(text);
    uint64_t *kept = arena_array(a, uint64_t, set.n + 1);
    if (set.n)
        memcpy(kept, set.p, set.n * sizeof *kept);
    free(set.p);
    return (struct text_set){kept, set.n};
}

int
text_set_likeness(struct text_set a, struct text_set b)
{
    size_t common = 0;
    for (size_t i = 0, k = 0; i < a.n && k < b.n;) {
        uint64_t x = a.tokens[i], y = b.tokens[k];
        common += x == y;
        i += x <= y;
        k += y <= x;
    }
    return a.n + b.n ? (int)(2000 * common / (a.n + b.n)) : 0;
}

int
text_likeness(struct str a, struct str b)
{
    struct hashes x = distinct_tokens(a), y = distinct_tokens(b);
    int likeness = text_set_likeness((struct text_set){x.p, x.n}, (struct text_set){y.p, y.n});
    free(x.p);
    free(y.p);
    return likeness;
}
