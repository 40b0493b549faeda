/* form_view.h — declared fields as an accessible form: the same struct field that checks an answer draws its question.
 *
 * form_view_init makes the view, {% call form_errors(&v->form) %} and {% call form_fields(&v->form) %} write it. Works
 * without JavaScript: quick phrases are then hidden, dependent fields all shown, files sent with the form.
 */
#ifndef PAGES_FORM_VIEW_H
#define PAGES_FORM_VIEW_H

#include "pages.h"

struct form_option {
    struct str code, label;
    const char *group; /* opens a group; NULL = goes on */
    bool is_on, ends_group;
};
struct form_options {
    const struct form_option *p;
    size_t n;
};
struct form_phrase {
    struct str label, text; /* a long text has a short label */
};
struct form_phrases {
    const struct form_phrase *p;
    size_t n;
};
enum form_look { FORM_INPUT, FORM_AREA, FORM_CHECK, FORM_RADIOS, FORM_SELECT, FORM_CHECKS, FORM_FILES, FORM_HIDDEN };
struct form_field {
    const struct field *f;
    enum form_look look;
    const char *id, *error, *type, *described_by; /* NULL = none */
    struct str value;
    struct form_options options, more; /* more: under a fold, for long lists of check boxes */
    struct form_phrases phrases;
    struct strs files; /* ids already uploaded */
    bool is_required, is_grouped;
};
struct form_field_list {
    const struct form_field *p;
    size_t n;
};
struct form_view {
    struct form_field_list fields;
    const struct err *err; /* NULL or kind NONE: nothing wrong */
    int n_errors;
    bool has_files, is_raw; /* raw: evidence, files are never made smaller */
    const char *csrf;
};

struct form_about {
    const struct params *values; /* what was entered, or what the page proposes */
    const struct err *err;
    const struct case_file *c; /* for run-time lists and for the gaps of quick phrases; NULL = none */
    bool is_raw;
};
void form_view_init(struct form_view *out, struct request *req, const struct field *fields, size_t n,
                    const struct form_about *about);
/* Ready phrases of a wordings code, cut at |, with what is known of the case filled in. */
struct form_phrases phrases_of(const struct visit *v, struct arena *a, const char *code, const struct case_file *c);
struct strs form_phrases(const struct visit *v, struct arena *a, const char *code, const struct case_file *c); /* texts only */

#endif
