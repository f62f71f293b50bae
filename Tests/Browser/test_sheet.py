"""The contact sheet's order, filters and tools, against the numbers in the store."""

import itertools
import unittest

from selenium.webdriver.common.keys import Keys

import reports
from browser import PageTest, driver
from stored import Stored

HIGHER_IS_WORSE = {"mae", "rmse", "delta_e", "changed_pixels", "seconds"}
KEYS = {
    "change",
    "clip_score",
    "clip_image",
    "mae",
    "rmse",
    "psnr",
    "ssim",
    "ms_ssim",
    "delta_e",
    "changed_pixels",
    "seconds",
}


class SheetTest(PageTest):
    def setUp(self):
        self.report = reports.small()
        self.stored = Stored(self.report)
        self.open(self.report)

    def test_begins_with_the_largest_loss(self):
        self.expect_rows(self.stored.order("change"))
        self.assertEqual(self.text("#count"), "20 rows")

    def test_sorts_by_every_score_both_ways_at_any_ratio_and_at_one(self):
        keys = [option.get_attribute("value") for option in self.all("[name=sort] option")]
        self.assertEqual(set(keys), KEYS | {"order"})
        # Every ratio is the one for some of the scores.
        ratios = itertools.cycle(f"{ratio:g}" for ratio in self.stored.ratios)
        for key, ratio in zip(sorted(KEYS), ratios):
            self.choose(sort=key)
            for at in ("", ratio):
                self.choose(at=at)
                for best_first in (False, True):
                    with self.subTest(key=key, at=at, best_first=best_first):
                        self.until(
                            "↑ best first" if best_first else "↓ worst first",
                            lambda: self.find("[name=direction]").text,
                        )
                        self.expect_rows(
                            self.stored.order(
                                key,
                                float(at) if at else None,
                                higher_is_worse=key in HIGHER_IS_WORSE,
                                best_first=best_first,
                            )
                        )
                    self.click("[name=direction]")

    def test_sorts_by_the_order_of_the_prompts_both_ways(self):
        self.choose(sort="order")
        self.expect_rows(self.stored.rows)
        self.assertEqual(self.find("[name=direction]").text, "↓ first to last")
        self.click("[name=direction]")
        self.expect_rows(self.stored.rows[::-1])
        self.assertEqual(self.find("[name=direction]").text, "↑ last to first")

    def test_filters_by_every_category_challenge_and_subset(self):
        order = self.stored.order("change")
        for field in ("category", "challenge", "subset"):
            values = {prompt[field] for prompt in self.stored.prompts.values()} - {None}
            options = [option.get_attribute("value") for option in self.all(f"[name={field}] option")]
            self.assertEqual(options, ["", *sorted(values)])
            for value in values:
                self.choose(**{field: value})
                expected = [place for place in order if self.stored.prompts[place[0]][field] == value]
                self.expect_rows(expected)
                self.assertEqual(self.text("#count"), f"{len(expected)} of 20 rows")
            self.choose(**{field: ""})

    def test_filters_by_what_became_of_the_pictures(self):
        def is_there(row, seed, ratio):
            sample = self.stored.samples[row, seed, ratio]
            return sample["state"] == "done" and (self.report.page.parent / sample["path"]).exists()

        states = {
            place: [self.stored.state(*place, ratio, is_there(*place, ratio)) for ratio in self.stored.ratios]
            for place in self.stored.rows
        }
        found = {state for row in states.values() for state in row}
        self.assertEqual(found, {"lost", "kept", "gained", "identical", "missing", "unscored"})
        options = {option.get_attribute("value"): option.text for option in self.all("[name=change] option")}
        self.assertEqual(set(options), found - {"unscored"} | {""})
        self.assertEqual(options["lost"], f"lost more than {self.stored.margin:.2f}")
        order = self.stored.order("change")
        for state in set(options) - {""}:
            with self.subTest(state=state):
                self.choose(change=state, at="")
                self.expect_rows([place for place in order if state in states[place]])
                self.choose(at="0.5")
                at = self.stored.ratios.index(0.5)
                self.expect_rows([place for place in self.stored.order("change", 0.5) if states[place][at] == state])

    def test_finds_words_together_with_the_other_filters(self):
        self.choose(sort="order", q="BLUE")
        self.expect_rows([(10, 0), (10, 1), (17, 0), (17, 1), (66, 0), (66, 1)])
        self.choose(q="cube blue")
        self.expect_rows([(17, 0), (17, 1)])
        self.choose(q="blue", challenge="Quantity")
        self.expect_rows([(66, 0), (66, 1)])
        self.choose(q="zebra")
        self.expect_rows([])
        self.assertTrue(self.find(".nothing").is_displayed())
        self.click("[name=reset]")
        self.expect_rows(self.stored.order("change"))
        self.assertFalse(self.find(".nothing").is_displayed())
        self.assertFalse(self.find("[name=reset]").is_displayed())

    def test_announces_the_number_of_rows(self):
        self.assertEqual(self.find("#count").get_attribute("role"), "status")

    def test_shows_the_pictures_in_three_sizes(self):
        def width():
            return self.run_script("return document.querySelector('.cell img').getBoundingClientRect().width")

        medium = width()
        self.run_script("document.querySelector('[name=size][value=s]').click()")
        self.assertLess(width(), medium / 2)
        self.assertEqual(self.run_script("return getComputedStyle(document.querySelector('.cell dl')).display"), "none")
        self.until("#size=s", self.hash)
        self.run_script("document.querySelector('[name=size][value=l]').click()")
        self.assertGreater(width(), medium * 1.5)

    def test_keeps_the_tools_in_the_address(self):
        self.choose(sort="psnr", at="0.5", category="Animals", subset="mini", q="o")
        self.click("[name=direction]")
        address = "#sort=psnr&direction=best&at=0.5&category=Animals&subset=mini&q=o"
        self.until(address, self.hash)
        shown = self.shown()
        self.assertEqual(set(shown), {(3, 0), (3, 1), (10, 0), (10, 1)})
        self.open(self.report, address)
        self.expect_rows(shown)
        self.assertEqual(self.find("[name=sort]").get_attribute("value"), "psnr")
        self.assertEqual(self.find("[name=q]").get_attribute("value"), "o")
        self.click("[name=reset]")
        self.until("", self.hash)

    def test_keeps_its_filters_when_a_link_leads_to_a_part_of_the_page(self):
        self.choose(category="Vehicles")
        self.expect_rows([place for place in self.stored.order("change") if place[0] == 38])
        # A moment after the choice, and then not in place of what comes next.
        self.until("#category=Vehicles", self.hash)
        self.run_script("document.querySelector('.skip').click()")
        self.until("#sheet", self.hash)
        self.assertEqual(len(self.shown()), 2)

    def test_keeps_a_choice_that_a_link_follows_at_once(self):
        self.run_script(
            "const field = document.querySelector('.tools [name=category]'); field.value = 'Vehicles';"
            "field.dispatchEvent(new Event('change', { bubbles: true })); document.querySelector('.skip').click()"
        )
        # Longer than a choice takes to get into the address.
        driver().execute_async_script("setTimeout(arguments[0], 400)")
        self.assertEqual(self.hash(), "#sheet")
        driver().back()
        self.until("#category=Vehicles", self.hash)
        self.expect_rows([place for place in self.stored.order("change") if place[0] == 38])

    def test_ignores_what_an_address_cannot_mean(self):
        for address in (
            "#sort=nothing&at=7&category=none&size=huge",
            "#p=999&s=0&r=0.5",
            "#p=3&s=0&r=9",
            "#=",
            "#sheet",
            "#p=%22%3E&s=%27&r=&m=x",
        ):
            with self.subTest(address=address):
                self.open(self.report, address)
                self.expect_rows(self.stored.order("change"))
                self.assertFalse(self.run_script("return document.getElementById('viewer').open"))

    def test_goes_from_picture_to_picture_by_keys(self):
        def place():
            return self.run_script(
                "const c = document.activeElement.closest('.cell'), r = c.closest('.row');"
                "return [Number(r.dataset.p), Number(r.dataset.s), c.dataset.ratio]"
            )

        self.choose(sort="order")
        self.run_script("document.querySelector('.row .cell a').focus()")
        seen = []
        for key in (Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_DOWN, Keys.ARROW_LEFT, Keys.ARROW_UP):
            self.press(key)
            seen.append(place())
        self.assertEqual(seen, [[3, 0, "0.3"], [3, 0, "0.5"], [3, 1, "0.5"], [3, 1, "0.3"], [3, 0, "0.3"]])
        self.press("/")
        self.assertEqual(self.run_script("return document.activeElement.name"), "q")
        self.press("tiger")
        self.expect_rows([(31, 0), (31, 1)])

    def test_is_reachable_by_tab_with_a_visible_focus(self):
        self.press(Keys.TAB)
        self.assertEqual(self.run_script("return document.activeElement.textContent"), "Skip to the pictures")
        self.press(Keys.ENTER)
        self.until("#sheet", self.hash)
        reached = []
        kinds = len(self.all(".kinds input"))
        self.assertGreater(kinds, 1)
        for _ in range(16 + kinds):
            self.press(Keys.TAB)
            name, outline = self.run_script(
                "const e = document.activeElement, o = e.matches('.density input, .kinds input') ? e.nextElementSibling : e;"
                "const cell = e.closest('.cell');"
                "return [e.dataset.open || e.name || cell?.dataset.ratio || e.tagName, getComputedStyle(o).outlineStyle]"
            )
            self.assertEqual(outline, "solid", name)
            reached.append(name)
        self.assertEqual(
            reached,
            [
                *("vote", "selection", "keys", "sort", "direction", "at", "star", "SUMMARY", "size", "category"),
                *("challenge", "subset", "change", "q", *["kind"] * kinds, "0", "0.3"),
            ],
        )

    def test_folds_its_tools_away_on_a_phone(self):
        self.open(self.report, width=360, height=740)
        self.assertFalse(self.find("[name=sort]").is_displayed())
        self.assertTrue(self.find("#count").is_displayed())
        self.click(".unfold")
        self.assertEqual(self.find(".unfold").get_attribute("aria-expanded"), "true")
        self.choose(category="Vehicles")
        self.assertEqual(self.text("#count"), "2 of 20 rows")
        self.click(".unfold")
        self.assertFalse(self.find("[name=sort]").is_displayed())

    def test_shows_a_prompt_that_is_a_script_and_does_not_run_it(self):
        self.assertEqual(driver().title, "synthetic · tome-eval")
        prompts = self.run_script("return [...document.querySelectorAll('.row h3')].map((h) => h.textContent)")
        self.assertEqual(prompts.count(reports.SCRIPT), 2)
        self.assertEqual(prompts.count(reports.QUOTED), 2)
        # What is of a type is data.
        scripts = self.run_script("return [...document.scripts].filter((script) => !script.type).length")
        self.assertEqual(scripts, 1)
        self.assertEqual(self.run_script("return document.querySelectorAll('[onmouseover]').length"), 0)
        self.open(self.report, "#p=45&s=0&r=0.5")
        self.assertEqual(self.text("#viewer-prompt"), reports.SCRIPT)
        self.assertEqual(driver().title, f"{reports.SCRIPT} · Ratio 0.5 · synthetic · tome-eval")


if __name__ == "__main__":
    unittest.main()
