/* An event's body, written and read back: its numbers are read by hand, the rest as JSON, and no words can mislead that. */
#include "check.h"

#include "event_body.h"

static const char misleading[] = "他说：\",\"c\":{\"x\":[1,2]},\"d\":[[1]],\"b\":[]\n\\ 完";

static void
fill(struct effects *fx, struct arena *a)
{
    fx->arena = a;
    fx->event.text = str_of(misleading);
    params_add(a, &fx->event.fields, STR("d"), str_of(misleading));
    fx->after.state = 3;
    fx->after.filing_no = STR(",\"d\":[[7]],\"b\":[]");
    fx->has_words = true;
    fx->words = str_of(misleading);
    fx->n_duties = 3;
    fx->duties[0] = (struct duty_slot){.now = {.id = 11, .kind = 2, .due = -5, .arg = INT64_C(1) << 52}, .is_new = true, .is_changed = true};
    fx->duties[1] = (struct duty_slot){.now = {.id = 12, .level = 4}, .was = {.id = 12, .level = 3}, .is_changed = true};
    fx->duties[2] = (struct duty_slot){.now = {.id = 13}, .was = {.id = 13}};
}

static void
what_was_written_is_read(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct effects *fx = arena_new_of(a, struct effects);
    struct buf plain = {0};
    struct event_body all, told;
    struct err err = {0};
    fill(fx, a);
    event_body_write(fx, NULL, 0, NULL, 0, &plain);
    assert_true(event_body_read(a, buf_view(&plain), &all, &err));
    assert_true(event_body_read_told(a, buf_view(&plain), &told, &err));
    assert_int_equal(all.n_columns, 2);
    assert_int_equal(told.n_columns, 0);
    const struct event_body *both[] = {&all, &told};
    for (int i = 0; i < 2; i++) {
        assert_true(str_is(both[i]->text, misleading));
        assert_true(str_is(both[i]->words, misleading));
        assert_true(str_is(params_get(&both[i]->fields, "d"), misleading));
        assert_int_equal(both[i]->n_duties, 2);
        assert_true(duty_same(&both[i]->duties[0], &fx->duties[0].now));
        assert_true(duty_same(&both[i]->duties[1], &fx->duties[1].now));
        assert_int_equal(both[i]->n_before, 1);
        assert_true(duty_same(&both[i]->before[0], &fx->duties[1].was));
    }
    buf_release(&plain);
    arena_free(a);
}

/* A body of another hand is read as JSON throughout; what is no JSON is refused. */
static void
other_forms_are_json_or_refused(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        bool is_good;
        size_t n_duties, n_before;
    } rows[] = {
        {"{\"t\":\"x\",\"d\":[],\"b\":[]}", true, 0, 0},
        {"{\"t\":\"x\",\"d\": [[1, 2]], \"b\": [[3]]}", true, 1, 1},
        {"{\"t\":\"x\",\"b\":[[3]],\"d\":[[1,2],[4]]}", true, 2, 1},
        {"{\"t\":\"x\"}", true, 0, 0},
        {"{\"t\":\"x\",\"d\":[[1,2", false, 0, 0},
        {"{\"t\":\"x\",\"d\":[[1,2]],\"b\":[[", false, 0, 0},
        {"{\"t\":\"x\",\"d\":[[1,,2]],\"b\":[]}", false, 0, 0},
        {"{\"t\":\"x\",\"d\":[[-]],\"b\":[]}", false, 0, 0},
        {"{\"t\":\"x\",\"d\":", false, 0, 0},
        {"{\"t\":\"x\",\"d\":[[1]],\"b\":[]", false, 0, 0},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena *a = arena_new();
        struct event_body body;
        struct err err = {0};
        const char *text = arena_printf(a, "0123456789abcdef%s", rows[i].body);
        bool ok = event_body_read(a, str_of(text), &body, &err);
        if (ok != rows[i].is_good || (ok && (body.n_duties != rows[i].n_duties || body.n_before != rows[i].n_before)))
            fail_msg("%s: %d, %zu and %zu duties", rows[i].body, ok, body.n_duties, body.n_before);
        arena_free(a);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(other_forms_are_json_or_refused),
    };
    return cmocka_run_group_tests_name("event_body", tests, NULL, NULL);
}
