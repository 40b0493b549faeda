#include "decide.h"

const struct command *
command_find(struct str code)
{
    for (size_t i = 0; i < n_commands; i++)
        if (str_is(code, commands[i].code))
            return &commands[i];
    return NULL;
}

static const struct posting *
posting_for(const struct situation *s, uint64_t roles, int32_t org)
{
    for (size_t i = 0; i < s->actor.n_postings; i++) {
        const struct posting *p = s->actor.postings[i];
        if ((roles & ROLE_BIT(p->role)) && (!org || p->org == org))
            return p;
    }
    return NULL;
}

static const struct posting *
posting_covering(const struct situation *s, uint64_t roles)
{
    int32_t place = (int32_t)s->c->place;
    const struct place *here = registry_place(s->registry, place);
    for (size_t i = 0; i < s->actor.n_postings; i++) {
        const struct posting *p = s->actor.postings[i];
        if (!(roles & ROLE_BIT(p->role)))
            continue;
        if (p->place ? place && place_within(s->registry, place, p->place) : !p->org)
            return p;
        for (const struct place *up = p->place ? NULL : here; up; up = registry_place(s->registry, up->parent))
            if (p->org && (up->org == p->org || up->station == p->org))
                return p;
    }
    return NULL;
}

/* The posting through which the actor owns a duty; delegated posts count. */
const struct posting *
posting_owing_duty(const struct situation *s, const struct duty *u, uint64_t roles)
{
    int32_t today = day_of(s->now);
    for (size_t k = 0; k < s->actor.n_postings; k++) {
        const struct posting *p = s->actor.postings[k];
        bool is_elsewhere = !u->owner.person && ((u->owner.org && p->org != u->owner.org) ||
                                                 (u->owner.role != ROLE_NONE && p->role != u->owner.role));
        if (is_elsewhere || (roles && !(roles & ROLE_BIT(p->role)))) /* most are: asked here first, because it is cheap */
            continue;
        struct registry one = *s->registry;
        one.postings = p;
        one.n_postings = 1;
        if (owner_is(&one, &u->owner, p->person, today))
            return p;
    }
    return NULL;
}

static const struct posting *
posting_owing(const struct situation *s, int kind, uint64_t roles)
{
    for (size_t i = 0; i < s->n_duties; i++) {
        const struct duty *u = &s->duties[i];
        const struct posting *p = u->kind == kind && u->end == END_OPEN ? posting_owing_duty(s, u, roles) : NULL;
        if (p)
            return p;
    }
    return NULL;
}

static const struct posting *
matches(const struct who *w, const struct situation *s)
{
    const struct posting *p = NULL;
    switch (w->scope) {
    case SCOPE_DUTY:
        return posting_owing(s, w->duty, w->roles);
    case SCOPE_LEAD:
        return s->c->lead ? posting_for(s, w->roles, (int32_t)s->c->lead) : NULL;
    case SCOPE_ASSIST:
        p = posting_owing(s, DUTY_ASSIST, w->roles);
        return p ? p : posting_owing(s, DUTY_TEAM, w->roles);
    case SCOPE_PLACE:
        return posting_covering(s, w->roles);
    case SCOPE_FIRM: {
        const struct place *here = registry_place(s->registry, (int32_t)s->c->place);
        return here && here->firm ? posting_for(s, ROLE_BIT(ROLE_PROPERTY), here->firm) : NULL;
    }
    case SCOPE_AREA:
        return posting_for(s, w->roles, 0);
    case SCOPE_INVOLVED:
        p = s->actor.n_postings ? s->actor.postings[0] : NULL;
        return p && case_visible(s) ? p : NULL;
    case SCOPE_REPORTER:
    case SCOPE_NONE:
        break;
    }
    return NULL;
}

static bool
entitled(const struct command *cmd, const struct situation *s, struct actor *as)
{
    for (size_t i = 0; i < sizeof cmd->who / sizeof *cmd->who; i++) {
        const struct who *w = &cmd->who[i];
        if (w->scope == SCOPE_REPORTER && s->actor.is_reporter) {
            *as = s->actor;
            as->role = ROLE_RESIDENT;
            as->org = 0;
            return true;
        }
        const struct posting *p = w->scope == SCOPE_NONE ? NULL : matches(w, s);
        if (p) {
            *as = s->actor;
            as->role = p->role;
            as->org = p->org;
            return true;
        }
    }
    return false;
}

/* Somebody whose duty this is at another moment hears that it is not the moment, not that it is none of his business. */
static bool
could_owe(const struct command *cmd, const struct situation *s)
{
    static const uint64_t community = ROLE_BIT(ROLE_COMMUNITY_OFFICE) | ROLE_BIT(ROLE_TOWN_OFFICE);
    static const struct {
        uint64_t at_place, in_area; /* roles that owe the duty: over the place, or anywhere */
        bool is_lead;               /* the lead owes it */
    } owing[DUTY_KIND_COUNT] = {
        [DUTY_CLASSIFY] = {.in_area = ROLE_BIT(ROLE_COORDINATOR)},
        [DUTY_CALL] = {.at_place = ROLE_BIT(ROLE_GRID_CHIEF)},
        [DUTY_ADMIT] = {.at_place = community},
        [DUTY_DISPATCH] = {.in_area = ROLE_BIT(ROLE_COORDINATOR)},
        [DUTY_ACCEPT] = {.is_lead = true},
        [DUTY_SERVE] = {.is_lead = true},
        [DUTY_COMPLETE] = {.at_place = community},
        [DUTY_CONFER] = {.in_area = ROLE_BIT(ROLE_COORDINATOR)},
        [DUTY_TRANSFER] = {.in_area = ROLE_BIT(ROLE_COORDINATOR), .is_lead = true},
        [DUTY_RULE_LEAD] = {.in_area = ROLE_BIT(ROLE_COORDINATOR)},
        [DUTY_REVISIT] = {.at_place = community},
        [DUTY_RULE_REOPEN] = {.in_area = ROLE_BIT(ROLE_COORDINATOR)},
    };
    for (size_t i = 0; i < sizeof cmd->who / sizeof *cmd->who; i++) {
        const struct who *w = &cmd->who[i];
        if (w->scope == SCOPE_DUTY &&
            (posting_covering(s, owing[w->duty].at_place) || posting_for(s, owing[w->duty].in_area, 0) ||
             (owing[w->duty].is_lead && s->c->lead && posting_for(s, ~UINT64_C(0), (int32_t)s->c->lead))))
            return true;
    }
    return false;
}

/* A row may write a reason and allow it all the same: what it wrote is shown only when it refuses. */
static bool
may_now(const struct command *cmd, const struct situation *s, struct err *err)
{
    if (!err)
        return cmd->may(s, NULL);
    struct err why = {0};
    if (cmd->may(s, &why))
        return true;
    *err = why;
    return false;
}

bool
command_allowed(const struct command *cmd, const struct situation *s, struct actor *as, struct err *err)
{
    struct actor actor;
    if (s->actor.is_away)
        return err_set(err, ERR_FORBIDDEN, "您在请假，只能查看，不能“%s”。", cmd->label);
    bool is_entitled = entitled(cmd, s, &actor), fits = cmd->states & 1u << s->c->state;
    if (!is_entitled && !could_owe(cmd, s))
        return err_set(err, ERR_FORBIDDEN, "“%s”不在您的职责里。", cmd->label);
    if (!is_entitled && fits)
        return err_set(err, ERR_CONFLICT, "“%s”已经做过，或者还没有轮到。", cmd->label);
    if (!fits)
        return err_set(err, ERR_CONFLICT, "事项现在是“%s”，不能“%s”。", case_state_label((int)s->c->state), cmd->label);
    if ((cmd->flags & CMD_NO_HANDLER) && actor.person && actor.person == s->c->handler)
        return err_set(err, ERR_FORBIDDEN, "这件事是您办的，请由别人“%s”。", cmd->label);
    if (cmd->may && !may_now(cmd, s, err))
        return false;
    if (as)
        *as = actor;
    return true;
}

bool
command_decide(const struct command *cmd, const struct situation *s, const struct command_input *in,
               struct effects *fx, struct err *err)
{
    struct actor as;
    return command_allowed(cmd, s, &as, err) && command_run(cmd, s, &as, in, fx, err);
}

bool
command_run(const struct command *cmd, const struct situation *s, const struct actor *as, const struct command_input *in,
            struct effects *fx, struct err *err)
{
    struct decision d;
    decision_begin(&d, s, fx, cmd->event);
    d.cmd = cmd;
    d.in = in;
    fx->actor = *as;
    fx->event.fields = *in->fields;
    if (!cmd->decide(&d, err))
        return false;
    decision_end(&d);
    return true;
}

/* Roles that see every case of the area, and those that see what concerns their place or organisation. */
#define SEES_ALL                                                                                                       \
    (ROLE_BIT(ROLE_COORDINATOR) | ROLE_BIT(ROLE_LEADING_GROUP) | ROLE_BIT(ROLE_OVERSIGHT_BODY) |                       \
     ROLE_BIT(ROLE_HOTLINE) | ROLE_BIT(ROLE_CONTACT_LEADER))
#define SEES_PLACE                                                                                                     \
    (ROLE_BIT(ROLE_GRID_CHIEF) | ROLE_BIT(ROLE_GRID_WORKER) | ROLE_BIT(ROLE_LIAISON) | ROLE_BIT(ROLE_STATION_CHIEF) |  \
     ROLE_BIT(ROLE_STATION_DEPUTY) | ROLE_BIT(ROLE_TOWN_OFFICE) | ROLE_BIT(ROLE_COMMUNITY_OFFICE) |                    \
     ROLE_BIT(ROLE_SUPERVISOR))
#define SEES_LEAD                                                                                                      \
    (ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_ASSISTANT_OFFICER) | ROLE_BIT(ROLE_DEPARTMENT_HEAD) |                      \
     ROLE_BIT(ROLE_LEGAL_REVIEWER) | ROLE_BIT(ROLE_PROPERTY) | ROLE_BIT(ROLE_COMMUNITY_OFFICE))

bool
case_visible(const struct situation *s)
{
    if (posting_for(s, SEES_ALL, 0) || posting_covering(s, SEES_PLACE))
        return true;
    if (s->c->lead && posting_for(s, SEES_LEAD, (int32_t)s->c->lead))
        return true;
    const struct place *here = registry_place(s->registry, (int32_t)s->c->place);
    if (here && here->firm && posting_for(s, ROLE_BIT(ROLE_PROPERTY), here->firm) &&
        (s->c->list == LIST_SERVICE || s->c->opened_role == ROLE_PROPERTY || duty_is_open(s, DUTY_SUPERVISE)))
        return true;
    int32_t today = day_of(s->now);
    for (size_t i = 0; i < s->n_duties; i++)
        if (owner_is(s->registry, &s->duties[i].owner, s->actor.person, today))
            return true;
    return s->actor.person && (s->actor.person == s->c->opened_by || s->actor.person == s->c->handler);
}

/* A confidential reporter is known to the acceptance posts only; never to the property or the accused (个人信息保护法 6). */
bool
contact_revealable(const struct situation *s)
{
    uint64_t acceptance = ROLE_BIT(ROLE_GRID_CHIEF) | ROLE_BIT(ROLE_COMMUNITY_OFFICE) | ROLE_BIT(ROLE_STATION_CHIEF) |
                          ROLE_BIT(ROLE_TOWN_OFFICE);
    if (!s->c->reporter || s->actor.is_away)
        return false;
    if (posting_covering(s, acceptance) || posting_for(s, ROLE_BIT(ROLE_COORDINATOR) | ROLE_BIT(ROLE_HOTLINE), 0))
        return true;
    return !s->c->keep_secret && s->c->lead &&
           posting_for(s, ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_DEPARTMENT_HEAD), (int32_t)s->c->lead) != NULL;
}
