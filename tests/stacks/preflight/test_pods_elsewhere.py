"""Every edit of a workload without pods, for every technique: what pods of another tool name and the stack
does not make any more is warned of, and nothing else is. The resources of both builds tell.
"""

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from aks_secrets_testing.builds import Build, built_once
from components.workloads import WORKLOADS, Capability, Technique
from tests.settings.samples import operators
from tests.stacks.composing import compose
from tests.stacks.preflight.cases import Case, case, find
from tests.stacks.test_secret_names import EDITS, edits, makers, with_each_source

Workload = dict[str, Any]
STAYS = ("ExternalSecret", "SecretSync")
"""Kinds that are deleted without the Secret that they made."""


_ROW = {"workload": "shop", "namespace": "shop", "asked": True, "vault": "kv-dev-cd5563fd"}
_READS = "aks-secrets:index:KeyVault$azure-native:keyvault:Secret::vault/old"


def _live(technique: Technique, *, elsewhere: bool, **patch: Any) -> dict[str, Any]:
    """The state of a workload that reads secret `old`."""
    pods = {"pods": {"shop": {"spec": {"serviceAccountName": "shop", "containers": [{}], **patch}}}}
    row = {**_ROW, "secret": "old", "technique": technique.value}
    return {
        "state": {
            "pulumi:pulumi:Stack::aks-secrets-dev": {"access": [row], **(pods if elsewhere else {})},
            "kubernetes:core/v1:Namespace::namespace-shop": {"metadata": {"name": "shop"}},
            "kubernetes:core/v1:ServiceAccount::shop-service-account": {
                "metadata": {"name": "shop", "namespace": "shop"}
            },
            _READS: {"name": "old"},
        }
    }


def _listing(technique: Technique, grants: str = "managed", **keys: Any) -> dict[str, Any]:
    secrets = [{"name": "new", "from": "random"}]
    workload = {"name": "shop", "namespace": "shop", "technique": technique.value, "secrets": secrets, **keys}
    operator = WORKLOADS[technique].spec.operator
    operators = {operator.value: {}} if operator else {}
    return {"workloads": [workload], "operators": operators, "grants": grants}


_POD = {"image": "registry.example/shop:1", "run_as_user": 1000}
_OLD = "manage: release for it, this one deletes it from vault 'kv-dev-cd5563fd'"
_UNTIL = "list it with manage: release until they are gone (docs/techniques.md#names-that-stay)"


def _leaves(whose: str) -> str:
    return (
        f"workloads[0]: secret 'old' leaves the list, and unless the last update had {_OLD}: {whose} of"
        f" 'shop' may still read it; {_UNTIL}"
    )


CASES = [
    case(
        "secret-leaves-before-its-pods",
        _listing(Technique.SDK, kind="none"),
        _leaves("pods of another tool"),
        answers=_live(Technique.SDK, elsewhere=True),
    ),
    case(
        "secret-leaves-before-its-pods",
        _listing(Technique.CSI, grants="external", **_POD),
        _leaves("old pods, for which nothing waits,"),
        answers=_live(Technique.CSI, elsewhere=False),
    ),
    case(
        "pods-elsewhere-lose-a-name",
        _listing(Technique.ESO, kind="none", service_account="shop-account"),
        "workloads[0]: pods of another tool name what 'shop' had at the last update, and this update takes it"
        " away from namespace 'shop': ServiceAccount 'shop'; those that start again fail; deploy pods that"
        " name it no longer first, for example those of a second workload beside this one"
        " (docs/techniques.md#names-that-stay)",
        answers=_live(Technique.ESO, elsewhere=True),
    ),
    case(
        "pods-elsewhere-lose-a-name",
        _listing(Technique.ESO, kind="none", namespace="other"),
        "workloads[0]: pods of another tool name what 'shop' had at the last update, and this update takes it"
        " away from namespace 'shop': the namespace with everything in it; those that start again fail;"
        " deploy pods that name it no longer first, for example those of a second workload beside this one"
        " (docs/techniques.md#names-that-stay)",
        answers=_live(Technique.ESO, elsewhere=True),
    ),
    case(
        "pods-elsewhere-lose-a-name",
        _listing(Technique.ESO, kind="none", name="renamed", service_account="renamed"),
        "workloads: pods of another tool name what 'shop' had at the last update, and this update takes it"
        " away from namespace 'shop': ServiceAccount 'shop'; those that start again fail; deploy pods that"
        " name it no longer first, for example those of a second workload beside 'shop'"
        " (docs/techniques.md#names-that-stay)",
        answers=_live(Technique.ESO, elsewhere=True),
    ),
]
SILENT = [
    # Pods of the program are gone before; what an operator has copied stays.
    Case(
        "secret-leaves-before-its-pods",
        _listing(Technique.SDK, **_POD),
        (),
        _live(Technique.SDK, elsewhere=False),
    ),
    Case(
        "secret-leaves-before-its-pods",
        _listing(Technique.ESO, grants="external", **_POD),
        (),
        _live(Technique.ESO, elsewhere=False),
    ),
]


def _set(**keys: Any) -> Callable[[Workload], None]:
    return lambda workload: workload.update(keys)


def _of_second_vault(workload: Workload) -> None:
    for secret in workload["secrets"]:
        secret["vault"] = "second"


PLACES: Mapping[str, Callable[[Workload], None]] = {
    "nothing": lambda workload: None,
    "another namespace": _set(namespace="elsewhere"),
    "another ServiceAccount": _set(service_account="web-account"),
    "another name": _set(name="renamed"),
    "another vault": _of_second_vault,
    **{f"technique {other}": _set(technique=other.value) for other in Technique},
}


def _simple(technique: Technique) -> Workload:
    variable = {"env": "FIRST"} if Capability.ENV in WORKLOADS[technique].spec.capabilities else {}
    return {"secrets": [{"name": "first", "from": "random", **variable}]}


def _workload(technique: Technique, listed: Mapping[str, Any]) -> Workload:
    scope = {"scope": "vault"} if "find" in listed else {}
    keys = {"name": "web", "namespace": "web", "technique": technique.value, "kind": "none", **scope}
    return {**keys, **copy.deepcopy(dict(listed))}


def _changes(workload: Workload) -> dict[str, Any]:
    # Another workload keeps what it has.
    other: Workload = {"name": "other", "namespace": "other", "technique": "sdk", "kind": "none"}
    other["secrets"] = [{"name": "others", "from": "random"}]
    return {"workloads": [other, workload], "operators": operators(), "vaults": [{"name": "second"}]}


def _cases() -> Iterator[Any]:
    for technique in Technique:
        for name in PLACES:
            yield pytest.param(technique, name, PLACES[name], id=f"{technique}-{name}")
    for technique, name in edits():
        yield pytest.param(technique, name, EDITS[name], id=f"{technique}-{name}")


@built_once
def _before(technique: Technique, *, whole: bool) -> Build:
    listed = with_each_source(technique) if whole else _simple(technique)
    return compose(_changes(_workload(technique, listed)))


def _state(built: Build) -> dict[str, Any]:
    """The state that an update with these resources leaves."""
    resources = {
        f"{resource.type}::{resource.name}": {"metadata": resource.plain().get("metadata")}
        for resource in built.resources
        if isinstance(resource.inputs, Mapping) and resource.inputs.get("metadata")
    }
    published = {key: built.outputs[key] for key in ("pods", "access")}
    return {**resources, "pulumi:pulumi:Stack::aks-secrets-dev": published}


def _makes(built: Build) -> set[str]:
    """Objects that pods of namespace `web` can name, in the words of the warning."""
    named = {"ServiceAccount": "ServiceAccount {!r}", "SecretProviderClass": "SecretProviderClass {!r}"}
    named["Configuration"] = "Configuration {!r} of Dapr"
    made: set[str] = set()
    for kind, words in named.items():
        for resource in built.of_type(kind):
            metadata = resource.plain()["metadata"]
            if metadata["namespace"] == "web":
                made.add(words.format(metadata["name"]))
    return made


def _names(built: Build, technique: Technique) -> set[str]:
    """Objects that the pods of `web` name and the stack makes."""
    patch = built.outputs["pods"]["web"]
    (container,) = patch["spec"]["containers"]
    text = str(patch)
    names = {words for words in _makes(built) if words.split("'")[1] in re.findall(r"'([^']*)'", text)}
    if technique is not Technique.CSI:
        names = {words for words in names if not words.startswith("SecretProviderClass")}
    for variable in container.get("env", []):
        if reference := variable.get("valueFrom", {}).get("secretKeyRef"):
            names.add(f"key {reference['key']!r} of Secret {reference['name']!r}")
    names |= {f"Secret {source['secretRef']['name']!r}" for source in container.get("envFrom", [])}
    for volume in patch["spec"].get("volumes", []):
        for source in volume.get("projected", {}).get("sources", []):
            for item in source["secret"]["items"]:
                names.add(f"key {item['key']!r} of Secret {source['secret']['name']!r}")
    return names


def _filled(built: Build) -> dict[str, set[str]]:
    """Kubernetes Secret → its keys; `*`: what a value has inside."""
    written = {
        resource.inputs["metadata"]["name"]: set(resource.plain()["stringData"])
        for resource in built.of_type("Secret")
        if "stringData" in resource.inputs
    }
    filled: dict[str, set[str]] = {}
    for name, made in makers(built).items():
        keys = made[2] if isinstance(made, tuple) else [entry["key"] for entry in made["data"]]
        filled[name] = written.get(name) or set(keys or "*")
    return filled


def _expected(before: Build, after: Build, technique: Technique) -> set[str]:
    if not any(each.plain()["metadata"]["name"] == "web" for each in after.of_type("Namespace")):
        return {"the namespace with everything in it"}
    made, filled = _makes(after), _filled(after)
    stays = {
        resource.plain()["metadata"]["name"] for kind in STAYS for resource in before.of_type(kind)
    } - filled.keys()
    lost: set[str] = set()
    for words in _names(before, technique):
        *key, secret = re.findall(r"'([^']*)'", words)
        if "Secret '" in words:
            held = filled.get(secret, set())
            is_held = bool(held) if not key else key[0] in held
            if secret not in stays and not is_held:
                lost.add(words)
        elif words not in made:
            lost.add(words)
    return lost


@pytest.mark.parametrize(("technique", "name", "edit"), list(_cases()))
def test_what_pods_of_another_tool_lose_is_warned_of(
    technique: Technique, name: str, edit: Callable[[Workload], None]
) -> None:
    whole = name in EDITS
    before = _before(technique, whole=whole)
    workload = _workload(technique, with_each_source(technique) if whole else _simple(technique))
    edit(workload)
    if name.startswith("technique "):
        workload["secrets"] = _simple(Technique(workload["technique"]))["secrets"]
    changes = _changes(workload)
    _, warnings = find(Case("pods-elsewhere-lose-a-name", changes, (), {"state": _state(before)}))
    texts = [str(problem) for problem in warnings if problem.rule == "pods-elsewhere-lose-a-name"]
    named = {words for text in texts for words in _named(text)}
    assert named == _expected(before, compose(changes), technique)


def _named(text: str) -> list[str]:
    match = re.search(r"namespace 'web': (.*); those", text)
    assert match, text
    return match[1].split(", ")
