/* shaodao.yaml: a schema in C, read by libcyaml; what it says about a mistake becomes one line for a person. */
#include <cyaml/cyaml.h>

#include "mail.h"
#include "scheme.h"

enum { FILE_MAX = 64 * 1024, TARGETS_MAX = 200, SAID_MAX = 256 };

/* As libcyaml fills it; struct settings gives it out unchangeable. The two must be laid out alike. */
struct read_settings {
    char *base_url;
    struct mail_settings *mail;
    struct map_settings *map;
};
_Static_assert(sizeof(struct read_settings) == sizeof(struct settings), "read_settings mirrors settings");

#define TEXT(name, of, max, optional)                                                                                  \
    CYAML_FIELD_STRING_PTR(#name, CYAML_FLAG_POINTER | (optional ? CYAML_FLAG_OPTIONAL : 0), of, name, 1, max)

static const cyaml_schema_field_t target_fields[] = {
    TEXT(role, struct mail_target, 64, true),
    TEXT(org, struct mail_target, 64, true),
    TEXT(address, struct mail_target, 254, false),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t target_value = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct mail_target, target_fields)};

static const cyaml_schema_field_t mail_fields[] = {
    TEXT(url, struct mail_settings, 500, false),
    TEXT(from, struct mail_settings, 254, false),
    TEXT(user, struct mail_settings, 254, true),
    TEXT(password_file, struct mail_settings, 500, true),
    TEXT(tls, struct mail_settings, 16, true),
    TEXT(ca_file, struct mail_settings, 500, true),
    CYAML_FIELD_SEQUENCE_COUNT("to", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct mail_settings, to, n_to, &target_value,
                               0, TARGETS_MAX),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t map_fields[] = {
    TEXT(tianditu_key, struct map_settings, 64, true),
    TEXT(approval, struct map_settings, 64, true),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t settings_fields[] = {
    TEXT(base_url, struct read_settings, 500, true),
    CYAML_FIELD_MAPPING_PTR("mail", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct read_settings, mail, mail_fields),
    CYAML_FIELD_MAPPING_PTR("map", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct read_settings, map, map_fields),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t settings_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct read_settings, settings_fields)};

/* ---- what libcyaml says ---- */

struct said {
    char message[SAID_MAX]; /* the first error */
    int64_t line;           /* of the innermost place in its backtrace */
};

static void
listen_in(cyaml_log_t level, void *ctx, const char *fmt, va_list ap)
{
    struct said *s = ctx;
    char text[SAID_MAX];
    if (level < CYAML_LOG_ERROR)
        return;
    vsnprintf(text, sizeof text, fmt, ap);
    text[strcspn(text, "\n")] = 0;
    const char *line = strstr(text, "(line: ");
    struct str rest = str_of(line ? line + strlen("(line: ") : ""), number;
    if (line && !s->line && str_cut(&rest, ',', &number))
        str_int(number, &s->line);
    if (!line && !s->message[0])
        snprintf(s->message, sizeof s->message, "%s", text);
}

static cyaml_config_t
config_for(struct said *said)
{
    return (cyaml_config_t){.log_fn = listen_in, .log_ctx = said, .log_level = CYAML_LOG_ERROR, .mem_fn = cyaml_mem};
}

/* Where a key or a value stands, whole: libcyaml does not keep it. 0 when it is not found as written. */
static int
line_of(struct str yaml, const char *word)
{
    static const char around[] = " \t\r\"':,{}[]";
    int line = 0;
    size_t n = strlen(word);
    for (struct str rest = yaml, one; str_cut(&rest, '\n', &one);) {
        line++;
        for (size_t i = 0; n && i + n <= one.n; i++)
            if (memcmp(one.p + i, word, n) == 0 && (i == 0 || strchr(around, one.p[i - 1])) &&
                (i + n == one.n || strchr(around, one.p[i + n])))
                return line;
    }
    return 0;
}

/* 'Load: Unexpected key: colour' */
static bool
explain(const struct said *said, cyaml_err_t code, struct str yaml, const char *file, struct err *err)
{
    const char *name = strrchr(said->message, ':');
    name = name && name[1] ? name + 2 : "";
    char where[64] = "";
    int64_t line = code == CYAML_ERR_INVALID_KEY ? line_of(yaml, name) : said->line;
    if (line)
        snprintf(where, sizeof where, " 第 %lld 行", (long long)line);
    err_detail(err, "%s", said->message[0] ? said->message : cyaml_strerror(code));
    if (code == CYAML_ERR_INVALID_KEY)
        return err_set(err, ERR_USAGE, "%s%s：不认识“%s”。", file, where, name);
    if (code == CYAML_ERR_MAPPING_FIELD_MISSING)
        return err_set(err, ERR_USAGE, "%s%s：缺少“%s”。", file, where, name);
    if (strstr(said->message, "already seen"))
        return err_set(err, ERR_USAGE, "%s：“%s”写了两次。", file, name);
    return err_set(err, ERR_USAGE, "%s%s：写法不对。用空格缩进，冒号用英文的并在后面空一格，例如 base_url: https://…", file,
                   where);
}

/* ---- what it cannot know ---- */

struct check {
    struct str yaml;
    const char *file;
    struct err *err;
};

static bool
wrong(const struct check *c, const char *value, const char *what)
{
    return err_set(c->err, ERR_USAGE, "%s 第 %d 行：“%s”%s", c->file, line_of(c->yaml, value), value, what);
}

static bool
check_target(const struct check *c, const struct mail_target *t)
{
    if (!mail_address_ok(str_of(t->address)))
        return wrong(c, t->address, "不是邮件地址。");
    if (t->role && role_find(str_of(t->role)) < 0)
        return wrong(c, t->role, "不是岗位代码，例如 coordinator。");
    return t->role || t->org || wrong(c, t->address, "没有写给哪个岗位：加上 role 或 org。");
}

static bool
check_mail(const struct check *c, const struct settings *s)
{
    const struct mail_settings *m = s->mail;
    struct str url = str_of(m->url);
    if (!str_starts(url, STR("smtp://")) && !str_starts(url, STR("smtps://")) && !str_starts(url, STR("file:")))
        return wrong(c, m->url, "应以 smtp://、smtps:// 或 file: 开头。");
    if (str_has(url, STR("@")))
        return wrong(c, m->url, "里不要写用户名：写在 user 和 password_file。");
    if (!mail_address_ok(str_of(m->from)))
        return wrong(c, m->from, "不是邮件地址。");
    if (m->tls && strcmp(m->tls, "required") != 0 && strcmp(m->tls, "optional") != 0)
        return wrong(c, m->tls, "应为 required 或 optional。");
    if (m->password_file && !m->user)
        return wrong(c, m->password_file, "要和 user 一起写。");
    if (m->n_to && !s->base_url)
        return err_set(c->err, ERR_USAGE, "%s：写了 mail.to 就要写 base_url：邮件里只有一个链接。", c->file);
    for (unsigned i = 0; i < m->n_to; i++)
        if (!check_target(c, &m->to[i]))
            return false;
    return true;
}

static bool
check(const struct check *c, struct read_settings *s)
{
    if (s->base_url) {
        struct str url = str_of(s->base_url);
        if (!str_starts(url, STR("http://")) && !str_starts(url, STR("https://")))
            return wrong(c, s->base_url, "应以 https:// 或 http:// 开头。");
        while (url.n && url.p[url.n - 1] == '/')
            s->base_url[--url.n] = 0;
    }
    for (const char *k = s->map && s->map->tianditu_key ? s->map->tianditu_key : ""; *k; k++)
        if (!strchr("0123456789abcdefABCDEF", *k))
            return wrong(c, s->map->tianditu_key, "不是天地图的密钥：32 位数字和字母 a–f。");
    return !s->mail || check_mail(c, (const struct settings *)s);
}

/* ---- reading ---- */

struct settings *
settings_parse(struct str yaml, const char *file_name, struct err *err)
{
    struct said said = {0};
    struct read_settings *s = NULL;
    cyaml_config_t config = config_for(&said);
    struct str text = str_starts(yaml, STR("\xEF\xBB\xBF")) ? str_slice(yaml, 3, yaml.n) : yaml;
    cyaml_err_t code = cyaml_load_data((const uint8_t *)text.p, text.n, &config, &settings_value, (cyaml_data_t **)&s, NULL);
    if (code != CYAML_OK) {
        explain(&said, code, text, file_name, err);
        return NULL;
    }
    if (!s) /* an empty file, or one of comments only; cyaml_free frees with free() */
        s = xcalloc(1, sizeof *s);
    if (check(&(struct check){text, file_name, err}, s))
        return (struct settings *)s;
    settings_free((struct settings *)s);
    return NULL;
}

struct settings *
settings_load(const char *dir, struct err *err)
{
    char path[4096];
    settings_path(path, sizeof path, dir, "shaodao.yaml");
    FILE *f = fopen(path, "re");
    if (!f)
        return settings_parse(STR(""), path, err);
    char *text = xmalloc(FILE_MAX + 1);
    size_t n = fread(text, 1, FILE_MAX + 1, f);
    bool is_bad = ferror(f);
    fclose(f);
    struct settings *s = NULL;
    if (is_bad || n > FILE_MAX)
        err_set(err, ERR_INTERNAL, "读不了 %s，或它太大。", path);
    else
        s = settings_parse((struct str){text, n}, path, err);
    free(text);
    return s;
}

void
settings_free(struct settings *s)
{
    struct said said = {0};
    cyaml_config_t config = config_for(&said);
    if (s)
        cyaml_free(&config, &settings_value, s, 0);
}

void
settings_path(char *out, size_t n, const char *dir, const char *path)
{
    if (path[0] == '/')
        snprintf(out, n, "%s", path);
    else
        snprintf(out, n, "%s/%s", dir, path);
}
