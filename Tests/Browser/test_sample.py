"""The report that the README shows: what is in it, what it weighs, and that its table fits though it has many columns."""

import unittest

import reports
from browser import PageTest
from test_layout import OVERFLOW


class SampleTest(PageTest):
    def test_has_votes_and_explanations_within_three_megabytes(self):
        files = [file for file in reports.SAMPLE.rglob("*") if file.is_file()]
        self.assertLessEqual(sum(file.stat().st_size for file in files), 3_000_000)
        count = lambda table: reports.sample().rows(f"SELECT count(*) AS n FROM {table}")[0]["n"]
        self.assertGreaterEqual(count("vote"), 20)
        self.assertGreater(count("vote WHERE isCatchTrial"), 0)
        self.assertGreater(count("explanation"), 0)
        self.assertGreater(count("preview"), 0)

    def test_is_as_the_tool_writes_it(self):
        """Its tables are; the page has a number of its own in every copy."""
        for name in ("pictures.csv", "ratios.csv"):
            with self.subTest(name=name):
                self.assertEqual((reports.SAMPLE / name).read_text(), (reports.sample().page.parent / name).read_text())

    def test_says_what_people_said(self):
        self.open(reports.sample())
        self.assertIn("People prefer the baseline", " ".join(self.text(".ratios thead").split()))
        self.assertIn("Pairs of twice the same picture", self.text(".people"))

    def test_its_table_fits_any_width(self):
        for width in (320, 360, 600, 768, 1024, 1100, 1280, 1440, 1920):
            with self.subTest(width=width):
                self.open(reports.sample(), width=width, height=800)
                self.assertEqual(self.run_script(OVERFLOW), [0, []])
                is_table = self.run_script("return getComputedStyle(document.querySelector('.ratios')).display === 'table'")
                self.assertEqual(is_table, self.all(".ratios.cards") == [])
                if is_table:
                    frame = "const frame = document.querySelector('.ratios-frame');"
                    self.assertLessEqual(self.run_script(frame + "return frame.scrollWidth - frame.clientWidth"), 0)
                if width <= 1024:
                    self.assertFalse(is_table)
        self.assertTrue(is_table)

    def test_its_table_fits_on_paper(self):
        """The width between the margins of A4, in pixels of 96 to the inch."""
        self.open(reports.sample(), width=688, height=1000, media="print")
        self.assertEqual(self.run_script("return getComputedStyle(document.querySelector('.ratios')).display"), "table")
        self.assertLessEqual(self.run_script("return document.querySelector('.ratios').offsetWidth"), 688)

    def test_shows_how_its_worst_pictures_were_made(self):
        self.open(reports.sample())
        place = self.run_script(
            "return (({ p, s, r }) => `#p=${p}&s=${s}&r=${r}&m=two-up`)"
            "([...document.querySelectorAll('script.explained')].map((each) => each.dataset).find(({ r }) => r !== '0'))"
        )
        self.open(reports.sample(), place)
        self.press("m", "w")
        self.assertTrue(self.find(".tokens-line").is_displayed())
        self.assertTrue(self.all(".film li"))


if __name__ == "__main__":
    unittest.main()
