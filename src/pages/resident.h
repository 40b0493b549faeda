/* resident.h — what the resident pages share: the frame, errors beside their fields, the draft of a report, and plain
 * words for owners, limits and times.
 *
 * A resident page never shows a person's name other than those on the service board, and never a resident's.
 */
#ifndef PAGES_RESIDENT_H
#define PAGES_RESIDENT_H

#include "pages.h"
#include "suggest.h"
#include "web_gen.h"

/* The frame: first member of every resident view. */
struct resident {
    struct layout l;
    const struct scheme *scheme;
    const struct place *place; /* the compound the page is about, NULL = none */
    const struct err *err;     /* what was wrong with the form just sent, NULL = nothing */
    const char *size_url;      /* switches 长辈版 and comes back */
    bool is_large, asks_large; /* asks once, on the first visit */
    bool is_wide;
    const char *csrf;
};
void resident_init(struct request *req, struct response *res, struct resident *r, const char *title);

/* Errors beside their fields; the first of a field, or NULL. */
const char *field_error(const struct err *err, const char *field);
void err_forget(struct err *err, const char *field); /* takes a field's errors out */

/* The visitor as a resident, whoever else may be logged in on this device. */
struct visit *resident_visit(struct request *req);
struct visit *reporter_visit(struct request *req, int64_t case_id);

/* An open compound by the code in the URL; false = the answer is already a 404 page. */
bool compound_of(struct request *req, struct response *res, const struct place **out);
bool is_compound(const struct place *p);
struct str community_name(const struct registry *r, const struct place *p); /* 红旗社区 */
struct str grid_name(struct arena *a, const struct registry *r, const struct place *p); /* 第 3 网格 */

/* Words. All texts live in the arena or longer. */
struct str buf_keep(struct arena *a, struct buf *b); /* copies and releases */
const char *at_words(struct arena *a, instant at, instant now); /* 4 月 21 日 09:05 */
const char *day_words(struct arena *a, instant at, instant now); /* 4 月 21 日 */
const char *iso_words(struct arena *a, instant at); /* for <time datetime> */
const char *due_left_words(struct arena *a, const struct calendar *c, instant due, instant now); /* 还有 2 个工作日 */
const char *limit_words(struct arena *a, const struct scheme *s, int limit); /* 5 个工作日内, or "" */
const char *case_no_words(struct arena *a, const struct case_file *c); /* 20260421-0037 */
const char *owner_text(struct arena *a, const struct registry *r, const struct owner *o);
const char *duty_doing(int kind); /* what the resident may expect: 核实情况, 接单 … */
const char *state_plain(int state); /* 正在办理 */
const char *state_tag(int state); /* class of the tag: b, g … */
struct str org_short(const struct registry *r, int32_t id);
/* Who an owner expression means at a place, or in general when place is NULL. */
struct str lead_words(const struct registry *r, struct str expression, const struct place *p, const struct org **org);
/* A wording of the scheme with its {names} filled in: pairs of name and value, ended by NULL. */
struct str station_words(const struct scheme *s); /* what the people here call it: 社区联络站, 社区综合执法工作站点 */
const char *wording(struct arena *a, const struct scheme *s, const char *code, ...) __attribute__((sentinel));
/* The site's address and a path, for QR codes and links to copy. */
const char *full_url(struct request *req, const char *path);

/* 「谁来管」 */
struct answer {
    const struct item *item;
    struct str lead, phone, assists, where, icon;
    const char *limit;
    bool is_service;
};
void answer_of(const struct visit *v, struct arena *a, int item, const struct place *p, struct answer *out);
struct answers {
    const struct answer *p;
    size_t n;
};
struct finding { /* what the words of a resident lead to */
    struct str words;
    const struct place *place;
    const struct emergency *emergency;
    const struct divert *divert;
    struct str question;
    struct answers answers;
    bool is_report; /* links go on with the report instead of the list */
};
void find_answers(const struct visit *v, struct arena *a, struct str words, const struct place *p, size_t max,
                  struct finding *out);

#define POSITION_MARK "（手机定位" /* where the coordinates begin in the words of a place */

/* The draft of a report, kept on the server for a day under a random id in the cookie. */
struct draft {
    struct str id;
    struct params p;
};
bool draft_load(struct request *req, const char *place, struct draft *out); /* false: none, or of another compound */
struct str draft_get(const struct draft *d, const char *name);
void draft_set(struct request *req, struct draft *d, const char *name, struct str value); /* empty = take out */
void draft_add(struct request *req, struct draft *d, const char *name, struct str value);
struct str draft_text(struct request *req, const struct draft *d); /* urlencoded */
/* Saves and redirects to `next` (a path of this site). */
void draft_save(struct request *req, struct response *res, struct draft *d, const char *next);
/* Saves, then calls `then`; a failed save is told only by the action's err. */
void draft_keep(struct request *req, struct response *res, struct draft *d,
                void (*then)(struct request *req, struct response *res, struct action *a), void *more);
void *draft_more(struct action *a);

/* Handlers, named in resident_routes.c. */
#define HANDLER(name) void name(struct request *req, struct response *res)
HANDLER(resident_home);
HANDLER(resident_places);
HANDLER(resident_board);
HANDLER(resident_board_qr);
HANDLER(resident_suggest);
HANDLER(resident_what);
HANDLER(resident_who);
HANDLER(resident_post_what);
HANDLER(resident_where);
HANDLER(resident_post_where);
HANDLER(resident_words);
HANDLER(resident_post_words);
HANDLER(resident_guess);
HANDLER(resident_post_guess);
HANDLER(resident_same);
HANDLER(resident_post_same);
HANDLER(resident_contact);
HANDLER(resident_post_contact);
HANDLER(resident_check);
HANDLER(resident_post_check);
HANDLER(resident_done);
HANDLER(resident_query);
HANDLER(resident_post_query);
HANDLER(resident_track);
HANDLER(resident_follower);
HANDLER(resident_track_qr);
HANDLER(resident_track_command);
HANDLER(resident_post_track_command);
HANDLER(resident_lists);
HANDLER(resident_item);
HANDLER(resident_supervise);
HANDLER(resident_post_supervise);
HANDLER(resident_notices);
HANDLER(resident_help);
HANDLER(resident_privacy);
HANDLER(resident_accessibility);
HANDLER(resident_sitemap);
HANDLER(resident_post_file);
HANDLER(resident_file);
HANDLER(resident_track_file);

#endif
