"""Every edit of a workload's list, for every technique: the Kubernetes Secrets of the other values stay.

tests/engine/workloads/test_secret_names.py shows with pods that start again what these names are for.
"""

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from aks_secrets_testing.builds import Build, built_once
from aks_secrets_testing.graphs import graph_of
from components.authorization.roles import ObjectType
from components.workloads import WORKLOADS, Capability, Technique
from tests.stacks.composing import compose
from trust.chain import Chain
from trust.delivered_secrets import delivered_secrets

Entry = dict[str, Any]
Target = tuple[str, str]
"""Name of a Kubernetes Secret, and a key of it."""
DELIVERED = frozenset({Capability.ENV, Capability.FILE, Capability.KUBERNETES_SECRET})
"""The keys of the list below."""
WITH_SECRETS = [technique for technique in Technique if WORKLOADS[technique].spec.capabilities >= DELIVERED]
BASIC_AUTH = {"type": "kubernetes.io/basic-auth"}
VERSION = "0123456789abcdef0123456789abcdef"


def values() -> dict[str, list[Entry]]:
    """A list with each way in which a value can be delivered. The first one is edited, the others are not."""
    return {
        "secrets": [
            {"name": "edited", "from": "random", "env": "EDITED"},
            {"name": "plain", "from": "random", "env": "PLAIN"},
            {"name": "filed", "from": "random", "file": "some/file", "env": "FILED"},
            {"name": "keyed", "from": "random", "env": "KEYED", "kubernetes_secret": {"key": "API_KEY"}},
            {"name": "named", "from": "random", "kubernetes_secret": {"name": "own-secret", "key": "value"}},
        ]
    }


def with_each_source(technique: Technique) -> dict[str, list[Entry]]:
    """The list, with what only some techniques deliver."""
    listed = values()
    spec = WORKLOADS[technique].spec
    if spec.secret_per_value and not spec.secret_of_one_object:
        listed["secrets"] += [
            {"name": "user", "from": "random", "kubernetes_secret": {**BASIC_AUTH, "key": "username"}},
            {"name": "password", "from": "random", "kubernetes_secret": {**BASIC_AUTH, "key": "password"}},
        ]
    able = WORKLOADS[technique].spec.capabilities
    if Capability.PROPERTY in able:
        listed["secrets"].append({"name": "json", "from": "existing", "property": "a.b", "env": "PROPERTY"})
    if Capability.EXTRACT in able:
        listed["secrets"].append({"name": "extracted", "from": "existing", "extract": True, "env_from": True})
    if Capability.COMPOSE in able:
        listed["compose"] = [{"name": "dsn", "template": '{{ index . "plain" }}', "env": "DSN"}]
    if Capability.FIND in able:
        listed["find"] = [{"regexp": "^app-", "env_from": True}]
    return listed


def _change(**keys: Any) -> Callable[[dict[str, list[Entry]]], None]:
    def edit(listed: dict[str, list[Entry]]) -> None:
        listed["secrets"][0].update(keys)

    return edit


def _add(part: str = "secrets", **keys: Any) -> Callable[[dict[str, list[Entry]]], None]:
    def edit(listed: dict[str, list[Entry]]) -> None:
        listed.setdefault(part, []).insert(0, keys)

    return edit


EDITS: Mapping[str, Callable[[dict[str, list[Entry]]], None]] = {
    "add": _add(name="added", **{"from": "random"}, env="ADDED"),
    "add before the others in the alphabet": _add(name="aaa", **{"from": "random"}, env="AAA"),
    "add a file": _add(name="added", **{"from": "random"}, file="added"),
    "remove": lambda listed: listed["secrets"].__delitem__(0),
    "rename": _change(name="renamed"),
    "rename under one key": _change(name="renamed", kubernetes_secret={"key": "edited"}),
    "another variable": _change(env="OTHER"),
    "no variable": lambda listed: listed["secrets"][0].pop("env") and None,
    "another file": _change(file="other"),
    "another key": _change(kubernetes_secret={"key": "other"}),
    "a name of its own": _change(kubernetes_secret={"name": "chosen"}),
    "another type": _change(kubernetes_secret={"type": "kubernetes.io/ssh-auth"}),
    "another order": lambda listed: listed["secrets"].reverse(),
    "another source": _change(**{"from": "existing"}),
    "manage": _change(manage="always"),
    "version": _change(version=VERSION),
    "encoding": _change(encoding="base64"),
    "object type": _change(type="cert-key-pair", **{"from": "existing"}),
    "format": _change(type="cert-key-pair", **{"from": "existing"}, format="pfx"),
    "permission": _change(permission="0444"),
    "property": _change(property="inner.value"),
    "extract": lambda listed: (listed["secrets"][0].pop("env"), _change(extract=True, env_from=True)(listed))[
        1
    ],
    "compose": _add("compose", name="added", template='{{ index . "edited" }}', env="ADDED"),
    "another template": lambda listed: listed["compose"][0].update(template='x{{ index . "plain" }}'),
    "find": _add("find", regexp="^more-"),
    "another search": lambda listed: listed["find"][0].update(regexp="^other-"),
}
NEEDS: Mapping[str, Capability] = {
    "version": Capability.VERSION,
    "encoding": Capability.ENCODING,
    "format": Capability.FORMAT,
    "permission": Capability.PERMISSION,
    "property": Capability.PROPERTY,
    "extract": Capability.EXTRACT,
    "compose": Capability.COMPOSE,
    "another template": Capability.COMPOSE,
    "find": Capability.FIND,
    "another search": Capability.FIND,
}


def edits() -> Iterator[tuple[Technique, str]]:
    """Each edit that a technique accepts."""
    for technique in WITH_SECRETS:
        spec = WORKLOADS[technique].spec
        for name in EDITS:
            if name in NEEDS and NEEDS[name] not in spec.capabilities:
                continue
            reads_it = ObjectType.CERT_KEY_PAIR in spec.object_types and not spec.writes_values
            if name == "object type" and not reads_it:
                continue
            if not spec.secret_per_value and name in ("another source", "another type"):
                continue  # refused: a value that the program does not know, two types in one Secret
            yield technique, name


@built_once
def stack(technique: Technique, edit: str | None, kind: str, grants: str) -> Build:
    listed = with_each_source(technique)
    if edit:
        EDITS[edit](listed)
    pod = {"kind": "none"} if kind == "none" else {"kind": kind, "image": "registry.example/web:1"}
    workload = {
        "name": "web",
        "namespace": "web",
        "technique": technique.value,
        **pod,
        **({"scope": "vault"} if "find" in listed else {}),
        **copy.deepcopy(listed),
    }
    operator = WORKLOADS[technique].spec.operator
    operators = {operator.value: {}} if operator else {}
    return compose({"workloads": [workload], "operators": operators, "grants": grants})


def targets(built: Build) -> dict[str, Target]:
    """Variable or file → the key that the pod reads, from the template for pods of other tools."""
    template = built.outputs["pods"]["web"]["spec"]
    (container,) = template["containers"]
    read: dict[str, Target] = {}
    for variable in container.get("env", []):
        reference = variable["valueFrom"]["secretKeyRef"]
        read[variable["name"]] = (reference["name"], reference["key"])
    for index, source in enumerate(container.get("envFrom", [])):
        read[f"all of {index}"] = (source["secretRef"]["name"], "*")
    for volume in template.get("volumes", []):
        for source in volume.get("projected", {}).get("sources", []):
            for item in source["secret"]["items"]:
                read[item["path"]] = (source["secret"]["name"], item["key"])
    return read


def makers(built: Build) -> dict[str, Any]:
    """Kubernetes Secret → what makes it: the object, its type, and its keys; of one that the CSI driver syncs
    what the class says of it.
    """
    synced = {
        secret["secretName"]: secret
        for class_ in built.of_type("SecretProviderClass")
        for secret in class_.plain()["spec"].get("secretObjects", [])
    }
    made = delivered_secrets(Chain.read(graph_of(built)))
    return {str(item.name): (item.node.name, item.type, item.keys) for item in made} | synced


OTHERS = ("PLAIN", "FILED", "KEYED", "PROPERTY", "DSN", "some/file")


@pytest.mark.parametrize(("technique", "edit"), [pytest.param(*case, id="-".join(case)) for case in edits()])
def test_an_edit_leaves_the_secrets_of_other_values_alone(technique: Technique, edit: str) -> None:
    before, after = (stack(technique, change, "none", "managed") for change in (None, edit))
    read_before, read_after = targets(before), targets(after)
    others = [name for name in read_before if name in OTHERS]
    assert {name: read_after.get(name) for name in others} == {name: read_before[name] for name in others}
    made_before, made_after = makers(before), makers(after)
    of_others = {read_before[name][0] for name in others} | {"own-secret"}
    assert {name: made_after.get(name) for name in of_others} == {
        name: made_before[name] for name in of_others
    }


@pytest.mark.parametrize("technique", WITH_SECRETS)
def test_the_sources_of_all_variables_keep_their_names(technique: Technique) -> None:
    """Values that cannot have a Secret per key: the Secret of an extracted one and of a search stay."""
    for edit in ("add", "remove", "rename", "another variable"):
        before, after = (stack(technique, change, "none", "managed") for change in (None, edit))
        shared = {name: target for name, target in targets(before).items() if target[1] == "*"}
        assert {name: targets(after).get(name) for name in shared} == shared


@pytest.mark.parametrize("technique", WITH_SECRETS)
def test_pods_of_the_program_read_what_pods_of_other_tools_read(technique: Technique) -> None:
    elsewhere = targets(stack(technique, None, "none", "managed"))
    built = stack(technique, None, "Deployment", "external")
    (container,) = built.single("Deployment").plain()["spec"]["template"]["spec"]["containers"]
    for variable in container["env"]:
        reference = variable["valueFrom"]["secretKeyRef"]
        assert elsewhere[variable["name"]] == (reference["name"], reference["key"])
