"""The runner's counting: what each kind of test prints, and tests that die before they can say anything."""
import importlib.machinery
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import unittest
from unittest import mock

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

    def test_tables_and_what_was_left_out_are_shown(self):
        for output, expected in [
            ("ok 1 - a\n# | fault | gap |\n# other\n1..1\n", ["| fault | gap |"]),
            ("ok 1 - a # SKIP not root\nok 2 - b # SKIP not root\nok 3 - c # SKIP no net\n",
             ["left out: not root (2)", "left out: no net (1)"]),
            ("    ok 1 - inner # SKIP why\n", ["left out: why (1)"]),
            ("ok 1 - a\n", []),
        ]:
            with self.subTest(output):
                self.assertEqual(runner.worth_showing(output), expected)

    def test_failover_is_asked_for_by_name_only(self):
        self.assertNotIn("failover", runner.ALL)
        self.assertIn("postgres", runner.ALL)

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


class Engines(unittest.TestCase):
    def test_what_runs_on_which_engine(self):
        here, there = [(s, False) for s in runner.ALL], [(s, True) for s in ("storage", "scenario", "faults")]
        for line, env, expected in [
            ("", {}, here + there),
            ("all", {}, here + there),
            ("all", {"ENGINE": "sqlite"}, here),
            ("all --engine postgres", {}, [(s, s in runner.ON_EITHER) for s in runner.ALL]),
            ("quick", {}, [(s, False) for s in runner.QUICK]),
            ("storage", {}, [("storage", False)]),
            ("storage unit", {"ENGINE": "postgres"}, [("storage", True), ("unit", False)]),
            ("storage --engine postgres -k ledger", {}, [("storage", True)]),
            ("storage --engine both unit", {"ENGINE": "sqlite"}, [("storage", False), ("unit", False), ("storage", True)]),
            ("scenario", {"SHAODAO_DATABASE": "postgresql:///"}, [("scenario", True)]),
            ("scenario", {"SHAODAO_DATABASE": "postgresql:///", "ENGINE": "sqlite"}, [("scenario", False)]),
        ]:
            with self.subTest(line, env=env):
                self.assertEqual(runner.plan(line.split(), env)[0], expected)

    def test_words_that_nobody_knows(self):
        for line in ("everything", "storage --engine oracle", "storage -k", "storage --engine"):
            with self.subTest(line), self.assertRaises(SystemExit):
                runner.plan(line.split(), {})

    def test_a_test_is_told_where_its_database_is(self):
        show = ("show", ["sh", "-c", 'echo "at [$SHAODAO_DATABASE]"'])
        with mock.patch.dict(os.environ, SHAODAO_DATABASE="postgresql:///elsewhere"):
            self.assertEqual(runner.run(show, 5)[1], "at []\n")
            self.assertEqual(runner.run(show, 5, "postgresql:///here")[1], "at [postgresql:///here]\n")

    def test_without_a_server_the_run_fails_and_is_counted(self):
        with mock.patch.object(runner.Postgres, "call", side_effect=OSError("not installed")), mock.patch("builtins.print"):
            self.assertEqual(runner.run_all([("storage", True)], "", None), (0, 1))


PROGRAM = """
import importlib.machinery, importlib.util, signal, sys, time
loader = importlib.machinery.SourceFileLoader("runner", sys.argv[1])
runner = importlib.util.module_from_spec(importlib.util.spec_from_loader("runner", loader))
loader.exec_module(runner)
signal.signal(signal.SIGTERM, runner.interrupted)
runner.find_tests = lambda suite: [("slow", ["sleep", "60"])]
server = runner.Postgres()
runner.Postgres = lambda: server
enter = server.__class__.__enter__
def told(self):
    address = enter(self)
    print(address, flush=True)
    return address
server.__class__.__enter__ = told
runner.run_all([("storage", True)], "", None)
"""


@unittest.skipIf(shutil.which("setpriv") is None or not os.path.isdir("/usr/lib/postgresql"), "PostgreSQL is not installed")
class Server(unittest.TestCase):
    def test_it_answers_and_is_gone_afterwards(self):
        server = runner.Postgres()
        with server as address:
            self.assertIn(server.dir, address)
            self.assertLess(len(server.dir) + len("/.s.PGSQL.5432"), 107)
            self.assertTrue(os.path.exists(server.dir + "/.s.PGSQL.5432"))
        self.assertFalse(os.path.exists(server.dir))

    def test_it_is_stopped_when_the_run_is_interrupted(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number), subprocess.Popen([sys.executable, "-c", PROGRAM, os.path.join(ROOT, "tests/run")], stdout=subprocess.PIPE,
                                                        stderr=subprocess.DEVNULL, text=True, start_new_session=True) as child:
                folder = child.stdout.readline().split("host=")[1].split("&")[0]
                with open(folder + "/data/postmaster.pid", encoding="utf-8") as f:
                    server = int(f.readline())
                child.send_signal(number)
                self.assertNotEqual(child.wait(30), 0)
                self.assertFalse(os.path.exists(folder))
                self.assertFalse(os.path.exists(f"/proc/{server}/exe"))


if __name__ == "__main__":
    unittest.main()
