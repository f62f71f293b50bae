"""The sheet's columns, the margin, and what numbers and charts lead to."""

import unittest

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

import reports
from browser import PageTest, driver
from stored import Stored


class ColumnsTest(PageTest):
    def setUp(self):
        self.report = reports.small()
        self.stored = Stored(self.report)

    def lefts(self):
        """Where all rows that are drawn have been scrolled to."""
        return self.run_script(
            "return [...document.querySelectorAll('.row .strip, .columns-head .strip')]"
            ".filter((strip) => strip.getBoundingClientRect().bottom > 0)"
            ".filter((strip) => strip.getBoundingClientRect().top < innerHeight)"
            ".map((strip) => Math.round(strip.scrollLeft))"
        )

    def test_all_rows_scroll_as_one(self):
        self.open(self.report, "#sort=order&size=l", width=900)
        self.run_script("document.querySelector('.row').scrollIntoView()")
        for selector in (".row .strip", ".columns-head .strip"):
            self.run_script("document.querySelector(arguments[0]).scrollLeft += 150", selector)
            want = self.run_script("return Math.round(document.querySelector(arguments[0]).scrollLeft)", selector)
            self.assertGreater(want, 0)
            self.until({want}, lambda: set(self.lefts()))
        # Rows that come into sight later are at the same place.
        self.run_script("document.querySelector('.row:nth-child(12)').scrollIntoView()")
        self.until({want}, lambda: set(self.lefts()))

    def test_names_stay_over_their_columns(self):
        # On a phone medium pictures have no names but their own.
        for width, size in ((1280, "m"), (900, "m"), (360, "l")):
            for address in (f"#sort=order&size={size}", f"#sort=order&hide=0.3&size={size}"):
                with self.subTest(width=width, address=address):
                    self.open(self.report, address, width=width)
                    self.run_script("document.querySelector('.row:nth-child(4)').scrollIntoView()")
                    names, pictures, top = self.run_script("""
                      const left = (element) => Math.round(element.getBoundingClientRect().left);
                      const seen = (list) => [...list].filter((element) => !element.hidden).map(left);
                      const row = document.querySelector('.row:nth-child(4)');
                      const head = document.querySelector('.columns-head').getBoundingClientRect();
                      const tools = document.querySelector('.tools').getBoundingClientRect();
                      return [seen(document.querySelectorAll('.column:not(.baseline)')),
                        seen(row.querySelectorAll('.cell:not(.baseline, .worst)')), [head.top, tools.bottom]];""")
                    self.assertLessEqual(set(pictures), set(names))
                    self.assertAlmostEqual(top[0], top[1], delta=1)

    def test_shows_the_columns_that_are_asked_for(self):
        self.open(self.report, "#sort=ssim")
        self.click(".shown-columns summary")
        self.click(".shown-columns [data-column='0.7']")
        self.until("#sort=ssim&hide=0.7", self.hash)
        visible = lambda: self.run_script(
            "return [...document.querySelectorAll('.row:first-child .cell, .column')]"
            ".filter((cell) => !cell.hidden).map((cell) => cell.dataset.ratio ?? cell.dataset.column)"
        )
        self.assertEqual(visible(), ["0", "0.3", "0.5"] * 2)
        # The worst is that of the columns that are there.
        self.stored.ratios = [0.3, 0.5]
        self.expect_rows(self.stored.order("ssim"))
        self.press(Keys.ESCAPE)
        self.assertFalse(self.find(".shown-columns fieldset").is_displayed())
        self.run_script("document.querySelector('.row [data-ratio=\"0.5\"] a').focus()")
        self.press(Keys.ARROW_RIGHT, Keys.ENTER)
        self.assertEqual([b.text for b in self.all(".viewer-ratios button span")], ["Baseline", "0.3", "0.5"])
        self.press(Keys.ARROW_RIGHT)
        self.assertEqual(self.text(".viewer-label[data-side=variant] b"), "Ratio 0.5")
        self.press(Keys.ESCAPE)
        self.open(self.report, "#hide=0.3%7C0.5")
        self.assertEqual(visible(), ["0", "0.7"] * 2)
        # One stays.
        self.assertFalse(self.find("[data-column='0.7'][type=checkbox]").is_enabled())
        self.click("[name=reset]")
        self.assertEqual(visible(), ["0", "0.3", "0.5", "0.7"] * 2)
        self.until("", self.hash)
        self.open(self.report, "#hide=0.3%7C0.5%7C0.7")
        self.assertEqual(visible(), ["0", "0.3", "0.5", "0.7"] * 2)

    def test_a_phone_shows_the_baseline_and_the_worst_and_half_of_the_next(self):
        for width in (320, 360, 412):
            for left in (0, 60, 1000):
                with self.subTest(width=width, left=left):
                    self.open(self.report, "#sort=ssim", width=width, height=740)
                    self.run_script("document.querySelector('.row').scrollIntoView()")
                    self.run_script("document.querySelector('.row .strip').scrollLeft = arguments[0]", left)
                    baseline, worst, strip, ratio = self.run_script("""
                      const box = (element) => element.getBoundingClientRect().toJSON();
                      const row = document.querySelector('.row');
                      return [box(row.querySelector('.baseline')), box(row.querySelector('.worst')),
                        box(row.querySelector('.strip')), row.querySelector('.worst').dataset.ratio];""")
                    row, seed = self.shown()[0]
                    values = {r: self.stored.value("ssim", row, seed, r) for r in self.stored.ratios}
                    values = {r: value for r, value in values.items() if value is not None}
                    self.assertEqual(float(ratio), min(values, key=values.get))
                    for cell in (baseline, worst):
                        self.assertGreaterEqual(cell["left"], strip["left"] - 1)
                        self.assertLessEqual(cell["right"], strip["right"] + 1)
                    self.assertGreaterEqual(worst["left"], baseline["right"] - 6)
                    self.assertAlmostEqual(strip["width"] / baseline["width"], 2.6, delta=0.3)

    def test_a_phone_names_every_picture_by_itself(self):
        for size in ("s", "m"):
            for left in (0, 60, 1000):
                with self.subTest(size=size, left=left):
                    self.open(self.report, f"#sort=ssim&size={size}", width=360, height=740)
                    self.run_script("document.querySelector('.row').scrollIntoView()")
                    self.run_script("document.querySelector('.row .strip').scrollLeft = arguments[0]", left)
                    # A name over the pinned picture would be that of the column that it covers.
                    self.assertFalse(self.find(".columns-head").is_displayed())
                    ratio, label, is_seen = self.run_script("""
                      const worst = document.querySelector('.row .worst'), name = worst.querySelector('figcaption b');
                      return [worst.dataset.ratio, name.textContent, name.checkVisibility()];""")
                    self.assertEqual((label, is_seen), (ratio, True))

    def test_no_picture_says_its_seconds_on_the_sheet(self):
        self.open(self.report)
        self.assertEqual(
            self.run_script(
                "return [...document.querySelectorAll('.cell figcaption')]"
                ".filter((caption) => /\\d s\\b/.test(caption.textContent)).length"
            ),
            0,
        )
        self.open(self.report, "#p=10&s=0&r=0.5&m=two-up")
        own, baseline = (self.stored.samples[10, 0, ratio]["seconds"] for ratio in (0.5, 0))
        shown = self.run_script(
            "return [...document.querySelectorAll('.viewer-scores div')]"
            ".find((item) => item.querySelector('dt').textContent === 'Time').querySelector('dd').textContent"
        )
        self.assertEqual(shown.split(), [f"{own:.2f}", "s", "baseline", f"{baseline:.2f}", "s"])

    def test_two_runs_keep_their_columns_where_one_lacks_a_prompt(self):
        self.open(reports.two_whole_runs(), "#sort=order", width=1920)
        lefts = self.run_script("""
          const left = (element) => Math.round(element.getBoundingClientRect().left);
          const column = (name) => left(document.querySelector(`.column[data-column="${name}"]`));
          const cell = (p, name) => left(document.querySelector(`.row[data-p="${p}"] [data-ratio="${name}"]`));
          return [[column("A 0.3"), cell("3", "A 0.3")], [column("B 0.5"), cell("3", "B 0.5")],
            [column("B 0.5"), cell("B80", "B 0.5")]];""")
        for column, cell in lefts:
            self.assertEqual(column, cell)

    def test_folds_long_prompts(self):
        self.open(self.report)
        self.assertEqual(self.all(".unfold-prompt"), [])
        report = reports.long_prompts()
        self.open(report)
        button = self.find(".unfold-prompt")
        heading = self.find(".caption h3.folded")
        folded = heading.size["height"]
        button.click()
        self.assertEqual(button.get_attribute("aria-expanded"), "true")
        self.assertGreater(heading.size["height"], folded * 1.5)
        button.click()
        self.assertEqual(heading.size["height"], folded)

    def test_greys_what_the_model_does_not_read(self):
        self.open(reports.long_prompts(), "#sort=order")
        self.assertEqual([part.get_attribute("textContent") for part in self.all(".unread")], [reports.UNREAD])
        self.assertIn("does not read this far", self.find(".unread").get_attribute("title"))
        self.assertEqual(self.text(".caption h3"), reports.WORDY.prompts[0].text)
        colours = self.run_script(
            "return ['.caption h3', '.unread', '.source'].map("
            "(part) => getComputedStyle(document.querySelector(part)).color)"
        )
        self.assertNotEqual(colours[0], colours[1])
        self.assertEqual(colours[1], colours[2])

    def test_prompts_run_in_their_own_direction(self):
        self.open(reports.long_prompts(), "#sort=order")
        directions = self.run_script(
            "return [...document.querySelectorAll('.caption h3')].map((h) => getComputedStyle(h).direction)"
        )
        self.assertEqual(directions, ["ltr", "rtl"])
        self.run_script("document.querySelector('.row:nth-child(2) .cell:last-child a').click()")
        self.assertEqual(
            self.run_script("return getComputedStyle(document.querySelector('#viewer-prompt')).direction"), "rtl"
        )


class MarginTest(PageTest):
    def setUp(self):
        self.report = reports.small()
        self.stored = Stored(self.report)

    def set_margin(self, value):
        self.run_script(
            "const field = document.querySelector('[name=margin]'); field.value = arguments[0];"
            "for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, { bubbles: true }))",
            value,
        )

    def changes(self):
        values = [
            self.stored.value("change", row, seed, ratio)
            for row, seed in self.stored.rows
            for ratio in self.stored.ratios
            if self.stored.samples[row, seed, ratio]["pixelHash"] and not self.stored.is_identical(row, seed, ratio)
            and (self.report.page.parent / self.stored.samples[row, seed, ratio]["path"]).exists()
        ]
        return [value for value in values if value is not None]

    def test_counts_the_pictures_beyond_it(self):
        self.open(self.report)
        for share in (100, 50, 300):
            self.set_margin(share)
            margin = self.stored.margin * share / 100
            changes = self.changes()
            lost = sum(change < -margin for change in changes)
            gained = sum(change > margin for change in changes)
            self.assertTrue(
                self.text(".margin-words").startswith(
                    f"±{margin:.2f} points: of {len(changes)} pictures {lost} lost more, {gained} gained more."
                ),
                self.text(".margin-words"),
            )
        self.until("#margin=300", self.hash)
        self.choose(change="lost")
        self.assertEqual(
            self.text("[name=change] option[value=lost]"), f"lost more than {self.stored.margin * 3:.2f}"
        )
        rows = {
            (row, seed)
            for row, seed in self.stored.rows
            for ratio in self.stored.ratios
            if (self.stored.value("change", row, seed, ratio) or 0) < -3 * self.stored.margin
        }
        self.assertEqual(set(self.shown()), rows)
        self.click(".margin-tool [name=back]")
        self.until("#change=lost", self.hash)
        self.assertEqual(
            self.text("[name=change] option[value=lost]"), f"lost more than {self.stored.margin:.2f}"
        )

    def test_judges_again(self):
        self.open(self.report)
        lines = self.run_script(
            "return [...document.querySelectorAll('tr[data-mean]')].map((line) => ({ ...line.dataset,"
            " verdict: line.querySelector('.verdict').textContent }))"
        )
        self.assertEqual(len(lines), 3)
        margin = self.stored.margin

        def verdict(line, margin):
            if -margin < float(line["lower"]) and float(line["upper"]) < margin:
                return "equivalent"
            if "significant" not in line:
                return "inconclusive"
            return "higher" if float(line["mean"]) > 0 else "worse"

        # As the tool itself judged by the run's margin.
        self.assertEqual([line["verdict"] for line in lines], [verdict(line, margin) for line in lines])
        seen = set()
        for share in (10, 100, 400):
            self.set_margin(share)
            now = self.run_script(
                "return [...document.querySelectorAll('tr[data-mean] .verdict')]"
                ".map((verdict) => [verdict.textContent, verdict.className])"
            )
            self.assertEqual([word for word, _ in now], [verdict(line, margin * share / 100) for line in lines])
            for word, names in now:
                self.assertEqual(set(names.split()), {"behind", "verdict", {"higher": "better"}.get(word, word)})
            seen |= {word for word, _ in now}
        self.assertGreater(len(seen), 1)
        self.open(self.report, "#margin=400")
        again = self.run_script(
            "return [...document.querySelectorAll('tr[data-mean] .verdict')].map((v) => v.textContent)"
        )
        self.assertEqual(again, [word for word, _ in now])


class BehindTest(PageTest):
    def setUp(self):
        self.report = reports.small()
        self.stored = Stored(self.report)

    def expect_sheet(self, address, rows):
        self.until(address, self.hash)
        self.expect_rows(rows)
        self.until(True, lambda: self.is_in_sight(".row:not([hidden])"))

    def test_every_number_of_the_table_leads_to_its_pictures(self):
        self.open(self.report)
        lacking = self.run_script(
            "return [...document.querySelectorAll('.ratios :is(td, tbody th):not([colspan])')]"
            ".filter((cell) => /\\d/.test(cell.textContent) && !cell.querySelector('a')).map((cell) => cell.outerHTML)"
        )
        self.assertEqual(lacking, [])
        for label, address, rows in (
            ("SSIM", "#sort=ssim&at=0.5", self.stored.order("ssim", 0.5)),
            ("Change", "#sort=change&at=0.5", self.stored.order("change", 0.5)),
            ("s / picture", "#sort=seconds&at=0.5", self.stored.order("seconds", 0.5, higher_is_worse=True)),
        ):
            self.open(self.report)
            self.click(f"tr[data-variant='0.5'] td[data-label='{label}'] a")
            self.expect_sheet(address, rows)

    def test_the_headline_and_the_charts_lead_there_too(self):
        self.open(self.report)
        self.assertTrue(self.find("h1 a").get_attribute("href").split("#")[1])
        self.run_script(
            "document.querySelector('.chart a.point[href=\"#sort=change&at=0.7\"]')"
            ".dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, view: window }))"
        )
        self.expect_sheet("#sort=change&at=0.7", self.stored.order("change", 0.7))
        self.open(self.report)
        self.run_script("document.querySelector('.groups').open = true")
        self.run_script(
            "document.querySelector('.group a[href=\"#sort=change&at=0.5&challenge=Quantity\"]')"
            ".dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, view: window }))"
        )
        rows = [
            place
            for place in self.stored.order("change", 0.5)
            if self.stored.prompts[place[0]]["challenge"] == "Quantity"
        ]
        self.expect_sheet("#sort=change&at=0.5&challenge=Quantity", rows)

    def test_no_number_of_tables_charts_and_headline_is_without_its_pictures(self):
        self.open(self.report)
        for selector in (
            ".ratios :is(td, tbody th)", "h1", ".support", ".panel figcaption", ".group figcaption span",
        ):
            # What is left of an element's text without its links.
            lacking = self.run_script(
                """
              return [...document.querySelectorAll(arguments[0])].map((element) => {
                const copy = element.cloneNode(true);
                for (const link of copy.querySelectorAll("a, svg")) link.remove();
                return copy.textContent;
              }).filter((text) => /\\d/.test(text));""",
                selector,
            )
            self.assertEqual(lacking, [], selector)
        self.click(".panel figcaption a")
        self.expect_sheet("#sort=change&at=0.3", self.stored.order("change", 0.3))
        self.open(self.report)
        self.run_script("document.querySelector('.groups').open = true")
        self.run_script(
            "document.querySelector('.group figcaption a[href=\"#sort=change&challenge=Quantity\"]').click()"
        )
        self.expect_sheet(
            "#sort=change&challenge=Quantity",
            [
                place
                for place in self.stored.order("change")
                if self.stored.prompts[place[0]]["challenge"] == "Quantity"
            ],
        )

    def test_warnings_lead_to_what_is_missing(self):
        self.open(self.report)
        link = self.find("tr[data-variant='0.5'] + .warning a")
        self.assertIn("failed", link.text)
        link.click()
        self.until("#sort=change&at=0.5&change=missing", self.hash)
        self.expect_rows([(17, 0)])

    def test_the_margins_counts_lead_to_their_pictures(self):
        self.open(self.report, "#margin=50")
        counts = [link.text for link in self.all(".margin-words a")]
        self.assertTrue(counts)
        self.click(".margin-words a[href*='change=lost']")
        self.until("#sort=change&change=lost&margin=50", self.hash)
        rows = [
            place
            for place in self.stored.order("change")
            if any(
                (self.stored.value("change", *place, ratio) or 0) < -self.stored.margin / 2
                and (self.report.page.parent / self.stored.samples[*place, ratio]["path"]).exists()
                for ratio in self.stored.ratios
            )
        ]
        self.expect_rows(rows)
        self.assertEqual(self.find("[name=margin]").get_attribute("value"), "50")

    def test_a_chart_is_one_stop_with_arrow_keys_inside(self):
        self.open(self.report)
        stops = self.run_script(
            "return [...document.querySelectorAll('[data-roving]')]"
            ".map((chart) => chart.querySelectorAll('a[tabindex=\"0\"]').length)"
        )
        self.assertGreater(len(stops), 10)
        self.assertEqual(set(stops), {1})
        self.run_script("document.querySelector('.panel svg a').focus()")
        place = lambda: self.run_script(
            "const all = [...document.activeElement.closest('svg').querySelectorAll('a')];"
            "return [all.indexOf(document.activeElement), all.length]"
        )
        count = place()[1]
        for key, at in (
            (Keys.ARROW_RIGHT, 1), (Keys.ARROW_DOWN, 2), (Keys.ARROW_LEFT, 1), (Keys.END, count - 1), (Keys.HOME, 0),
            (Keys.ARROW_LEFT, 0),
        ):
            self.press(key)
            self.assertEqual(place(), [at, count])
        self.press(Keys.ENTER)
        self.until(True, lambda: self.run_script("return document.getElementById('viewer').open"))

    def test_a_dot_shows_its_pictures_by_focus_and_by_pointer(self):
        self.open(self.report)
        self.run_script("document.querySelector('.panel').scrollIntoView({ block: 'center' })")
        self.run_script("document.querySelector('.panel svg a').focus()")
        self.press(Keys.ARROW_RIGHT)
        peek = lambda: self.run_script(
            "const p = document.querySelector('.peek'); return p.hidden ? null :"
            " [[...p.querySelectorAll('img')].map((i) => i.src), p.querySelector('p').textContent]"
        )
        images, words = peek()
        address = self.run_script("return document.activeElement.getAttribute('href')")
        expected = self.run_script(
            """
          const place = new URLSearchParams(arguments[0].slice(1));
          const row = document.querySelector(`.row[data-p="${place.get("p")}"][data-s="${place.get("s")}"]`);
          return ["0", place.get("r")].map((ratio) => row.querySelector(`[data-ratio="${ratio}"] img`).src)""",
            address,
        )
        self.assertEqual(images, expected)
        self.assertEqual(words, self.run_script("return document.activeElement.querySelector('title').textContent"))
        box = self.run_script("return document.querySelector('.peek').getBoundingClientRect().toJSON()")
        self.assertTrue(0 <= box["left"] and box["right"] <= 1280 and 0 <= box["top"] and box["bottom"] <= 900, box)
        self.press(Keys.ESCAPE)
        self.assertIsNone(peek())
        ActionChains(driver(), duration=0).move_to_element(self.find(".panel svg a .dot")).perform()
        self.until(True, lambda: peek() is not None)
        ActionChains(driver(), duration=0).move_to_element(self.find("h2")).perform()
        self.until(None, peek)


if __name__ == "__main__":
    unittest.main()
