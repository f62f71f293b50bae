"""A page that is one file, and a page of two runs."""

import base64
import re
import shutil
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

import reports
from browser import PageTest
from stored import Stored
from viewer import IN_SIGHT


class SingleFileTest(PageTest):
    def setUp(self):
        """The file alone, in another folder: nothing beside it can help."""
        report = reports.single_file()
        folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, folder)
        self.report = replace(report, page=Path(shutil.copy(report.page, folder)))
        self.stored = Stored(report)

    def data(self, path):
        return "data:image/png;base64," + base64.b64encode((self.report.store.parent / path).read_bytes()).decode()

    def test_holds_every_picture_once(self):
        html = self.report.page.read_text()
        pictures = re.findall(r'data:image/png;base64,[^"]+', html)
        self.assertEqual(len(pictures), len(set(pictures)))
        self.assertLessEqual({self.data(sample["path"]) for sample in self.stored.samples.values()}, set(pictures))

    def test_shows_them_in_the_sheet_and_in_the_viewer(self):
        self.open(self.report)
        self.until(True, lambda: self.run_script("return document.querySelector('.cell img').naturalWidth === 64"))
        self.click("[data-p='10'] [data-ratio='0.5'] a")
        pair = [self.data(self.stored.samples[10, 0, ratio]["path"]) for ratio in (0, 0.5)]
        self.assertEqual(self.run_script(IN_SIGHT), pair)
        self.press("d")
        heat_map = self.run_script(
            'return document.querySelector(\'[data-p="10"] [data-ratio="0.5"]\').dataset.difference'
        )
        self.assertTrue(heat_map.startswith("data:image/png;base64,"))
        self.assertEqual(self.run_script(IN_SIGHT), [heat_map])
        link = self.find(".viewer-label[data-side=variant] a")
        self.assertEqual([link.get_attribute("href"), link.get_attribute("download")], [pair[1], "10-s0-r0.5.png"])

    def test_opens_by_link(self):
        self.open(self.report, "#p=80&s=0&r=0.5&m=slider")
        self.assertEqual(self.text("#viewer-prompt"), "a lighthouse")


class TwoRunsTest(PageTest):
    def setUp(self):
        self.report = reports.two_runs()

    def test_lays_both_runs_side_by_side(self):
        self.open(self.report, "#sort=order")
        labels = self.run_script(
            'return [...document.querySelectorAll(\'[data-p="3"][data-s="0"] figcaption b\')].map((b) => b.textContent)'
        )
        self.assertEqual(labels, ["A · 0", "B · 0", "A · 0.3", "A · 0.5", "B · 0.5", "A · 0.7"])
        columns = [(column.text, column.get_attribute("title")) for column in self.all(".columns-head .column")]
        self.assertEqual([text for text, _ in columns], labels)
        self.assertTrue(all(title.endswith(": ratio " + text[4:]) for text, title in columns), columns)
        legend = [item.text for item in self.all(".legend li")]
        self.assertEqual([item[0] for item in legend], ["A", "B"])
        self.assertIn("compared with B", legend[0])

    def test_shows_the_rows_that_both_have_unless_all_are_asked_for(self):
        places = "return [...document.querySelectorAll('.row')].map((row) => `${row.dataset.p} ${row.dataset.s}`)"
        self.open(self.report, "#sort=order")
        self.assertEqual(self.run_script(places), ["3 0", "10 0"])
        self.assertIn("19 rows that only one run has are left out", self.text(".left-out"))
        self.open(reports.two_whole_runs(), "#sort=order")
        self.assertEqual(len(self.run_script(places)), 21)
        self.assertEqual(self.all(".left-out"), [])

    def test_dots_of_a_run_alone_open_its_own_baseline(self):
        """Their numbers are changes to it, while the sheet compares with the other run."""
        self.open(self.report, "#sort=order")
        addresses = self.run_script(
            "return [...document.querySelectorAll('.prompts a, .similarity a')].map((a) => a.getAttribute('href'))"
            ".filter((address) => address.startsWith('#p=') && address.includes('r=A'))"
        )
        self.assertTrue(addresses)
        shown = self.run_script("return [...document.querySelectorAll('.row')].map(({ dataset: { p, s } }) => `#p=${p}&s=${s}&`)")
        for address in addresses:
            self.assertIn("&ref=A%200", address)
            self.assertTrue(any(address.startswith(row) for row in shown), address)
        self.open(self.report, next(address for address in addresses if "r=A%200.5" in address) + "&m=two-up")
        label = lambda side: self.text(f".viewer-label[data-side={side}] b")
        self.assertEqual([label("reference"), label("variant")], ["A · Baseline", "A · Ratio 0.5"])

    def test_counts_the_pictures_that_are_bit_identical(self):
        """As many as have the same hash in both stores."""
        own, other = (
            {
                (sample["row"], sample["ratio"]): sample["pixelHash"]
                for sample in report.rows(
                    "SELECT prompt.row, variant.ratio, picture.pixelHash FROM sample "
                    "JOIN picture ON picture.id = pictureID JOIN prompt ON prompt.id = promptID "
                    "JOIN variant ON variant.id = variantID WHERE seed = 0 AND row IN (3, 10)"
                )
            }
            for report in (self.report, replace(self.report, store=reports.other_store()))
        )
        counts = [
            f"{sum(own[row, ratio] == other[row, ratio] for row in (3, 10))} of 2" for ratio in (0, 0.5)
        ]
        self.open(self.report)
        cells = self.run_script(
            "return [...document.querySelectorAll('table.ratios')[0].querySelectorAll('[data-label=\"Bit-identical\"]')]"
            ".map((cell) => cell.textContent.trim())"
        )
        self.assertEqual(cells, counts)
        self.assertIn("of 4 pictures are bit-identical", self.text("h1"))

    def test_compares_each_with_the_same_of_the_other_run_or_its_own_baseline(self):
        self.open(self.report, "#p=3&s=0&r=B%200.5&m=slider")
        label = lambda side: self.text(f".viewer-label[data-side={side}] b")
        self.assertEqual([label("reference"), label("variant")], ["B · Baseline", "B · Ratio 0.5"])
        self.press("1")
        self.assertEqual([label("reference"), label("variant")], ["A · Baseline", "A · Ratio 0.3"])
        self.press("2")
        self.assertEqual([label("reference"), label("variant")], ["B · Ratio 0.5", "A · Ratio 0.5"])
        self.press("d")
        self.assertEqual(len(self.run_script(IN_SIGHT)), 2)
        self.press("s", "3")
        self.assertEqual([label("reference"), label("variant")], ["B · Baseline", "B · Ratio 0.5"])
        self.press("0")
        self.assertEqual(label("variant"), "B · Baseline")
        self.until("#p=3&s=0&r=B+0&m=slider", self.hash)
        self.assertEqual(len(self.run_script(IN_SIGHT)), 1)

    def test_fits_a_phone(self):
        self.open(self.report, width=360, height=740)
        self.assertEqual(self.run_script("return document.documentElement.scrollWidth"), 360)


if __name__ == "__main__":
    unittest.main()
