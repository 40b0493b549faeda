#include "event_append.h"

bool
event_append(struct db *db, struct keyring *k, const struct event_to_append *e, const uint8_t prev[HASH_BYTES], uint8_t hash[HASH_BYTES],
             struct err *err)
{
    uint8_t salt[SALT_BYTES], commit[HASH_BYTES], mac[HASH_BYTES];
    struct buf plain = {0}, body = {0};
    crypto_random(salt, sizeof salt);
    buf_add(&plain, salt, sizeof salt);
    buf_str(&plain, e->json);
    event_commit(salt, e->json, commit);
    struct event_head head = {.area = e->area, .stream = e->stream, .seq = (uint32_t)e->seq, .at_ms = e->at, .type = str_of(e->type),
                              .actor = e->actor.person};
    event_head_hash(&head, commit, prev, hash);
    instant occurred = e->occurred_at ? e->occurred_at : e->at;
    event_mac(keyring_key(k, e->area, "history"), hash, (struct event_clear){occurred, e->actor.role, e->actor.org}, mac);
    seal(e->key, e->area, "event.body", e->stream, e->seq, buf_view(&plain), &body);
    bool ok = db_exec(db, SQL_EVENT_INSERT, err, V_INT(e->area), V_INT(e->stream), V_INT(e->seq), V_INT(e->at), V_INT(occurred),
                      V_TEXT(head.type), V_INT(e->actor.person), V_INT(e->actor.role), V_INT(e->actor.org), V_BLOB(buf_view(&body)),
                      V_BYTES(commit, sizeof commit), V_BYTES(hash, HASH_BYTES), V_BYTES(mac, sizeof mac));
    buf_release(&plain);
    buf_release(&body);
    return ok;
}

bool
event_append_next(struct db *db, struct keyring *k, struct event_to_append *e, struct err *err)
{
    uint8_t prev[HASH_BYTES] = {0}, hash[HASH_BYTES];
    struct rows r;
    if (!db_query(db, SQL_EVENT_LAST, &r, err, V_INT(e->area), V_INT(e->stream)))
        return false;
    e->seq = 1;
    if (rows_next(&r, err)) {
        e->seq = rows_int(&r, 0) + 1;
        memcpy(prev, rows_text(&r, 1).p, sizeof prev);
    }
    rows_end(&r);
    return !r.has_failed && event_append(db, k, e, prev, hash, err);
}

bool
notices_append(struct db *db, struct store *store, int64_t area, instant at, const struct notice *list, size_t n, struct told *told,
               struct err *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++) {
        struct notice_facts f = {.area = area, .id = store_new_id(store, at), .at = at, .to = list[i].to, .kind = str_of(list[i].kind),
                                 .text = list[i].text, .is_urgent = list[i].urgent};
        told[i] = (struct told){.id = f.id};
        notice_digest(&f, told[i].digest);
        ok = db_exec(db, SQL_NOTICE_INSERT, err, V_INT(f.area), V_INT(f.id), V_INT(f.to.org), V_INT(f.to.role), V_INT(f.to.place),
                     V_INT(f.to.person), V_INT(0), V_TEXT(f.kind), V_TEXT(f.text), V_INT(f.is_urgent), V_INT(at));
    }
    return ok;
}
