/* bench-render DIR NO CODE: nanoseconds that the templates of a case page and of a compound's page need, and nothing else.
 *
 * The views are filled once, as for a request of the coordinator for case NO and of a resident for compound CODE; then their
 * templates write into one buffer again and again. Beside them: copying the same bytes, which is the least any page can cost.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "resident_board.h"
#include "resident_board.html.h"
#include "site.h"
#include "staff_case.h"
#include "staff_case.html.h"

enum { MEASURE_MS = 500, CONTACTS = 12 };

static struct {
    struct arena *arena;
    struct site_visit site;
    struct request req;
    struct case_view page;
    struct board_view board;
    struct buf out;
} b;

static void
give_up(const char *what, const struct err *err)
{
    fprintf(stderr, "bench-render: %s: %s %s\n", what, err->message, err->detail);
    exit(1);
}

static double
now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void
visit_as(struct app *app, const char *username)
{
    struct visit *v = &b.site.v;
    v->app = app;
    v->area = app_area(app, 0);
    v->db = store_reader(app_store(app), 0);
    v->now = app_now(app);
    v->csrf = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    for (size_t i = 0; i < v->area->registry->n_people; i++)
        if (str_is(v->area->registry->people[i].username, username))
            v->person = &v->area->registry->people[i];
    if (!v->person)
        give_up(username, &(struct err){.message = "nobody of that name"});
    caller_staff(app, v->db, v->area, v->person->id, &v->who);
    b.site.req = &b.req;
    b.req.session = &b.site;
    b.req.arena = b.arena;
    b.req.path = STR("/desk/cases");
}

static void
fill_page(const char *no)
{
    struct err err = {0};
    struct opened *o = arena_new_of(b.arena, struct opened);
    if (!opened_load(&b.req, str_of(no), o, &err) || !case_view_fill(&b.req, o, &b.page, &err))
        give_up(no, &err);
    layout_init(&b.req, &b.page.layout, no, "cases");
}

/* As the page of a compound with CONTACTS people and departments to call. */
static void
fill_board(const char *code)
{
    const struct area *area = b.site.v.area;
    struct board_view *v = &b.board;
    struct contact_row *rows = arena_array(b.arena, struct contact_row, CONTACTS);
    for (size_t i = 0; i < CONTACTS; i++)
        rows[i] = (struct contact_row){.title = STR("样例职务"), .name = area->registry->people[i].name, .matters = STR("占道经营、油烟、噪声"),
                                       .hours = STR("工作日 8:30—17:30"), .phone = STR("0797-5550000")};
    v->r.l = (struct layout){.title = code, .active = "", .visit = &b.site.v};
    v->r.scheme = area->scheme;
    v->r.size_url = "/x/XFL?size=large";
    v->r.is_wide = true;
    v->r.place = registry_place_code(area->registry, str_of(code));
    if (!v->r.place)
        give_up(code, &(struct err){.message = "no such place"});
    v->community = community_name(area->registry, v->r.place);
    v->grid = grid_name(b.arena, area->registry, v->r.place);
    v->near.p = rows;
    v->near.n = CONTACTS / 2;
    v->departments.p = rows + CONTACTS / 2;
    v->departments.n = CONTACTS - CONTACTS / 2;
    v->has_figures = true;
    v->f = (struct place_figures){.received = 41, .closed = 38, .persuaded = 30, .ordered = 6, .penalised = 2};
    v->average = "26.4 小时";
    v->from = "3 月 22 日";
    v->to = "4 月 21 日";
    v->categories.p = area->scheme->categories;
    v->categories.n = area->scheme->n_categories;
}

static void
write_page(void)
{
    buf_clear(&b.out);
    page_case(&b.out, &b.page);
}

static void
write_board(void)
{
    buf_clear(&b.out);
    page_resident_board(&b.out, &b.board);
}

static void
copy_again(void)
{
    static struct buf copy;
    buf_clear(&copy);
    buf_str(&copy, buf_view(&b.out));
}

static double
measure(void (*write)(void))
{
    long n = 0;
    double from = now_ns(), spent = 0;
    for (; spent < MEASURE_MS * 1e6; spent = now_ns() - from)
        for (int i = 0; i < 50; i++, n++)
            write();
    return spent / (double)n;
}

static void
print_one(const char *name, void (*write)(void), const char *end)
{
    double ns = measure(write);
    size_t bytes = b.out.n;
    printf("\"%s\": {\"ns\": %.0f, \"copy_ns\": %.0f, \"bytes\": %zu}%s", name, ns, measure(copy_again), bytes, end);
}

int
main(int argc, char **argv)
{
    struct err err = {0};
    struct app *app = argc == 4 ? app_open(&(struct app_options){.dir = argv[1], .n_readers = 1}, &err) : NULL;
    if (!app) {
        fprintf(stderr, "usage: bench-render DIR NO CODE  %s\n", err.message);
        return 2;
    }
    b.arena = arena_new();
    visit_as(app, "coord01");
    fill_page(argv[2]);
    fill_board(argv[3]);
    printf("{");
    print_one("a case", write_page, ", ");
    print_one("compound's page", write_board, "}\n");
    buf_release(&b.out);
    arena_free(b.arena);
    app_close(app);
    return 0;
}
