"""axe-core's rules for WCAG 2.2 A and AA, contrast among them, in light and dark."""

import importlib.util
import unittest
from pathlib import Path

from selenium.webdriver.common.keys import Keys

import reports
from browser import PageTest, driver

AXE = Path(importlib.util.find_spec("axe_playwright_python").submodule_search_locations[0]) / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class AccessibilityTest(PageTest):
    def violations(self):
        self.run_script(AXE.read_text())
        found = driver().execute_async_script(
            """
          const [rules, done] = arguments;
          axe.run(document, { runOnly: rules, resultTypes: ["violations"], preload: false })
            .then((results) => done(results.violations.map((violation) =>
              [violation.id, violation.nodes.slice(0, 5).map((node) => `${node.target}: ${node.failureSummary}`)])))
            .catch((error) => done(String(error)));""",
            RULES,
        )
        return found

    def test_finds_violations_where_there_are_some(self):
        self.open(reports.small())
        self.run_script("""
          const p = document.createElement("p"); p.textContent = "hardly legible"; p.style.color = "#ccc";
          p.style.background = "#fff"; document.querySelector("main").prepend(p, document.createElement("img"));""")
        self.assertLessEqual({"color-contrast", "image-alt"}, {violation[0] for violation in self.violations()})

    def test_the_page_has_none(self):
        for scheme in ("light", "dark"):
            for width in (1280, 360):
                with self.subTest(scheme=scheme, width=width):
                    self.open(reports.small(), scheme=scheme, width=width)
                    # Drawn only when it is seen, and nothing that is not drawn has a contrast.
                    self.run_script(
                        "document.querySelector('.unfold').click();"
                        "for (const row of document.querySelectorAll('.row')) row.style.contentVisibility = 'visible'"
                    )
                    self.assertEqual(self.violations(), [])

    def test_the_viewer_has_none(self):
        for scheme in ("light", "dark"):
            for mode in ("two-up", "slider", "onion", "difference", "blink"):
                with self.subTest(scheme=scheme, mode=mode):
                    self.open(reports.small(), f"#p=10&s=0&r=0.5&m={mode}", scheme=scheme)
                    self.assertEqual(self.violations(), [])
            with self.subTest(scheme=scheme, dialog="keys"):
                self.press("?")
                self.assertEqual(self.violations(), [])
            with self.subTest(scheme=scheme, width=360):
                self.open(reports.small(), "#p=17&s=0&r=0.5&m=slider", scheme=scheme, width=360, height=740)
                self.assertEqual(self.violations(), [])

    def test_merged_tokens_and_the_filmstrip_have_none(self):
        for scheme in ("light", "dark"):
            for width in (1280, 360):
                for address in ("#p=10&s=0&r=0.5&m=two-up", "#p=66&s=0&r=0.5&m=slider"):
                    with self.subTest(scheme=scheme, width=width, address=address):
                        self.open(reports.small(), address, scheme=scheme, width=width)
                        self.press("m", "w")
                        self.assertTrue(self.find(".tokens-line").is_displayed())
                        self.assertTrue(self.find(".film").is_displayed())
                        self.assertEqual(self.violations(), [])

    def test_a_pinned_starred_and_noted_picture_has_none(self):
        for scheme in ("light", "dark"):
            for width in (1280, 360):
                with self.subTest(scheme=scheme, width=width):
                    self.open(reports.small(), "#p=10&s=0&r=0.7&m=difference&ref=0.5", scheme=scheme, width=width)
                    self.press("*", "n", "e")
                    self.assertEqual(self.violations(), [])

    def test_the_vote_and_the_selection_have_none(self):
        for scheme in ("light", "dark"):
            for width in (1280, 360):
                with self.subTest(scheme=scheme, width=width):
                    self.open(reports.small(), "#p=10&s=0&r=0.7&m=two-up", scheme=scheme, width=width)
                    self.press("n", "*", "v")
                    self.click("[data-vote=begin]")
                    self.have_come("#vote")
                    self.assertEqual(self.violations(), [])
                    self.press(Keys.ARROW_LEFT)
                    self.click("[data-vote=end]")
                    self.assertEqual(self.violations(), [])
                    self.press(Keys.ESCAPE)
                    self.click("[data-open=selection]")
                    self.assertEqual(self.violations(), [])

    def test_a_folded_prompt_and_a_chart_in_use_have_none(self):
        for scheme in ("light", "dark"):
            with self.subTest(scheme=scheme):
                self.open(reports.long_prompts(), scheme=scheme)
                self.assertEqual(self.violations(), [])
                self.open(reports.small(), "#margin=300&hide=0.3", scheme=scheme)
                self.click(".shown-columns summary")
                self.run_script("document.querySelector('.panel svg a').focus()")
                self.assertEqual(self.violations(), [])


if __name__ == "__main__":
    unittest.main()
