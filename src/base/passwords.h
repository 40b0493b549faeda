/* passwords.h — rules for passwords, their hashes, and the helper process that computes them.
 *
 * A hash is argon2id (2 passes over 64 MiB) or, where an assessor wants SM3, PBKDF2-HMAC-SM3 with 600,000 rounds; either
 * is finished by HMAC-SM3 under a pepper that is not in the database. It costs 60 ms to 0.6 s and much memory, so the
 * server has it done by a process of its own, two at a time, and refuses when too many wait.
 */
#ifndef BASE_PASSWORDS_H
#define BASE_PASSWORDS_H

#include "keys.h"

enum { PW_BYTES_MAX = 256, PW_HASH_MAX = 160 };

/* Rules. 等保 (GB/T 22239 8.1.4.1 a): 10 characters, three of four classes. ASVS 5.0: 12 characters, no classes.
 * Both refuse what everybody tries first, and what contains the person's own name, user name or telephone. */
enum pw_rules { PW_RULES_DENGBAO, PW_RULES_ASVS };
struct pw_person {
    struct str username, name, phone; /* empty where unknown */
};
/* False with ERR_FIELDS on `password`. */
bool pw_allowed(enum pw_rules rules, struct str password, const struct pw_person *who, struct err *err);

/* Hashes are text: argon2id$t=2,m=65536$SALT$TAG or pbkdf2-sm3$i=600000$SALT$TAG, both parts in hex. */
enum pw_kind { PW_ARGON2ID, PW_PBKDF2_SM3 };
struct pw_settings {
    enum pw_kind kind; /* of new hashes; old ones of the other kind still verify and are stale */
    uint8_t pepper[PEPPER_BYTES];
};

/* In the calling process: for commands. */
bool pw_hash_here(const struct pw_settings *s, struct str password, char out[PW_HASH_MAX], struct err *err);
/* ERR_LOGIN when the password is wrong or the hash is none. *stale (may be NULL): hash it again, the settings changed.
 * An empty hash (an unknown user) costs the same time and never matches. */
bool pw_verify_here(const struct pw_settings *s, struct str hash, struct str password, bool *stale, struct err *err);

/* By the helper: for the server. Start it before any thread exists and before keys are loaded: it is a plain fork. */
struct pw_helper;
struct pw_answer {
    bool failed;            /* no answer could be had (ERR_BUSY); try again */
    bool match, stale;      /* of a verification */
    char hash[PW_HASH_MAX]; /* of a new hash */
};
/* Runs on the helper's own thread: hand the answer on to where it is awaited, and return soon. */
typedef void pw_done(const struct pw_answer *answer, void *arg);

struct pw_helper *pw_helper_start(const struct pw_settings *s, struct err *err);
void pw_helper_quit(struct pw_helper *h); /* answers what waits and takes nothing more; before pw_helper_stop, where others still may ask */
void pw_helper_stop(struct pw_helper *h); /* what still waits is answered with failed; accepts NULL */

/* From any thread. False, and done is never called: ERR_RATE when 32 wait already, ERR_BUSY when the helper is gone,
 * ERR_FIELDS when the password is too long. */
bool pw_hash_async(struct pw_helper *h, struct str password, pw_done *done, void *arg, struct err *err);
bool pw_verify_async(struct pw_helper *h, struct str hash, struct str password, pw_done *done, void *arg,
                     struct err *err);
/* The same, waiting for the answer. */
bool pw_hash_wait(struct pw_helper *h, struct str password, struct pw_answer *answer, struct err *err);
bool pw_verify_wait(struct pw_helper *h, struct str hash, struct str password, struct pw_answer *answer,
                    struct err *err);

#endif
