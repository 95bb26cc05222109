"""The Makefile: buttons only, each with a text."""

import os
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.servers

REPOSITORY = Path(__file__).resolve().parents[2]


def test_make_without_any_python_names_what_is_needed(tmp_path: Path) -> None:
    shell = tmp_path / "bin"
    shell.mkdir()
    for name in ("bash", "make"):
        path = next(
            Path(folder, name) for folder in os.environ["PATH"].split(":") if Path(folder, name).exists()
        )
        (shell / name).symlink_to(path)
    (tmp_path / "Makefile").write_text((REPOSITORY / "Makefile").read_text(encoding="utf-8"))
    done = subprocess.run(
        ["make", "preview"],
        cwd=tmp_path,
        env={"PATH": str(shell)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("setup: Python 3.11 or newer is needed; tried python3 ")


def test_every_button_has_its_text_and_none_is_left_out() -> None:
    """The list that `make` alone prints; those left out are part of other buttons."""
    path = {"PATH": os.environ["PATH"]}  # without the flags of the make that runs the tests
    done = subprocess.run(["make"], cwd=REPOSITORY, env=path, capture_output=True, text=True, check=True)
    listed = [line.split()[0] for line in done.stdout.splitlines()[1:]]
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    phony = [
        name for line in makefile.splitlines() if line.startswith(".PHONY: ") for name in line.split()[1:]
    ]
    assert set(phony) - set(listed) == {"help", "scanner", "kustomize", "cluster", "browser"}
    assert len(makefile.splitlines()) <= 100
