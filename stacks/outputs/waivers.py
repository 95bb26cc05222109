"""The output ``waivers``: proofs that may be broken until a day, and why."""

from typing import Any

from stacks.settings import Settings


def waiver_outputs(settings: Settings) -> dict[str, Any]:
    """The output ``waivers``; none if the stack has no waiver. Whatever runs proofs finds them here."""
    waivers = [
        {
            "proof": waiver.proof,
            **({"workload": waiver.workload} if waiver.workload else {}),
            "reason": " ".join(waiver.reason.split()),
            "expires": waiver.expires,
        }
        for waiver in settings.waivers
    ]
    return {"waivers": waivers} if waivers else {}
