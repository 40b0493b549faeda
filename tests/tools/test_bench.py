"""The benchmarks' own tools: charts that are well-formed and show every point, and which parts a command line means."""
import importlib.machinery
import importlib.util
import os
import sys
import unittest
import xml.etree.ElementTree as ElementTree

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, "bench"))

import svg  # noqa: E402

NS = "{http://www.w3.org/2000/svg}"


def load(name):
    loader = importlib.machinery.SourceFileLoader("bench_" + name, os.path.join(ROOT, "bench", name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


def points_of(tree, name):
    """Points of all series of that name."""
    groups = [g for g in tree.iter(NS + "g") if g.findtext(NS + "title") == name]
    return [e for g in groups for e in g if e.get("class") == "point"]


class Chart(unittest.TestCase):
    def draw(self, *panels, **options):
        return ElementTree.fromstring(svg.chart("A & <B>", "two \"cores\"", panels, **options))

    def test_every_point_is_drawn_and_lines_join_them(self):
        tree = self.draw(svg.Panel("one", "x", "y", [("a", [(1, 5), (2, 50), (4, 500)]), ("b <c>", [(1, 7)])], y_log=True),
                         svg.Panel("two", "x", "y", [("a", [(1, 1), (8, 2)])]))
        self.assertEqual([len(points_of(tree, name)) for name in ("a", "b <c>")], [5, 1])
        lines = [e for e in tree.iter(NS + "path") if (e.get("class") or "").startswith("line")]
        self.assertEqual(len(lines), 2 + 2)  # of one point there is no line; and the legend's
        self.assertEqual(tree.findtext(NS + "title"), "A & <B>")

    def test_points_lie_inside_and_in_order(self):
        tree = self.draw(svg.Panel("p", "x", "y", [("a", [(1, 1), (10, 10), (100, 1000)])], y_log=True))
        at = [(float(e.get("cx")), float(e.get("cy"))) for e in points_of(tree, "a")]
        width, height = float(tree.get("width")), float(tree.get("height"))
        self.assertTrue(all(0 < x < width and 0 < y < height for x, y in at))
        self.assertEqual(at, sorted(at, key=lambda p: (p[0], -p[1])))
        self.assertAlmostEqual(at[1][0] - at[0][0], at[2][0] - at[1][0], places=0)  # equal factors are equal steps

    def test_what_cannot_be_shown_is_left_out(self):
        tree = self.draw(svg.Panel("p", "x", "y", [("a", [(1, None), (2, 0), (4, 3)]), ("none", [])], y_log=True))
        self.assertEqual((len(points_of(tree, "a")), len(points_of(tree, "none"))), (1, 0))
        self.assertEqual(len(points_of(self.draw(svg.Panel("p", "x", "y", [("a", [(1, 0)])])), "a")), 1)

    def test_limits_are_dashed_and_everything_is_in_the_legend(self):
        tree = self.draw(svg.Panel("p", "x", "y", [("a", [(1, 1), (2, 2)]), ("limit", [(1, 9), (2, 9)])]), look={"limit": ("b", 1, True)})
        dashed = [e for e in tree.iter(NS + "path") if "dash" in (e.get("class") or "").split()]
        self.assertEqual(len(dashed), 2)
        words = [e.text for e in tree.iter(NS + "text")]
        self.assertTrue({"a", "limit", "p", "x", "y", "A & <B>"} <= set(words))

    def test_axes(self):
        for value, expected in [(0, "0"), (950, "950"), (1500, "1.5k"), (20000, "20k"), (3e6, "3M"), (0.25, "0.25")]:
            self.assertEqual(svg.short(value), expected)
        for values, is_log, expected in [([3, 180], False, [0, 50, 100, 150, 200]), ([0], False, [0, 0.5, 1]), ([4, 900], True, [1, 10, 100, 1000]),
                                         ([10], True, [10, 100]), ([], True, [1, 10])]:
            with self.subTest(values):
                self.assertEqual(svg.Scale(values, is_log, 0, 100).ticks(), expected)


class Lines(unittest.TestCase):
    def test_which_parts_on_which_engine(self):
        run = load("run")
        everything = list(run.PARTS)
        for line, expected in [("", (everything, ["sqlite"])), ("intake http", (["intake", "http"], ["sqlite"])),
                               ("--engine postgres", (everything, ["postgres"])), ("half --engine sqlite --engine=postgres", (["half"], ["sqlite", "postgres"]))]:
            with self.subTest(line):
                self.assertEqual(run.arguments(line.split()), expected)
        for line in ("everything", "--engine", "--engine oracle"):
            with self.subTest(line), self.assertRaises(SystemExit):
                run.arguments(line.split())

    def test_compare(self):
        compare = load("compare")
        self.assertEqual(compare.arguments([]), (False, ["sqlite", "postgres"]))
        self.assertEqual(compare.arguments(["--quick", "--engine", "sqlite"]), (True, ["sqlite"]))
        rows = [{"engine": e, "kind": k, "connections": n, "per_s": 10 * n, "p50_ms": 1, "p99_ms": 2, "cpu_us": 3}
                for e in compare.NAMES for k in list(compare.PAGES) + [compare.INTAKE] for n in compare.LOADS]
        rows += [{"engine": e, "kind": compare.BARE, "connections": n, "per_s": 20 * n} for e in compare.NAMES for n in compare.LOADS]
        tree = ElementTree.fromstring(compare.load_plot(rows, "a sample"))
        self.assertEqual(len(points_of(tree, "a report, SQLite")), 2 * len(compare.LOADS))
        self.assertEqual(len(points_of(tree, "bare loop, PostgreSQL")), len(compare.LOADS))
        sizes = [{"engine": "sqlite", "kind": k, "cases": n, "per_s": 1000, "p50_ms": 1, "p99_ms": 2, "cpu_us": 90}
                 for k in list(compare.PAGES) + [compare.INTAKE] for n in (3000, 100000)]
        self.assertEqual(len(points_of(ElementTree.fromstring(compare.size_plot(sizes, "a sample")), "a report")), 3 * 2)


if __name__ == "__main__":
    unittest.main()
