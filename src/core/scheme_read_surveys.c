/* surveys.csv: what a community keeps a register of. It may be missing: then there is none. */
#include "scheme_read.h"
#include "survey.h"

enum { DAYS_MOST = 366 };

void
read_surveys(struct reader *r)
{
    struct sheet sh;
    if (!tables_find(r->tables, "surveys"))
        return;
    sheet_open(&sh, r->a, r->tables, "surveys", "code,name,days,item,origin,note", r->errors);
    struct codes codes = sheet_codes(&sh, "code", "name", "排摸种类");
    struct survey_kind *rows = arena_array(r->a, struct survey_kind, sh.t->n_rows + 1);
    while (sheet_next(&sh)) {
        sheet_ref(&sh, "item", &r->items);
        rows[sh.row] = (struct survey_kind){.code = codes.code[sh.row],
                                            .name = sheet_need(&sh, "name"),
                                            .item = sheet_text(&sh, "item"),
                                            .origin = sheet_origin(&sh),
                                            .note = sheet_text(&sh, "note"),
                                            .days = (int)sheet_need_number(&sh, "days", 1, DAYS_MOST)};
        if (codes.code[sh.row].n > SURVEY_CODE_MAX)
            sheet_fault(&sh, "code", "改短。", "代码最多 %d 个字符", SURVEY_CODE_MAX);
        if (sh.row >= SURVEY_KINDS_MAX)
            sheet_fault(&sh, "code", "合并一些。", "最多 %d 种", SURVEY_KINDS_MAX);
    }
    r->s->survey_kinds = rows;
    r->s->n_survey_kinds = sh.t->n_rows;
}
