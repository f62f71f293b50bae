"""The slider through all ratios, its curves, and the first ratio that was noticed."""

import json
import unittest

from selenium.webdriver.common.keys import Keys

import reports
from browser import PageTest, driver
from viewer import ViewerCase

RATIOS = (0, 0.3, 0.5, 0.7)


class ScrubTest(ViewerCase):
    def set_range(self, value):
        self.run_script(
            "const range = document.querySelector('.scrub-range'); range.value = arguments[0];"
            "range.dispatchEvent(new Event('input', { bubbles: true }))",
            value,
        )

    def words(self):
        return [span.text for span in self.all(".scrub-values span")]

    def expected(self, row, ratio, seed=0):
        if ratio == 0:
            return ["Δ CLIP 0.00", "1 − SSIM 0.0000"]
        change = self.stored.value("change", row, seed, ratio)
        loss = 1 - self.stored.scores[row, seed, ratio]["ssim"]
        return [f"Δ CLIP {change:+.2f}".replace("-", "−"), f"1 − SSIM {loss:.4f}"]

    def test_goes_through_all_ratios_in_place(self):
        self.view("#p=10&s=0&r=0.5&m=blink")
        self.assertEqual(self.find(".scrub-range").get_attribute("value"), "2")
        for at, ratio in enumerate(RATIOS):
            self.set_range(at)
            self.assertEqual(self.visible(), [self.path(10, ratio)])
            self.assertEqual(self.words(), self.expected(10, ratio))
            self.until(f"#p=10&s=0&r={ratio:g}&m=blink", self.hash)
        self.press("1")
        self.assertEqual(self.find(".scrub-range").get_attribute("value"), "1")
        self.assertEqual(self.find(".scrub-range").get_attribute("aria-valuetext"), "Ratio 0.3")
        self.run_script("document.querySelector('.scrub-range').focus()")
        self.press(Keys.ARROW_RIGHT)
        self.assertEqual(self.visible(), [self.path(10, 0.5)])

    def test_draws_a_curve_for_each_number(self):
        self.view("#p=10&s=0&r=0.5&m=two-up")
        points = self.run_script(
            "return ['change', 'loss'].map((kind) => document.querySelector(`.curves polyline.${kind}`)"
            ".getAttribute('points').split(' ').map((point) => point.split(',').map(Number)))"
        )
        for line, key, sign in zip(points, ("change", "ssim"), (1, 1)):
            values = [0 if key == "change" else 1] + [self.stored.value(key, 10, 0, ratio) for ratio in RATIOS[1:]]
            self.assertEqual(len(line), 4)
            # Down the screen is down the scale: places are a falling line of the values, up to a tenth of a pixel.
            slope = (line[1][1] - line[3][1]) / (values[1] - values[3])
            if key == "ssim":
                slope = -slope
                values = [1 - value for value in values]
            for (_, y), value in zip(line, values):
                self.assertAlmostEqual(y - line[0][1], slope * (value - values[0]), delta=0.3)
            self.assertLess(slope, 0)
        marks = self.run_script(
            "return [...document.querySelectorAll('.curves circle')].map((mark) => mark.cx.baseVal.value)"
        )
        self.assertEqual(len(marks), 2)
        self.assertAlmostEqual(marks[0], points[0][2][0], delta=0.1)

    def test_leaves_out_what_was_not_scored(self):
        self.view("#p=17&s=0&r=0.5&m=two-up")
        self.assertEqual(self.words(), ["Δ CLIP –", "1 − SSIM –"])

    def test_stays_within_the_run(self):
        self.open(reports.two_runs(), "#p=3&s=0&r=B%200.5&m=two-up")
        self.assertEqual(self.find(".scrub-range").get_attribute("max"), "1")
        self.set_range(0)
        self.assertEqual(self.variant(), "B · Baseline")


class NoticedTest(ViewerCase):
    def marks(self):
        return {tuple(json.loads(key)): mark["ratio"] for key, mark in (self.kept("noticed") or {}).items()}

    def test_marks_the_first_ratio_that_was_noticed(self):
        self.view("#p=10&s=0&r=0&m=two-up&sort=order")
        self.press("n")
        self.assertIn("This is the baseline", self.says())
        self.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, "n")
        self.assertEqual(self.marks(), {("10", "0", "0"): "0.5"})
        self.assertEqual(self.text("[data-do=notice] span"), "Change from 0.5")
        self.assertEqual(self.find("[data-do=notice]").get_attribute("aria-pressed"), "true")
        self.press("1", "n")
        self.assertEqual(self.marks(), {("10", "0", "0"): "0.3"})
        self.press("n")
        self.assertEqual(self.marks(), {})
        self.press("N")
        self.assertEqual(self.marks(), {("10", "0", "0"): None})
        self.press(Keys.ARROW_DOWN, "2")
        self.click("[data-do=notice]")
        self.assertEqual(self.marks(), {("10", "0", "0"): None, ("10", "1", "0"): "0.5"})
        self.open(self.report, "#p=10&s=1&r=0.3&m=two-up", keeps=True)
        self.assertEqual(self.text("[data-do=notice] span"), "Change from 0.5")

    def test_draws_the_share_that_looks_unchanged(self):
        self.view("#p=10&s=0&r=0.5&m=two-up&sort=order")
        for row, seed, key in ((10, 0, "1n"), (10, 1, "2n"), (24, 0, "3n"), (24, 1, "N")):
            self.run_script(f"location.hash = '#p={row}&s={seed}&r=0.5&m=two-up'")
            self.until(str(row), lambda: self.run_script("return new URLSearchParams(location.hash.slice(1)).get('p')"))
            self.press(*key)
        self.press("v")
        self.until(True, lambda: self.find("#vote").is_displayed())
        self.assertFalse(self.is_open())
        self.assertEqual(
            self.text(".noticed p"), "Of 4 rows that you marked, half look changed from 0.5 on."
        )
        label = self.find(".survival").get_attribute("aria-label")
        self.assertEqual(label, "Share of 4 rows that look unchanged: 75 % at 0.3, 50 % at 0.5, 25 % at 0.7")
        steps = self.find(".survival .steps").get_attribute("d")
        heights = [float(part.split("V")[1]) for part in steps.split("H")[1:]]
        self.assertEqual(heights, [138 - share * 126 for share in (0.75, 0.5, 0.25)])

    def test_says_when_half_never_looked_changed(self):
        self.view("#p=10&s=0&r=0.5&m=two-up")
        self.press("N", "v")
        self.assertEqual(
            self.text(".noticed p"), "Of 1 row that you marked, fewer than half look changed at any ratio."
        )


if __name__ == "__main__":
    unittest.main()
