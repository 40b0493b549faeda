/* posts.h — who fills which post and when: leave, certificates, the months of a rota, shifts at a station, and the daily look at
 * what is vacant. Each change is an event of the registry stream; what is owed because of a gap is a duty of its own stream.
 *
 * Of the three organisations of somebody who was sent to a community (LC-09), which decides what: core/staff_rights.h.
 */
#ifndef ACTIONS_POSTS_H
#define ACTIONS_POSTS_H

#include "actions.h"
#include "event_append.h"
#include "roster.h"
#include "slots.h"


/* ---- Leave (ask_leave.c) ---- */
enum leave_op { LEAVE_ASK, LEAVE_APPROVE, LEAVE_REFUSE, LEAVE_CANCEL /* once it has begun: back at work from today on */ };
struct ask_leave {
    struct action base;
    enum leave_op op;
    const struct params *fields; /* person, posting, substitute, from, to, words */
    int64_t id;                  /* of the leave, unless it is asked for */
    /* out */
    int64_t new_id;
};
void ask_leave(struct ask_leave *x, struct db *db);
bool ask_leave_wait(struct ask_leave *x, struct err *err);
bool leads_home_unit(const struct caller *who, int64_t person, int32_t day); /* may decide on his leave */

/* ---- Certificates (renew_certificate.c) ---- */
struct renew_certificate {
    struct action base;
    int64_t posting;             /* all posts of the person in that organisation get it */
    bool is_guidance;            /* instead: whether he acts alone (LC-03) */
    const struct params *fields; /* cert_no, cert_until; else guided */
};
bool certificate_may(const struct caller *who, const struct posting *of); /* the head of that post's own unit */
void renew_certificate(struct renew_certificate *x, struct db *db);
bool renew_certificate_wait(struct renew_certificate *x, struct err *err);

/* ---- The sector chief by month (swap_turns.c) ---- */
enum swap_op { SWAP_ASK, SWAP_APPROVE, SWAP_REFUSE, SWAP_CANCEL };
struct swap_turns {
    struct action base;
    enum swap_op op;
    const struct params *fields; /* month, with (2026-05 both), words; a decision: words */
    int64_t id;
};
void swap_turns(struct swap_turns *x, struct db *db);
bool swap_turns_wait(struct swap_turns *x, struct err *err);
/* The post that has a month, or NULL; how it stands after all swaps that were approved. */
const struct posting *turn_of_month(const struct registry *r, int32_t month);
bool month_parse(struct str s, int32_t *month); /* 2026-05 */

struct write_turn_note { /* what the next one takes over, before the month ends */
    struct action base;
    struct str words;
};
void write_turn_note(struct write_turn_note *x, struct db *db);
bool write_turn_note_wait(struct write_turn_note *x, struct err *err);
/* The month that the note of this person is for: the next one, for who is chief now and for the coordinator; this one, for who was
 * chief until it began and may still write. 0 = he writes none. */
int32_t turn_note_month(const struct caller *who, instant now);
/* When a month begins under another chief (BG-03): who comes is told what is being deliberated and where the note is, who leaves
 * is asked for the note if there is none. At most 2; none when the same one stays. */
size_t turn_notices(struct app *app, struct db *db, struct arena *a, const struct area *area, instant at, struct notice *out, struct err *err);
struct turn_note {
    int32_t month;
    struct str words, topics; /* topics: numbers of the open ones, with 、 */
    int64_t by;
    instant at;
};
bool turn_note_find(struct app *app, struct db *db, struct arena *a, int64_t area, int32_t month, struct turn_note *out); /* false: none */

/* ---- Shifts (set_roster.c) ---- */
enum roster_op { ROSTER_GENERATE, ROSTER_ADD, ROSTER_REMOVE, ROSTER_REPLACE, ROSTER_SWAP };
struct set_roster {
    struct action base;
    enum roster_op op;
    int32_t station, month;
    const struct params *fields; /* day, person, from, to; replace: other; swap: other, other_day */
};
void set_roster(struct set_roster *x, struct db *db);
bool set_roster_wait(struct set_roster *x, struct err *err);
bool roster_may(const struct caller *who, int32_t station);

/* ---- The daily look (check_posts.c) ---- */
/* Opens a duty for each vacancy and each certificate that runs out, and ends those that were filled or renewed. Every midnight of
 * the clock does it (run_routines.c), at its own moment. Doing it again changes nothing. */
bool posts_tick(struct app *app, int64_t area, instant at, struct err *err);
/* Between two midnights: ticks all areas when the registry has changed since it was last called. */
void posts_watch(struct app *app, instant now);
bool post_duty_missed(struct action *a, struct db *db, int64_t duty, instant at, struct err *err); /* on the writer, by the clock */

#endif
