"""Where pictures change, and the kinds of damage that the sheet's chips choose by."""

import unittest

from selenium.webdriver.common.keys import Keys

import reports
from browser import PageTest
from stored import Stored

TITLES = {"s": "speckle", "f": "frayed edges", "c": "colour shift", "l": "lost object", "r": "recomposed"}


class KindsTest(PageTest):
    def setUp(self):
        self.report = reports.small()
        self.stored = Stored(self.report)
        self.found = {
            (row, seed, ratio): self.stored.kinds(row, seed, ratio)
            for row, seed in self.stored.rows
            for ratio in self.stored.ratios
        }
        self.letters = [letter for letter in TITLES if any(letter in kinds for kinds in self.found.values())]
        self.assertGreater(len(self.letters), 1)

    def expected(self, kinds, at=None, key="change"):
        """The rows of which a picture shows one of the kinds."""
        return [
            place
            for place in self.stored.order(key, at)
            if any(
                set(self.found[*place, ratio]) & set(kinds) for ratio in ([at] if at else self.stored.ratios)
            )
        ]

    def chip(self, kind):
        # The box lies invisibly over its words.
        self.run_script("document.querySelector(`.kinds [value='${arguments[0]}']`).click()", kind)

    def test_every_picture_has_the_kinds_that_the_rules_give_it(self):
        self.open(self.report)
        shown = self.run_script(
            "return [...document.querySelectorAll('.cell:not(.baseline)')].map((cell) => {"
            "const row = cell.closest('.row').dataset;"
            "return [Number(row.p), Number(row.s), Number(cell.dataset.ratio), cell.dataset.kinds ?? '']; })"
        )
        self.assertEqual({(p, s, ratio): kinds for p, s, ratio, kinds in shown}, self.found)

    def test_chips_count_pictures_and_choose_rows(self):
        self.open(self.report)
        chips = [tuple(label.text.rsplit(" ", 1)) for label in self.all(".kinds label")]
        counts = [
            (TITLES[letter], str(sum(letter in kinds for kinds in self.found.values()))) for letter in self.letters
        ]
        self.assertEqual(chips, counts)
        for letter in self.letters:
            with self.subTest(kind=letter):
                self.chip(letter)
                self.until(f"#kind={letter}", self.hash)
                self.expect_rows(self.expected(letter))
                self.chip(letter)
                self.expect_rows(self.stored.order("change"))
        self.until("", self.hash)

    def test_chips_add_up_and_go_with_the_other_tools(self):
        self.open(self.report)
        first, second = self.letters[:2]
        self.chip(first)
        self.chip(second)
        self.expect_rows(self.expected(first + second))
        self.choose(sort="ssim", at="0.7")
        self.expect_rows(self.expected(first + second, 0.7, "ssim"))
        self.choose(q="blue")
        words = [
            place
            for place in self.expected(first + second, 0.7, "ssim")
            if "blue" in self.stored.prompts[place[0]]["text"].lower()
        ]
        self.expect_rows(words)
        self.until(f"#sort=ssim&at=0.7&kind={first}{second}&q=blue", self.hash)
        shown = self.shown()
        self.open(self.report, self.hash())
        self.expect_rows(shown)
        self.assertEqual(
            self.run_script("return [...document.querySelectorAll('.kinds :checked')].map((box) => box.value)"),
            [first, second],
        )
        self.click("[name=reset]")
        self.expect_rows(self.stored.order("change"))
        self.until("", self.hash)
        self.assertEqual(self.all(".kinds :checked"), [])

    def test_a_picture_must_be_all_that_is_asked_for(self):
        self.open(self.report, "#kind=f&change=lost")
        self.expect_rows(
            [
                place
                for place in self.stored.order("change")
                if any(
                    "f" in self.found[*place, ratio]
                    and (self.stored.value("change", *place, ratio) or 0) < -self.stored.margin
                    and (self.report.page.parent / self.stored.samples[*place, ratio]["path"]).exists()
                    for ratio in self.stored.ratios
                )
            ]
        )

    def test_starred_pictures_go_with_chips(self):
        self.open(self.report, "#sort=order")
        self.run_script("document.querySelector('.row .cell a').focus()")
        self.press("*")
        self.run_script("document.querySelector('.tools [name=star]').click()")
        self.chip("f")
        row = self.stored.rows[0]
        expected = [row] if any("f" in self.found[*row, ratio] for ratio in self.stored.ratios) else []
        self.expect_rows(expected)

    def test_chips_work_by_keyboard(self):
        self.open(self.report)
        self.run_script("document.querySelector('.row .cell a').focus()")
        self.press("k")
        self.assertEqual(self.run_script("return document.activeElement.value"), self.letters[0])
        self.press(Keys.SPACE)
        self.expect_rows(self.expected(self.letters[0]))
        self.press(Keys.TAB, Keys.SPACE)
        self.expect_rows(self.expected(self.letters[:2]))
        outline = self.run_script("return getComputedStyle(document.activeElement.nextElementSibling).outlineStyle")
        self.assertEqual(outline, "solid")

    def test_the_viewer_says_what_a_picture_shows(self):
        (row, seed, ratio), kinds = next((place, kinds) for place, kinds in self.found.items() if "f" in kinds)
        self.open(self.report, f"#p={row}&s={seed}&r={ratio:g}&m=two-up")
        shown = self.run_script(
            "return [...document.querySelectorAll('.viewer-scores div')]"
            ".find((item) => item.querySelector('dt').textContent === 'Damage').querySelector('dd').textContent"
        )
        self.assertEqual(shown, ", ".join(TITLES[letter] for letter in kinds))

    def test_an_address_that_cannot_be_meant_chooses_nothing(self):
        self.open(self.report, "#kind=xyz")
        self.expect_rows(self.stored.order("change"))

    def test_there_are_no_chips_without_script(self):
        self.open(self.report, script=False)
        self.assertFalse(self.find(".kinds").is_displayed())
        self.assertTrue(self.find(".map svg").is_displayed())


class MapsTest(PageTest):
    def setUp(self):
        self.report = reports.small()
        self.stored = Stored(self.report)

    def test_every_ratio_has_a_map_on_one_scale_that_leads_to_its_pictures(self):
        self.open(self.report)
        self.assertEqual([b.text for b in self.all(".map figcaption b")], ["Ratio 0.3", "Ratio 0.5", "Ratio 0.7"])
        counts = [
            f"{sum(ratio == other for *_, other in self.stored.differences)} pictures" for ratio in self.stored.ratios
        ]
        self.assertEqual([count.text for count in self.all(".map .counts")], counts)
        # The colours of each map, from its corner to its centre: the larger the ratio, the lighter.
        lightness = self.run_script("""
          const light = (fill) => [0.2126, 0.7152, 0.0722].reduce((sum, weight, channel) =>
            sum + weight * (parseInt(fill.slice(1 + 2 * channel, 3 + 2 * channel), 16) / 255) ** 2.2, 0);
          return [...document.querySelectorAll('.map svg')].map((map) => [0, 16].map((place) => {
            const point = map.createSVGPoint();
            point.x = place + 0.5; point.y = place + 0.5;
            const path = [...map.querySelectorAll('path')].find((path) => path.isPointInFill(point));
            return light(path.getAttribute('fill'));
          }));""")
        for corner, centre in lightness:
            self.assertLess(corner, centre)
        centres = [centre for _, centre in lightness]
        self.assertEqual(centres, sorted(centres))
        self.assertLess(centres[0], centres[-1])
        self.assertEqual(len(self.all(".maps > .scale")), 1)
        self.click(".map:nth-child(2) > a")
        self.until("#sort=mae&at=0.5", self.hash)
        self.expect_rows(self.stored.order("mae", 0.5, higher_is_worse=True))
        self.until(True, lambda: self.is_in_sight(".row:not([hidden])"))

    def test_numbers_say_where_with_intervals(self):
        self.open(self.report)
        for number, ratio in enumerate(self.stored.ratios):
            frame, edges = [p.text for p in self.all(f".map:nth-child({number + 1}) p")]
            self.assertRegex(
                frame,
                r"^\d+\.\d\d levels in the centre, \d+\.\d\d at the rim: "
                r"\+\d+\.\d\d \[\+.*\], more in the centre\.$",
            )
            means = {}
            for part in ("onEdges", "onFlat"):
                by_prompt = {}
                for (row, _, other), difference in self.stored.differences.items():
                    if other == ratio:
                        by_prompt.setdefault(row, []).append(difference[part])
                means[part] = sum(sum(values) / len(values) for values in by_prompt.values()) / len(by_prompt)
            shown = [float(words) for words in edges.split() if words.replace(".", "").isdigit()]
            self.assertAlmostEqual(shown[0], means["onEdges"], delta=0.006)
            self.assertAlmostEqual(shown[1], means["onFlat"], delta=0.006)
            self.assertTrue(edges.endswith("more on edges."), edges)

    def test_counts_of_kinds_lead_to_their_pictures(self):
        self.open(self.report)
        link = self.find(".map:nth-child(3) .kind-counts a[href*='kind=f']")
        count = sum(
            "f" in self.stored.kinds(row, seed, 0.7) for row, seed in self.stored.rows
        )
        self.assertEqual(link.text, f"frayed edges {count}")
        link.click()
        self.until("#sort=change&at=0.7&kind=f", self.hash)
        self.expect_rows(
            [place for place in self.stored.order("change", 0.7) if "f" in self.stored.kinds(*place, 0.7)]
        )

    def test_two_runs_have_maps_each(self):
        self.open(reports.two_runs())
        titles = [h3.text for h3 in self.all(".maps h3")]
        self.assertEqual(titles, ["A Where the pictures change", "B Where the pictures change"])
        ids = self.run_script("return [...document.querySelectorAll('.maps [id]')].map((element) => element.id)")
        self.assertEqual(len(ids), len(set(ids)))
        # One scale for both.
        scales = [[text.text for text in scale.find_elements("tag name", "text")] for scale in self.all(".maps > .scale")]
        self.assertEqual(scales[0], scales[1])


if __name__ == "__main__":
    unittest.main()
