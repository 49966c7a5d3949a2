"""`make screens`: the pages of the dashboard that the README shows, of the company that `make demo` makes up, as a browser draws them."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from lifeworth.access.doors import Doors
from lifeworth.api.options import ServeOptions
from lifeworth.data.book import book_of
from lifeworth.serving import customers
from lifeworth.serving.desk import Desk

DOCS = Path(__file__).resolve().parents[1]
PORT = 8341
BASE = f"http://127.0.0.1:{PORT}"
SIZE = {"width": 1280, "height": 1060}


def main(workspace: Path) -> None:
    """Serve the workspace, and draw each page into a file beside the report's."""
    from playwright.sync_api import sync_playwright

    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        raise SystemExit("Chromium is needed to draw the pages.")
    key = Doors(book_of(workspace)).first_link()
    if key is None:
        raise SystemExit(f"{workspace} has an admin with a password: make it anew.")
    session, _ = Doors(book_of(workspace)).enter(key)
    command = [sys.executable, "-m", "lifeworth.cli.main", "serve", "--workspace", str(workspace), "--port", str(PORT), "--no-browser"]  # fmt: skip
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait()
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            tab = browser.new_page(viewport=SIZE)
            tab.context.add_cookies([{"name": ServeOptions(port=PORT).cookie, "value": session, "url": BASE}])
            for name, address in shown(workspace).items():
                tab.goto(BASE + address)
                tab.wait_for_selector("h1")
                tab.wait_for_function("() => !document.querySelector('.working, .skeleton, .bone')", timeout=90_000)
                tab.wait_for_load_state("networkidle")
                tab.wait_for_timeout(600)
                tab.screenshot(path=DOCS / f"screen-{name}.png")
                print(f"docs/screen-{name}.png")
            browser.close()
    finally:
        server.terminate()
        server.wait(30)


def shown(workspace: Path) -> dict[str, str]:
    """The pages by the name of their picture: the answer on one screen, why one customer is worth it, and what moves what."""
    desk = Desk(workspace)
    best = customers.page(desk.run(), limit=1).rows[0]["customer_id"]
    desk.close()
    return {"overview": "/", "customer": f"/customers/{best}", "strategy": "/scorecard/strategy-map"}


def _wait() -> None:
    for _ in range(240):
        try:
            urllib.request.urlopen(f"{BASE}/api/v1/health", timeout=2)
        except (urllib.error.URLError, OSError):
            time.sleep(0.25)
        else:
            return
    raise SystemExit("the server did not come up")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo"))
