"""Links to one picture: in, out, back and forward, and where the focus goes."""

import unittest

from selenium.webdriver.common.keys import Keys

import reports
from browser import PageTest, driver


class LinkTest(PageTest):
    def setUp(self):
        self.report = reports.small()

    def is_open(self):
        return self.run_script("return document.getElementById('viewer').open")

    def seen(self):
        return [
            self.text("#viewer-prompt"),
            self.text(".viewer-label[data-side=variant] b"),
            self.run_script("return document.querySelector('.stage').dataset.mode"),
        ]

    def focused(self):
        return self.run_script(
            "const c = document.activeElement.closest('.cell'); const r = c?.closest('.row');"
            "return c && [r.dataset.p, r.dataset.s, c.dataset.ratio]"
        )

    def test_opens_the_picture_that_it_names(self):
        self.open(self.report, "#p=10&s=1&r=0.7&m=slider")
        self.assertEqual(self.seen(), ["an owl on a blue violin", "Ratio 0.7", "slider"])
        self.assertTrue(self.run_script("return document.getElementById('viewer').contains(document.activeElement)"))
        self.press(Keys.ESCAPE)
        self.until(False, self.is_open)
        self.until("", self.hash)
        self.assertEqual(self.focused(), ["10", "1", "0.7"])

    def test_follows_an_address_that_is_written_while_the_page_is_open(self):
        self.open(self.report)
        self.run_script("location.hash = '#p=10&s=1&r=0.7&m=onion'")
        self.until(["an owl on a blue violin", "Ratio 0.7", "onion"], self.seen)
        self.run_script("location.hash = '#p=3&s=0&r=0.3&m=onion&category=Animals'")
        self.until(["a corgi", "Ratio 0.3", "onion"], self.seen)
        self.assertEqual(len(self.shown()), 6)
        self.run_script("location.hash = '#category=Vehicles'")
        self.until(False, self.is_open)
        self.assertEqual(len(self.shown()), 2)

    def test_brings_a_row_without_a_ratio_into_sight(self):
        self.open(self.report, "#p=66&s=0&sort=order")
        self.assertFalse(self.is_open())
        self.until(
            True,
            lambda: 0
            < self.run_script("return document.querySelector('[data-p=\"66\"]').getBoundingClientRect().top")
            < 300,
        )

    def test_back_closes_and_forward_opens_again(self):
        self.open(self.report, "#sort=order")
        self.click("[data-p='10'][data-s='0'] [data-ratio='0.5'] a")
        self.press("s", Keys.ARROW_DOWN, "3")
        self.until("#p=10&s=1&r=0.7&m=slider&sort=order", self.hash)
        driver().back()
        self.until(False, self.is_open)
        self.assertEqual(self.hash(), "#sort=order")
        self.until(["10", "1", "0.7"], self.focused)
        driver().forward()
        self.until(True, self.is_open)
        self.assertEqual(self.seen(), ["an owl on a blue violin", "Ratio 0.7", "slider"])

    def test_closing_leaves_nothing_behind_in_the_history(self):
        self.open(self.report)
        length = self.run_script("return history.length")
        for _ in range(3):
            self.click("[data-p='10'][data-s='0'] [data-ratio='0.5'] a")
            self.press(Keys.ARROW_DOWN, Keys.ARROW_UP)
            self.press(Keys.ESCAPE)
            self.until("", self.hash)
        self.assertLessEqual(self.run_script("return history.length"), length + 1)

    def test_many_moves_in_a_short_time_end_at_the_last(self):
        self.open(self.report, "#p=3&s=0&r=0.5&m=two-up&sort=order")
        self.run_script("""
          for (let i = 0; i < 300; i += 1) for (const key of ["ArrowDown", "ArrowUp"])
            document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
          document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));""")
        self.until("#p=3&s=1&r=0.5&m=two-up&sort=order", self.hash)

    def test_shows_the_row_where_the_viewer_was_closed(self):
        self.open(self.report, "#sort=order")
        self.click("[data-p='3'][data-s='0'] [data-ratio='0.3'] a")
        for _ in range(12):
            self.press(Keys.ARROW_DOWN)
        self.press(Keys.ESCAPE)
        self.until(["45", "0", "0.3"], self.focused)
        self.until(True, lambda: self.is_in_sight("[data-p='45']"))


if __name__ == "__main__":
    unittest.main()
