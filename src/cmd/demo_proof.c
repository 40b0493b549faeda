/* How somebody shows that he is there: mostly a code from the property's or the station's phone, or the board's QR code near the
 * place; sometimes the QR code alone or a colleague's word; and now and then nothing. Dice of its own, one throw for each arrival,
 * so that how presence is shown changes nothing else of the life.
 */
#include "demo.h"
#include "presence.h"
#include "proof.h"

static void
put(struct demo *d, struct params *p, const char *name, const char *value)
{
    params_add(d->arena, p, str_of(name), str_of(value));
}

/* The property's phone in a compound, the station's in a community. */
static bool
show_code(struct demo *d, const struct place *at, instant when, struct params *p)
{
    const struct registry *r = d->area->registry;
    const struct org *station = registry_org(r, owner_org(r, STR("@station"), at, 0));
    struct proof_seat seat;
    char code[PROOF_CODE_DIGITS + 1];
    if (!presence_seat(r, at->code, &seat) && !(station && presence_seat(r, station->code, &seat)))
        return false;
    presence_code(d->app, d->area->id, seat, when, code);
    put(d, p, "proof", arena_printf(d->arena, "%s", code));
    return true;
}

static void
show_qr(struct demo *d, const struct place *at, struct params *p)
{
    put(d, p, "proof", arena_printf(d->arena, "/x/%.*s", (int)at->code.n, at->code.p));
}

static void
show_position(struct demo *d, struct dice *own, const struct place *at, instant when, struct params *p)
{
    struct buf b = {0};
    moment_format(&b, when);
    put(d, p, "lon", arena_printf(d->arena, "%.6f", at->lon + (double)dice_range(own, -900, 900) / 1e6)); /* some 85 m either way */
    put(d, p, "lat", arena_printf(d->arena, "%.6f", at->lat + (double)dice_range(own, -800, 800) / 1e6));
    put(d, p, "accuracy", arena_printf(d->arena, "%d", (int)dice_range(own, 8, 60)));
    params_add(d->arena, p, STR("position_at"), str_dup(d->arena, buf_view(&b)));
    buf_release(&b);
}

/* Somebody of the place who vouches for him. */
static bool
show_word(struct demo *d, const struct place *at, int64_t person, instant when, struct params *p)
{
    const struct registry *r = d->area->registry;
    for (size_t i = 0; i < r->n_postings; i++) {
        const struct posting *as = &r->postings[i];
        if (as->person != person && posting_vouches(r, at, as, day_of(when))) {
            params_add(d->arena, p, STR("vouched"), registry_person(r, as->person)->username);
            return true;
        }
    }
    return false;
}

void
demo_show_presence(struct demo *d, const struct presence_shown_by *who, instant when, struct params *p)
{
    const struct place *at = registry_place(d->area->registry, who->place);
    struct dice own = {.state = (uint64_t)who->salt * 0x9e3779b97f4a7c15u + (uint64_t)who->person};
    bool is_placed = at && at->kind == PLACE_COMPOUND && point_is_known((struct point){at->lon, at->lat});
    dice_next(&own); /* numbers of cases differ little */
    int64_t roll = dice_range(&own, 0, 999);
    int code = plan_number(d->plan, "proof_code", 480), near = plan_number(d->plan, "proof_near", 280),
        word = plan_number(d->plan, "proof_word", 140);
    if (!at || roll >= code + near + word)
        return; /* says so himself: no proof */
    if (roll < code || at->kind != PLACE_COMPOUND) {
        show_code(d, at, when, p);
        return;
    }
    if (roll >= code + near && who->may_be_vouched && dice_chance(&own, 400) && show_word(d, at, who->person, when, p))
        return;
    show_qr(d, at, p);
    if (roll < code + near && is_placed)
        show_position(d, &own, at, when, p);
}
