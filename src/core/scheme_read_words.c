/* Residents' words, emergencies, diversions, and our own wordings. */
#include "scheme_read.h"

static void
check_length(struct sheet *sh, const char *column, size_t min, size_t max)
{
    struct str text = sheet_text(sh, column);
    size_t n = utf8_count(text);
    if (text.n && (n < min || n > max))
        sheet_fault(sh, column, arena_printf(sh->a, "写 %zu 到 %zu 个字。", min, max), "现在是 %zu 个字", n);
}

static void
read_phrases(struct reader *r)
{
    struct sheet sh;
    sheet_open(&sh, r->a, r->tables, "phrases", "item,phrase,weight", r->errors);
    sheet_unique(&sh, "item,phrase");
    struct phrase *rows = arena_array(r->a, struct phrase, sh.t->n_rows + 1);
    while (sheet_next(&sh)) {
        rows[sh.row] = (struct phrase){
            .item = sheet_need_ref(&sh, "item", &r->items),
            .text = sheet_need(&sh, "phrase"),
            .weight = (int)sheet_number(&sh, "weight", 1, 5, 1),
        };
        check_length(&sh, "phrase", 1, 40);
    }
    r->s->phrases = rows;
    r->s->n_phrases = sh.t->n_rows;
}

static void
read_confusables(struct reader *r)
{
    struct sheet sh;
    sheet_open(&sh, r->a, r->tables, "confusables", "words,items,question", r->errors);
    struct confusable *rows = arena_array(r->a, struct confusable, sh.t->n_rows + 1);
    while (sheet_next(&sh)) {
        sheet_need(&sh, "words");
        sheet_need(&sh, "items");
        rows[sh.row] = (struct confusable){
            .words = sheet_list(&sh, "words"),
            .items = sheet_refs(&sh, "items", &r->items),
            .question = sheet_need(&sh, "question"),
        };
        if (rows[sh.row].items.n == 1)
            sheet_fault(&sh, "items", "至少写两个容易混淆的事项。", "只有一个事项");
    }
    r->s->confusables = rows;
    r->s->n_confusables = sh.t->n_rows;
}

static void
read_emergencies(struct reader *r)
{
    struct sheet sh;
    sheet_open(&sh, r->a, r->tables, "emergencies", "word,phone,advice", r->errors);
    sheet_unique(&sh, "word");
    struct emergency *rows = arena_array(r->a, struct emergency, sh.t->n_rows + 1);
    while (sheet_next(&sh)) {
        sheet_need(&sh, "phone");
        rows[sh.row] = (struct emergency){
            .word = sheet_need(&sh, "word"),
            .phone = sheet_phone(&sh, "phone"),
            .advice = sheet_need(&sh, "advice"),
        };
        check_length(&sh, "word", 2, 20);
    }
    r->s->emergencies = rows;
    r->s->n_emergencies = sh.t->n_rows;
}

static void
read_diverts(struct reader *r)
{
    struct sheet sh;
    sheet_open(&sh, r->a, r->tables, "diverts", "word,where,phone,advice", r->errors);
    sheet_unique(&sh, "word");
    struct divert *rows = arena_array(r->a, struct divert, sh.t->n_rows + 1);
    while (sheet_next(&sh)) {
        rows[sh.row] = (struct divert){
            .word = sheet_need(&sh, "word"),
            .where = sheet_need(&sh, "where"),
            .phone = sheet_phone(&sh, "phone"),
            .advice = sheet_need(&sh, "advice"),
        };
        check_length(&sh, "word", 2, 20);
    }
    r->s->diverts = rows;
    r->s->n_diverts = sh.t->n_rows;
}

/* Slots are {name}: lower-case letters and underscores, never nested, never left open. */
static bool
slots_are_whole(struct str text)
{
    bool open = false;
    size_t length = 0;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '{' || c == '}') {
            if (open == (c == '{') || (open && length == 0))
                return false;
            open = !open;
            length = 0;
        } else if (open) {
            if (!((c >= 'a' && c <= 'z') || c == '_'))
                return false;
            length++;
        }
    }
    return !open;
}

static void
read_wordings(struct reader *r)
{
    struct sheet sh;
    sheet_open(&sh, r->a, r->tables, "wordings", "code,text", r->errors);
    struct codes codes = sheet_codes(&sh, "code", NULL, "用语");
    struct wording *rows = arena_array(r->a, struct wording, sh.t->n_rows + 1);
    while (sheet_next(&sh)) {
        rows[sh.row] = (struct wording){codes.code[sh.row], sheet_need(&sh, "text")};
        if (!slots_are_whole(rows[sh.row].text))
            sheet_fault(&sh, "text", "空位写成 {due} 这样，左右括号成对，中间是小写英文。", "“{…}”没有写完整");
    }
    r->s->wordings = rows;
    r->s->n_wordings = sh.t->n_rows;
}

void
read_words(struct reader *r)
{
    read_phrases(r);
    read_confusables(r);
    read_emergencies(r);
    read_diverts(r);
    read_wordings(r);
}
