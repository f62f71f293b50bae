"""What the sheet must show, computed from the store alone."""

import math
import struct


class Stored:
    """The samples of a run with its scores, and the order in which the sheet lists its rows."""

    def __init__(self, report):
        self.rows = [
            (prompt["row"], seed["seed"])
            for prompt in report.rows("SELECT row FROM prompt ORDER BY position")
            for seed in report.rows("SELECT DISTINCT seed FROM sample ORDER BY seed")
        ]
        self.prompts = {prompt["row"]: prompt for prompt in report.rows("SELECT * FROM prompt")}
        self.ratios = [row["ratio"] for row in report.rows("SELECT ratio FROM variant WHERE ratio > 0 ORDER BY ratio")]
        self.scores = {}
        self.samples = {}
        for sample in report.rows(
            "SELECT sample.*, picture.path, picture.pixelHash, prompt.row, variant.ratio FROM sample "
            "LEFT JOIN picture ON picture.id = pictureID JOIN prompt ON prompt.id = promptID "
            "JOIN variant ON variant.id = variantID"
        ):
            key = sample["row"], sample["seed"], sample["ratio"]
            self.samples[key] = sample
            self.scores[key] = {
                score["metric"]: score["value"]
                for score in report.rows("SELECT * FROM score WHERE sampleID = ?", sample["id"])
            }
        self.differences = {
            (row["row"], row["seed"], row["ratio"]): row
            for row in report.rows(
                "SELECT difference.*, prompt.row, sample.seed, variant.ratio FROM difference "
                "JOIN sample ON sample.id = sampleID JOIN prompt ON prompt.id = promptID "
                "JOIN variant ON variant.id = variantID"
            )
        }
        self.report = report
        self.margin = self._margin()

    def _margin(self):
        """1 % of the baseline's mean CLIP score, over the means of the prompts that are paired with some ratio."""
        means = []
        for row in self.prompts:
            values = [
                self.scores[row, seed, 0]["clip_score"]
                for _, seed in filter(lambda place: place[0] == row, self.rows)
                if "clip_score" in self.scores[row, seed, 0]
            ]
            if values:
                means.append(sum(values) / len(values))
        return 0.01 * sum(means) / len(means)

    def value(self, key, row, seed, ratio):
        """None where there is no number."""
        scores = self.scores[row, seed, ratio]
        if key == "seconds":
            return self.samples[row, seed, ratio]["seconds"]
        if key == "change":
            baseline = self.scores[row, seed, 0].get("clip_score")
            return scores["clip_score"] - baseline if baseline is not None and "clip_score" in scores else None
        if key == "psnr" and self.is_identical(row, seed, ratio):
            return math.inf
        return scores.get(key)

    def is_identical(self, row, seed, ratio):
        own, baseline = (self.samples[row, seed, at]["pixelHash"] for at in (ratio, 0))
        return own is not None and own == baseline

    def kinds(self, row, seed, ratio):
        """The letters of the kinds of damage that a picture shows."""
        traits = self.differences.get((row, seed, ratio))
        scores = self.scores[row, seed, ratio]
        ssim, likeness = scores.get("ssim"), scores.get("clip_image")
        if traits is None:
            return ""
        is_composed_alike = ssim >= 0.6
        shown = {
            "s": is_composed_alike and traits["specks"] >= 0.002,
            "f": is_composed_alike and traits["highOnEdges"] >= 8 and traits["high"] >= traits["mid"],
            "c": max(traits["meanShift"], traits["spreadShift"]) >= 2,
            "l": likeness < 85,
            "r": not is_composed_alike and likeness >= 85,
        }
        return "".join(letter for letter, is_shown in shown.items() if is_shown)

    def maps(self, row, seed, ratio):
        """What was seen of a picture's merging: for every (step, block) the destinations of its tokens, None for one
        that has none, and their similarities."""
        return {
            (found["step"], found["block"]): (
                [
                    None if place == 0xFFFF else place
                    for (place,) in struct.iter_unpack("<H", found["destinations"])
                ],
                [cosine / 65535 * 2 - 1 for (cosine,) in struct.iter_unpack("<H", found["similarities"])],
            )
            for found in self.report.rows(
                "SELECT * FROM explanation WHERE sampleID = ? ORDER BY pass, step, position",
                self.samples[row, seed, ratio]["id"],
            )
        }

    def mean_similarity(self, row, seed, ratio):
        """Of all pairs that were merged; None without any."""
        found = [
            similarity
            for places, similarities in self.maps(row, seed, ratio).values()
            for token, (place, similarity) in enumerate(zip(places, similarities))
            if place is not None and place != token
        ]
        return sum(found) / len(found) if found else None

    def order(self, key, at=None, *, higher_is_worse=False, best_first=False):
        """The rows by their worst value; those without one last, equal ones in the order of the prompts."""
        worst = max if higher_is_worse else min
        sign = (-1 if higher_is_worse else 1) * (-1 if best_first else 1)

        def rank(place):
            values = [self.value(key, *place, ratio) for ratio in ([at] if at else self.ratios)]
            values = [value for value in values if value is not None]
            return (0, sign * worst(values)) if values else (1, 0)

        return sorted(self.rows, key=lambda place: (rank(place), self.rows.index(place)))

    def state(self, row, seed, ratio, is_there):
        if not is_there:
            return "missing"
        if self.is_identical(row, seed, ratio):
            return "identical"
        change = self.value("change", row, seed, ratio)
        if change is None:
            return "unscored"
        return "kept" if abs(change) <= self.margin else "lost" if change < 0 else "gained"
