"""Makes Tests/Fixtures/Stores/schema-N.sql: the store of a small sweep, as text, by the tome-eval that had that schema.

    python Tests/Reference/stores.py PATH/TO/tome-eval N

Run once for every schema, by a program built from the last commit that had it; the header says which. Of the
embeddings only two are kept, and a variant of equal time without pictures is added.
"""

import json
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

FIXTURES = Path(__file__).parent.parent / "Fixtures" / "Stores"
PROMPTS = 'a red cube\nan owl, "big"\n'
ARGUMENTS = "--prompts two.txt --steps 2 --ratios 0,0.5,0.9 --size 64x64 --seeds 0,7 --output run".split()


def main(tool, schema):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "two.txt").write_text(PROMPTS)
        subprocess.run([tool, "sweep", *ARGUMENTS], cwd=folder, check=True, capture_output=True)
        store = sqlite3.connect(Path(folder) / "run" / "tome-eval.sqlite")
        store.execute("UPDATE run SET commandLine = ?", ["tome-eval sweep " + " ".join(ARGUMENTS)])
        store.execute(
            "DELETE FROM embedding WHERE subject NOT IN (SELECT subject FROM embedding ORDER BY subject LIMIT 2)"
        )
        store.execute(
            "INSERT INTO variant (id, runID, ratio, effectiveRatio, maxDownsample, sx, sy, useRand, mergeAttn, "
            "mergeCrossattn, mergeMlp, isBaseline, mergeVariant, steps, equalTimeRatio, equalTimeOf) "
            "VALUES (9, 1, 0, 0, 1, 2, 2, 1, 1, 0, 0, 0, 'tomesd', 1, 0.5, '0.5')"
        )
        store.execute(
            "INSERT INTO sample (id, promptID, variantID, seed, state, contentKey) VALUES (99, 1, 9, 0, 'pending', 'x')"
        )
        store.commit()
        version = store.execute("SELECT toolVersion FROM run").fetchone()[0]
        (application,) = store.execute("PRAGMA application_id").fetchone()
        lines = [line for line in store.iterdump() if line not in ("BEGIN TRANSACTION;", "COMMIT;")]
        FIXTURES.mkdir(exist_ok=True)
        text = f"-- Made by Tests/Reference/stores.py with tome-eval {version}.\nPRAGMA application_id = {application};\n"
        (FIXTURES / f"schema-{schema}.sql").write_text(text + "\n".join(lines) + "\n")
        print(json.dumps({"schema": schema, "version": version}))


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), sys.argv[2])
