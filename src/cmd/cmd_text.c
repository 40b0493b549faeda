/* text classify: what the intake would suggest for somebody's words, and why. Nothing is stored. */
#include "cmd.h"
#include "json.h"
#include "print.h"
#include "suggest.h"

enum { SHOWN = 6, STDIN_MAX = 64 * 1024 };

struct reading {
    const struct scheme *s;
    struct str words;
    struct suggestion items[SHOWN];
    size_t n;
    bool is_clear;
    struct str question;
    const struct emergency *danger;
    const struct divert *elsewhere;
};

static void
read_words(struct reading *r)
{
    r->n = suggest_items(r->s, r->words, r->items, SHOWN);
    r->is_clear = suggestion_is_clear(r->items, r->n);
    r->question = suggest_question(r->s, r->words, r->items, r->n);
    r->danger = suggest_emergency(r->s, r->words);
    r->elsewhere = suggest_divert(r->s, r->words);
}

static void
put_items(struct json *j, const struct reading *r)
{
    json_put_array(j, "suggestions");
    for (size_t i = 0; i < r->n; i++) {
        const struct item *it = &r->s->items[r->items[i].item];
        json_open_object(j);
        json_put_str(j, "item", it->code);
        json_put_str(j, "name", it->name);
        json_put_int(j, "score", r->items[i].score);
        json_put_str(j, "because", r->items[i].because);
        json_close_object(j);
    }
    json_close_array(j);
}

static void
write_json(const struct reading *r)
{
    struct buf out = {0};
    struct json j = {.out = &out};
    json_open_object(&j);
    put_items(&j, r);
    json_put_bool(&j, "clear", r->is_clear);
    if (r->question.n)
        json_put_str(&j, "question", r->question);
    else
        json_put_none(&j, "question");
    if (r->danger) {
        json_put_object(&j, "emergency");
        json_put_str(&j, "word", r->danger->word);
        json_put_str(&j, "phone", r->danger->phone);
        json_put_str(&j, "advice", r->danger->advice);
        json_close_object(&j);
    } else
        json_put_none(&j, "emergency");
    if (r->elsewhere) {
        json_put_object(&j, "divert");
        json_put_str(&j, "word", r->elsewhere->word);
        json_put_str(&j, "where", r->elsewhere->where);
        json_put_str(&j, "phone", r->elsewhere->phone);
        json_put_str(&j, "advice", r->elsewhere->advice);
        json_close_object(&j);
    } else
        json_put_none(&j, "divert");
    json_close_object(&j);
    print_out(&out);
}

#define S(x) (int)(x).n, (x).p

static void
write_text(struct arena *a, const struct reading *r)
{
    struct grid g = {.a = a, .columns = 4, .right = 1};
    for (size_t i = 0; i < r->n; i++) {
        const struct item *it = &r->s->items[r->items[i].item];
        grid_addf(&g, "%d", r->items[i].score);
        grid_add(&g, it->code);
        grid_add(&g, it->name);
        grid_addf(&g, "「%.*s」", S(r->items[i].because));
    }
    grid_print(&g);
    if (!r->n)
        print_line("%s", in_tongue("没有建议：请由人来归类。", "No suggestion: a person decides."));
    else if (!r->is_clear)
        print_line("%s", in_tongue("不明确。", "Not clear."));
    if (r->question.n)
        print_line(in_tongue("先问：%.*s", "Ask first: %.*s"), S(r->question));
    if (r->danger)
        print_line(in_tongue("可能有危险（%.*s）：%.*s", "Danger (%.*s): %.*s"), S(r->danger->word), S(r->danger->advice));
    if (r->elsewhere)
        print_line(in_tongue("可能不归这里（%.*s）：%.*s", "Elsewhere (%.*s): %.*s"), S(r->elsewhere->word),
                   S(r->elsewhere->advice));
}

static struct str
all_of_stdin(struct arena *a)
{
    char *text = arena_alloc(a, STDIN_MAX);
    return (struct str){text, fread(text, 1, STDIN_MAX, stdin)};
}

int
cmd_text_classify(struct args *args)
{
    const char *name = opt_value(args, "--scheme", "huichang");
    bool as_json = opt_flag(args, "--json");
    if (!opt_rest(args, 1, 1))
        return 2;
    struct arena *a = arena_new();
    struct err err = {0};
    struct scheme_errors errors = {0};
    struct tables tables;
    struct str *csv;
    struct reading r = {.words = strcmp(args->argv[0], "-") == 0 ? all_of_stdin(a) : str_of(args->argv[0])};
    if (!utf8_valid(r.words))
        err_set(&err, ERR_USAGE, "文字不是 UTF-8 编码。");
    else if (scheme_source(a, name, &tables, &csv, &errors, &err) && !(r.s = scheme_read(a, tables, &errors)))
        err_set(&err, ERR_FIELDS, "工作方案 %s 有错，先用 scheme check 检查。", name);
    if (r.s) {
        read_words(&r);
        if (as_json)
            write_json(&r);
        else
            write_text(a, &r);
    }
    arena_free(a);
    return r.s ? 0 : fail_with(&err);
}
