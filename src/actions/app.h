/* app.h — a running installation: storage, keys, the schemes and registry as snapshots, and the clock.
 *
 * Pages, API, jobs and commands all hold one struct app and go through actions; nothing else writes.
 */
#ifndef ACTIONS_APP_H
#define ACTIONS_APP_H

#include "command.h"
#include "effects_save.h"
#include "thinker.h"

struct app;
struct app_options {
    const char *dir;
    const char *clock_file; /* NULL = real time; refused unless the directory was made by demo or init --test */
    int n_readers;
    bool is_bulk;
    bool is_writer; /* takes DIR/lock: one process writes, any number read. ERR_BUSY when another one holds it */
};
struct app *app_open(const struct app_options *opt, struct err *err);
void app_finish(struct app *app); /* what waits is proved, saved and answered; nothing is written after. Reading goes on */
void app_close(struct app *app);

struct store *app_store(struct app *app);
/* Helper processes, started by serve before any thread: NULL in commands that need none. */
struct pw_helper *app_passwords(struct app *app);
struct image_pool *app_images(struct app *app);
void app_set_helpers(struct app *app, struct pw_helper *passwords, struct image_pool *images);
struct thinker *app_thinker(struct app *app); /* NULL: who studies waits for it */
bool app_start_thinker(struct app *app, struct err *err);
struct keyring *app_keys(struct app *app);
const char *app_dir(struct app *app);
bool app_is_alone(struct app *app); /* nobody else wrote in this directory when we began: what lies about is nobody's */
bool app_is_demo(struct app *app); /* demo and test directories: no forced password change, --clock-file allowed */
instant app_now(struct app *app); /* the injected clock; domain time */
void app_set_now(struct app *app, instant now); /* demo only: logical time while a life is being written */
bool app_has_clock_file(struct app *app);

/* The one reader that belongs to no loop: for jobs and commands, one user at a time. */
struct db *app_reader_lock(struct app *app);
void app_reader_unlock(struct app *app);

/* Snapshots: immutable, replaced as a whole; hold one for the time of a request. */
enum { SCHEME_VERSIONS_MAX = 256 };
struct area {
    int64_t id; /* 360733 */
    const struct scheme *scheme; /* in force today */
    const struct scheme *const *versions; /* by version - 1 */
    int n_versions;
    const struct registry *registry;
    const uint8_t *link_key, *code_key; /* secret links and query codes */
};
const struct area *app_area(struct app *app, int64_t id); /* id 0 = the host's first area; NULL when absent */
size_t app_areas(struct app *app, const struct area **out, size_t max);
void app_hear(struct app *app); /* now and then: what other servers on the same database have changed is loaded */
void app_reload(struct app *app); /* after a registry or scheme action; old snapshots stay valid until exit */
const struct scheme *area_scheme(const struct area *area, int64_t version); /* the one in force when unknown */

/* Who calls. Built by pages/api from the session or token, by cmd from the command line. */
struct caller {
    const struct area *area;
    int64_t person; /* 0 = resident or clock */
    const struct posting *postings[ACTOR_POSTINGS_MAX];
    size_t n_postings;
    bool is_away; /* on leave: the postings rest, and show only what they see */
    int64_t reporter_of; /* case id proved by the secret link or number + code; 0 = none */
    struct str device; /* anonymous session or token id: idempotency scope, ≤ 64 bytes */
    struct str address;
};
/* On leave, with no post left to act in: for reading, and for nothing else, his posts that rest count. True when he is. */
bool caller_rests(const struct area *area, int32_t today, struct caller *who);
void caller_staff(struct app *app, struct db *db, const struct area *area, int64_t person, struct caller *out); /* with the posts delegated to him */
struct actor caller_actor(const struct caller *who);
bool caller_has(const struct caller *who, uint64_t roles);

/* An action: prepared on the caller's thread against a snapshot, saved by the writer, finished by `done`. */
struct action {
    struct job job; /* first: the writer sees this */
    struct app *app;
    const struct caller *who;
    struct arena *arena;
    bool (*prepare)(struct action *a, struct db *db, struct err *err); /* load → decide; fills save */
    bool (*study)(struct action *a, struct err *err); /* seconds of thought between the two, without database; may be NULL */
    bool (*apply)(struct action *a, struct db *db, struct err *err); /* on the writer; NULL = save's effects */
    void (*answer)(struct action *a); /* fills the outputs from save, or from result when is_repeat; may be NULL */
    void (*done)(struct action *a);
    void *ctx; /* the caller's */
    struct save save;
    struct thought thought; /* the study, on the thinker */
    bool writes_nothing; /* prepare found the answer (idempotent repeat): skip the writer */
    /* Idempotency: set key (and the hash of what was sent) to have the first answer repeated. */
    struct str idempotency_key;
    uint8_t body_hash[32];
    int64_t result; /* a number that belongs to the answer and is kept with the key (a file's id) */
    bool is_repeat; /* out: this is the first answer again */
    struct err err;  /* out */
};
/* done is called exactly once: on this thread when refused at once, else on the thinker's or the writer's. */
void action_run(struct action *a, struct db *db);
bool action_wait(struct action *a, struct err *err); /* for commands and jobs: runs and waits */

/* Makes an installation: directories, keys, database, one area with a published scheme, its registry and people.
 * `tables` are the scheme's CSV files. is_demo marks it for --clock-file and relaxed logins. */
struct app_init {
    struct arena *arena; /* where faults that are found live */
    const char *dir, *database;
    bool is_demo, is_test;
    struct tables tables;
    const struct str *csv; /* the text of each table, in the same order, as stored */
    instant now;
};
/* What the caller says; else SHAODAO_DATABASE, whose address may end before the name: each directory then gets a database of its own.
 * NULL = embedded, which may also be said as "embedded". */
const char *app_wanted_database(struct arena *a, const char *given);
bool app_init(const struct app_init *in, struct scheme_errors *errors, struct err *err);

/* The duty clock: fires all duties due up to `now`, in (due, id) order, each at its own due. Returns the next due (0 = none). */
bool duty_clock_run(struct app *app, instant now, instant *next, struct err *err);

#endif
