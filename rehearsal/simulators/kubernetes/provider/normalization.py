"""Objects as pulumi-kubernetes rewrites them before it compares or sends them.

pulumi-kubernetes, normalizeInputs in provider/pkg/provider/provider.go and Normalize in
provider/pkg/clients/unstructured.go: objects of built-in kinds become Go's types and objects again, so that
a field that the kind does not have is lost, without a word. An object that does not fit its type stays as it
is, for the API server to refuse. Secrets, definitions of kinds and values that are not known yet stay too.
"""

from __future__ import annotations

from typing import Any, Final

from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import SECRET
from rehearsal.simulators.kubernetes.apiserver.openapi import declared
from rehearsal.simulators.kubernetes.apiserver.parts import declared_part
from rehearsal.simulators.wire import has_unknown, plain

_LEFT_OUT: Final = (SECRET, GroupVersionKind("apiextensions.k8s.io", "v1", "CustomResourceDefinition"))


def drops_fields(inputs: dict[str, Any]) -> bool:
    """Whether the provider turns an object of this kind into Go's types."""
    kind = GroupVersionKind.of(plain(inputs))
    return kind not in _LEFT_OUT and declared("").serves(kind)


def normalized(inputs: dict[str, Any]) -> dict[str, Any]:
    """The inputs without the fields that their kind does not have. Secrets in them stay marked."""
    if has_unknown(inputs) or not drops_fields(inputs):
        return inputs
    kind, types = GroupVersionKind.of(plain(inputs)), declared("")
    part: dict[str, Any] = declared_part(inputs, types.kinds[kind], types.types)
    findings = types.check(kind, part)
    fits = set(findings.misfits) <= set(findings.ambiguous) and not findings.undecodable
    return part if fits else inputs
