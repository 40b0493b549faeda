"""Embedded files: the table, the bytes and that the result depends on contents only."""
import gzip
import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools"))
import assets  # noqa: E402


class Pack(unittest.TestCase):
    def setUp(self):
        self.tmp = tempfile.TemporaryDirectory()
        self.addCleanup(self.tmp.cleanup)
        self.files = {"app.css": b"p{}" * 500, "icons/a.png": bytes(range(256)), "empty.txt": b""}
        self.paths = []
        for name, data in self.files.items():
            path = os.path.join(self.tmp.name, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as f:
                f.write(data)
            self.paths.append(path)

    def test_rows(self):
        blob, rows = assets.pack("web", self.tmp.name, self.paths)
        self.assertEqual([r["path"] for r in rows], ["app.css", "empty.txt", "icons/a.png"])
        for r in rows:
            data = self.files[r["path"]]
            self.assertEqual(blob[r["at"]:r["at"] + r["n"]], data)
            self.assertEqual(r["gz_at"] is not None, r["path"] == "app.css")
            if r["gz_at"]:
                self.assertEqual(gzip.decompress(blob[r["gz_at"]:r["gz_at"] + r["gz_n"]]), data)

    def test_same_contents_same_result(self):
        first = assets.pack("web", self.tmp.name, self.paths)
        os.utime(self.paths[0], (1, 1))
        again = assets.pack("web", self.tmp.name, list(reversed(self.paths)))
        self.assertEqual(first, again)
        version = assets.version_of(first[1])
        with open(self.paths[0], "ab") as f:
            f.write(b" ")
        self.assertNotEqual(version, assets.version_of(assets.pack("web", self.tmp.name, self.paths)[1]))

    def test_compiled(self):
        out = [os.path.join(self.tmp.name, n) for n in ("web_gen.h", "web_gen.c", "web_gen.bin")]
        assets.main(["web", *out, self.tmp.name, *self.paths])
        main = os.path.join(self.tmp.name, "main.c")
        with open(main, "w") as f:
            f.write('#include <stdio.h>\n#include "web_gen.h"\nint main(void) {'
                    'const struct asset *a = asset_find(STR("icons/a.png"));'
                    'printf("%s %zu %d %d %d\\n", a->mime, a->raw_n, a->raw[200], asset_find(STR("x")) == NULL,'
                    ' asset_find(STR("app.css"))->gz_n > 0); }')
        exe = os.path.join(self.tmp.name, "x")
        subprocess.run(["gcc", "-std=gnu17", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-pie",
                        "-I" + os.path.join(ROOT, "src/base"), out[1], main, os.path.join(ROOT, "src/base/str.c"),
                        os.path.join(ROOT, "src/base/arena.c"), "-o", exe], check=True)
        self.assertEqual(subprocess.run([exe], capture_output=True, text=True).stdout, "image/png 256 200 1 1\n")


if __name__ == "__main__":
    unittest.main()
