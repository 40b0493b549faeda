/* demo.csv: what happens in a locality's sample life. One row is one stream of reports, one share, one choice, one number. */
#include <stdlib.h>

#include "demo.h"
#include "sheet.h"

/* Any locality: a few matters a day from residents, property and grid. */
static const char anywhere[] =
    "what,name,amount,list,items,place,fate,words,note\n"
    "reports,resident,14,enforcement,,,settle,,\n"
    "reports,resident,10,enforcement,,,department,,\n"
    "reports,property,6,enforcement,,,settle,,\n"
    "reports,grid_sweep,6,enforcement,,,settle,,\n"
    "reports,resident,40,service,,,service,,\n"
    "reports,property,60,service,,,service,,\n";

struct reading {
    struct arena *a;
    const struct table *t;
    size_t row;
    const struct scheme *s;
    const struct registry *r;
    struct demo_plan *out;
    struct scheme_errors *errors;
};

static void
fault(struct reading *r, const char *column, const char *message, struct str value)
{
    size_t k = 0;
    while (k < r->t->header.n && !str_is(r->t->header.p[k], column))
        k++;
    const char *cell = arena_printf(r->a, "%c%zu", (char)('A' + (k < 26 ? k : 0)), r->row + 2);
    scheme_fault(r->a, r->errors, STR("demo"), str_of(cell), "", "%s“%.*s”", message, (int)value.n, value.p);
}

static struct str
cell(const struct reading *r, const char *column)
{
    return table_cell(r->t, r->row, column);
}

static bool
next_part(struct str *rest, char mark, struct str *part)
{
    if (!rest->n)
        return false;
    const char *at = memchr(rest->p, mark, rest->n);
    size_t n = at ? (size_t)(at - rest->p) : rest->n;
    *part = str_trim(str_slice(*rest, 0, n));
    *rest = at ? str_slice(*rest, n + 1, rest->n) : (struct str){"", 0};
    return true;
}

static int
whole(struct reading *r, const char *column)
{
    int64_t v = 0;
    struct str text = cell(r, column);
    if (!str_int(text, &v) || v < 0 || v > 1000000)
        fault(r, column, "这里要写整数：", text);
    return (int)v;
}

static void
read_monthly(struct reading *r, struct plan_reports *p)
{
    struct str rest = cell(r, "amount"), part;
    while (next_part(&rest, '|', &part)) {
        char *end = NULL;
        double v = strtod(str_z(r->a, part), &end);
        if (p->n_monthly == DEMO_STEPS_MAX || !part.n || *end || v < 0 || v > 10000)
            fault(r, "amount", "每月件数写成 31|27|14 这样：", part);
        else
            p->monthly[p->n_monthly++] = v;
    }
    if (!p->n_monthly)
        fault(r, "amount", "要写每月件数：", cell(r, "amount"));
}

/* Where a matter is to end on the spot, nothing urgent: an urgent one calls its department at once. */
static bool
fits(const struct plan_reports *p, const struct item *it)
{
    return p->fate != FATE_SETTLE || (!it->urgent && !it->danger);
}

static void
read_items(struct reading *r, struct plan_reports *p)
{
    struct str list = cell(r, "list"), rest = cell(r, "items"), code;
    p->items = arena_array(r->a, int, r->s->n_items + 1);
    while (next_part(&rest, '|', &code)) {
        int i = scheme_item(r->s, code);
        if (i < 0)
            fault(r, "items", "清单里没有事项", code);
        else if (p->n_items < r->s->n_items)
            p->items[p->n_items++] = i;
    }
    if (p->n_items)
        return;
    enum list want = str_is(list, "service") ? LIST_SERVICE : LIST_ENFORCEMENT;
    for (size_t i = 0; i < r->s->n_items; i++)
        if (r->s->items[i].list == want && fits(p, &r->s->items[i]))
            p->items[p->n_items++] = (int)i;
    if (!p->n_items)
        fault(r, "list", "清单里没有合适的事项：", list);
}

static void
read_reports(struct reading *r)
{
    struct plan_reports *p = &r->out->reports[r->out->n_reports++];
    struct str fate = cell(r, "fate");
    *p = (struct plan_reports){.source = cell(r, "name"), .place = cell(r, "place"), .words = cell(r, "words")};
    p->fate = str_is(fate, "settle") ? FATE_SETTLE : str_is(fate, "service") ? FATE_SERVICE
              : str_is(fate, "at_once") ? FATE_AT_ONCE : FATE_DEPARTMENT;
    if (p->fate == FATE_DEPARTMENT && !str_is(fate, "department"))
        fault(r, "fate", "只能是 settle、department、at_once 或 service：", fate);
    if (scheme_channel(r->s, p->source) < 0)
        fault(r, "name", "没有这个来源渠道：", p->source);
    if (p->place.n && !registry_place_code(r->r, p->place))
        fault(r, "place", "没有这个小区：", p->place);
    read_monthly(r, p);
    read_items(r, p);
}

static void
read_choice(struct reading *r)
{
    struct plan_choice *c = &r->out->choices[r->out->n_choices++];
    *c = (struct plan_choice){.field = cell(r, "name")};
    struct str rest = cell(r, "amount"), part;
    while (next_part(&rest, '|', &part)) {
        struct str value, weight;
        int64_t n;
        if (c->n < sizeof c->p / sizeof *c->p && next_part(&part, ':', &value) && next_part(&part, ':', &weight) &&
            str_int(weight, &n) && n >= 0 && n < 100000)
            c->p[c->n++] = (struct plan_weight){value, (int)n};
        else
            fault(r, "amount", "写成 fixed:620|refused:380 这样：", cell(r, "amount"));
    }
}

static void
read_routine(struct reading *r)
{
    struct str code = cell(r, "name");
    for (size_t i = 0; i < r->s->n_routines; i++)
        if (str_eq(r->s->routines[i].code, code)) {
            r->out->routines[r->out->n_routines++] = (struct plan_routine){(int)i, whole(r, "amount")};
            return;
        }
    fault(r, "name", "没有这项常态化任务：", code);
}

/* visits,联合执法的类别,一年几次,,去的岗位,,joint 或几个人,其中解决几件 */
static void
read_visits(struct reading *r)
{
    struct str kind = cell(r, "name"), role = cell(r, "items"), party = cell(r, "fate"), settles = cell(r, "words");
    struct plan_visits v = {.kind = visit_kind_find(kind), .role = role_find(role), .yearly = whole(r, "amount"), .party = 1,
                            .is_joint = str_is(party, "joint")};
    int64_t n = 0;
    if (v.kind < 0)
        fault(r, "name", "没有这种工作：", kind);
    if (v.role < 0)
        fault(r, "items", "没有这个岗位：", role);
    if (!v.is_joint && str_int(party, &n))
        v.party = (int)n;
    if (settles.n && !str_int(settles, &v.settles))
        fault(r, "words", "解决的件数写整数：", settles);
    if (v.kind >= 0 && v.role >= 0)
        r->out->visits[r->out->n_visits++] = v;
}

static void
read_quantity(struct reading *r)
{
    struct plan_quantity q = {.kind = visit_kind_find(cell(r, "list")), .item = cell(r, "name"), .unit = cell(r, "words"), .total = whole(r, "amount")};
    if (q.kind < 0)
        fault(r, "list", "没有这种工作：", cell(r, "list"));
    r->out->quantities[r->out->n_quantities++] = q;
}

static void
read_one(struct reading *r)
{
    struct str what = cell(r, "what"), name = cell(r, "name");
    if (str_is(what, "reports"))
        read_reports(r);
    else if (str_is(what, "choice"))
        read_choice(r);
    else if (str_is(what, "routine"))
        read_routine(r);
    else if (str_is(what, "visits"))
        read_visits(r);
    else if (str_is(what, "quantity"))
        read_quantity(r);
    else if (str_is(what, "set"))
        r->out->numbers[r->out->n_numbers++] = (struct plan_number){name, whole(r, "amount")};
    else if (str_is(what, "cap")) {
        r->out->caps[r->out->n_caps++] = (struct plan_number){name, whole(r, "amount")};
        if (!caps_known(name))
            fault(r, "name", "没有这个数：", name);
    } else
        fault(r, "what", "只能是 reports、routine、visits、quantity、set、choice 或 cap：", what);
}

bool
demo_plan_read(struct arena *a, const struct table *t, const struct scheme *s, const struct registry *r,
               struct demo_plan *out, struct scheme_errors *errors)
{
    size_t before = errors->n;
    struct table own;
    if (!t) {
        if (!table_parse(a, STR("demo"), str_of(anywhere), &own, errors))
            return false;
        t = &own;
    }
    *out = (struct demo_plan){.reports = arena_array(a, struct plan_reports, t->n_rows + 1),
                              .numbers = arena_array(a, struct plan_number, t->n_rows + 1),
                              .caps = arena_array(a, struct plan_number, t->n_rows + 1),
                              .choices = arena_array(a, struct plan_choice, t->n_rows + 1),
                              .routines = arena_array(a, struct plan_routine, t->n_rows + 1),
                              .visits = arena_array(a, struct plan_visits, t->n_rows + 1),
                              .quantities = arena_array(a, struct plan_quantity, t->n_rows + 1)};
    struct reading reading = {.a = a, .t = t, .s = s, .r = r, .out = out, .errors = errors};
    for (; reading.row < t->n_rows; reading.row++)
        read_one(&reading);
    return errors->n == before;
}

int
plan_number(const struct demo_plan *p, const char *name, int otherwise)
{
    for (size_t i = 0; i < p->n_numbers; i++)
        if (str_is(p->numbers[i].name, name))
            return p->numbers[i].amount;
    return otherwise;
}

const struct plan_choice *
plan_choice(const struct demo_plan *p, const char *command, const char *field)
{
    size_t n = strlen(command);
    for (size_t i = 0; i < p->n_choices; i++) {
        struct str f = p->choices[i].field;
        if (f.n > n && memcmp(f.p, command, n) == 0 && f.p[n] == '.' && str_is(str_slice(f, n + 1, f.n), field))
            return &p->choices[i];
    }
    return NULL;
}
