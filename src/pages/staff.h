/* staff.h — what the staff screens share: ready words for a case, who may see which cases, and the open case of a request.
 *
 * A view holds texts that only need printing. Three signals stay apart everywhere: state, clock, supervision.
 */
#ifndef PAGES_STAFF_H
#define PAGES_STAFF_H

#include "form_view.h"
#include "limits.h"
#include "resident.h"
#include "site.h"
#include "web_gen.h"

enum { OWNERS_MAX = 256, PLACES_MAX = 4096 };

/* ---- Words ---- */

struct signals {
    const char *state, *state_class;
    const char *clock, *clock_class; /* NULL = no clock runs */
    bool is_supervised, is_urgent;
};
/* The clock of one duty, or of the case's main duty when d is NULL. */
void signals_of(const struct visit *v, struct arena *a, const struct case_file *c, const struct duty *d,
                struct signals *out);
struct str item_name(const struct visit *v, const struct case_file *c); /* 待归类 when none */
struct str source_name(const struct visit *v, struct str source);
struct str place_title(const struct visit *v, int64_t place); /* 地点待定 when none */
struct str frame_org(const struct layout *l);
const char *frame_role(const struct layout *l);
bool frame_can_report(const struct layout *l); /* some channel of the scheme is open to the person */
bool frame_has(const struct layout *l, uint64_t roles);
bool frame_has_attendance(const struct layout *l); /* the scheme sends people to communities by routine, and the person works with them */
bool frame_has_survey(const struct layout *l); /* the scheme keeps a register, and the person sees some place's */
bool frame_has_rota(const struct layout *l); /* somebody is sector chief by turns, and the person does the work */
const char *month_words(struct arena *a, int year, int month); /* 2026 年 4 月 */
const char *percent_words(struct arena *a, int64_t part, int64_t all); /* 12.5%, — when all is 0 */

/* The text that a search found, cut where marks begin and end. */
struct found_piece {
    struct str text;
    bool is_mark;
};
struct found_pieces {
    const struct found_piece *p;
    size_t n;
};

/* One line of any case list. */
struct case_line {
    int64_t id;
    const char *no, *detail; /* detail: 居民扫码 · 4 月 21 日 */
    struct str item, place, lead;
    const char *owed; /* what somebody owes, or NULL */
    struct signals sig;
    struct found_pieces found; /* of a search, else none */
    const char *found_in;      /* 反映, 答复 … */
};
struct case_lines {
    const struct case_line *p;
    size_t n;
};
void case_line_of(const struct visit *v, struct arena *a, const struct case_file *c, struct case_line *out);
struct case_lines case_lines_of(const struct visit *v, struct arena *a, const struct case_rows *rows);

/* What a duty is about when it is about no case: a post, a routine, a visit (staff_duty.c). */
struct duty_words {
    struct str title, place, whom; /* whom: who owes it */
    const char *url;
};
void duty_words_of(const struct visit *v, struct arena *a, const struct duty *d, struct duty_words *out);

/* ---- Who sees what ---- */

/* Narrows a filter to what the person may see (core: case_visible); false = nothing at all. */
bool visible_filter(const struct visit *v, struct arena *a, struct case_filter *f);
bool sees_all(const struct visit *v);

/* ---- The case of a request: /desk/cases/:no/… ---- */

struct opened {
    struct loaded_case lc;
    struct situation s;
    const char *no;
};
void situation_of(const struct visit *v, const struct case_file *c, const struct duty *duties, size_t n,
                  struct situation *out);
bool opened_load(struct request *req, struct str no, struct opened *out, struct err *err);
bool opened_case(struct request *req, struct response *res, struct opened *out); /* false = answered */

/* ---- Small things of forms and answers ---- */

const char *form_key(struct request *req); /* hidden field `key` of a form that must not count twice */
void form_idempotency(struct request *req, struct action *a);
bool in_drawer(const struct request *req); /* htmx asks for the drawer's content */
const char *query_with(struct request *req, const char *path, const char *name, const char *value); /* this page's query, one name changed */

/* ---- Handlers, named in staff_routes.c ---- */

HANDLER(desk_todo);
HANDLER(desk_batch);
HANDLER(desk_post_batch);
HANDLER(desk_cases);
HANDLER(desk_cases_xlsx);
HANDLER(desk_case);
HANDLER(desk_act);
HANDLER(desk_post_act);
HANDLER(desk_post_undo);
HANDLER(desk_post_watch);
HANDLER(desk_post_contact);
HANDLER(desk_order_paper);
HANDLER(desk_paper);
HANDLER(desk_receipt_paper);
HANDLER(desk_new);
HANDLER(desk_post_new);
HANDLER(desk_post_new_hint);
HANDLER(desk_new_done);
HANDLER(desk_post_follow);

HANDLER(desk_sweep);
HANDLER(desk_post_sweep);
HANDLER(desk_service);
HANDLER(desk_post_service);
HANDLER(desk_board);
HANDLER(desk_figures);
HANDLER(desk_figure);
HANDLER(desk_complaints);
HANDLER(desk_complaint);
HANDLER(desk_post_complaint);
HANDLER(desk_post_publish);
HANDLER(desk_lists);
HANDLER(desk_list_item);
HANDLER(desk_people);
HANDLER(desk_post_people);
HANDLER(desk_person);
HANDLER(desk_post_person);
HANDLER(desk_post_handover);
HANDLER(desk_places);
HANDLER(desk_place);
HANDLER(desk_post_place);
HANDLER(desk_orgs);
HANDLER(desk_post_orgs);
HANDLER(desk_org);
HANDLER(desk_post_org);
HANDLER(desk_notices);
HANDLER(desk_post_notices);
HANDLER(desk_events);
HANDLER(desk_components);
HANDLER(desk_login);
HANDLER(desk_post_login);
HANDLER(desk_post_logout);
HANDLER(desk_password);
HANDLER(desk_post_password);

#endif
