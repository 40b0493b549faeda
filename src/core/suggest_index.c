#include "suggest_index.h"

#include <math.h>
#include <stdlib.h>

#include "letters.h"

const float reading_weight[READING_COUNT] = {
    [READ_NEXT] = 1.0f, [READ_SKIP1] = 0.6f, [READ_SKIP2] = 0.4f, [READ_SINGLE] = 0.5f};

#define SINGLE_RARITY 0.4f
enum { TEXT_LETTERS = 256 }; /* of a phrase, a name or a plain sentence */

/* ---- features ---- */

size_t
letters_read(struct str text, uint32_t *out, size_t max)
{
    size_t n = 0;
    while (text.n && n < max) {
        uint32_t c = letter_fold(utf8_next(&text));
        out[n++] = letter_is_han(c) || letter_is_ascii(c) ? c : 0;
    }
    return n;
}

static uint64_t
pair_key(uint32_t a, uint32_t b)
{
    return (uint64_t)a << 32 | b;
}

/* A word of letters; house numbers and other plain figures say nothing. Returns the index after it. */
static size_t
read_word(const uint32_t *letters, size_t n, size_t i, void (*take)(void *ctx, uint64_t key), void *ctx)
{
    uint64_t h = UINT64_C(14695981039346656037);
    bool named = false;
    for (; i < n && letter_is_ascii(letters[i]); i++) {
        h = (h ^ letters[i]) * UINT64_C(1099511628211);
        named = named || letters[i] >= 'a';
    }
    if (named && take)
        take(ctx, h | UINT64_C(1) << 63);
    return i;
}

void
features_each(const uint32_t *letters, size_t n, enum reading how, void (*take)(void *ctx, uint64_t key), void *ctx)
{
    size_t gap = how == READ_SKIP1 ? 2 : how == READ_SKIP2 ? 3 : 1;
    size_t run = 0; /* Han letters in a row up to and with this one */
    for (size_t i = 0; i < n;) {
        if (letter_is_ascii(letters[i])) {
            run = 0;
            i = read_word(letters, n, i, how == READ_NEXT ? take : NULL, ctx);
            continue;
        }
        run = letters[i] ? run + 1 : 0;
        if (run && how == READ_SINGLE)
            take(ctx, pair_key(letters[i], 0));
        else if (run > gap && how != READ_SINGLE)
            take(ctx, pair_key(letters[i - gap], letters[i]));
        i++;
    }
}

static size_t
slot_of(const struct suggest_index *x, uint64_t key)
{
    size_t at = (size_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> 32) & x->mask;
    while (x->slots[at] && x->features[x->slots[at] - 1].key != key)
        at = (at + 1) & x->mask;
    return at;
}

int
feature_find(const struct suggest_index *x, uint64_t key)
{
    return (int)x->slots[slot_of(x, key)] - 1;
}

/* ---- words that say little ---- */

static bool
has_letter(const char *letters, uint32_t c)
{
    struct str rest = str_of(letters);
    for (uint32_t o; (o = utf8_next(&rest));)
        if (o == c)
            return true;
    return false;
}

static bool
has_pair(const char *pairs, uint32_t a, uint32_t b)
{
    struct str rest = str_of(pairs);
    for (uint32_t x; (x = utf8_next(&rest));)
        if (utf8_next(&rest) == b && x == a)
            return true;
    return false;
}

/* Function characters, and pairs that every complaint has whatever it is about. */
static float
factor_of(uint64_t key)
{
    static const char *const function = "的了是在我有他她它这那不们来个怎么能什没就都也很还和要会对吗呢吧啊被把让从到去"
                                        "与及或为以之其等已着过给你您大家请希望可得"
                                        "地说做该但而且如果因所又再只才些时候年月日号第几多少";
    static const char *const common = "小区社区物业公司业主居民住户投诉举报问题严重长期部门相关有关解决处理影响生活安全"
                                      "领导书记政府规定进行情况附近周边存在"
                                      "要求责任管理家里地方反映服务开发发商街道工作一直经常天天每天";
    uint32_t a = (uint32_t)(key >> 32), b = (uint32_t)key;
    if (key >> 63)
        return 1.0f;
    if (!b)
        return has_letter(function, a) ? 0.15f : 1.0f;
    int n = has_letter(function, a) + has_letter(function, b);
    return (n == 2 ? 0.15f : n == 1 ? 0.7f : 1.0f) * (has_pair(common, a, b) ? 0.4f : 1.0f);
}

/* ---- building ---- */

struct builder {
    struct suggest_index *x;
    float *counts; /* n_features × n_items, grown with the features */
    size_t cap;
    size_t item;
    float amount;
    /* of one phrase: */
    uint32_t *found;
    size_t n_found;
    const float *rarities;
};

static size_t
feature_add(struct builder *b, uint64_t key)
{
    struct suggest_index *x = b->x;
    size_t at = slot_of(x, key);
    if (!x->slots[at]) {
        x->features[x->n_features] = (struct feature){.key = key, .factor = factor_of(key)};
        x->slots[at] = (uint32_t)++x->n_features;
    }
    return x->slots[at] - 1;
}

static void
count_feature(void *ctx, uint64_t key)
{
    struct builder *b = ctx;
    size_t f = feature_add(b, key);
    float factor = (uint32_t)key || key >> 63 ? b->x->features[f].factor : 1.0f; /* singles count whole */
    b->counts[f * b->x->n_items + b->item] += b->amount * factor;
}

static void
count_text(struct builder *b, int item, struct str text, float amount)
{
    uint32_t letters[TEXT_LETTERS];
    size_t n = letters_read(text, letters, TEXT_LETTERS);
    b->item = (size_t)item;
    static const struct {
        enum reading how;
        float share;
    } readings[] = {{READ_NEXT, 1.0f}, {READ_SKIP1, 0.5f}, {READ_SINGLE, 1.0f}};
    for (size_t i = 0; i < sizeof readings / sizeof *readings; i++) {
        b->amount = amount * readings[i].share;
        features_each(letters, n, readings[i].how, count_feature, b);
    }
}

/* How few items have it: 1 for one, 0 for all. */
static float
rarity(const float *counts, size_t n_items)
{
    float having = 0;
    for (size_t i = 0; i < n_items; i++)
        having += counts[i] < 1 ? counts[i] : 1;
    return n_items < 2 || having >= (float)n_items || having <= 0
               ? n_items < 2
               : logf((float)n_items / having) / logf((float)n_items);
}

static void
weigh_items(struct builder *b, struct arena *a, float *rarities)
{
    struct suggest_index *x = b->x;
    size_t n = 0, used = 0;
    for (size_t i = 0; i < x->n_features * x->n_items; i++)
        n += b->counts[i] > 0;
    x->item_weights = arena_array(a, struct feature_weight, n + 1);
    for (size_t f = 0; f < x->n_features; f++) {
        const float *counts = b->counts + f * x->n_items;
        float all = 0;
        for (size_t i = 0; i < x->n_items; i++)
            all += counts[i];
        rarities[f] = rarity(counts, x->n_items);
        x->features[f].items = (uint32_t)used;
        for (size_t i = 0; i < x->n_items; i++) {
            float weight =
                counts[i] > 0 ? rarities[f] * counts[i] / (counts[i] + 1) * (0.5f + 0.5f * counts[i] / all) : 0;
            if (weight * x->features[f].factor > 0.05f) /* less is noise */
                x->item_weights[used++] = (struct feature_weight){(uint32_t)i, weight};
        }
        x->features[f].n_items = (uint32_t)used - x->features[f].items;
    }
}

/* What a feature adds to the coverage of a phrase that has it. Single characters count where they are telling: 狗, not 车. */
static float
phrase_share(const struct suggest_index *x, const float *rarities, uint32_t f)
{
    uint64_t key = x->features[f].key;
    bool is_single = !(uint32_t)key && !(key >> 63);
    if (is_single && rarities[f] < SINGLE_RARITY)
        return 0;
    return (rarities[f] + 0.02f) * (is_single ? reading_weight[READ_SINGLE] : 1.0f) * x->features[f].factor;
}

static void
note_feature(void *ctx, uint64_t key)
{
    struct builder *b = ctx;
    int f = feature_find(b->x, key);
    for (size_t i = 0; i < b->n_found; i++)
        if (b->found[i] == (uint32_t)f)
            return;
    if (phrase_share(b->x, b->rarities, (uint32_t)f) == 0)
        return;
    b->found[b->n_found++] = (uint32_t)f;
}

static void
phrase_features(struct builder *b, const struct scheme *s, size_t phrase)
{
    uint32_t letters[TEXT_LETTERS];
    size_t n = letters_read(s->phrases[phrase].text, letters, TEXT_LETTERS);
    b->n_found = 0;
    if (s->phrases[phrase].item < 0)
        return;
    features_each(letters, n, READ_NEXT, note_feature, b);
    features_each(letters, n, READ_SINGLE, note_feature, b);
}

static void
weigh_phrases(struct builder *b, struct arena *a, const struct scheme *s, const float *rarities)
{
    struct suggest_index *x = b->x;
    uint32_t found[2 * TEXT_LETTERS];
    size_t total = 0;
    b->found = found;
    b->rarities = rarities;
    for (size_t p = 0; p < x->n_phrases; p++) {
        phrase_features(b, s, p);
        for (size_t i = 0; i < b->n_found; i++)
            x->features[found[i]].n_phrases++;
        total += b->n_found;
    }
    uint32_t from = 0;
    for (size_t f = 0; f < x->n_features; f++) {
        x->features[f].phrases = from;
        from += x->features[f].n_phrases;
        x->features[f].n_phrases = 0;
    }
    x->phrase_weights = arena_array(a, struct feature_weight, total + 1);
    x->phrase_gain = arena_array(a, float, x->n_phrases + 1);
    for (size_t p = 0; p < x->n_phrases; p++) {
        phrase_features(b, s, p);
        float all = 0;
        for (size_t i = 0; i < b->n_found; i++)
            all += phrase_share(x, rarities, found[i]);
        for (size_t i = 0; i < b->n_found && all > 0; i++) {
            struct feature *f = &x->features[found[i]];
            x->phrase_weights[f->phrases + f->n_phrases++] =
                (struct feature_weight){(uint32_t)p, phrase_share(x, rarities, found[i]) / all};
        }
        float length = 0.5f + 0.22f * (float)utf8_count(s->phrases[p].text);
        x->phrase_gain[p] = (length < 1.6f ? length : 1.6f) * (1 + 0.25f * (float)(s->phrases[p].weight - 1));
    }
}

static size_t
letters_at_most(const struct scheme *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n_items; i++)
        n += utf8_count(s->items[i].name) + utf8_count(s->items[i].plain);
    for (size_t i = 0; i < s->n_phrases; i++)
        n += utf8_count(s->phrases[i].text);
    return n;
}

struct suggest_index *
suggest_build(struct arena *a, const struct scheme *s)
{
    struct suggest_index *x = arena_new_of(a, struct suggest_index);
    x->n_items = s->n_items;
    x->n_phrases = s->n_phrases;
    size_t most = 3 * letters_at_most(s) + 1, size = 64; /* three readings, each a feature a letter */
    while (size < 2 * most)
        size *= 2;
    x->mask = size - 1;
    x->slots = arena_array(a, uint32_t, size);
    x->features = arena_array(a, struct feature, most);
    struct builder b = {.x = x, .counts = xcalloc(most * (x->n_items + 1), sizeof(float))};
    for (size_t i = 0; i < s->n_phrases; i++)
        if (s->phrases[i].item >= 0)
            count_text(&b, s->phrases[i].item, s->phrases[i].text, s->phrases[i].weight > 1 ? 1.5f : 1.0f);
    for (size_t i = 0; i < s->n_items; i++) {
        count_text(&b, (int)i, s->items[i].name, 1.0f);
        count_text(&b, (int)i, s->items[i].plain, 1.0f);
    }
    float *rarities = xcalloc(x->n_features + 1, sizeof *rarities);
    weigh_items(&b, a, rarities);
    weigh_phrases(&b, a, s, rarities);
    free(rarities);
    free(b.counts);
    return x;
}
