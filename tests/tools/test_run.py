"""The runner's counting: what each kind of test prints, and tests that die before they can say anything."""
import importlib.machinery
import importlib.util
import os
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.dont_write_bytecode = True
loader = importlib.machinery.SourceFileLoader("runner", os.path.join(ROOT, "tests/run"))
runner = importlib.util.module_from_spec(importlib.util.spec_from_loader("runner", loader))
loader.exec_module(runner)


class Count(unittest.TestCase):
    def test_outputs(self):
        for output, code, expected in [
            ("1..2\nok 1 - a\nok 2 - b\n# ok - tests\n", 0, (2, 0)),
            ("1..2\nok 1 - a\nnot ok 2 - b\n# x.c:1: error: Failure!\n# not ok - tests\n", 1, (1, 1)),
            ("1..3\nok 1 - a\nok 2 - b # SKIP\nok 3 - c\n", 0, (2, 0)),
            ("1..3\nok 1 - a\n==1==ERROR: AddressSanitizer\n", 1, (1, 2)),
            ("1..2\nok 1 - a\nok 2 - b\nleak\n", 1, (2, 1)),
            ("1..1\nok 1 - a\n1..2\nok 1 - b\nnot ok 2 - c\n", 1, (2, 1)),
            ("TAP version 13\nok 1 - outer\n    ok 1 - inner\n1..1\n# tests 5\n# suites 1\n# pass 4\n# fail 1\n"
             "# cancelled 0\n# skipped 0\n", 1, (4, 1)),
            ("# tests 2\n# pass 1\n# fail 0\n# cancelled 1\n", 1, (1, 1)),
            ("..\nRan 12 tests in 0.1s\n\nOK\n", 0, (12, 0)),
            ("Ran 12 tests in 0.1s\n\nFAILED (failures=2, errors=1, skipped=3)\n", 1, (6, 3)),
            ("", 0, (1, 0)),
            ("", -11, (0, 1)),
            ("Traceback\n", 1, (0, 1)),
        ]:
            with self.subTest(output, code=code):
                self.assertEqual(runner.count(output, code), expected)

    def test_a_program_that_is_not_there_fails(self):
        name, output, code, _ = runner.run(("gone", ["/nonexistent"]), 5)
        self.assertEqual(runner.count(output, code), (0, 1))

    def test_a_program_that_hangs_is_stopped(self):
        _, output, code, _ = runner.run(("slow", ["sh", "-c", "echo ok 1 - a; sleep 60"]), 0.5)
        self.assertEqual(runner.count(output, code), (1, 1))
        self.assertIn("stopped after", output)

    def test_a_program_that_dies_fails(self):
        _, output, code, _ = runner.run(("dies", ["sh", "-c", "kill -SEGV $$"]), 5)
        self.assertEqual(runner.count(output, code), (0, 1))
        self.assertIn("signal 11", output)


if __name__ == "__main__":
    unittest.main()
