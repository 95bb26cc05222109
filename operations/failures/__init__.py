"""Failures of the trust chain and of its tools: symptom, cause, proof and next step, one file per family.

``explain(symptom)`` names the failure that a message, an event or an answer shows. The package is pure: it
imports neither Azure's nor Kubernetes' clients. `docs/troubleshooting.md` is made of it.
"""

from operations.failures.failure import Failure, Sign, Symptom
from operations.failures.responses import symptom_of_response
from operations.failures.table import Explanation, explain, failures

__all__ = ["Explanation", "Failure", "Sign", "Symptom", "explain", "failures", "symptom_of_response"]
