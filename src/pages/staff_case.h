/* staff_case.h — one case: page and drawer show the same blocks. */
#ifndef PAGES_STAFF_CASE_H
#define PAGES_STAFF_CASE_H

#include "staff.h"

struct fact {
    const char *label;
    struct str value;
    const char *url; /* NULL = plain */
};
struct facts {
    const struct fact *p;
    size_t n;
};
struct duty_line { /* 应办责任 */
    const char *kind, *owner, *due, *end, *end_class;
    bool is_missed, is_open;
};
struct duty_lines {
    const struct duty_line *p;
    size_t n;
};
struct shot { /* a file with its thumb */
    int64_t id;
    const char *name, *detail, *hash;
    bool is_photo, is_public; /* public: cleared for the reporter */
};
struct shots {
    const struct shot *p;
    size_t n;
};
struct event_line { /* 经过 */
    const char *label, *kind, *who, *when, *iso;
    struct str text;
    struct shots files;
};
struct event_lines {
    const struct event_line *p;
    size_t n;
};
struct step_line { /* a step of 一劝二督三查, or a tier of the ladder */
    const char *label, *detail, *kind; /* done, now or "" */
};
struct step_lines {
    const struct step_line *p;
    size_t n;
};
struct law_line {
    struct str law, article, gist, mark;
};
struct law_lines {
    const struct law_line *p;
    size_t n;
};
struct act_line {
    const char *code, *label;
    bool is_careful;
};
struct act_lines {
    const struct act_line *p;
    size_t n;
};
struct paper_link { /* a paper of the procedure that can be printed now */
    const char *code;
    struct str title;
};
struct paper_links {
    const struct paper_link *p;
    size_t n;
};
struct case_visit { /* a patrol or operation that the case is part of */
    int64_t id;
    struct str kind, result;
    const char *when, *state;
    bool is_found, is_settled;
};
struct case_visits {
    const struct case_visit *p;
    size_t n;
};
struct event_row;
struct paper_links papers_of(const struct request *req, const struct opened *o, const struct event_row *e, size_t n);
struct case_view {
    struct layout layout;
    bool is_drawer;
    const char *no;
    struct str item, place;
    struct signals sig;
    const char *due, *due_class; /* banner; NULL = none */
    struct facts facts;
    struct str words, spot, reply;
    bool is_shredded;
    struct step_lines steps, tiers;
    struct duty_lines duties;
    struct event_lines events;
    struct shots evidence;
    struct case_lines similar, precedents;
    struct case_visits visits;
    struct law_lines laws;
    struct act_line primary; /* code NULL = none */
    struct act_lines acts;
    const char *undo; /* label of what can be taken back, NULL = nothing */
    struct paper_links papers;
    bool is_watched, can_reveal, has_order, has_receipt;
    const char *contact_error;
    bool is_revealed;
    struct str contact_name, contact_phone;
    const char *item_note, *law_note;
};
/* Fills a view of an opened case: everything that is read. */
bool case_view_fill(struct request *req, struct opened *o, struct case_view *v, struct err *err);
void case_show(struct request *req, struct response *res, struct case_view *v);

/* The form of one action. */
struct act_view {
    struct layout layout;
    bool is_drawer;
    const char *no, *key;
    int64_t version;
    struct str item, place, words, spot;
    struct signals sig;
    const struct command *cmd;
    struct form_view form;
    const char *lead_hint; /* dispatch: what the list says */
    struct str hint;
    struct case_lines precedents;
};

#endif
