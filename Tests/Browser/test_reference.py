"""Any picture against any: the pinned reference, its difference, titles, links and the blink."""

import base64
import unittest

from selenium.webdriver.common.keys import Keys

import reports
from browser import PageTest, driver
from viewer import IN_SIGHT, ViewerCase

# The colours in the middle of eight by eight fields of a picture given as an address that may be read.
FIELDS = """
const [address, box, done] = arguments;
const image = new Image();
image.onload = () => {
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  const [x, y, width, height] = box ?? [0, 0, canvas.width, canvas.height];
  const fields = [];
  for (let row = 0; row < 8; row += 1) for (let column = 0; column < 8; column += 1)
    fields.push([...context.getImageData(x + (column + 0.5) * width / 8, y + (row + 0.5) * height / 8, 1, 1).data]);
  done(fields);
};
image.src = address;
"""


class ReferenceTest(ViewerCase):
    def reference(self):
        return self.text(".viewer-label[data-side=reference] b")

    def fields(self, png, box=None):
        address = "data:image/png;base64," + base64.b64encode(png).decode()
        return driver().execute_async_script(FIELDS, address, box)

    def screen(self, selector):
        """What is drawn in an element, as 64 colours."""
        box = self.run_script(
            "const b = document.querySelector(arguments[0]).getBoundingClientRect();"
            "return [b.x, b.y, b.width, b.height]",
            selector,
        )
        self.have_come("#viewer")
        return self.fields(driver().get_screenshot_as_png(), box)

    def test_pins_a_ratio_for_every_row(self):
        self.view("#p=10&s=0&r=0.5&m=two-up&sort=order")
        self.press("r")
        self.assertIn("Ratio 0.5, in every row", self.says())
        self.assertEqual(self.find("[data-do=pin]").get_attribute("aria-pressed"), "true")
        self.press("3")
        self.assertEqual((self.reference(), self.variant()), ("Ratio 0.5", "Ratio 0.7"))
        self.assertEqual(self.visible(), [self.path(10, 0.5), self.path(10, 0.7)])
        self.until("#p=10&s=0&r=0.7&m=two-up&ref=0.5&sort=order", self.hash)
        self.press(Keys.ARROW_DOWN)
        self.assertEqual(self.visible(), [self.path(10, 0.5, 1), self.path(10, 0.7, 1)])
        self.press("s")
        self.assertEqual(self.visible(), [self.path(10, 0.5, 1), self.path(10, 0.7, 1)])
        self.press("b")
        self.assertEqual((self.reference(), self.variant()), ("Ratio 0.5", "Baseline"))
        # Alone: a picture against itself.
        self.press("2")
        self.assertEqual(self.visible(), [self.path(10, 0.5, 1)])
        self.click("[data-do=pin]")
        self.assertIn("baseline again", self.says())
        self.assertEqual(self.reference(), "Baseline")

    def test_pins_one_picture_alone(self):
        self.view("#p=10&s=1&r=0.3&m=two-up&sort=order")
        self.press("R")
        self.press(Keys.ARROW_UP)
        self.assertEqual(self.visible(), [self.path(10, 0.3, 1), self.path(10, 0.3, 0)])
        self.assertEqual(self.reference(), "Ratio 0.3, row 10, seed 1")
        self.until("#p=10&s=0&r=0.3&m=two-up&ref=0.3&refp=10&refs=1&sort=order", self.hash)
        self.view("#p=3&s=0&r=0.7&m=slider&ref=0.3&refp=10&refs=1")
        self.assertEqual(self.visible(), [self.path(10, 0.3, 1), self.path(3, 0.7, 0)])

    def test_ignores_a_reference_that_is_not_there(self):
        for address in ("ref=9", "ref=0.3&refp=999&refs=0", "ref="):
            self.view(f"#p=10&s=0&r=0.5&m=two-up&{address}")
            self.assertEqual(self.visible(), [self.path(10, 0), self.path(10, 0.5)])

    def test_says_that_a_row_lacks_the_reference(self):
        self.view("#p=17&s=0&r=0.7&m=two-up&ref=0.5")
        self.assertIn("Failed", self.text("[data-view=reference] .absent"))
        self.press("d")
        self.assertIn("no difference to show", self.text("[data-view=main] .absent"))

    def test_makes_the_difference_itself_as_the_stored_heat_map_has_it(self):
        # The same pair, once by the stored heat map and once by the page's own: pinned is the very baseline.
        self.view("#p=10&s=0&r=0.5&m=difference")
        stored = self.screen("[data-view=main] .plate")
        self.assertEqual(self.visible(), [self.heat_map(10, 0.5)])
        # The other seed's row has the same baseline pinned alone, so that no heat map of the pair is stored.
        self.view("#p=10&s=0&r=0&m=difference&ref=0.5")
        self.assertEqual(self.visible(), [self.path(10, 0.5), self.path(10, 0)])
        made = self.screen("[data-layer=computed] .plate")
        self.assertGreater(len({tuple(field) for field in stored}), 1)
        for one, other in zip(stored, made):
            for a, b in zip(one, other):
                self.assertAlmostEqual(a, b, delta=2)

    def test_says_where_the_numbers_of_a_pair_are_out_of_reach(self):
        self.view("#p=10&s=0&r=0.7&m=two-up&ref=0.5")
        self.until(True, lambda: "one file" in self.text(".pair-numbers"))
        self.press("r", "r")
        self.assertFalse(self.find(".pair-numbers").is_displayed())

    def test_pins_on_the_sheet(self):
        self.open(self.report, "#sort=order")
        self.run_script("document.querySelector('[data-p=\"10\"] [data-ratio=\"0.3\"] a').focus()")
        self.press("r")
        self.assertIn("Ratio 0.3, in every row", self.says())
        self.assertEqual(self.text(".column.pinned"), "0.3")
        self.press(Keys.ARROW_RIGHT, Keys.ENTER)
        self.assertEqual(self.visible(), [self.path(10, 0.3), self.path(10, 0.5)])
        self.press(Keys.ESCAPE)
        self.until("#ref=0.3&sort=order", self.hash)

    def test_keeps_a_reference_that_was_pinned_meanwhile_when_it_closes(self):
        self.open(self.report, "#sort=order")
        self.click("[data-p='10'][data-s='0'] [data-ratio='0.5'] a")
        self.press("r")
        self.press(Keys.ESCAPE)
        self.until("#ref=0.5&sort=order", self.hash)
        self.assertEqual(self.text(".column.pinned"), "0.5")

    def test_compares_scores_with_the_reference(self):
        self.view("#p=10&s=0&r=0.7&m=two-up&ref=0.3")
        scores = [self.stored.scores[10, 0, ratio]["clip_score"] for ratio in (0.7, 0.3)]
        shown = self.find(".viewer-scores div dd").text.split()
        change = f"{scores[0] - scores[1]:+.2f}".replace("-", "\u2212")
        self.assertEqual(shown, [f"{scores[0]:.2f}", change, "Ratio", "0.3", f"{scores[1]:.2f}"])

    def test_names_the_open_picture_in_the_title(self):
        title = "synthetic · tome-eval"
        self.view("#p=10&s=0&r=0.5&m=two-up")
        self.assertEqual(driver().title, f"an owl on a blue violin · Ratio 0.5 · {title}")
        self.press("r", "3")
        self.assertEqual(driver().title, f"an owl on a blue violin · Ratio 0.7 · against Ratio 0.5 · {title}")
        self.press(Keys.ESCAPE)
        self.until(title, lambda: driver().title)

    def test_copies_a_link_by_key_and_by_button(self):
        for refuses in (False, True):
            for copy in (lambda: self.press("c"), lambda: self.click("[data-do=copy]")):
                self.view("#p=10&s=0&r=0.5&m=two-up")
                self.run_script(
                    """
                  window.copied = [];
                  navigator.clipboard.writeText = async (text) => {
                    if (arguments[0]) throw new DOMException("no", "NotAllowedError");
                    copied.push(text);
                  };
                  document.addEventListener("copy", () => copied.push(document.activeElement.value));""",
                    refuses,
                )
                self.press("3")
                copy()
                self.until("The link is copied.", self.says)
                self.assertEqual(
                    self.run_script("return copied"), [f"{self.report.url}#p=10&s=0&r=0.7&m=two-up"]
                )
                self.assertTrue(
                    self.run_script("return document.getElementById('viewer').contains(document.activeElement)")
                )

    def test_alternates_by_key_and_by_button_where_motion_is_wanted(self):
        for act in (lambda: self.press("p"), lambda: self.click("[data-do=play]")):
            self.view("#p=10&s=0&r=0.7&m=slider", motion="no-preference")
            act()
            self.assertEqual(self.run_script("return document.querySelector('.stage').dataset.mode"), "blink")
            self.assertEqual(self.find("[data-do=play]").get_attribute("aria-pressed"), "true")
            seen = driver().execute_async_script(
                """
              const done = arguments[0], seen = [];
              const stage = document.querySelector(".stage");
              new MutationObserver(() => seen.push(performance.now())).observe(stage, { attributeFilter: ["class"] });
              setTimeout(() => done(seen), 2100);"""
            )
            # Two to three times a second there and back.
            turns = [b - a for a, b in zip(seen, seen[1:])]
            self.assertTrue(8 <= len(seen) <= 12, seen)
            self.assertAlmostEqual(sum(turns) / len(turns), 200, delta=30)
            self.until([self.path(10, 0)], self.visible)
            self.until([self.path(10, 0.7)], self.visible)
            act()
            self.assertEqual(self.find("[data-do=play]").get_attribute("aria-pressed"), "false")
            self.assertEqual(self.visible(), [self.path(10, 0.7)])
            act()
            self.press("t")
            self.assertEqual(self.find("[data-do=play]").get_attribute("aria-pressed"), "false")

    def test_alternates_nothing_where_little_motion_is_wanted(self):
        self.view("#p=10&s=0&r=0.7&m=slider")
        self.press("p")
        self.assertIn("little motion", self.says())
        self.assertEqual(self.find("[data-do=play]").get_attribute("aria-pressed"), "false")
        self.assertEqual(self.visible(), [self.path(10, 0.7)])


class RunAgainstRunTest(PageTest):
    def test_compares_a_run_with_the_other(self):
        self.open(reports.two_runs(), "#p=3&s=0&r=B%200.5&m=two-up&ref=A%200.5")
        label = lambda side: self.text(f".viewer-label[data-side={side}] b")
        self.assertEqual([label("reference"), label("variant")], ["A · Ratio 0.5", "B · Ratio 0.5"])
        self.assertEqual(len(self.run_script(IN_SIGHT)), 2)


class OneFileTest(PageTest):
    def test_counts_the_pixels_of_a_pair_that_was_never_scored(self):
        report = reports.single_file()
        self.open(report, "#p=10&s=0&r=0&m=two-up&ref=0.5")
        mae = report.rows(
            "SELECT path FROM picture JOIN sample ON picture.id = pictureID JOIN prompt ON prompt.id = promptID "
            "JOIN variant ON variant.id = variantID WHERE prompt.row = 10 AND seed = 0 ORDER BY ratio"
        )
        files = [(report.store.parent / row["path"]).read_bytes() for row in mae]
        expected = driver().execute_async_script(
            """
          const [addresses, done] = arguments;
          Promise.all(addresses.map(async (address) => {
            const image = new Image(); image.src = address; await image.decode();
            const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
            const context = canvas.getContext("2d"); context.drawImage(image, 0, 0);
            return context.getImageData(0, 0, canvas.width, canvas.height).data;
          })).then(([a, b]) => {
            let sum = 0, largest = 0, changed = 0;
            for (let at = 0; at < a.length; at += 4) {
              let most = 0;
              for (const channel of [0, 1, 2]) {
                const d = Math.abs(a[at + channel] - b[at + channel]);
                sum += d;
                most = Math.max(most, d);
              }
              largest = Math.max(largest, most); changed += most > 0 ? 1 : 0;
            }
            done(`mean difference ${(sum / (a.length / 4) / 3).toFixed(2)} levels, largest ${largest}, ` +
              `${(100 * changed / (a.length / 4)).toFixed(1)} %`);
          });""",
            ["data:image/png;base64," + base64.b64encode(file).decode() for file in files],
        )
        self.assertNotIn("largest 0", expected)
        self.until(True, lambda: expected in self.text(".pair-numbers"))


if __name__ == "__main__":
    unittest.main()
