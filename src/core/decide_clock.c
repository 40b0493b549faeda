/* What happens when a deadline passes: the miss is recorded once and goes upward, level by level, until the top. */
#include "decide.h"

/* Who hears of a miss: department → its head → sector chief where there is one (BG-19) → coordinator → leading group; of a
 * whistle unanswered the sector chief at once (BG-18); everybody else → coordinator → leading group. */
static struct owner
above(const struct decision *d, const struct duty *u, int level)
{
    const struct registry *r = d->s->registry;
    const struct org *o = registry_org(r, u->kind == DUTY_TEAM ? (int32_t)d->c->lead : u->owner.org);
    bool has_head = o && (o->kind == ORG_DEPARTMENT || o->kind == ORG_SQUAD || o->kind == ORG_POLICE_POST) &&
                    u->owner.role != ROLE_DEPARTMENT_HEAD && registry_filled(r, ROLE_DEPARTMENT_HEAD, o->id, 0, day_of(d->s->now));
    if (u->owner.role == ROLE_COORDINATOR)
        level += 1;
    else if (has_head) {
        bool has_sector = u->owner.role != ROLE_SECTOR_CHIEF && registry_filled(r, ROLE_SECTOR_CHIEF, 0, 0, day_of(d->s->now));
        if (has_sector && (u->kind == DUTY_ACCEPT || u->kind == DUTY_ARRIVE))
            level++;
        if (level == 1)
            return owner_of_org(o->id, ROLE_DEPARTMENT_HEAD);
        if (level == 2 && has_sector)
            return (struct owner){.role = ROLE_SECTOR_CHIEF};
        level -= 1 + has_sector;
    }
    if (level <= 1)
        return coordinator_of(r);
    if (level == 2)
        return owner_of_org(0, ROLE_LEADING_GROUP);
    return owner_of_org(0, ROLE_NONE);
}

static struct duty_slot *
slot_by_id(struct decision *d, int64_t id)
{
    for (size_t i = 0; i < d->fx->n_duties; i++)
        if (d->fx->duties[i].now.id == id && d->fx->duties[i].now.end == END_OPEN)
            return &d->fx->duties[i];
    return NULL;
}

static void
escalate(struct decision *d, struct duty_slot *slot)
{
    /* A missed chase is answered one level higher, about the same base duty. */
    struct duty_slot *base = slot->now.kind == DUTY_CHASE && slot->now.ref ? slot_by_id(d, slot->now.ref) : slot;
    int level = slot->now.kind == DUTY_CHASE ? slot->now.level + 1 : 1;
    struct owner up = above(d, base ? &base->now : &slot->now, level);
    if (!up.org && up.role == ROLE_NONE)
        return;
    slot->now.escalated = up;
    int64_t ref = base ? base->now.id : slot->now.id;
    struct duty *chase = duty_open(d, DUTY_CHASE, up, limit_named(d->s->scheme, "chase1"), d->s->now);
    if (chase) {
        chase->ref = ref;
        chase->level = level;
    }
    notify_owner(d, up, "missed", true, say(d, "超期督办：%s", duty_label(base ? base->now.kind : slot->now.kind)));
}

bool
case_miss(const struct situation *s, int64_t duty_id, struct effects *fx, struct err *err)
{
    struct decision d;
    decision_begin(&d, s, fx, "duty_missed");
    fx->actor = (struct actor){.role = ROLE_CLOCK};
    struct duty_slot *slot = slot_by_id(&d, duty_id);
    if (!slot || slot->now.missed_at || slot->now.due > s->now)
        return err_set(err, ERR_CONFLICT, "这项责任没有到期。");
    struct duty *u = &slot->now;
    if (u->kind == DUTY_RESUME && d.c->state == CASE_SUSPENDED) { /* the pause ends by itself */
        fx->event.type = "resumed";
        decide_resume(&d, err);
        decision_end(&d);
        return true;
    }
    u->missed_at = s->now;
    slot->is_changed = true;
    struct buf who = {0};
    owner_words(&who, s->registry, &u->owner);
    fx->event.text = say(&d, "超期：%.*s 未按时%s", S(buf_view(&who)), duty_label(u->kind));
    buf_release(&who);
    notify_owner(&d, u->owner, "overdue", false, say(&d, "已超期：%s", duty_label(u->kind)));
    if (u->kind == DUTY_RULE_LEAD) /* nobody ruled: who has it keeps it (default = lead stays) */
        d.c->binding = 1;
    if (u->kind == DUTY_ANSWER)
        fx->event.public_text = STR("答复已超过承诺时间，已向上级报告");
    if (move_on(&d, u->kind))
        fx->event.text = say(&d, "%.*s；转下一级", S(fx->event.text));
    else
        escalate(&d, slot);
    decision_end(&d);
    return true;
}

bool
case_undo(const struct situation *s, const struct undo *u, struct effects *fx, struct err *err)
{
    if (u->by != s->actor.person || !u->by)
        return err_set(err, ERR_FORBIDDEN, "只有操作人自己可以撤销。");
    if (s->now - u->at > UNDO_MS)
        return err_set(err, ERR_CONFLICT, "超过 10 分钟，不能撤销。");
    const struct command *cmd = NULL;
    for (size_t i = 0; i < n_commands; i++)
        if (strcmp(commands[i].event, u->event) == 0 && (commands[i].flags & CMD_UNDOABLE))
            cmd = &commands[i];
    if (!cmd)
        return err_set(err, ERR_CONFLICT, "这一步不能撤销。");
    struct decision d;
    decision_begin(&d, s, fx, "undone");
    for (size_t i = 0; i < u->n_columns; i++) {
        for (int k = 0; !u->columns[i].is_text && k < CASE_N_NUMBERS; k++)
            if (str_is(u->columns[i].name, case_number_name(k)))
                *case_number(d.c, k) = u->columns[i].old_n;
        for (int k = 0; u->columns[i].is_text && k < CASE_N_TEXTS; k++)
            if (str_is(u->columns[i].name, case_text_name(k)))
                *case_text(d.c, k) = u->columns[i].old_t;
    }
    for (size_t i = 0; i < u->n_opened; i++) {
        struct duty_slot *slot = slot_by_id(&d, u->duties_opened[i]);
        if (slot)
            duty_end(&d, slot, END_VOID);
    }
    for (size_t i = 0; i < u->n_before; i++) {
        struct duty_slot *slot = slot_by_id(&d, u->duties_before[i].id);
        if (!slot && fx->n_duties < EFFECTS_DUTIES_MAX)
            slot = &fx->duties[fx->n_duties++];
        if (!slot)
            continue;
        instant missed = slot->now.missed_at; /* set once, never cleared */
        *slot = (struct duty_slot){.was = slot->was, .now = u->duties_before[i], .is_changed = true};
        if (missed)
            slot->now.missed_at = missed;
    }
    fx->event.text = say(&d, "撤销：%s", cmd->label);
    decision_end(&d);
    return true;
}

void
effects_columns(const struct effects *fx, column_change each, void *ctx)
{
    struct effects *f = (struct effects *)(uintptr_t)fx; /* columns are read only here */
    for (int i = 0; i < CASE_N_NUMBERS; i++) {
        int64_t was = *case_number(&f->before, i), is = *case_number(&f->after, i);
        if (was != is)
            each(ctx, case_number_name(i), false, was, is, (struct str){0}, (struct str){0});
    }
    for (int i = 0; i < CASE_N_TEXTS; i++) {
        struct str was = *case_text(&f->before, i), is = *case_text(&f->after, i);
        if (!str_eq(was, is))
            each(ctx, case_text_name(i), true, 0, 0, was, is);
    }
}
