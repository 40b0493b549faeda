#include "duty.h"

static const struct {
    const char *code, *label;
    bool is_main;
} kinds[DUTY_KIND_COUNT] = {
#define X(id, code, label, main) [DUTY_##id] = {code, label, main},
    DUTY_KINDS(X)
#undef X
};

static const struct {
    const char *code, *label;
} ends[END_COUNT] = {
    [END_OPEN] = {"open", "未完成"},      [END_DONE] = {"done", "已完成"},       [END_DONE_LATE] = {"done_late", "超期完成"},
    [END_VOID] = {"void", "已取消"},      [END_EXCUSED] = {"excused", "已核免"}, [END_SUPERSEDED] = {"superseded", "已被替代"},
    [END_LAPSED] = {"lapsed", "期满未做"}, [END_LATE_SYNC] = {"late_sync", "按时完成，离线补传"},
};

const char *
duty_code(int kind)
{
    return kinds[kind].code;
}

const char *
duty_label(int kind)
{
    return kinds[kind].label;
}

bool
duty_is_main(int kind)
{
    return kinds[kind].is_main;
}

int
duty_find(struct str code)
{
    for (int k = 0; k < DUTY_KIND_COUNT; k++)
        if (str_is(code, kinds[k].code))
            return k;
    return -1;
}

const char *
duty_end_code(int end)
{
    return ends[end].code;
}

const char *
duty_end_label(int end)
{
    return ends[end].label;
}
