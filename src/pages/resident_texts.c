#include "resident_texts.html.h"

static void
text_show(struct request *req, struct response *res, const char *title, void (*page)(struct buf *, const struct text_view *))
{
    struct text_view v = {.changed = TEXTS_CHANGED};
    const struct visit *visit = visit_of(req);
    const struct registry *r = visit->area->registry;
    resident_init(req, res, &v.r, title);
    v.r.l.back = "/";
    v.privacy = scheme_wording(v.r.scheme, "privacy_short");
    const struct org *office = registry_org(r, owner_org(r, STR("@coordinator"), NULL, 0));
    v.office = office ? office->name : v.r.scheme->host;
    v.office_phone = office && office->phone.n ? office->phone : v.r.scheme->county_phone;
    page(&res->body, &v);
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
