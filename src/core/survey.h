/* survey.h — 排摸登记 (NH-04): what a community keeps a register of: shops, dogs, poultry, illegal structures …
 *
 * An entry is a thing at a spot of a place, with who keeps it. It is looked at again at visits; one that was not looked at for longer
 * than its kind allows is shown as something to look at. Each change is one event whose body holds the whole entry, under a key of
 * the entry's own: it names people at home. storage/survey_store.h makes it true.
 */
#ifndef CORE_SURVEY_H
#define CORE_SURVEY_H

#include "effects.h"

enum { SURVEY_CODE_MAX = 8, SURVEY_KINDS_MAX = 40, SURVEY_CASES_MAX = 20, SURVEY_SPOT_MAX = 60, SURVEY_HOLDER_MAX = 40, SURVEY_WORDS_MAX = 300 };

enum survey_state { SURVEY_NORMAL = 1, SURVEY_PROBLEM, SURVEY_GONE };
const char *survey_state_code(int state);
const char *survey_state_label(int state);
int survey_state_find(struct str code); /* -1 */

struct survey_entry {
    int64_t id, version;
    int32_t place;
    struct str kind; /* code of a survey_kind */
    struct str spot, holder, note;
    int state;
    instant first_seen, last_checked;
    int64_t by, visit; /* who checked it last, and on which visit; visit 0 = none */
    int64_t cases[SURVEY_CASES_MAX];
    size_t n_cases;
};
const struct survey_kind *survey_kind_find(const struct scheme *s, struct str code); /* NULL when the scheme has none such (any more) */
struct str survey_kind_name(const struct scheme *s, struct str code);
/* By when it is to be looked at; 0 = never: it is gone, or its kind is no longer kept. */
instant survey_due(const struct scheme *s, const struct survey_entry *e);
bool survey_is_due(const struct scheme *s, const struct survey_entry *e, instant now);
/* Perhaps the same thing twice: of one kind at one place, at the same spot or with the same holder. */
bool survey_same(const struct survey_entry *a, const struct survey_entry *b);

/* Who may what, by the table in survey.c: of the place, by his post's place or his organisation, or everywhere. */
enum survey_right { SURVEY_SEE = 1, SURVEY_WRITE = 2, SURVEY_HOLDER = 4 };
unsigned survey_rights(const struct registry *r, const struct posting *const *posts, size_t n, int32_t place);

/* ---- what anybody can do to one ---- */

struct survey_situation {
    const struct scheme *scheme;
    const struct registry *registry;
    const struct survey_entry *e; /* NULL for a new one */
    struct actor actor;
    instant now;
};
struct survey_input { /* what of it the command asks for; the rest is ignored */
    struct str kind, spot, holder, note, words;
    int32_t place;
    int state;           /* of a check; 0 for a new one = normal */
    instant occurred_at; /* 0 = now */
    int64_t case_id;
    bool has_holder; /* of a change: else who is registered stays, whoever changes the rest need not have seen the name */
};
struct survey_effects {
    struct arena *arena;
    struct actor actor;
    instant at;
    bool is_new;
    struct survey_entry after;
    const char *type; /* of the event */
    struct str text;
};
/* Refusals name the field. */
bool survey_add(const struct survey_situation *s, const struct survey_input *in, struct survey_effects *fx, struct err *err);
bool survey_change(const struct survey_situation *s, const struct survey_input *in, struct survey_effects *fx, struct err *err);
bool survey_check(const struct survey_situation *s, const struct survey_input *in, struct survey_effects *fx, struct err *err);
bool survey_link(const struct survey_situation *s, const struct survey_input *in, struct survey_effects *fx, struct err *err); /* a case came of it */
bool survey_show_holder(const struct survey_situation *s, const struct survey_input *in, struct survey_effects *fx, struct err *err); /* words: why */

/* What a visit says of the register: "ID=normal;ID=problem:words;ID=gone;+poultry@3 栋楼下:两只鸡". */
struct survey_said {
    int64_t id; /* 0 = a new one */
    struct str kind, spot, words;
    int state;
};
enum { SURVEY_LINES_MAX = 100 };
bool survey_read_lines(struct arena *a, const struct scheme *s, struct str text, struct survey_said *out, size_t *n, struct err *err);

#endif
