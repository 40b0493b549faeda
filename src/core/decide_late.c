/* Records made without a network. One that is still possible is done now and counts for when it was made. One that comes when what it
 * did is no longer possible stays with the case, and somebody owes to decide what it still means; nothing else of the case changes. */
#include "decide.h"
#include "proof.h"

/* ---- still possible ---- */

bool
within_grace(const struct situation *s, instant recorded_at)
{
    enum { HOUR_MS = 60 * 60 * 1000 };
    return s->now - recorded_at <= (instant)s->scheme->offline_grace * HOUR_MS;
}

/* Credited; the miss stays, marked late_sync, and whoever was told because of it owes no answer (architecture 6). */
bool
done_in_time(const struct decision *d, const struct duty *u)
{
    instant at = !d->in ? 0 : d->in->recorded_at ? d->in->recorded_at : d->in->proof ? d->in->proof->at : 0;
    return at && at < d->s->now && at <= u->due && at >= u->opened_at - CLOCKS_DIFFER_MS && within_grace(d->s, at);
}

/* ---- no longer possible ---- */

static struct str
choice_label(const struct field *f, struct str value)
{
    for (size_t i = 0; f->choices && f->choices[i].code; i++)
        if (str_is(value, f->choices[i].code))
            return str_of(f->choices[i].label);
    return value;
}

void
late_field_words(struct buf *b, const struct field *fields, size_t n, const struct params *values)
{
    for (size_t i = 0; i < n; i++) {
        const struct field *f = &fields[i];
        struct str value;
        for (size_t at = 0; f->type != FIELD_FILES && !f->by_phone && params_each(values, f->name, &at, &value);) {
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
    late_field_words(&b, l->command->fields, l->command->n_fields, l->fields);
    fx->event.text = str_dup(fx->arena, buf_view(&b));
    fx->event.occurred_at = l->recorded_at;
    fx->event.fields = *l->fields;
    buf_release(&b);
    struct owner to = who_decides(&d);
    if ((case_state_open((int)d.c->state) || d.c->state == CASE_CLOSED) && !duty_slot_of(&d, DUTY_LATE)) /* nothing is owed any more on a case that has ended */
        duty_open(&d, DUTY_LATE, to, limit_named(s->scheme, "late2"), s->now);
    notify_owner(&d, to, "late_record", false, say(&d, "有一条补传的记录要您核对：%s", l->command->label));
    decision_end(&d);
    return err->kind == ERR_NONE;
}

DECIDE(check_late)
{
    duties_end(d, DUTY_LATE, END_DONE);
    d->fx->event.text = say(d, "核对补传的记录：%s。%.*s", arg_is(d, "verdict", "holds") ? "情况属实" : "不采用", S(arg(d, "note")));
    settle_closed(d);
    return true;
}
