/* What scheme check prints of a proof: each property, and the story of a broken one. */
#include "cmd_scheme.h"

#include <time.h>

struct proof_run
prove_now(struct arena *a, const struct scheme *s, const struct registry *r, int32_t day)
{
    struct prove_options o = {.day = day};
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    struct proof *p = scheme_prove(a, s, r, &o);
    clock_gettime(CLOCK_MONOTONIC, &to);
    return (struct proof_run){p, (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9};
}

void
proof_print(const struct proof_run *run)
{
    const struct proof *p = run->proof;
    printf(in_tongue("查过 %zu 种情形、%zu 步，用时 %.2f 秒：%s\n", "%zu situations, %zu steps, %.2f s: %s\n"), p->states,
           p->steps, run->seconds,
           p->ok            ? in_tongue("全部成立", "proved")
           : p->is_complete ? in_tongue("有承诺不成立", "a promise is broken")
                            : in_tongue("情形太多，没有查完，不能算通过", "too many situations: not explored to the end"));
    for (int i = 0; i < PROOF_COUNT; i++) {
        const struct proof_property *q = &p->property[i];
        if (p->is_complete || !q->ok)
            printf("  %s %s（%s）\n", q->ok ? "✓" : "✗", proof_title(i), proof_code(i));
        struct str rest = q->story, line;
        while (!q->ok && str_cut(&rest, '\n', &line))
            printf("      %.*s\n", (int)line.n, line.p);
    }
    for (size_t i = 0; i < p->notes.n; i++)
        talk(in_tongue("说明：%.*s。", "note: %.*s"), (int)p->notes.p[i].n, p->notes.p[i].p);
}

void
proof_json(struct json *j, const struct proof_run *run)
{
    const struct proof *p = run->proof;
    json_put_int(j, "states", (int64_t)p->states);
    json_put_int(j, "steps", (int64_t)p->steps);
    json_key(j, "seconds");
    json_double(j, run->seconds);
    json_put_bool(j, "complete", p->is_complete);
    json_put_array(j, "properties");
    for (int i = 0; i < PROOF_COUNT; i++) {
        json_open_object(j);
        json_put_z(j, "name", proof_code(i));
        json_put_z(j, "title", proof_title(i));
        json_put_bool(j, "ok", p->is_complete && p->property[i].ok);
        if (!p->property[i].ok)
            json_put_str(j, "story", p->property[i].story);
        json_close_object(j);
    }
    json_close_array(j);
    json_put_array(j, "notes");
    for (size_t i = 0; i < p->notes.n; i++)
        json_str(j, p->notes.p[i]);
    json_close_array(j);
}
