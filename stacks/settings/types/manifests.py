"""The way through fragments of Kubernetes manifests, as ``overrides`` holds them: any part may be missing or
of another type.
"""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from stacks.settings.validation.problems import Path

Keys = Mapping[str, Any]


def value_at(manifest: Any, path: Path) -> Any:
    """The value at a path. None: the path leads nowhere."""
    for step in path:
        manifest = cast("Keys", manifest).get(str(step)) if isinstance(manifest, Mapping) else None
    return manifest


def named_items(parent: Any, key: str) -> Iterator[tuple[int, Keys]]:
    """The items of a list that are mappings, each with its index."""
    items = cast("Keys", parent).get(key) if isinstance(parent, Mapping) else None
    for index, item in enumerate(cast("list[Any]", items) if isinstance(items, list | tuple) else []):
        if isinstance(item, Mapping):
            yield index, cast("Keys", item)


def containers(spec: Any) -> Iterator[tuple[Path, Keys]]:
    """The containers and init containers of a pod spec, each with its path."""
    for key in ("containers", "initContainers"):
        for index, container in named_items(spec, key):
            yield (key, index), container
