/* scheme_public.h — the versions of the lists for everybody: the one in force, what each changed, and how the lists read then. */
#ifndef PAGES_SCHEME_PUBLIC_H
#define PAGES_SCHEME_PUBLIC_H

#include "resident.h"

struct public_version {
    int64_t version;
    const char *from; /* 2026 年 7 月 1 日 */
    struct str document;
    bool is_in_force, is_waiting;
};
struct public_versions {
    const struct public_version *p;
    size_t n;
};
struct versions_view {
    struct resident r;
    struct public_versions versions; /* newest first */
};
struct public_change {
    const char *group; /* opens a group; NULL = goes on */
    struct str words;
};
struct public_changes {
    const struct public_change *p;
    size_t n;
};
struct public_item {
    struct str code, name, lead;
    const char *limit;
    bool is_service;
};
struct public_items {
    const struct public_item *p;
    size_t n;
};
struct version_view {
    struct resident r;
    struct public_version v;
    struct public_changes changes; /* from the version before */
    struct public_items items;
};

/* 第 2 版，2026 年 7 月 1 日起施行；《…工作方案》会党办〔2026〕8号 — for the foot of the lists. */
const char *version_words(struct arena *a, const struct scheme *s);

HANDLER(public_versions);
HANDLER(public_version);

#endif
