"""Which folders a test is linked with."""
import contextlib
import io
import os
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools"))
import layers  # noqa: E402


class Layers(unittest.TestCase):
    def test_direct_made_and_through_tests(self):
        files = {
            "src/base/str.h": "", "src/core/case.h": "", "src/pages/desk/list.html": "", "src/main.c": "",
            "tests/check.h": '#include "str.h"\n#include <cmocka.h>\n',
            "tests/unit/world.h": '#include "check.h"\n#include "sql_gen.h"\n',
            "tests/unit/test_a.c": '#include "check.h"\n',
            "tests/unit/test_b.c": '#include "world.h"\n#include "case.h"\n',
            "tests/unit/helper.c": '#include "case.h"\n',
            "tests/storage/test_c.c": '#include "list.html.h"\n/* #include "case.h" */\n',
        }
        with tempfile.TemporaryDirectory() as top:
            for path, text in files.items():
                os.makedirs(os.path.dirname(os.path.join(top, path)), exist_ok=True)
                with open(os.path.join(top, path), "w") as f:
                    f.write(text)
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                layers.main([os.path.join(top, "tests"), os.path.join(top, "src")])
        self.assertEqual(out.getvalue(), "unit/test_a.c base\nunit/test_b.c base core storage\nstorage/test_c.c base pages\n")


if __name__ == "__main__":
    unittest.main()
