"""The blind vote: what a round shows, every answer, what is kept, and what is saved."""

import json
import unittest
from collections import Counter

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

import reports
from browser import PageTest, driver
from stored import Stored


class VoteTest(PageTest):
    def setUp(self):
        self.report = reports.small()
        self.stored = Stored(self.report)
        self.run = self.report.rows("SELECT key, name FROM run")[0]

    def begin(self, **options):
        self.open(self.report, **options)
        self.press("v")
        self.click("[data-vote=begin]")
        self.ready()

    def ready(self):
        """Both pictures of a pair are there."""
        self.have_come("#vote")

    def progress(self):
        return self.text(".vote-progress")

    def shown(self):
        return self.run_script(
            "return [...document.querySelectorAll('.vote-pair img')].map((image) => image.getAttribute('src'))"
        )

    def votes(self):
        return self.kept("votes") or []

    def test_opens_by_key_and_by_button(self):
        self.open(self.report)
        for act in (lambda: self.press("v"), lambda: self.click("[data-open=vote]")):
            act()
            self.assertTrue(self.find("#vote").is_displayed())
            self.assertEqual(
                self.text(".vote-count"), "A round has 40 pairs, as many of every ratio as there are."
            )
            self.press(Keys.ESCAPE)
            self.until(False, lambda: self.find("#vote").is_displayed())

    def test_every_answer_has_a_key_and_a_button(self):
        self.begin()
        expected = []
        answers = (
            (Keys.ARROW_LEFT, "left"), (Keys.ARROW_RIGHT, "right"), ("=", "same"), (Keys.ARROW_DOWN, "skip"),
        )
        for key, answer in answers:
            for act in (lambda: self.press(key), lambda: self.click(f"#vote [data-answer={answer}]")):
                self.ready()
                act()
                expected.append(answer)
                self.until(f"{len(expected) + 1} of 40", self.progress)
                self.assertEqual([vote["answer"] for vote in self.votes()], expected)

    def test_takes_the_last_answer_back(self):
        self.begin()
        first = self.shown()
        self.assertFalse(self.find("[data-vote=back]").is_enabled())
        for act in (lambda: self.press(Keys.BACKSPACE), lambda: self.click("[data-vote=back]")):
            self.press("=")
            self.until("2 of 40", self.progress)
            act()
            self.until("1 of 40", self.progress)
            self.ready()
            self.assertEqual(self.shown(), first)
            self.assertEqual(self.votes(), [])

    def test_a_held_key_is_one_answer(self):
        self.begin()
        for _ in range(3):
            driver().execute_cdp_cmd(
                "Input.dispatchKeyEvent",
                {"type": "keyDown", "key": "ArrowLeft", "code": "ArrowLeft", "autoRepeat": _ > 0},
            )
        self.ready()
        self.assertEqual(len(self.votes()), 1)

    def test_shows_no_name_and_no_number(self):
        self.begin()
        text = self.find("#vote section[data-part=pair]").text
        for word in ("Ratio", "Baseline", "baseline", "0.3", "0.5", "0.7", "CLIP"):
            self.assertNotIn(word, text)
        alternatives = [image.get_attribute("alt") for image in self.all(".vote-pair img")]
        self.assertEqual(alternatives, ["Left picture", "Right picture"])

    def rounds(self, count=1):
        """The votes of whole rounds, as the page itself draws them."""
        self.open(self.report)
        for _ in range(count):
            self.press("v")
            self.click("[data-vote=begin]")
            for at in range(40):
                self.until(f"{at + 1} of 40", self.progress)
                self.ready()
                self.press(Keys.ARROW_LEFT)
            self.until(True, lambda: self.find(".vote-results").is_displayed())
            self.press(Keys.ESCAPE)
            self.until(False, lambda: self.find("#vote").is_displayed())
        return self.votes()

    def test_a_round_is_spread_over_ratios_with_traps_and_random_sides(self):
        votes = self.rounds(2)
        first, second = votes[:40], votes[40:]
        self.assertEqual({vote["round"] for vote in first} & {vote["round"] for vote in second}, set())
        for round_ in (first, second):
            traps = [vote for vote in round_ if vote["isCatchTrial"]]
            self.assertEqual(len(traps), 4)
            for vote in traps:
                self.assertEqual(vote["baseline"]["pixelHash"], vote["merged"]["pixelHash"])
            # The one merged picture that merging did not change is a trap and nothing else.
            self.assertIn(("3", "0", "0.5"), [(v["row"], v["seed"], v["merged"]["variant"]) for v in traps])
            counts = Counter(vote["merged"]["variant"] for vote in round_ if not vote["isCatchTrial"])
            self.assertEqual(sorted(counts.values()), [12, 12, 12])
            pairs = Counter((vote["row"], vote["seed"], vote["merged"]["variant"]) for vote in round_)
            self.assertEqual(set(pairs.values()), {1})
        # What was not shown comes first in the next round: two rounds hold all pairs but a few.
        seen = {(v["row"], v["seed"], v["merged"]["variant"]) for v in votes if not v["isCatchTrial"]}
        there = {
            key for key, sample in self.stored.samples.items()
            if key[2] > 0 and sample["state"] == "done" and self.stored.samples[*key[:2], 0]["state"] == "done"
            and (self.report.page.parent / sample["path"]).exists()
            and not self.stored.is_identical(*key)
        }
        self.assertEqual(seen, {(str(row), str(seed), f"{ratio:g}") for row, seed, ratio in there})
        sides = Counter(vote["baselineSide"] for vote in votes)
        # One in ten thousand million rounds would not.
        self.assertTrue(all(10 < sides[side] < 70 for side in ("left", "right")), sides)

    def test_keeps_what_was_shown_and_what_was_answered(self):
        self.begin()
        for answer in (Keys.ARROW_LEFT, "=", Keys.ARROW_DOWN):
            self.ready()
            shown = self.shown()
            prompt = self.text(".vote-prompt")
            before = len(self.votes())
            self.press(answer)
            self.until(before + 1, lambda: len(self.votes()))
            vote = self.votes()[-1]
            self.assertEqual(vote["prompt"], prompt)
            self.assertEqual(vote["prompt"], self.stored.prompts[int(vote["row"])]["text"])
            sides = {}
            for side in ("baseline", "merged"):
                key = int(vote["row"]), int(vote["seed"]), float(vote[side]["variant"])
                sample = self.stored.samples[key]
                self.assertEqual(vote[side]["pixelHash"], sample["pixelHash"])
                sides[side] = sample["path"]
            expected = [sides["baseline"], sides["merged"]]
            self.assertEqual(shown, expected if vote["baselineSide"] == "left" else expected[::-1])
            self.assertEqual(vote["run"], self.run["key"])
            self.assertTrue(0 <= vote["milliseconds"] < 60_000)

    def test_saves_everything_as_json(self):
        self.begin()
        for answer in (Keys.ARROW_LEFT, "=", Keys.ARROW_DOWN):
            self.ready()
            self.press(answer)
        self.click("[data-vote=end]")
        self.press(Keys.ESCAPE)
        self.run_script("document.querySelector('[data-p=\"10\"] [data-ratio=\"0.5\"] a').click()")
        self.press("n", "v")
        name, data = self.saved(lambda: self.click("[data-vote=save]"))
        self.assertEqual(name, "votes-synthetic.json")
        saved = json.loads(data)
        self.assertEqual(
            set(saved), {"format", "version", "voter", "toolVersion", "exported", "runs", "votes", "noticed"}
        )
        self.assertEqual((saved["format"], saved["version"]), ("tome-eval votes", 2))
        self.assertRegex(saved["voter"], "^[0-9a-f]{16}$")
        self.assertEqual(self.run_script("return localStorage.getItem('tome-eval voter')"), saved["voter"])
        self.assertEqual(saved["runs"], [{"key": self.run["key"], "name": "synthetic"}])
        fields = {
            "run", "round", "row", "seed", "prompt", "baseline", "merged", "baselineSide", "answer", "milliseconds",
            "isCatchTrial", "time",
        }
        self.assertEqual([set(vote) for vote in saved["votes"]], [fields] * 3)
        self.assertEqual([vote["answer"] for vote in saved["votes"]], ["left", "same", "skip"])
        mark = saved["noticed"][0]
        self.assertEqual((mark["run"], mark["ratio"], mark["row"]), (self.run["key"], "0.5", "10"))
        self.assertEqual(set(mark), {"run", "row", "seed", "prompt", "pixelHash", "ratio", "time"})
        self.assertTrue(mark["prompt"] and len(mark["pixelHash"]) == 64)

    def test_sums_up_by_ratio(self):
        self.open(self.report)
        vote = lambda ratio, answer, is_trap=False: {
            "cell": ratio, "row": "10", "seed": "0", "answer": answer, "baselineSide": "left", "isCatchTrial": is_trap,
            "round": "r", "milliseconds": 1,
        }
        votes = [vote("0.5", "left")] * 6 + [vote("0.5", "right")] * 2 + [vote("0.5", "same"), vote("0.5", "skip")]
        votes += [vote("0.3", "same"), vote("0", "same", True), vote("0", "left", True)]
        self.run_script(
            "const { key } = JSON.parse(document.getElementById('sheet').dataset.runs)[0];"
            "localStorage[`tome-eval votes ${key}`] = JSON.stringify(arguments[0])",
            votes,
        )
        self.press("v")
        rows = [
            [cell.text for cell in row.find_elements("css selector", "th, td")]
            for row in self.all(".vote-results tbody tr")
        ]
        # Wilson's interval of six of eight.
        self.assertEqual(rows, [["0.3", "1", "0", "1", "0", "–"], ["0.5", "9", "6", "1", "2", "75 % [41, 93]"]])
        self.assertEqual(
            self.text(".vote-results p"), "Of 2 pairs of twice the same picture, 1 was called alike."
        )

    def test_keeps_votes_for_the_next_visit_and_deletes_them_when_asked_twice(self):
        self.begin()
        self.press("=")
        self.until(1, lambda: len(self.votes()))
        self.open(self.report, keeps=True)
        self.assertEqual(len(self.votes()), 1)
        self.press("v")
        self.click("[data-vote=delete]")
        self.assertEqual(len(self.votes()), 1)
        self.click("[data-vote=delete]")
        self.assertEqual(self.votes(), [])
        self.assertFalse(self.find("[data-vote=save]").is_enabled())

    def test_survives_a_storage_that_is_broken_or_forbidden(self):
        self.open(self.report)
        for broken in ("no JSON", "5", "[]", "{}", "null"):
            self.run_script(
                "const { key } = JSON.parse(document.getElementById('sheet').dataset.runs)[0];"
                "for (const name of ['votes', 'stars', 'noticed'])"
                " localStorage[`tome-eval ${name} ${key}`] = arguments[0]",
                broken,
            )
            self.open(self.report, keeps=True)
            self.press("v")
            self.assertTrue(self.find("[data-vote=begin]").is_enabled())
        self.open(self.report)
        self.run_script("Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }")
        self.press("v")
        self.click("[data-vote=begin]")
        self.ready()
        self.press("=")
        self.until("2 of 40", self.progress)
        self.click("[data-vote=end]")
        self.assertIn("keeps nothing", self.text(".vote-kept"))
        # What was voted is there as long as the page is.
        self.assertNotIn("No votes yet", self.text(".vote-results"))

    def test_fits_every_screen(self):
        for width, height in ((320, 568), (360, 740), (740, 360), (1280, 800)):
            with self.subTest(width=width):
                self.begin(width=width, height=height)
                boxes = self.run_script(
                    "return [...document.querySelectorAll('.vote-pair img, #vote [data-answer=skip]')]"
                    ".map((element) => element.getBoundingClientRect())"
                    ".map((box) => [box.left, box.right, box.top, box.bottom])"
                )
                for left, right, top, bottom in boxes:
                    self.assertTrue(0 <= left < right <= width and 0 <= top < bottom <= height, boxes)
                self.assertGreater(boxes[0][3] - boxes[0][2], height * 0.15)


class TwoRunsVoteTest(PageTest):
    def test_says_which_run_a_vote_is_about(self):
        self.open(reports.two_whole_runs())
        keys = self.run_script(
            "return JSON.parse(document.getElementById('sheet').dataset.runs).map((run) => [run.mark, run.key])"
        )
        self.assertEqual([mark for mark, _ in keys], ["A", "B"])
        self.press("v")
        self.click("[data-vote=begin]")
        for _ in range(12):
            self.have_come("#vote")
            self.press(Keys.ARROW_RIGHT)
        for vote in self.kept("votes"):
            mark = vote["cell"].split()[0]
            self.assertEqual(vote["run"], dict(keys)[mark])
            self.assertEqual(vote["merged"]["variant"], vote["cell"].removeprefix(mark + " "))
            self.assertEqual(vote["baseline"]["variant"], "0")


if __name__ == "__main__":
    unittest.main()
