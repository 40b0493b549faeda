/* slots.h — which posts that must be filled are not, and whose certificate runs out: read from scheme and registry.
 *
 * A post at a place counts when it is bound to that place, to a place inside it, or to the community or grid around it; one
 * that serves a whole street or county does not. An officer counts with a valid certificate only, and when he acts alone (LC-03).
 * Whoever is on leave fills nothing; who stands in does. Where a slot has a maximum (LC-12: two contacts of a department for a community)
 * it is filled by the first so many in order of call, one each; who comes later in the order is there without being one of them.
 */
#ifndef CORE_SLOTS_H
#define CORE_SLOTS_H

#include "registry.h"

enum { CERT_NOTICE_DAYS = 30 };

struct vacancy {
    const struct slot *slot;
    int32_t at; /* a place, or an organisation when the slot is of organisations */
    int have;   /* fewer than slot->minimum */
    struct owner owner;
};
struct vacancies {
    const struct vacancy *p;
    size_t n;
};
struct vacancies slots_vacant(struct arena *a, const struct registry *r, const struct scheme *s, int32_t day);
bool slot_is_at(const struct slot *slot, const struct registry *r, int32_t at); /* must it be filled there? */
/* The slot in which somebody of the same organisation already has the rank that the post would have, and who; NULL: there is room. */
const struct slot *slot_taken(const struct registry *r, const struct scheme *s, const struct posting *p, int32_t day, const struct posting **by);
struct crowding { /* two people of one organisation in one rank of a slot */
    const struct slot *slot;
    const struct posting *p, *by; /* by: who has it already */
};
struct crowdings {
    const struct crowding *p;
    size_t n;
};
struct crowdings slots_crowded(struct arena *a, const struct registry *r, const struct scheme *s, int32_t day);
/* The same for tables that were just read: each is a fault of its row of postings. */
void slots_check(struct arena *a, const struct registry *r, const struct scheme *s, struct scheme_errors *errors);
/* The people who fill it, by order of call, each once; returns how many. */
size_t slot_filled(const struct registry *r, const struct slot *slot, int32_t at, int32_t day, const struct posting **out, size_t max);

struct expiring { /* one certificate of one person, however many posts name it */
    const struct posting *posting;
    bool is_expired;
    struct owner owner; /* the head of the home unit */
};
struct expirings {
    const struct expiring *p;
    size_t n;
};
struct expirings certificates_expiring(struct arena *a, const struct registry *r, int32_t day, int within);
bool posting_is_certified(const struct posting *p, int32_t day);

/* A slot's code as a number and back: what a duty keeps of it, whatever becomes of the table. */
int64_t slot_key(struct str code);
struct str slot_code(struct arena *a, int64_t key);
const struct slot *slot_find(const struct scheme *s, struct str code); /* NULL when absent */

/* The three organisations of somebody who was sent to a community (LC-09); 0 = none. */
struct links {
    int32_t home, street, community;
};
struct links posting_links(const struct registry *r, const struct posting *p);

#endif
