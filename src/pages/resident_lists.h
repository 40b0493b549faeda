/* resident_lists.h — the two lists in everyday words: who leads, what happens first, on what law, how long. */
#ifndef PAGES_RESIDENT_LISTS_H
#define PAGES_RESIDENT_LISTS_H

#include "resident.h"

struct category_group {
    const struct category *c;
    size_t count;
    struct answers items; /* only of the category that is open */
    bool is_open;
};
struct lists_view {
    struct resident r;
    struct finding f;
    struct {
        const struct category_group *p;
        size_t n;
    } groups;
    const char *version; /* 第 2 版，2026 年 7 月 1 日起施行；《…》 */
    int n_enforcement, n_service;
    struct str servants; /* who does the service items: 小区物业、社区居委会 */
};

struct rung { /* one step of the ladder in plain words */
    const char *title, *words;
};
struct law_row {
    struct str law, gist, mark;
    const char *article; /* 第 40 条 */
};
struct item_view {
    struct resident r;
    struct answer a;
    struct str category;
    struct {
        const struct law_row *p;
        size_t n;
    } bases;
    struct {
        const struct rung *p;
        size_t n;
    } rungs;
    struct str tier_note;
    const char *today;
};

#endif
