"""A test case that looks at the viewer."""

import reports
from browser import PageTest
from stored import Stored

# The pictures in sight, in the order of their views and layers; a clipped or half transparent one counts.
IN_SIGHT = """
return [...document.querySelectorAll(".stage .view")].filter((view) => view.offsetParent).flatMap((view) =>
  [...view.querySelectorAll("img")]
    .filter((image) => image.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
    .map((image) => image.getAttribute("src")));
"""


class ViewerCase(PageTest):
    def setUp(self):
        self.report = reports.small()
        self.stored = Stored(self.report)

    def view(self, address="#p=10&s=0&r=0.5&m=two-up", **options):
        self.open(self.report, address, **options)
        self.assertTrue(self.is_open())

    def is_open(self):
        return self.run_script("return document.getElementById('viewer').open")

    def visible(self):
        self.have_come("#viewer")
        return self.run_script(IN_SIGHT)

    def path(self, row, ratio, seed=0):
        return self.stored.samples[row, seed, ratio]["path"]

    def heat_map(self, row, ratio, seed=0):
        return self.run_script(
            "return document.querySelector(`.row[data-p='${arguments[0]}'][data-s='${arguments[1]}'] "
            "[data-ratio='${arguments[2]}']`).dataset.difference",
            row,
            seed,
            f"{ratio:g}",
        )

    def variant(self):
        return self.text(".viewer-label[data-side=variant] b")
