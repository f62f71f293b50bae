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
        self.assertEqual(labels, ["A · 0", "A · 0.3", "A · 0.5", "A · 0.7", "B · 0", "B · 0.5"])

    def test_compares_each_with_the_baseline_of_its_run(self):
        self.open(self.report, "#p=3&s=0&r=B%200.5&m=slider")
        label = lambda side: self.text(f".viewer-label[data-side={side}] b")
        self.assertEqual([label("reference"), label("variant")], ["B · Baseline", "B · Ratio 0.5"])
        self.press("1")
        self.assertEqual([label("reference"), label("variant")], ["A · Baseline", "A · Ratio 0.3"])
        self.press("4")
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
