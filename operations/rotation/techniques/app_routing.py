"""The application routing add-on: it reads the certificate of an Ingress, and no pod of the workload has it.

https://learn.microsoft.com/azure/aks/app-routing-dns-ssl
"""

from __future__ import annotations

from typing import Final

from trust.chain import Chain
from trust.workloads import Workload

NAME: Final = "app-routing"


def arrival(_chain: Chain, _workload: Workload, _name: str) -> tuple[str, bool]:
    """In the add-on, whose own pods serve the certificate."""
    return "when the application routing add-on reads the certificate again", True
