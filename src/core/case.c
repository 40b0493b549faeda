#include "case.h"

#include <stddef.h>

static const struct {
    const char *code, *label;
    bool is_open;
} states[CASE_STATE_COUNT] = {
#define X(id, code, label, open) [CASE_##id] = {code, label, open},
    CASE_STATES(X)
#undef X
};

const char *
case_state_code(int state)
{
    return states[state].code;
}

const char *
case_state_label(int state)
{
    return states[state].label;
}

bool
case_state_open(int state)
{
    return states[state].is_open;
}

int
case_state_find(struct str code)
{
    for (int s = 0; s < CASE_STATE_COUNT; s++)
        if (str_is(code, states[s].code))
            return s;
    return -1;
}

static const char *const outcomes[][2] = {
    [OUTCOME_NONE] = {"none", "未办结"},
    [OUTCOME_SOLVED] = {"solved", "已解决"},
    [OUTCOME_UNSOLVED] = {"unsolved", "未能解决（已如实答复）"},
    [OUTCOME_NO_VIOLATION] = {"no_violation", "经查不构成违法"},
    [OUTCOME_NOT_FOUND] = {"not_found", "现场未发现"},
    [OUTCOME_MEDIATED] = {"mediated", "调解达成"},
};

const char *
outcome_code(int outcome)
{
    return outcomes[outcome][0];
}

const char *
outcome_label(int outcome)
{
    return outcomes[outcome][1];
}

const char *
tier_code(int tier)
{
    static const char *const codes[TIER_COUNT] = {"none", "persuade", "order", "penalise"};
    return codes[tier];
}

const char *
tier_label(int tier)
{
    static const char *const labels[TIER_COUNT] = {"—", "劝导", "责令改正", "查处"};
    return labels[tier];
}

const char *
list_code(int list)
{
    static const char *const codes[] = {"none", "enforcement", "service"};
    return codes[list];
}

const char *
hop_code(int hop)
{
    static const char *const codes[HOP_COUNT] = {"call", "accept", "dispatch", "respond"};
    return codes[hop];
}

const char *
hop_label(int hop)
{
    static const char *const labels[HOP_COUNT] = {"呼叫", "受理", "派发", "响应"};
    return labels[hop];
}

const char *
grade_label(int grade)
{
    static const char *const labels[] = {"未评价", "非常满意", "满意", "基本满意", "不满意", "非常不满意"};
    return labels[grade >= 0 && grade <= 5 ? grade : 0];
}

static const struct {
    const char *name;
    size_t at;
} numbers[] = {
#define X(name) {#name, offsetof(struct case_file, name)},
    CASE_NUMBERS(X)
#undef X
}, texts[] = {
#define X(name) {#name, offsetof(struct case_file, name)},
    CASE_TEXTS(X)
#undef X
};

const char *
case_number_name(int i)
{
    return numbers[i].name;
}

int64_t *
case_number(struct case_file *c, int i)
{
    return (int64_t *)(void *)((char *)c + numbers[i].at);
}

const char *
case_text_name(int i)
{
    return texts[i].name;
}

struct str *
case_text(struct case_file *c, int i)
{
    return (struct str *)(void *)((char *)c + texts[i].at);
}

void
case_no_format(struct buf *b, int64_t day, int64_t no)
{
    compact_date(b, (int32_t)day);
    buf_char(b, '-');
    for (int64_t t = 1000; t > 1 && no < t; t /= 10)
        buf_char(b, '0');
    buf_int(b, no);
}

static bool
digits(struct str s, int64_t *out)
{
    return s.n && s.p[0] >= '0' && s.p[0] <= '9' && str_int(s, out);
}

bool
case_no_parse(struct str s, int64_t *area, int32_t *day, int32_t *no)
{
    struct str piece[3];
    size_t n = 0;
    struct str rest = str_trim(s);
    for (struct str p; n < 3 && str_cut(&rest, '-', &p);)
        piece[n++] = p;
    if (n < 2 || rest.p)
        return false;
    int64_t a = 0, date, number;
    if (n == 3 && !digits(piece[0], &a))
        return false;
    struct str d = piece[n - 2];
    if (d.n != 8 || !digits(d, &date) || !digits(piece[n - 1], &number) || number < 1 || number > 9999999)
        return false;
    char iso[10] = {d.p[0], d.p[1], d.p[2], d.p[3], '-', d.p[4], d.p[5], '-', d.p[6], d.p[7]};
    if (!date_parse((struct str){iso, 10}, day))
        return false;
    *area = a;
    *no = (int32_t)number;
    return true;
}

const char *
case_phase_code(const struct case_file *c, bool is_found)
{
    return c->reopens ? "reopened" : is_found ? "found" : "told";
}

const char *
case_phase_label(const struct case_file *c, bool is_found)
{
    return c->reopens ? "结诉复办" : is_found ? "未诉先办" : "应诉即办";
}
