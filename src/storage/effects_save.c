/* Effects become rows: the only writer of domain tables. */
#include "effects_save.h"

#include "command.h"
#include "event_body.h"
#include "figures_fold.h"
#include "file_store.h"
#include "search_tokens.h"

struct saving {
    struct db *db;
    struct save *s;
    struct effects *fx;
    const uint8_t *history, *search;
    uint8_t key[KEY_BYTES];
    struct buf wrapped; /* new case only */
    struct told told[EFFECTS_NOTICES_MAX];
    struct err *err;
};

static bool
insert_event(struct saving *v, int64_t stream, uint32_t seq, const char *type, struct str plain,
             const uint8_t prev[HASH_BYTES], const uint8_t key[KEY_BYTES], uint8_t hash[HASH_BYTES])
{
    struct effects *fx = v->fx;
    int64_t area = fx->after.area;
    uint8_t commit[HASH_BYTES], mac[HASH_BYTES];
    event_commit((const uint8_t *)plain.p, str_slice(plain, SALT_BYTES, plain.n), commit);
    struct event_head head = {.area = area, .stream = stream, .seq = seq, .at_ms = fx->at, .type = str_of(type),
                              .actor = fx->actor.person};
    event_head_hash(&head, commit, prev, hash);
    event_mac(v->history, hash, (struct event_clear){fx->event.occurred_at, fx->actor.role, fx->actor.org}, mac);
    struct buf body = {0};
    seal(key, area, "event.body", stream, seq, plain, &body);
    bool ok = db_exec(v->db, SQL_EVENT_INSERT, v->err, V_INT(area), V_INT(stream), V_INT(seq), V_INT(fx->at),
                      V_INT(fx->event.occurred_at), V_TEXT(str_of(type)), V_INT(fx->actor.person), V_INT(fx->actor.role),
                      V_INT(fx->actor.org), V_BLOB(buf_view(&body)), V_BYTES(commit, sizeof commit),
                      V_BYTES(hash, HASH_BYTES), V_BYTES(mac, sizeof mac));
    buf_release(&body);
    return ok;
}

bool
duty_insert(struct db *db, int64_t area, const struct duty *u, struct err *err)
{
    return db_exec(db, SQL_DUTY_INSERT, err, V_INT(area), V_INT(u->id), V_INT(u->kind), V_INT(u->subject_kind), V_INT(u->subject),
                   V_INT(u->owner.org), V_INT(u->owner.role), V_INT(u->owner.place), V_INT(u->owner.person), V_INT(u->need),
                   V_INT(u->credited), V_INT(u->spacing), V_INT(u->opened_at), V_INT(u->window_from), V_INT(u->amber_at), V_INT(u->due),
                   V_INT(u->missed_at), V_INT(u->ended_at), V_INT(u->end), V_INT(u->escalated.org), V_INT(u->escalated.role),
                   V_INT(u->escalated.place), V_INT(u->ref), V_INT(u->level), V_INT(u->arg));
}

bool
duty_update(struct db *db, int64_t area, const struct duty *u, struct err *err)
{
    return db_exec(db, SQL_DUTY_UPDATE, err, V_INT(u->owner.org), V_INT(u->owner.role), V_INT(u->owner.place), V_INT(u->owner.person),
                   V_INT(u->credited), V_INT(u->amber_at), V_INT(u->due), V_INT(u->missed_at), V_INT(u->ended_at), V_INT(u->end),
                   V_INT(u->escalated.org), V_INT(u->escalated.role), V_INT(u->escalated.place), V_INT(u->level), V_INT(area), V_INT(u->id));
}

static bool
save_duties(struct saving *v)
{
    for (size_t i = 0; i < v->fx->n_duties; i++) {
        const struct duty_slot *slot = &v->fx->duties[i];
        if (!slot->is_changed)
            continue;
        if (!(slot->is_new ? duty_insert(v->db, v->fx->after.area, &slot->now, v->err) : duty_update(v->db, v->fx->after.area, &slot->now, v->err)))
            return false;
    }
    return true;
}

/* A notice as its row will say it for ever; reporters are told by the outbox, once they have left a contact. */
static struct notice_facts
facts_of(const struct saving *v, size_t i)
{
    const struct effects *fx = v->fx;
    const struct notice *n = &fx->notices[i];
    return (struct notice_facts){.area = fx->after.area, .id = v->told[i].id, .case_id = fx->after.id, .at = fx->at,
                                 .to = n->to_reporter ? (struct owner){.person = fx->after.reporter} : n->to,
                                 .kind = str_of(n->kind), .text = n->text, .is_urgent = !n->to_reporter && n->urgent};
}

/* Before the event, which names them. */
static void
number_notices(struct saving *v)
{
    for (size_t i = 0; i < v->fx->n_notices; i++) {
        const struct notice *n = &v->fx->notices[i];
        if (n->to_reporter && !v->fx->after.reporter)
            continue;
        v->told[i] = (struct told){.id = store_new_id(v->s->store, v->fx->at), .is_outbox = n->to_reporter};
        struct notice_facts facts = facts_of(v, i);
        notice_digest(&facts, v->told[i].digest);
    }
}

static bool
insert_notice(struct saving *v, const struct notice_facts *n)
{
    return db_exec(v->db, SQL_NOTICE_INSERT, v->err, V_INT(n->area), V_INT(n->id), V_INT(n->to.org), V_INT(n->to.role),
                   V_INT(n->to.place), V_INT(n->to.person), V_INT(n->case_id), V_TEXT(n->kind), V_TEXT(n->text),
                   V_INT(n->is_urgent), V_INT(n->at));
}

static bool
insert_message(struct saving *v, const struct notice_facts *n)
{
    return db_exec(v->db, SQL_OUTBOX_INSERT, v->err, V_INT(n->id), V_INT(n->area), V_INT(n->case_id), V_TEXT(STR("sms")),
                   V_INT(n->to.person), V_TEXT(n->kind), V_TEXT(n->text), V_INT(n->at), V_INT(n->at));
}

static bool
save_notices(struct saving *v)
{
    for (size_t i = 0; i < v->fx->n_notices; i++) {
        struct notice_facts n = facts_of(v, i);
        if (n.id && !(v->told[i].is_outbox ? insert_message : insert_notice)(v, &n))
            return false;
    }
    return true;
}

/* By what a search finds the case from now on. */
static bool
save_tokens(struct saving *v)
{
    struct effects *fx = v->fx;
    struct tokens *t = arena_new_of(fx->arena, struct tokens);
    t->key = v->search;
    tokens_of_effects(t, fx);
    for (size_t i = 0; i < t->n; i++)
        if (!db_exec(v->db, SQL_TOKEN_ADD, v->err, V_INT(fx->after.area), V_INT((int64_t)t->p[i]), V_INT(fx->after.id)))
            return false;
    return true;
}

static bool
save_files(struct saving *v)
{
    const struct effects *fx = v->fx;
    for (size_t i = 0; i < v->s->n_files; i++) {
        const struct attachment *f = &v->s->files[i];
        struct buf wrapped = {0};
        bool ok = file_key_rewrap(v->db, v->s->keys, fx->after.area, f->id, fx->after.id, v->key, &wrapped, v->err) &&
                  db_exec(v->db, SQL_FILE_ATTACH, v->err, V_INT(fx->after.id), V_INT(fx->after.version), V_INT(f->is_after),
                          V_BLOB(buf_view(&wrapped)), V_INT(fx->after.area), V_INT(f->id));
        buf_release(&wrapped);
        if (!ok)
            return false;
        if (db_changes(v->db) != 1)
            return err_field(v->err, "files", "有照片已经用在别的事项里，请重新上传。");
    }
    return true;
}

/* The reporter's contact: a person stream of its own, sealed under a key of its own (个人信息保护法 6, 51). */
static bool
save_contact(struct saving *v)
{
    struct effects *fx = v->fx;
    int64_t area = fx->after.area, id = store_new_id(v->s->store, fx->at);
    uint8_t key[KEY_BYTES], hash[HASH_BYTES], index[BLIND_BYTES] = {0};
    static const uint8_t zero[HASH_BYTES];
    struct buf wrapped = {0}, contact = {0}, plain = {0};
    keyring_make_wrapped(v->s->keys, area, id, key, &wrapped);
    uint8_t salt[SALT_BYTES];
    crypto_random(salt, sizeof salt);
    buf_add(&plain, salt, sizeof salt);
    secret_write(&plain, v->s->contact_name, v->s->contact_phone, (struct str){"", 0});
    seal(key, area, "person_file.contact", id, 0, str_slice(buf_view(&plain), SALT_BYTES, plain.n), &contact);
    char phone[PHONE_BYTES];
    if (phone_normalise(v->s->contact_phone, phone))
        blind_index(keyring_key(v->s->keys, area, "contact-index"), "phone", str_of(phone), index);
    bool ok = insert_event(v, id, 1, "contact_set", buf_view(&plain), zero, key, hash) &&
              db_exec(v->db, SQL_PERSON_FILE_INSERT, v->err, V_INT(area), V_INT(id), V_BYTES(hash, sizeof hash),
                      V_BLOB(buf_view(&wrapped)), V_BLOB(buf_view(&contact)), V_BYTES(index, sizeof index), V_INT(fx->at));
    fx->after.reporter = id;
    explicit_bzero(key, sizeof key);
    explicit_bzero(plain.p, plain.n);
    buf_release(&wrapped);
    buf_release(&contact);
    buf_release(&plain);
    return ok;
}

static bool
sealed_secret(struct saving *v, struct buf *out)
{
    struct effects *fx = v->fx;
    struct str words = fx->words, spot = fx->spot, reply = fx->reply;
    if (!fx->is_new_case) {
        struct str w, s, r;
        struct rows rows;
        struct buf plain = {0};
        if (!db_query(v->db, SQL_CASE_WORDS, &rows, v->err, V_INT(fx->after.area), V_INT(fx->after.id)))
            return false;
        bool ok = rows_next(&rows, v->err) &&
                  unseal(v->key, fx->after.area, "case_file.secret", fx->after.id, 0, rows_text(&rows, 0), &plain) &&
                  secret_read(fx->arena, buf_view(&plain), &w, &s, &r);
        rows_end(&rows);
        buf_release(&plain);
        if (!ok)
            return err_set(v->err, ERR_INTERNAL, "读不出原来的内容。");
        words = fx->has_words ? words : w;
        spot = fx->has_words ? spot : s;
        reply = fx->has_reply ? reply : r;
    }
    struct buf plain = {0};
    secret_write(&plain, words, spot, reply);
    seal(v->key, fx->after.area, "case_file.secret", fx->after.id, 0, buf_view(&plain), out);
    buf_release(&plain);
    return true;
}

static bool
save_row(struct saving *v)
{
    struct case_file *c = &v->fx->after;
    struct buf secret = {0};
    bool has_secret = v->fx->is_new_case || v->fx->has_words || v->fx->has_reply;
    if (has_secret && !sealed_secret(v, &secret))
        return false;
    struct value args[9 + CASE_N_NUMBERS + CASE_N_TEXTS];
    size_t n = 0;
    if (v->fx->is_new_case) {
        args[n++] = V_INT(c->area);
        args[n++] = V_INT(c->id);
    }
    args[n++] = V_INT(c->version);
    args[n++] = V_BYTES(c->head, sizeof c->head);
    if (v->fx->is_new_case)
        args[n++] = V_BLOB(buf_view(&v->wrapped));
    args[n++] = has_secret ? V_BLOB(buf_view(&secret)) : V_NULL;
    for (int i = 0; i < CASE_N_NUMBERS; i++)
        args[n++] = V_INT(*case_number(c, i));
    for (int i = 0; i < CASE_N_TEXTS; i++)
        args[n++] = V_TEXT(*case_text(c, i));
    if (!v->fx->is_new_case) {
        args[n++] = V_INT(c->area);
        args[n++] = V_INT(c->id);
        args[n++] = V_INT(v->fx->before.version);
    }
    bool ok = db_exec_n(v->db, v->fx->is_new_case ? SQL_CASE_INSERT : SQL_CASE_UPDATE, args, n, v->err);
    buf_release(&secret);
    if (ok && !v->fx->is_new_case && db_changes(v->db) != 1)
        return err_set(v->err, ERR_CONFLICT, "事项刚被别人处理过，请看最新情况。");
    return ok;
}

static void
give_ids(struct saving *v)
{
    struct effects *fx = v->fx;
    for (size_t i = 0; i < fx->n_duties; i++)
        if (fx->duties[i].is_new) {
            fx->duties[i].now.id = store_new_id(v->s->store, fx->at);
            fx->duties[i].now.subject = fx->after.id;
        }
}

static bool
number_case(struct saving *v)
{
    struct case_file *c = &v->fx->after;
    if (!c->id)
        c->id = store_new_id(v->s->store, v->fx->at);
    c->no = db_int(v->db, SQL_COUNTER_NEXT, DB_ARGS(V_INT(c->area), V_TEXT(STR("case")), V_INT(c->day)), 0, v->err);
    v->fx->before.id = c->id;
    return c->no > 0;
}

static bool
find_key(struct saving *v)
{
    struct case_file *c = &v->fx->after;
    if (v->fx->is_new_case) {
        keyring_make_wrapped(v->s->keys, c->area, c->id, v->key, &v->wrapped);
        return true;
    }
    struct rows r;
    if (!db_query(v->db, SQL_CASE_KEY, &r, v->err, V_INT(c->area), V_INT(c->id)))
        return false;
    bool ok = rows_next(&r, v->err) && keyring_unwrap(v->s->keys, c->area, c->id, rows_text(&r, 0), v->key);
    rows_end(&r);
    return ok || err_set(v->err, ERR_GONE, "这件事项的内容已依法删除。");
}

static bool
save_stream(struct saving *v, const struct attachment *files, size_t n_files)
{
    struct effects *fx = v->fx;
    if (fx->is_new_case && !number_case(v))
        return false;
    if (!find_key(v) || (fx->is_new_case && v->s->has_contact && !save_contact(v)))
        return false;
    give_ids(v);
    number_notices(v);
    fx->after.version = fx->before.version + 1;
    struct buf plain = {0};
    event_body_write(fx, files, n_files, v->told, fx->n_notices, &plain);
    bool ok = insert_event(v, fx->after.id, (uint32_t)fx->after.version, fx->event.type, buf_view(&plain), fx->before.head,
                           v->key, fx->after.head);
    buf_release(&plain);
    return ok && save_row(v) && figures_mark(v->db, fx->after.area, fx->after.id, fx->after.version, v->err) && save_duties(v) && save_notices(v) && save_tokens(v);
}

bool
effects_save(struct db *db, struct save *s, struct err *err)
{
    struct saving v = {.db = db, .s = s, .fx = s->fx, .err = err,
                       .history = keyring_key(s->keys, s->fx->after.area, "history"),
                       .search = keyring_key(s->keys, s->fx->after.area, "search")};
    if (!v.history)
        return err_set(err, ERR_INTERNAL, "这个地区没有密钥。");
    bool ok = save_stream(&v, s->files, s->n_files) && save_files(&v);
    s->case_id = s->fx->after.id;
    s->day = s->fx->after.day;
    s->no = s->fx->after.no;
    buf_release(&v.wrapped);
    if (ok && s->also) {
        struct saving w = v;
        w.wrapped = (struct buf){0};
        memset(w.told, 0, sizeof w.told);
        w.fx = s->also;
        ok = save_stream(&w, NULL, 0);
        explicit_bzero(w.key, sizeof w.key);
    }
    explicit_bzero(v.key, sizeof v.key);
    return ok;
}
