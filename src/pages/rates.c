#include "rates.h"

#include <pthread.h>

#include "crypto.h"
#include "site.h"

static const struct {
    double burst;
    int64_t refill_ms; /* for one token */
    const char *what;
} limits[RATE_COUNT] = {
    [RATE_REPORT_DEVICE] = {10, 360 * 1000, "反映次数太多了"},
    [RATE_REPORT_ADDRESS] = {60, 60 * 1000, "这个网络反映次数太多了"},
    [RATE_REPORT_PLACE] = {120, 30 * 1000, "这个小区的反映太密集了"},
    [RATE_CODE] = {10, 90 * 1000, "查询码输错太多次了"},
    [RATE_PROOF] = {10, 90 * 1000, "到场码输错太多次了，不用码也能登记到场"},
    [RATE_LOGIN] = {30, 30 * 1000, "登录失败太多次了"},
    [RATE_UPLOAD] = {60, 60 * 1000, "上传太多了"},
};

struct bucket {
    uint64_t key; /* 0 = free */
    double tokens;
    int64_t at_ms;
};
enum { SLOTS = 1 << 15, PROBES = 8 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct bucket table[SLOTS];
static uint8_t secret[KEY_BYTES];
static _Thread_local int wait_s;

static int64_t
now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static uint64_t
key_of(enum rate what, struct str who)
{
    static const uint8_t none[KEY_BYTES];
    if (memcmp(secret, none, sizeof secret) == 0)
        crypto_random(secret, sizeof secret);
    char text[160];
    int n = snprintf(text, sizeof text, "%d|%.*s", (int)what, (int)(who.n > 120 ? 120 : who.n), who.p);
    uint64_t key = token_hash(secret, (struct str){text, (size_t)n});
    return key ? key : 1;
}

/* The bucket of a key, filled up to now; of the probed slots the one touched longest ago gives way to a new key. */
static struct bucket *
bucket_of(enum rate what, struct str who)
{
    uint64_t key = key_of(what, who);
    int64_t now = now_ms();
    struct bucket *oldest = NULL;
    for (uint64_t i = 0; i < PROBES; i++) {
        struct bucket *b = &table[(key + i) % SLOTS];
        if (b->key == key) {
            b->tokens += (double)(now - b->at_ms) / (double)limits[what].refill_ms;
            if (b->tokens > limits[what].burst)
                b->tokens = limits[what].burst;
            b->at_ms = now;
            return b;
        }
        if (!oldest || b->at_ms < oldest->at_ms)
            oldest = b;
    }
    *oldest = (struct bucket){key, limits[what].burst, now};
    return oldest;
}

static bool
ask(enum rate what, struct str who, double take, struct err *err)
{
    pthread_mutex_lock(&lock);
    struct bucket *b = bucket_of(what, who);
    bool ok = b->tokens >= 1;
    if (ok)
        b->tokens -= take;
    else
        wait_s = (int)((1 - b->tokens) * (double)limits[what].refill_ms / 1000) + 1;
    pthread_mutex_unlock(&lock);
    if (ok)
        return true;
    if (wait_s < 60)
        return err_set(err, ERR_RATE, "%s，请 %d 秒后再试。", limits[what].what, wait_s);
    return err_set(err, ERR_RATE, "%s，请 %d 分钟后再试。", limits[what].what, (wait_s + 59) / 60);
}

bool
rate_take(enum rate what, struct str who, struct err *err)
{
    return ask(what, who, 1, err);
}

bool
rate_allows(enum rate what, struct str who, struct err *err)
{
    return ask(what, who, 0, err);
}

int
rate_wait_s(void)
{
    return wait_s;
}

bool
rate_report(struct request *req, struct str place, struct err *err)
{
    const struct visit *v = visit_of(req);
    if (v->person)
        return true;
    const struct {
        enum rate what;
        struct str who;
    } asked[] = {{RATE_REPORT_DEVICE, v->who.device}, {RATE_REPORT_ADDRESS, v->who.address}, {RATE_REPORT_PLACE, place}};
    size_t n = sizeof asked / sizeof *asked;
    for (size_t i = 0; i < n; i++)
        if (asked[i].who.n && !rate_allows(asked[i].what, asked[i].who, err))
            return false;
    for (size_t i = 0; i < n; i++)
        if (asked[i].who.n && !rate_take(asked[i].what, asked[i].who, err))
            return false;
    return true;
}

static struct str
person_key(struct request *req)
{
    return str_of(arena_printf(req->arena, "presence %lld", (long long)visit_of(req)->who.person));
}

bool
rate_proof(struct request *req, struct str proof, struct err *err)
{
    return !proof.n || rate_allows(RATE_PROOF, person_key(req), err);
}

void
rate_proof_wrong(struct request *req, const struct err *err)
{
    for (int i = 0; i < err->n_fields; i++)
        if (strcmp(err->fields[i].field, "proof") == 0)
            rate_take(RATE_PROOF, person_key(req), NULL);
}
