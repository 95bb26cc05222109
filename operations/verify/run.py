"""The rounds of a verification: everything once, then again what only needs time, for a bounded time."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from operations.azure.refusals import AzureRefusedError
from operations.azure.session import AzureSession
from operations.checks import Finding, run_each
from operations.errors import OperationError
from operations.verify.observed import Observed
from operations.verify.plan import Plan
from trust.chain import Chain
from trust.graph import Graph

_PAUSE_SECONDS = 5.0
_LONGEST_PAUSE_SECONDS = 20.0


def findings_of(
    graph: Graph, stack: str, timeout_seconds: float, workloads: frozenset[str] = frozenset()
) -> list[Finding]:
    """The findings about a stack, or about some of its workloads.

    Raises:
        OperationError: there is nothing to verify, no such workload, or no sign-in.
    """
    chain = Chain.read(graph)
    _require(chain, stack, workloads)
    session = AzureSession.open(_provider_config(graph))
    try:
        me = session.caller.object_id
    except AzureRefusedError as error:
        raise OperationError(f"{error}; sign in as for `pulumi up` (az login)") from error
    return verify(Plan(chain, stack, workloads, me), Observed(session), timeout_seconds)


def _require(chain: Chain, stack: str, workloads: frozenset[str]) -> None:
    names = sorted({item.name for item in chain.workloads})
    if unknown := sorted(workloads - set(names)):
        known_names = ", ".join(names) or "it has none"
        raise OperationError(f"--workload: the state has no workload {unknown[0]!r}; choose {known_names}")
    if not names and not chain.vaults:
        raise OperationError(
            f"the state of stack '{stack}' has nothing to verify; type pulumi up --stack {stack} first"
        )


def _provider_config(graph: Graph) -> dict[str, str]:
    """The configuration of azure-native. Encrypted values are left to the environment."""
    return {
        name: value
        # The default provider last: it has the subscription of the stack, others have further ones.
        for node in sorted(
            graph.of_type("pulumi:providers:azure-native"), key=lambda node: node.name.startswith("default")
        )
        for name, value in node.inputs.items()
        if isinstance(value, str) and name != "version"
    }


def verify(plan: Plan, observed: Observed, timeout_seconds: float) -> list[Finding]:
    """The findings, in the order of the checks.

    Only checks with something that is ``waiting`` are repeated: a role, a credential, a rollout or a new
    value on its way.
    """
    from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_exponential

    results: dict[int, list[Finding]] = {}
    round_ = observed

    def look() -> bool:
        """Whether something is still on its way."""
        nonlocal round_
        checks = plan.checks(round_)
        chosen = [index for index in range(len(checks)) if index not in results or _waits(results[index])]
        title = "verify" if not results else "waiting for what is on its way"
        each = run_each([checks[index] for index in chosen], title)
        results.update(zip(chosen, each, strict=True))
        round_ = round_.next_round()
        return any(map(_waits, results.values()))

    retrying = Retrying(
        retry=retry_if_result(bool),
        stop=stop_after_delay(timeout_seconds),
        wait=wait_exponential(min=_PAUSE_SECONDS, max=_LONGEST_PAUSE_SECONDS),
    )
    with suppress(RetryError):  # what is still waiting says so
        retrying(look)
    return [finding for index in sorted(results) for finding in results[index]]


def _waits(findings: Sequence[Finding]) -> bool:
    return any(finding.state == "waiting" for finding in findings)
