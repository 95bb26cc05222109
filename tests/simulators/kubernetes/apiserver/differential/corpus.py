"""The corpus: objects of the shipped stacks, those that tests of the simulators refuse, and mutations of
both, with the objects that have to be there before them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zlib import crc32

from rehearsal.simulators.kubernetes import operators
from tests.simulators.kubernetes.apiserver.differential.mutations import DELETED, changed, mutations
from tests.simulators.kubernetes.apiserver.recorded import OBJECTS
from tests.support.plan import STACK_FILES, plan_file, registered

TRIED: Final = Path(__file__).parent / "tried.jsonl"
CRDS: Final = sorted(Path(operators.__file__).parent.glob("*/crds/*.yaml"))
LEVELS: Final = ("privileged", "baseline", "restricted")
"""The levels of Pod Security: a pod is tried in a namespace of each."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One object that both servers judge."""

    name: str
    object: Mapping[str, Any]


def cases(one_in: int) -> Iterator[Case]:
    """Every object as it is, and one of so many mutations. The same change of objects of one kind, at the
    same place, is tried with the first.
    """
    tried: set[str] = set()
    for base in bases():
        yield base
        for path, value in mutations(base.object):
            place = ".".join("*" if isinstance(part, int) else part for part in path)
            what = f"{base.object.get('kind')} {place} {_shown(value)}"
            if what in tried:
                continue
            tried.add(what)
            if crc32(what.encode()) % one_in == 0:
                name = f"{base.name} {'.'.join(map(str, path))}: {_shown(value)}"
                yield Case(name=name, object=changed(base.object, path, value))


def bases() -> Iterator[Case]:
    """The objects without a change, each once."""
    seen: set[str] = set()
    for case in (*_of_stacks(), *_recorded(), *_tried(), *_in_levels()):
        text = json.dumps(case.object, sort_keys=True)
        if text not in seen:
            seen.add(text)
            yield Case(name=case.name, object=_new(case.object))


def _new(object_: Mapping[str, Any]) -> Mapping[str, Any]:
    """The object under a name that no namespace or account has: each case is a create."""
    if object_.get("kind") not in ("Namespace", "ServiceAccount"):
        return object_
    metadata = object_["metadata"]
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    return {**object_, "metadata": {**metadata, "name": f"{name}-new"}} if name else object_


def _sent(value: Any) -> Any:
    """As the provider sends it: on Pulumi's wire every number is a double, and Go writes a whole one so."""
    if isinstance(value, Mapping):
        return {key: _sent(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_sent(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _of_stacks() -> Iterator[Case]:
    for file in STACK_FILES:
        for resource in registered(file).resources:
            manifest = _sent(resource.plain()) if resource.type.startswith("kubernetes:") else {}
            if resource.custom and "kind" in manifest and "apiVersion" in manifest:
                yield Case(name=f"{plan_file(file).stem}/{resource.name}", object=manifest)


def _recorded() -> Iterator[Case]:
    for name, object_ in OBJECTS.items():
        if "kind" in object_:
            yield Case(name=f"recorded/{name}", object=object_)


def _tried() -> Iterator[Case]:
    for line in TRIED.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield Case(name=f"tried/{row['from']}", object=row["object"])


def _in_levels() -> Iterator[Case]:
    """Each pod template as a pod in a namespace of each level."""
    for case in (*_of_stacks(), *_recorded(), *_tried()):
        template = (case.object.get("spec") or {}).get("template")
        pod = case.object if case.object.get("kind") == "Pod" else template
        if not isinstance(pod, Mapping) or "spec" not in pod:
            continue
        for level in LEVELS:
            labels = (pod.get("metadata") or {}).get("labels") or {}
            metadata = {"name": "app", "namespace": level, "labels": labels}
            yield Case(
                name=f"{case.name} as a pod, {level}",
                object={"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": pod["spec"]},
            )


def needed(objects: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Objects that both clusters start with: the namespaces of the objects, and accounts of their pods."""
    namespaces, accounts = {*LEVELS}, {(level, "default") for level in LEVELS}
    for object_ in objects:
        metadata = object_.get("metadata")
        namespace = metadata.get("namespace") if isinstance(metadata, Mapping) else None
        if isinstance(namespace, str) and namespace:
            namespaces.add(namespace)
            accounts.add((namespace, "default"))
    return [
        *(_namespace(name) for name in sorted(namespaces)),
        *(
            {
                "apiVersion": "v1",
                "kind": "ServiceAccount",
                "metadata": {"name": name, "namespace": namespace},
            }
            for namespace, name in sorted(accounts)
        ),
    ]


def _namespace(name: str) -> dict[str, Any]:
    labels = {"pod-security.kubernetes.io/enforce": name} if name in LEVELS else {}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def _shown(value: Any) -> str:
    if value is DELETED:
        return "deleted"
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= 40 else f"{text[:20]}… ({len(text)})"
