"""`prove`, as a person types it: the engine, a real API server, and Azure's own clients as the pod."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stack_files import REPOSITORY

STACK_FILE = REPOSITORY / "examples" / "quick-start" / "Pulumi.quick-start.yaml"


@pytest.mark.engine
def test_the_quick_start_reads_its_secret(tmp_path: Path) -> None:
    arguments = [
        "--stack",
        "quick-start",
        "--config-file",
        str(STACK_FILE),
        "--state",
        str(tmp_path / "state"),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "rehearsal", "prove", *arguments],
        cwd=REPOSITORY,
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for language in ("Python: azure-identity", "Go: azidentity", r"Node\.js: @azure/identity"):
        row = rf"quick-start/quick-start +│ my-secret +│ {language} \d.+│ [0-9a-f]{{32}} "
        assert re.search(row, done.stdout), done.stdout
    assert not (tmp_path / "state" / "throw-away").exists()
