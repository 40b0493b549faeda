/* staff_registry.h — who and what there is: the two lists, people and their posts, compounds, organisations. */
#ifndef PAGES_STAFF_REGISTRY_H
#define PAGES_STAFF_REGISTRY_H

#include "calendar_feed.h"
#include "staff.h"
#include "staff_points.h"
#include "staff_survey.h"

/* ---- The two lists ---- */
struct item_line {
    struct str code, name, plain, lead, category;
    const char *limit;
    bool is_service, is_urgent;
};
struct item_lines {
    const struct item_line *p;
    size_t n;
};
struct lists_view {
    struct layout layout;
    struct str q;
    struct item_lines items;
    size_t n_enforcement, n_service;
    bool is_searched;
};
struct basis_line {
    struct str law, article, gist, mark;
    const char *span; /* 2021-07-15 起 */
    bool is_expired;
};
struct basis_lines {
    const struct basis_line *p;
    size_t n;
};
struct rung_line {
    const char *tier, *needs;
    struct str law, article, paper, note;
    int officers;
};
struct rung_lines {
    const struct rung_line *p;
    size_t n;
};
struct item_view {
    struct layout layout;
    const struct item *item;
    struct str category, lead, assists, origin;
    const char *limit;
    struct strs phrases;
    struct basis_lines bases;
    struct rung_lines rungs;
    int64_t n_open;
};

/* ---- People ---- */
struct person_line {
    const struct person *p;
    const char *posts, *cert; /* cert: NULL = none */
    bool is_cert_bad;
};
struct person_lines {
    const struct person_line *p;
    size_t n;
};
struct people_view {
    struct layout layout;
    struct str q, org;
    struct options orgs;
    struct person_lines people;
    size_t n_found;
    const char *next, *first;
    bool may_change;
    struct form_view form;
};
struct post_line {
    int64_t id;
    const char *role, *span, *cert;
    struct str org, place, matters, note;
    struct str cert_no;
    struct str acting_for; /* stands in for; empty = a post of his own */
    struct str street, community; /* where a seconded person works (LC-09); empty = the unit's own post */
    bool is_cert_bad, is_over, may_renew, is_officer, is_guided;
};
struct post_lines {
    const struct post_line *p;
    size_t n;
};
struct person_view {
    struct layout layout;
    const struct person *person;
    struct post_lines posts;
    struct duty_counts counts;
    bool may_change, may_hand_over, is_self, is_away, may_leave;
    struct str substitute; /* who stands in today; empty = nobody */
    const char *op; /* the form that was sent and is shown open, NULL = none */
    const char *new_password; /* shown once */
    struct form_view edit, post, hand;
    const struct err *err;
};

/* ---- Places and organisations ---- */
struct place_line {
    const struct place *p;
    const char *indent;
    struct str org, firm;
    const char *code; /* of compounds: link */
    int64_t n_open;
};
struct place_lines {
    const struct place_line *p;
    size_t n;
};
struct places_view {
    struct layout layout;
    struct str q;
    struct place_lines places;
};
struct place_view {
    struct layout layout;
    const struct place *place;
    struct str community, grid, firm, station, org;
    struct place_figures figures;
    const char *days;
    struct case_lines cases;
    struct person_lines people;
    bool may_change;
    struct form_view form;
    const char *qr, *url;
    struct calendar_offer calendar;
    struct survey_lines surveys; /* of the register: those to look at, or the longest unseen */
    size_t n_surveys_due;
    bool has_survey, may_survey, is_survey_cut;
    struct round_card rounds; /* of the property */
};
struct org_line {
    const struct org *o;
    const char *kind;
    size_t n_people;
};
struct org_lines {
    const struct org_line *p;
    size_t n;
};
struct orgs_view {
    struct layout layout;
    struct org_lines orgs;
    bool may_change;
    struct form_view form;
};
struct org_view {
    struct layout layout;
    const struct org *org;
    struct str parent;
    const char *kind;
    struct person_lines people;
    struct item_lines items;
    bool may_change;
    struct form_view form;
};
const char *org_kind_words(int kind);
bool may_change_registry(const struct visit *v);
/* Everybody with a post of an organisation, or at a place; org 0 and place 0 = all. `q` narrows by name. */
struct person_lines people_of(const struct visit *v, struct arena *a, int32_t org, int32_t place, struct str q, size_t max);
struct item_lines items_of_org(const struct visit *v, struct arena *a, int32_t org);

#endif
