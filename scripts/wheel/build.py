#!/usr/bin/env python3
"""Writes a wheel of a built program: build.py TOOL VERSION FOLDER. Prints its path.

The package tome_eval holds the program as an installation does, bin/tome-eval with share/tome-eval beside it, and the
command is an entry point that becomes the program.
"""
import base64
import hashlib
import pathlib
import stat
import sys
import sysconfig
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HERE = pathlib.Path(__file__).resolve().parent


def main(tool: str, version: str, folder: str) -> None:
    tag = "py3-none-" + sysconfig.get_platform().replace("-", "_").replace(".", "_")
    name = f"tome_eval-{version}"
    files: list[tuple[str, bytes, int]] = []

    def put(path: str, contents: bytes, mode: int = 0o644) -> None:
        files.append((path, contents, mode))

    for source in sorted((HERE / "tome_eval").glob("*.py")):
        put(f"tome_eval/{source.name}", source.read_bytes())
    put("tome_eval/bin/tome-eval", pathlib.Path(tool).read_bytes(), 0o755)
    checkpoint = ROOT / "Sources/DemoCheckpoint/checkpoint"
    for source in sorted(path for path in checkpoint.rglob("*") if path.is_file()):
        put(f"tome_eval/share/tome-eval/checkpoint/{source.relative_to(checkpoint).as_posix()}", source.read_bytes())

    info = f"{name}.dist-info"
    description = (HERE / "description.md").read_text()
    put(f"{info}/METADATA", f"""\
Metadata-Version: 2.4
Name: tome-eval
Version: {version}
Summary: Measures what Token Merging costs in quality and brings in speed.
License-Expression: Apache-2.0
License-File: LICENSE
License-File: NOTICE
Requires-Python: >=3.9
Provides-Extra: pandas
Requires-Dist: pandas; extra == "pandas"
Description-Content-Type: text/markdown

{description}""".encode())
    put(f"{info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: tome-eval\nRoot-Is-Purelib: false\nTag: {tag}\n".encode())
    put(f"{info}/entry_points.txt", b"[console_scripts]\ntome-eval = tome_eval.__main__:main\n")
    for license in ("LICENSE", "NOTICE"):
        put(f"{info}/licenses/{license}", (ROOT / license).read_bytes())
    lines = []
    for path, contents, _ in files:
        digest = base64.urlsafe_b64encode(hashlib.sha256(contents).digest()).rstrip(b"=").decode()
        lines.append(f"{path},sha256={digest},{len(contents)}\n")
    put(f"{info}/RECORD", ("".join(lines) + f"{info}/RECORD,,\n").encode())

    wheel = pathlib.Path(folder) / f"{name}-{tag}.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, contents, mode in files:
            # The same input makes the same wheel.
            entry = zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0))
            entry.external_attr = (stat.S_IFREG | mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, contents)
    print(wheel)


if __name__ == "__main__":
    main(*sys.argv[1:])
