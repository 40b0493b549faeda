/* limits.h — every bound on what comes from outside, in one place. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

enum {
    LIMIT_HEAD_BYTES = 16 * 1024,
    LIMIT_HEADERS = 64,
    LIMIT_URL_BYTES = 4 * 1024,
    LIMIT_BODY_BYTES = 64 * 1024,
    LIMIT_PHOTO_BODY_BYTES = 21 * 1024 * 1024,
    LIMIT_RECORDING_BODY_BYTES = 101 * 1024 * 1024,
    LIMIT_BODIES_IN_FLIGHT_BYTES = 128 * 1024 * 1024, /* beyond: 503 */
    LIMIT_SPOOLED_WEIGHT = 4, /* of what goes to the disk while it comes, a quarter counts there */
    LIMIT_PARTS = 200,
    LIMIT_PART_HEAD_BYTES = 1024,
    LIMIT_FORM_FIELDS = 200,
    LIMIT_JSON_DEPTH = 16,
    LIMIT_CONNECTIONS_PER_ADDRESS = 100,

    LIMIT_WORDS = 4000, /* code points of a report */
    LIMIT_PHOTOS = 6,
    LIMIT_PROOF_TEXT = 300, /* what a phone reads from a QR code */
    LIMIT_PHOTO_BYTES = 20 * 1024 * 1024,
    LIMIT_RECORDING_BYTES = 100 * 1024 * 1024,
    LIMIT_PIXELS = 64 * 1000 * 1000,

    LIMIT_WRITE_QUEUE = 4096,
    LIMIT_CONFLICT_TRIES = 3,
    LIMIT_QUERY = 60,        /* code points of a search */
    LIMIT_CANDIDATES = 300,  /* cases that one search for words opens */
    LIMIT_SEARCH_LOOKS = 1500, /* cases that it asks the filter about */
    LIMIT_SEARCH_NOTES = 40,  /* cases of which it opens the notes */
    LIMIT_SEARCH_WINDOW = 100, /* hits that it puts in order of how well they fit */
    LIMIT_LIST_COUNT = 1000, /* lists say "1000+" beyond */
    LIMIT_PAGE_ROWS = 100,

    LIMIT_WORKBOOK_BYTES = 20 * 1024 * 1024, /* as uploaded */
    LIMIT_WORKBOOK_ENTRIES = 300,            /* files inside a ZIP */
    LIMIT_WORKBOOK_ENTRY_BYTES = 24 * 1024 * 1024,
    LIMIT_WORKBOOK_UNPACKED_BYTES = 64 * 1024 * 1024,
    LIMIT_WORKBOOK_RATIO = 200, /* unpacked : packed, for entries beyond a megabyte */
    LIMIT_WORKBOOK_SHEETS = 60,
    LIMIT_WORKBOOK_ROWS = 20000, /* of a sheet */
    LIMIT_WORKBOOK_COLUMNS = 64,
    LIMIT_WORKBOOK_CELLS = 500 * 1000,
    LIMIT_WORKBOOK_CELL_BYTES = 32000, /* Excel ends at 32,767 characters */
    LIMIT_WORKBOOK_XML_DEPTH = 40,

    LIMIT_LOGIN_FAILURES = 5, /* then 15 minutes (GB/T 22239 8.1.4.1 b) */
};

#endif
