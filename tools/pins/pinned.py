"""Pinned versions and their places: read from the files that name it, and written to all of them.

Deliberately not here: what registries serve (served.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tools.engine_finder import MODULE, Version
from tools.go_tools import TOOLS
from tools.node_tools.finder import TOOLS as NODE_TOOLS

Kind = Literal["engine", "go", "npm", "python", "chart", "kubernetes"]
_VERSION = r"(\d+\.\d+(?:\.\d+)?)"


class PinError(Exception):
    """A pin cannot be read or moved; the text names the remedy."""


@dataclass(frozen=True)
class Place:
    """A file that names the version; the pattern's second group is the version."""

    file: str
    pattern: str


@dataclass(frozen=True)
class Pin:
    """One thing with a version."""

    name: str
    kind: Kind
    places: tuple[Place, ...]
    served_as: str
    """The name of the package, module or chart repository."""
    changes: str
    """Page of the changes upstream; `{pinned}` and `{newest}` are versions. Empty: unknown."""
    is_moved_by_hand: bool = False

    def read(self, root: Path) -> str:
        """The pinned version.

        Raises:
            PinError: a file names none, or two files name different ones.
        """
        versions = {place.file: self._version_in(root, place) for place in self.places}
        if len(set(versions.values())) > 1:
            named = ", ".join(f"{version} in {file}" for file, version in versions.items())
            raise PinError(f"{self.name}: {named}; write the same version in all of them")
        return next(iter(versions.values()))

    def write(self, root: Path, version: str) -> None:
        """Name another version in every file."""
        for place in self.places:
            path = root / place.file
            text = path.read_text(encoding="utf-8")
            path.write_text(
                re.sub(place.pattern, rf"\g<1>{version}", text, flags=re.MULTILINE), encoding="utf-8"
            )

    def changes_between(self, pinned: str, newest: str) -> str:
        return self.changes.format(pinned=pinned, newest=newest)

    def _version_in(self, root: Path, place: Place) -> str:
        match = re.search(place.pattern, _text(root / place.file), re.MULTILINE)
        if match is None:
            raise PinError(f"{place.file} names no version of {self.name}")
        return match[2]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise PinError(f"{path} cannot be read: {error.strerror}") from error


def pins(root: Path) -> list[Pin]:
    """Every pin of the repository."""
    return [
        _engine(),
        *_python(root),
        *_go_tools(root),
        *_node_tools(root),
        *_charts(root),
        _kubernetes(root),
    ]


def newer(first: str, second: str) -> bool:
    """Whether the first version is the newer one."""
    left, right = Version.parse(first), Version.parse(second)
    return left is not None and right is not None and left > right


def _engine() -> Pin:
    return Pin(
        "pulumi engine",
        "engine",
        (
            Place("tools/pulumi/go.mod", rf"^(\s*{re.escape(MODULE)} v){_VERSION}"),
            Place("docs/deploying.md", rf"(\[Pulumi CLI\]\([^)]*\) ){_VERSION}"),
        ),
        MODULE,
        "https://github.com/pulumi/pulumi/compare/v{pinned}...v{newest}",
    )


_CHANGES = {
    "pulumi": "https://github.com/pulumi/pulumi/compare/v{pinned}...v{newest}",
    "pulumi-azure-native": "https://github.com/pulumi/pulumi-azure-native/compare/v{pinned}...v{newest}",
    "pulumi-kubernetes": "https://github.com/pulumi/pulumi-kubernetes/compare/v{pinned}...v{newest}",
    "pulumi-random": "https://github.com/pulumi/pulumi-random/compare/v{pinned}...v{newest}",
    "@azure/identity": "https://github.com/Azure/azure-sdk-for-js/blob/main/sdk/identity/identity/CHANGELOG.md",
    "@azure/keyvault-secrets": "https://github.com/Azure/azure-sdk-for-js/blob/main/sdk/keyvault/"
    "keyvault-secrets/CHANGELOG.md",
}


def _python(root: Path) -> Iterator[Pin]:
    """The packages with one exact version. Others are as new as their lock: `make lock ARGS=--upgrade`."""
    lists = ("requirements.in", "policy/requirements.in")
    texts = {file: _text(root / file) for file in lists}
    names = dict.fromkeys(
        name for text in texts.values() for name in re.findall(r"^([\w-]+)==", text, re.MULTILINE)
    )
    for name in names:
        pattern = rf"^({re.escape(name)}==){_VERSION}$"
        places = tuple(
            Place(file, pattern) for file, text in texts.items() if re.search(pattern, text, re.MULTILINE)
        )
        label = "pulumi SDK" if name == "pulumi" else name
        yield Pin(label, "python", places, name, _CHANGES.get(name, ""))


def _go_tools(root: Path) -> Iterator[Pin]:
    """One pin for each go.mod, of which several tools can be built, and one for each other module in it."""
    for folder, tool in {tool.module_folder: tool for tool in TOOLS.values()}.items():
        file = f"tools/{folder}/go.mod"
        # `go get` moves requirements, not the versions that modules are replaced by
        has_versions_of_its_own = re.search(r"=> \S+ v", _text(root / file)) is not None
        for module in (tool.module, *tool.other_modules):
            name = module.rpartition("/")[2] if tool.other_modules else folder
            place = Place(file, rf"^(\s*(?:require )?{re.escape(module)} v){_VERSION}")
            yield Pin(
                name, "go", (place,), module, _go_changes(module), is_moved_by_hand=has_versions_of_its_own
            )


def _go_changes(module: str) -> str:
    """Tags of a module in a folder of its repository begin with that folder."""
    host, _, path = module.partition("/")
    if host != "github.com":
        return ""
    owner, repository, *folder = path.split("/")
    tag = "".join(f"{part}/" for part in folder if not re.fullmatch(r"v\d+", part))
    return f"https://github.com/{owner}/{repository}/compare/{tag}v{{pinned}}...{tag}v{{newest}}"


def _node_tools(root: Path) -> Iterator[Pin]:
    """The packages of each package.json, which names exact versions."""
    for tool in NODE_TOOLS.values():
        file = f"tools/{tool.name}/package.json"
        for name in json.loads(_text(root / file))["dependencies"]:
            place = Place(file, rf'^(\s*"{re.escape(name)}": "){_VERSION}')
            yield Pin(name, "npm", (place,), name, _CHANGES.get(name, ""))


def _charts(root: Path) -> Iterator[Pin]:
    folder = root / "components/operators"
    for path in sorted(folder.glob("*.py")):
        chart = re.search(r"^CHART = Chart\(([^)]*)\)", path.read_text(encoding="utf-8"), re.MULTILINE)
        if chart is None:
            continue
        keys = dict(re.findall(r'(\w+)="([^"]*)"', chart[1]))
        place = Place(path.relative_to(root).as_posix(), rf'(^CHART = Chart\([^)]*version="){_VERSION}')
        yield Pin(keys["name"], "chart", (place,), keys["repository"], "")


def _kubernetes(root: Path) -> Pin:
    pattern = r'^(\s+kubernetes_version: ")(\d+\.\d+)"?'
    files = sorted(
        path.name for path in root.glob("Pulumi.*.yaml") if 'kubernetes_version: "' in path.read_text()
    )
    return Pin(
        "Kubernetes",
        "kubernetes",
        tuple(Place(file, pattern) for file in files),
        "",
        "https://learn.microsoft.com/azure/aks/supported-kubernetes-versions#aks-kubernetes-release-calendar",
    )
