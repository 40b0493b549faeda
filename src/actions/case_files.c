#include "case_files.h"

#include "file_store.h"
#include "views.h"

enum { KIND_PHOTO_LAST = 3 }; /* JPEG, PNG, WebP come first in enum media_kind */

bool
files_take(struct action *a, struct db *db, const int64_t *ids, size_t n, bool is_after, struct sent_files *out,
           struct err *err)
{
    *out = (struct sent_files){.p = arena_array(a->arena, struct attachment, n + 1)};
    for (size_t i = 0; i < n; i++) {
        struct file_row f;
        struct err why = {0};
        if (!file_find(db, a->arena, a->who->area->id, ids[i], &f, &why))
            return err_field(err, "files", "有一个文件没有上传成功，请重新上传。");
        bool is_own = a->who->person ? f.uploader == a->who->person : !f.uploader && str_eq(f.device, a->who->device);
        if (!is_own || f.case_id || f.visit)
            return err_field(err, "files", "有一个文件不能用在这里，请重新上传。");
        struct attachment *t = &out->p[out->n++];
        *t = (struct attachment){.id = f.id, .is_after = is_after};
        memcpy(t->sha256, f.sha256, sizeof t->sha256);
        if (!file_digest(db, a->who->area->id, f.id, t->digest, err))
            return false;
        out->photos += f.kind >= 1 && f.kind <= KIND_PHOTO_LAST;
    }
    return true;
}
