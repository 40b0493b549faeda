/* standards_words.h — inside core only: numbers and articles in the cells of a 立案结案标准. */
#ifndef CORE_STANDARDS_WORDS_H
#define CORE_STANDARDS_WORDS_H

#include "standards.h"

/* Takes a number off the front of *text: 15, １５, 十五, 一百二十三. False when there is none. */
bool standards_number(struct str *text, int *out);

struct standards_article {
    struct str law, article, gist; /* 城市道路管理条例, 23, 设在城市道路上的 … */
};
/* Every 《law》第N条 of a text, each once; returns how many. */
size_t standards_articles(struct arena *a, struct str text, struct standards_article *out, size_t most);

#endif
