/* standards_words.h — inside core only: headings, numbers, articles and units in the cells of a 立案结案标准. */
#ifndef CORE_STANDARDS_WORDS_H
#define CORE_STANDARDS_WORDS_H

#include "standards.h"

enum heading {
    MAJOR_CODE,
    MAJOR,
    MINOR_CODE,
    MINOR,
    UNIT,
    DEPARTMENT,
    CONDITION,
    CLOSING,
    LIMIT,
    LAW,
    ARTICLE,
    COLLECT,
    HEADING_COUNT
};

struct standards_columns {
    int at[HEADING_COUNT];  /* -1 = the list does not have it */
    size_t n_lines;         /* 2 where 大类 stands over 代码 and 名称 */
    struct strs names;      /* what stands over each column */
    struct str limit_unit;  /* 工作日 of 处置时限（工作日）; empty when the heading says none */
};
/* Whether the first of these rows is a heading, or the first two are. */
bool standards_columns(struct arena *a, const struct strs *rows, size_t n, struct standards_columns *out);
/* The heading that this column was mapped to, or -1. */
int standards_heading(const struct standards_columns *c, size_t column);

/* Takes a number off the front of *text: 15, １５, 十五, 一百二十三. False when there is none. */
bool standards_number(struct str *text, int *out);
bool standards_is_unit(struct str word); /* 工作日, 小时 … and nothing else */

struct standards_article {
    struct str law, article, gist; /* 城市道路管理条例, 23, 设在城市道路上的 … */
};
/* Every 《law》第N条 of a text, each once; returns how many. */
size_t standards_articles(struct arena *a, struct str text, struct standards_article *out, size_t most);

/* Takes the next name off a cell: A、B，C及各D, or one a line. Empty at the end. */
struct str standards_next_name(struct str *rest);
bool standards_names_nobody(struct str name); /* 各产权单位, 相关部门 */

struct standards_owners {
    struct arena *a;
    struct tables scheme;
    struct str county; /* 会昌县 */
    struct standards_unit *units;
    size_t n, cap;
};
void standards_owners_init(struct standards_owners *o, struct arena *a, struct tables scheme);
struct standards_unit *standards_owner(struct standards_owners *o, struct str name);

#endif
