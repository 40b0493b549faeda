/* GET /figures: the catalogue, and each figure with numerator, denominator and the cases behind it. */
#include "api.h"
#include "html.h"
#include "routine.h"

static void
put_figure(struct json *j, const struct figure *f)
{
    json_put_z(j, "name", f->name);
    json_put_z(j, "title", f->title);
    json_put_z(j, "unit", f->unit);
    json_put_z(j, "definition", f->definition);
    json_put_int(j, "version", f->version);
    json_put_z(j, "seed", f->seed);
}

void
api_figures(struct request *req, struct response *res)
{
    (void)req;
    struct json j = api_json(res, 200);
    json_open_object(&j);
    json_put_array(&j, "figures");
    for (size_t i = 0; i < n_figures; i++) {
        json_open_object(&j);
        put_figure(&j, &figures[i]);
        put_link(&j, "url", API "/figures/%s", figures[i].name);
        json_close_object(&j);
    }
    json_close_array(&j);
    json_close_object(&j);
}

struct asked {
    int32_t from, to;
    const struct place *place;
    const struct org *org;
    bool by_month;
};

/* Without a period: this month up to today. */
static bool
ask_figure(const struct request *req, struct asked *q, struct err *err)
{
    const struct visit *v = visit_of(req);
    struct civil now = civil_of(v->now);
    struct str by = params_get(&req->args, "by");
    *q = (struct asked){.from = day_number(now.year, now.month, 1), .to = day_of(v->now)};
    ask_day(req, "from", &q->from, err);
    ask_day(req, "to", &q->to, err);
    if (!err->kind && q->from > q->to)
        err_field(err, "to", "结束日期不能早于开始日期。");
    if (ask_place(req, "place", &q->place, err) && q->place && q->place->kind < PLACE_COMPOUND)
        err_field(err, "place", "请写一个小区的代码。");
    ask_org(req, "org", &q->org, err);
    q->by_month = str_is(by, "month");
    if (by.n && !q->by_month)
        err_field(err, "by", "只能写 month。");
    return err->kind == ERR_NONE;
}

/* The list that explains the numerator, in the words of GET /cases: the views speak of rows, the API of codes. */
static void
put_cases(struct json *j, const struct registry *r, struct str query)
{
    struct buf b = {0};
    struct str pair, name;
    if (!query.n) { /* it counts duties or complaints, not cases */
        json_put_none(j, "cases");
        return;
    }
    buf_z(&b, html_base_path());
    buf_z(&b, API "/cases");
    for (char sep = '?'; str_cut(&query, '&', &pair); sep = '&') {
        int64_t id = 0;
        struct str value = pair;
        str_cut(&value, '=', &name);
        str_int(value, &id);
        const struct place *p = str_is(name, "place_id") ? registry_place(r, (int32_t)id) : NULL;
        const struct org *o = str_is(name, "lead_id") ? registry_org(r, (int32_t)id) : NULL;
        if (str_is(name, "state") && str_is(value, "-3"))
            value = STR("final");
        name = p ? STR("place") : o ? STR("lead") : name;
        value = p ? p->code : o ? o->code : value;
        buf_char(&b, sep);
        html_url_part(&b, name);
        buf_char(&b, '=');
        html_url_part(&b, value);
    }
    json_put_str(j, "cases", buf_view(&b));
    buf_release(&b);
}

static void
put_value(struct json *j, const struct figure_value *v)
{
    json_key(j, "value");
    if (v->is_defined)
        json_double(j, v->value);
    else
        json_none(j);
    json_put_int(j, "numerator", v->numerator);
    json_put_int(j, "denominator", v->denominator);
    put_text(j, "note", v->note);
}

/* What a figure is made of: quantities by item and unit, people by organisation, routines by code. */
static void
put_parts(struct json *j, const struct visit *v, const struct figure_value *value)
{
    json_put_array(j, "parts");
    for (size_t i = 0; i < value->n_parts; i++) {
        const struct figure_part *p = &value->parts[i];
        int routine = p->kind == PART_ROUTINE ? routine_by_ref(v->area->scheme, p->id) : -1;
        const struct org *o = p->kind == PART_ORG ? registry_org(v->area->registry, (int32_t)p->id) : NULL;
        json_open_object(j);
        put_text(j, "of", routine >= 0 ? v->area->scheme->routines[routine].code : o ? o->code : p->text);
        json_put_int(j, "n", p->n);
        if (p->kind == PART_ROUTINE)
            json_put_int(j, "owed", p->of);
        else
            json_put_str(j, "unit", p->unit);
        json_close_object(j);
    }
    json_close_array(j);
}

static bool
put_months(struct request *req, struct json *j, const struct figure *f, const struct asked *q, struct err *err)
{
    const struct visit *v = visit_of(req);
    struct figure_months months = {0};
    if (!figure_series(v->db, req->arena, v->area->id, f, q->from, q->to, &months, err))
        return false;
    json_put_array(j, "months");
    for (size_t i = 0; i < months.n; i++) {
        json_open_object(j);
        json_put_z(j, "month", arena_printf(req->arena, "%04d-%02d", months.p[i].year, months.p[i].month));
        put_value(j, &months.p[i].v);
        json_close_object(j);
    }
    json_close_array(j);
    return true;
}

static bool
put_whole_figure(struct request *req, struct json *j, const struct figure *f, const struct asked *q, struct err *err)
{
    const struct visit *v = visit_of(req);
    struct figure_value value;
    if (!figure_compute(v->db, req->arena, v->area->id, f, q->from, q->to, q->place ? q->place->id : 0,
                        q->org ? q->org->id : 0, &value, err))
        return false;
    json_open_object(j);
    put_figure(j, f);
    put_day(j, "from", q->from);
    put_day(j, "to", q->to);
    put_text(j, "place", q->place ? q->place->code : STR(""));
    put_text(j, "org", q->org ? q->org->code : STR(""));
    put_value(j, &value);
    put_cases(j, v->area->registry, value.cases);
    if (value.n_parts)
        put_parts(j, v, &value);
    if (q->by_month && !put_months(req, j, f, q, err))
        return false;
    json_close_object(j);
    return true;
}

void
api_figure(struct request *req, struct response *res)
{
    const struct figure *f = figure_find(req->vars[0]);
    struct asked q;
    struct err err = {0};
    struct json j = api_json(res, 200);
    if (!f)
        err_set(&err, ERR_NOT_FOUND, "没有这个统计数字；目录在 %s/figures。", API);
    else if (ask_figure(req, &q, &err))
        put_whole_figure(req, &j, f, &q, &err);
    if (err.kind)
        api_fail(req, res, &err);
}
