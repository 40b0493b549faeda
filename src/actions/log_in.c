/* Sessions, accounts and tokens. These are operational rows, in real time, not events of a case. */
#include <time.h>

#include "actions.h"

enum { WINDOW_MS = 15 * 60 * 1000, STAFF_IDLE_MS = 30 * 60 * 1000, ADMIN_IDLE_MS = 15 * 60 * 1000,
       SESSION_MS = 12 * 3600 * 1000 };

static int64_t
real_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool
nothing(struct action *a, struct db *db, struct err *err)
{
    (void)a, (void)db, (void)err;
    return true;
}

static void
run(struct action *a, struct db *db, bool (*apply)(struct action *, struct db *, struct err *))
{
    a->prepare = nothing;
    a->apply = apply;
    action_run(a, db);
}

static void
random_token(char out[48])
{
    uint8_t raw[32];
    struct buf b = {0};
    crypto_random(raw, sizeof raw);
    buf_base64url(&b, raw, sizeof raw);
    memcpy(out, b.p, b.n);
    out[b.n] = 0;
    buf_release(&b);
}

static struct value
hash_of(struct str token, uint8_t out[HASH_BYTES])
{
    sm3(token, out);
    return V_BYTES(out, HASH_BYTES);
}

bool
session_find(struct app *app, struct db *db, struct str token, struct session *out, struct err *err)
{
    uint8_t hash[HASH_BYTES], mac[HASH_BYTES];
    struct rows r;
    if (token.n < 32 || token.n > 64 || !db_query(db, SQL_SESSION_FIND, &r, err, hash_of(token, hash)))
        return false;
    if (!rows_next(&r, err))
        return false;
    *out = (struct session){.area = rows_int(&r, 0), .person = rows_int(&r, 1), .created_at = rows_int(&r, 2),
                            .seen_at = rows_int(&r, 3), .must_change_password = rows_int(&r, 4) != 0,
                            .notices_seen = rows_int(&r, 5)};
    rows_end(&r);
    int64_t now = real_ms();
    if (now - out->created_at > SESSION_MS || now - out->seen_at > STAFF_IDLE_MS)
        return false;
    const uint8_t *key = keyring_key(app_keys(app), out->area, "csrf");
    if (!key)
        return false;
    hmac_sm3(str_bytes(key, KEY_BYTES), token, mac);
    struct buf b = {0};
    buf_base64url(&b, mac, 24);
    memcpy(out->csrf, b.p, b.n);
    out->csrf[b.n] = 0;
    buf_release(&b);
    return true;
}

static bool
apply_open(struct action *a, struct db *db, struct err *err)
{
    struct open_session *o = (struct open_session *)a;
    uint8_t hash[HASH_BYTES];
    int64_t now = real_ms();
    random_token(o->token);
    return db_exec(db, SQL_SESSION_INSERT, err, hash_of(str_of(o->token), hash), V_INT(a->who->area->id), V_INT(o->person),
                   V_INT(now), V_INT(now));
}

void
open_session(struct open_session *o, struct db *db)
{
    run(&o->base, db, apply_open);
}

static bool
apply_close(struct action *a, struct db *db, struct err *err)
{
    struct close_session *c = (struct close_session *)a;
    uint8_t hash[HASH_BYTES];
    return db_exec(db, SQL_SESSION_DELETE, err, hash_of(c->token, hash));
}

void
close_session(struct close_session *c, struct db *db)
{
    run(&c->base, db, apply_close);
}

static bool
apply_touch(struct action *a, struct db *db, struct err *err)
{
    struct touch_session *t = (struct touch_session *)a;
    uint8_t hash[HASH_BYTES];
    return db_exec(db, SQL_SESSION_TOUCH, err, V_INT(real_ms()), hash_of(t->token, hash));
}

void
touch_session(struct touch_session *t, struct db *db)
{
    run(&t->base, db, apply_touch);
}

bool
account_find(struct app *app, struct db *db, struct arena *a, const struct area *area, struct str username,
             struct account *out, struct err *err)
{
    (void)app;
    struct rows r;
    *out = (struct account){.password = STR("")};
    if (!db_query(db, SQL_ACCOUNT_BY_USERNAME, &r, err, V_INT(area->id), V_TEXT(username)))
        return false;
    bool found = rows_next(&r, err);
    if (found)
        *out = (struct account){.person = rows_int(&r, 0), .password = str_dup(a, rows_text(&r, 1)),
                                .failures = (int)rows_int(&r, 2), .locked_until = rows_int(&r, 3),
                                .must_change = rows_int(&r, 4) != 0, .is_disabled = rows_int(&r, 5) != 0};
    rows_end(&r);
    return found;
}

static bool
apply_note(struct action *a, struct db *db, struct err *err)
{
    struct note_login *n = (struct note_login *)a;
    int64_t now = real_ms(), area = a->who->area->id;
    if (n->is_success)
        return db_exec(db, SQL_ACCOUNT_SUCCEEDED, err, V_INT(now), V_INT(area), V_INT(n->person));
    return db_exec(db, SQL_ACCOUNT_FAILED, err, V_INT(now - WINDOW_MS), V_INT(now), V_INT(now + WINDOW_MS), V_INT(area),
                   V_INT(n->person));
}

void
note_login(struct note_login *n, struct db *db)
{
    run(&n->base, db, apply_note);
}

static bool
apply_password(struct action *a, struct db *db, struct err *err)
{
    struct set_password *p = (struct set_password *)a;
    int64_t area = a->who->area->id;
    return db_exec(db, SQL_ACCOUNT_INSERT, err, V_INT(area), V_INT(p->person), V_TEXT(p->hash), V_INT(p->must_change),
                   V_INT(real_ms())) &&
           db_exec(db, SQL_SESSIONS_DELETE_PERSON, err, V_INT(area), V_INT(p->person));
}

void
set_password(struct set_password *p, struct db *db)
{
    run(&p->base, db, apply_password);
}

static bool
apply_token(struct action *a, struct db *db, struct err *err)
{
    struct make_token *m = (struct make_token *)a;
    uint8_t hash[HASH_BYTES];
    if (m->given.n && m->given.n < sizeof m->token)
        memcpy(m->token, m->given.p, m->given.n);
    else
        random_token(m->token);
    return db_exec(db, SQL_TOKEN_INSERT, err, hash_of(str_of(m->token), hash), V_INT(a->who->area->id), V_INT(m->person),
                   V_TEXT(m->name), V_INT(real_ms()));
}

void
make_token(struct make_token *m, struct db *db)
{
    run(&m->base, db, apply_token);
}

bool
token_find(struct app *app, struct db *db, struct str token, int64_t *person, int64_t *area, struct err *err)
{
    (void)app;
    uint8_t hash[HASH_BYTES];
    struct rows r;
    if (token.n < 6 || token.n > 64 || !db_query(db, SQL_TOKEN_FIND, &r, err, hash_of(token, hash)))
        return false;
    bool found = rows_next(&r, err);
    if (found) {
        *area = rows_int(&r, 0);
        *person = rows_int(&r, 1);
    }
    rows_end(&r);
    return found;
}

bool
set_password_wait(struct set_password *p, struct err *err)
{
    p->base.prepare = nothing;
    p->base.apply = apply_password;
    return action_wait(&p->base, err);
}

bool
make_token_wait(struct make_token *m, struct err *err)
{
    m->base.prepare = nothing;
    m->base.apply = apply_token;
    return action_wait(&m->base, err);
}
