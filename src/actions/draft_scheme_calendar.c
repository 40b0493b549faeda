/* A year's holiday notice joins the calendar of a draft: its years are replaced, all others stay as they are. */
#include "actions.h"

static bool
has_year(const struct table *t, struct str year)
{
    for (size_t i = 0; i < t->n_rows; i++)
        if (str_starts(table_cell(t, i, "date"), year))
            return true;
    return false;
}

static struct strs
day_row(struct arena *a, const struct table *t, size_t row)
{
    struct str *p = arena_array(a, struct str, 3);
    p[0] = table_cell(t, row, "date");
    p[1] = table_cell(t, row, "kind");
    p[2] = table_cell(t, row, "name");
    return (struct strs){p, 3};
}

struct table
calendar_with_notice(struct arena *a, const struct table *calendar, const struct table *notice)
{
    struct str *header = arena_array(a, struct str, 3);
    struct strs *rows = arena_array(a, struct strs, (calendar ? calendar->n_rows : 0) + notice->n_rows + 1);
    size_t n = 0;
    header[0] = STR("date");
    header[1] = STR("kind");
    header[2] = STR("name");
    for (size_t i = 0; calendar && i < calendar->n_rows; i++)
        if (!has_year(notice, str_slice(table_cell(calendar, i, "date"), 0, 4)))
            rows[n++] = day_row(a, calendar, i);
    for (size_t i = 0; i < notice->n_rows; i++)
        rows[n++] = day_row(a, notice, i);
    return (struct table){.name = STR("calendar"), .header = {header, 3}, .rows = rows, .n_rows = n};
}
