/* slots.csv: the posts that a locality says must be filled. */
#include "registry.h"
#include "scheme_read.h"

enum { CODE_MAX = 8, MINIMUM_MAX = 50, DAYS_MAX = 250, DAYS_USUAL = 10 };

static const struct str each_codes[] = {STR("place"), STR("org")};

static void
check_kinds(struct sheet *sh, struct slot *slot)
{
    struct strs kinds = sheet_list(sh, "of");
    for (size_t i = 0; i < kinds.n; i++) {
        int kind = slot->is_of_orgs ? org_kind_find(kinds.p[i]) : place_kind_find(kinds.p[i]);
        if (kind < 0)
            sheet_fault(sh, "of", slot->is_of_orgs ? "写单位类别，如 station。" : "写地方类别，如 grid、community。", "不认识“%.*s”",
                        (int)kinds.p[i].n, kinds.p[i].p);
        else
            slot->of |= UINT64_C(1) << kind;
    }
}

/* Whose people: an organisation, or all of a kind. */
static void
check_orgs(struct reader *r, struct sheet *sh, const struct slot *slot)
{
    for (size_t i = 0; i < slot->orgs.n; i++)
        if (org_kind_find(slot->orgs.p[i]) < 0)
            sheet_ref_value(sh, "orgs", slot->orgs.p[i], &r->orgs);
}

void
read_slots(struct reader *r)
{
    struct codes each = codes_fixed(each_codes, NULL, 2, "岗位范围");
    struct sheet sh;
    if (!tables_find(r->tables, "slots"))
        return;
    sheet_open(&sh, r->a, r->tables, "slots", "code,name,role,each,of,orgs,minimum,maximum?,owner,owner_role,days,clause,origin,note", r->errors);
    struct codes codes = sheet_codes(&sh, "code", "name", "必配岗位");
    struct slot *rows = arena_array(r->a, struct slot, sh.t->n_rows + 1);
    while (sheet_next(&sh)) {
        struct slot *slot = &rows[sh.row];
        *slot = (struct slot){
            .code = codes.code[sh.row],
            .name = sheet_need(&sh, "name"),
            .clause = sheet_text(&sh, "clause"),
            .origin = sheet_origin(&sh),
            .note = sheet_text(&sh, "note"),
            .owner = sheet_need(&sh, "owner"),
            .role = sheet_need_ref(&sh, "role", &r->roles),
            .minimum = (int)sheet_need_number(&sh, "minimum", 1, MINIMUM_MAX),
            .maximum = (int)sheet_number(&sh, "maximum", 1, MINIMUM_MAX, 0),
            .owner_role = sheet_ref(&sh, "owner_role", &r->roles),
            .days = (int)sheet_number(&sh, "days", 1, DAYS_MAX, DAYS_USUAL),
            .is_of_orgs = sheet_need_ref(&sh, "each", &each) == 1,
            .orgs = sheet_list(&sh, "orgs"),
        };
        sheet_need(&sh, "of");
        check_kinds(&sh, slot);
        check_orgs(r, &sh, slot);
        check_owner(r, &sh, "owner", slot->owner);
        if (slot->maximum && slot->maximum < slot->minimum)
            sheet_fault(&sh, "maximum", "不少于最低人数，或者不填。", "最多 %d 人，最少却要 %d 人", slot->maximum, slot->minimum);
        if (slot->code.n > CODE_MAX)
            sheet_fault(&sh, "code", "改短。", "代码最多 %d 个字符", CODE_MAX);
    }
    r->s->slots = rows;
    r->s->n_slots = sh.t->n_rows;
}
