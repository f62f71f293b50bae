"""Takes the README's screenshots of a report, with the browser that the tests drive.

python Reports/screenshots/take.py REPORT.html PROMPT_ROW: the viewer shows that prompt at ratio 0.7.
"""

import sys
import time
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parents[1] / "Tests" / "Browser"))

from browser import launch  # noqa: E402  (found in the folder above)


def main() -> None:
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    page, row = Path(sys.argv[1]).resolve().as_uri(), sys.argv[2]
    browser = launch()

    def show(address: str, height: int, scheme: str, width: int = 1280) -> None:
        browser.get("about:blank")
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        features = {"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"}
        media = [{"name": name, "value": value} for name, value in features.items()]
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})
        browser.get(page + address)

    def take(name: str) -> None:
        time.sleep(1)  # for pictures that load when they come into sight
        browser.save_screenshot(str(FOLDER / name))

    # Its table has a column for votes, too.
    show("", 1150, "light", width=1600)
    take("verdict.png")
    show("", 1000, "light")
    browser.execute_script("document.getElementById('sheet').scrollIntoView()")
    take("sheet.png")
    show(f"#p={row}&s=0&r=0.7&m=slider", 860, "dark")
    take("viewer.png")


if __name__ == "__main__":
    main()
