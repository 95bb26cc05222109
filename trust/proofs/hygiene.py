"""No value of a secret stands in plain text where more people read it than may read the vault.

Owns: which places are looked at. Deliberately not here: what a secret looks like (``plain_secrets.py``). No
text of a finding repeats a value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, Final

from trust.chain import Chain
from trust.graph import STACK_TYPE, Node
from trust.nodes.fields import listed, mapping
from trust.nodes.pods import PodOwner
from trust.plain_secrets import form_of, is_named_secret, may_be_secret, plain_secrets
from trust.proofs.proof import Finding, proof
from trust.techniques import named_objects
from trust.values import SECRET, leaves, written

_GOOD_PRACTICES: Final = "https://kubernetes.io/docs/concepts/security/secrets-good-practices/"
_PULUMI: Final = "https://www.pulumi.com/docs/iac/concepts/secrets/"
_CHOOSE_ANOTHER: Final = "and choose a new value, since this one is in the state"


def _workload(chain: Chain, node: Node) -> str:
    workload = chain.workload_of(node)
    return workload.name if workload else ""


def _object(node: Node) -> str:
    kind, name = node.type.rsplit(":", 1)[-1], node.get("metadata.name") or node.name
    return f"{kind} '{name}'"


# Pods.


@proof(
    "no-secret-in-env",
    of=lambda chain: chain.pod_owners,
    reason="Readers of pods and their owners, of the state and of the stack file have the value.",
    source=_GOOD_PRACTICES,
)
def no_secret_in_env(chain: Chain) -> Iterator[Finding]:
    """No variable and no argument of a container, and nothing else in a pod, holds a secret in plain text."""
    for owner in chain.pod_owners:
        for path, what in _in_pods(owner):
            name = _workload(chain, owner.node)
            yield Finding(
                workload=name,
                text=f"{path} of {_object(owner.node)} holds {what} in plain text",
                fix=f"workloads[name={name}].secrets: list it there, with env, {_CHOOSE_ANOTHER}",
                urn=owner.node.urn,
            )


def _in_pods(owner: PodOwner) -> Iterator[tuple[str, str]]:
    for container, variable in owner.env:
        if what := form_of(_plain(variable)):
            yield f"env {variable.get('name')} of container '{container.get('name')}'", what
    for container in owner.containers:
        for part in ("command", "args"):
            texts = [text for text in listed(container.get(part)) if isinstance(text, str)]
            if what := next(filter(None, map(form_of, texts)), "") or _in_options(texts):
                yield f"{part} of container '{container.get('name')}'", what
    yield from _elsewhere(owner)


def _elsewhere(owner: PodOwner) -> Iterator[tuple[str, str]]:
    """Texts of a pod besides variables and arguments: headers of probes, attributes of volumes …"""
    containers = ("containers", "initContainers", "ephemeralContainers")
    yield from plain_secrets({key: value for key, value in owner.pod_spec.items() if key not in containers})
    for container in owner.containers:
        rest = {key: value for key, value in container.items() if key not in ("env", "command", "args")}
        for path, what in plain_secrets(rest):
            yield f"{path} of container '{container.get('name')}'", what


def _plain(variable: Mapping[str, Any]) -> str:
    value = variable.get("value")
    return value if isinstance(value, str) and value != SECRET else ""


def _in_options(texts: list[str]) -> str:
    """The value of an option, such as ``--api-token x`` or ``--api-token=x``."""
    for option, following in pairwise([*texts, ""]):
        name, equals, value = option.partition("=")
        if name.startswith("-") and is_named_secret(name.lstrip("-")):
            value = value if equals else "" if following.startswith("-") else following
            if may_be_secret(value):
                return "the value of an option that is named like a secret"
    return ""


@proof(
    "no-variable-named-like-a-secret",
    severity="warning",
    of=lambda chain: chain.pod_owners,
    reason="Readers of the stack file, of the state and of the pod have the value.",
    source=_PULUMI,
    follows=["no-secret-in-env"],
)
def no_variable_named_like_a_secret(chain: Chain) -> Iterator[Finding]:
    """No plain variable of a container has the name of a secret."""
    names = _secret_names(chain)
    for owner in chain.pod_owners:
        for container, variable in owner.env:
            name, value = str(variable.get("name", "")), _plain(variable)
            if not may_be_secret(value) or value in names.values or form_of(value):
                continue
            if is_named_secret(name) or _folded(name) in names.folded:
                workload = _workload(chain, owner.node)
                yield Finding(
                    workload=workload,
                    text=f"env {name} of container '{container.get('name')}' of {_object(owner.node)} has the"
                    " name of a secret, and a value in plain text",
                    fix=f"workloads[name={workload}].secrets: list it there with env: {name}, if it is one",
                    urn=owner.node.urn,
                )


class _secret_names:
    """The names of the stack's secrets: of variables and of keys that hold them."""

    def __init__(self, chain: Chain) -> None:
        objects = [*(item.name for item in chain.vault_objects)]
        keys = [key for owner in chain.pod_owners for pair in owner.secret_keys for key in pair]
        keys += [named.ask.name for named in named_objects(chain)]
        variables = [
            str(variable.get("name"))
            for owner in chain.pod_owners
            for _, variable in owner.env
            if "secretKeyRef" in mapping(variable.get("valueFrom"))
        ]
        known = [str(name) for name in (*objects, *keys) if name]
        self.values = frozenset(known) | frozenset(str(item.name) for item in chain.dapr_components)
        """Names themselves are no secrets, wherever they stand."""
        self.folded = frozenset(map(_folded, (*known, *variables)))


def _folded(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


# Objects that are made to be read.


@proof(
    "no-secret-in-config-map",
    of=lambda chain: chain.config_maps,
    reason="A ConfigMap is not encrypted, and many roles may read it.",
    source="https://kubernetes.io/docs/concepts/configuration/configmap/",
)
def no_secret_in_config_map(chain: Chain) -> Iterator[Finding]:
    """No ConfigMap holds a secret in plain text."""
    for config_map in chain.config_maps:
        for key, value in config_map.values.items():
            what = form_of(value) if isinstance(value, str) else ""
            if not what and isinstance(value, str) and is_named_secret(key) and may_be_secret(value):
                what = "a value that is named like a secret"
            if what:
                yield Finding(
                    workload=_workload(chain, config_map.node),
                    text=f"key '{key}' of {_object(config_map.node)} holds {what} in plain text",
                    fix=f"workloads[…].secrets: list it there, with file, {_CHOOSE_ANOTHER}",
                    urn=config_map.node.urn,
                )


@proof(
    "no-secret-in-helm-values",
    of=lambda chain: chain.releases,
    reason="Helm keeps the values of a release in the cluster, and `helm get values` prints them.",
    source="https://helm.sh/docs/helm/helm_get_values/",
)
def no_secret_in_helm_values(chain: Chain) -> Iterator[Finding]:
    """No value of a Helm release is a secret in plain text."""
    for release in chain.releases:
        for path, value in leaves(release.values):
            named = isinstance(path[-1], str) and is_named_secret(path[-1]) if path else False
            what = form_of(value) if isinstance(value, str) else ""
            if not what and named and isinstance(value, str) and may_be_secret(value):
                what = "a value that is named like a secret"
            if what:
                yield Finding(
                    text=f"value {written(path)} of Helm release '{release.name}' is {what} in plain text",
                    fix=f"the chart's values: name a Secret of the cluster instead, {_CHOOSE_ANOTHER}",
                    urn=release.node.urn,
                )


@proof(
    "no-secret-in-annotations",
    of=lambda chain: [node for node in chain.graph if _marks(node)],
    reason="Annotations, labels and tags are shown wherever an object or a resource is listed.",
    source="https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources",
)
def no_secret_in_annotations(chain: Chain) -> Iterator[Finding]:
    """No annotation, label or tag is a secret in plain text."""
    for node in chain.graph:
        for part, marks in _marks(node).items():
            for key, value in marks.items():
                if isinstance(value, str) and (what := form_of(value)):
                    yield Finding(
                        workload=_workload(chain, node),
                        text=f"{part} '{key}' of {_object(node)} is {what} in plain text",
                        fix=f"tags or overrides: remove it, {_CHOOSE_ANOTHER}",
                        urn=node.urn,
                    )


def _marks(node: Node) -> dict[str, Mapping[str, Any]]:
    marks = {"tag": mapping(node.inputs.get("tags"))}
    for path in (("metadata",), ("spec", "template", "metadata")):
        for part in ("annotation", "label"):
            marks[f"{'pod ' if len(path) > 1 else ''}{part}"] = mapping(node.input((*path, f"{part}s")))
    return {part: values for part, values in marks.items() if values}


_ELSEWHERE: Final = frozenset({"metadata", "tags"})


@proof(
    "no-secret-in-manifests",
    of=lambda chain: chain.graph,
    reason="Readers of the object or the resource, and of the state, have the value.",
    source=_PULUMI,
    follows=["no-secret-in-env", "secrets-are-marked"],
)
def no_secret_in_manifests(chain: Chain) -> Iterator[Finding]:
    """No other property of an object or a resource is a secret in plain text."""
    apart = {
        item.node.urn for item in (*chain.pod_owners, *chain.config_maps, *chain.secrets, *chain.releases)
    }
    for node in chain.graph:
        if node.type == STACK_TYPE or node.urn in apart:
            continue
        properties = {key: value for key, value in node.inputs.items() if key not in _ELSEWHERE}
        for path, what in plain_secrets(properties):
            yield Finding(
                workload=_workload(chain, node),
                text=f"{path} of {_object(node)} holds {what} in plain text",
                fix=f"the key that sets it: read it from the vault instead, {_CHOOSE_ANOTHER}",
                urn=node.urn,
            )
