#include "resident_texts.html.h"

static void
text_show(struct request *req, struct response *res, const char *title, void (*page)(struct buf *, const struct text_view *))
{
    struct text_view v = {.changed = TEXTS_CHANGED};
    const struct visit *visit = visit_of(req);
    const struct registry *r = visit->area->registry;
    resident_init(req, res, &v.r, title);
    v.r.l.back = "/";
    v.intro = scheme_wording(v.r.scheme, "supervise_intro");
    v.privacy = scheme_wording(v.r.scheme, "privacy_short");
    for (int32_t i = 1; i <= r->n_orgs; i++) {
        const struct org *o = &r->orgs[i];
        if (o->kind == ORG_OVERSIGHT && !o->is_closed && !v.oversight.n) {
            v.oversight = o->name;
            v.oversight_phone = o->phone;
            v.oversight_hours = o->hours;
        }
    }
    const struct org *office = registry_org(r, owner_org(r, STR("@coordinator"), NULL, 0));
    v.office = office ? office->name : v.r.scheme->host;
    v.office_phone = office && office->phone.n ? office->phone : v.r.scheme->county_phone;
    page(&res->body, &v);
}

void
resident_supervise(struct request *req, struct response *res)
{
    text_show(req, res, "监督举报", page_resident_supervise);
}

void
resident_notices(struct request *req, struct response *res)
{
    text_show(req, res, "公告", page_resident_notices);
}

void
resident_help(struct request *req, struct response *res)
{
    text_show(req, res, "使用帮助", page_resident_help);
}

void
resident_privacy(struct request *req, struct response *res)
{
    text_show(req, res, "隐私说明", page_resident_privacy);
}

void
resident_accessibility(struct request *req, struct response *res)
{
    text_show(req, res, "无障碍说明", page_resident_accessibility);
}

void
resident_sitemap(struct request *req, struct response *res)
{
    text_show(req, res, "站点地图", page_resident_sitemap);
}
