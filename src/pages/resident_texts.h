/* resident_texts.h — the short honest pages: notices, help, privacy, accessibility, site map. */
#ifndef PAGES_RESIDENT_TEXTS_H
#define PAGES_RESIDENT_TEXTS_H

#include "resident.h"

#define TEXTS_CHANGED "2026 年 11 月 25 日" /* when a word of these pages was last changed */

struct text_view {
    struct resident r;
    struct str privacy;
    struct str office, office_phone;
    const char *changed;
};

#endif
