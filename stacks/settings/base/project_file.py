"""The values of the program's keys in ``Pulumi.yaml``.

Pulumi gives the program one value per key: the stack file's, or else ``value`` or ``default`` in
``Pulumi.yaml``. The program cannot tell which: what equals a value of ``Pulumi.yaml`` counts as one from
there.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Any, cast

from stacks.settings.base.yaml_document import YamlFaultError, parse

NAME = "Pulumi.yaml"


@dataclass(frozen=True)
class ProjectValue:
    """The value of a key in ``Pulumi.yaml``."""

    value: Any
    line: int
    is_default: bool
    """Under ``default``, not ``value``."""

    @property
    def text(self) -> str:
        """The value as Pulumi passes it to a program."""
        return self.value if isinstance(self.value, str) else json.dumps(self.value)

    def equals(self, text: str) -> bool:
        """Whether the program got this value."""
        if text == self.text:
            return True
        try:
            return json.loads(text) == self.value
        except (ValueError, RecursionError):
            return False


def project_values(folder: FilePath) -> Mapping[str, ProjectValue]:
    """Full key → its value in the project file of a folder. Empty without a readable file."""
    path = folder / NAME
    try:
        stat = path.stat()
        return _read(path, (stat.st_mtime_ns, stat.st_size, stat.st_ino))
    except (OSError, UnicodeDecodeError, YamlFaultError):  # the engine reports it before the program runs
        return {}


def project_name(folder: FilePath) -> str | None:
    """The name of the project in a folder. None: there is no readable project file, or it has none."""
    try:
        value = parse((folder / NAME).read_text(encoding="utf-8-sig")).value
    except (OSError, UnicodeDecodeError, YamlFaultError):
        return None
    name = cast("dict[str, Any]", value).get("name") if isinstance(value, dict) else None
    return name if isinstance(name, str) and name else None


@lru_cache(maxsize=16)
def _read(path: FilePath, version: tuple[int, ...]) -> Mapping[str, ProjectValue]:
    del version
    document = parse(path.read_text(encoding="utf-8-sig"))
    value: Any = document.value
    project = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    config: Any = project.get("config")
    values: dict[str, ProjectValue] = {}
    for name, declared in cast("dict[str, Any]", config).items() if isinstance(config, dict) else ():
        key = name if ":" in name else f"{project.get('name')}:{name}"
        if not isinstance(declared, dict):
            values[key] = ProjectValue(declared, document.line_of(("config", name)), is_default=False)
            continue
        form = cast("dict[str, Any]", declared)
        for kind in ("value", "default"):
            if form.get(kind) is not None:
                line = document.line_of(("config", name, kind))
                values[key] = ProjectValue(form[kind], line, is_default=kind == "default")
                break
    return values
