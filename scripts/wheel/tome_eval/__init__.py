"""The results of tome-eval as pandas tables, and the program itself.

    import tome_eval
    run = tome_eval.load("Reports/demo")
    run.pictures.groupby("ratio")["ssim"].mean()
    run.verdicts[["label", "verdict", "speedup"]]

Importing it imports nothing else; pandas is needed by the tables alone.
"""

__all__ = ["load", "program"]


def program() -> str:
    """The path of the program that was installed with this module."""
    import os.path

    return os.path.join(os.path.dirname(os.path.abspath(__file__)), "bin", "tome-eval")


def load(folder, *, store=None, run=None):
    """A run, as a sweep or an import left it.

    folder: its folder, as --output has it
    store:  the SQLite file with its results, by default tome-eval.sqlite in the folder
    run:    its name, by default the latest of the store

    Raises FileNotFoundError where there is no store, and tome_eval.run.StoreError where it holds no such run, or is none.
    """
    from .run import Run

    return Run(folder, store=store, name=run)
