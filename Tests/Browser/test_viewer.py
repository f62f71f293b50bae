"""The viewer: every key and every button, and what it shows."""

import unittest

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from browser import driver
from viewer import ViewerCase

MODES = {"t": "two-up", "s": "slider", "o": "onion", "d": "difference", "k": "blink"}


class ViewerTest(ViewerCase):
    def test_opens_from_a_picture_by_click_and_by_key(self):
        self.open(self.report)
        cell = "[data-p='17'][data-s='1'] [data-ratio='0.3'] a"
        self.click(cell)
        self.assertTrue(self.is_open())
        self.assertEqual(self.variant(), "Ratio 0.3")
        self.until("#p=17&s=1&r=0.3&m=two-up", self.hash)
        self.press(Keys.ESCAPE)
        self.until(False, self.is_open)
        self.until("", self.hash)
        self.assertTrue(self.run_script("return document.activeElement === document.querySelector(arguments[0])", cell))
        self.press(Keys.ENTER)
        self.assertTrue(self.is_open())
        self.click("[data-do=close]")
        self.until(False, self.is_open)

    def test_shows_whole_pictures_not_thumbnails(self):
        self.view()
        thumbnail = self.run_script("return document.querySelector('[data-p=\"10\"] img').getAttribute('src')")
        self.assertNotEqual(thumbnail, self.path(10, 0))
        self.assertEqual(self.visible(), [self.path(10, 0), self.path(10, 0.5)])
        self.until(
            [352, 352],
            lambda: self.run_script(
                "return [...document.querySelectorAll('.stage [data-layer=variant] [data-picture=variant], "
                "[data-view=reference] [data-picture=reference]')].map((image) => image.naturalWidth)"
            ),
        )

    def test_has_a_key_and_a_button_for_every_mode(self):
        self.view()
        shown = {
            "two-up": [self.path(10, 0), self.path(10, 0.5)],
            "slider": [self.path(10, 0), self.path(10, 0.5)],
            "onion": [self.path(10, 0), self.path(10, 0.5)],
            "difference": [self.heat_map(10, 0.5)],
            "blink": [self.path(10, 0.5)],
        }
        for key, mode in reversed(MODES.items()):
            for act in (lambda: self.press(key), lambda: self.click(f"button[data-mode={mode}]")):
                self.press("t" if mode != "t" else "k")
                act()
                with self.subTest(mode=mode):
                    self.assertEqual(self.run_script("return document.querySelector('.stage').dataset.mode"), mode)
                    self.assertEqual(self.visible(), shown[mode])
                    pressed = [
                        b.get_attribute("data-mode") for b in self.all(".viewer-tools [data-mode][aria-pressed=true]")
                    ]
                    self.assertEqual(pressed, [mode])
                    self.until(f"#p=10&s=0&r=0.5&m={mode}", self.hash)
            button = self.find(f"button[data-mode={mode}]")
            self.assertEqual(button.find_element("tag name", "kbd").text, key)

    def test_has_keys_and_buttons_for_ratios(self):
        self.view("#p=10&s=1&r=0.5&m=slider")
        for key, heading in (
            ("1", "Ratio 0.3"),
            ("3", "Ratio 0.7"),
            ("0", "Baseline"),
            ("2", "Ratio 0.5"),
            ("b", "Baseline"),
            (Keys.ARROW_RIGHT, "Ratio 0.3"),
            (Keys.ARROW_RIGHT, "Ratio 0.5"),
            (Keys.ARROW_LEFT, "Ratio 0.3"),
            ("9", "Ratio 0.3"),
        ):
            self.press(key)
            self.assertEqual(self.variant(), heading)
        buttons = self.all(".viewer-ratios button")
        self.assertEqual(
            [[part.text for part in button.find_elements("css selector", "span, kbd")] for button in buttons],
            [["Baseline", "0"], ["0.3", "1"], ["0.5", "2"], ["0.7", "3"]],
        )
        self.assertEqual([button.accessible_name for button in buttons], ["Baseline", "0.3", "0.5", "0.7"])
        for button, heading in zip(buttons, ("Baseline", "Ratio 0.3", "Ratio 0.5", "Ratio 0.7")):
            button.click()
            self.assertEqual(self.variant(), heading)
            self.assertEqual(button.get_attribute("aria-pressed"), "true")
        self.until("#p=10&s=1&r=0.7&m=slider", self.hash)

    def test_goes_through_the_rows_that_are_shown(self):
        order = [place for place in self.stored.order("psnr", 0.5) if self.stored.prompts[place[0]]["subset"] == "mini"]
        at = order.index((10, 0))
        self.view("#p=10&s=0&r=0.5&m=two-up&sort=psnr&at=0.5&subset=mini")

        def place():
            return tuple(
                map(
                    int,
                    self.run_script(
                        "const q = new URLSearchParams(location.hash.slice(1)); return [q.get('p'), q.get('s')]"
                    ),
                )
            )

        for step, act in (
            (1, lambda: self.press(Keys.ARROW_DOWN)),
            (-1, lambda: self.click("[data-do=previous]")),
            (-1, lambda: self.press(Keys.ARROW_UP)),
            (1, lambda: self.click("[data-do=next]")),
        ):
            if not 0 <= at + step < len(order):
                continue
            at += step
            act()
            self.until(order[at], place)
            self.assertEqual(self.text("#viewer-prompt"), self.stored.prompts[order[at][0]]["text"])
            self.assertTrue(self.text(".viewer-place").startswith(f"{at + 1} of {len(order)} · Ratio 0.5"))
        for _ in order:
            self.press(Keys.ARROW_DOWN)
        self.until(order[-1], place)

    def test_shows_the_scores_of_the_pair(self):
        self.view()
        scores, baseline = self.stored.scores[10, 0, 0.5], self.stored.scores[10, 0, 0]
        shown = dict(
            zip((dt.text for dt in self.all(".viewer-scores dt")), (dd.text for dd in self.all(".viewer-scores dd")))
        )
        change = f"{scores['clip_score'] - baseline['clip_score']:+.2f}".replace("-", "\u2212")
        self.assertEqual(
            shown["CLIP score"].split(),
            [f"{scores['clip_score']:.2f}", change, "baseline", f"{baseline['clip_score']:.2f}"],
        )
        self.assertEqual(shown["CLIP-I"], f"{scores['clip_image']:.2f}")
        self.assertEqual(shown["SSIM"], f"{scores['ssim']:.4f}")
        self.assertEqual(shown["PSNR"], f"{scores['psnr']:.2f}")
        self.assertEqual(self.text("#viewer-prompt"), self.stored.prompts[10]["text"])

    def test_blinks_while_space_is_held(self):
        self.view("#p=10&s=0&r=0.7&m=blink")
        for mode in ("blink", "slider", "difference"):
            self.click(f"button[data-mode={mode}]")
            before = self.visible()
            ActionChains(driver()).key_down(Keys.SPACE).perform()
            self.assertEqual(self.visible(), [self.path(10, 0)])
            ActionChains(driver()).key_up(Keys.SPACE).perform()
            self.assertEqual(self.visible(), before)
            self.assertEqual(self.run_script("return document.querySelector('.stage').dataset.mode"), mode)
        for target in ("[data-do=hold]", "[data-view=main]"):
            self.press("k")
            ActionChains(driver()).click_and_hold(self.find(target)).perform()
            self.assertEqual(self.visible(), [self.path(10, 0)])
            ActionChains(driver()).release().perform()
            self.assertEqual(self.visible(), [self.path(10, 0.7)])

    def test_moves_the_slider_by_drag_by_key_and_by_its_range(self):
        self.view("#p=10&s=0&r=0.5&m=slider")

        def share():
            return float(self.find(".mix input").get_attribute("value"))

        def line():
            """Where the line is on the picture, in per cent of its width."""
            return self.run_script(
                "const box = document.querySelector('[data-view=main] .plate').getBoundingClientRect();"
                "const line = document.querySelector('.divider').getBoundingClientRect();"
                "return Math.round(100 * ((line.left + line.right) / 2 - box.left) / box.width)"
            )

        self.assertEqual((share(), line()), (50, 50))
        self.press(",", ",")
        self.assertEqual((share(), line()), (40, 40))
        self.press(".")
        self.assertEqual((share(), line()), (45, 45))
        width = self.run_script("return document.querySelector('[data-view=main] .plate').offsetWidth")
        ActionChains(driver(), duration=50).click_and_hold(self.find(".divider")).move_by_offset(
            round(width * 0.25), 0
        ).release().perform()
        self.assertAlmostEqual(share(), 70, delta=3)
        self.assertAlmostEqual(line(), share(), delta=1)
        self.run_script("document.querySelector('.mix input').focus()")
        before = share()
        self.press(Keys.ARROW_RIGHT)
        self.assertAlmostEqual(share(), before + 1, delta=0.01)
        self.assertEqual(self.variant(), "Ratio 0.5")
        clip = self.run_script("return getComputedStyle(document.querySelector('[data-layer=variant]')).clipPath")
        self.assertRegex(clip, r"^inset\(0px 0px 0px \d+(\.\d+)?px\)$")

    def test_fades_by_key_in_the_onion_skin(self):
        self.view("#p=10&s=0&r=0.5&m=onion")

        def opacity():
            return float(
                self.run_script("return getComputedStyle(document.querySelector('[data-layer=variant]')).opacity")
            )

        self.assertEqual(opacity(), 0.5)
        self.press(".", ".")
        self.assertAlmostEqual(opacity(), 0.6)
        self.press("t", "s", "o")
        self.assertAlmostEqual(opacity(), 0.6)

    def test_explains_the_colours_of_the_difference(self):
        self.view("#p=10&s=0&r=0.5&m=difference")
        self.assertTrue(self.find(".stage .scale").is_displayed())
        self.assertEqual([text.text for text in self.all(".stage .scale text")], ["0", "1", "10", "50", "100", "255"])
        self.press("s")
        self.assertFalse(self.find(".stage .scale").is_displayed())

    def test_says_what_is_missing(self):
        for address, words in (
            ("#p=17&s=0&r=0.5&m=slider", "Failed: not finite after step 3"),
            ("#p=24&s=1&r=0.7&m=two-up", "Not made yet"),
            ("#p=31&s=0&r=0.3&m=difference", "There is no difference to show"),
            ("#p=31&s=0&r=0.3&m=blink", f"The file {self.path(31, 0.3)} is gone"),
        ):
            self.view(address)
            self.assertIn(words, self.text("[data-view=main] .absent"))
            self.assertTrue(self.find("[data-view=main] .absent").is_displayed())
        self.view("#p=66&s=1&r=0.3&m=two-up")
        self.assertIn("Failed", self.text("[data-view=reference] .absent"))
        self.assertEqual(self.visible(), [self.path(66, 0.3, 1)])

    def test_links_the_full_png(self):
        self.view()
        links = {link.get_attribute("aria-label"): link for link in self.all(".viewer-label a")}
        self.assertEqual(set(links), {"Baseline: full PNG", "Ratio 0.5: full PNG"})
        folder = self.report.page.parent.as_uri()
        self.assertEqual(links["Ratio 0.5: full PNG"].get_attribute("href"), f"{folder}/{self.path(10, 0.5)}")
        page = driver().current_window_handle
        self.press("f")
        self.until(2, lambda: len(driver().window_handles))
        driver().switch_to.window(next(handle for handle in driver().window_handles if handle != page))
        self.until(True, lambda: driver().current_url.endswith(self.path(10, 0.5)))
        driver().close()
        driver().switch_to.window(page)

    def test_asks_for_the_neighbours_before_they_are_shown(self):
        spy = driver().execute_cdp_cmd(
            "Page.addScriptToEvaluateOnNewDocument",
            {"source": """
          window.asked = [];
          window.Image = function () { return { set src(address) { asked.push(address); } }; };"""},
        )
        try:
            self.view("#p=10&s=0&r=0.5&m=two-up&sort=order")
        finally:
            driver().execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", spy)
        asked = self.run_script("return asked")
        for place in ((10, 0.3, 0), (10, 0.7, 0), (10, 0.5, 1), (10, 0, 1), (3, 0.5, 1), (3, 0, 1)):
            self.assertIn(self.path(*place), asked)

    def test_lists_its_keys(self):
        self.view()
        for close in (lambda: self.press("?"), lambda: self.press(Keys.ESCAPE), lambda: self.click("#keys button")):
            self.press("?")
            self.assertTrue(self.find("#keys").is_displayed())
            close()
            self.until(False, lambda: self.find("#keys").is_displayed())
            self.assertTrue(self.is_open())
        self.click("[data-do=help]")
        listed = {kbd.text for kbd in self.all("#keys dt kbd")}
        words = {"space", "Esc", "Enter", "Backspace"}
        self.assertLessEqual({*MODES, *words, *"0b19zf?,.+−rRpnNecvmw*=/←→↑↓"}, listed)

    def test_says_its_keys_to_assistive_technology(self):
        self.view()
        keys = {button.get_attribute("aria-keyshortcuts") for button in self.all("#viewer [aria-keyshortcuts]")}
        self.assertEqual(keys, {*MODES, *"0123?+-zfrpncmw*", "ArrowUp", "ArrowDown", "Escape", "Space"})


if __name__ == "__main__":
    unittest.main()
