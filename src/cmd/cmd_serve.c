/* serve: helpers first, then storage, the duty clock, the courier, and the site; ends cleanly on SIGTERM and SIGINT. */
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "cmd.h"
#include "image_worker.h"
#include "jobs.h"
#include "log.h"
#include "pages.h"
#include "passwords.h"

static bool
start_helpers(const char *dir, struct pw_helper **passwords, struct image_pool **images, struct err *err)
{
    struct pw_settings s = {.kind = PW_ARGON2ID};
    if (!pepper_load(dir, s.pepper, err))
        return false;
    *passwords = pw_helper_start(&s, err);
    *images = *passwords ? image_pool_start("/proc/self/exe", err) : NULL;
    return *images != NULL;
}

static int
run_site(struct app *app, const struct http_options *http, struct http_server **server)
{
    struct err err = {0};
    struct jobs *jobs = app_start_thinker(app, &err) ? jobs_start(app, &err) : NULL;
    if (!jobs || !site_start(app, http, server, &err)) {
        jobs_stop(jobs);
        return fail_with(&err);
    }
    if (strncmp(http->listen, "unix:", 5) == 0)
        talk(in_tongue("已就绪：%s", "ready: %s"), http->listen);
    else
        talk(in_tongue("已就绪：http://127.0.0.1:%d%s/", "ready: http://127.0.0.1:%d%s/"), http_port(*server),
             http_base_path(*server));
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    int got = 0;
    while (sigwait(&set, &got) != 0)
        ;
    log_event("stopping", "signal=%d", got);
    http_stop(*server);
    jobs_stop(jobs);
    return 0;
}

int
cmd_serve(struct args *a)
{
    struct http_options http = {.listen = opt_value(a, "--listen", "127.0.0.1:8080"),
                                .base_path = opt_value(a, "--base-path", ""),
                                .insecure_lan = opt_flag(a, "--insecure-lan")};
    const char *clock_file = opt_value(a, "--clock-file", NULL);
    if (!opt_rest(a, 1, 1))
        return 2;
    struct err err = {0};
    struct pw_helper *passwords = NULL;
    struct image_pool *images = NULL;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    http.n_loops = cores < 1 ? 1 : cores > 8 ? 8 : (int)cores;
    sigset_t set; /* blocked before any thread starts, so that only sigwait sees them */
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    if (!crypto_self_test(&err) || !start_helpers(a->argv[0], &passwords, &images, &err))
        return fail_with(&err);
    struct app *app = app_open(&(struct app_options){.dir = a->argv[0], .clock_file = clock_file, .n_readers = http.n_loops,
                                                      .is_writer = true}, &err);
    int code = 1;
    struct http_server *server = NULL;
    if (app) {
        app_set_helpers(app, passwords, images);
        code = run_site(app, &http, &server);
    } else
        fail_with(&err);
    image_pool_quit(images); /* the loops stand still: whoever waits for a photo or a password hears that it will not be */
    pw_helper_quit(passwords);
    if (app)
        app_finish(app); /* what waits is answered through the server, and the answers read: it goes first, the app after */
    http_free(server);
    app_close(app);
    image_pool_stop(images);
    pw_helper_stop(passwords);
    return code;
}
