#include <stdio.h>

#include "multiply.h"
#include "suggest.h"

enum { JITTER_S = 8 * 3600, AWAY_MS = 496 /* no moment of the sample ends like this, so no step of ids is shared with it */, HOT_PLACES = 20, HOT_ONE_OF = 50 };

static uint64_t
mix(uint64_t a, uint64_t b, uint64_t c)
{
    uint64_t z = a * UINT64_C(0x9E3779B97F4A7C15) + b * UINT64_C(0xD1B54A32D192ED03) + c * UINT64_C(0x8CB92BA72F3D8DD7) + UINT64_C(20260421);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}
static uint64_t
times_of(const struct copy *c)
{
    return (uint64_t)c->era * 4096 + (uint64_t)c->r;
}

int64_t
copy_shift(const struct copy *c)
{
    if (c->r == ORIGINAL)
        return 0;
    bool is_new = m.cases[c->of].day >= m.last_day - 1 && c->era == 0; /* not into days to come */
    int64_t jitter = (int64_t)(mix((uint64_t)c->of, times_of(c), 1) % (is_new ? 300 : JITTER_S)) * 1000 + AWAY_MS;
    return jitter - c->era * ERA_DAYS * DAY_MS;
}

/* What is one matter in the sample, the same place again, is one in the copies. */
int32_t
copy_place(const struct copy *c)
{
    int64_t place = m.cases[c->of].row[m.at_place].i;
    uint64_t h = mix((uint64_t)place, times_of(c), 2);
    if (c->r == ORIGINAL || !place)
        return (int32_t)place;
    return m.compounds[h % HOT_ONE_OF == 0 ? (h >> 20) % HOT_PLACES * 7 % m.n_compounds : (h >> 20) % m.n_compounds];
}

bool
copy_is_made(const struct copy *c)
{
    const struct sample_case *s = &m.cases[c->of];
    int32_t day = s->day - c->era * ERA_DAYS;
    if (c->r == ORIGINAL)
        return true;
    return day >= m.first_day && s->day > m.last_day - ERA_DAYS && (!c->era || !s->is_open) &&
           (double)(mix((uint64_t)s->row[m.at_place].i, times_of(c), 3) >> 11) * 0x1p-53 < m.share;
}

int64_t
copy_id_at(int64_t sample_id, int64_t shift, int64_t rank, int r)
{
    int64_t ms = (sample_id >> ID_BITS) * 16 + INT64_C(1577836800000) + shift;
    return store_first_id(ms) + rank % m.ranks * m.copies + r;
}

int64_t
copy_id(const struct copy *c)
{
    const struct sample_case *s = &m.cases[c->of];
    return c->r == ORIGINAL ? s->id : copy_id_at(s->id, copy_shift(c), s->rank, c->r);
}

/* ---- Words ---- */

/* Made of few letters, so that pairs come back in other words too; the first are said much more often than the last. */
void
copy_words(void)
{
    static const char *const heads[] = {"东门", "西门", "南门", "北门", "地下车库", "单元门口", "垃圾站", "健身广场", "幼儿园旁", "消防通道", "绿化带", "配电房", "水泵房", "电梯口",
                                        "楼道", "楼顶平台", "底商", "菜鸟驿站", "岗亭", "充电棚", "凉亭", "围墙边", "下水井", "物业中心", "快递柜", "篮球场", "河边步道", "公交站"};
    static const char *const middles[] = {"堆了", "漏出", "占了", "挡住", "拆了", "私装", "倒了", "锁上", "挖开", "架起", "贴满", "晾着", "泼了", "砸坏", "搭起", "停满"};
    static const char *const tails[] = {"旧家具", "建筑垃圾", "电动车", "广告牌", "油烟管", "鸡笼", "地锁", "铁皮棚", "污水", "空调外机", "花盆", "纸箱", "水管", "栏杆", "雨棚", "烧烤架",
                                        "音响", "监控杆", "太阳能板", "晾衣架", "菜地", "煤气罐", "轮胎", "沙袋"};
    static const char *const ends[] = {"希望早点处理", "老人孩子不安全", "反映过几次", "晚上十点以后最严重", "请联系我", "物业说管不了", "邻居都有意见", "味道很大", "下雨天更糟",
                                       "影响出行", "已经半个月", "周末特别吵"};
    static const struct {
        const char *const *p;
        size_t n;
    } lists[EXTRAS] = {{heads, sizeof heads / sizeof *heads}, {middles, sizeof middles / sizeof *middles}, {tails, sizeof tails / sizeof *tails}, {ends, sizeof ends / sizeof *ends}};
    static struct tokens t;
    for (int k = 0; k < EXTRAS; k++) {
        m.words[k] = arena_array(m.arena, struct word, lists[k].n);
        m.n_words[k] = lists[k].n;
        for (size_t i = 0; i < lists[k].n; i++) {
            struct word *w = &m.words[k][i];
            t.n = 0;
            w->text = str_of(lists[k].p[i]);
            tokens_add_text(&t, w->text);
            memcpy(w->tokens, t.p, (w->n = t.n) * sizeof *t.p);
        }
    }
}

static const struct word *
some_word(int k, uint64_t h)
{
    double u = (double)(h >> 11) * 0x1p-53;
    return &m.words[k][(size_t)(u * u * (double)m.n_words[k])];
}

static void
add_token(struct saying *s, uint64_t token)
{
    if (s->tokens.n < TOKENS_MAX)
        s->tokens.p[s->tokens.n++] = token;
}

static void
say_word(struct saying *s, const struct word *w, const char *then)
{
    buf_str(&s->words, w->text);
    buf_z(&s->words, then);
    for (size_t i = 0; i < w->n; i++)
        add_token(s, w->tokens[i]);
}

/* A number of its own, in one case of fifteen: of a car, of a rubbish bin. */
static void
say_number(struct saying *s, uint64_t h)
{
    char plate[16], folded[16];
    int n = snprintf(plate, sizeof plate, "D%05d", (int)(h % 100000));
    snprintf(folded, sizeof folded, "d%s", plate + 1);
    buf_z(&s->words, "车牌尾号 ");
    buf_z(&s->words, plate);
    buf_z(&s->words, "。");
    add_token(s, token_hash(m.search_key, (struct str){folded, (size_t)n}));
    for (size_t i = 0; i < 3; i++) /* 车牌, 牌尾, 尾号 */
        add_token(s, token_hash(m.search_key, (struct str){"车牌尾号" + 3 * i, 6}));
}

void
copy_say(struct saying *s, const struct copy *c)
{
    const struct sample_case *of = &m.cases[c->of];
    uint64_t h = mix((uint64_t)c->of, times_of(c), 4);
    s->words.n = s->tokens.n = 0;
    for (size_t i = 0; i < of->n_text_tokens; i++)
        add_token(s, of->text_tokens[i]);
    buf_str(&s->words, of->words);
    for (int k = 0; k < EXTRAS; k++)
        say_word(s, some_word(k, mix(h, (uint64_t)k, 5)), k == EXTRAS - 1 ? "。" : "，");
    if (h % 15 == 0)
        say_number(s, h >> 8);
    add_token(s, token_of_place(m.search_key, copy_place(c)));
    add_token(s, token_of_lead(m.search_key, of->row[m.at_lead].i));
    add_token(s, token_of_item(m.search_key, of->row[m.at_item].s));
}
