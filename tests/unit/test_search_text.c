/* What a search takes for words, where they stand, how well, and what is shown of the text. */
#include "check.h"

#include "search_text.h"

static void
a_query_becomes_words(void **state)
{
    (void)state;
    static const struct {
        const char *q, *words;
    } rows[] = {
        {"噪声", "噪声"},
        {"幸福里 噪声", "幸福里|噪声"},
        {"幸福里，噪声！", "幸福里|噪声"},
        {"　幸福里　噪声　", "幸福里|噪声"},
        {"噪声 噪声 ＡＢ ab", "噪声|ＡＢ"},
        {"5栋3单元", "5栋3单元"},
        {"RX-2026/07", "RX|2026|07"},
        {"赣B·12345", "赣B|12345"},
        {"%_'\";--", ""},
        {"", ""},
        {"一 二 三 四 五 六 七 八", "一|二|三|四|五|六"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct search_words w;
        struct buf b = {0};
        search_split(str_of(rows[i].q), &w);
        for (size_t k = 0; k < w.n; k++) {
            buf_z(&b, k ? "|" : "");
            buf_str(&b, w.p[k].text);
        }
        check_buf(&b, rows[i].words);
        buf_release(&b);
    }
}

static void
a_word_is_found_as_it_is_written(void **state)
{
    (void)state;
    static const struct {
        const char *text, *word;
        int from; /* -1: not there */
    } rows[] = {
        {"楼下噪声很大", "噪声", 6},
        {"楼下噪 声很大", "噪声", -1},
        {"车牌赣b12345", "赣B12345", 6},
        {"车牌赣Ｂ12345", "赣b12345", 6},
        {"WiFi 坏了", "wifi", 0},
        {"营养鸡蛋", "养鸡", 3},
        {"", "噪声", -1},
        {"噪", "噪声", -1},
        {"\xe5\x99", "噪声", -1},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct search_words w;
        struct span at = {0};
        search_split(str_of(rows[i].word), &w);
        bool is_there = search_find(str_of(rows[i].text), &w.p[0], 0, &at);
        if (is_there != (rows[i].from >= 0) || (is_there && (int)at.from != rows[i].from))
            fail_msg("%s in %s: %d at %zu", rows[i].word, rows[i].text, is_there, at.from);
    }
}

static void
a_phrase_fits_better_than_its_words(void **state)
{
    (void)state;
    static const struct {
        const char *text, *q;
        enum search_rank rank;
    } rows[] = {
        {"楼下烧烤店噪声大", "噪声", RANK_PHRASE},
        {"楼下烧烤店噪声大", "烧烤店 噪声", RANK_PHRASE},
        {"楼下烧烤店，噪声大", "烧烤店 噪声", RANK_PHRASE},
        {"噪声大的烧烤店", "烧烤店 噪声", RANK_WORDS},
        {"烧烤店搬走了。又来一家烧烤店噪声大", "烧烤店 噪声", RANK_PHRASE},
        {"烧烤店关门了", "烧烤店 噪声", RANK_PIECES},
        {"", "烧烤店", RANK_PIECES},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct search_words w;
        search_split(str_of(rows[i].q), &w);
        if (search_rank_in(str_of(rows[i].text), &w) != rows[i].rank)
            fail_msg("%s in %s", rows[i].q, rows[i].text);
    }
}

/* The snippet with its marks as [ ]. */
static void
what_is_shown_is_the_place_of_the_word(void **state)
{
    (void)state;
    static const struct {
        const char *text, *q, *shown;
    } rows[] = {
        {"楼下噪声很大", "噪声", "楼下[噪声]很大"},
        {"噪声，噪声，还是噪声", "噪声", "[噪声]，[噪声]，还是[噪声]"},
        {"消防通道被堵\n烧烤店很吵", "烧烤店 通道", "消防[通道]被堵 [烧烤店]很吵"},
        {"门口ＷＩＦＩ坏了", "wifi", "门口[ＷＩＦＩ]坏了"},
        {"没有这个词", "噪声", "没有这个词"},
        {"一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十噪声一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十", "噪声",
         "…三四五六七八九十一二三四五六七八九十[噪声]一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四…"},
        {"养鸡场的鸡", "养鸡场 养鸡", "[养鸡场]的鸡"},
    };
    struct arena *a = arena_new();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct search_words w;
        struct buf b = {0};
        search_split(str_of(rows[i].q), &w);
        struct snippet s = snippet_of(a, str_of(rows[i].text), &w);
        size_t at = 0;
        for (size_t k = 0; k < s.n_marks; k++) {
            assert_true(s.marks[k].from >= at && s.marks[k].n);
            buf_str(&b, str_slice(s.text, at, s.marks[k].from));
            buf_printf(&b, "[%.*s]", (int)s.marks[k].n, s.text.p + s.marks[k].from);
            at = s.marks[k].from + s.marks[k].n;
        }
        buf_str(&b, str_slice(s.text, at, s.text.n));
        check_buf(&b, rows[i].shown);
        buf_release(&b);
    }
    arena_free(a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_query_becomes_words),
        cmocka_unit_test(a_word_is_found_as_it_is_written),
        cmocka_unit_test(a_phrase_fits_better_than_its_words),
        cmocka_unit_test(what_is_shown_is_the_place_of_the_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
