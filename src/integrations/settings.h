/* settings.h — the server's own settings: DIR/shaodao.yaml. Rules of a locality are not here, they are the scheme.
 *
 * The file may be missing: then nothing is mailed. It is read once, when the server starts; a key that nobody knows, a value
 * of the wrong kind and a file that others may read a password from are errors that name the line.
 */
#ifndef INTEGRATIONS_SETTINGS_H
#define INTEGRATIONS_SETTINGS_H

#include "err.h"
#include "str.h"

struct mail_target { /* who is mailed about urgent notices to a post */
    const char *role; /* code; NULL = any post of the organisation */
    const char *org;  /* code; NULL = whatever the organisation */
    const char *address;
};

struct mail_settings {
    const char *url;  /* smtp://host:587, smtps://host:465, file:FOLDER */
    const char *from; /* the sender's address */
    const char *user, *password_file; /* NULL = without login */
    const char *tls;     /* smtp:// only: "required" (default, except to this machine) or "optional" */
    const char *ca_file; /* PEM certificates to trust instead of the system's */
    const struct mail_target *to;
    unsigned n_to;
};

struct map_settings {
    const char *tianditu_key; /* of 天地图, the kind for browsers; NULL = the plain ground */
    const char *approval;     /* 审图号, shown on the map */
};

struct settings {
    const char *base_url; /* https://example.org/zhzf, without a slash at the end; NULL when not set */
    const struct mail_settings *mail; /* NULL = nothing is mailed */
    const struct map_settings *map;
};

/* Never NULL but on error. settings_free accepts NULL. */
struct settings *settings_load(const char *dir, struct err *err);
struct settings *settings_parse(struct str yaml, const char *file_name, struct err *err);
void settings_free(struct settings *s);

/* "a/b" below dir, "/a/b" as it is; into out, cut when too long. */
void settings_path(char *out, size_t n, const char *dir, const char *path);

#endif
