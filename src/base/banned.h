/* banned.h — calls that have cost others dearly; the build includes this file first everywhere.
 *
 * A deprecation and not a poison, because a poison also hits the headers of the libraries that we include.
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define BANNED(use) __attribute__((deprecated("banned; " use)))

char *strcpy(char *to, const char *from) BANNED("copy with struct buf or memcpy");
char *strcat(char *to, const char *from) BANNED("build with struct buf");
char *strncpy(char *to, const char *from, size_t n) BANNED("copy with struct buf or snprintf");
char *strncat(char *to, const char *from, size_t n) BANNED("build with struct buf");
int sprintf(char *to, const char *fmt, ...) BANNED("use snprintf or buf_printf");
int vsprintf(char *to, const char *fmt, va_list ap) BANNED("use vsnprintf");
char *gets(char *to) BANNED("use fgets");
char *strtok(char *s, const char *separators) BANNED("use str_cut");
int atoi(const char *s) BANNED("use str_int");
long atol(const char *s) BANNED("use str_int");
double atof(const char *s) BANNED("use strtod and look at its end");
struct tm *gmtime(const time_t *t) BANNED("use gmtime_r");
struct tm *localtime(const time_t *t) BANNED("use localtime_r");
char *ctime(const time_t *t) BANNED("use strftime");
char *asctime(const struct tm *tm) BANNED("use strftime");
char *tmpnam(char to[L_tmpnam]) BANNED("use mkstemp");
char *mktemp(char *pattern) BANNED("use mkstemp");

#endif
