"""Regenerates every fixture: runs each area's script of this folder.

    python Tests/Reference/make_all.py            all areas
    python Tests/Reference/make_all.py unet vae   only these
"""

import subprocess
import sys
from pathlib import Path

LIBRARIES = {"synthetic", "fixture_io", "scheduler_noise", "make_all"}


def main():
    folder = Path(__file__).resolve().parent
    areas = sorted(path.stem for path in folder.glob("*.py") if path.stem not in LIBRARIES)
    chosen = sys.argv[1:] or areas
    unknown = sorted(set(chosen) - set(areas))
    if unknown:
        sys.exit(f"no such area: {', '.join(unknown)}; there are {', '.join(areas)}")
    for area in chosen:
        print(f"== {area}", flush=True)
        subprocess.run([sys.executable, str(folder / f"{area}.py")], check=True)


if __name__ == "__main__":
    main()
