/* Every address of the console: method, pattern, who may, limits, handler. The case itself decides what more it shows. */
#include "calendar_feed.h"
#include "field.h"
#include "map_page.h"
#include "presence_page.h"
#include "staff_points.h"
#include "scheme_desk.h"
#include "scheme_standards.h"
#include "staff_attendance.h"
#include "staff_calendar.h"
#include "staff_outbox.h"
#include "staff_visit_plan.h"
#include "staff_survey.h"
#include "staff_visits.h"
#include "staff_routines.h"
#include "staff_posts.h"

#define WORK ROLES_BUSINESS
#define REGISTRARS (ROLE_BIT(ROLE_COORDINATOR) | ROLE_BIT(ROLE_ADMIN))
#define R(methods, pattern, access, handler) {methods, pattern, access, NULL, 0, 0, handler}
#define R_FILE(pattern, access, handler) {HTTP_POST, pattern, access, NULL, 0, ROUTE_BODY_FILE | ROUTE_SPOOL, handler}

const struct route staff_routes[] = {
    R(HTTP_GET, "/login", ACCESS_PUBLIC, desk_login),
    {HTTP_POST, "/login", ACCESS_PUBLIC, NULL, 0, ROUTE_SAME_ORIGIN, desk_post_login},
    R(HTTP_POST, "/logout", ACCESS_STAFF, desk_post_logout),
    R(HTTP_GET, "/desk/password", ACCESS_STAFF, desk_password),
    R(HTTP_POST, "/desk/password", ACCESS_STAFF, desk_post_password),

    R(HTTP_GET, "/desk", ACCESS_STAFF, desk_todo),
    R(HTTP_GET, "/desk/batch", WORK, desk_batch),
    R(HTTP_POST, "/desk/batch", WORK, desk_post_batch),
    R(HTTP_GET, "/desk/cases", WORK, desk_cases),
    R(HTTP_GET, "/desk/cases.xlsx", WORK, desk_cases_xlsx),
    R(HTTP_GET, "/desk/cases/:no", WORK, desk_case),
    R(HTTP_GET, "/desk/cases/:no/do/:action", WORK, desk_act),
    R_FILE("/desk/cases/:no/do/:action", WORK, desk_post_act),
    R(HTTP_POST, "/desk/cases/:no/undo", WORK, desk_post_undo),
    R(HTTP_POST, "/desk/cases/:no/watch", WORK, desk_post_watch),
    R(HTTP_POST, "/desk/cases/:no/contact", WORK, desk_post_contact),
    R_FILE("/desk/cases/:no/follow", WORK, desk_post_follow),
    R(HTTP_GET, "/desk/cases/:no/order.html", WORK, desk_order_paper),
    R(HTTP_GET, "/desk/cases/:no/papers/:paper", WORK, desk_paper),
    R(HTTP_GET, "/desk/cases/:no/receipt.html", WORK, desk_receipt_paper),

    R(HTTP_POST, "/desk/files/:id/publish", WORK, desk_post_publish),

    R(HTTP_GET, "/desk/new", WORK, desk_new),
    R_FILE("/desk/new", WORK, desk_post_new),
    R_FILE("/desk/new/hint", WORK, desk_post_new_hint),
    R(HTTP_GET, "/desk/new/:no", WORK, desk_new_done),

    R(HTTP_GET, "/desk/operations", ROLES_SEE_ALL | ROLE_BIT(ROLE_SECTOR_CHIEF), desk_operations),
    R(HTTP_POST, "/desk/operations", ROLE_BIT(ROLE_LEADING_GROUP), desk_post_operations),
    R(HTTP_GET, "/desk/visits", WORK, desk_visits),
    R(HTTP_GET, "/desk/visits/new", WORK, desk_visit_new),
    R_FILE("/desk/visits/new", WORK, desk_post_visit_new),
    R(HTTP_GET, "/desk/visits/near", WORK, desk_visit_near),
    R(HTTP_GET, "/desk/visits/plan", ROLES_PLAN_VISITS, desk_visit_plan),
    R(HTTP_POST, "/desk/visits/plan", ROLES_PLAN_VISITS, desk_post_visit_plan),
    R(HTTP_GET, "/desk/visits/:id", WORK, desk_visit),
    R(HTTP_GET, "/desk/visits/:id/do/:action", WORK, desk_visit_act),
    R_FILE("/desk/visits/:id/do/:action", WORK, desk_post_visit_act),

    R(HTTP_GET, "/desk/survey", WORK, desk_surveys),
    R(HTTP_GET, "/desk/survey.xlsx", WORK, desk_surveys_xlsx),
    R(HTTP_GET, "/desk/survey/new", WORK, desk_survey_new),
    R(HTTP_POST, "/desk/survey/new", WORK, desk_post_survey_new),
    R(HTTP_GET, "/desk/survey/:id", WORK, desk_survey),
    R(HTTP_GET, "/desk/survey/:id/do/:action", WORK, desk_survey_act),
    R(HTTP_POST, "/desk/survey/:id/do/:action", WORK, desk_post_survey_act),
    R(HTTP_GET, "/desk/sweep", ROLE_BIT(ROLE_GRID_CHIEF) | ROLE_BIT(ROLE_GRID_WORKER), desk_sweep),
    R(HTTP_POST, "/desk/sweep", ROLE_BIT(ROLE_GRID_CHIEF) | ROLE_BIT(ROLE_GRID_WORKER), desk_post_sweep),
    R(HTTP_GET, "/desk/service", ROLE_BIT(ROLE_PROPERTY), desk_service),
    R_FILE("/desk/service", ROLE_BIT(ROLE_PROPERTY), desk_post_service),

    R(HTTP_GET, "/m", ACCESS_STAFF, field_page),
    R(HTTP_GET, "/m/*rest", ACCESS_STAFF, field_page),
    R(HTTP_GET, "/m/shell", ACCESS_PUBLIC, field_shell),
    R(HTTP_GET, "/m/sw.js", ACCESS_PUBLIC, field_worker),
    R(HTTP_GET, "/m/manifest.webmanifest", ACCESS_PUBLIC, field_manifest),

    R(HTTP_GET, "/desk/board", ROLES_SEE_ALL, desk_board),
    R(HTTP_GET, "/desk/figures", ROLES_SEE_ALL, desk_figures),
    R(HTTP_GET, "/desk/figures/:name", ROLES_SEE_ALL, desk_figure),

    R(HTTP_GET, "/desk/calendar", WORK, desk_calendar),
    R(HTTP_POST, "/desk/calendar/feed", ACCESS_STAFF, desk_post_calendar_feed),
    R(HTTP_GET, "/desk/attendance", WORK, desk_attendance),
    R(HTTP_GET, "/desk/attendance.xlsx", WORK, desk_attendance_xlsx),
    R(HTTP_POST, "/desk/attendance/sign", ROLES_SIGN_ATTENDANCE, desk_post_attendance_sign),
    R(HTTP_GET, "/desk/routines", WORK, desk_routines),
    R(HTTP_GET, "/desk/routines/:code", WORK, desk_routine),
    R(HTTP_POST, "/desk/routines/:code", WORK, desk_post_routine),

    R(HTTP_GET, "/desk/complaints", ROLE_BIT(ROLE_OVERSIGHT_BODY), desk_complaints),
    R(HTTP_GET, "/desk/complaints/:id", ROLE_BIT(ROLE_OVERSIGHT_BODY), desk_complaint),
    R(HTTP_POST, "/desk/complaints/:id", ROLE_BIT(ROLE_OVERSIGHT_BODY), desk_post_complaint),

    R(HTTP_GET, "/desk/lists", ACCESS_STAFF, desk_lists),
    R(HTTP_GET, "/desk/lists/:item", ACCESS_STAFF, desk_list_item),
    R(HTTP_GET, "/desk/people", ACCESS_STAFF, desk_people),
    R(HTTP_POST, "/desk/people", REGISTRARS, desk_post_people),
    R(HTTP_GET, "/desk/people/:username", ACCESS_STAFF, desk_person),
    R(HTTP_POST, "/desk/people/:username", REGISTRARS, desk_post_person),
    R(HTTP_POST, "/desk/people/:username/handover", ACCESS_STAFF, desk_post_handover),
    R(HTTP_POST, "/desk/people/:username/certificate", ACCESS_STAFF, desk_post_certificate),
    R(HTTP_GET, "/desk/stations", ACCESS_STAFF, desk_stations),
    R(HTTP_GET, "/desk/stations/:code", ACCESS_STAFF, desk_station),
    R(HTTP_POST, "/desk/stations/:code", ACCESS_STAFF, desk_post_station),
    R(HTTP_GET, "/desk/grids", ACCESS_STAFF, desk_grids),
    R(HTTP_GET, "/desk/posts", ACCESS_STAFF, desk_posts),
    R(HTTP_GET, "/desk/rota", WORK, desk_rota),
    R(HTTP_POST, "/desk/rota", WORK, desk_post_rota),
    R(HTTP_GET, "/desk/leave", ACCESS_STAFF, desk_leave),
    R(HTTP_POST, "/desk/leave", ACCESS_STAFF, desk_post_leave),
    R(HTTP_GET, "/cal/:secret", ACCESS_PUBLIC, calendar_feed),
    R(HTTP_GET, "/desk/places", ACCESS_STAFF, desk_places),
    R(HTTP_GET, "/desk/places/:code", ACCESS_STAFF, desk_place),
    R(HTTP_POST, "/desk/places/:code", REGISTRARS, desk_post_place),
    R(HTTP_GET, "/desk/places/:code/points", ACCESS_STAFF, desk_points),
    R(HTTP_POST, "/desk/places/:code/points", REGISTRARS, desk_post_points),
    R(HTTP_GET, "/desk/places/:code/points/print", ACCESS_STAFF, desk_points_print),
    R(HTTP_GET, "/desk/orgs", ACCESS_STAFF, desk_orgs),
    R(HTTP_POST, "/desk/orgs", REGISTRARS, desk_post_orgs),
    R(HTTP_GET, "/desk/orgs/:code", ACCESS_STAFF, desk_org),
    R(HTTP_POST, "/desk/orgs/:code", REGISTRARS, desk_post_org),

    R(HTTP_GET, "/desk/scheme", ROLES_READ_DRAFT, desk_scheme),
    R(HTTP_POST, "/desk/scheme", ROLES_DRAFT | ROLES_APPROVE, desk_post_scheme),
    {HTTP_POST, "/desk/scheme/import", ROLES_DRAFT, NULL, 0, ROUTE_BODY_FILE, desk_post_scheme_import},
    R(HTTP_GET, "/desk/scheme/export/:table", ROLES_READ_DRAFT, desk_scheme_export),
    R(HTTP_GET, "/desk/scheme/replay", ROLES_READ_DRAFT, desk_scheme_replay),
    R(HTTP_GET, "/desk/scheme/standards", ROLES_DRAFT, desk_scheme_standards),
    {HTTP_POST, "/desk/scheme/standards", ROLES_DRAFT, NULL, 0, ROUTE_BODY_FILE, desk_post_scheme_standards},
    R(HTTP_POST, "/desk/scheme/standards/take", ROLES_DRAFT, desk_post_scheme_standards_take),
    R(HTTP_GET, "/desk/scheme/:table", ROLES_READ_DRAFT, desk_scheme_table),
    R(HTTP_POST, "/desk/scheme/:table", ROLES_DRAFT, desk_post_scheme_table),

    R(HTTP_GET, "/desk/map", WORK, desk_map),
    R(HTTP_GET, "/desk/map/ground.geojson", WORK, desk_map_ground),
    R(HTTP_GET, "/m/code", ACCESS_STAFF, field_code),
    R(HTTP_GET, "/m/code/qr.svg", ACCESS_STAFF, field_code_qr),
    R(HTTP_GET, "/m/at/:code", ACCESS_STAFF, field_at),
    R(HTTP_GET, "/x/:code/at.svg", ACCESS_PUBLIC, field_at_qr),

    R(HTTP_GET, "/desk/notices", ACCESS_STAFF, desk_notices),
    R(HTTP_POST, "/desk/notices", ACCESS_STAFF, desk_post_notices),
    R(HTTP_GET, "/desk/outbox", ROLES_OUTBOX, desk_outbox),
    R(HTTP_POST, "/desk/outbox/:id", ROLES_OUTBOX, desk_post_outbox),
    {HTTP_GET, "/desk/events", ACCESS_STAFF, NULL, 0, ROUTE_STREAM, desk_events},
    R(HTTP_GET, "/desk/components", ACCESS_STAFF, desk_components),
};
const size_t n_staff_routes = sizeof staff_routes / sizeof *staff_routes;
