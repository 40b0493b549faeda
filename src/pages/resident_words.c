/* The step of words and photos. Without scripts each photo goes with its own press of a button and comes back here. */
#include "files_page.h"
#include "limits.h"
#include "resident_report.html.h"

enum { WORDS_MIN = 10, WORDS_MAX = 500, ANSWER_MAX = 100 };

static size_t
letters(struct str s)
{
    size_t n = utf8_count(s);
    for (size_t i = 0; i < s.n; i++)
        n -= s.p[i] == '\r';
    return n;
}

static void
fill_questions(struct request *req, struct words_view *v, const struct params *from)
{
    const struct item *it = draft_item(visit_of(req), &v->s.d, NULL);
    struct question *rows = arena_array(req->arena, struct question, QUESTIONS_MAX);
    size_t n = 0;
    for (; it && n < it->questions.n && n < QUESTIONS_MAX; n++) {
        rows[n] = (struct question){.name = {'a', (char)('0' + n)}, .text = it->questions.p[n]};
        rows[n].answer = params_get(from, rows[n].name);
    }
    v->questions.p = rows;
    v->questions.n = n;
}

static void
fill_shots(struct request *req, struct words_view *v, const struct params *from)
{
    struct shot *rows = arena_array(req->arena, struct shot, LIMIT_PHOTOS);
    size_t n = 0, at = 0;
    struct str id;
    while (n < LIMIT_PHOTOS && params_each(from, "file_id", &at, &id))
        if (id.n) {
            rows[n] = (struct shot){id, n + 1};
            n++;
        }
    v->shots.p = rows;
    v->shots.n = n;
}

static void
words_show(struct request *req, struct response *res, struct words_view *v, const struct params *from)
{
    v->words = params_get(from, "words");
    if (!v->words.n && from == &v->s.d.p)
        v->words = draft_get(&v->s.d, "q");
    fill_questions(req, v, from);
    fill_shots(req, v, from);
    page_resident_words(&res->body, v);
}

void
resident_words(struct request *req, struct response *res)
{
    struct words_view v = {0};
    if (step_begin(req, res, &v.s, 3, "拍照和描述"))
        words_show(req, res, &v, &v.s.d.p);
}

static bool
words_ok(const struct params *in, struct err *err)
{
    struct str words = params_get(in, "words");
    size_t n = letters(words);
    if (n < WORDS_MIN)
        err_field(err, "words", words.n ? "请再写几个字：什么时候、什么情况，至少 10 个字。"
                                        : "请写清楚是什么问题，至少 10 个字。");
    if (n > WORDS_MAX)
        err_field(err, "words", "描述最多 500 个字，现在是 %zu 个，请缩短。", n);
    static const char *const names[QUESTIONS_MAX] = {"a0", "a1", "a2"};
    for (int i = 0; i < QUESTIONS_MAX; i++)
        if (letters(params_get(in, names[i])) > ANSWER_MAX)
            err_field(err, names[i], "这个回答最多 100 个字，请缩短；详细情况写在描述里。");
    return err->kind == ERR_NONE;
}

/* Everything that was sent goes into the draft, right or wrong: nothing typed is lost. */
static void
words_take(struct request *req, struct draft *d)
{
    struct str dropped = params_get(&req->form, "drop"), id;
    draft_set(req, d, "words", utf8_prefix(params_get(&req->form, "words"), LIMIT_WORDS));
    for (int i = 0; i < QUESTIONS_MAX; i++) {
        const char *name = arena_printf(req->arena, "a%d", i);
        draft_set(req, d, name, utf8_prefix(params_get(&req->form, name), 2 * ANSWER_MAX));
    }
    draft_set(req, d, "file_id", STR(""));
    size_t at = 0, n = 0;
    int64_t number;
    while (n < LIMIT_PHOTOS && params_each(&req->form, "file_id", &at, &id))
        if (str_int(id, &number) && number > 0 && !str_eq(id, dropped)) {
            draft_add(req, d, "file_id", id);
            n++;
        }
}

static void
words_again(struct request *req, struct response *res, struct words_view *v, const struct err *err)
{
    v->s.r.err = err;
    v->s.emergency = suggest_emergency(visit_of(req)->area->scheme, draft_get(&v->s.d, "words"));
    step_frame(req, res, &v->s, 3, "拍照和描述", "where");
    words_show(req, res, v, &v->s.d.p);
}

/* After the photos: stay on the page when one was only added or taken out, else check and go on. */
static void
words_finish(struct request *req, struct response *res, struct words_view *v)
{
    bool stays = params_has(&req->form, "more") || params_has(&req->form, "drop");
    struct err err = {0};
    if (stays)
        draft_save(req, res, &v->s.d, step_path(req, v->s.r.place, "words"));
    else if (words_ok(&v->s.d.p, &err))
        step_next(req, res, &v->s);
    else
        words_again(req, res, v, &err);
}

struct taking {
    struct words_view v;
    size_t next; /* upload */
};

static void take_photos(struct request *req, struct response *res, struct taking *t);

static void
photo_taken(struct request *req, struct response *res, struct stored_file *f)
{
    struct taking *t = f->more;
    if (f->err.kind) {
        struct err err = {0};
        err_field(&err, "file", "%s", f->err.message);
        words_again(req, res, &t->v, &err);
        return;
    }
    draft_add(req, &t->v.s.d, "file_id", str_of(arena_printf(req->arena, "%lld", (long long)f->k.id)));
    take_photos(req, res, t);
}

static void
take_photos(struct request *req, struct response *res, struct taking *t)
{
    const int64_t *ids;
    const struct upload *u = file_sent(req, t->next++);
    if (!u) {
        words_finish(req, res, &t->v);
        return;
    }
    if (draft_files(req, &t->v.s.d, &ids) == LIMIT_PHOTOS) {
        struct err err = {0};
        err_field(&err, "file", "最多 %d 张照片。想换一张的，请先移除一张。", LIMIT_PHOTOS);
        words_again(req, res, &t->v, &err);
        return;
    }
    file_store(req, res, u, STR(""), false, photo_taken, t);
}

void
resident_post_words(struct request *req, struct response *res)
{
    struct taking *t = arena_new_of(req->arena, struct taking);
    if (!step_sent(req, res, &t->v.s))
        return;
    words_take(req, &t->v.s.d);
    take_photos(req, res, t);
}
