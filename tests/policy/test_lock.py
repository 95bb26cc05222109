"""The lock of the pack against those of the project."""

import re
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]


def _versions(*locks: str) -> dict[str, set[str]]:
    versions: dict[str, set[str]] = {}
    for lock in locks:
        text = (REPOSITORY / lock).read_text(encoding="utf-8")
        for name, version in re.findall(r"^([a-z0-9.-]+)==([^\s;]+)", text, re.MULTILINE):
            versions.setdefault(name, set()).add(version)
    return versions


def test_the_pack_runs_on_the_same_releases_as_the_project() -> None:
    pack, project = (
        _versions("policy/requirements.txt"),
        _versions("requirements.txt", "requirements-dev.txt"),
    )
    for name in ("pulumi", "networkx"):
        assert pack[name] == project[name], name


def test_the_pack_needs_an_environment_of_its_own() -> None:
    """Once the pins agree, the program's environment would do."""
    assert _versions("policy/requirements.txt")["protobuf"] != _versions("requirements.txt")["protobuf"]
