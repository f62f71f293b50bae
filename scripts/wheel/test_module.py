"""Tests of the installed module on the run in `run`, of six prompts, ratios 0 and 0.5 and two seeds."""
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import unittest

before = set(sys.modules)
import tome_eval

imported = set(sys.modules) - before


class WithoutPandas(unittest.TestCase):
    def test_import_costs_nothing_else(self):
        self.assertEqual(imported, {"tome_eval"})

    def test_program_is_the_command(self):
        self.assertTrue(os.access(tome_eval.program(), os.X_OK))
        words = subprocess.check_output([tome_eval.program(), "--version"], text=True)
        for command in (["tome-eval"], [sys.executable, "-m", "tome_eval"]):
            self.assertEqual(subprocess.check_output([*command, "--version"], text=True), words)
        refused = subprocess.run(["tome-eval", "compare", "--margin", "wide"], capture_output=True)
        self.assertEqual(refused.returncode, 2)

    def test_comparisons_need_no_pandas(self):
        said = tome_eval.load("run").compare("--fail-if", "clip_score.delta > -100")
        self.assertEqual([gate["outcome"] for gate in said["gates"]], ["failed"])

    def test_tables_say_what_they_need(self):
        with self.assertRaisesRegex(ImportError, r"tome-eval\[pandas\]"):
            tome_eval.load("run").pictures


class WithPandas(unittest.TestCase):
    def test_pictures(self):
        pictures = tome_eval.load("run").pictures
        self.assertEqual(len(pictures), 24)
        self.assertEqual(set(pictures["ratio"]), {0.0, 0.5})
        self.assertEqual(set(pictures["seed"]), {1, 18446744073709551615})
        self.assertEqual(set(pictures["state"]), {"done"})
        self.assertTrue(all(pathlib.Path(file).is_file() for file in pictures["file"]))
        self.assertEqual(set(pictures["steps"]), {2})
        merged = pictures[~pictures["is_baseline"]]
        self.assertTrue(merged["ssim"].between(-1, 1).all())
        self.assertTrue(merged["clip_score"].notna().all())
        self.assertEqual(set(merged["merging_ratio"]), {0.5})
        self.assertTrue(pictures[pictures["is_baseline"]]["ssim"].isna().all())

    def test_pictures_are_those_of_the_report(self):
        import pandas

        pictures = tome_eval.load("run").pictures
        told = pandas.read_csv("run/pictures.csv", dtype={"seed": "uint64"})
        key = ["prompt", "seed", "ratio"]
        both = pictures.merge(told, on=key, suffixes=("", "_told"), validate="one_to_one")
        self.assertEqual(len(both), len(told))
        for score in ("clip_score", "clip_image", "ssim", "psnr", "mae", "rmse", "delta_e", "changed_pixels", "seconds"):
            pandas.testing.assert_series_equal(both[score], both[score + "_told"], check_names=False, rtol=1e-12)

    def test_verdicts(self):
        run = tome_eval.load("run")
        verdicts = run.verdicts
        self.assertEqual(list(verdicts["label"]), ["0.5"])
        said = run.compare()["ratios"][0]
        self.assertEqual(verdicts["verdict"][0], said["verdict"])
        self.assertEqual(verdicts["score_delta"][0], said["score"]["delta"])
        self.assertEqual(verdicts["speedup"][0], said["speedup"])

    def test_scores_of_pictures_that_were_replaced_do_not_count(self):
        shutil.copytree("run", "replaced")
        with sqlite3.connect("replaced/tome-eval.sqlite") as database:
            database.execute(
                "UPDATE score SET reference = 'another' WHERE metric = 'ssim' AND sampleID = "
                "(SELECT MIN(sampleID) FROM score WHERE metric = 'ssim')")
        database.close()
        self.assertEqual(
            tome_eval.load("replaced").pictures["ssim"].count(), tome_eval.load("run").pictures["ssim"].count() - 1)

    def test_what_cannot_be_read_is_said(self):
        from tome_eval.run import StoreError

        with self.assertRaisesRegex(FileNotFoundError, "tome-eval sweep --output missing"):
            tome_eval.load("missing")
        with self.assertRaisesRegex(StoreError, "no run is called 'x'"):
            tome_eval.load("run", run="x")
        with self.assertRaisesRegex(StoreError, "--margin|margin"):
            tome_eval.load("run").compare("--margin", "wide")
        os.makedirs("strange", exist_ok=True)
        pathlib.Path("strange/tome-eval.sqlite").write_text("no database at all, but a text\n" * 100)
        with self.assertRaisesRegex(StoreError, "strange"):
            tome_eval.load("strange")
        sqlite3.connect("strange/empty.sqlite").execute("CREATE TABLE other (id)").connection.close()
        with self.assertRaisesRegex(StoreError, "no store of this version"):
            tome_eval.load("strange", store="strange/empty.sqlite")


if __name__ == "__main__":
    unittest.main(verbosity=2)
