"""How the page fits: any width, on paper, without script, with little motion."""

import base64
import re
import unittest

import reports
from browser import PageTest, driver

OVERFLOW = """
const width = document.documentElement.clientWidth;
const scrolls = (element) =>
  element && (/auto|scroll|hidden/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
return [document.documentElement.scrollWidth - width, [...document.querySelectorAll("body *")].filter((element) => {
  const box = element.getBoundingClientRect();
  return box.right > width + 1 && box.width > 0 && element.checkVisibility() && !scrolls(element.parentElement) &&
    !element.closest("svg, .skip");
}).slice(0, 5).map((element) => element.outerHTML.slice(0, 120))];
"""


class LayoutTest(PageTest):
    def test_never_scrolls_sideways(self):
        for width in (320, 360, 412, 600, 768, 1024, 1280, 1920):
            for address in (
                "",
                "#size=l",
                "#size=s",
                "#hide=0.3&margin=400",
                "#p=59&s=0&r=0.5&m=two-up",
                "#p=59&s=0&r=0.5&m=difference",
                "#p=59&s=0&r=0.5&m=slider&ref=0.3&refp=59&refs=1",
            ):
                with self.subTest(width=width, address=address):
                    self.open(reports.small(), address, width=width, height=800)
                    self.run_script("document.querySelector('.unfold').click()")
                    self.assertEqual(self.run_script("return innerWidth"), width)
                    self.assertEqual(self.run_script(OVERFLOW), [0, []])

    def test_the_viewer_fits_the_screen(self):
        for width, height in ((320, 568), (360, 740), (740, 360), (1280, 800), (2560, 1300)):
            for mode in ("two-up", "slider"):
                with self.subTest(width=width, height=height, mode=mode):
                    self.open(reports.small(), f"#p=10&s=0&r=0.5&m={mode}", width=width, height=height)
                    viewer, plate, scores = self.run_script("""
                      const box = (selector) => document.querySelector(selector).getBoundingClientRect().toJSON();
                      return [box("#viewer"), box("[data-view=main] .plate"), box(".viewer-scores")]""")
                    self.assertEqual([viewer["width"], viewer["height"]], [width, height])
                    self.assertLessEqual(scores["bottom"], height)
                    self.assertGreater(plate["width"], min(width, height) * 0.22)

    def test_dialogs_never_scroll_sideways(self):
        for width in (320, 360, 768, 1280):
            for dialog in ("keys", "vote", "selection"):
                if dialog == "keys" and width < 640:
                    # A phone has no keys.
                    continue
                with self.subTest(width=width, dialog=dialog):
                    self.open(reports.small(), width=width, height=800)
                    self.run_script(
                        "document.querySelector('.cell a').focus();"
                        "document.querySelector('.cell a').dispatchEvent("
                        "new KeyboardEvent('keydown', { key: '*', bubbles: true, cancelable: true }))"
                    )
                    self.click(f"[data-open={dialog}]")
                    overflow = self.run_script(
                        "const d = document.querySelector('dialog[open]'); return d.scrollWidth - d.clientWidth"
                    )
                    self.assertLessEqual(overflow, 0)
                    box = self.run_script(
                        "return document.querySelector('dialog[open]').getBoundingClientRect().toJSON()"
                    )
                    self.assertTrue(0 <= box["left"] and box["right"] <= width, box)

    def test_prints_whole_rows_without_tools(self):
        self.open(reports.small(), media="print", width=794, height=1123)
        tools = (".tools", ".columns-head", ".margin-tool", ".sheet-buttons")
        for hidden in (*tools, ".skip", "#viewer", "#keys", "#vote", "#selection"):
            self.assertFalse(self.find(hidden).is_displayed(), hidden)
        for shown in (".ratios", ".chart svg", ".map svg", ".kinds", ".row:last-child .cell img"):
            self.assertTrue(self.find(shown).is_displayed(), shown)
        self.assertEqual(
            self.run_script(
                "const style = getComputedStyle(document.querySelector('.row'));"
                "return [style.breakInside, style.contentVisibility]"
            ),
            ["avoid", "visible"],
        )
        for whole in (".map", ".kinds"):
            style = self.run_script("return getComputedStyle(document.querySelector(arguments[0])).breakInside", whole)
            self.assertEqual(style, "avoid", whole)
        self.assertEqual(self.run_script(OVERFLOW), [0, []])
        clipped = self.run_script(
            "return [...document.querySelectorAll('.strip')]"
            ".filter((strip) => strip.scrollWidth > strip.clientWidth + 10).length"
        )
        self.assertEqual(clipped, 0)

    def test_prints_dark_ink_on_white_in_the_dark_too(self):
        self.open(reports.small(), media="print", scheme="dark")
        self.assertEqual(
            self.run_script("const s = getComputedStyle(document.body); return [s.color, s.backgroundColor]"),
            ["rgb(0, 0, 0)", "rgb(255, 255, 255)"],
        )

    def test_becomes_a_pdf_with_its_pictures(self):
        self.open(reports.small())
        pdf = base64.b64decode(driver().execute_cdp_cmd("Page.printToPDF", {"printBackground": True})["data"])
        self.assertTrue(pdf.startswith(b"%PDF-"))
        pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
        self.assertTrue(4 <= pages <= 25, pages)
        self.assertGreaterEqual(len(re.findall(rb"/Subtype\s*/Image", pdf)), 20)

    def test_is_a_plain_sheet_without_script(self):
        self.open(reports.small(), script=False)
        self.assertFalse(self.find(".tools").is_displayed())
        self.assertFalse(self.find("#viewer").is_displayed())
        self.assertEqual(len(self.all(".row")), 20)
        self.assertEqual(len([row for row in self.all(".row") if row.is_displayed()]), 20)
        link = self.find("[data-p='10'][data-s='0'] [data-ratio='0.5'] a")
        link.click()
        self.until(True, lambda: driver().current_url.endswith(".png"))

    def test_scrolls_smoothly_only_where_motion_is_wanted(self):
        for motion, behavior in (("no-preference", "smooth"), ("reduce", "auto")):
            self.open(reports.small(), motion=motion)
            self.assertEqual(
                self.run_script("return getComputedStyle(document.documentElement).scrollBehavior"), behavior
            )
        moving = self.run_script("""
          return [...document.querySelectorAll("*")].filter((element) => {
            const style = getComputedStyle(element);
            return parseFloat(style.transitionDuration) > 0 || parseFloat(style.animationDuration) > 0;
          }).length""")
        self.assertEqual(moving, 0)


if __name__ == "__main__":
    unittest.main()
