"""Zoom and pan, shared by all pictures."""

import unittest

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from browser import driver
from viewer import ViewerCase


class ZoomTest(ViewerCase):
    def test_keeps_zoom_and_pan_when_anything_else_changes(self):
        self.view("#p=10&s=0&r=0.5&m=slider")

        def part():
            """The part of the picture in the main view's middle, and the magnification of the pictures' fit."""
            return self.run_script("""
              const view = document.querySelector("[data-view=main]");
              return [...view.querySelectorAll(".plate")].map((plate) => {
                const box = view.getBoundingClientRect(), own = plate.getBoundingClientRect();
                return [(box.left + box.width / 2 - own.left) / own.width,
                        (box.top + box.height / 2 - own.top) / own.height,
                        own.width / plate.offsetWidth].map((value) => Math.round(value * 100) / 100); });""")

        self.assertEqual(part(), [[0.5, 0.5, 1]] * 5)
        self.press("z")
        self.assertEqual(part(), [[0.5, 0.5, 4]] * 5)
        view = self.find("[data-view=main]")
        # Not on the slider's line, which it would move.
        ActionChains(driver(), duration=50).move_to_element_with_offset(view, 150, 40).click_and_hold().move_by_offset(
            -90, -60
        ).release().perform()
        moved = part()
        self.assertEqual(len(set(map(tuple, moved))), 1)
        self.assertGreater(moved[0][0], 0.5)
        self.assertGreater(moved[0][1], 0.5)
        self.assertEqual(
            self.run_script("return getComputedStyle(document.querySelector('.plate img')).imageRendering"), "pixelated"
        )
        for key in ("1", "d", "b", "2", "k", Keys.ARROW_RIGHT, "o", "t", "s", Keys.ARROW_LEFT):
            self.press(key)
            self.assertEqual(part(), moved, key)
        self.press("t")
        reference = self.run_script(
            "return getComputedStyle(document.querySelector('[data-view=reference] .plate')).transform"
        )
        self.assertEqual(
            reference,
            self.run_script("return getComputedStyle(document.querySelector('[data-view=main] .plate')).transform"),
        )
        self.press("z")
        self.assertEqual(part(), [[0.5, 0.5, 1]] * 5)

    def test_zooms_by_key_button_and_wheel_about_the_pointer(self):
        self.view("#p=10&s=0&r=0.5&m=blink")

        def scale():
            return float(
                self.run_script("return getComputedStyle(document.querySelector('.views')).getPropertyValue('--scale')")
                or 1
            )

        self.press("+")
        self.assertAlmostEqual(scale(), 1.5)
        self.click("[data-do=in]")
        self.assertAlmostEqual(scale(), 2.25)
        self.press("-")
        self.click("[data-do=out]")
        self.assertAlmostEqual(scale(), 1)
        self.press("-")
        self.assertEqual(scale(), 1)
        self.click("[data-do=zoom]")
        self.assertEqual(scale(), 4)
        pixels = self.run_script(
            "const { width } = document.querySelector('[data-view=main] .plate').getBoundingClientRect();"
            "return Math.round((width / 352) * 100)"
        )
        self.assertEqual(self.text(".viewer-percent"), f"{pixels} %")
        self.click("[data-do=zoom]")
        under = """
          const view = document.querySelector("[data-view=main]").getBoundingClientRect();
          const own = document.querySelector("[data-view=main] .plate").getBoundingClientRect();
          return Math.round(100 * (view.left + view.width / 2 + 100 - own.left) / own.width)"""
        before = self.run_script(under)
        self.run_script("""
          const view = document.querySelector("[data-view=main]"), box = view.getBoundingClientRect();
          view.dispatchEvent(new WheelEvent("wheel", { deltaY: -500, bubbles: true, cancelable: true,
            clientX: box.left + box.width / 2 + 100, clientY: box.top + box.height / 2 }));""")
        self.assertAlmostEqual(scale(), 2.718, places=2)
        self.assertAlmostEqual(self.run_script(under), before, delta=1)

    def test_pinches(self):
        self.view("#p=10&s=0&r=0.5&m=slider", width=390, height=800)
        box = self.run_script(
            "const box = document.querySelector('[data-view=main]').getBoundingClientRect();"
            "return [box.x + box.width / 2, box.y + box.height / 4]"
        )

        def touch(kind, *distances):
            driver().execute_cdp_cmd(
                "Input.dispatchTouchEvent",
                {
                    "type": kind,
                    "touchPoints": [{"x": box[0] + d, "y": box[1], "id": i} for i, d in enumerate(distances)],
                },
            )

        touch("touchStart", -30, 30)
        for spread in (40, 50, 60):
            touch("touchMove", -spread, spread)
        touch("touchEnd")
        self.until(
            2,
            lambda: round(
                float(
                    self.run_script(
                        "return getComputedStyle(document.querySelector('.views')).getPropertyValue('--scale')"
                    )
                    or 1
                ),
                1,
            ),
        )


if __name__ == "__main__":
    unittest.main()
