"""Helm releases whose last operation was cut off: Helm refuses every further one.

Owns: which releases these are, and the command that each needs. A release that was never installed is
uninstalled; any other goes back to its last revision.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from operations.adoption.candidates import HELM_RELEASE

_UNINSTALL: Final = "pending-install"
_ROLLBACK: Final = ("pending-upgrade", "pending-rollback")
# https://pkg.go.dev/helm.sh/helm/v3/pkg/release#Status


@dataclass(frozen=True)
class CutOffRelease:
    """A release that an operation has left in pending-*."""

    urn: str
    namespace: str
    name: str
    status: str

    @property
    def is_uninstalled(self) -> bool:
        return self.status == _UNINSTALL

    @property
    def command(self) -> list[str]:
        """The Helm command that mends it."""
        verb = "uninstall" if self.is_uninstalled else "rollback"
        return ["helm", verb, self.name, "--namespace", self.namespace]


def cut_off(row: Mapping[str, Any]) -> CutOffRelease | None:
    """The release, if it is one and its last operation was cut off."""
    if row.get("type") != HELM_RELEASE:
        return None
    status = ((row.get("outputs") or {}).get("status") or {}).get("status", "")
    if status != _UNINSTALL and status not in _ROLLBACK:
        return None
    namespace, _, name = row["id"].rpartition("/")
    return CutOffRelease(row["urn"], namespace, name, status)
