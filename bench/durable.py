"""Parts that write: reports through HTTP beside the bare loop, the duty clock, the import of a hotline's file."""
import csv
import json
import os
import random
import time

import rig
from rig import ROUNDS, SECONDS, Copy, Server, middle, run, say, tool

WRITERS = (1, 16, 64, 256)
PROMISED, SHARE, HALF_P99_MS = (64, 256), 0.8, 5
IMPORT_ROWS = int(os.environ.get("BENCH_ROWS", 100000))
DUE_CASES, CLOCK_DAYS = int(os.environ.get("BENCH_DUE", 2000)), 60
TOKEN, KEY = "Authorization: Bearer demo-hotline01", "Idempotency-Key: bench-{n}"
WORDS = ["楼下烧烤店每天晚上都很吵", "消防通道又被车堵住了", "有人在楼顶养鸡，味道很大", "楼道堆满了杂物", "电动车在楼道里充电",
         "半夜还在装修，影响休息", "小区门口占道经营", "下水道堵了，污水流到路上", "有人把承重墙砸了", "遛狗不牵绳"]


def reports(cases=rig.CASES):
    """Lines for bench-load: a hotline report each, ten texts at every compound and with changing items."""
    data = rig.filled(cases)
    places = [r[0] for r in rig.read(data, "SELECT code FROM place WHERE kind = 7 AND is_closed = 0")]
    items = [r[0] for r in rig.read(data, "SELECT DISTINCT item FROM case_file WHERE item <> ''")]
    dice, lines = random.Random(20260421), []
    for _ in range(5000):
        body = {"place": dice.choice(places), "item": dice.choice(items), "source": "hotline", "hotline_no": "B{n}",
                "words": dice.choice(WORDS) + "，" + dice.choice(WORDS) + "，请来看看。", "spot": f"{dice.randint(1, 12)} 栋"}
        lines.append("/api/v1/cases\t" + json.dumps(body, ensure_ascii=False))
    return lines


def bare(loaded, other, *sizes):
    return json.loads(run(tool("bench-bare"), loaded, other, str(SECONDS), *map(str, sizes)))


def one_round(engine, lines, loaded, other, writers):
    """The load on one copy, then the bare loop with those rows on the other: ({K: answers}, {"K": reports a second})."""
    load = {}
    with Server(loaded) as server:
        for k in writers:
            before = engine.cpu_s()
            load[k] = server.load(lines, k, SECONDS, TOKEN, KEY)
            load[k]["engine_us"] = (engine.cpu_s() - before) * 1e6 / max(1, load[k]["sent"])
    return load, bare(loaded, other, *writers)


def intake(bench):
    """intake: durable reports through HTTP, and what the bare loop does with the same rows, formed inside each round."""
    engine, lines = bench.engine, reports(bench.cases)
    with Copy(engine, engine.base(bench.cases)) as loaded, Copy(engine, engine.base(bench.cases)) as other:
        rounds = [one_round(engine, lines, loaded, other, WRITERS) for _ in range(ROUNDS)]
        rate = middle([load[64]["per_s"] for load, _ in rounds]) / 2
        with Server(loaded) as server:
            calm = [server.load(lines, 64, SECONDS, TOKEN, KEY, rate=rate) for _ in range(ROUNDS)]
    say("intake done")
    yield f"durable reports through HTTP, {rounds[0][1]['rows_per_report']:.0f} rows each, {engine.version()}"
    for k in WRITERS:
        def of(what, k=k):
            return middle([load[k][what] for load, _ in rounds])
        share = middle([load[k]["per_s"] / b[str(k)] for load, b in rounds])
        theirs = f" and {of('engine_us'):.0f} of the engine's" if engine.cpu_s() else ""
        yield (f"  {k:3} connections", f"{of('per_s'):,.0f}/s, bare {middle([b[str(k)] for _, b in rounds]):,.0f}/s; {of('cpu_us'):.0f} µs of CPU{theirs}, "
               f"p50 {of('p50_ms'):.1f} ms, p99 {of('p99_ms'):.1f} ms", f"{share:.0%}", f"≥ {SHARE:.0%}" if k in PROMISED else "", share >= SHARE)
    p50, p99 = (middle([c[p] for c in calm]) for p in ("p50_ms", "p99_ms"))
    yield ("    at half of 64's", f"{rate:,.0f}/s, p50 {p50:.1f} ms", f"p99 {p99:.1f} ms", f"< {HALF_P99_MS} ms", p99 < HALF_P99_MS)


def clock(bench):
    """clock: the reports of DUE_CASES fall due one after the other, each miss durable before the next; beside it the bare loop, one report a commit."""
    engine, rounds = bench.engine, []
    for _ in range(ROUNDS):
        with Copy(engine, engine.base(bench.cases)) as loaded, Copy(engine, engine.base(bench.cases)) as other:
            with Server(loaded) as server:
                server.load(reports(bench.cases), 64, max(1, DUE_CASES // 1000), TOKEN, KEY, rate=1000)
            limit = bare(loaded, other, 1)["1"]
            rounds.append((json.loads(run(tool("bench-clock"), loaded, str(CLOCK_DAYS))), limit))
    per_s = middle([r["fired"] / r["seconds"] for r, _ in rounds])
    share = middle([r["fired"] / r["seconds"] / limit for r, limit in rounds])
    yield ("duty clock", f"{rounds[0][0]['fired']:,} misses of {CLOCK_DAYS} days; {middle([r['cpu_s'] / r['fired'] for r, _ in rounds]) * 1e6:.0f} µs of CPU each; "
           f"{share:.0%} of the bare loop's commits", f"{per_s:,.0f}/s", "", True)


def hotline_file(path, rows):
    """An invented hotline's export."""
    dice, at = random.Random(20260421), time.time() - 40 * 86400
    with open(path, "w", encoding="utf-8", newline="") as f:
        out = csv.writer(f)
        out.writerow(["工单编号", "受理时间", "标题", "内容", "地址", "联系电话"])
        for i in range(rows):
            when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at + i % (30 * 86400)))
            first, second = dice.choice(WORDS), dice.choice(WORDS)
            out.writerow([f"BR{i:07}", when, first, f"{first}，{second}，请尽快处理。来电编号 {i}。", f"幸福里小区 {dice.randint(1, 12)} 栋 {dice.randint(1, 30)} 号",
                          f"1550000{dice.randrange(10000):04}"])


def take_file(bench):
    """import: a hotline's file of IMPORT_ROWS orders; beside it the bare loop with its rows, 256 a transaction."""
    engine = bench.engine
    path = os.path.join(rig.WHERE, f"orders-{os.getpid()}.csv")
    hotline_file(path, IMPORT_ROWS)
    try:
        with Copy(engine, engine.base(bench.cases)) as loaded, Copy(engine, engine.base(bench.cases)) as other:
            began = time.monotonic()
            out, cpu_s = rig.child_cpu_s([rig.SHAODAO, "case", "import", loaded, path, "--json"])
            took = time.monotonic() - began
            limit = bare(loaded, other, 256)["256"] if IMPORT_ROWS else 0
    finally:
        os.remove(path)
    taken = json.loads(out).get("taken", IMPORT_ROWS)
    yield (f"import of {IMPORT_ROWS:,} rows", f"{taken:,} taken, {taken / took:,.0f}/s, {cpu_s:.1f} s of CPU; {taken / took / limit:.0%} of the bare loop", f"{took:.1f} s", "", True)
