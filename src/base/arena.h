/* arena.h — memory with a lifetime: process, request, job or scratch.
 *
 * Everything allocated from an arena is released together. Running out of memory ends the process with
 * one clear line: transactions make that safe and the limits on input make it rare.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a); /* runs the endings, newest first; accepts NULL */
void arena_reset(struct arena *a); /* like free, keeps one block for reuse */

/* Zeroed memory, aligned for any type; never NULL. */
void *arena_alloc(struct arena *a, size_t n);
#define arena_new_of(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define arena_array(a, type, n) ((type *)arena_alloc((a), sizeof(type) * (size_t)(n)))

char *arena_dup(struct arena *a, const char *p, size_t n); /* NUL-terminated copy */
const char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
size_t arena_used(const struct arena *a);

/* Registers an ending (close a file, finish a statement): runs when the arena ends, on every path. */
void arena_on_end(struct arena *a, void (*end)(void *), void *what);

/* malloc family that ends the process on failure; released with free(). */
void *xmalloc(size_t n);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n);
char *xstrdup(const char *s);

#endif
