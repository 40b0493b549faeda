/* What each event changes: columns, duties, files, whom it told. */
#include "command.h"
#include "replay_fold.h"

static void *
grown(struct arena *a, const void *list, size_t n, size_t *cap, size_t size)
{
    size_t more = *cap ? *cap * 2 : 16;
    if (n < *cap)
        return (void *)(uintptr_t)list;
    char *p = arena_alloc(a, more * size);
    if (n)
        memcpy(p, list, n * size);
    *cap = more;
    return p;
}

static void
fold_duty(struct arena *a, struct folded *f, const struct duty *u)
{
    for (size_t i = 0; i < f->n_duties; i++)
        if (f->duties[i].id == u->id) {
            f->duties[i] = *u;
            return;
        }
    f->duties = grown(a, f->duties, f->n_duties, &f->cap, sizeof *f->duties);
    f->duties[f->n_duties++] = *u;
}

static void
fold_files(struct arena *a, struct folded *f, const struct event_body *b, int64_t seq)
{
    for (size_t i = 0; i < b->n_files; i++) {
        f->files = grown(a, f->files, f->n_files, &f->cap_files, sizeof *f->files);
        f->files[f->n_files++] = (struct folded_file){.named = b->attached[i], .seq = seq, .has_digest = b->has_digests};
    }
}

/* photo_cleared and photo_hidden: f says which. */
static void
fold_clearing(struct folded *f, const struct event_body *b, bool is_public)
{
    int64_t id = params_int(&b->fields, "file", 0);
    for (size_t i = 0; i < f->n_files; i++)
        if (f->files[i].named.id == id)
            f->files[i].is_public = is_public;
    f->knows_public &= id != 0;
}

static void
fold_told(struct arena *a, struct folded *f, const struct event_body *b)
{
    f->knows_told &= b->has_told;
    for (size_t i = 0; i < b->n_told; i++) {
        f->told = grown(a, f->told, f->n_told, &f->cap_told, sizeof *f->told);
        f->told[f->n_told++] = b->told[i];
    }
}

void
fold(struct arena *a, struct folded *f, const struct event_body *b, int64_t seq, struct str type)
{
    fold_files(a, f, b, seq);
    fold_told(a, f, b);
    if (str_is(type, "photo_cleared") || str_is(type, "photo_hidden"))
        fold_clearing(f, b, str_is(type, "photo_cleared"));
    for (size_t i = 0; i < b->n_columns; i++) {
        for (int k = 0; !b->columns[i].is_text && k < CASE_N_NUMBERS; k++)
            if (str_is(b->columns[i].name, case_number_name(k)))
                *case_number(&f->c, k) = b->new_n[i];
        for (int k = 0; b->columns[i].is_text && k < CASE_N_TEXTS; k++)
            if (str_is(b->columns[i].name, case_text_name(k)))
                *case_text(&f->c, k) = b->new_t[i];
    }
    for (size_t i = 0; i < b->n_duties; i++)
        fold_duty(a, f, &b->duties[i]);
    if (b->has_words) {
        f->words = b->words;
        f->spot = b->spot;
    }
    if (b->has_reply)
        f->reply = b->reply;
}
