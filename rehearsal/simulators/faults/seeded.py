"""Bad days that are made of a number: equal numbers make equal days, consecutive ones differ in kind."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from rehearsal.simulators.faults.answers import LONG_RUNNING
from rehearsal.simulators.faults.document import ALL_TRIES, Answer, Process

TYPES: Final = (
    *("azure-native:resources:ResourceGroup", "azure-native:managedidentity:UserAssignedIdentity"),
    *("azure-native:containerservice:ManagedCluster", "azure-native:keyvault:Vault"),
    "azure-native:managedidentity:FederatedIdentityCredential",
    "azure-native:authorization:RoleAssignment",
    *("kubernetes:core/v1:Namespace", "kubernetes:core/v1:ServiceAccount"),
)
"""Types that nearly every stack has."""
RELEASE: Final = "kubernetes:helm.sh/v3:Release"
WRITES: Final = 10
"""Writes that nearly every stack makes."""
_DELAYS: Final = ("30s", "2m", "5m")
_LONG: Final = frozenset(f"azure-native:{name}" for name in LONG_RUNNING)

Document = dict[str, Any]


def document(seed: int, types: Sequence[str] = TYPES, writes: int = WRITES) -> Document:
    """The document of a bad day on a stack with these types and this number of writes."""
    draw = random.Random(seed)
    kinds = list(KINDS.values())
    made = kinds[seed % len(kinds)](draw, types, writes)
    if "propagation" not in made and draw.random() < 0.3:
        made |= _propagation(draw, types, writes)
    return made


def kind(seed: int) -> str:
    """The kind of the day: `throttled`, `engine killed`."""
    return list(KINDS)[seed % len(KINDS)]


def described(made: Mapping[str, Any]) -> str:
    """The day in one line."""
    parts = [_call_described(call) for call in made.get("calls", ())]
    if "kill" in made:
        parts.append(f"{made['kill']['process']} killed behind write {made['kill']['write']}")
    delays: Mapping[str, Any] = made.get("propagation", {})
    parts += [f"{name.replace('_', ' ')} work after {delay}" for name, delay in delays.items()]
    return ", ".join(parts)


def _call_described(call: Mapping[str, Any]) -> str:
    after = f", Retry-After {call['retry_after']}" if "retry_after" in call else ""
    return f"{call['answer']} × {call['times']} at call {call['call']} of {call['type']}{after}"


_Maker = Callable[[random.Random, Sequence[str], int], Document]


def _answering(answer: Answer) -> _Maker:
    def make(draw: random.Random, types: Sequence[str], _writes: int) -> Document:
        fitting = [
            token
            for token in types
            if not token.startswith(("random:", "pulumi:"))
            and (answer is not Answer.INTERRUPTED or token in _LONG)
        ]
        call: Document = {"type": draw.choice(sorted(fitting)), "call": 1, "answer": str(answer)}
        call["times"] = draw.choice((1, 2, 3, ALL_TRIES, ALL_TRIES))
        if answer is Answer.THROTTLED:
            call["retry_after"] = draw.choice(("5s", "30s", "5m"))
        cuts = call["type"] == RELEASE and answer is Answer.LOST and draw.random() < 0.5
        return {"calls": [call], **({"pending": True} if cuts else {})}

    return make


def _propagation(draw: random.Random, _types: Sequence[str], _writes: int) -> Document:
    delays = {name: draw.choice(_DELAYS) for name in ("role_assignments", "federated_credentials")}
    return {"propagation": delays}


def _killing(process: Process) -> _Maker:
    def make(draw: random.Random, _types: Sequence[str], writes: int) -> Document:
        return {"kill": {"process": str(process), "write": draw.randint(1, writes)}}

    return make


KINDS: Final[Mapping[str, _Maker]] = {
    **{str(answer): _answering(answer) for answer in Answer},
    "propagation": _propagation,
    **{f"{process} killed": _killing(process) for process in Process},
}
"""Kind → what makes such a day."""
