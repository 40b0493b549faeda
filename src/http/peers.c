#include "parts.h"

enum { BUCKETS = 1024 };

struct peer {
    struct peer *next;
    unsigned char key[16];
    int n;
};

struct peers {
    pthread_mutex_t lock;
    struct peer *buckets[BUCKETS];
};

struct peers *
peers_new(void)
{
    struct peers *p = xcalloc(1, sizeof *p);
    pthread_mutex_init(&p->lock, NULL);
    return p;
}

void
peers_free(struct peers *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < BUCKETS; i++)
        while (p->buckets[i]) {
            struct peer *peer = p->buckets[i];
            p->buckets[i] = peer->next;
            free(peer);
        }
    pthread_mutex_destroy(&p->lock);
    free(p);
}

static struct peer **
find(struct peers *p, const unsigned char key[16])
{
    uint32_t hash = 2166136261u; /* FNV-1a: a full bucket costs its own crowd only a walk over its connections */
    for (int i = 0; i < 16; i++)
        hash = (hash ^ key[i]) * 16777619u;
    struct peer **at = &p->buckets[hash % BUCKETS];
    while (*at && memcmp((*at)->key, key, 16) != 0)
        at = &(*at)->next;
    return at;
}

bool
peers_enter(struct peers *p, const unsigned char key[16])
{
    pthread_mutex_lock(&p->lock);
    struct peer **at = find(p, key);
    if (!*at) {
        *at = xcalloc(1, sizeof **at);
        memcpy((*at)->key, key, 16);
    }
    bool ok = (*at)->n < LIMIT_CONNECTIONS_PER_ADDRESS;
    (*at)->n += ok;
    pthread_mutex_unlock(&p->lock);
    return ok;
}

void
peers_leave(struct peers *p, const unsigned char key[16])
{
    pthread_mutex_lock(&p->lock);
    struct peer **at = find(p, key), *peer = *at;
    if (peer && --peer->n == 0) {
        *at = peer->next;
        free(peer);
    }
    pthread_mutex_unlock(&p->lock);
}
