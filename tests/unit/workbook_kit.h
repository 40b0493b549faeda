/* workbook_kit.h — packages for tests, put together part by part as other programs write them. */
#ifndef TESTS_WORKBOOK_KIT_H
#define TESTS_WORKBOOK_KIT_H

#include "check.h"

#include <zip.h>

#define MAIN_NS "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define OFFICE_NS "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PACKAGE_NS "http://schemas.openxmlformats.org/package/2006/relationships"

#define RELATION(id, kind, target)                                                                                     \
    "<Relationship Id=\"" id "\" Type=\"" OFFICE_NS "/" kind "\" Target=\"" target "\"/>"
#define TYPES "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>"
#define ROOT_RELATIONS                                                                                                 \
    "<Relationships xmlns=\"" PACKAGE_NS "\">" RELATION("rId1", "officeDocument", "xl/workbook.xml") "</Relationships>"
#define BOOK_RELATIONS                                                                                                 \
    "<Relationships xmlns=\"" PACKAGE_NS "\">" RELATION("rId1", "worksheet", "worksheets/sheet1.xml")                  \
        RELATION("rId2", "sharedStrings", "sharedStrings.xml") RELATION("rId3", "styles", "styles.xml") "</Relationships>"
#define BOOK(sheets)                                                                                                   \
    "<workbook xmlns=\"" MAIN_NS "\" xmlns:r=\"" OFFICE_NS "\"><sheets>" sheets "</sheets></workbook>"
#define ONE_SHEET "<sheet name=\"时限\" sheetId=\"1\" r:id=\"rId1\"/>"
#define SHEET(rows) "<worksheet xmlns=\"" MAIN_NS "\"><sheetData>" rows "</sheetData></worksheet>"
#define STRINGS(items) "<sst xmlns=\"" MAIN_NS "\">" items "</sst>"
#define STYLES(inside) "<styleSheet xmlns=\"" MAIN_NS "\">" inside "</styleSheet>"

enum { PARTS_MAX = 600 };

struct part {
    const char *name;
    struct str bytes;
};

struct package {
    struct part parts[PARTS_MAX];
    size_t n;
};

/* Puts a part in, or in the place of one of the same name; NULL takes it out. */
static inline void
package_put(struct package *p, const char *name, const char *text)
{
    size_t i = 0;
    while (i < p->n && strcmp(p->parts[i].name, name) != 0)
        i++;
    if (!text) {
        if (i < p->n)
            p->parts[i] = p->parts[--p->n];
        return;
    }
    p->parts[i] = (struct part){name, str_of(text)};
    p->n += i == p->n;
}

/* A workbook with one sheet 时限. */
static inline struct package *
package_new(struct arena *a, const char *rows)
{
    struct package *p = arena_new_of(a, struct package);
    package_put(p, "[Content_Types].xml", TYPES);
    package_put(p, "_rels/.rels", ROOT_RELATIONS);
    package_put(p, "xl/workbook.xml", BOOK(ONE_SHEET));
    package_put(p, "xl/_rels/workbook.xml.rels", BOOK_RELATIONS);
    package_put(p, "xl/sharedStrings.xml", STRINGS("<si><t>code</t></si><si><t>name</t></si>"));
    package_put(p, "xl/styles.xml", STYLES("<cellXfs count=\"1\"><xf numFmtId=\"0\"/></cellXfs>"));
    package_put(p, "xl/worksheets/sheet1.xml", arena_printf(a, SHEET("%s"), rows));
    return p;
}

/* The package as bytes of a ZIP file. */
static inline struct str
package_bytes(struct arena *a, const struct package *p)
{
    zip_error_t why;
    zip_source_t *to = zip_source_buffer_create(NULL, 0, 0, &why);
    zip_source_keep(to);
    zip_t *zip = zip_open_from_source(to, ZIP_TRUNCATE, &why);
    assert_non_null(zip);
    for (size_t i = 0; i < p->n; i++) {
        zip_source_t *from = zip_source_buffer(zip, p->parts[i].bytes.p, p->parts[i].bytes.n, 0);
        assert_true(zip_file_add(zip, p->parts[i].name, from, 0) >= 0);
    }
    assert_int_equal(zip_close(zip), 0);
    zip_stat_t st;
    zip_source_stat(to, &st);
    char *bytes = arena_alloc(a, st.size + 1);
    zip_source_open(to);
    assert_int_equal(zip_source_read(to, bytes, st.size), st.size);
    zip_source_close(to);
    zip_source_free(to);
    return (struct str){bytes, st.size};
}

#endif
