"""Stars and notes, the filter, and the selection as Markdown, as a picture and as a page."""

import json
import shutil
import struct
import tempfile
import threading
import unittest
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from selenium.webdriver.common.keys import Keys

import reports
from browser import PageTest, driver
from viewer import ViewerCase


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Served:
    """A report's folder behind a web server of this machine."""

    def __init__(self, report):
        handler = partial(Quiet, directory=str(report.page.parent))
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/{report.page.name}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class StarTest(ViewerCase):
    def marks(self):
        return {tuple(json.loads(key)): mark for key, mark in (self.kept("stars") or {}).items()}

    def test_stars_in_the_viewer_and_on_the_sheet(self):
        self.view("#p=10&s=0&r=0.5&m=two-up")
        for act in (lambda: self.press("*"), lambda: self.click("[data-do=star]")):
            act()
            self.assertEqual(self.marks(), {("10", "0", "0.5"): {"isStarred": True}})
            self.assertEqual(self.find("[data-do=star]").get_attribute("aria-pressed"), "true")
            self.assertEqual(self.text(".star-count"), "★ 1")
            act()
            self.assertEqual(self.marks(), {})
            self.assertEqual(self.text(".star-count"), "")
        self.press(Keys.ESCAPE)
        self.until(False, self.is_open)
        self.press("*")
        self.assertEqual(self.marks(), {("10", "0", "0.5"): {"isStarred": True}})
        self.assertEqual(len(self.all(".cell.starred")), 1)
        self.open(self.report, keeps=True)
        self.assertEqual(len(self.all(".cell.starred")), 1)

    def test_notes_are_written_and_kept(self):
        self.view("#p=10&s=0&r=0.5&m=two-up&sort=order")
        self.assertFalse(self.find(".note").is_displayed())
        self.press("e")
        # Letters are text here, not the viewer's keys.
        self.press(*"the beak is bent?", Keys.ENTER)
        self.assertEqual(self.marks(), {("10", "0", "0.5"): {"note": "the beak is bent?"}})
        self.assertTrue(self.is_open())
        self.assertEqual(self.variant(), "Ratio 0.5")
        self.press("3")
        self.assertFalse(self.find(".note").is_displayed())
        self.press("2")
        self.assertEqual(self.find(".note").get_attribute("value"), "the beak is bent?")
        self.press("e", Keys.END, *" no", Keys.ESCAPE)
        self.assertTrue(self.is_open())
        self.assertEqual(self.find(".note").get_attribute("value"), "the beak is bent?")
        # Left without Enter, it is kept all the same.
        self.press("e", Keys.END, *" yes")
        self.click("[data-do=next]")
        self.assertEqual(self.marks(), {("10", "0", "0.5"): {"note": "the beak is bent? yes"}})
        self.open(self.report, "#p=10&s=0&r=0.5&m=two-up", keeps=True)
        self.assertEqual(self.find(".note").get_attribute("value"), "the beak is bent? yes")
        self.press("e")
        self.run_script("document.querySelector('.note').select()")
        self.press(Keys.DELETE, Keys.ENTER)
        self.assertEqual(self.marks(), {})

    def test_filters_by_star_and_keeps_it_in_the_address(self):
        self.view("#p=10&s=0&r=0.5&m=two-up&sort=order")
        self.press("*", Keys.ARROW_DOWN, Keys.ARROW_DOWN, "*", Keys.ESCAPE)
        self.click("[name=star]")
        self.expect_rows([(10, 0), (17, 0)])
        self.until("#sort=order&star=1", self.hash)
        self.open(self.report, "#sort=order&star=1", keeps=True)
        self.expect_rows([(10, 0), (17, 0)])
        self.click("[name=reset]")
        self.assertEqual(len(self.shown()), 20)
        self.assertFalse(self.find("[name=star]").is_selected())


def star(case, *places):
    for row, ratio in places:
        case.run_script(
            "document.querySelector(`.row[data-p='${arguments[0]}'] [data-ratio='${arguments[1]}'] a`).focus()",
            str(row),
            f"{ratio:g}",
        )
        case.press("*")


class SelectionTest(ViewerCase):
    def select(self, report, *places):
        self.open(report, "#sort=order")
        star(self, *places)
        self.click("[data-open=selection]")
        self.assertTrue(self.find("#selection").is_displayed())

    def enabled(self):
        return {button.get_attribute("data-save"): button.is_enabled() for button in self.all("[data-save]")}

    def test_lists_what_is_starred_and_opens_it(self):
        self.select(self.report, (10, 0.5), (24, 0.7))
        self.assertEqual(
            [item.text for item in self.all("#selection li")],
            ["an owl on a blue violin Ratio 0.5", "three yellow stars Ratio 0.7"],
        )
        self.click("#selection li:last-child a")
        self.until(True, self.is_open)
        self.assertEqual(self.text("#viewer-prompt"), "three yellow stars")

    def test_says_that_a_page_opened_as_a_file_cannot_read_its_pictures(self):
        self.select(self.report, (10, 0.5))
        self.until(True, lambda: self.find(".selection-limit").is_displayed())
        self.assertIn("--single-file", self.text(".selection-limit"))
        self.assertEqual(
            self.enabled(), {"close": True, "markdown": True, "png": False, "page": False, "clear": True}
        )

    def test_is_nothing_without_a_star(self):
        self.select(self.report)
        self.assertIn("Nothing is starred", self.text(".selection-words"))
        self.assertEqual({name for name, is_on in self.enabled().items() if is_on}, {"close"})

    def test_removes_all_stars_and_no_note(self):
        self.view("#p=10&s=0&r=0.5&m=two-up")
        self.press("*", "e", *"odd", Keys.ENTER, Keys.ESCAPE)
        self.click("[data-open=selection]")
        self.click("[data-save=clear]")
        self.assertIn("Nothing is starred", self.text(".selection-words"))
        self.assertEqual(list(self.kept("stars").values()), [{"note": "odd"}])

    def test_becomes_a_markdown_table(self):
        self.view("#p=10&s=0&r=0.5&m=two-up&sort=order")
        self.press("*", "e", *"a | b <c>", Keys.ENTER, Keys.ESCAPE)
        star(self, (45, 0.3), (10, 0.7))
        self.click("[data-open=selection]")
        name, data = self.saved(lambda: self.click("[data-save=markdown]"))
        self.assertEqual(name, "selection-synthetic.md")
        lines = data.decode().splitlines()
        self.assertEqual(lines[2], "| Prompt | Place | Baseline | Picture | Scores | Note |")
        self.assertEqual(len(lines), 7)
        self.assertIn(f"![Baseline](<{self.path(10, 0)}>)", lines[4])
        self.assertIn(f"Ratio 0.5 ![Ratio 0.5](<{self.path(10, 0.5)}>)", lines[4])
        self.assertTrue(lines[4].endswith("| a \\| b \\<c\\> |"), lines[4])
        ssim = self.stored.scores[10, 0, 0.5]["ssim"]
        self.assertIn(f"SSIM {ssim:.4f}", lines[4])
        self.assertIn("Ratio 0.7", lines[5])
        self.assertNotIn("<script>", lines[6])
        # Every line has as many columns.
        columns = {line.replace("\\|", "").count("|") for line in lines[2:]}
        self.assertEqual(columns, {7})

    def expect_exports(self, report, places):
        """The picture and the page of a selection, from a page that may read its pictures."""
        self.until(True, lambda: self.enabled()["png"] and self.enabled()["page"])
        self.assertFalse(self.find(".selection-limit").is_displayed())
        name, data = self.saved(lambda: self.click("[data-save=png]"))
        self.assertEqual((name, data[:8]), ("selection-synthetic.png", b"\x89PNG\r\n\x1a\n"))
        width, height = struct.unpack(">II", data[16:24])
        self.assertGreater(width, 2 * 64)
        self.assertGreater(height, len(places) * 64)
        name, page = self.saved(lambda: self.click("[data-save=page]"))
        self.assertEqual(name, "selection-synthetic.html")
        folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, folder)
        (folder / name).write_bytes(page)
        self.assertNotIn(b"<script", page)
        self.open(replace(report, page=folder / name))
        images = self.run_script(
            "return [...document.images].map((image) => [image.src.slice(0, 15), image.naturalWidth > 0])"
        )
        self.assertEqual(images, [["data:image/png;", True]] * (2 * len(places)))
        self.assertEqual(len(self.all("section h2")), len({row for row, _ in places}))

    def test_becomes_a_picture_and_a_page_where_the_page_is_one_file(self):
        report = reports.single_file()
        places = ((10, 0.5), (3, 0.5))
        self.select(report, *places)
        self.expect_exports(report, places)

    def test_becomes_a_picture_and_a_page_from_a_web_server(self):
        server = Served(self.report)
        self.addCleanup(server.close)
        places = ((10, 0.5), (24, 0.7))
        self.select(server, *places)
        self.expect_exports(self.report, places)


if __name__ == "__main__":
    unittest.main()
