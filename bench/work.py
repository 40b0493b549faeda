"""Parts that think: templates, routines of a province, the visit planner, the prover; and how large everything is."""
import json
import os
import re
import shutil
import tempfile

import rig
from rig import ROUNDS, SHAODAO, child_cpu_s, middle, run, say, tool

COMPOUNDS = int(os.environ.get("BENCH_COMPOUNDS", 100000))
SCHEMES = ("huichang", "bagongshan", "nanhu", "lucheng")


def render(bench):
    """render: templates alone in one thread, beside copying as many finished bytes."""
    data, no = rig.filled(bench.cases), rig.case_numbers(bench.cases, 1)[0]
    rounds = [json.loads(run(tool("bench-render"), data, no, "XFL")) for _ in range(ROUNDS)]
    yield "templates alone"
    for name in rounds[0]:
        ns, copied = (middle([r[name][what] for r in rounds]) for what in ("ns", "copy_ns"))
        n_bytes = rounds[0][name]["bytes"]
        yield (f"  {name}", f"{n_bytes / 1024:.1f} KiB, {n_bytes / ns:.2f} bytes a nanosecond; copying them takes {copied:.0f} ns", f"{ns:,.0f} ns", "", True)


def routines(bench):
    """routines: a month's duties for every compound of a province."""
    engine = bench.engine
    folder = os.path.join(rig.WHERE, f"province-{os.getpid()}")
    path = folder + "-data"
    try:
        run(os.path.join(rig.ROOT, "bench/province"), folder, str(COMPOUNDS))
        run(SHAODAO, "demo", path, "--scheme", folder, "--months", "0", "--until", "2026-04-24", env=engine.environment())
        took = json.loads(run(tool("bench-routines"), path))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        engine.forget(path)
    say("routines done")
    yield f"{took['compounds']:,} places, all compounds visited twice a month, {engine.version()}"
    for name, what, unit in (("a month planned", "plan_s", "s"), ("three weeks of reminders", "month_s", "s"), ("the month missed", "miss_s", "s"),
                             ("who is behind, a page", "page_ms", "ms")):
        worst = f"the worst of 200 {took['page_worst_ms']:.1f} ms" if unit == "ms" else f"{took[what] / took['compounds'] * 1e6:.0f} µs a compound"
        yield (f"  {name}", worst, f"{took[what]:.2f} {unit}", "", True)


def plan(_):
    """plan: a month's visits of a province of 1,000 districts; how far above the lower bound."""
    out, cpu_s = child_cpu_s([tool("bench-plan")])
    row = re.search(r"^province\s+(\d+)\s+(\d+)\s+([\d.]+) %.*?([\d.]+) s", out, re.M)
    slowest = re.search(r"districts: ([\d.]+) ms", out).group(1)
    yield ("visit planner, a province", f"{int(row[1]):,} visits, {row[3]} % above the bound; the slowest district {slowest} ms; all instances {cpu_s:.1f} s of CPU",
           f"{row[4]} s", "", True)


def prove(_):
    """prove: every promise of the four schemes, in CPU seconds."""
    yield "prover"
    for scheme in SCHEMES:
        runs = [child_cpu_s([SHAODAO, "scheme", "check", os.path.join(rig.ROOT, "schemes", scheme), "--json"]) for _ in range(ROUNDS)]
        seconds = middle([cpu for _, cpu in runs])
        steps = re.search(r'"states":\s*(\d+),\s*"steps":\s*(\d+)', runs[0][0])
        detail = f"{int(steps[1]):,} situations, {int(steps[2]):,} steps, {int(steps[2]) / seconds / 1e6:.1f} million a second" if steps else ""
        yield (f"  {scheme}", detail, f"{seconds:.2f} s", "", True)


def size(bench):
    """size: of the program and the database."""
    with tempfile.NamedTemporaryFile() as f:
        run("strip", "-o", f.name, SHAODAO)
        yield ("program", f"{os.path.getsize(SHAODAO) / 1e6:.1f} MB with debug information", f"{os.path.getsize(f.name) / 1e6:.1f} MB", "", True)
    megabytes = bench.engine.megabytes(bench.engine.base(bench.cases))
    yield ("database", f"{megabytes * 1000 / bench.cases:.1f} KB a case", f"{megabytes:,.0f} MB", "", True)
