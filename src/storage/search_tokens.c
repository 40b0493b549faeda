#include "search_tokens.h"

#include <stdlib.h>

#include "command.h"
#include "suggest.h"

static void
add(struct tokens *t, uint64_t token)
{
    if (t->n < TOKENS_MAX)
        t->p[t->n++] = token;
}

static void
take_token(void *ctx, struct str token)
{
    struct tokens *t = ctx;
    add(t, token_hash(t->key, token));
}

static int
by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* Sorted, so that pages of the database are touched in order. */
static void
make_distinct(struct tokens *t)
{
    size_t n = 0;
    qsort(t->p, t->n, sizeof *t->p, by_number);
    for (size_t i = 0; i < t->n; i++)
        if (!i || t->p[i] != t->p[n - 1])
            t->p[n++] = t->p[i];
    t->n = n;
}

/* A letter that no text holds begins these, so that no word of a text is taken for one. */
static uint64_t
token_of_name(const uint8_t key[KEY_BYTES], char kind, struct str name)
{
    char text[64] = {1, kind};
    size_t n = name.n < sizeof text - 2 ? name.n : sizeof text - 2;
    memcpy(text + 2, name.p, n);
    return token_hash(key, (struct str){text, n + 2});
}

static uint64_t
token_of_number(const uint8_t key[KEY_BYTES], char kind, int64_t id)
{
    char text[24];
    int n = snprintf(text, sizeof text, "%lld", (long long)id);
    return token_of_name(key, kind, (struct str){text, (size_t)n});
}

uint64_t
token_of_place(const uint8_t key[KEY_BYTES], int64_t place)
{
    return token_of_number(key, 'p', place);
}

uint64_t
token_of_lead(const uint8_t key[KEY_BYTES], int64_t org)
{
    return token_of_number(key, 'l', org);
}

uint64_t
token_of_item(const uint8_t key[KEY_BYTES], struct str item)
{
    return token_of_name(key, 'i', item);
}

bool
next_note(const struct params *fields, struct str shown, size_t *at, struct str *note)
{
    while (*at < fields->n) {
        *note = str_trim(fields->p[(*at)++].value);
        if (note->n > 1 && str_has(shown, *note))
            return true;
    }
    return false;
}

static void
add_texts(struct tokens *t, struct str shown, const struct params *fields, const struct str own[3])
{
    struct str note;
    for (int i = 0; i < 3; i++)
        text_tokens(own[i], take_token, t);
    for (size_t at = 0; next_note(fields, shown, &at, &note);)
        text_tokens(note, take_token, t);
}

void
tokens_of_effects(struct tokens *t, const struct effects *fx)
{
    const struct case_file *is = &fx->after, *was = &fx->before;
    const struct str none = {"", 0};
    const struct str own[3] = {fx->has_words ? fx->words : none, fx->has_words ? fx->spot : none, fx->has_reply ? fx->reply : none};
    add_texts(t, fx->event.text, &fx->event.fields, own);
    if (is->place != was->place)
        add(t, token_of_place(t->key, is->place));
    if (is->lead != was->lead)
        add(t, token_of_lead(t->key, is->lead));
    if (!str_eq(is->item, was->item))
        add(t, token_of_item(t->key, is->item));
    make_distinct(t);
}

void
tokens_of_body(struct tokens *t, const struct event_body *b)
{
    const struct str own[3] = {b->words, b->spot, b->reply};
    add_texts(t, b->text, &b->fields, own);
    for (size_t i = 0; i < b->n_columns; i++) {
        struct str name = b->columns[i].name;
        if (str_is(name, "place"))
            add(t, token_of_place(t->key, b->new_n[i]));
        if (str_is(name, "lead"))
            add(t, token_of_lead(t->key, b->new_n[i]));
        if (str_is(name, "item"))
            add(t, token_of_item(t->key, b->new_t[i]));
    }
    make_distinct(t);
}
