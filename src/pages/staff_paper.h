/* staff_paper.h — papers printed by the browser: the order to correct, and the receipt of a report. */
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
    struct str org, county, item, place, spot, words;
    struct law_lines laws;
    struct str order_law; /* 《行政处罚法》第二十八条 */
    struct officer_lines officers;
};
struct receipt_view {
    const char *case_no, *code, *url, *qr, *opened, *due, *printed;
    struct str county, item, place, next, phone;
};

#endif
