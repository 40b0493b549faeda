/* EXIF is a TIFF file inside the photo: a header, then directories of 12-byte entries that point anywhere. Every offset
 * comes from a stranger, so all reading goes through the three functions that know the bounds, and no directory is
 * followed from within another of its kind. */
#include <math.h>

#include "image_parts.h"

struct tiff {
    const uint8_t *p;
    size_t n;
    bool big; /* byte order */
};

struct entry {
    uint32_t tag, type, count;
    size_t at; /* where the value lies */
};

enum { TYPE_ASCII = 2, TYPE_SHORT = 3, TYPE_LONG = 4, TYPE_RATIONAL = 5, ENTRY_BYTES = 12, ENTRIES_MAX = 512 };

enum {
    TAG_ORIENTATION = 0x0112,
    TAG_EXIF = 0x8769,
    TAG_GPS = 0x8825,
    TAG_TAKEN = 0x9003,
    TAG_LAT_REF = 1,
    TAG_LAT = 2,
    TAG_LON_REF = 3,
    TAG_LON = 4,
};

static bool
inside(const struct tiff *t, size_t at, size_t n)
{
    return at <= t->n && n <= t->n - at;
}

/* Numbers outside are 0. */
static uint32_t
u16(const struct tiff *t, size_t at)
{
    if (!inside(t, at, 2))
        return 0;
    const uint8_t *p = t->p + at;
    return t->big ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}

static uint32_t
u32(const struct tiff *t, size_t at)
{
    if (!inside(t, at, 4))
        return 0;
    return t->big ? u16(t, at) << 16 | u16(t, at + 2) : u16(t, at + 2) << 16 | u16(t, at);
}

static size_t
type_bytes(uint32_t type)
{
    return type == TYPE_ASCII ? 1 : type == TYPE_SHORT ? 2 : type == TYPE_LONG ? 4 : type == TYPE_RATIONAL ? 8 : 0;
}

/* Finds a tag with the expected type and at least `count` values, all of them inside. */
static bool
find(const struct tiff *t, size_t directory, uint32_t tag, uint32_t type, uint32_t count, struct entry *e)
{
    uint32_t entries = u16(t, directory);
    if (entries > ENTRIES_MAX)
        entries = ENTRIES_MAX;
    for (uint32_t i = 0; i < entries; i++) {
        size_t at = directory + 2 + (size_t)i * ENTRY_BYTES;
        if (!inside(t, at, ENTRY_BYTES))
            return false;
        *e = (struct entry){u16(t, at), u16(t, at + 2), u32(t, at + 4), at + 8};
        if (e->tag != tag)
            continue;
        uint64_t bytes = (uint64_t)e->count * type_bytes(e->type);
        if (bytes > 4)
            e->at = u32(t, at + 8);
        return e->type == type && e->count >= count && bytes <= t->n && inside(t, e->at, (size_t)bytes);
    }
    return false;
}

static bool
rational(const struct tiff *t, size_t at, double *out)
{
    uint32_t over = u32(t, at), under = u32(t, at + 4);
    *out = under ? (double)over / under : 0;
    return under != 0 || over == 0; /* some cameras write 0/0 for "no seconds" */
}

/* Degrees, minutes, seconds and a letter for the half of the globe, as millionths of a degree. */
static bool
coordinate(const struct tiff *t, size_t directory, uint32_t tag_ref, uint32_t tag, const char *halves, int limit,
           int32_t *out)
{
    struct entry ref, value;
    if (!find(t, directory, tag_ref, TYPE_ASCII, 1, &ref) || !find(t, directory, tag, TYPE_RATIONAL, 3, &value))
        return false;
    uint8_t half = t->p[ref.at];
    double degrees, minutes, seconds;
    if ((half != halves[0] && half != halves[1]) || !rational(t, value.at, &degrees) ||
        !rational(t, value.at + 8, &minutes) || !rational(t, value.at + 16, &seconds))
        return false;
    double all = degrees + minutes / 60 + seconds / 3600;
    if (!(all <= limit) || minutes >= 100 || seconds >= 100) /* 60 and a little occurs by rounding */
        return false;
    *out = (int32_t)lround(all * 1e6) * (half == halves[1] ? -1 : 1);
    return true;
}

static void
position(const struct tiff *t, size_t directory, struct exif *out)
{
    out->has_gps = coordinate(t, directory, TAG_LAT_REF, TAG_LAT, "NS", 90, &out->lat_e6) &&
                   coordinate(t, directory, TAG_LON_REF, TAG_LON, "EW", 180, &out->lon_e6) &&
                   (out->lat_e6 != 0 || out->lon_e6 != 0); /* 0, 0 is a camera without a fix */
    if (!out->has_gps)
        out->lat_e6 = out->lon_e6 = 0;
}

static bool
digits(const char *p, int n, int min, int max)
{
    int v = 0;
    for (int i = 0; i < n; i++) {
        if (p[i] < '0' || p[i] > '9')
            return false;
        v = v * 10 + (p[i] - '0');
    }
    return v >= min && v <= max;
}

/* "2026:04:21 09:05:33" → "2026-04-21 09:05:33" */
static void
taken(const struct tiff *t, size_t directory, char out[20])
{
    enum { N = 19 };
    struct entry e;
    if (!find(t, directory, TAG_TAKEN, TYPE_ASCII, N, &e))
        return;
    char s[N + 1] = {0};
    memcpy(s, t->p + e.at, N);
    bool ok = digits(s, 4, 1990, 2200) && digits(s + 5, 2, 1, 12) && digits(s + 8, 2, 1, 31) &&
              digits(s + 11, 2, 0, 23) && digits(s + 14, 2, 0, 59) && digits(s + 17, 2, 0, 60);
    if (!ok)
        return;
    s[4] = s[7] = '-';
    s[10] = ' ';
    s[13] = s[16] = ':';
    memcpy(out, s, N + 1);
}

void
exif_parse(struct str block, struct exif *out)
{
    *out = (struct exif){.orientation = 1};
    struct tiff t = {(const uint8_t *)block.p, block.n, false};
    struct entry e;
    if (block.n < 8)
        return;
    t.big = t.p[0] == 'M';
    if (t.p[0] != t.p[1] || (t.p[0] != 'M' && t.p[0] != 'I') || u16(&t, 2) != 42)
        return;
    size_t first = u32(&t, 4);
    if (find(&t, first, TAG_ORIENTATION, TYPE_SHORT, 1, &e)) {
        uint32_t v = u16(&t, e.at);
        out->orientation = v >= 1 && v <= 8 ? (int)v : 1;
    }
    if (find(&t, first, TAG_EXIF, TYPE_LONG, 1, &e))
        taken(&t, u32(&t, e.at), out->taken);
    if (find(&t, first, TAG_GPS, TYPE_LONG, 1, &e))
        position(&t, u32(&t, e.at), out);
}
