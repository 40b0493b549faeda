#include "account.h"

#include "passwords.h"

/* No 0, O, 1, l, i: it will be read out. Each kind of letter in turn satisfies the rules. */
static void
random_password(char out[16])
{
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz", digits[] = "23456789", upper[] = "ABCDEFGHJKMNPQRSTUVWXYZ";
    uint8_t r[14];
    crypto_random(r, sizeof r);
    for (int i = 0; i < 12; i++)
        out[i] = i % 3 == 0 ? letters[r[i] % 23] : i % 3 == 1 ? digits[r[i] % 8] : upper[r[i] % 23];
    out[12] = 0;
}

bool
account_set_password(struct app *app, const struct area *area, int64_t person, struct str password, bool must_change,
                     struct err *err)
{
    struct pw_settings pw = {.kind = PW_ARGON2ID};
    char hash[PW_HASH_MAX];
    struct arena *a = arena_new();
    struct caller who = {.area = area};
    struct set_password set = {.base = {.app = app, .who = &who, .arena = a}, .person = person, .must_change = must_change};
    bool ok = pepper_load(app_dir(app), pw.pepper, err) && pw_hash_here(&pw, password, hash, err);
    set.hash = str_of(hash);
    ok = ok && set_password_wait(&set, err);
    explicit_bzero(&pw, sizeof pw);
    arena_free(a);
    return ok;
}

bool
account_first_password(struct app *app, const struct area *area, int64_t person, char password[16], struct err *err)
{
    random_password(password);
    return account_set_password(app, area, person, str_of(password), !app_is_demo(app), err);
}

struct caller
caller_system(const struct area *area)
{
    static const struct posting post = {.role = ROLE_ADMIN, .order = 1};
    return (struct caller){.area = area, .postings = {&post}, .n_postings = 1};
}
