/* import.h — inside cmd only: a file of hotline orders becomes cases, line by line.
 *
 * read (import_read.c) → understand (import_orders.c) → take (import_take.c) → compare (import_similar.c) → tell
 * (import_print.c). A line that cannot be used is named with its number and what to change; it never stops the others.
 */
#ifndef CMD_IMPORT_H
#define CMD_IMPORT_H

#include "actions.h"
#include "suggest.h"

/* code, Chinese name, and the headings it is known by without a mapping */
#define IMPORT_FIELDS(X)                                                                                               \
    X(ID, "id", "工单编号", "id|工单编号|工单号|编号")                                                                 \
    X(TIME, "time", "受理时间", "time|受理时间|来电时间|诉求时间")                                                     \
    X(TITLE, "title", "标题", "title|标题|工单标题|诉求标题")                                                          \
    X(TEXT, "text", "内容", "text|内容|工单内容|诉求内容|问题描述")                                                    \
    X(ADDRESS, "address", "地址", "address|地址|发生地址|诉求地址|事发地址")                                           \
    X(PHONE, "phone", "联系电话", "phone|联系电话|来电号码|联系方式")                                                  \
    X(NAME, "name", "来电人", "name|来电人|姓名|联系人")                                                               \
    X(DUE, "due", "截止时间", "due|截止时间|办理时限|办结时限")
enum import_field {
#define X(id, code, label, names) IMPORT_##id,
    IMPORT_FIELDS(X)
#undef X
    IMPORT_FIELD_COUNT
};

enum { IMPORT_FILE_MAX = 64 * 1024 * 1024, IMPORT_LINES_MAX = 200 * 1000 };

struct import_line {
    size_t number; /* of the line it begins on, from 1 */
    struct str cells[IMPORT_FIELD_COUNT];
    const char *problem, *fix; /* NULL = can be read */
};
struct import_lines {
    struct import_line *p;
    size_t n, cap;
};

/* Which column is which: "a|b" per field, any of which may be there; empty = no such column. */
struct import_map {
    struct str names[IMPORT_FIELD_COUNT];
};
bool import_map_read(struct arena *a, const char *path /* NULL = the built-in one */, struct import_map *out, struct err *err);

/* *.jsonl or *.csv, UTF-8, GB18030 or UTF-16. Fails when the file as a whole cannot be used. */
bool import_read(struct arena *a, const char *path, const struct import_map *map, struct import_lines *out, struct err *err);
struct import_line *import_line_add(struct arena *a, struct import_lines *lines, size_t number);

/* The next record of a CSV text (import_csv.c). Quoted cells may hold line ends; a bad record ends with its first line, so
 * that the next line is read again. False at the end. */
struct csv_text {
    struct str rest;
    char separator;
    size_t line; /* of the record being read, from 1 */
    size_t next_line;
};
struct csv_record {
    struct strs cells;
    const char *problem, *fix;
};
bool csv_next(struct arena *a, struct csv_text *csv, struct csv_record *out);

/* 2019/10/15 22:10:25, 2019年10月15日 22时10分, 20191015221025, RFC 3339; a day alone is its midnight. */
bool import_time(struct str s, instant *at);

enum import_end { IMPORT_BAD, IMPORT_DUPLICATE, IMPORT_READY, IMPORT_TAKEN };
enum { IMPORT_TOP = 3 };
struct import_order { /* what a line means, and what became of it */
    const struct import_line *line;
    enum import_end end;
    const char *reason, *fix; /* of BAD and DUPLICATE */
    struct str words, spot, phone, name;
    instant occurred_at, wanted_by; /* wanted_by: the hotline's own due time; 0 = none */
    const struct place *place;      /* NULL = 待定 */
    struct suggestion top[IMPORT_TOP];
    size_t n_top;
    bool is_clear, is_shortened, is_phone_bad;
    const struct emergency *danger;
    const struct divert *elsewhere;
    int64_t case_id, day, no;
    struct owner owner; /* of the duty to classify, and when it is due */
    instant due;
};
struct import {
    struct arena *a;
    struct app *app; /* NULL only in tests of reading */
    const struct area *area;
    instant now;
    bool is_dry; /* everything but the writing */
    const char *file;
    struct import_order *orders;
    size_t n;
    int64_t taken, bad, duplicates;
    struct import_group *groups;
    size_t n_groups;
};
/* Words, times, place, suggestion; bad lines and repeats inside the file are marked. */
void import_understand(struct import *im, const struct import_lines *lines);
/* Reports each order as the hotline's post. False only when nothing can be taken at all. */
bool import_take(struct import *im, void (*step)(void *ctx, int64_t done), void *ctx, struct err *err);

/* Orders that may be one matter: same suggested item and same compound, or much the same words. Nothing is merged. */
enum { SIMILAR_PLACE = 1, SIMILAR_WORDS = 2 };
struct import_group {
    int item; /* suggested; -1 = none */
    int why;  /* bits */
    size_t *members; /* order indices */
    size_t n;
    struct case_file *open_cases; /* already there: same compound and item */
    size_t n_open;
};
bool import_compare(struct import *im, struct err *err);

void import_print(const struct import *im);
void import_print_json(const struct import *im);

#endif
