"""Proofs of the trust chain: one file per family, found by a walk.

``run`` gives the verdicts on a chain: proved, broken, unknown, waived, or "does not apply".
"""

from trust.proofs.proof import Finding, Proof, proof, proofs
from trust.proofs.runner import Judgement, Verdict, failures, run
from trust.proofs.waivers import Waiver, waivers_of

__all__ = [
    "Finding",
    "Judgement",
    "Proof",
    "Verdict",
    "Waiver",
    "failures",
    "proof",
    "proofs",
    "run",
    "waivers_of",
]
