/* With what: representatives of every field, from the commands' own tables. */
#include "prove_parts.h"

enum { VALUES_MAX = 160, SETS_MAX = 400 };
struct values {
    struct str v[VALUES_MAX]; /* a list separated by commas for FIELD_MANY */
    size_t n;
};
struct making {
    struct world *w;
    const struct scene *sc;
    int item; /* of the case, or -1 */
};

static void
value_add(struct values *v, struct str s)
{
    if (v->n < VALUES_MAX)
        v->v[v->n++] = s;
}

static bool
is_first_of_list(const struct making *m)
{
    return m->item == m->w->first;
}

/* From the first item of its list to every other, from the others to the first and to services: by way of the first every
 * history comes to every item. */
static bool
is_next_to(const struct making *m, int item)
{
    if (m->item < 0 || m->item == item || is_first_of_list(m) || m->w->s->items[m->item].list != LIST_ENFORCEMENT)
        return true;
    struct making other = {m->w, m->sc, item};
    return m->w->s->items[item].list != LIST_ENFORCEMENT || is_first_of_list(&other);
}

static void
items_of_list(const struct making *m, enum list list, struct values *v)
{
    for (int i = 0; i < m->w->n_items; i++) {
        const struct item *it = &m->w->s->items[m->w->items[i]];
        if ((list == LIST_NONE || it->list == list) && is_paired(m->w, m->w->items[i], (int32_t)m->sc->c.place) &&
            is_next_to(m, m->w->items[i]))
            value_add(v, it->code);
    }
}

static struct str
org_code(const struct making *m, int32_t org)
{
    const struct org *o = registry_org(m->w->r, org);
    return o ? o->code : STR("");
}

static void
departments(const struct making *m, struct values *v)
{
    int32_t lead = m->sc->c.lead ? (int32_t)m->sc->c.lead : lead_listed(m->w, m->item, (int32_t)m->sc->c.place);
    if (lead)
        value_add(v, org_code(m, lead));
    int32_t other = other_department(m->w, lead);
    if (other)
        value_add(v, org_code(m, other));
    if (!lead)
        value_add(v, org_code(m, m->w->coordinator));
}

static bool
ground_in(const struct ladder_row *row, struct str code)
{
    for (size_t i = 0; i < row->skip_grounds.n; i++)
        if (str_eq(row->skip_grounds.p[i], code))
            return true;
    return false;
}

/* Reasons to skip a step, one of each set of rows that name it. */
static void
skip_grounds(const struct making *m, struct values *v)
{
    uint64_t seen[VALUES_MAX];
    value_add(v, STR(""));
    seen[0] = UINT64_MAX;
    for (size_t i = 0; i < m->w->s->n_reasons; i++) {
        const struct reason *r = &m->w->s->reasons[i];
        if (!str_is(r->kind, "skip") || m->item < 0)
            continue;
        const struct item *it = &m->w->s->items[m->item];
        uint64_t rows = 0;
        for (int k = 0; k < it->ladder_n && k < 60; k++)
            rows |= (uint64_t)ground_in(&m->w->s->ladders[it->ladder_from + k], r->code) << k;
        size_t old = 1;
        while (old < v->n && seen[old] != rows)
            old++;
        if (old == v->n && v->n < VALUES_MAX) {
            seen[v->n] = rows;
            value_add(v, r->code);
        }
    }
}

static bool
is_certified(const struct world *w, const struct posting *p, bool is_valid)
{
    const struct person *who = registry_person(w->r, p->person);
    return (p->role == ROLE_OFFICER || p->role == ROLE_DEPARTMENT_HEAD) && p->cert_no.n && !p->is_guided && who &&
           !who->is_disabled && (p->cert_until >= w->day) == is_valid;
}

static size_t
officers_of(const struct making *m, int32_t org, bool is_valid, struct str *out, size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < m->w->r->n_postings && n < max; i++) {
        const struct posting *p = &m->w->r->postings[i];
        const struct person *who = registry_person(m->w->r, p->person);
        bool is_twice = n && who && str_eq(out[n - 1], who->username);
        if (p->org == org && is_certified(m->w, p, is_valid) && !is_twice)
            out[n++] = who->username;
    }
    return n;
}

static struct str
both(const struct making *m, struct str a, struct str b)
{
    const char *z = arena_printf(m->w->a, "%.*s,%.*s", (int)a.n, a.p, (int)b.n, b.p);
    return str_of(z);
}

/* Two valid; one; one twice; one and somebody whose certificate has run out; one and somebody of another organisation. */
static void
officers(const struct making *m, struct values *v)
{
    struct str good[2], expired[1], foreign[1];
    int32_t lead = (int32_t)m->sc->c.lead;
    size_t n = officers_of(m, lead, true, good, 2);
    if (n == 2)
        value_add(v, both(m, good[0], good[1]));
    if (!n)
        return;
    value_add(v, good[0]);
    value_add(v, both(m, good[0], good[0]));
    if (officers_of(m, lead, false, expired, 1))
        value_add(v, both(m, good[0], expired[0]));
    if (officers_of(m, other_department(m->w, lead), true, foreign, 1))
        value_add(v, both(m, good[0], foreign[0]));
}

static void
reasons(const struct making *m, const char *kind, struct values *v)
{
    if (strcmp(kind, "skip") == 0) {
        skip_grounds(m, v);
        return;
    }
    for (size_t i = 0; i < m->w->s->n_reasons && v->n < 1; i++)
        if (str_is(m->w->s->reasons[i].kind, kind))
            value_add(v, m->w->s->reasons[i].code);
}

static void
closing_points(const struct making *m, struct values *v)
{
    struct buf b = {0};
    const struct item *it = m->item >= 0 ? &m->w->s->items[m->item] : NULL;
    for (size_t i = 0; it && i < it->closing.n; i++) {
        buf_z(&b, i ? "," : "");
        buf_str(&b, it->closing.p[i]);
    }
    value_add(v, str_dup(m->w->a, buf_view(&b)));
    value_add(v, STR(""));
    buf_release(&b);
}

static void
codes_of_table(const struct making *m, const char *table, struct values *v)
{
    const struct table *t = tables_find(m->w->s->tables, table);
    for (size_t i = 0; t && i < t->n_rows; i++)
        value_add(v, table_cell(t, i, "code"));
}

static void
values_of_source(const struct making *m, const char *source, struct values *v)
{
    if (strcmp(source, "item") == 0)
        items_of_list(m, LIST_NONE, v);
    else if (strcmp(source, "item:service") == 0)
        items_of_list(m, LIST_SERVICE, v);
    else if (strcmp(source, "item:enforcement") == 0)
        items_of_list(m, LIST_ENFORCEMENT, v);
    else if (strcmp(source, "department") == 0)
        departments(m, v);
    else if (strcmp(source, "org") == 0)
        value_add(v, org_code(m, other_department(m->w, (int32_t)m->sc->c.lead)));
    else if (strcmp(source, "officer") == 0)
        officers(m, v);
    else if (strcmp(source, "closing") == 0)
        closing_points(m, v);
    else if (strncmp(source, "reason:", 7) == 0)
        reasons(m, source + 7, v);
    else if (strcmp(source, "compound") == 0) {
        if (m->sc->c.place == 0)
            for (int i = 0; i < m->w->n_places; i++)
                value_add(v, registry_place(m->w->r, m->w->places[i])->code);
        else
            value_add(v, STR(""));
    } else if (strncmp(source, "whistle", 7) == 0)
        codes_of_table(m, "whistles", v);
    else if (strcmp(source, "audience") == 0)
        for (int i = AUDIENCE_RESIDENT; i <= AUDIENCE_GRASSROOTS; i++)
            value_add(v, str_of(audience_code(i)));
}

static struct str
date_in(const struct making *m, int days)
{
    struct buf b = {0};
    date_format(&b, m->w->day + days);
    struct str s = str_dup(m->w->a, buf_view(&b));
    buf_release(&b);
    return s;
}

/* A scale such as the grades 1 to 5: its two ends vary one at a time. */
static bool
is_scale(const struct field *f)
{
    for (const struct choice *c = f->choices; c && c->code; c++)
        if (c->code[0] < '0' || c->code[0] > '9')
            return false;
    return f->choices != NULL;
}

/* The first value is the ordinary one. */
static void
values_of(const struct making *m, const struct field *f, struct values *v)
{
    v->n = 0;
    if (f->source)
        values_of_source(m, f->source, v);
    else if (f->choices && f->type == FIELD_CHOICE)
        for (const struct choice *c = f->choices; c->code; c++) {
            if (!is_scale(f) || c == f->choices || !c[1].code) /* of a scale the ends */
                value_add(v, str_of(c->code));
        }
    else if (f->choices) {
        struct buf b = {0};
        for (const struct choice *c = f->choices; c->code; c++)
            buf_printf(&b, "%s%s", b.n ? "," : "", c->code);
        value_add(v, str_dup(m->w->a, buf_view(&b)));
        buf_release(&b);
    } else if (f->type == FIELD_DATE) {
        value_add(v, date_in(m, 30));
        value_add(v, date_in(m, 0));
    } else if (f->type == FIELD_MOMENT) {
        value_add(v, str_of(arena_printf(m->w->a, "%.*sT09:00", (int)date_in(m, 15).n, date_in(m, 15).p)));
        value_add(v, str_of(arena_printf(m->w->a, "%.*sT09:00", (int)date_in(m, 0).n, date_in(m, 0).p)));
    } else if (f->type == FIELD_BOOL) {
        value_add(v, STR(""));
        value_add(v, STR("1"));
    } else if (f->type == FIELD_FILES) {
        value_add(v, STR("1")); /* photos are only counted, and the counts are forgotten: without one it is refused or the same */
    } else if (f->type == FIELD_INT) {
        int64_t lo = f->min, hi = f->max;
        value_add(v, str_of(arena_printf(m->w->a, "%lld", (long long)(lo > 0 ? lo : hi > 0 ? 1 : 0))));
        if (hi > lo)
            value_add(v, str_of(arena_printf(m->w->a, "%lld", (long long)hi)));
    } else if (f->type == FIELD_PHONE)
        value_add(v, STR("0797-5600000"));
    else
        value_add(v, f->type == FIELD_WORDS ? STR("按规定办理并说明情况") : STR("示例1号"));
    if (!v->n)
        value_add(v, STR(""));
}

/* Multiplied with all others: what decisions branch on. Other fields vary one at a time. */
static bool
is_crossed(const struct field *f)
{
    if (is_scale(f))
        return false;
    bool is_grounds = f->source && (strcmp(f->source, "officer") == 0 || strcmp(f->source, "reason:skip") == 0);
    return is_grounds || (f->type == FIELD_CHOICE && (f->required || f->source) && (!f->source || strncmp(f->source, "reason:", 7) != 0));
}

static bool
any(void *ctx, const char *source, struct str code)
{
    (void)ctx, (void)source, (void)code;
    return true;
}

static void
put(struct world *w, struct params *ps, const struct field *f, struct str value)
{
    struct str rest = value, one;
    while (f->type == FIELD_MANY && str_cut(&rest, ',', &one))
        params_add(w->a, ps, str_of(f->name), one);
    if (f->type != FIELD_MANY && value.n)
        params_add(w->a, ps, str_of(f->name), value);
}

/* One set of values: pick[i] for field i. Refused here when the page would refuse it. */
static void
make_set(struct making *m, const struct command *cmd, const struct values *v, const size_t *pick, struct inputs *out)
{
    struct input *in = &out->p[out->n];
    *in = (struct input){0};
    for (size_t i = 0; i < cmd->n_fields; i++) {
        const struct field *f = &cmd->fields[i];
        if (!field_is_shown(f, &in->fields)) {
            if (pick[i])
                return; /* the same as with the first value */
            continue;
        }
        put(m->w, &in->fields, f, v[i].v[pick[i]]);
        in->photos += f->type == FIELD_FILES && v[i].v[pick[i]].n;
    }
    struct err err = {0};
    if (form_check(cmd->fields, cmd->n_fields, &in->fields, any, NULL, &err))
        out->n++;
}

static void
make_all(struct making *m, const struct command *cmd, struct inputs *out)
{
    enum { FIELDS_MAX = 16 };
    struct values *v = arena_array(m->w->step, struct values, FIELDS_MAX);
    size_t pick[FIELDS_MAX] = {0}, n = cmd->n_fields < FIELDS_MAX ? cmd->n_fields : FIELDS_MAX;
    for (size_t i = 0; i < n; i++)
        values_of(m, &cmd->fields[i], &v[i]);
    for (;;) {
        if (out->n + 1 < SETS_MAX)
            make_set(m, cmd, v, pick, out);
        else
            give_up(m->w, "一个操作的填法太多");
        size_t i = 0;
        for (; i < n; i++) {
            if (!is_crossed(&cmd->fields[i]))
                continue;
            if (++pick[i] < v[i].n)
                break;
            pick[i] = 0;
        }
        if (i == n)
            break;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t k = 1; !is_crossed(&cmd->fields[i]) && k < v[i].n && out->n + 1 < SETS_MAX; k++) {
            size_t other[FIELDS_MAX] = {0};
            other[i] = k;
            make_set(m, cmd, v, other, out);
        }
}

/* Commands that do not meet the ladder: tried with one item, and not with every one. Others are tried with all. */
static bool
is_tried(const struct making *m, const struct command *cmd)
{
    bool is_request = strcmp(cmd->code, "request_pause") == 0 || strcmp(cmd->code, "request_extension") == 0;
    bool is_whistle = strcmp(cmd->code, "whistle") == 0; /* the clock raises the level with every item */
    if (m->item < 0 || m->w->s->items[m->item].list != LIST_ENFORCEMENT)
        return true;
    return is_request ? is_first_of_list(m) : !is_whistle || has_shortest_ladder(m->w, m->item);
}

const struct inputs *
inputs_for(struct world *w, int cmd, const struct scene *sc)
{
    int32_t lead = (int32_t)sc->c.lead, place = (int32_t)sc->c.place;
    for (struct inputs **at = &w->inputs[cmd], *in = *at; in; at = &in->next, in = *at)
        if (in->lead == lead && in->place == place && str_eq(in->item, sc->c.item)) {
            *at = in->next; /* to the front: the next node asks the same */
            in->next = w->inputs[cmd];
            return w->inputs[cmd] = in;
        }
    struct inputs *out = arena_new_of(w->a, struct inputs);
    *out = (struct inputs){.next = w->inputs[cmd], .item = str_dup(w->a, sc->c.item), .lead = lead, .place = place,
                           .p = arena_array(w->step, struct input, SETS_MAX)};
    struct making m = {w, sc, sc->c.item.n ? scheme_item(w->s, sc->c.item) : -1};
    if (is_tried(&m, &w->commands[cmd]))
        make_all(&m, &w->commands[cmd], out);
    struct input *p = arena_array(w->a, struct input, out->n + 1);
    memcpy(p, out->p, out->n * sizeof *p);
    out->p = p;
    w->inputs[cmd] = out;
    return out;
}
