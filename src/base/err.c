#include "err.h"

#include <stdarg.h>
#include <stdio.h>

static const struct {
    int status, exit_code;
} kinds[ERR_KIND_COUNT] = {
    [ERR_NONE] = {200, 0},         [ERR_USAGE] = {400, 2},     [ERR_LOGIN] = {401, 1},    [ERR_FORBIDDEN] = {403, 1},
    [ERR_NOT_FOUND] = {404, 1},    [ERR_CONFLICT] = {409, 1},  [ERR_GONE] = {410, 1},     [ERR_PRECONDITION] = {412, 1},
    [ERR_TOO_LARGE] = {413, 1},    [ERR_MEDIA] = {415, 1},     [ERR_FIELDS] = {422, 1},   [ERR_RATE] = {429, 1},
    [ERR_UNLAWFUL] = {451, 1},     [ERR_BUSY] = {503, 1},      [ERR_UNKNOWN] = {503, 1},  [ERR_INTERNAL] = {500, 1},
};

#define FORMAT_INTO(where)                                                                                             \
    do {                                                                                                               \
        va_list ap;                                                                                                    \
        va_start(ap, fmt);                                                                                             \
        vsnprintf((where), sizeof(where), fmt, ap);                                                                    \
        va_end(ap);                                                                                                    \
    } while (0)

bool
err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
{
    if (!err)
        return false;
    err->kind = kind;
    FORMAT_INTO(err->message);
    return false;
}

bool
err_detail(struct err *err, const char *fmt, ...)
{
    if (!err)
        return false;
    FORMAT_INTO(err->detail);
    return false;
}

bool
err_field(struct err *err, const char *field, const char *fmt, ...)
{
    if (!err)
        return false;
    if (err->kind == ERR_NONE) {
        err->kind = ERR_FIELDS;
        snprintf(err->message, sizeof err->message, "有内容需要修改。");
    }
    if (err->n_fields == ERR_FIELDS_MAX)
        return false;
    struct field_err *f = &err->fields[err->n_fields++];
    snprintf(f->field, sizeof f->field, "%s", field);
    FORMAT_INTO(f->message);
    return false;
}

bool
err_unlawful(struct err *err, const char *article, const char *fmt, ...)
{
    if (!err)
        return false;
    err->kind = ERR_UNLAWFUL;
    snprintf(err->article, sizeof err->article, "%s", article);
    FORMAT_INTO(err->message);
    return false;
}

int
err_status(enum err_kind kind)
{
    return kinds[kind].status;
}

int
err_exit(enum err_kind kind)
{
    return kinds[kind].exit_code;
}
