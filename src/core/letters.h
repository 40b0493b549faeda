/* letters.h — inside core only: which characters make words. */
#ifndef CORE_LETTERS_H
#define CORE_LETTERS_H

#include <stdbool.h>
#include <stdint.h>

/* Full-width ASCII becomes ASCII, capitals become small. */
static inline uint32_t
letter_fold(uint32_t c)
{
    if (c >= 0xFF01 && c <= 0xFF5E)
        c -= 0xFEE0;
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

/* Unified ideographs with all extensions, compatibility forms, 々 and 〇. */
static inline bool
letter_is_han(uint32_t c)
{
    return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x323AF) ||
           (c >= 0xF900 && c <= 0xFAFF) || c == 0x3005 || c == 0x3007;
}

/* Of folded characters. */
static inline bool
letter_is_ascii(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

#endif
