#include "suggest.h"

#include <math.h>
#include <stdlib.h>

#include "suggest_index.h"

enum shape { PLAIN, TITLED };

/* The numbers below were set on 836 phrases (each left out in turn) and on real messages to a public board. */
enum {
    LETTERS_MAX = 4096,  /* a longer text is read up to here */
    CLAUSE_LETTERS = 48, /* a run without any break is read in pieces */
    SHORT_TEXT = 60,     /* is also read as one whole, over its commas */
    ONE_WORD = 4, /* 狗, 停车: somebody is searching, and is shown all that it could be, from shown_letter a letter */
};
static const float title_weight = 1.8f, line_weight = 1.2f, whole_weight = 0.8f;
static const float second_clause = 0.35f, third_clause = 0.2f;
static const float title_silent = 0.7f, title_heard = 1.2f; /* an item that a long text's title does not mention */
static const float long_text = 0.2f;                        /* many clauses find something by chance */
/* Of 300 real orders with a title, 36 had their best between 2.6 and 3.3: 25 of these were wrong. */
static const float shown_from[] = {[PLAIN] = 1.7f, [TITLED] = 3.3f}, shown_letter = 0.17f;
static const float shown_share = 0.4f; /* of the best */
static const float half_score = 4.0f;  /* worth 500 of 1000 */

struct evidence {
    float clause; /* of the clause being read */
    float phrase; /* what the best phrase in it is worth */
    int likest;   /* the phrase that it repeats most of, -1 = none */
    float likeness;
    float best[3]; /* clauses, best first */
    int because;   /* the likest phrase of the best clause */
    float title;
};

struct search {
    const struct scheme *s;
    const struct suggest_index *x;
    struct evidence *items;
    float *coverage;   /* of each phrase in this clause */
    uint32_t *touched; /* phrases with coverage */
    size_t n_touched;
    uint32_t *seen, stamp; /* features of this clause */
    enum reading how;
    size_t n_clauses, n_letters;
};

static void
hear_feature(void *ctx, uint64_t key)
{
    struct search *q = ctx;
    int id = feature_find(q->x, key);
    if (id < 0 || q->seen[id] == q->stamp)
        return;
    q->seen[id] = q->stamp;
    const struct feature *f = &q->x->features[id];
    const struct feature_weight *w = q->x->item_weights + f->items;
    float weight = reading_weight[q->how] * f->factor;
    for (uint32_t i = 0; i < f->n_items; i++)
        q->items[w[i].to].clause += w[i].weight * weight;
    w = q->x->phrase_weights + f->phrases;
    weight = q->how == READ_SINGLE ? 1.0f : reading_weight[q->how];
    for (uint32_t i = 0; i < f->n_phrases; i++) {
        if (q->coverage[w[i].to] == 0)
            q->touched[q->n_touched++] = w[i].to;
        q->coverage[w[i].to] += w[i].weight * weight;
    }
}

static void
weigh_phrases(struct search *q)
{
    for (size_t i = 0; i < q->n_touched; i++) {
        uint32_t p = q->touched[i];
        float covered = q->coverage[p] < 1 ? q->coverage[p] : 1;
        float value = covered * covered * q->x->phrase_gain[p] * (covered > 0.98f ? 1.25f : 1.0f);
        float likeness = covered * covered * (float)q->s->phrases[p].text.n;
        struct evidence *e = &q->items[q->s->phrases[p].item];
        if (value > e->phrase)
            e->phrase = value;
        if (likeness > e->likeness) {
            e->likeness = likeness;
            e->likest = (int)p;
        }
        q->coverage[p] = 0;
    }
    q->n_touched = 0;
}

static void
keep_clause(struct evidence *e, float value, bool is_title)
{
    if (is_title && value > e->title)
        e->title = value;
    if (value > e->best[0]) {
        e->best[2] = e->best[1];
        e->best[1] = e->best[0];
        e->best[0] = value;
        e->because = e->likest;
    } else if (value > e->best[1]) {
        e->best[2] = e->best[1];
        e->best[1] = value;
    } else if (value > e->best[2]) {
        e->best[2] = value;
    }
}

static void
hear_clause(struct search *q, const uint32_t *letters, size_t n, float weight, bool is_title)
{
    q->stamp++;
    /* Neighbours first: a feature counts once a clause, in its strongest reading. */
    static const enum reading readings[] = {READ_NEXT, READ_SINGLE, READ_SKIP1, READ_SKIP2};
    for (size_t i = 0; i < READING_COUNT; i++) {
        q->how = readings[i];
        features_each(letters, n, q->how, hear_feature, q);
    }
    weigh_phrases(q);
    for (size_t i = 0; i < q->x->n_items; i++) {
        struct evidence *e = &q->items[i];
        float value = (e->clause + e->phrase) * weight;
        if (value > 0)
            keep_clause(e, value, is_title);
        e->clause = e->phrase = e->likeness = 0;
        e->likest = -1;
    }
}

static void
hear_line(struct search *q, const uint32_t *letters, size_t n, float weight, bool is_title)
{
    for (size_t i = 0; i < n;) {
        size_t from = i;
        while (i < n && letters[i] && i - from < CLAUSE_LETTERS)
            i++;
        if (i > from) {
            q->n_clauses++;
            hear_clause(q, letters + from, i - from, weight, is_title);
        } else {
            i++;
        }
    }
}

static float
total_of(const struct search *q, const struct evidence *e, enum shape shape)
{
    float sum = e->best[0] + second_clause * e->best[1] + third_clause * e->best[2];
    if (shape == TITLED && e->title < title_heard)
        sum *= title_silent;
    return q->n_clauses > 4 ? sum / (1 + long_text * logf((float)q->n_clauses / 4)) : sum;
}

/* A first line with more below it is a title: people say there what it is about. */
static enum shape
hear_text(struct search *q, struct str words)
{
    uint32_t letters[LETTERS_MAX];
    const char *end = words.n ? memchr(words.p, '\n', words.n) : NULL;
    struct str title = end ? str_slice(words, 0, (size_t)(end - words.p)) : words;
    struct str body = end ? str_trim(str_slice(words, title.n, words.n)) : STR("");
    size_t n = letters_read(title, letters, LETTERS_MAX);
    q->n_letters = n;
    hear_line(q, letters, n, body.n ? title_weight : line_weight, true);
    if (!body.n) {
        if (n <= SHORT_TEXT && q->n_clauses > 1)
            hear_clause(q, letters, n, whole_weight, true);
        return PLAIN;
    }
    n = letters_read(body, letters, LETTERS_MAX);
    hear_line(q, letters, n, 1.0f, false);
    return TITLED;
}

static int
compare_suggestions(const void *a, const void *b)
{
    const struct suggestion *x = a, *y = b;
    return x->score != y->score ? y->score - x->score : x->item - y->item;
}

static int
score_of(float total)
{
    return (int)(1000 * total / (total + half_score));
}

static float
total_of_score(int score)
{
    return half_score * (float)score / (float)(1000 - score);
}

static size_t
rank(const struct search *q, enum shape shape, struct suggestion *out, size_t max)
{
    struct suggestion *all = xcalloc(q->x->n_items + 1, sizeof *all);
    size_t n = 0, shown = 0;
    float best = 0;
    float from = shape == PLAIN && q->n_letters <= ONE_WORD ? shown_letter * (float)q->n_letters : shown_from[shape];
    for (size_t i = 0; i < q->x->n_items; i++) {
        float total = total_of(q, &q->items[i], shape);
        best = total > best ? total : best;
        if (total <= from)
            continue;
        int because = q->items[i].because;
        all[n++] = (struct suggestion){(int)i, score_of(total),
                                       because < 0 ? q->s->items[i].name : q->s->phrases[because].text};
    }
    qsort(all, n, sizeof *all, compare_suggestions);
    while (shown < n && shown < max && all[shown].score >= score_of(best * shown_share)) {
        out[shown] = all[shown];
        shown++;
    }
    free(all);
    return shown;
}

size_t
suggest_items(const struct scheme *s, struct str words, struct suggestion *out, size_t max)
{
    const struct suggest_index *x = s->suggest;
    if (!x || !words.n || !max)
        return 0;
    struct search q = {
        .s = s,
        .x = x,
        .items = xcalloc(x->n_items + 1, sizeof(struct evidence)),
        .coverage = xcalloc(x->n_phrases + 1, sizeof(float)),
        .touched = xcalloc(x->n_phrases + 1, sizeof(uint32_t)),
        .seen = xcalloc(x->n_features + 1, sizeof(uint32_t)),
    };
    for (size_t i = 0; i < x->n_items; i++)
        q.items[i].because = q.items[i].likest = -1;
    enum shape shape = hear_text(&q, str_trim(words));
    size_t n = rank(&q, shape, out, max);
    free(q.items);
    free(q.coverage);
    free(q.touched);
    free(q.seen);
    return n;
}

bool
suggestion_is_clear(const struct suggestion *s, size_t n)
{
    if (!n || s[0].score < 550)
        return false;
    return n == 1 || total_of_score(s[1].score) <= 0.6f * total_of_score(s[0].score);
}

/* ---- dangers and diversions ---- */

/* 「没有人受伤」「未着火」 */
static bool
is_denied(struct str before)
{
    static const char *const denials[] = {"没", "没有", "未", "无"};
    for (size_t i = 0; i < sizeof denials / sizeof *denials; i++) {
        struct str d = str_of(denials[i]);
        if (before.n >= d.n && memcmp(before.p + before.n - d.n, d.p, d.n) == 0)
            return true;
    }
    return false;
}

/* A longer phrase of a harmless item explains the word: 「真着火了怎么办」 asks about a blocked lane. */
static bool
is_explained(const struct scheme *s, struct str words, size_t at, struct str word)
{
    for (size_t i = 0; i < s->n_phrases; i++) {
        const struct phrase *p = &s->phrases[i];
        if (p->text.n <= word.n || p->item < 0 || s->items[p->item].danger)
            continue;
        for (size_t k = 0; k + word.n <= p->text.n; k++)
            if (k <= at && at - k + p->text.n <= words.n && memcmp(p->text.p + k, word.p, word.n) == 0 &&
                memcmp(words.p + at - k, p->text.p, p->text.n) == 0)
                return true;
    }
    return false;
}

static bool
word_is_meant(const struct scheme *s, struct str words, struct str word)
{
    for (size_t at = 0; word.n && at + word.n <= words.n; at++) {
        const char *hit = memmem(words.p + at, words.n - at, word.p, word.n);
        if (!hit)
            return false;
        at = (size_t)(hit - words.p);
        if (!is_denied(str_slice(words, 0, at)) && !is_explained(s, words, at, word))
            return true;
    }
    return false;
}

const struct emergency *
suggest_emergency(const struct scheme *s, struct str words)
{
    for (size_t i = 0; i < s->n_emergencies; i++)
        if (word_is_meant(s, words, s->emergencies[i].word))
            return &s->emergencies[i];
    return NULL;
}

const struct divert *
suggest_divert(const struct scheme *s, struct str words)
{
    for (size_t i = 0; i < s->n_diverts; i++)
        if (word_is_meant(s, words, s->diverts[i].word))
            return &s->diverts[i];
    return NULL;
}

/* ---- the question that decides ---- */

static bool
names_item(const struct scheme *s, const struct confusable *c, int item)
{
    for (size_t i = 0; i < c->items.n; i++)
        if (str_eq(c->items.p[i], s->items[item].code))
            return true;
    return false;
}

static bool
has_any(struct str words, struct strs any)
{
    for (size_t i = 0; i < any.n; i++)
        if (str_has(words, any.p[i]))
            return true;
    return false;
}

struct str
suggest_question(const struct scheme *s, struct str words, const struct suggestion *top, size_t n)
{
    struct str question = STR("");
    int best = 0;
    if (n < 2 || suggestion_is_clear(top, n))
        return question;
    for (size_t i = 0; i < s->n_confusables; i++) {
        const struct confusable *c = &s->confusables[i];
        if (!names_item(s, c, top[0].item))
            continue;
        int weight = 0;
        for (size_t k = 1; k < n; k++)
            weight += names_item(s, c, top[k].item) ? top[k].score : 0;
        if (weight && has_any(words, c->words))
            weight += 1000;
        if (weight > best) {
            best = weight;
            question = c->question;
        }
    }
    return question;
}
