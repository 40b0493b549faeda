#include "staff_components.h"

#include "staff_components.html.h"

static const struct choice three[] = {{"a", "第一种"}, {"b", "第二种"}, {"c", "第三种"}, {NULL, NULL}};
static const struct field fields[] = {
    {.name = "text", .label = "一行文字", .hint = "提示写在这里", .type = FIELD_TEXT, .required = true, .max = 40},
    {.name = "words", .label = "几行文字", .type = FIELD_WORDS, .max = 200, .quick = "quick_persuade"},
    {.name = "one", .label = "选一个", .type = FIELD_CHOICE, .choices = three, .required = true},
    {.name = "more", .label = "选了第二种才填", .type = FIELD_TEXT, .show_when = "one=b", .max = 20},
    {.name = "many", .label = "选几个", .type = FIELD_MANY, .choices = three, .max = 3},
    {.name = "item", .label = "从长列表选", .type = FIELD_CHOICE, .source = "item"},
    {.name = "orgs", .label = "从长列表选几个", .type = FIELD_MANY, .source = "org", .max = 6},
    {.name = "day", .label = "日期", .type = FIELD_DATE},
    {.name = "yes", .label = "勾选", .type = FIELD_BOOL},
    {.name = "files", .label = "照片", .type = FIELD_FILES, .max = 6},
};
enum { N_FIELDS = sizeof fields / sizeof *fields };

void
desk_components(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    struct components_view *view = arena_new_of(req->arena, struct components_view);
    struct signals *signals = arena_array(req->arena, struct signals, CASE_STATE_COUNT + 2);
    struct case_line *lines = arena_array(req->arena, struct case_line, 3);
    enum { HOUR_MS = 3600 * 1000 };
    size_t n = 0;
    for (int s = 0; s < CASE_STATE_COUNT; s++) {
        struct case_file c = {.state = s, .scheme = v->area->scheme->version, .urgent = s == CASE_HANDLING,
                              .supervised = s == CASE_CONFERRING, .main_due = v->now + (s - 2) * 20 * HOUR_MS};
        signals_of(v, req->arena, &c, NULL, &signals[n++]);
    }
    view->signals = (struct signals_list){signals, n};
    for (int i = 0; i < 3; i++)
        lines[i] = (struct case_line){.no = arena_printf(req->arena, "20260421-003%d", i), .item = STR("占用、堵塞消防车通道"),
                                      .place = STR("示例小区"), .lead = STR("消防救援大队"), .detail = "居民扫码 · 4 月 21 日",
                                      .sig = signals[2 + i]};
    view->lines = (struct case_lines){lines, 3};
    struct err *err = arena_new_of(req->arena, struct err);
    err_field(err, "text", "请填写一行文字。");
    err_field(err, "one", "请选择选一个。");
    form_view_init(&view->form, req, fields, N_FIELDS, &(struct form_about){.values = &req->args});
    form_view_init(&view->wrong, req, fields, N_FIELDS, &(struct form_about){.values = &req->args, .err = err});
    layout_init(req, &view->layout, "界面部件", "components");
    page_components(&res->body, view);
}
