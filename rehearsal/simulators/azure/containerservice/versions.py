"""Kubernetes versions of AKS: patch versions and upgrade paths.

Not simulated: the versions that AKS offers today; `OFFERED` are those of November 2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_PATCHES: Final[Mapping[str, str]] = {
    "1.33": "1.33.5",
    "1.34": "1.34.3",
    "1.35": "1.35.2",
    "1.36": "1.36.1",
    "1.37": "1.37.0",
}
DEFAULT: Final = "1.35"
OFFERED: Final = tuple(_PATCHES)
LONG_TERM_ONLY: Final = ("1.33",)
"""Minor versions that community support has left.

https://learn.microsoft.com/azure/aks/supported-kubernetes-versions#lts-versions
"""
PREVIEW: Final = ("1.37",)


def patch(requested: str | None, current: str | None = None) -> str:
    """The version with its patch number.

    Without a version, or with the current minor version, the current patch stays.

    https://learn.microsoft.com/azure/aks/supported-kubernetes-versions#alias-minor-version
    """
    if current and (not requested or _numbers(requested) == _numbers(current)[:2]):
        return current
    version = requested or DEFAULT
    return _PATCHES.get(version, version if version.count(".") == 2 else f"{version}.0")


def upgrade_refusal(current: str, requested: str) -> str | None:
    """AKS's message if it refuses the change of version; None if it allows it.

    No downgrade (message: rancher/rancher#24071), and one minor version at a time (message:
    rancher/dashboard#11884): https://learn.microsoft.com/azure/aks/upgrade-aks-cluster
    """
    target = patch(requested, current)
    old, new = _numbers(current), _numbers(target)
    if not old or not new or old == new:
        return None
    skips = new[0] > old[0] or new[1] > old[1] + 1
    if new > old and not skips:
        return None
    next_minor = f"{old[0]}.{old[1] + 1}"
    return (
        f"{'Upgrading' if skips else 'Downgrading'} Kubernetes version {current} to {target} is not "
        f"allowed. Available upgrades: [{patch(next_minor)}]. Please see "
        "https://aka.ms/aks-supported-k8s-ver for version details."
    )


def _numbers(version: str) -> tuple[int, ...]:
    """The numbers of a version; empty for text of another form, which AKS judges."""
    parts = version.split(".")
    return (
        tuple(int(part) for part in parts)
        if len(parts) in (2, 3) and all(part.isdigit() for part in parts)
        else ()
    )
