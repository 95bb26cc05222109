"""Draws docs/pictures/ anew: the comment of a pull request and the report's page, as a reader sees them.

    python -m tools.pictures

It rehearses Pulumi.dev.yaml, then the same file in which a secret has moved from one workload to another, and
photographs both reports in Chromium. Owns: the change, and the frame around the comment.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from playwright.sync_api import sync_playwright

from tools.browser import find_browser

REPOSITORY: Final = Path(__file__).resolve().parents[1]
PICTURES: Final = REPOSITORY / "docs" / "pictures"
_TAKEN: Final = "        - {name: billing-api-key, from: random, length: 40, special: false}\n"
_GIVEN: Final = "        - {name: billing-api-key, from: random, length: 40, special: false, env: API_KEY}\n"
_BEFORE_WHICH: Final = "        - {name: podinfo-color, from: existing, env: PODINFO_UI_COLOR}\n"
_FRAME: Final = """<!doctype html><meta charset="utf-8"><style>
body { margin: 0; padding: 16px; background: #fff; width: 860px; }
body { font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", sans-serif }
.comment { border: 1px solid #d1d9e0; border-radius: 6px }
.author { background: #f6f8fa; border-bottom: 1px solid #d1d9e0; padding: 8px 16px; color: #59636e }
.author b { color: #1f2328 } .body { padding: 4px 16px 16px } h3 { font-size: 17.5px; margin: 12px 0 }
code { background: #818b981f; border-radius: 6px; padding: .15em .35em }
code { font: 12px ui-monospace, "DejaVu Sans Mono", monospace }
table { border-collapse: collapse; margin: 8px 0 }
th, td { border: 1px solid #d1d9e0; padding: 5px 12px; text-align: left }
ul { padding-left: 24px } summary { cursor: pointer; margin: 4px 0 }
</style><div class="comment"><div class="author"><b>github-actions</b> commented</div>
<div class="body">%s</div></div>"""
"""The comment as GitHub frames it."""


def main() -> int:
    """The exit status."""
    chromium = find_browser()
    if chromium is None:
        print("pictures: there is no Chromium on PATH; type make browser", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _make_reports(folder)
        html = MarkdownIt("gfm-like", {"linkify": False}).render((folder / "comment.md").read_text())
        (folder / "comment.html").write_text(_FRAME % html, encoding="utf-8")
        PICTURES.mkdir(exist_ok=True)
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for source, width, height in (("comment", 892, None), ("page", 1180, 860)):
                page = browser.new_page(
                    viewport={"width": width, "height": height or 200}, device_scale_factor=1
                )
                page.goto((folder / f"{source}.html").as_uri())
                page.screenshot(path=PICTURES / f"{source}.png", full_page=height is None)
            browser.close()
    return 0


def _make_reports(folder: Path) -> None:
    """Rehearse both stack files and write the reports of the second against the first."""
    text = (REPOSITORY / "Pulumi.dev.yaml").read_text(encoding="utf-8")
    changed = text.replace(_TAKEN, "").replace(_BEFORE_WHICH, _BEFORE_WHICH + _GIVEN)
    if not re.search("env: API_KEY", changed) or _TAKEN in changed:
        raise SystemExit(
            "pictures: Pulumi.dev.yaml has changed; choose another secret to move in tools/pictures.py"
        )
    (folder / "changed.yaml").write_text(changed, encoding="utf-8")
    state = ["--stack", "dev", "--state", str(folder / "state"), "--json"]
    base = _run("rehearsal", "up", *state)
    head = _run("rehearsal", "preview", *state, "--config-file", str(folder / "changed.yaml"))
    (folder / "base.json").write_text(base, encoding="utf-8")
    (folder / "head.json").write_text(head, encoding="utf-8")
    files = ["--from", str(folder / "head.json"), "--against", str(folder / "base.json")]
    outputs = ["--markdown", str(folder / "comment.md"), "--html", str(folder / "page.html")]
    _run("operations", "report", "--stack", "dev", *files, *outputs)


def _run(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"pictures: {' '.join(arguments[:2])} failed: {done.stderr.strip()}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
