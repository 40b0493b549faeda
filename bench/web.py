"""Parts that read: pages beside the HTTP library's own answer, half load, memory, ten thousand who wait, the start."""
import http.client
import json
import os
import statistics
import subprocess
import urllib.parse

import rig
from rig import CASES, ROUNDS, SECONDS, Process, Server, middle, say, tool

CONNECTIONS, LOOPS = 64, min(os.cpu_count(), 8)  # as `serve` takes them
EMPTY_SHARE, HALF_P99_MS, RSS_KB = 0.5, 5, 64 * 1024
IDLE = int(os.environ.get("BENCH_IDLE", 10000))
SLOW, WAITING_MIB, WAITING_S = 200, 100, 5


class Pages:
    """One server on a copy that only this run uses, and the kinds of pages that are asked for."""

    def __init__(self, bench):
        self.bench, engine = bench, bench.engine
        self.path = engine.copy(engine.base(bench.cases))
        self.server = Server(self.path)
        numbers = rig.case_numbers(bench.cases)
        staff, token = self.server.log_in("coord01"), "Authorization: Bearer demo-coord01"
        words = [urllib.parse.quote(w) for w in ("烧烤", "消防通道", "装修", "杂物")]
        self.kinds = {"compound's page": (["/x/XFL"], []),
                      "staff: a case": ([f"/desk/cases/{n}" for n in numbers], [staff]),
                      "API: a case": ([f"/api/v1/cases/{n}" for n in numbers], [token]),
                      "staff: list of cases": (["/desk/cases"], [staff]),
                      "staff: search": ([f"/desk/cases?q={w}" for w in words], [staff])}
        self.full_loads = {}

    def load(self, kind, connections=CONNECTIONS, seconds=SECONDS, rate=0):
        lines, headers = self.kinds[kind]
        return self.server.load(lines, connections, seconds, *headers, rate=rate)

    def full(self, kind):
        """As fast as it answers; each kind once in a run."""
        if kind not in self.full_loads:
            self.full_loads[kind] = [self.load(kind) for _ in range(ROUNDS)]
            say(f"{kind} done")
        return self.full_loads[kind]

    def body_bytes(self, kind):
        lines, headers = self.kinds[kind]
        c = http.client.HTTPConnection("127.0.0.1", self.server.port)
        c.request("GET", lines[0], headers=dict(h.split(": ", 1) for h in headers))
        return len(c.getresponse().read())

    def stop(self):
        self.server.stop()
        self.bench.engine.drop(self.path)


def of(loads, what):
    return middle([load[what] for load in loads])


def empty_loads(n_bytes, connections=CONNECTIONS):
    port = rig.free_port()
    with Process([tool("bench-empty"), str(port), str(LOOPS), str(n_bytes)], port, "/") as empty:
        return [empty.load(["/x/XFL"], connections, SECONDS) for _ in range(ROUNDS)]


def pages(bench):
    """http: answers a CPU-second of the server beside those of the library's own answer of the same length."""
    p = bench.pages()
    yield f"pages with {bench.cases:,} cases, {CONNECTIONS} connections"
    for kind in p.kinds:
        full, empty = p.full(kind), empty_loads(p.body_bytes(kind))
        share = of(empty, "cpu_us") / of(full, "cpu_us")
        is_promised = kind in ("compound's page", "staff: a case", "API: a case")
        yield (f"  {kind}", f"{of(full, 'per_s'):,.0f}/s, {of(full, 'cpu_us'):.0f} µs of CPU, the library alone {of(empty, 'cpu_us'):.0f} µs "
               f"({of(empty, 'per_s'):,.0f}/s); {full[0]['bytes'] / 1024:.1f} KiB, p99 {of(full, 'p99_ms'):.1f} ms",
               f"1/{1 / share:.1f}", "≥ 1/2" if is_promised else "", share >= EMPTY_SHARE)


def half(bench):
    """half: the same connections at half the pace that was possible; an answer's time counts from when it was due."""
    p = bench.pages()
    yield f"at half load, {CONNECTIONS} connections"
    for kind in p.kinds:
        rate = of(p.full(kind), "per_s") / 2
        calm = [p.load(kind, rate=rate) for _ in range(ROUNDS)]
        p99 = of(calm, "p99_ms")
        yield (f"  {kind}", f"{rate:,.0f}/s, p50 {of(calm, 'p50_ms'):.2f} ms", f"p99 {p99:.1f} ms", f"< {HALF_P99_MS} ms", p99 < HALF_P99_MS)


def memory(bench):
    """memory: what the server itself holds after all kinds of pages; the embedded database is mapped and not in it."""
    p = bench.pages()
    for kind in p.kinds:
        p.full(kind)
    own, whole = p.server.anonymous_kb()
    yield ("RssAnon after load", f"{whole / 1024:.0f} MiB with its helpers", f"{own / 1024:.0f} MiB", f"≤ {RSS_KB // 1024} MiB", own <= RSS_KB)


class Crowd:
    """IDLE connections that stay open and SLOW ones that send a byte a second, while the block runs."""

    def __init__(self, port):
        self.process = subprocess.Popen([tool("bench-crowd"), str(port), str(IDLE), str(SLOW)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "ready\n":
            raise OSError("bench-crowd could not connect; `ulimit -Hn` may be too low")

    def end(self):
        return json.loads(self.process.communicate()[0])


def waiting(bench):
    """waiting: what a crowd that waits and drips costs, and whether the others notice."""
    p = bench.pages()
    kind = "compound's page"
    rate = of(p.full(kind), "per_s") / 4
    alone = [p.load(kind, rate=rate, seconds=WAITING_S) for _ in range(ROUNDS)]
    before = p.server.anonymous_kb()[0]
    crowd = Crowd(p.server.port)
    beside = [p.load(kind, rate=rate, seconds=WAITING_S) for _ in range(ROUNDS)]
    grown = (p.server.anonymous_kb()[0] - before) / 1024
    came = crowd.end()
    say("waiting done")
    yield f"{IDLE:,} waiting connections and {SLOW} that send a byte a second, beside {rate:,.0f} pages a second"
    yield ("  memory", f"{grown * 1024 / (IDLE + SLOW):.1f} KiB each; {came['answers']:,} answers, {came['closed']} let go", f"+{grown:.0f} MiB",
           f"< {WAITING_MIB} MiB", grown < WAITING_MIB)
    with_crowd, without = of(beside, "p99_ms"), of(alone, "p99_ms")
    yield ("  who asks beside them", f"p99 without them {without:.1f} ms, p50 {of(beside, 'p50_ms'):.2f} and {of(alone, 'p50_ms'):.2f} ms",
           f"p99 {with_crowd:.1f} ms", f"< {HALF_P99_MS} ms", with_crowd < HALF_P99_MS)


def start(bench):
    """start: from exec to the first page, median of five."""
    times = []
    path = bench.engine.base(bench.cases)
    for _ in range(5):
        with Server(path) as server:
            times.append(server.start_ms)
    median = statistics.median(times)
    yield ("start to first page", f"{min(times):.0f} to {max(times):.0f} ms with {CASES:,} cases", f"{median:.0f} ms", "≤ 150 ms", median <= 150)
