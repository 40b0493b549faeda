#include "router.h"

struct node {
    struct str literal;
    struct node **literals; /* sorted after compiling */
    size_t n_literals;
    struct node *param, *rest;
    const struct route **routes; /* that end here */
    size_t n_routes;
};

struct router {
    struct arena *arena;
    struct node root;
};

static int
by_literal(const void *a, const void *b)
{
    return str_cmp((*(struct node *const *)a)->literal, (*(struct node *const *)b)->literal);
}

static struct node *
find_literal(const struct node *node, struct str literal)
{
    size_t low = 0, high = node->n_literals;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int c = str_cmp(literal, node->literals[mid]->literal);
        if (c == 0)
            return node->literals[mid];
        if (c < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return NULL;
}

static void *
grown(struct arena *a, const void *old, size_t n, size_t size)
{
    void *p = arena_alloc(a, (n + 1) * size);
    if (n)
        memcpy(p, old, n * size);
    return p;
}

static struct node *
literal_child(struct arena *a, struct node *node, struct str literal)
{
    struct node *child = find_literal(node, literal);
    if (child)
        return child;
    child = arena_new_of(a, struct node);
    child->literal = literal;
    node->literals = grown(a, node->literals, node->n_literals, sizeof *node->literals);
    node->literals[node->n_literals++] = child;
    qsort(node->literals, node->n_literals, sizeof *node->literals, by_literal);
    return child;
}

static struct node *
single_child(struct arena *a, struct node **child)
{
    if (!*child)
        *child = arena_new_of(a, struct node);
    return *child;
}

/* Cuts the next segment off a path without its leading slash: "a/b" gives a and b; "" and "a/" end in an empty one. */
static bool
cut_segment(struct str *path, bool *has_more, struct str *segment)
{
    if (!*has_more)
        return false;
    const char *slash = path->n ? memchr(path->p, '/', path->n) : NULL;
    *has_more = slash != NULL;
    size_t n = slash ? (size_t)(slash - path->p) : path->n;
    *segment = str_slice(*path, 0, n);
    *path = str_slice(*path, n + 1, path->n);
    return true;
}

static bool
add_route(struct router *r, const struct route *route, struct err *err)
{
    struct str path = str_of(route->pattern), segment;
    if (!path.n || path.p[0] != '/' || !route->handle || !route->access || !route->methods)
        return err_set(err, ERR_INTERNAL, "route \"%s\" needs a path, methods, access and a handler", route->pattern);
    struct node *node = &r->root;
    int n_vars = 0;
    path = str_slice(path, 1, path.n);
    for (bool has_more = true; cut_segment(&path, &has_more, &segment);) {
        char kind = segment.n ? segment.p[0] : 0;
        if ((kind == ':' || kind == '*') && (++n_vars > ROUTE_VARS || (kind == '*' && has_more)))
            return err_set(err, ERR_INTERNAL, "route \"%s\": too many variables, or *rest is not last", route->pattern);
        node = kind == ':'   ? single_child(r->arena, &node->param)
               : kind == '*' ? single_child(r->arena, &node->rest)
                             : literal_child(r->arena, node, segment);
    }
    for (size_t i = 0; i < node->n_routes; i++)
        if (node->routes[i]->methods & route->methods)
            return err_set(err, ERR_INTERNAL, "route \"%s\" is there twice", route->pattern);
    node->routes = grown(r->arena, node->routes, node->n_routes, sizeof *node->routes);
    node->routes[node->n_routes++] = route;
    return true;
}

struct router *
router_new(const struct route *routes, size_t n, struct err *err)
{
    struct arena *arena = arena_new();
    struct router *r = arena_new_of(arena, struct router);
    r->arena = arena;
    for (size_t i = 0; i < n; i++)
        if (!add_route(r, &routes[i], err)) {
            arena_free(arena);
            return NULL;
        }
    return r;
}

void
router_free(struct router *r)
{
    if (r)
        arena_free(r->arena);
}

/* Takes the route of this node that serves the method, and notes which methods there are. */
static bool
take(const struct node *node, enum method method, struct match *m)
{
    for (size_t i = 0; i < node->n_routes; i++) {
        m->allowed |= node->routes[i]->methods;
        if (node->routes[i]->methods & method) {
            m->route = node->routes[i];
            return true;
        }
    }
    return false;
}

/* Never deeper than the longest pattern, however long the path is. */
static bool
walk(const struct node *node, enum method method, struct str path, bool has_more, struct match *m)
{
    struct str whole = path, segment;
    if (!cut_segment(&path, &has_more, &segment))
        return take(node, method, m);
    const struct node *child = find_literal(node, segment);
    if (child && walk(child, method, path, has_more, m))
        return true;
    if (node->param && segment.n) {
        m->vars[m->n_vars++] = segment;
        if (walk(node->param, method, path, has_more, m))
            return true;
        m->n_vars--;
    }
    if (node->rest && whole.n) {
        m->vars[m->n_vars++] = whole;
        if (take(node->rest, method, m))
            return true;
        m->n_vars--;
    }
    return false;
}

void
router_match(const struct router *r, enum method method, struct str path, struct match *out)
{
    *out = (struct match){0};
    if (path.n && path.p[0] == '/')
        walk(&r->root, method, str_slice(path, 1, path.n), true, out);
}
