#include "cmd.h"

#include <curl/curl.h>

int
cmd_help(struct args *a)
{
    (void)a;
    puts(in_tongue("哨到：社区吹哨，部门报到。\n\n先试试：\n  shaodao demo data --scheme huichang\n  shaodao serve data\n\n命令：",
                   "Shaodao: the community whistles, the department arrives.\n\nTry it:\n  shaodao demo data --scheme huichang\n"
                   "  shaodao serve data\n\nCommands:"));
    for (size_t i = 0; i < n_cmds; i++)
        printf("  shaodao %s%s%s %s\n      %s\n", cmds[i].noun, cmds[i].verb ? " " : "", cmds[i].verb ? cmds[i].verb : "",
               cmds[i].usage, in_tongue(cmds[i].zh, cmds[i].en));
    return 0;
}

int
cmd_version(struct args *a)
{
    (void)a;
    printf("shaodao %s\n", shaodao_version);
    return 0;
}

static size_t
swallow(char *p, size_t size, size_t n, void *ctx)
{
    (void)p, (void)ctx;
    return size * n;
}

static int
ask_url(const char *url)
{
    CURL *c = curl_easy_init();
    if (!c)
        return 1;
    char full[1024];
    long status = 0;
    snprintf(full, sizeof full, "%s/readyz", url);
    curl_easy_setopt(c, CURLOPT_URL, full);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, 3000L);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, swallow);
    bool ok = curl_easy_perform(c) == CURLE_OK && curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK &&
              status == 200;
    curl_easy_cleanup(c);
    puts(ok ? "ok" : "not ready");
    return ok ? 0 : 1;
}

/* A running server is asked over HTTP; a directory is opened and read. */
int
cmd_health(struct args *a)
{
    if (!opt_rest(a, 1, 1))
        return 2;
    if (strncmp(a->argv[0], "http", 4) == 0)
        return ask_url(a->argv[0]);
    struct err err = {0};
    struct app *app = app_open(&(struct app_options){.dir = a->argv[0]}, &err);
    if (!app)
        return fail_with(&err);
    app_close(app);
    puts("ok");
    return 0;
}
