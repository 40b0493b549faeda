/* The draft of the next version: begun from the last one, edited cell by cell or by tables, proposed, sent back. */
#include "actions.h"
#include "json.h"
#include "registry_store.h"
#include "scheme_diff_words.h"
#include "scheme_store.h"
#include "sheet.h"

enum { DRAFT_ROWS_MAX = 5000, CELL_BYTES = 4000, DRAFT_TABLES_MAX = 64 };

bool
scheme_is_registry_table(struct str name)
{
    return str_is(name, "orgs") || str_is(name, "places") || str_is(name, "people") || str_is(name, "postings");
}

static struct str
parent_code(const struct registry *r, const struct org *o)
{
    const struct org *up = registry_org(r, o->parent);
    return up ? up->code : STR("");
}

static struct table
table_of_orgs(struct arena *a, const struct registry *r)
{
    struct str *header = arena_array(a, struct str, 10), rest = STR(ORG_COLUMNS);
    struct strs *rows = arena_array(a, struct strs, r->n_orgs + 1);
    size_t n = 0, n_rows = 0;
    while (str_cut(&rest, ',', &header[n]))
        n++;
    for (int32_t i = 1; i <= r->n_orgs; i++) {
        const struct org *o = &r->orgs[i];
        if (o->is_closed)
            continue;
        struct str *p = arena_array(a, struct str, n);
        const struct str cells[] = {o->code, o->name,  o->short_name, str_of(org_kind_code((int)o->kind)), parent_code(r, o),
                                    o->phone, o->hours, o->address,    o->duty, o->is_sample ? STR("1") : STR("0")};
        memcpy(p, cells, sizeof cells);
        rows[n_rows++] = (struct strs){p, n};
    }
    return (struct table){.name = STR("orgs"), .header = {header, n}, .rows = rows, .n_rows = n_rows};
}

struct tables
scheme_with_orgs(struct arena *a, struct tables rules, const struct registry *r)
{
    struct table *list = arena_array(a, struct table, rules.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < rules.n; i++)
        if (!scheme_is_registry_table(rules.p[i].name))
            list[n++] = rules.p[i];
    list[n++] = table_of_orgs(a, r);
    return (struct tables){list, n};
}

/* ---- one table changed ---- */

static struct table *
find_table(struct tables all, struct str name)
{
    for (size_t i = 0; i < all.n; i++)
        if (str_eq(all.p[i].name, name))
            return (struct table *)(uintptr_t)&all.p[i];
    return NULL;
}

/* A table of ours that the draft does not have yet begins with its header. */
static struct table *
table_for(struct arena *a, struct scheme_draft *d, struct str name, struct err *err)
{
    struct table *t = find_table(d->tables, name);
    const struct table_words *tw = table_words_find(name);
    if (t || !tw || d->tables.n == DRAFT_TABLES_MAX) {
        if (!t)
            err_set(err, ERR_NOT_FOUND, "方案里没有这张表。");
        return t;
    }
    struct table *list = arena_array(a, struct table, d->tables.n + 1);
    if (d->tables.n)
        memcpy(list, d->tables.p, d->tables.n * sizeof *list);
    struct str rest = str_of(table_words_header(a, tw)), *header = arena_array(a, struct str, SHEET_COLUMNS_MAX);
    size_t n = 0;
    while (n < SHEET_COLUMNS_MAX && str_cut(&rest, ',', &header[n]))
        n++;
    list[d->tables.n] = (struct table){.name = str_of(tw->name), .header = {header, n}};
    d->tables = (struct tables){list, d->tables.n + 1};
    return &list[d->tables.n - 1];
}

/* Line ends would hide the rest of a cell from whoever edits a CSV file in a spreadsheet. */
static struct str
one_line(struct arena *a, struct str v)
{
    char *p = arena_dup(a, v.p, v.n);
    for (size_t i = 0; i < v.n; i++)
        if (p[i] == '\n' || p[i] == '\r' || p[i] == '\t')
            p[i] = ' ';
    return str_trim((struct str){p, v.n});
}

static struct str
with_part(struct arena *a, struct str all, struct str part)
{
    return str_of(arena_printf(a, "%.*s%s%.*s", (int)all.n, all.p, all.n ? "|" : "", (int)part.n, part.p));
}

/* What was there keeps its place, however the boxes stood in the form; what is new comes behind. */
static struct str
in_old_order(struct arena *a, struct str was, struct str now)
{
    struct str rest = was, piece, out = STR("");
    while (str_cut(&rest, '|', &piece))
        if (str_lists(now, str_trim(piece)))
            out = with_part(a, out, str_trim(piece));
    for (rest = now; str_cut(&rest, '|', &piece);)
        if (!str_lists(out, piece))
            out = with_part(a, out, piece);
    return out;
}

static bool
cells_of(struct arena *a, const struct table *t, const struct params *fields, const struct strs *was, struct strs *out,
         struct err *err)
{
    struct str *p = arena_array(a, struct str, t->header.n + 1);
    for (size_t i = 0; i < t->header.n; i++) {
        const char *column = str_z(a, t->header.p[i]), *name = arena_printf(a, "c_%s", column);
        p[i] = was && i < was->n ? was->p[i] : STR("");
        size_t at = 0, n = 0;
        struct str v, joined = STR("");
        while (params_each(fields, name, &at, &v)) { /* ticked boxes come one by one */
            v = one_line(a, v);
            if (v.n)
                joined = with_part(a, joined, v);
            n++;
        }
        if (n)
            p[i] = n > 1 ? in_old_order(a, p[i], joined) : joined;
        if (p[i].n > CELL_BYTES)
            err_field(err, name, "这一格太长了。");
    }
    *out = (struct strs){p, t->header.n};
    return err->kind == ERR_NONE;
}

/* A column that the table may have and so far lacks is added with its first value. */
static void
add_column(struct arena *a, struct table *t, const char *column)
{
    struct str *header = arena_array(a, struct str, t->header.n + 1);
    struct strs *rows = arena_array(a, struct strs, t->n_rows + 1);
    memcpy(header, t->header.p, t->header.n * sizeof *header);
    header[t->header.n] = str_of(column);
    for (size_t i = 0; i < t->n_rows; i++) {
        struct str *p = arena_array(a, struct str, t->header.n + 1);
        for (size_t k = 0; k <= t->header.n; k++)
            p[k] = k < t->rows[i].n ? t->rows[i].p[k] : STR("");
        rows[i] = (struct strs){p, t->header.n + 1};
    }
    t->header = (struct strs){header, t->header.n + 1};
    t->rows = rows;
}

static bool
has_column(const struct table *t, const char *column)
{
    for (size_t i = 0; i < t->header.n; i++)
        if (str_is(t->header.p[i], column))
            return true;
    return false;
}

static void
add_columns_given(struct arena *a, struct table *t, const struct params *fields)
{
    const struct table_words *tw = table_words_find(t->name);
    for (const struct column_words *c = tw ? tw->columns : NULL; c && c->name; c++) {
        size_t at = 0;
        struct str v;
        bool is_given = false;
        while (params_each(fields, arena_printf(a, "c_%s", c->name), &at, &v))
            is_given |= str_trim(v).n > 0;
        if (is_given && !has_column(t, c->name) && t->header.n < SHEET_COLUMNS_MAX)
            add_column(a, t, c->name);
    }
}

static bool
change_row(const struct draft_scheme *x, struct arena *a, struct table *t, size_t *row, struct err *err)
{
    bool is_new = x->op == DRAFT_ROW_ADD, is_gone = x->op == DRAFT_ROW_DELETE;
    if ((!is_new && x->row >= t->n_rows) || t->n_rows >= DRAFT_ROWS_MAX)
        return err_set(err, is_new ? ERR_TOO_LARGE : ERR_NOT_FOUND, is_new ? "这张表已经太长了。" : "这一行已经不在了。");
    if (!is_gone)
        add_columns_given(a, t, x->fields);
    struct strs *rows = arena_array(a, struct strs, t->n_rows + 1);
    if (t->n_rows)
        memcpy(rows, t->rows, t->n_rows * sizeof *rows);
    *row = is_new ? t->n_rows : x->row;
    if (is_gone)
        memmove(rows + x->row, rows + x->row + 1, (t->n_rows - x->row - 1) * sizeof *rows);
    else if (!cells_of(a, t, x->fields, is_new ? NULL : &t->rows[x->row], &rows[*row], err))
        return false;
    t->rows = rows;
    t->n_rows = t->n_rows + is_new - is_gone;
    return true;
}

/* ---- the action ---- */

static bool
may(const struct draft_scheme *x, const struct scheme_draft *d, struct err *err)
{
    bool is_editor = caller_has(x->base.who, ROLES_DRAFT), is_approver = caller_has(x->base.who, ROLES_APPROVE);
    if (x->op == DRAFT_SEND_BACK ? !is_approver && !is_editor : !is_editor)
        return err_set(err, ERR_FORBIDDEN, "工作方案的草案由统筹协调岗修改，领导小组批准。");
    if (x->op == DRAFT_BEGIN)
        return !d->rev || err_set(err, ERR_CONFLICT, "已经有一份草案。先发布它，或者放弃它，再另起一份。");
    if (!d->rev)
        return err_set(err, ERR_NOT_FOUND, "现在没有草案。");
    if (x->rev && x->rev != d->rev)
        return err_set(err, ERR_PRECONDITION, "草案刚刚被改过，这次没有保存。请看过最新的内容再改。");
    bool is_proposed = d->proposed_by != 0;
    if (x->op == DRAFT_SEND_BACK)
        return is_proposed || err_set(err, ERR_CONFLICT, "草案还没有提请批准。");
    return !is_proposed || err_set(err, ERR_CONFLICT, "草案已经提请批准，不能再改。要改，先撤回。");
}

static const struct scheme *
last_version(const struct area *area)
{
    return area->n_versions ? area->versions[area->n_versions - 1] : area->scheme;
}

static bool
check_proposal(const struct draft_scheme *x, const struct scheme_draft *d, struct err *err)
{
    const struct area *area = x->base.who->area;
    const struct table *docs = tables_find(d->tables, "documents");
    int32_t today = day_of(app_now(x->base.app));
    struct buf last = {0};
    bool is_there = false, is_whole = false;
    for (size_t i = 0; docs && i < docs->n_rows && !is_there; i++) {
        is_there = str_eq(table_cell(docs, i, "code"), x->document);
        is_whole = table_cell(docs, i, "title").n && table_cell(docs, i, "date").n;
    }
    if (!is_there)
        err_field(err, "document", "请选择公布这一版的文件；没有的话，先在“方案文件”表里加一行。");
    else if (!is_whole)
        err_field(err, "document", "这个文件还缺名称或日期，请先在“方案文件”表里写全。");
    date_format(&last, last_version(area)->valid_from);
    if (x->valid_from < today)
        err_field(err, "valid_from", "生效日期不能早于今天。");
    else if (area->n_versions > 1 && x->valid_from < last_version(area)->valid_from)
        err_field(err, "valid_from", "生效日期不能早于上一版的生效日期（%.*s）。", (int)last.n, last.p);
    buf_release(&last);
    return err->kind == ERR_NONE;
}

static bool
prepare(struct action *base, struct db *db, struct err *err)
{
    struct draft_scheme *x = (struct draft_scheme *)base;
    struct scheme_draft d;
    struct scheme_errors errors = {0};
    if (!scheme_draft_load(db, base->arena, base->who->area->id, &d, &errors, err) || !may(x, &d, err))
        return false;
    if (x->op != DRAFT_PROPOSE)
        return true;
    scheme_check_begin(&x->check, base, d.tables, &errors, x->valid_from);
    return check_proposal(x, &d, err);
}

static bool
study(struct action *base, struct err *err)
{
    return scheme_check_prove(&((struct draft_scheme *)base)->check, base, err);
}

static bool
begin(struct draft_scheme *x, struct db *db, struct scheme_draft *d, struct err *err)
{
    const struct scheme *s = last_version(x->base.who->area);
    *d = (struct scheme_draft){.based_on = s->version, .author = x->base.who->person, .document = STR(""), .remark = STR("")};
    for (size_t i = 0; i < s->tables.n; i++)
        if (!scheme_is_registry_table(s->tables.p[i].name) &&
            !scheme_draft_save_table(db, x->base.who->area->id, &s->tables.p[i], err))
            return false;
    return true;
}

static bool
take_tables(struct draft_scheme *x, struct db *db, struct err *err)
{
    if (x->is_whole && !db_exec(db, SQL_SCHEME_DRAFT_TABLES_DELETE, err, V_INT(x->base.who->area->id)))
        return false;
    for (size_t i = 0; i < x->tables.n; i++)
        if (!scheme_is_registry_table(x->tables.p[i].name) &&
            !scheme_draft_save_table(db, x->base.who->area->id, &x->tables.p[i], err))
            return false;
    return true;
}

/* The scheme's own table says the same as the proposal, so that a version stands for itself. */
static bool
set_head_value(struct arena *a, struct table *t, const char *key, struct str value)
{
    for (size_t i = 0; t && i < t->n_rows; i++) {
        if (!str_is(table_cell(t, i, "key"), key))
            continue;
        struct strs *rows = arena_array(a, struct strs, t->n_rows);
        struct str *p = arena_array(a, struct str, 2);
        memcpy(rows, t->rows, t->n_rows * sizeof *rows);
        bool is_first = str_is(t->header.p[0], "key");
        p[is_first ? 0 : 1] = str_of(key);
        p[is_first ? 1 : 0] = value;
        rows[i] = (struct strs){p, 2};
        t->rows = rows;
        return true;
    }
    return false;
}

static bool
event(struct draft_scheme *x, struct db *db, const char *type, const struct scheme_draft *d, struct err *err)
{
    struct buf b = {0};
    struct json j = {.out = &b};
    struct actor who = caller_actor(x->base.who);
    json_open_object(&j);
    json_put_int(&j, "rev", d->rev);
    json_put_int(&j, "valid_from", d->valid_from);
    json_put_str(&j, "document", d->document);
    json_put_str(&j, "remark", d->remark);
    json_close_object(&j);
    bool ok = registry_event(db, app_keys(x->base.app), x->base.who->area->id, app_now(x->base.app), type, who.person, who.role,
                             who.org, buf_view(&b), err);
    buf_release(&b);
    return ok;
}

/* Whoever acts next hears of it. */
static bool
tell(struct draft_scheme *x, struct db *db, int role, const char *text, struct err *err)
{
    instant now = app_now(x->base.app);
    int64_t id = store_new_id(app_store(x->base.app), now);
    return db_exec(db, SQL_NOTICE_INSERT, err, V_INT(x->base.who->area->id), V_INT(id), V_INT(0), V_INT(role), V_INT(0), V_INT(0),
                   V_INT(0), V_TEXT(STR("scheme")), V_TEXT(str_of(text)), V_INT(0), V_INT(now));
}

static bool
propose(struct draft_scheme *x, struct db *db, struct scheme_draft *d, struct err *err)
{
    struct arena *a = x->base.arena;
    struct table *head = find_table(d->tables, STR("scheme"));
    struct buf day = {0};
    date_format(&day, x->valid_from);
    struct str date = str_dup(a, buf_view(&day));
    buf_release(&day);
    if (!set_head_value(a, head, "valid_from", date) || !set_head_value(a, head, "document", x->document))
        return err_set(err, ERR_FIELDS, "“方案概况”表里要有 valid_from 和 document 两行。");
    d->proposed_by = x->base.who->person;
    d->proposed_at = app_now(x->base.app);
    d->valid_from = x->valid_from;
    d->document = x->document;
    d->remark = STR("");
    return scheme_draft_save_table(db, x->base.who->area->id, head, err) && event(x, db, "scheme_proposed", d, err) &&
           tell(x, db, ROLE_LEADING_GROUP, "一份工作方案草案提请批准，请到“工作方案”查看", err);
}

static bool
send_back(struct draft_scheme *x, struct db *db, struct scheme_draft *d, struct err *err)
{
    d->proposed_by = 0;
    d->proposed_at = 0;
    d->remark = x->remark;
    return event(x, db, "scheme_returned", d, err) && tell(x, db, ROLE_COORDINATOR, "工作方案草案已退回修改", err);
}

static bool
apply(struct action *base, struct db *db, struct err *err)
{
    struct draft_scheme *x = (struct draft_scheme *)base;
    int64_t area = base->who->area->id;
    struct scheme_draft d;
    struct scheme_errors errors = {0};
    if (!scheme_draft_load(db, base->arena, area, &d, &errors, err) || !may(x, &d, err))
        return false;
    if (x->op == DRAFT_PROPOSE && !scheme_check_holds(&x->check, base, d.tables, err))
        return false;
    bool ok = true;
    int64_t rev = d.rev;
    switch (x->op) {
    case DRAFT_DROP:
        x->new_rev = 0;
        return scheme_draft_drop(db, area, err);
    case DRAFT_BEGIN:
        ok = begin(x, db, &d, err);
        break;
    case DRAFT_TABLES:
        ok = take_tables(x, db, err);
        break;
    case DRAFT_PROPOSE:
        ok = propose(x, db, &d, err);
        break;
    case DRAFT_SEND_BACK:
        ok = send_back(x, db, &d, err);
        break;
    case DRAFT_ROW_SET:
    case DRAFT_ROW_ADD:
    case DRAFT_ROW_DELETE: {
        struct table *t = table_for(base->arena, &d, x->table, err);
        ok = t && change_row(x, base->arena, t, &x->new_row, err) && scheme_draft_save_table(db, area, t, err);
        break;
    }
    }
    d.rev = x->new_rev = rev + 1;
    d.changed_by = base->who->person;
    d.changed_at = app_now(base->app);
    return ok && scheme_draft_save(db, area, &d, err);
}

void
draft_scheme(struct draft_scheme *x, struct db *db)
{
    x->base.prepare = prepare;
    x->base.study = x->op == DRAFT_PROPOSE ? study : NULL;
    x->base.apply = apply;
    action_run(&x->base, db);
}

bool
draft_scheme_wait(struct draft_scheme *x, struct err *err)
{
    x->base.prepare = prepare;
    x->base.study = x->op == DRAFT_PROPOSE ? study : NULL;
    x->base.apply = apply;
    return action_wait(&x->base, err);
}
