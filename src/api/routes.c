/* REST v1, a row per resource and method. Who may is said here; what he may on a case is said by core/command_table.c. */
#include "api.h"

#define WRITES (ROUTE_NO_CSRF)

const struct route api_routes[] = {
    {HTTP_GET, "/api/openapi.json", ACCESS_PUBLIC, NULL, 0, 0, api_openapi},
    {HTTP_POST, API "/cases", ACCESS_PUBLIC, new_case_fields, N_NEW_CASE_FIELDS, WRITES, api_post_case},
    {HTTP_GET, API "/cases", ACCESS_STAFF, NULL, 0, 0, api_cases},
    {HTTP_GET, API "/cases/:no", ACCESS_PUBLIC, NULL, 0, 0, api_case},
    {HTTP_POST, API "/cases/:no/actions/:action", ACCESS_PUBLIC, NULL, 0, WRITES, api_post_action},
    {HTTP_POST, API "/cases/:no/undo", ACCESS_STAFF, NULL, 0, WRITES, api_post_undo},
    {HTTP_POST, API "/cases/:no/contact", ACCESS_STAFF, NULL, 0, WRITES, api_post_contact},
    {HTTP_PUT | HTTP_DELETE, API "/cases/:no/watch", ACCESS_STAFF, NULL, 0, WRITES, api_put_watch},
    {HTTP_POST, API "/cases/:no/follow", ACCESS_STAFF, NULL, 0, WRITES, api_post_follow},
    {HTTP_POST, API "/files", ACCESS_PUBLIC, NULL, 0, ROUTE_BODY_FILE | ROUTE_SPOOL | WRITES, api_post_file},
    {HTTP_GET, API "/files/:id/:variant", ACCESS_PUBLIC, NULL, 0, 0, api_file},
    {HTTP_PUT | HTTP_DELETE, API "/files/:id/public", ACCESS_STAFF, NULL, 0, WRITES, api_put_public},
    {HTTP_POST, API "/complaints", ACCESS_PUBLIC, complaint_fields, N_COMPLAINT_FIELDS, WRITES, api_post_complaint},
    {HTTP_GET, API "/complaints", ACCESS_STAFF, NULL, 0, 0, api_complaints},
    {HTTP_GET, API "/complaints/:id", ACCESS_STAFF, NULL, 0, 0, api_complaint},
    {HTTP_POST, API "/complaints/:id/answer", ACCESS_STAFF, NULL, 0, WRITES, api_post_complaint_answer},
    {HTTP_GET, API "/notices", ACCESS_STAFF, NULL, 0, 0, api_notices},
    {HTTP_POST, API "/sweeps", ACCESS_STAFF, NULL, 0, WRITES, api_post_sweep},
    {HTTP_POST, API "/handovers", ACCESS_STAFF, NULL, 0, WRITES, api_post_handover},
    {HTTP_GET, API "/duties", ACCESS_STAFF, NULL, 0, 0, api_duties},
    {HTTP_GET, API "/schemes/current", ACCESS_PUBLIC, NULL, 0, 0, api_scheme},
    {HTTP_GET, API "/places", ACCESS_PUBLIC, NULL, 0, 0, api_places},
    {HTTP_GET, API "/items", ACCESS_PUBLIC, NULL, 0, 0, api_items},
    {HTTP_GET, API "/orgs", ACCESS_PUBLIC, NULL, 0, 0, api_orgs},
    {HTTP_GET, API "/figures", ROLES_BUSINESS, NULL, 0, 0, api_figures},
    {HTTP_GET, API "/figures/:name", ROLES_BUSINESS, NULL, 0, 0, api_figure},
    {HTTP_GET, API "/me", ACCESS_PUBLIC, NULL, 0, 0, api_me},
};
const size_t n_api_routes = sizeof api_routes / sizeof *api_routes;
