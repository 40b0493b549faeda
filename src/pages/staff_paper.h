/* staff_paper.h — papers printed by the browser: those of the procedure, the order to correct, and the receipt of a report.
 *
 * A paper holds what the record holds. Names, numbers of papers and addresses of a party are never stored: they are blanks
 * to be filled by hand. Nothing here binds before it is signed and sealed.
 */
#ifndef PAGES_STAFF_PAPER_H
#define PAGES_STAFF_PAPER_H

#include "staff_case.h"

struct officer_line {
    struct str name, cert_no;
};
struct officer_lines {
    const struct officer_line *p;
    size_t n;
};
struct order_view {
    const char *case_no, *number, *date, *until, *printed;
    struct str title, org, county, item, place, spot, words;
    struct law_lines laws;
    struct str order_law; /* 《行政处罚法》第二十八条 */
    struct officer_lines officers;
};
struct receipt_view {
    const char *case_no, *code, *url, *qr, *opened, *due, *printed;
    struct str county, item, place, next, phone;
};

/* A paper of the procedure: parts under headings, then who signs. */
struct paper_part {
    const char *head; /* NULL = none */
    struct str text;
};
struct paper_parts {
    const struct paper_part *p;
    size_t n;
};
struct paper_blank { /* 「当事人签收」 and a line to write on */
    const char *label;
};
struct paper_blanks {
    const struct paper_blank *p;
    size_t n;
};
enum { PAPER_PARTS_MAX = 12, PAPER_BLANKS_MAX = 8 };
struct paper_view {
    const char *case_no, *number, *date, *printed;
    struct str title, org;
    bool is_for_party; /* with the party's lines at the top */
    struct paper_parts parts;
    struct officer_lines officers;
    struct paper_blanks blanks;
};

/* staff_paper.c, for staff_papers.c */
const char *paper_day(struct arena *a, int32_t day);
const char *paper_moment(struct arena *a, instant at);
const char *printed_by(struct request *req);
struct str article_words(struct arena *a, struct str article);
struct officer_lines officers_of(struct request *req, const struct params *fields, int32_t org);

#endif
