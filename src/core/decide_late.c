/* A record made without a network that comes when what it did is no longer possible: it stays with the case, for a person to
 * decide what it still means. Nothing else of the case changes, so there is nothing here for the prover. */
#include "decide.h"

static struct str
choice_label(const struct field *f, struct str value)
{
    for (size_t i = 0; f->choices && f->choices[i].code; i++)
        if (str_is(value, f->choices[i].code))
            return str_of(f->choices[i].label);
    return value;
}

/* 「对方反应：不改；怎样劝导的：…」: every field as it was entered, files apart. */
static void
write_fields(struct buf *b, const struct command *cmd, const struct params *fields)
{
    for (size_t i = 0; i < cmd->n_fields; i++) {
        const struct field *f = &cmd->fields[i];
        struct str value;
        for (size_t at = 0; f->type != FIELD_FILES && !f->by_phone && params_each(fields, f->name, &at, &value);) {
            struct str words = choice_label(f, str_trim(value));
            if (words.n)
                buf_printf(b, "；%s：%.*s", f->label, S(words));
        }
    }
}

/* Whoever carries the case now; when nobody does, the coordinator. */
static struct owner
who_decides(const struct decision *d)
{
    for (size_t i = 0; i < d->fx->n_duties; i++) {
        const struct duty *u = &d->fx->duties[i].now;
        if (u->end == END_OPEN && duty_is_main(u->kind))
            return u->owner;
    }
    return d->c->lead ? owner_of_org((int32_t)d->c->lead, ROLE_NONE) : coordinator_of(d->s->registry);
}

bool
case_keep_late(const struct situation *s, const struct late_record *l, struct effects *fx, struct err *err)
{
    struct decision d;
    struct buf b = {0};
    decision_begin(&d, s, fx, "late_record");
    buf_printf(&b, "补传的记录，没有改变办理：%s，", l->command->label);
    moment_words(&b, l->recorded_at, s->now);
    buf_printf(&b, " 记下，收到时事项是“%s”", case_state_label((int)s->c->state));
    write_fields(&b, l->command, l->fields);
    fx->event.text = str_dup(fx->arena, buf_view(&b));
    fx->event.occurred_at = l->recorded_at;
    fx->event.fields = *l->fields;
    buf_release(&b);
    notify_owner(&d, who_decides(&d), "late_record", false,
                 say(&d, "有一条补传的记录要您看一下：%s", l->command->label));
    decision_end(&d);
    return err->kind == ERR_NONE;
}
