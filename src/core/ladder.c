/* The law's answers: which tier may come now, how many certified officers it needs. Never a quota (行政处罚法 74). */
#include "decide.h"

bool
service_blocks(const struct situation *s, struct err *err)
{
    if (s->c->list == LIST_SERVICE)
        return err_unlawful(err, "《行政处罚法》第四条", "这是服务清单事项，不属于执法权限；需要执法时请先升级为执法事项。");
    return true;
}

static bool
skip_ground_given(const struct decision *d, const struct ladder_row *row)
{
    struct str given = arg(d, "skip_ground");
    if (!given.n)
        return false;
    for (size_t i = 0; i < row->skip_grounds.n; i++)
        if (str_eq(row->skip_grounds.p[i], given))
            return true;
    return false;
}

/* A tier may come when the ladder has it and the tier before it is on record, or a listed ground excuses the gap. */
bool
ladder_allows(const struct decision *d, enum tier tier, struct err *err)
{
    const struct ladder_row *row = d->item ? item_ladder_row(d->s->scheme, d->item, tier) : NULL;
    if (!row)
        return err_unlawful(err, "《行政处罚法》第四条", "清单没有为此事项设“%s”这一步。", tier_label(tier));
    bool has_before = row->after == TIER_NONE || (d->c->tiers & 1 << row->after);
    if (has_before || skip_ground_given(d, row))
        return true;
    char article[96];
    struct buf b = {0};
    buf_printf(&b, "《%.*s》%.*s", S(row->law), S(row->article));
    size_t n = b.n < sizeof article - 1 ? b.n : sizeof article - 1;
    memcpy(article, b.p, n);
    article[n] = 0;
    buf_release(&b);
    return err_unlawful(err, article, "还没有“%s”的记录，不能直接%s；确需跳过的，请选择法定理由。",
                        tier_label(row->after), tier_label(tier));
}

/* *acts_alone stays false for somebody who is still guided in every post of his (LC-03). */
static bool
certified(const struct registry *r, int64_t person, int32_t org, int32_t day, bool *is_expired, bool *acts_alone)
{
    bool is_certified = false;
    const struct posting *p[ACTOR_POSTINGS_MAX];
    size_t n = registry_postings(r, person, day, p, ACTOR_POSTINGS_MAX);
    for (size_t i = 0; i < n; i++) {
        if (p[i]->role != ROLE_OFFICER && p[i]->role != ROLE_DEPARTMENT_HEAD)
            continue;
        if (org && p[i]->org != org)
            continue;
        if (p[i]->cert_no.n && p[i]->cert_until >= day) {
            is_certified = true;
            *acts_alone |= !p[i]->is_guided;
        } else if (p[i]->cert_no.n)
            *is_expired = true;
    }
    return is_certified;
}

/* 行政处罚法 42: at least two, each with a valid certificate. Entered as user names; two different people. */
bool
officers_valid(const struct decision *d, int needed, struct err *err)
{
    int64_t seen[16];
    int n = 0;
    size_t at = 0;
    struct str name;
    bool acts_alone = false;
    int32_t today = day_of(d->s->now);
    while (n < 16 && params_each(d->in->fields, "officers", &at, &name)) {
        const struct person *p = registry_username(d->s->registry, str_trim(name));
        if (!p || p->is_disabled)
            return err_field(err, "officers", "没有这名执法人员：%.*s", S(name));
        bool is_expired = false, is_twice = false;
        if (!certified(d->s->registry, p->id, (int32_t)d->c->lead, today, &is_expired, &acts_alone))
            return err_unlawful(err, "《行政处罚法》第四十二条", "%.*s%s，不能从事执法活动。", S(p->name),
                                is_expired ? "的执法证已过期" : "没有本单位有效的执法证");
        for (int i = 0; i < n; i++)
            is_twice |= seen[i] == p->id;
        if (!is_twice)
            seen[n++] = p->id;
    }
    if (n < needed)
        return err_unlawful(err, "《行政处罚法》第四十二条", "需要 %d 名持有效执法证的人员，现在选了 %d 名。", needed, n);
    if (n && !acts_alone)
        return err_field(err, "officers", "选的人都还不能独立执法，请加上一名能独立执法的人员。");
    return true;
}

/* A decision outlives the report: what is not served or not carried out yet is dropped by no transfer, merger or withdrawal, and
 * keeps its case with the body that decided (行政处罚法 61, 66, 72). */
bool
decision_is_carried_out(const struct situation *s, struct err *err)
{
    if (duty_is_open(s, DUTY_DELIVER))
        return err_unlawful(err, "《行政处罚法》第六十一条", "决定书还没有送达，请先登记送达。");
    return !duty_is_open(s, DUTY_COMPLY) ||
           err_unlawful(err, "《行政处罚法》第六十六条", "已经作出的决定，当事人还没有履行完：请先登记履行情况，或者催告、强制执行。");
}

/* While another body is asked to take the matter over, nothing is decided about the party here. */
bool
not_being_transferred(const struct situation *s, struct err *err)
{
    return !duty_is_open(s, DUTY_TRANSFER) || err_set(err, ERR_CONFLICT, "正在移送，请先登记移送结果。");
}

/* What the police decided about a person is sealed (治安管理处罚法 136): it stands in no reply and in no receipt. */
bool
keeps_police_matters_out(const struct decision *d, struct str text, const char *field, struct err *err)
{
    static const char *const words[] = {"拘留", "罚款", "治安处罚", "处罚决定"};
    if (!d->item || !item_for_police(d->s->scheme, d->item))
        return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_has(text, str_of(words[i]))) {
            err_field(err, field, "请删去“%s”：公安机关对人的处理不录入、不公开，只写已经移送和是否办结。", words[i]);
            return err_unlawful(err, "《治安管理处罚法》第一百三十六条", "公安机关对人的处理不录入、不公开，只写已经移送和是否办结。");
        }
    return true;
}
