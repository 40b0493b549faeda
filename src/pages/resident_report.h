/* resident_report.h — the steps of a report: one question a page, the draft on the server, no script needed.
 *
 *   what → who → where → words (photos, questions) → guess → same → contact → check → done
 *
 * Every step saves into the draft and goes on to the first question that has no answer yet, so 「修改」 on the last page
 * leads back to it by itself. Draft fields: place, item, q, building, spot, lon, lat, accuracy, words, a0…a2, file_id…,
 * guessed, same (the item that was compared), contact, contact_name, contact_phone, keep_secret; when sent: done (case id).
 */
#ifndef PAGES_RESIDENT_REPORT_H
#define PAGES_RESIDENT_REPORT_H

#include "resident.h"

enum { QUESTIONS_MAX = 3, REPORT_STEPS = 5 };

struct step_view { /* first member of the views below */
    struct resident r;
    struct draft d;
    int step; /* 1…REPORT_STEPS */
    const struct emergency *emergency; /* the words tell of a danger */
    const struct divert *divert;
};

struct what_view {
    struct step_view s;
    struct finding f; /* of the words searched for */
    const struct category *category; /* chosen tile, NULL = none */
    struct answers items; /* of that tile */
    struct {
        const struct category *p;
        size_t n;
    } categories;
    struct str service_hint;
};
struct who_view {
    struct step_view s;
    bool has_item;
    struct answer a;
    struct str q, unsure, service_hint;
    const struct divert *divert;
};

struct labelled {
    struct str code, label;
};
struct where_view {
    struct step_view s;
    struct {
        const struct labelled *p;
        size_t n;
    } buildings;
    struct str building, spot, lon, lat, accuracy;
};

struct question {
    char name[4]; /* a0 */
    struct str text, answer;
};
struct shot {
    struct str id;
    size_t number;
};
struct words_view {
    struct step_view s;
    struct str words;
    struct {
        const struct question *p;
        size_t n;
    } questions;
    struct {
        const struct shot *p;
        size_t n;
    } shots;
};

struct guess_view {
    struct step_view s;
    struct answers answers;
    struct str question;
};

struct same_row {
    int64_t id;
    const char *when, *state, *tag;
    int64_t followers;
    struct str lead;
};
struct same_view {
    struct step_view s;
    struct {
        const struct same_row *p;
        size_t n;
    } cases;
    const char *hint;
    struct str item;
};

struct contact_view {
    struct step_view s;
    struct str name, phone, why, secret, privacy;
    bool keep_secret;
};

struct check_view {
    struct step_view s;
    struct str item, lead, words, answers, phone, name;
    const char *spot;
    size_t n_photos;
    bool keep_secret, has_location;
    const char *key;
};

struct receipt_view {
    struct resident r;
    const char *no, *code, *code_spaced, *url, *qr, *sms, *copy;
    const char *title, *keep_code, *danger;
    struct {
        const char **p;
        size_t n;
    } next;
    struct str place_code;
    const struct emergency *emergency;
};

struct followed_view {
    struct resident r;
    const char *url, *path; /* the follower's own link; path: without the host */
};

/* Begins a step: the compound, the draft, the frame. False = already answered (404, or back to the start). */
bool step_begin(struct request *req, struct response *res, struct step_view *v, int step, const char *title);
/* The same for what was sent: no frame yet. */
bool step_sent(struct request *req, struct response *res, struct step_view *v);
void step_frame(struct request *req, struct response *res, struct step_view *v, int step, const char *title,
                const char *back);
const char *step_path(struct request *req, const struct place *p, const char *step); /* "" = the first */
/* Saves the draft and goes on to the first open question. */
void step_next(struct request *req, struct response *res, struct step_view *v);
const struct item *draft_item(const struct visit *v, const struct draft *d, int *index); /* NULL = not chosen */
struct str draft_spot(struct request *req, const struct draft *d, bool with_position); /* 3 栋 2 单元 … */
struct str draft_report_words(struct request *req, const struct draft *d); /* with the answers to the questions */
size_t draft_files(struct request *req, const struct draft *d, const int64_t **out);
size_t similar_cases(struct request *req, const struct step_view *v, struct case_rows *out); /* open ones first */

#endif
