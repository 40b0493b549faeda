/* People and their posts: who is where, whose certificate runs out, who stands in for whom. */
#include "crypto.h"
#include "posts.h"
#include "staff_registry.h"
#include "staff_registry.html.h"

enum { POSTS_MAX = 64, SOON_DAYS = 60, PAGE_PEOPLE = 50 };

bool
may_change_registry(const struct visit *v)
{
    return caller_has(&v->who, ROLE_BIT(ROLE_COORDINATOR) | ROLE_BIT(ROLE_ADMIN));
}

/* ---- Lines ---- */

/* Both what the certificate says and whether somebody should look at it. */
static const char *
cert_words(struct arena *a, const struct posting *p, int32_t today, bool *is_bad)
{
    if (!p->cert_no.n)
        return NULL;
    struct buf b = {0};
    *is_bad = p->cert_until < today;
    buf_z(&b, *is_bad ? "已过期 " : p->cert_until - today <= SOON_DAYS ? "快到期 " : "有效至 ");
    date_format(&b, p->cert_until);
    if (p->is_guided)
        buf_z(&b, "，要有人带");
    return buf_keep(a, &b).p;
}

static void
person_line_of(const struct visit *v, struct arena *a, const struct person *p, struct person_line *out)
{
    const struct registry *r = v->area->registry;
    const struct posting *posts[ACTOR_POSTINGS_MAX];
    int32_t today = day_of(v->now);
    size_t n = registry_postings(r, p->id, today, posts, ACTOR_POSTINGS_MAX);
    struct buf b = {0};
    *out = (struct person_line){.p = p};
    for (size_t i = 0; i < n; i++) {
        struct str org = org_short(r, posts[i]->org), place = posts[i]->place ? place_name(r, posts[i]->place) : STR("");
        buf_printf(&b, "%s%.*s%s%.*s%s", i ? "；" : "", (int)org.n, org.p, org.n ? " " : "", (int)place.n, place.p,
                   place.n ? " " : "");
        buf_z(&b, role_label(posts[i]->role));
        if (!out->cert || !out->is_cert_bad)
            out->cert = posts[i]->cert_no.n ? cert_words(a, posts[i], today, &out->is_cert_bad) : out->cert;
    }
    out->posts = buf_keep(a, &b).p;
}

static bool
works_at(const struct registry *r, const struct person *p, int32_t org, int32_t place, int32_t today)
{
    const struct posting *posts[ACTOR_POSTINGS_MAX];
    size_t n = registry_postings(r, p->id, today, posts, ACTOR_POSTINGS_MAX);
    for (size_t i = 0; i < n; i++)
        if ((!org || posts[i]->org == org) && (!place || (posts[i]->place && place_within(r, place, posts[i]->place) &&
                                                          registry_place(r, posts[i]->place)->kind >= PLACE_COMMUNITY)))
            return true;
    return !org && !place;
}

struct person_lines
people_of(const struct visit *v, struct arena *a, int32_t org, int32_t place, struct str q, size_t max)
{
    const struct registry *r = v->area->registry;
    struct person_line *out = arena_array(a, struct person_line, r->n_people + 1);
    size_t n = 0;
    for (size_t i = 0; i < r->n_people && n < max; i++) {
        const struct person *p = &r->people[i];
        bool is_wanted = !q.n || str_has(p->name, q) || str_starts(p->username, q);
        if (is_wanted && works_at(r, p, org, place, day_of(v->now)))
            person_line_of(v, a, p, &out[n++]);
    }
    return (struct person_lines){out, n};
}

/* ---- Forms ---- */

static const struct field person_fields[] = {
    {.name = "username", .label = "用户名", .hint = "字母和数字，登录用", .type = FIELD_TEXT, .required = true, .min = 2, .max = 32},
    {.name = "name", .label = "姓名", .type = FIELD_TEXT, .required = true, .max = 20},
    {.name = "phone", .label = "工作电话", .type = FIELD_PHONE},
};
static const struct field posting_fields[] = {
    {.name = "role", .label = "岗位", .type = FIELD_CHOICE, .source = "role", .required = true},
    {.name = "org", .label = "单位", .type = FIELD_CHOICE, .source = "org"},
    {.name = "place", .label = "管哪里", .type = FIELD_CHOICE, .source = "place"},
    {.name = "order", .label = "呼叫顺序", .hint = "1 是第一个，2 是副手；不作联系人、只下沉的往后排", .type = FIELD_INT, .min = 1, .max = 99},
    {.name = "matters", .label = "管什么", .type = FIELD_TEXT, .max = 100},
    {.name = "cert_no", .label = "执法证号", .type = FIELD_TEXT, .max = 40},
    {.name = "cert_until", .label = "执法证有效到", .type = FIELD_DATE},
    {.name = "guided", .label = "还不能独立执法，要有人带", .type = FIELD_BOOL},
};
static const struct field hand_fields[] = {
    {.name = "to", .label = "交给谁（用户名）", .hint = "在人员岗位里查用户名", .type = FIELD_TEXT, .required = true, .max = 32},
    {.name = "until", .label = "代办到哪一天", .hint = "不填就是长期移交", .type = FIELD_DATE},
};
#define N(list) (sizeof list / sizeof *list)

static void
show_people(struct request *req, struct response *res, const struct err *err)
{
    const struct visit *v = visit_of(req);
    struct people_view *view = arena_new_of(req->arena, struct people_view);
    view->q = params_get(&req->args, "q");
    view->org = params_get(&req->args, "org");
    const struct org *org = registry_org_code(v->area->registry, view->org);
    layout_init(req, &view->layout, "人员岗位", "people");
    view->orgs = options_of(v, req->arena, "org", NULL);
    struct person_lines all = people_of(v, req->arena, org ? org->id : 0, 0, view->q, SIZE_MAX);
    size_t from = (size_t)params_int(&req->args, "from", 0);
    from = from < all.n ? from : 0;
    view->n_found = all.n;
    view->people = (struct person_lines){all.p + from, all.n - from < PAGE_PEOPLE ? all.n - from : PAGE_PEOPLE};
    if (from + PAGE_PEOPLE < all.n)
        view->next = query_with(req, "/desk/people", "from", arena_printf(req->arena, "%zu", from + PAGE_PEOPLE));
    view->first = from ? query_with(req, "/desk/people", "from", NULL) : NULL;
    view->may_change = may_change_registry(v);
    form_view_init(&view->form, req, person_fields, N(person_fields),
                   &(struct form_about){.values = err ? &req->form : NULL, .err = err});
    if (err)
        res->status = err_status(err->kind);
    page_people(&res->body, view);
}

void
desk_people(struct request *req, struct response *res)
{
    show_people(req, res, NULL);
}

static void
person_added(struct request *req, struct response *res, struct action *a)
{
    if (a->err.kind) {
        show_people(req, res, &a->err);
        return;
    }
    struct str username = params_get(&req->form, "username");
    flash(req, res, "已添加。请再给他安排岗位，并重设初始密码。");
    response_redirect(req, res, "/desk/people/%.*s", (int)username.n, username.p);
}

void
desk_post_people(struct request *req, struct response *res)
{
    struct err err = {0};
    if (!form_check(person_fields, N(person_fields), &req->form, option_lookup, req, &err)) {
        show_people(req, res, &err);
        return;
    }
    struct change_registry *c = arena_new_of(req->arena, struct change_registry);
    c->kind = REGISTRY_PERSON_ADD;
    c->fields = &req->form;
    page_wait(req, res, &c->base, person_added);
    change_registry(c, visit_of(req)->db);
}

/* ---- One person ---- */

static struct post_lines
posts_of(const struct visit *v, struct arena *a, const struct person *who)
{
    const struct registry *r = v->area->registry;
    struct post_line *out = arena_array(a, struct post_line, POSTS_MAX);
    int32_t today = day_of(v->now);
    size_t n = 0;
    for (size_t i = 0; i < r->n_postings && n < POSTS_MAX; i++) {
        const struct posting *p = &r->postings[i];
        if (p->person != who->id)
            continue;
        struct buf span = {0};
        if (p->from > 0)
            date_format(&span, p->from);
        buf_z(&span, p->to ? " 至 " : p->from > 0 ? " 起" : "在任");
        if (p->to)
            date_format(&span, p->to);
        struct post_line *l = &out[n++];
        *l = (struct post_line){.id = p->id, .role = role_label(p->role), .span = buf_keep(a, &span).p,
                                .org = org_name(r, p->org), .place = p->place ? place_name(r, p->place) : STR(""),
                                .matters = p->matters, .note = p->note, .is_over = !posting_held(p, today),
                                .acting_for = p->acting_for ? person_name(r, p->acting_for) : STR("")};
        struct links links = posting_links(r, p);
        l->street = links.community && links.street != links.home ? org_name(r, links.street) : STR("");
        l->community = links.community && links.community != links.home ? org_name(r, links.community) : STR("");
        l->may_renew = !p->acting_for && !l->is_over && v->person->id != who->id && certificate_may(&v->who, p) &&
                       (p->role == ROLE_OFFICER || p->cert_no.n) && may_change_person(&v->who, who->id, v->now);
        l->is_officer = p->role == ROLE_OFFICER;
        l->is_guided = p->is_guided;
        const char *cert = cert_words(a, p, today, &l->is_cert_bad);
        l->cert = cert;
        l->cert_no = p->cert_no;
    }
    return (struct post_lines){out, n};
}

static bool
may_hand_over(const struct visit *v, const struct person *who)
{
    return v->person == who || v->person->id == who->id ||
           (may_change_person(&v->who, who->id, v->now) &&
            (may_change_registry(v) || caller_has(&v->who, ROLE_BIT(ROLE_DEPARTMENT_HEAD))));
}

static const struct person *
person_of(struct request *req, struct response *res)
{
    const struct person *p = registry_username(visit_of(req)->area->registry, req->vars[0]);
    struct err err = {0};
    if (p)
        return p;
    err_set(&err, ERR_NOT_FOUND, "没有这个人。");
    page_fail(req, res, &err);
    return NULL;
}

static void
show_person(struct request *req, struct response *res, const struct person *who, const char *op, const struct err *err,
            const char *new_password)
{
    const struct visit *v = visit_of(req);
    struct person_view *view = arena_new_of(req->arena, struct person_view);
    struct owner owners[OWNERS_MAX];
    struct err none = {0};
    view->person = who;
    view->op = op;
    view->err = err;
    view->new_password = new_password;
    view->is_self = v->person->id == who->id;
    view->may_change = may_change_registry(v) && may_change_person(&v->who, who->id, v->now);
    view->may_hand_over = may_hand_over(v, who);
    view->posts = posts_of(v, req->arena, who);
    view->is_away = on_leave(v->area->registry, who->id, day_of(v->now));
    view->may_leave = view->is_self || leads_home_unit(&v->who, who->id, day_of(v->now));
    int64_t substitute = substitute_of(v->area->registry, who->id, day_of(v->now));
    view->substitute = substitute ? person_name(v->area->registry, substitute) : STR("");
    size_t n = owners_of(v->area->registry, who->id, day_of(v->now), owners, OWNERS_MAX);
    if (n)
        duties_count(v->db, v->area->id, owners, n, v->now, &view->counts, &none);
    struct params *now = arena_new_of(req->arena, struct params);
    params_add(req->arena, now, STR("username"), who->username);
    params_add(req->arena, now, STR("name"), who->name);
    params_add(req->arena, now, STR("phone"), who->phone);
    struct {
        struct form_view *form;
        const char *op;
        const struct field *fields;
        size_t n;
        const struct params *values;
    } forms[] = {{&view->edit, "edit", person_fields, N(person_fields), now},
                 {&view->post, "post", posting_fields, N(posting_fields), NULL},
                 {&view->hand, "hand", hand_fields, N(hand_fields), NULL}};
    for (size_t i = 0; i < N(forms); i++) {
        bool is_sent = op && err && strcmp(op, forms[i].op) == 0;
        form_view_init(forms[i].form, req, forms[i].fields, forms[i].n,
                       &(struct form_about){.values = is_sent ? &req->form : forms[i].values, .err = is_sent ? err : NULL});
    }
    layout_init(req, &view->layout, str_z(req->arena, who->name), "people");
    if (err)
        res->status = err_status(err->kind);
    page_person(&res->body, view);
}

void
desk_person(struct request *req, struct response *res)
{
    const struct person *who = person_of(req, res);
    if (who)
        show_person(req, res, who, NULL, NULL, NULL);
}

/* ---- Changing one person ---- */

static const char *
op_of(const struct request *req)
{
    static const char *const known[] = {"edit", "post", "end", "disable", "password", "hand"};
    struct str op = params_get(&req->form, "op");
    for (size_t i = 0; i < N(known); i++)
        if (str_is(op, known[i]))
            return known[i];
    return "";
}

static void
person_changed(struct request *req, struct response *res, struct action *a)
{
    const struct person *who = person_of(req, res);
    if (!who)
        return;
    if (a->err.kind) {
        struct err *err = arena_new_of(req->arena, struct err);
        *err = a->err;
        if (strcmp(op_of(req), "end") == 0 && err->n_fields) /* there is no field: say it as a sentence */
            err_set(err, ERR_CONFLICT, "%s", a->err.fields[0].message), err->n_fields = 0;
        show_person(req, res, who, op_of(req), err, NULL);
        return;
    }
    struct str username = strcmp(op_of(req), "edit") == 0 ? params_get(&req->form, "username") : who->username;
    flash(req, res, "已保存。");
    response_redirect(req, res, "/desk/people/%.*s", (int)username.n, username.p);
}

/* A first password: made here, shown once, to be changed at the first login. */
struct resetting {
    struct set_password set; /* first */
    const struct person *who;
    struct parked *parked;
    struct pw_answer answer;
    char password[24];
};

static void
password_reset(struct request *req, struct response *res, struct action *a)
{
    struct resetting *x = (struct resetting *)a;
    show_person(req, res, x->who, "password", a->err.kind ? &a->err : NULL, a->err.kind ? NULL : x->password);
}

static void
reset_hashed(struct request *req, struct response *res, void *arg)
{
    struct resetting *x = arg;
    struct site_visit *sv = site_visit_of(req);
    sv->res = res;
    if (x->answer.failed) {
        struct err *err = arena_new_of(req->arena, struct err);
        err_set(err, ERR_BUSY, "系统正忙，密码没有重设，请稍后再试。");
        show_person(req, res, x->who, "password", err, NULL);
    } else {
        x->set.person = x->who->id;
        x->set.hash = str_of(x->answer.hash);
        x->set.must_change = true;
        page_wait(req, res, &x->set.base, password_reset);
        set_password(&x->set, sv->v.db);
    }
    site_settle(sv, res);
}

static void
reset_answered(const struct pw_answer *answer, void *arg)
{
    struct resetting *x = arg;
    x->answer = *answer;
    http_unpark(x->parked, reset_hashed, x);
}

static void
reset_password(struct request *req, struct response *res, const struct person *who)
{
    static const char letters[] = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789";
    struct resetting *x = arena_new_of(req->arena, struct resetting);
    struct err err = {0};
    uint8_t raw[14];
    crypto_random(raw, sizeof raw);
    for (size_t i = 0; i < sizeof raw; i++)
        x->password[i] = letters[raw[i] % (sizeof letters - 1)];
    memcpy(x->password + sizeof raw, "-7Q", 4); /* every class is there, whatever chance gave */
    x->who = who;
    x->parked = http_park(req, res);
    struct pw_helper *helper = app_passwords(site_app(req));
    if (!helper || !pw_hash_async(helper, str_of(x->password), reset_answered, x, &err)) {
        x->answer = (struct pw_answer){.failed = true};
        http_unpark(x->parked, reset_hashed, x);
    }
}

void
desk_post_person(struct request *req, struct response *res)
{
    const struct person *who = person_of(req, res);
    const char *op = op_of(req);
    struct err *err = arena_new_of(req->arena, struct err);
    if (!who)
        return;
    if (strcmp(op, "password") == 0 && may_change_person(&visit_of(req)->who, who->id, visit_of(req)->now)) {
        reset_password(req, res, who);
        return;
    }
    if (strcmp(op, "password") == 0) {
        err_set(err, ERR_FORBIDDEN, "监督和管理岗位的密码只能由系统管理员重设。");
        show_person(req, res, who, op, err, NULL);
        return;
    }
    struct change_registry *c = arena_new_of(req->arena, struct change_registry);
    c->kind = strcmp(op, "post") == 0      ? REGISTRY_POSTING_ADD
              : strcmp(op, "end") == 0     ? REGISTRY_POSTING_END
              : strcmp(op, "disable") == 0 ? REGISTRY_PERSON_DISABLE
                                           : REGISTRY_PERSON_EDIT;
    c->id = c->kind == REGISTRY_POSTING_END ? params_int(&req->form, "id", 0) : who->id;
    struct params *fields = arena_new_of(req->arena, struct params);
    for (size_t i = 0; i < req->form.n; i++)
        params_add(req->arena, fields, req->form.p[i].name, req->form.p[i].value);
    params_add(req->arena, fields, STR("person"), who->username);
    c->fields = fields;
    bool is_post = c->kind == REGISTRY_POSTING_ADD, is_edit = c->kind == REGISTRY_PERSON_EDIT;
    const struct field *check = is_post ? posting_fields : person_fields;
    if ((is_post || is_edit) &&
        !form_check(check, is_post ? N(posting_fields) : N(person_fields), &req->form, option_lookup, req, err)) {
        show_person(req, res, who, op, err, NULL);
        return;
    }
    page_wait(req, res, &c->base, person_changed);
    change_registry(c, visit_of(req)->db);
}

/* ---- Standing in ---- */

static void
handed(struct request *req, struct response *res, struct action *a)
{
    const struct person *who = person_of(req, res);
    if (!who)
        return;
    if (a->err.kind) {
        show_person(req, res, who, "hand", &a->err, NULL);
        return;
    }
    flash(req, res, "已移交，对方马上能看到这些待办。");
    response_redirect(req, res, "/desk/people/%.*s", (int)who->username.n, who->username.p);
}

void
desk_post_handover(struct request *req, struct response *res)
{
    const struct visit *v = visit_of(req);
    const struct person *who = person_of(req, res);
    struct err *err = arena_new_of(req->arena, struct err);
    if (!who)
        return;
    const struct person *to = registry_username(v->area->registry, params_get(&req->form, "to"));
    struct hand_over *h = arena_new_of(req->arena, struct hand_over);
    int32_t until = 0;
    form_check(hand_fields, N(hand_fields), &req->form, option_lookup, req, err);
    if (!err->kind && !to)
        err_field(err, "to", "没有这个用户名。");
    if (params_has(&req->form, "until"))
        date_parse(params_get(&req->form, "until"), &until);
    if (err->kind) {
        show_person(req, res, who, "hand", err, NULL);
        return;
    }
    h->from = who->id;
    h->to = to->id;
    h->until = until;
    page_wait(req, res, &h->base, handed);
    hand_over(h, v->db);
}
