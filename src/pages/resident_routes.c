/* The resident's addresses. Handlers check their own fields: a wrong one is shown beside its question, nothing is lost. */
#include "resident.h"
#include "scheme_public.h"

#define GET(path, handler) {HTTP_GET, path, ACCESS_PUBLIC, NULL, 0, 0, handler}
#define POST(path, flags, handler) {HTTP_POST, path, ACCESS_PUBLIC, NULL, 0, ROUTE_SAME_ORIGIN | (flags), handler}

const struct route resident_routes[] = {
    GET("/", resident_home),
    GET("/places", resident_places),
    GET("/suggest", resident_suggest),

    GET("/x/:code", resident_board),
    GET("/x/:code/qr.svg", resident_board_qr),
    GET("/x/:code/supervise", resident_supervise),
    GET("/x/:code/report", resident_what),
    POST("/x/:code/report", 0, resident_post_what),
    GET("/x/:code/report/who", resident_who),
    GET("/x/:code/report/where", resident_where),
    POST("/x/:code/report/where", 0, resident_post_where),
    GET("/x/:code/report/words", resident_words),
    POST("/x/:code/report/words", ROUTE_BODY_FILE | ROUTE_SPOOL, resident_post_words),
    GET("/x/:code/report/guess", resident_guess),
    POST("/x/:code/report/guess", 0, resident_post_guess),
    GET("/x/:code/report/same", resident_same),
    POST("/x/:code/report/same", 0, resident_post_same),
    GET("/x/:code/report/contact", resident_contact),
    POST("/x/:code/report/contact", 0, resident_post_contact),
    GET("/x/:code/report/check", resident_check),
    POST("/x/:code/report/check", 0, resident_post_check),
    GET("/x/:code/report/done", resident_done),

    GET("/t", resident_query),
    POST("/t", 0, resident_post_query),
    GET("/t/:token", resident_track),
    GET("/f/:token", resident_follower), /* 我也遇到 */
    GET("/t/:token/qr.svg", resident_track_qr),
    GET("/t/:token/files/:id", resident_track_file),
    GET("/t/:token/:command", resident_track_command), /* supplement urge withdraw rate */
    POST("/t/:token/:command", ROUTE_BODY_FILE | ROUTE_SPOOL, resident_post_track_command),

    GET("/lists", resident_lists),
    GET("/lists/versions", public_versions),
    GET("/lists/versions/:version", public_version),
    GET("/lists/:item", resident_item),
    GET("/supervise", resident_supervise),
    POST("/supervise", 0, resident_post_supervise),
    GET("/notices", resident_notices),
    GET("/help", resident_help),
    GET("/privacy", resident_privacy),
    GET("/accessibility", resident_accessibility),
    GET("/sitemap", resident_sitemap),

    POST("/files", ROUTE_BODY_FILE | ROUTE_SPOOL, resident_post_file),
    GET("/files/:id/:variant", resident_file), /* thumb public original */
};
const size_t n_resident_routes = sizeof resident_routes / sizeof *resident_routes;
