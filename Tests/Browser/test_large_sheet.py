"""A sheet as large as all Parti Prompts at five ratios: 8160 pictures."""

import functools
import re
import unittest

from selenium.webdriver.common.keys import Keys

import reports
from browser import PageTest, driver, launch
from stored import Stored


class MainThread:
    """The seconds of a core that a page's main thread took: what the reader waits for, however busy the machine is."""

    def __init__(self, browser):
        self.cdp = browser.execute_cdp_cmd
        self.cdp("Performance.enable", {"timeDomain": "threadTicks"})

    def seconds(self):
        metrics = self.cdp("Performance.getMetrics", {})["metrics"]
        return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")

    def measure(self, act):
        before = self.seconds()
        act()
        return self.seconds() - before


def load(address):
    """The seconds of a core that a page takes until it is loaded, and those until it says that it is interactive."""
    # A new browser has a new process for the page, whose time is the page's alone.
    browser = launch()
    thread = MainThread(browser)
    browser.get(address)
    seconds = thread.seconds()
    marks = browser.execute_script("return performance.getEntriesByName('interactive').map((mark) => mark.startTime)")
    browser.quit()
    return seconds, max(marks, default=0) / 1000


@functools.cache
def slowness(report):
    """How many times as long as those machines that the limits are meant for this one takes for what the rows alone cost
    any browser, which is 1.15 s there; at least 1."""
    rows = re.search(r'<ol class="rows".*?</ol>', report.page.read_text(), re.DOTALL)[0]
    page = report.page.with_name("rows.html")
    page.write_text(f"<!doctype html><style>.row {{ content-visibility: auto; contain-intrinsic-size: 27rem }}</style>{rows}")
    seconds = min(load(page.as_uri())[0] for _ in range(3))
    print(f"1632 × 5: {seconds:.2f} s of a core for the rows alone", flush=True)
    return max(seconds / 1.15, 1)


class LargeSheetTest(PageTest):
    def setUp(self):
        self.report = reports.large()

    def assert_takes(self, limit, measure):
        """Up to three measurements, of which the least is what the work costs: a virtual machine that stood still
        meanwhile has it counted as the work's. None more is made once one is below the limit."""
        seconds = measure()
        for _ in range(2):
            if seconds >= limit:
                seconds = min(seconds, measure())
        self.assertLess(seconds, limit if seconds < limit else limit * slowness(self.report))

    def test_is_interactive_within_two_seconds(self):
        def seconds():
            whole, interactive = load(self.report.url)
            print(f"1632 × 5: {whole:.2f} s of a core to load, interactive after {interactive:.2f} s", flush=True)
            return whole

        self.assert_takes(2, seconds)
        self.open(self.report)
        self.assertEqual(self.text("#count"), "1632 rows")
        self.assertEqual(len(self.all(".cell")), 8160)

    def test_loads_only_pictures_that_are_near(self):
        self.open(self.report)
        loaded = self.run_script(
            "return [...document.querySelectorAll('.cell img')]"
            ".filter((image) => image.complete && image.naturalWidth).length"
        )
        self.assertLess(loaded, 400)

    def test_sorts_and_filters_without_a_wait(self):
        self.open(self.report)
        act = """
          const [name, value] = arguments, field = document.querySelector(`.tools [name=${name}]`);
          field.value = value;
          field.dispatchEvent(new Event(name === "q" ? "input" : "change", { bubbles: true }));
          document.body.offsetHeight;"""
        acts = (("sort", "psnr"), ("sort", "order"), ("category", "category 3"), ("q", "red"), ("q", ""))
        chip = """
          document.querySelector(".kinds input").click();
          document.body.offsetHeight;"""

        def slowest():
            thread = MainThread(driver())
            chips = [(thread.measure(lambda: self.run_script(chip)), ("kind",)) for _ in range(2)]
            others = [(thread.measure(lambda: self.run_script(act, *field)), field) for field in acts]
            seconds, what = max(chips + others)
            print(f"1632 × 5: {seconds:.2f} s of a core for {'='.join(what)}", flush=True)
            return seconds

        self.assert_takes(0.5, slowest)
        self.assertEqual(len(self.shown()), 136)

    def test_sorts_all_rows_as_the_store_says(self):
        self.open(self.report, "#sort=ssim&at=0.6")
        self.assertEqual(self.shown(), Stored(self.report).order("ssim", 0.6))

    def test_scrolls_smoothly(self):
        self.open(self.report)
        frames = 120
        scroll = """
          const [frames, done] = arguments;
          let y = document.querySelector("#sheet").offsetTop, left = frames;
          requestAnimationFrame(function step() {
            y += 100;
            scrollTo(0, y);
            left -= 1;
            if (left > 0) requestAnimationFrame(step);
            else done(scrollY);
          });"""
        thread = MainThread(driver())
        # The browser moves the page by another thread; this one draws what comes, and must not fall behind by more
        # than what counts as a long task.
        def seconds():
            whole = thread.measure(lambda: driver().execute_async_script(scroll, frames))
            print(f"1632 × 5: {1000 * whole / frames:.1f} ms of a core for a frame of scrolling", flush=True)
            return whole

        self.assert_takes(0.05 * frames, seconds)
        self.assertGreater(self.run_script("return scrollY"), 100 * frames)

    def test_shows_merged_tokens_without_a_wait(self):
        def show():
            self.open(self.report, "#p=100&s=0&r=0.7&m=slider")
            seconds = MainThread(driver()).measure(lambda: self.press("m"))
            self.assertRegex(self.text(".token-facts"), r"^\d+ of 4096 tokens merged, ")
            return seconds

        self.assert_takes(0.5, show)
        # Ten pictures and their baselines.
        self.assertEqual(len(self.all("script.explained")), 20)

    def test_opens_a_picture_far_down_by_link(self):
        self.open(self.report, "#p=1600&s=0&r=0.6&m=slider")
        self.assertEqual(self.text("#viewer-prompt"), "prompt 1600 of the blue things")
        self.press(Keys.ESCAPE)
        self.until(True, lambda: self.is_in_sight("[data-p='1600']"))


if __name__ == "__main__":
    unittest.main()
