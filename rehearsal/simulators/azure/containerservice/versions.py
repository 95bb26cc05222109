"""Kubernetes versions as AKS reads them. Which of them it offers today is not known here."""

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


def patch(wanted: str | None, current: str | None = None) -> str:
    """The version with its patch. Nothing, or the minor alone, keeps the patch that already runs.

    https://learn.microsoft.com/azure/aks/supported-kubernetes-versions#alias-minor-version
    """
    if current and (not wanted or _numbers(wanted) == _numbers(current)[:2]):
        return current
    wanted = wanted or DEFAULT
    return _PATCHES.get(wanted, wanted if wanted.count(".") == 2 else f"{wanted}.0")


def upgrade_refusal(current: str, wanted: str) -> str | None:
    """Why AKS does not go from one version to the other, in its words; None where it does.

    No way back (rancher/rancher#24071 has the text), and one minor at a time (rancher/dashboard#11884):
    https://learn.microsoft.com/azure/aks/upgrade-aks-cluster
    """
    target = patch(wanted, current)
    was, now = _numbers(current), _numbers(target)
    if not was or not now or was == now:
        return None
    skips = now[0] > was[0] or now[1] > was[1] + 1
    if now > was and not skips:
        return None
    following = f"{was[0]}.{was[1] + 1}"
    return (
        f"{'Upgrading' if skips else 'Downgrading'} Kubernetes version {current} to {target} is not allowed. "
        f"Available upgrades: [{patch(following)}]. Please see https://aka.ms/aks-supported-k8s-ver for version details."
    )


def _numbers(version: str) -> tuple[int, ...]:
    """Empty for what is no version: that it is one is for AKS to say."""
    parts = version.split(".")
    return (
        tuple(int(part) for part in parts)
        if len(parts) in (2, 3) and all(part.isdigit() for part in parts)
        else ()
    )
