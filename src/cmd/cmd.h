/* cmd.h — the command line: one table, one file per command, results to stdout and talk to stderr.
 *
 * A command returns its exit code: 0 fine, 1 failed or problems found, 2 wrong usage (base/err.h knows).
 */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include "app.h"

struct args {
    int argc; /* words after the command's own */
    char **argv;
};

struct cmd {
    const char *noun, *verb; /* verb NULL: the noun alone */
    const char *usage;       /* what follows them */
    const char *zh, *en;     /* one line of help */
    int (*run)(struct args *a);
};
extern const struct cmd cmds[];
extern const size_t n_cmds;

/* Options: `--name value` or `--name=value`, anywhere. Each call takes the option out of args. */
const char *opt_value(struct args *a, const char *name, const char *otherwise);
bool opt_flag(struct args *a, const char *name);
bool opt_rest(struct args *a, int min, int max); /* complains about unknown options and a wrong number of words */

bool says_chinese(void); /* LC_ALL, LC_MESSAGES or LANG begins with zh */
#define in_tongue(zh, en) (says_chinese() ? (zh) : (en)) /* a macro, so that formats are still checked */
extern const char shaodao_version[];
void talk(const char *fmt, ...) __attribute__((format(printf, 1, 2))); /* stderr, with a line end */
int fail_with(const struct err *err); /* prints the message and fields, returns the exit code */
int usage_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A bar on a terminal, a line per tenth elsewhere, nothing for what takes less than half a second. */
struct progress {
    const char *what;
    int64_t all, done, started_ms, drawn_ms, last_tenth;
};
void progress_begin(struct progress *p, const char *what, int64_t all);
void progress_step(struct progress *p, int64_t done);
void progress_end(struct progress *p);

/* Reads a shipped scheme by name (embedded) or a folder of CSV files; csv[i] is the text of tables.p[i]. */
bool scheme_source(struct arena *a, const char *name_or_path, struct tables *tables, struct str **csv,
                   struct scheme_errors *errors, struct err *err);
bool scheme_demo_source(struct arena *a, const char *name_or_path, struct table *out, struct scheme_errors *errors); /* demo.csv; false when there is none */
void print_scheme_errors(const struct scheme_errors *errors);

#define COMMAND(name) int cmd_##name(struct args *a)
COMMAND(serve);
COMMAND(init);
COMMAND(demo);
COMMAND(copy);
COMMAND(scheme_check);
COMMAND(scheme_show);
COMMAND(scheme_export);
COMMAND(scheme_import);
COMMAND(scheme_standards);
COMMAND(scheme_diff);
COMMAND(scheme_publish);
COMMAND(case_list);
COMMAND(case_show);
COMMAND(case_import);
COMMAND(case_export);
COMMAND(report);
COMMAND(user_add);
COMMAND(user_passwd);
COMMAND(user_token);
COMMAND(user_list);
COMMAND(ledger_replay);
COMMAND(text_classify);
COMMAND(health);
COMMAND(version);
COMMAND(help);

#endif
