/* Which command settles which duty. The table holds only where there is a choice; a duty that is not in it is settled by the
 * command that the core's own table gives for it.
 */
#include "demo.h"

typedef bool (*wanted)(struct turn *t);

static bool
chance(struct turn *t, const char *share, int otherwise)
{
    return dice_chance(&t->d->dice, plan_number(t->d->plan, share, otherwise));
}

static bool
ends_here(struct turn *t)
{
    return t->row && t->row->fate == FATE_SETTLE;
}

static bool
would_refuse(struct turn *t)
{
    for (size_t i = 0; t->item && i < t->item->assists.n; i++) {
        const struct org *o = registry_org_code(t->s->registry, t->item->assists.p[i]);
        if (o && o->id != t->c->lead)
            return chance(t, "refuse", 30);
    }
    return false;
}

static bool
knows_too_little(struct turn *t)
{
    return t->c->returns == 0 && chance(t, "return", 15);
}

static bool
to_be_persuaded(struct turn *t)
{
    return !(t->c->tiers & ~1);
}

static bool
has_officers(struct turn *t)
{
    struct str two[2];
    return lead_officers(t->s->registry, (int32_t)t->c->lead, day_of(t->s->now), two) == 2;
}

static bool
to_be_ordered(struct turn *t)
{
    return t->c->persuade_failed && !t->c->orders && !t->c->filed_at && t->item &&
           item_ladder_row(t->s->scheme, t->item, TIER_ORDER) && has_officers(t);
}

static bool
to_be_filed(struct turn *t)
{
    return t->c->ordered_unmet && !t->c->filed_at && t->item && item_ladder_row(t->s->scheme, t->item, TIER_PENALISE) &&
           has_officers(t) && chance(t, "file", 800);
}

static bool
to_be_notified(struct turn *t)
{
    return t->c->filed_at && !t->c->noticed_at;
}

static bool
to_be_heard(struct turn *t)
{
    return t->c->noticed_at && !t->c->defence;
}

static bool
to_be_decided(struct turn *t)
{
    return t->c->defence && t->c->defence != DEFENCE_DECIDED && has_officers(t);
}

static const struct {
    int duty;
    const char *command;
    wanted when; /* NULL = always */
} policy[] = {
    {DUTY_CALL, "settle", ends_here},
    {DUTY_CALL, "return", knows_too_little},
    {DUTY_CALL, "call", NULL},
    {DUTY_ADMIT, "settle", ends_here},
    {DUTY_ADMIT, "admit", NULL},
    {DUTY_DISPATCH, "dispatch", NULL},
    {DUTY_ACCEPT, "refuse", would_refuse},
    {DUTY_ACCEPT, "accept", NULL},
    {DUTY_HANDLE, "penalise", to_be_decided}, /* 721: persuade; refused: order with a date; not obeyed: file and decide */
    {DUTY_HANDLE, "hear_defence", to_be_heard},
    {DUTY_HANDLE, "notify_party", to_be_notified},
    {DUTY_HANDLE, "persuade", to_be_persuaded},
    {DUTY_HANDLE, "file", to_be_filed},
    {DUTY_HANDLE, "order", to_be_ordered},
    {DUTY_HANDLE, "close", NULL},
};

static const struct command *
allowed(struct turn *t, const struct command *cmd)
{
    struct err why = {0};
    return cmd && !(cmd->flags & CMD_HIDDEN) && command_allowed(cmd, t->s, NULL, &why) ? cmd : NULL;
}

static bool
is_owed_by(const struct command *cmd, int duty)
{
    for (size_t i = 0; i < sizeof cmd->who / sizeof *cmd->who; i++)
        if (cmd->who[i].scope == SCOPE_DUTY && cmd->who[i].duty == duty)
            return true;
    return false;
}

static void
offer(struct turn *t, const struct command *cmd, struct offers *out)
{
    for (size_t i = 0; i < out->n; i++)
        if (out->p[i] == cmd)
            return;
    if (allowed(t, cmd) && out->n < sizeof out->p / sizeof *out->p)
        out->p[out->n++] = cmd;
}

struct offers
turn_offers(struct turn *t)
{
    struct offers out = {0};
    for (size_t i = 0; i < sizeof policy / sizeof *policy; i++)
        if (policy[i].duty == t->duty->kind && (!policy[i].when || policy[i].when(t)))
            offer(t, command_find(str_of(policy[i].command)), &out);
    for (size_t i = 0; i < n_commands && !out.n; i++)
        if (is_owed_by(&commands[i], t->duty->kind))
            offer(t, &commands[i], &out);
    return out;
}
