"""Warnings of the preflight about operators, in their exact words."""

from tests.stacks.preflight.cases import case

_SAYS = (
    "is experimental, and its authors do not recommend it for production; choose technique eso there, or csi"
    " with env"
)

CASES = [
    case(
        "sync-controller-is-experimental",
        {"operators": {"sync_controller": {}}},
        f"operators.sync_controller: the Secrets Store Sync Controller 0.0.4 {_SAYS}",
    ),
    case(
        "sync-controller-is-experimental",
        {"operators": {"sync_controller": {"install": "existing"}}},
        f"operators.sync_controller: the Secrets Store Sync Controller {_SAYS}",
    ),
]
