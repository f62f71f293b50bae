"""A headless Chromium, driven by WebDriver, and a test case that drives it."""

import atexit
import functools
import os
import shutil
import tempfile
import time
import unittest
from pathlib import Path

from selenium import webdriver
from selenium.common.exceptions import JavascriptException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


@functools.cache
def driver():
    """One browser for all tests."""
    return launch()


def launch():
    """A browser that ends with the tests."""
    options = webdriver.ChromeOptions()
    options.binary_location = next(filter(None, map(shutil.which, CHROMIUM)))
    # A container's root has no sandbox, and little shared memory.
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--hide-scrollbars",
        "--force-device-scale-factor=1",
        "--window-size=1280,900",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(shutil.which("chromedriver"), env=os.environ | {"LC_ALL": "C.UTF-8"})
    browser = webdriver.Chrome(options=options, service=service)
    browser.set_page_load_timeout(60)
    browser.set_script_timeout(60)
    atexit.register(browser.quit)
    return browser


class PageTest(unittest.TestCase):
    """Opens pages; whatever one writes to the console fails the test."""

    maxDiff = None

    def open(
        self,
        report,
        address="",
        *,
        width=1280,
        height=900,
        scheme="light",
        media="",
        motion="reduce",
        script=True,
        keeps=False,
    ):
        """`keeps`: the page finds what an earlier one left in the browser's storage."""
        cdp = driver().execute_cdp_cmd
        # Unless motion is what a test is about, nothing scrolls smoothly: it would be clicked on its way.
        # Away first: an address with another `#` alone loads nothing.
        driver().get("about:blank")
        if not keeps:
            cdp("Storage.clearDataForOrigin", {"origin": "file://", "storageTypes": "local_storage"})
        cdp(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600},
        )
        cdp(
            "Emulation.setEmulatedMedia",
            {
                "media": media,
                "features": [
                    {"name": "prefers-color-scheme", "value": scheme},
                    {"name": "prefers-reduced-motion", "value": motion},
                ],
            },
        )
        cdp("Emulation.setScriptExecutionDisabled", {"value": not script})
        driver().get(report.url + address)

    def tearDown(self):
        self.assertEqual([entry["message"] for entry in driver().get_log("browser")], [])

    def run_script(self, script, *arguments):
        return driver().execute_script(script, *arguments)

    def find(self, selector):
        return driver().find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return driver().find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector):
        return self.run_script("return document.querySelector(arguments[0]).textContent.trim()", selector)

    def press(self, *keys):
        """On whatever has the focus."""
        ActionChains(driver(), duration=0).send_keys(*keys).perform()

    def click(self, selector):
        self.find(selector).click()

    def choose(self, **choices):
        for name, value in choices.items():
            field = self.find(f".tools [name={name}]")
            if field.tag_name == "select":
                Select(field).select_by_value(value)
            else:
                field.clear()
                field.send_keys(value or Keys.BACKSPACE)

    def until(self, expected, seen, seconds=20):
        """Waits for what the page does in its own time."""
        end = time.monotonic() + seconds
        while True:
            try:
                value = seen()
            except JavascriptException as error:
                value = error
            if value == expected or time.monotonic() > end:
                return self.assertEqual(value, expected)
            time.sleep(0.02)

    def have_come(self, dialog):
        """Waits for the pictures that are still read from disk: until then the dialog leaves their places empty."""
        coming = "return document.querySelectorAll(`${arguments[0]} .coming`).length"
        self.until(0, lambda: self.run_script(coming, dialog))

    def says(self):
        """The page's last short message, wherever it is."""
        return self.run_script(
            "return [...document.querySelectorAll('.says')].map((says) => says.textContent).find(Boolean) ?? ''"
        )

    def kept(self, name):
        """What the page keeps under a name."""
        return self.run_script(
            "const key = Object.keys(localStorage).find((key) => key.startsWith(`tome-eval ${arguments[0]} `));"
            "return key ? JSON.parse(localStorage[key]) : null",
            name,
        )

    def saved(self, act, seconds=20):
        """The bytes of the file that the page hands out, with its name."""
        folder = Path(tempfile.mkdtemp(prefix="tome-eval-saved-"))
        self.addCleanup(shutil.rmtree, folder)
        driver().execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(folder)})
        act()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            files = [file for file in folder.iterdir() if not file.name.endswith((".crdownload", ".tmp"))]
            files = [file for file in files if not file.name.startswith(".")]
            if files and files[0].stat().st_size > 0:
                return files[0].name, files[0].read_bytes()
            time.sleep(0.05)
        self.fail("nothing was saved")

    def is_in_sight(self, selector):
        return self.run_script(
            "const box = document.querySelector(arguments[0]).getBoundingClientRect();"
            "return box.top < innerHeight && box.bottom > 0",
            selector,
        )

    def hash(self):
        return self.run_script("return location.hash")

    def shown(self):
        """The rows in sight, as (prompt's row, seed)."""
        return [
            tuple(map(int, row))
            for row in self.run_script(
                "return [...document.querySelectorAll('.row')].filter((row) => !row.hidden)"
                ".map((row) => [row.dataset.p, row.dataset.s])"
            )
        ]

    def expect_rows(self, expected):
        """A choice takes effect a moment after it was made."""
        self.until(expected, self.shown)
