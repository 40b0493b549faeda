#include <string.h>

#include "image_worker.h"
#include "str.h"

static const struct {
    const char *type, *ending;
} kinds[MEDIA_KIND_COUNT] = {
    [MEDIA_UNKNOWN] = {"application/octet-stream", "bin"},
    [MEDIA_JPEG] = {"image/jpeg", "jpg"},
    [MEDIA_PNG] = {"image/png", "png"},
    [MEDIA_WEBP] = {"image/webp", "webp"},
    [MEDIA_HEIC] = {"image/heic", "heic"},
    [MEDIA_PDF] = {"application/pdf", "pdf"},
    [MEDIA_MP4] = {"video/mp4", "mp4"},
    [MEDIA_MOV] = {"video/quicktime", "mov"},
    [MEDIA_WEBM] = {"video/webm", "webm"},
    [MEDIA_MP3] = {"audio/mpeg", "mp3"},
    [MEDIA_M4A] = {"audio/mp4", "m4a"},
    [MEDIA_AMR] = {"audio/amr", "amr"},
    [MEDIA_OGG] = {"audio/ogg", "ogg"},
    [MEDIA_WAV] = {"audio/wav", "wav"},
};

const char *
media_type(enum media_kind kind)
{
    return kinds[kind].type;
}

const char *
media_ending(enum media_kind kind)
{
    return kinds[kind].ending;
}

bool
media_is_photo(enum media_kind kind)
{
    return kind == MEDIA_JPEG || kind == MEDIA_PNG || kind == MEDIA_WEBP;
}

/* Bytes that stand at a fixed place. */
static const struct {
    enum media_kind kind;
    size_t at;
    struct str mark;
    size_t at_also; /* 0: no second mark */
    struct str also;
} marks[] = {
    {MEDIA_JPEG, 0, {"\xff\xd8\xff", 3}, 0, {0}}, {MEDIA_PNG, 0, {"\x89PNG\r\n\x1a\n", 8}, 0, {0}},
    {MEDIA_WEBP, 0, {"RIFF", 4}, 8, {"WEBP", 4}}, {MEDIA_WAV, 0, {"RIFF", 4}, 8, {"WAVE", 4}},
    {MEDIA_PDF, 0, {"%PDF-", 5}, 0, {0}},         {MEDIA_AMR, 0, {"#!AMR", 5}, 0, {0}},
    {MEDIA_OGG, 0, {"OggS\0", 5}, 0, {0}},        {MEDIA_MP3, 0, {"ID3", 3}, 0, {0}},
};

static bool
stands_at(struct str s, size_t at, struct str mark)
{
    return s.n >= at + mark.n && memcmp(s.p + at, mark.p, mark.n) == 0;
}

/* ISO base media: size, "ftyp", major brand. Phones record telephone calls and video as 3gp. */
static enum media_kind
by_brand(struct str s)
{
    static const struct {
        enum media_kind kind;
        const char *brand;
    } brands[] = {
        {MEDIA_MOV, "qt  "},  {MEDIA_M4A, "M4A "},  {MEDIA_M4A, "M4B "},  {MEDIA_HEIC, "heic"}, {MEDIA_HEIC, "heix"},
        {MEDIA_HEIC, "heim"}, {MEDIA_HEIC, "heis"}, {MEDIA_HEIC, "hevc"}, {MEDIA_HEIC, "mif1"}, {MEDIA_HEIC, "msf1"},
        {MEDIA_MP4, "isom"},  {MEDIA_MP4, "iso2"},  {MEDIA_MP4, "iso4"},  {MEDIA_MP4, "iso5"},  {MEDIA_MP4, "iso6"},
        {MEDIA_MP4, "mp41"},  {MEDIA_MP4, "mp42"},  {MEDIA_MP4, "avc1"},  {MEDIA_MP4, "M4V "},  {MEDIA_MP4, "MSNV"},
        {MEDIA_MP4, "dash"},  {MEDIA_MP4, "3gp4"},  {MEDIA_MP4, "3gp5"},  {MEDIA_MP4, "3gp6"},  {MEDIA_MP4, "3g2a"},
    };
    for (size_t i = 0; i < sizeof brands / sizeof *brands; i++)
        if (stands_at(s, 8, str_of(brands[i].brand)))
            return brands[i].kind;
    return MEDIA_UNKNOWN;
}

/* An MPEG audio frame: eleven set bits, layer III, and neither a forbidden bit rate nor a forbidden sampling rate. */
static bool
is_mp3_frame(struct str s)
{
    if (s.n < 4)
        return false;
    unsigned b0 = (uint8_t)s.p[0], b1 = (uint8_t)s.p[1], b2 = (uint8_t)s.p[2];
    unsigned version = b1 >> 3 & 3, layer = b1 >> 1 & 3, rate = b2 >> 4, sampling = b2 >> 2 & 3;
    return b0 == 0xFF && b1 >> 5 == 7 && version != 1 && layer == 1 && rate != 0 && rate != 15 && sampling != 3;
}

enum media_kind
media_sniff(const void *bytes, size_t n)
{
    struct str s = {bytes, n < MEDIA_SNIFF_BYTES ? n : MEDIA_SNIFF_BYTES};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (stands_at(s, marks[i].at, marks[i].mark) &&
            (!marks[i].at_also || stands_at(s, marks[i].at_also, marks[i].also)))
            return marks[i].kind;
    if (stands_at(s, 4, STR("ftyp")))
        return by_brand(s);
    if (stands_at(s, 0, STR("\x1a\x45\xdf\xa3")) && str_has(s, STR("\x42\x82\x84webm"))) /* EBML, DocType "webm" */
        return MEDIA_WEBM;
    return is_mp3_frame(s) ? MEDIA_MP3 : MEDIA_UNKNOWN;
}
