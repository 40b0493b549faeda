/* resident_track.h — what the reporter sees of his case: the state in words, who must answer by when, what happened, and
 * what he may do now. No name of a resident, no word of a resident but his own.
 */
#ifndef PAGES_RESIDENT_TRACK_H
#define PAGES_RESIDENT_TRACK_H

#include "resident.h"

struct query_view {
    struct resident r;
    struct str no;
};

struct track_file {
    int64_t id;
    bool is_after;
    const char *when;
};
struct track_event {
    struct str title, more, unit;
    const char *when, *iso;
    bool is_last, is_late;
    struct {
        const struct track_file *p;
        size_t n;
    } files;
};
struct track_act { /* a command that is possible now */
    const char *code, *label;
};
struct track_view {
    struct resident r;
    const char *no, *token;
    const char *state; /* heading of the panel */
    const char *line, *line2; /* who answers by when; more about the state; "" = none */
    const char *page_url, *qr;
    struct str item, spot, words, reply, place_name;
    bool has_position, is_open, may_rate, may_urge, may_supplement, may_withdraw;
    const char *urge_refused; /* why not today, "" */
    const char *opened;
    int64_t followers;
    struct {
        const struct track_event *p;
        size_t n;
    } events;
    struct {
        const char *const *p;
        size_t n;
    } todo; /* still to come */
};

struct follower_view { /* for who met the same thing */
    struct resident r;
    const char *no, *state, *line, *opened, *closed; /* line: who answers by when, or how it ended; "" = none */
    struct str item, lead;
    int64_t followers;
};

struct ask_view { /* one command of the reporter */
    struct resident r;
    const char *token, *no, *label;
    struct str code, words, note, solved, grade, what;
    const struct command *cmd;
    bool is_careful;
};

#endif
