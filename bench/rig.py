"""What every part of the benchmarks stands on: the filled installation, a server under load on either engine, and the table.

BENCH_CASES (100000), BENCH_ROUNDS (3), BENCH_SECONDS (2, of each measurement) and BENCH_DIR (the temporary directory) may be set.
"""
import hashlib
import http.client
import json
import os
import random
import re
import resource
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(ROOT, os.environ.get("BUILD", "build"))
SHAODAO = os.path.join(BUILD, "shaodao")
CASES = int(os.environ.get("BENCH_CASES", 100000))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", 3))
SECONDS = int(os.environ.get("BENCH_SECONDS", 2))
WHERE = os.environ.get("BENCH_DIR", os.path.join(tempfile.gettempdir(), f"shaodao-bench-{os.getuid()}"))
TICKS = os.sysconf("SC_CLK_TCK")
middle = statistics.median


def say(text):
    print(text, file=sys.stderr, flush=True)


def end_cleanly():
    """Servers are stopped and copies removed also when the run is told to end."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit("ended before the end"))


def tool(name):
    return os.path.join(BUILD, "bench", name)


def run(*command, stdin=None, env=None):
    r = subprocess.run(command, input=stdin, capture_output=True, text=True, env={**os.environ, **(env or {})})
    if r.returncode != 0:
        sys.exit(f"{command[0]} ended with {r.returncode}\n{r.stdout}{r.stderr}")
    return r.stdout


def child_cpu_s(command, **options):
    """Runs a program to its end: what it printed, and the CPU seconds that it and its own children used."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    out = run(*command, **options)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return out, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


# ---- Data

def program_mark():
    with open(tool("bench-generate"), "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()[:12]


def filled(cases=CASES):
    """An installation with so many cases, on the embedded engine; made once for each bench-generate and day."""
    os.makedirs(WHERE, mode=0o700, exist_ok=True)
    mark = f"{program_mark()}-{time.strftime('%Y%m%d')}"
    path = os.path.join(WHERE, f"cases-{cases}-{mark}")
    if os.path.isdir(path):
        return path
    for old in os.listdir(WHERE):
        if old.startswith("cases-") and not old.endswith(mark):
            shutil.rmtree(os.path.join(WHERE, old))
    shutil.rmtree(path + ".new", ignore_errors=True)
    say(f"filling {path} …")
    from_day = time.strftime("%Y-%m-%d", time.localtime(time.time() - 3 * 366 * 86400))
    run(SHAODAO, "demo", path + ".new", "--months", "0", "--until", from_day)
    run(tool("bench-generate"), path + ".new", str(cases))
    os.rename(path + ".new", path)
    return path


def read(path, sql):
    """From an installation on the embedded engine."""
    db = sqlite3.connect(os.path.join(path, "shaodao.db"))
    rows = db.execute(sql).fetchall()
    db.close()
    return rows


def case_numbers(cases=CASES, most=2000):
    """Of closed cases, from all times."""
    rows = read(filled(cases), "SELECT day, no FROM case_file WHERE state >= 8 ORDER BY id")
    return [f"{time.strftime('%Y%m%d', time.gmtime(day * 86400))}-{no:04}" for day, no in
            random.Random(20260421).sample(rows, min(most, len(rows)))]


def tree_cpu_s(pid):
    """CPU seconds of a process and of those it has started, the ended ones too."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
            children = f.read().split()
    except OSError:
        return 0
    return sum(map(int, fields[11:15])) / TICKS + sum(tree_cpu_s(child) for child in children)


class Sqlite:
    """The embedded engine: an installation is its directory."""
    name = "sqlite"

    def __init__(self):
        self.bases = {}

    def base(self, cases=CASES):
        return filled(cases)

    def copy(self, path):
        to = f"{path}-copy-{os.getpid()}{random.randrange(10**6)}"
        try:
            subprocess.run(["cp", "-r", "--reflink=auto", path, to], check=True)
            os.sync()
        except BaseException:
            shutil.rmtree(to, ignore_errors=True)
            raise
        return to

    def drop(self, path):
        shutil.rmtree(path)

    def forget(self, path):
        """Like drop, of one that perhaps never came to be."""
        shutil.rmtree(path, ignore_errors=True)

    def environment(self):
        """For commands that make an installation."""
        return {}

    def megabytes(self, path):
        return os.path.getsize(os.path.join(path, "shaodao.db")) / 1e6

    def cpu_s(self):
        return 0

    def version(self):
        return f"SQLite {sqlite3.sqlite_version}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


class Postgres(Sqlite):
    """A server of our own that waits for the disk; an installation is a directory that names a database."""
    name = "postgres"

    def __enter__(self):
        self.dir, self.made = tempfile.mkdtemp(prefix="pg-", dir="/tmp"), 0  # a socket's path has room for 107 bytes
        try:
            self.here("start")
            with open(f"{self.dir}/data/postmaster.pid", encoding="ascii") as f:
                self.pid = int(f.readline())
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for path in self.bases.values():
            shutil.rmtree(path, ignore_errors=True)
        try:
            self.here("stop")
        finally:
            shutil.rmtree(self.dir, ignore_errors=True)

    def here(self, verb):
        """Its output goes to files: the server would keep a pipe open."""
        done = subprocess.run([os.path.join(ROOT, "tools/postgres-here"), verb, self.dir], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, env={**os.environ, "FSYNC": "on"}, start_new_session=True)
        if done.returncode:
            raise OSError(done.stderr.strip())

    def sql(self, text):
        return run("psql", "-X", "-q", "-At", "-h", self.dir, "-U", "shaodao", "-d", "postgres", "-c", text)

    def new_database(self, path):
        self.made += 1
        return f"bench{self.made}", f"{path}-pg-{os.getpid()}-{self.made}"

    def base(self, cases=CASES):
        if cases not in self.bases:
            source = filled(cases)
            name, path = self.new_database(source)
            say(f"copying {source} to PostgreSQL …")
            run(SHAODAO, "copy", source, path, "--database", self.url(name))
            self.sql("CHECKPOINT")
            self.bases[cases] = path
        return self.bases[cases]

    def url(self, name):
        return f"postgresql:///{name}?host={self.dir}&user=shaodao"

    def name_of(self, path):
        with open(os.path.join(path, "database"), encoding="utf-8") as f:
            return re.search(r"postgresql:///(\w+)", f.read()).group(1)

    def copy(self, path):
        name, to = self.new_database(path)
        self.sql(f"CREATE DATABASE {name} TEMPLATE {self.name_of(path)} STRATEGY FILE_COPY")
        subprocess.run(["cp", "-r", path, to], check=True)
        with open(os.path.join(to, "database"), "w", encoding="utf-8") as f:
            f.write(self.url(name) + "\n")
        return to

    def drop(self, path):
        self.sql(f"DROP DATABASE {self.name_of(path)} WITH (FORCE)")
        shutil.rmtree(path)

    def environment(self):
        self.made += 1
        return {"SHAODAO_DATABASE": self.url(f"bench{self.made}")}

    def megabytes(self, path):
        return int(self.sql(f"SELECT pg_database_size('{self.name_of(path)}')")) / 1e6

    def cpu_s(self):
        return tree_cpu_s(self.pid)

    def version(self):
        return "PostgreSQL " + self.sql("SHOW server_version").split()[0]


ENGINES = {"sqlite": Sqlite, "postgres": Postgres}


class Copy:
    """A copy that may be written to, gone at the end."""

    def __init__(self, engine, path):
        self.engine, self.path = engine, engine.copy(path)

    def __enter__(self):
        return self.path

    def __exit__(self, *_):
        self.engine.drop(self.path)


# ---- The server

def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Process:
    """Something that listens on a port of this machine and is asked by bench-load."""

    def __init__(self, command, port, probe, wrapper=()):
        self.port, began = port, time.monotonic()
        self.process = subprocess.Popen([*wrapper, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while self.get(probe) != 200:
            if self.process.poll() is not None or time.monotonic() - began > 120:
                self.process.kill()
                sys.exit(f"{command[0]} does not answer")
            time.sleep(0.001)
        self.start_ms = (time.monotonic() - began) * 1000

    def get(self, path):
        try:
            c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            c.request("GET", path)
            return c.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0

    def load(self, lines, connections, seconds, *headers, rate=0):
        command = [tool("bench-load"), "-p", str(self.port), "-c", str(connections), "-s", str(seconds)]
        command += ["-r", f"{rate:.1f}"] if rate else []
        for h in headers:
            command += ["-H", h]
        before = self.cpu_s()
        answer = json.loads(run(*command, stdin="\n".join(lines) + "\n"))
        answer["cpu_us"] = (self.cpu_s() - before) * 1e6 / max(1, answer["sent"])
        return answer

    def cpu_s(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="utf-8") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Server(Process):
    def __init__(self, path, wrapper=()):
        port = free_port()
        super().__init__([SHAODAO, "serve", path, "--listen", f"127.0.0.1:{port}"], port, "/x/XFL", wrapper)

    def log_in(self, username):
        c = http.client.HTTPConnection("127.0.0.1", self.port)
        c.request("GET", "/login")
        r = c.getresponse()
        csrf = re.search(r'name="csrf" value="([^"]+)"', r.read().decode()).group(1)
        device = r.getheader("Set-Cookie").split(";")[0]
        form = urllib.parse.urlencode({"username": username, "password": "Shaodao2026", "csrf": csrf, "next": "/desk"})
        c.request("POST", "/login", form, {"Content-Type": "application/x-www-form-urlencoded", "Cookie": device})
        r = c.getresponse()
        for value in r.msg.get_all("Set-Cookie") or []:
            if value.startswith("sid="):
                return "Cookie: " + value.split(";")[0]
        sys.exit(f"could not log in as {username}: {r.status}")

    def anonymous_kb(self):
        """RssAnon of the server itself, and with its helper processes."""
        def rss(pid):
            with open(f"/proc/{pid}/status", encoding="ascii") as f:
                return int(re.search(r"RssAnon:\s+(\d+)", f.read()).group(1))
        pid = self.process.pid
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
            return rss(pid), rss(pid) + sum(rss(child) for child in f.read().split())


# ---- The table

def machine(engine=None):
    with open("/proc/cpuinfo", encoding="ascii") as f:
        model = re.search(r"model name\s*:\s*(.+)", f.read()).group(1)
    return (f"{time.strftime('%Y-%m-%d %H:%M')}, {model}, {os.cpu_count()} cores, kernel {os.uname().release}, "
            f"{(engine or Sqlite()).version()}, load before {os.getloadavg()[0]:.1f}")


def busy_s():
    """What all cores have worked since the machine started, and what this run and its ended children have."""
    with open("/proc/stat", encoding="ascii") as f:
        user, nice, system, _, _, irq, softirq, steal = map(int, f.readline().split()[1:9])
    own = sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))
    return (user + nice + system + irq + softirq + steal) / TICKS, own


class Busy:
    """The share of the machine that others use from now on."""

    def __init__(self, engine):
        self.engine, self.began = engine, time.monotonic()
        self.all, self.own = busy_s()
        self.database = engine.cpu_s()

    def others(self):
        took, (everything, own) = time.monotonic() - self.began, busy_s()
        ours = own - self.own + self.engine.cpu_s() - self.database
        return took, max(0, (everything - self.all - ours) / (took * os.cpu_count()))


def wide(text, n):
    """Padded to n columns; Chinese and full-width signs take two."""
    return text + " " * max(0, n - sum(2 if ord(c) > 0x2e7f else 1 for c in text))


def print_line(line):
    """A heading, or (name, detail, value, goal or "", is it met)."""
    if isinstance(line, str):
        print(line, flush=True)
        return
    name, detail, value, goal, is_met = line
    met = "" if not goal else "yes" if is_met else "NO"
    print(f"{wide(name, 26)} {wide(value, 12)} {wide(goal, 13)} {met:4} {detail}".rstrip(), flush=True)
