/* decide.h — inside core only: the small vocabulary in which the decisions of command.h are written. */
#ifndef CORE_DECIDE_H
#define CORE_DECIDE_H

#include "command.h"
#include "suggest.h"

struct decision {
    const struct situation *s;
    const struct command *cmd;
    const struct command_input *in;
    struct effects *fx;
    struct case_file *c; /* &fx->after */
    const struct item *item; /* NULL while 待定 */
    const struct place *place; /* NULL while 待定 */
};

/* A decision starts from the situation: rows and duties copied, actor and time set. */
void decision_begin(struct decision *d, const struct situation *s, struct effects *fx, const char *event);
void decision_end(struct decision *d); /* recomputes the main duty columns */

struct str arg(const struct decision *d, const char *name);
bool arg_is(const struct decision *d, const char *name, const char *value);
int64_t arg_int(const struct decision *d, const char *name);
int32_t arg_day(const struct decision *d, const char *name); /* 0 when absent */

const struct limit *limit_named(const struct scheme *s, const char *code); /* a built-in limit when the scheme has none */
instant due_from(const struct decision *d, const struct limit *l, instant from);

struct owner owner_of_org(int32_t org, int role);
struct owner owner_by(const struct decision *d, struct str expression, int role);
struct owner coordinator_of(const struct registry *r);

struct duty *duty_open(struct decision *d, int kind, struct owner to, const struct limit *l, instant from);
struct duty *duty_open_until(struct decision *d, int kind, struct owner to, instant due, instant amber);
struct duty_slot *duty_slot_of(struct decision *d, int kind); /* first open one, or NULL */
/* DONE becomes DONE_LATE when late, and LATE_SYNC when it was done in time and is heard of late. */
void duty_end(struct decision *d, struct duty_slot *slot, enum duty_end end);
enum { CLOCKS_DIFFER_MS = 5 * 60 * 1000 };
bool within_grace(const struct situation *s, instant recorded_at); /* offline_grace of the scheme */
bool done_in_time(const struct decision *d, const struct duty *u); /* decide_late.c: by a record that comes late */
void duties_end(struct decision *d, int kind, enum duty_end end);
void duties_end_main(struct decision *d, enum duty_end end);
void duties_end_all(struct decision *d, enum duty_end end);
bool duty_is_open(const struct situation *s, int kind);

void notify_owner(struct decision *d, struct owner to, const char *kind, bool urgent, struct str text);
void notify_reporter(struct decision *d, const char *kind, struct str text);
struct str say(struct decision *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
#define S(x) (int)(x).n, (x).p /* for "%.*s" */

/* Shared moves of a case, each opening the one main duty of the state it enters. */
void enter_hop(struct decision *d, enum hop_kind kind);
void enter_rung(struct decision *d, enum hop_kind kind); /* c->rung of it, or the next one with somebody in it */
void enter_confer(struct decision *d);
void enter_level(struct decision *d, int level);
void pass_hop(struct decision *d, enum hop_kind done, enum hop_kind next);
bool move_on(struct decision *d, int kind); /* after a miss of this duty */
const struct whistle *whistle_of(const struct decision *d); /* NULL when none */
const struct limit *closing_limit(const struct decision *d); /* the level's, the item's, or the general one */
void enter_classify(struct decision *d);
void enter_handling(struct decision *d, instant from);
void enter_service(struct decision *d);
void owe_arrival(struct decision *d); /* urgent, and nobody has been there */
void set_lead(struct decision *d, int32_t org); /* moves the answer duty with it */
void set_item(struct decision *d, int item);
void touch(struct decision *d); /* somebody reached the matter: photos, first contact, who handles */
void record_tier(struct decision *d, enum tier tier);
bool close_case(struct decision *d, int outcome, struct str reply, struct err *err);
void settle_closed(struct decision *d); /* archive when nothing is owed any more */
bool reopen(struct decision *d, struct str why);

/* command.c: the posting through which the actor owns this duty, or NULL. */
const struct posting *posting_owing_duty(const struct situation *s, const struct duty *u, uint64_t roles);

/* ladder.c: the law's answers. */
bool ladder_allows(const struct decision *d, enum tier tier, struct err *err);
bool officers_valid(const struct decision *d, int needed, struct err *err);
bool decision_is_carried_out(const struct situation *s, struct err *err); /* served, and nothing left for the party to do */
bool not_being_transferred(const struct situation *s, struct err *err);
bool keeps_police_matters_out(const struct decision *d, struct str text, const char *field, struct err *err);
void owe_compliance(struct decision *d); /* decide_coercion.c: the party must now do what was decided */
bool service_blocks(const struct situation *s, struct err *err); /* enforcement steps on a service item are unlawful */

#define UNUSED __attribute__((unused))
#define DECIDE(name) bool decide_##name(struct decision *d UNUSED, struct err *err UNUSED)
DECIDE(classify);
DECIDE(call);
DECIDE(admit);
DECIDE(dispatch);
DECIDE(accept);
DECIDE(refuse);
DECIDE(rule_lead);
DECIDE(arrive);
DECIDE(persuade);
DECIDE(supervise_property);
DECIDE(answer_supervision);
DECIDE(investigate);
DECIDE(order);
DECIDE(recheck);
DECIDE(file);
DECIDE(notify_party);
DECIDE(hear_defence);
DECIDE(penalise);
DECIDE(request_assist);
DECIDE(finish_assist);
DECIDE(assign_team);
DECIDE(finish_team);
DECIDE(request_pause);
DECIDE(request_extension);
DECIDE(request_order_date);
DECIDE(approve);
DECIDE(resume);
DECIDE(confer);
DECIDE(conclude_confer);
DECIDE(close);
DECIDE(settle);
DECIDE(end_by_top);
DECIDE(complete_service);
DECIDE(raise);
DECIDE(reclassify);
DECIDE(return);
DECIDE(supplement);
DECIDE(go_on);
DECIDE(withdraw);
DECIDE(urge);
DECIDE(follow);
DECIDE(note);
DECIDE(supervise_case);
DECIDE(answer_chase);
DECIDE(transfer);
DECIDE(confirm_transfer);
DECIDE(merge);
DECIDE(rate);
DECIDE(revisit);
DECIDE(rule_reopen);
DECIDE(review_grade);
DECIDE(penalise_on_spot);
DECIDE(deliver);
DECIDE(plan_hearing);
DECIDE(comply);
DECIDE(urge_party);
DECIDE(enforce);
DECIDE(whistle);
DECIDE(measure);
DECIDE(message);
DECIDE(read_message);
DECIDE(receive);
DECIDE(check_late);

#define MAY(name) bool may_##name(const struct situation *s UNUSED, struct err *err UNUSED)
MAY(refuse);
MAY(assign_team);
MAY(order);
MAY(investigate);
MAY(file);
MAY(notify_party);
MAY(hear_defence);
MAY(penalise);
MAY(plan_hearing);
MAY(deliver);
MAY(urge_party);
MAY(enforce);
MAY(enforcement);
MAY(service);
MAY(pause);
MAY(extension);
MAY(order_date);
MAY(close);
MAY(settle);
MAY(end_by_top);
MAY(withdraw);
MAY(urge);
MAY(rate);
MAY(confer);
MAY(reclassify);
MAY(arrive);
MAY(transfer);
MAY(merge);
MAY(penalise_on_spot);
MAY(whistle);
MAY(message);
MAY(supervise_case);
MAY(property);
MAY(call);

#endif
