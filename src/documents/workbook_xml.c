#include "workbook_xml.h"

#include <expat.h>


enum { BETWEEN = '|' }; /* expat puts it between namespace and name */

struct reading {
    XML_Parser parser;
    const struct workbook_xml *x;
    const struct workbook_entry *e;
    int depth;
    struct err err;
};

static const char *
local(const char *name)
{
    const char *at = strrchr(name, BETWEEN);
    return at ? at + 1 : name;
}

const char *
workbook_xml_attribute(const char **attributes, const char *name)
{
    for (; *attributes; attributes += 2)
        if (strcmp(local(attributes[0]), name) == 0)
            return attributes[1];
    return NULL;
}

static void
stop(struct reading *r, const char *why)
{
    if (!r->err.kind)
        REFUSED(&r->err, "%s（%.*s）。请用 Excel、WPS 重新保存后再试。", why, NAMED(r->e->name));
    XML_StopParser(r->parser, XML_FALSE);
}

static void
look_for_refusal(struct reading *r)
{
    if (r->x->failed && r->x->failed->kind && !r->err.kind) {
        r->err = *r->x->failed;
        XML_StopParser(r->parser, XML_FALSE);
    }
}

static void
on_start(void *user, const XML_Char *name, const XML_Char **attributes)
{
    struct reading *r = user;
    if (++r->depth > LIMIT_WORKBOOK_XML_DEPTH) {
        stop(r, "工作簿损坏了：套得太深");
        return;
    }
    if (r->x->start)
        r->x->start(r->x->ctx, local(name), attributes);
    look_for_refusal(r);
}

static void
on_end(void *user, const XML_Char *name)
{
    struct reading *r = user;
    r->depth--;
    if (r->x->end)
        r->x->end(r->x->ctx, local(name));
    look_for_refusal(r);
}

static void
on_text(void *user, const XML_Char *p, int n)
{
    struct reading *r = user;
    if (r->x->text)
        r->x->text(r->x->ctx, p, (size_t)n);
}

/* Entities are defined in document types; workbooks have none, so nothing can be made to grow. */
static void
on_doctype(void *user, const XML_Char *name, const XML_Char *system, const XML_Char *public, int has_subset)
{
    (void)name, (void)system, (void)public, (void)has_subset;
    stop(user, "工作簿里有不允许的 XML 声明");
}

static bool
on_piece(void *ctx, const char *p, size_t n, bool is_last, struct err *err)
{
    struct reading *r = ctx;
    if (XML_Parse(r->parser, p, (int)n, is_last) == XML_STATUS_OK)
        return true;
    bool is_ours = r->err.kind != ERR_NONE;
    stop(r, "工作簿损坏了");
    *err = r->err;
    return !is_ours && err_detail(err, "line %lu: %s", (unsigned long)XML_GetCurrentLineNumber(r->parser),
                      XML_ErrorString(XML_GetErrorCode(r->parser)));
}

bool
workbook_xml_read(struct workbook_zip *z, const struct workbook_entry *e, const struct workbook_xml *x, struct err *err)
{
    struct reading r = {.parser = XML_ParserCreateNS(NULL, BETWEEN), .x = x, .e = e};
    if (!r.parser)
        return err_set(err, ERR_BUSY, "内存不足，请稍后再试。");
    XML_SetUserData(r.parser, &r);
    XML_SetElementHandler(r.parser, on_start, on_end);
    XML_SetCharacterDataHandler(r.parser, on_text);
    XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
    bool ok = workbook_zip_read(z, e, on_piece, &r, err);
    XML_ParserFree(r.parser);
    return ok;
}
