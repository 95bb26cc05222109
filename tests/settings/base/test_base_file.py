"""A base file lies below the program's folder and has text."""

import os
from pathlib import Path

import pytest

from tests.settings.base.test_layers import BASE, problems


@pytest.mark.parametrize("kind", ["link", "fifo", "binary", "loop"])
def test_what_is_no_text_file_in_the_project_is_refused(tmp_path: Path, kind: str) -> None:
    folder, base = tmp_path / "project", tmp_path / "project" / "base.yaml"
    folder.mkdir()
    outside = tmp_path / "outside.yaml"
    outside.write_text(BASE)
    {
        "link": lambda: base.symlink_to(outside),
        "fifo": lambda: os.mkfifo(base),
        "binary": lambda: base.write_bytes(b"\xff\xfe\x00hunter2"),
        "loop": lambda: base.symlink_to(base),
    }[kind]()
    config = {"azure-native:location": "westeurope", "aks-secrets:base": "base.yaml"}
    (problem,) = problems(folder, config)
    form = "write the path of one YAML file below the program's folder: config/base.yaml"
    assert (
        str(problem)
        == {
            "link": f"base: 'base.yaml' is outside the program's folder; {form}",
            "fifo": f"base: 'base.yaml' is no file with text; {form}",
            "binary": "base: 'base.yaml' cannot be read: it is not UTF-8;"
            " name a text file that the program may read",
            "loop": f"base: 'base.yaml' is no path; {form}",
        }[kind]
    )
