#include "search_text.h"

#include "letters.h"

static bool
is_letter(uint32_t c)
{
    return letter_is_han(c) || letter_is_ascii(c);
}

static void
take_word(struct str *rest, struct search_word *w)
{
    struct str after = *rest, from = *rest;
    *w = (struct search_word){.is_han = true};
    for (uint32_t c = letter_fold(utf8_next(&after)); is_letter(c) && w->n < SEARCH_LETTERS_MAX; c = letter_fold(utf8_next(&after))) {
        w->letters[w->n++] = c;
        w->is_han &= letter_is_han(c);
        *rest = after;
    }
    w->text = (struct str){from.p, from.n - rest->n};
}

void
search_split(struct str q, struct search_words *out)
{
    *out = (struct search_words){.phrase = {"", 0}};
    for (struct str rest = q; rest.n && out->n < SEARCH_WORDS_MAX;) {
        struct str after = rest;
        if (!is_letter(letter_fold(utf8_next(&after)))) {
            rest = after;
            continue;
        }
        struct search_word *w = &out->p[out->n];
        take_word(&rest, w);
        bool is_new = true;
        for (size_t i = 0; i < out->n; i++)
            is_new &= out->p[i].n != w->n || memcmp(out->p[i].letters, w->letters, w->n * sizeof *w->letters) != 0;
        out->n += is_new;
        const char *begin = out->phrase.n ? out->phrase.p : w->text.p;
        out->phrase = (struct str){begin, (size_t)(w->text.p + w->text.n - begin)};
    }
}

static bool
stands_at(struct str rest, const struct search_word *w, size_t *n)
{
    struct str s = rest;
    for (size_t i = 0; i < w->n; i++)
        if (!s.n || letter_fold(utf8_next(&s)) != w->letters[i])
            return false;
    *n = rest.n - s.n;
    return true;
}

bool
search_find(struct str text, const struct search_word *w, size_t at, struct span *out)
{
    struct str rest = str_slice(text, at, text.n);
    if (w->is_han && w->n) {
        const char *p = rest.n >= w->text.n ? memmem(rest.p, rest.n, w->text.p, w->text.n) : NULL;
        if (p)
            *out = (struct span){(size_t)(p - text.p), w->text.n};
        return p != NULL;
    }
    while (rest.n && w->n) {
        size_t n;
        if (stands_at(rest, w, &n)) {
            *out = (struct span){text.n - rest.n, n};
            return true;
        }
        utf8_next(&rest);
    }
    return false;
}

bool
search_has_all(struct str text, const struct search_words *q)
{
    struct span at;
    for (size_t i = 0; i < q->n; i++)
        if (!search_find(text, &q->p[i], 0, &at))
            return false;
    return true;
}

/* Do the words begin here, nothing but blanks and signs between them? */
static bool
phrase_at(struct str text, const struct search_words *q, size_t at)
{
    for (size_t i = 0; i < q->n; i++) {
        struct str rest = str_slice(text, at, text.n), after = rest;
        size_t n;
        while (i && rest.n && !is_letter(letter_fold(utf8_next(&after))))
            rest = after;
        if (!stands_at(rest, &q->p[i], &n))
            return false;
        at = text.n - rest.n + n;
    }
    return true;
}

enum search_rank
search_rank_in(struct str text, const struct search_words *q)
{
    struct span at = {0, 0};
    for (size_t from = 0; q->n && search_find(text, &q->p[0], from, &at); from = at.from + at.n)
        if (phrase_at(text, q, at.from))
            return RANK_PHRASE;
    return search_has_all(text, q) ? RANK_WORDS : RANK_PIECES;
}

/* ---- Snippets ---- */

enum { SNIPPET_BEFORE = 18, SNIPPET_LETTERS = 64 };

/* The start of the character that stands `n` characters before byte `at`. */
static size_t
back(struct str text, size_t at, size_t n)
{
    for (; at && n; n--)
        for (at--; at && ((unsigned char)text.p[at] & 0xC0) == 0x80;)
            at--;
    return at;
}

static size_t
forth(struct str text, size_t at, size_t n)
{
    struct str rest = str_slice(text, at, text.n);
    for (; rest.n && n; n--)
        utf8_next(&rest);
    return text.n - rest.n;
}

static struct str
on_one_line(struct arena *a, struct str text, size_t from, size_t to)
{
    struct buf b = {0};
    if (from)
        buf_z(&b, "…");
    for (size_t i = from; i < to; i++)
        buf_char(&b, (unsigned char)text.p[i] < 0x20 ? ' ' : text.p[i]);
    if (to < text.n)
        buf_z(&b, "…");
    struct str s = str_dup(a, buf_view(&b));
    buf_release(&b);
    return s;
}

static bool
next_mark(struct str text, const struct search_words *q, size_t at, struct span *out)
{
    bool is_there = false;
    for (size_t i = 0; i < q->n; i++) {
        struct span found;
        if (!search_find(text, &q->p[i], at, &found))
            continue;
        if (!is_there || found.from < out->from || (found.from == out->from && found.n > out->n))
            *out = found;
        is_there = true;
    }
    return is_there;
}

struct snippet
snippet_of(struct arena *a, struct str text, const struct search_words *q)
{
    struct snippet s = {0};
    struct span first = {0, 0}, mark;
    next_mark(text, q, 0, &first);
    size_t from = back(text, first.from, SNIPPET_BEFORE), to = forth(text, from, SNIPPET_LETTERS);
    s.text = on_one_line(a, text, from, to);
    for (size_t at = 0; s.n_marks < SNIPPET_MARKS_MAX && next_mark(s.text, q, at, &mark); at = mark.from + mark.n)
        s.marks[s.n_marks++] = mark;
    return s;
}
