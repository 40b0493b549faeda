"""tools/deps.sh against stand-ins for dpkg-query, apt-get and sudo: what it installs, as whom, and how often it tries."""
import os
import shutil
import subprocess
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Deps(unittest.TestCase):
    def setUp(self):
        tmp = tempfile.TemporaryDirectory()
        self.addCleanup(tmp.cleanup)
        self.top = tmp.name
        self.bin = os.path.join(self.top, "bin")
        os.makedirs(self.bin)
        os.makedirs(os.path.join(self.top, "tools"))
        shutil.copy(os.path.join(ROOT, "tools/deps.sh"), os.path.join(self.top, "tools"))
        for tool in ("gcc", "meson", "ninja", "pkg-config", "python3", "node", "npm", "dpkg"):
            self.tool(tool, "")
        self.tool("apt-get", 'echo "apt-get $*" >>log\n[ "$1" != install ] || [ ! -f fail ] || { rm fail; exit 100; }')
        self.tool("dpkg", 'echo "dpkg $*" >>log')
        self.tool("sudo", 'echo "sudo" >>log\nexec "$@"')
        self.tool("id", "echo 0")
        self.has("nothing")

    def tool(self, name, script):
        path = os.path.join(self.bin, name)
        with open(path, "w") as f:
            f.write("#!/bin/sh\n" + script + "\n")
        os.chmod(path, 0o755)

    def has(self, packages):
        """What dpkg-query says: "all" that it is asked for, or these."""
        wanted = '"$@"' if packages == "all" else packages
        self.tool("dpkg-query", f'for p in {wanted}; do case $p in -*) ;; *) echo "ii  $p" ;; esac; done')

    def run_deps(self, purpose="run", **env):
        done = subprocess.run([os.path.join(self.top, "tools/deps.sh"), purpose], cwd=self.top, text=True,
                              capture_output=True, env={"PATH": self.bin + ":/usr/bin:/bin", **env})
        try:
            with open(os.path.join(self.top, "log")) as f:
                log = f.read().strip().split("\n")
        except FileNotFoundError:
            log = []
        return done, log

    def test_nothing_missing_is_silent(self):
        self.has("all")
        done, log = self.run_deps()
        self.assertEqual((done.returncode, done.stdout, done.stderr, log), (0, "", "", []))

    def test_installs_what_is_missing_and_says_why(self):
        self.has("libevent-dev libjansson-dev")
        done, log = self.run_deps()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("needed to build shaodao:", done.stderr)
        install = [l for l in log if l.startswith("apt-get install")]
        self.assertEqual(len(install), 1)
        self.assertIn(" libsqlite3-dev ", install[0])
        self.assertNotIn("libevent-dev", install[0])
        self.assertNotIn("libcmocka-dev", install[0])

    def test_failover_asks_for_servers_and_for_no_browser(self):
        done, log = self.run_deps("failover")
        self.assertEqual(done.returncode, 0, done.stderr)
        install = " ".join(l for l in log if l.startswith("apt-get install"))
        for package in ("etcd-server", "patroni", "pgbouncer", "postgresql"):
            self.assertIn(f" {package}", install)
        self.assertNotIn("chromium", install)

    def test_report_only(self):
        done, log = self.run_deps(SHAODAO_NO_INSTALL="1")
        self.assertEqual((done.returncode, log), (1, []))
        self.assertIn("libsqlite3-dev", done.stderr)

    def test_tries_once_more_after_repair(self):
        open(os.path.join(self.top, "fail"), "w").close()
        done, log = self.run_deps("check")
        self.assertEqual(done.returncode, 0, done.stderr)
        words = [l.split()[:2] for l in log if l != "apt-get update -q" or log.index(l) > 0]
        self.assertEqual([w for w in words if w[1] != "update"], [["apt-get", "install"], ["dpkg", "--configure"],
                                                                 ["apt-get", "install"]])
        self.assertIn("libcmocka-dev", log[-1])

    def test_sudo_when_not_root(self):
        self.tool("id", "echo 1000")
        done, log = self.run_deps()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("sudo", log)
        self.assertIn("through sudo", done.stderr)

    def test_npm_when_the_lock_is_newer(self):
        self.has("all")
        self.tool("npm", 'echo "npm $* in $(basename "$PWD")" >>../../log; mkdir -p node_modules; touch node_modules/.package-lock.json')
        folder = os.path.join(self.top, "tests/browser")
        os.makedirs(folder)
        open(os.path.join(folder, "package-lock.json"), "w").close()
        done, log = self.run_deps("test")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(log, ["npm ci --no-audit --no-fund in browser"])
        os.utime(os.path.join(folder, "package-lock.json"), (1, 1))
        self.assertEqual(len(self.run_deps("test")[1]), 1)

    def test_unknown_purpose(self):
        self.assertEqual(self.run_deps("dance")[0].returncode, 2)


if __name__ == "__main__":
    unittest.main()
