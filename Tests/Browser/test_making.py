"""What was seen of pictures' making: merged tokens over them, predicted pictures under them, and the chart of both."""

import base64
import unittest

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

import reports
from browser import PageTest, driver
from stored import Stored
from synthetic_run import BLOCKS, MAP_STEPS, PREVIEW_STEPS
from test_layout import OVERFLOW
from viewer import ViewerCase

NOTHING = "No {} of this picture were kept: tome-eval explain makes chosen pictures again to see them."


class TokensTest(ViewerCase):
    def is_shown(self):
        layer = self.run_script(
            "return getComputedStyle(document.querySelector('[data-layer=tokens]')).visibility === 'visible'"
        )
        line = self.find(".tokens-line").is_displayed()
        self.assertEqual(layer, line)
        return line

    def alphas(self):
        return self.run_script("""
          const canvas = document.querySelector(".shades");
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return [canvas.width, canvas.height, [...data].filter((_, place) => place % 4 === 3)];""")

    def words(self):
        return self.text(".token-words")

    def pairs(self, map_):
        """The merged tokens, the least similar first."""
        places, similarities = map_
        merged = [token for token, place in enumerate(places) if place is not None and place != token]
        return sorted(merged, key=lambda token: (similarities[token], token))

    def described(self, map_, token):
        places, similarities = map_
        place = lambda at: f"row {at // 8 + 1}, column {at % 8 + 1}"
        return f"{place(token)}, merged into {place(places[token])}: similarity {similarities[token]:.3f}"

    def test_has_a_key_and_a_button(self):
        self.view()
        self.assertFalse(self.is_shown())
        button = self.find("[data-do=tokens]")
        self.assertEqual((button.accessible_name, button.get_attribute("aria-pressed")), ("Merged tokens", "false"))
        self.assertEqual(button.find_element("tag name", "kbd").text, "m")
        for act in (lambda: self.press("m"), button.click):
            for state in (True, False):
                act()
                self.assertEqual(self.is_shown(), state)
                self.assertEqual(button.get_attribute("aria-pressed"), str(state).lower())
        # Over the picture in every mode, and not over the reference.
        self.press("m")
        for key in "sodkt":
            self.press(key)
            self.assertTrue(self.is_shown(), key)
        ActionChains(driver()).key_down(Keys.SPACE).perform()
        layer = "return getComputedStyle(document.querySelector('[data-layer=tokens]')).visibility"
        self.assertEqual(self.run_script(layer), "hidden")
        ActionChains(driver()).key_up(Keys.SPACE).perform()
        self.assertEqual(self.run_script(layer), "visible")

    def test_shades_every_token_of_every_block_and_step(self):
        self.view()
        self.press("m")
        maps = self.stored.maps(10, 0, 0.5)
        self.assertEqual(len(maps), len(MAP_STEPS) * len(BLOCKS))
        lowest = min(
            similarities[token]
            for places, similarities in maps.values()
            for token, place in enumerate(places)
            if place != token
        )
        steps, blocks = Select(self.find("[name=step]")), Select(self.find("[name=block]"))
        self.assertEqual([option.text for option in steps.options], [f"step {step} of 20" for step in MAP_STEPS])
        self.assertEqual([option.text for option in blocks.options], list(BLOCKS))
        for (step, block), map_ in maps.items():
            with self.subTest(step=step, block=block):
                Select(self.find("[name=step]")).select_by_visible_text(f"step {step} of 20")
                Select(self.find("[name=block]")).select_by_value(block)
                width, height, alphas = self.alphas()
                self.assertEqual((width, height), (8, 8))
                places, similarities = map_
                for token, place in enumerate(places):
                    share = 0.2 + 0.65 * (1 - similarities[token]) / (1 - lowest)
                    expected = 0 if place == token else 255 * share
                    self.assertAlmostEqual(alphas[token], expected, delta=1, msg=f"token {token}")
                merged = self.pairs(map_)
                self.assertEqual(alphas[merged[0]], max(alphas))
                mean = sum(similarities[token] for token in merged) / len(merged)
                facts = f"{len(merged)} of 64 tokens merged, mean similarity {mean:.3f}"
                self.assertEqual(self.text(".token-facts"), facts)
                label = self.find(".shades").get_attribute("aria-label")
                self.assertEqual(label, f"Merged tokens at step {step} of 20 in {block}: {facts}")
        self.assertEqual(self.text(".shade-lowest"), f"{lowest:.3f}")
        self.assertFalse(self.find(".left-out-key").is_displayed())
        # As large as the picture, and with it at every zoom.
        for key in ("t", "z"):
            self.press(key)
            boxes = self.run_script("""
              return [".shades", ".pairs", "[data-layer=variant] img"].map((selector) => {
                const { left, top, width, height } = document.querySelector(`[data-view=main] ${selector}`).getBoundingClientRect();
                return [left, top, width, height].map(Math.round); });""")
            self.assertEqual(boxes[0], boxes[2])
            self.assertEqual(boxes[1], boxes[2])

    def test_goes_through_the_pairs_from_the_least_similar_one(self):
        self.view()
        self.press("m")
        map_ = self.stored.maps(10, 0, 0.5)[MAP_STEPS[0], BLOCKS[0]]
        merged = self.pairs(map_)
        field = self.find(".tokens-line [name=pair]")
        self.assertEqual(field.accessible_name, "Pair, least similar first")
        self.assertEqual(field.get_attribute("max"), str(len(merged)))
        self.run_script("arguments[0].focus()", field)
        for rank, key in ((1, Keys.HOME), (2, Keys.ARROW_RIGHT), (3, Keys.ARROW_UP), (2, Keys.ARROW_LEFT)):
            self.press(key)
            token = merged[rank - 1]
            words = self.described(map_, token)
            self.assertEqual(self.words(), words)
            self.assertEqual(field.get_attribute("aria-valuetext"), f"{rank} of {len(merged)}: {words}")
            self.assertEqual(self.variant(), "Ratio 0.5")
            line = self.run_script("return document.querySelector('.pairs .looked .mark').getAttribute('d')")
            to = map_[0][token]
            self.assertIn(f"M{token % 8 + 0.5} {token // 8 + 0.5}L{to % 8 + 0.5} {to // 8 + 0.5}", line)
        least = self.run_script("return document.querySelector('.pairs .least .mark').getAttribute('d')")
        self.assertEqual(least.count("L"), min(12, len(merged)))

    def test_says_of_a_token_that_is_pointed_at_where_it_went(self):
        self.view("#p=10&s=0&r=0.5&m=slider")
        self.press("m")
        map_ = self.stored.maps(10, 0, 0.5)[MAP_STEPS[0], BLOCKS[0]]
        merged = self.pairs(map_)

        def point(token, press=False):
            x, y = self.run_script(
                """
              const view = document.querySelector("[data-view=main]").getBoundingClientRect();
              const canvas = document.querySelector(".shades").getBoundingClientRect();
              const [column, row] = [arguments[0] % 8, Math.floor(arguments[0] / 8)];
              return [canvas.left + (column + .5) * canvas.width / 8 - view.left - view.width / 2,
                      canvas.top + (row + .5) * canvas.height / 8 - view.top - view.height / 2];""",
                token,
            )
            chain = ActionChains(driver(), duration=0)
            chain = chain.move_to_element_with_offset(self.find("[data-view=main]"), round(x), round(y))
            (chain.click() if press else chain).perform()

        for token in (merged[-1], merged[len(merged) // 2]):
            point(token)
            self.assertEqual(self.words(), self.described(map_, token))
        kept = next(token for token, place in enumerate(map_[0]) if place == token)
        point(kept)
        count = sum(map_[0][token] == kept for token in merged)
        self.assertEqual(self.words(), f"row {kept // 8 + 1}, column {kept % 8 + 1}: kept, {count} merged into it")
        lines = self.run_script("return document.querySelector('.pairs .looked .mark').getAttribute('d')") or ""
        self.assertEqual(lines.count("L"), count)
        ActionChains(driver(), duration=0).move_to_element(self.find("#viewer-prompt")).perform()
        self.assertEqual(self.words(), self.described(map_, merged[0]))
        # A press keeps it.
        point(merged[-1], press=True)
        ActionChains(driver(), duration=0).move_to_element(self.find("#viewer-prompt")).perform()
        self.assertEqual(self.words(), self.described(map_, merged[-1]))
        self.assertEqual(self.find(".tokens-line [name=pair]").get_attribute("value"), str(len(merged)))

    def test_shows_tokens_that_are_left_out(self):
        self.view("#p=66&s=0&r=0.5&m=two-up")
        self.press("m")
        places = self.stored.maps(66, 0, 0.5)[MAP_STEPS[0], BLOCKS[0]][0]
        out = [token for token, place in enumerate(places) if place is None]
        self.assertEqual([token for token, alpha in enumerate(self.alphas()[2]) if alpha], out)
        self.assertEqual(self.text(".token-facts"), f"{len(out)} of 64 tokens left out")
        self.assertTrue(self.find(".left-out-key").is_displayed())
        self.assertFalse(self.find(".shade-key").is_displayed())
        self.assertFalse(self.find(".tokens-line [name=pair]").is_enabled())
        self.assertEqual(self.words(), "")

    def test_stays_on_from_picture_to_picture_and_shows_nothing_where_nothing_was_seen(self):
        self.view()
        self.press("m")
        Select(self.find("[name=block]")).select_by_value(BLOCKS[1])
        self.run_script("document.getElementById('viewer-prompt').focus()")
        self.press(Keys.ARROW_RIGHT)
        self.assertEqual(self.variant(), "Ratio 0.7")
        self.assertTrue(self.is_shown())
        # The choice stays, too.
        self.assertEqual(self.find("[name=block]").get_attribute("value"), BLOCKS[1])
        map_ = self.stored.maps(10, 0, 0.7)[MAP_STEPS[0], BLOCKS[1]]
        self.assertEqual(self.words(), self.described(map_, self.pairs(map_)[0]))
        self.press("1")
        self.assertFalse(self.is_shown())
        self.press("m")
        self.assertEqual(self.says(), NOTHING.format("tokens"))
        self.press("0", "m")
        self.assertEqual(self.says(), "A baseline merges no tokens.")
        self.assertFalse(self.is_shown())
        self.press("2")
        self.assertTrue(self.is_shown())

    def test_choosing_by_keys_does_not_leave_the_picture(self):
        self.view()
        self.press("m")
        self.run_script("document.querySelector('[name=step]').focus()")
        self.press(Keys.ARROW_DOWN)
        self.until(f"1 {MAP_STEPS[1]}", lambda: self.find("[name=step]").get_attribute("value"))
        self.assertEqual((self.variant(), self.text("#viewer-prompt")), ("Ratio 0.5", self.stored.prompts[10]["text"]))
        map_ = self.stored.maps(10, 0, 0.5)[MAP_STEPS[1], BLOCKS[0]]
        self.until(self.described(map_, self.pairs(map_)[0]), self.words)


class FilmTest(ViewerCase):
    def columns(self):
        return [
            [(image.get_attribute("alt"), image.get_attribute("src")) for image in column.find_elements("tag name", "img")]
            for column in self.all(".film li")
        ]

    def previews(self, row, seed, ratio):
        return [
            (
                f"{f'Ratio {ratio:g}' if ratio else 'Baseline'}, predicted at step {found['step']} of 20",
                "data:image/png;base64," + base64.b64encode(found["png"]).decode(),
            )
            for found in self.report.rows(
                "SELECT * FROM preview WHERE sampleID = ? ORDER BY step", self.stored.samples[row, seed, ratio]["id"]
            )
        ]

    def test_has_a_key_and_a_button(self):
        self.view()
        button = self.find("[data-do=film]")
        self.assertEqual(button.accessible_name, "Steps")
        self.assertEqual(button.find_element("tag name", "kbd").text, "w")
        for act in (lambda: self.press("w"), button.click):
            for state in (True, False):
                act()
                self.assertEqual(self.find(".film").is_displayed(), state)
                self.assertEqual(button.get_attribute("aria-pressed"), str(state).lower())

    def test_shows_the_baseline_above_the_merged_picture_step_by_step(self):
        self.view()
        self.press("w")
        pairs = list(zip(self.previews(10, 0, 0), self.previews(10, 0, 0.5)))
        self.assertEqual(len(pairs), len(PREVIEW_STEPS))
        self.assertEqual(self.columns(), [list(pair) for pair in pairs])
        self.assertEqual(self.find(".film").accessible_name, "What the model predicted, step by step: Baseline above Ratio 0.5")
        captions = [column.find_element("tag name", "p").text for column in self.all(".film li")]
        self.assertEqual(captions, [f"step {step} of 20" for step in PREVIEW_STEPS])
        for column in self.all(".film li"):
            upper, lower = column.find_elements("tag name", "img")
            self.assertGreaterEqual(lower.rect["y"], upper.rect["y"] + upper.rect["height"])
        self.until(
            {32}, lambda: set(self.run_script("return [...document.querySelectorAll('.film img')].map((i) => i.naturalWidth)"))
        )
        # Alike at the first step, and not any more.
        apart = lambda: [words.text for words in self.all(".film .apart")]
        self.until(True, lambda: all(apart()))
        self.assertEqual(apart()[0], "equal")
        for words in apart()[1:]:
            self.assertRegex(words, r"^\d+\.\d\d levels apart$")
            self.assertGreater(float(words.split()[0]), 0)

    def test_goes_along_from_picture_to_picture(self):
        self.view()
        self.press("w", Keys.ARROW_RIGHT)
        self.assertEqual(self.columns()[0], [self.previews(10, 0, 0)[0], self.previews(10, 0, 0.7)[0]])
        self.press("0")
        self.assertEqual(self.columns(), [[preview] for preview in self.previews(10, 0, 0)])
        self.press("1")
        self.assertFalse(self.find(".film").is_displayed())
        self.press("w")
        self.assertEqual(self.says(), NOTHING.format("steps"))
        self.press("2")
        self.assertTrue(self.find(".film").is_displayed())

    def test_scrolls_by_keys(self):
        self.view(width=320, height=740)
        self.press("w")
        self.run_script("document.querySelector('.film').focus()")
        left = lambda: self.run_script("return document.querySelector('.film').scrollLeft")
        self.assertEqual(left(), 0)
        self.press(Keys.ARROW_RIGHT)
        self.until(True, lambda: left() > 0)
        self.assertEqual(self.variant(), "Ratio 0.5")
        outline = self.run_script("return getComputedStyle(document.activeElement).outlineStyle")
        self.assertEqual(outline, "solid")


class MakingLayoutTest(PageTest):
    def test_fits_any_screen(self):
        for width, height, least in ((320, 568, 40), (360, 740, 120), (740, 360, 40), (1280, 800, 150)):
            for keys in ("m", "w", "mw"):
                with self.subTest(width=width, height=height, keys=keys):
                    self.open(reports.small(), "#p=10&s=0&r=0.5&m=slider", width=width, height=height)
                    self.press(*keys)
                    self.assertEqual(self.run_script(OVERFLOW), [0, []])
                    plate, foot = self.run_script("""
                      return ["[data-view=main] .plate", ".viewer-foot"].map((selector) =>
                        document.querySelector(selector).getBoundingClientRect().toJSON())""")
                    self.assertGreater(plate["width"], least)
                    self.assertLessEqual(foot["bottom"], height)
                    self.assertLessEqual(plate["bottom"], foot["top"] + 1)
                    # What is too high scrolls as a whole, not in its parts.
                    hidden = self.run_script(
                        "return [...document.querySelectorAll('.film')].map((film) => film.scrollHeight - film.clientHeight)"
                    )
                    self.assertEqual(hidden, [0])

    def test_a_page_without_any_has_no_buttons_and_its_keys_say_why(self):
        self.open(reports.long_prompts(), "#p=1&s=0&r=0.5&m=two-up")
        self.assertEqual(self.all("[data-do=tokens], [data-do=film], .film, .similarity, script.explained"), [])
        for key, what in (("m", "tokens"), ("w", "steps")):
            self.press(key)
            self.assertEqual(self.says(), NOTHING.format(what))

    def test_is_inside_of_a_single_file_and_beside_another_run(self):
        for report, ratio in ((reports.single_file(), "0.5"), (reports.two_runs(), "A 0.5")):
            with self.subTest(ratio=ratio):
                self.open(report, f"#p=10&s=0&r={ratio.replace(' ', '%20')}&m=two-up")
                self.press("m", "w")
                self.assertTrue(self.find(".tokens-line").is_displayed())
                self.assertEqual(len(self.all(".film li")), len(PREVIEW_STEPS))


class SimilarityTest(PageTest):
    def setUp(self):
        self.report = reports.small()
        self.stored = Stored(self.report)
        self.points = sorted(
            (
                self.stored.mean_similarity(row, seed, ratio),
                1 - self.stored.scores[row, seed, ratio]["ssim"],
                (row, ratio, seed),
            )
            for (row, ratio, seed), kind in reports.SMALL.explained.items()
            if kind == "merged"
        )

    def test_every_picture_is_a_dot_where_its_numbers_are(self):
        self.open(self.report)
        dots = self.run_script("""
          return [...document.querySelectorAll(".similarity svg a")].map((link) => {
            const dot = link.querySelector(".dot");
            return [Number(dot.getAttribute("cx")), Number(dot.getAttribute("cy")), link.getAttribute("href"),
                    link.querySelector("title").textContent]; });""")
        self.assertEqual(len(dots), len(self.points))
        for (x, y, address, words), (similarity, loss, (row, ratio, seed)) in zip(dots, self.points):
            self.assertEqual(address, f"#p={row}&s={seed}&r={ratio:g}")
            self.assertEqual(
                words,
                f"Ratio {ratio:g}, seed {seed}: mean similarity {similarity:.3f}, 1 − SSIM {loss:.4f}: "
                + self.stored.prompts[row]["text"],
            )
        # To the right is more alike, up is more damage, both on lines.
        xs, ys = [dot[0] for dot in dots], [dot[1] for dot in dots]
        self.assertEqual(xs, sorted(xs))
        by_loss = sorted(range(len(dots)), key=lambda at: self.points[at][1])
        first, last = by_loss[0], by_loss[-1]
        self.assertGreater(ys[first], ys[last])
        for at in by_loss:
            share = (self.points[at][1] - self.points[first][1]) / (self.points[last][1] - self.points[first][1])
            self.assertAlmostEqual(ys[at], ys[first] + share * (ys[last] - ys[first]), delta=0.2)

    def test_a_dot_shows_its_pictures_and_opens_them(self):
        self.open(self.report)
        self.run_script("document.querySelector('.similarity svg').scrollIntoView({ block: 'center' })")
        self.run_script("document.querySelector('.similarity svg a').focus({ preventScroll: true })")
        self.press(Keys.ARROW_RIGHT)
        row, ratio, seed = self.points[1][2]
        self.assertTrue(self.find(".peek").is_displayed())
        self.assertEqual(len(self.all(".peek img")), 2)
        self.assertTrue(self.text(".peek p").endswith(self.stored.prompts[row]["text"]))
        self.press(Keys.ENTER)
        self.until(True, lambda: self.run_script("return document.getElementById('viewer').open"))
        self.assertEqual(self.text(".viewer-label[data-side=variant] b"), f"Ratio {ratio:g}")
        self.assertEqual(self.text("#viewer-prompt"), self.stored.prompts[row]["text"])
        self.press("m")
        self.assertTrue(self.find(".tokens-line").is_displayed())


if __name__ == "__main__":
    unittest.main()
