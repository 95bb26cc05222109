"""Values that are secret whatever they look like are marked as secrets of Pulumi, and outputs show none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from trust.chain import Chain
from trust.graph import STACK_TYPE, Node, unversioned
from trust.plain_secrets import plain_secrets
from trust.proofs.proof import Finding, proof
from trust.values import SECRET, UNKNOWN

_PULUMI: Final = "https://www.pulumi.com/docs/iac/concepts/secrets/"
_CHOOSE_ANOTHER: Final = "and choose a new value, since this one is in the state"
_HOLDERS: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "azure-native:keyvault:Secret": (("properties", "value"),),
    "random:index/randomPassword:RandomPassword": (("result",), ("bcryptHash",)),
    "random:index:RandomPassword": (("result",), ("bcryptHash",)),
    "pulumi:providers:kubernetes": (("kubeconfig",),),
}
"""Type → properties that are a secret."""


@proof(
    "secrets-are-marked",
    of=lambda chain: [*chain.secrets, *(node for node in chain.graph if node.type in _HOLDERS)],
    reason="Pulumi writes a value that is not marked as a secret into its state in plain text.",
    source=_PULUMI,
)
def secrets_are_marked(chain: Chain) -> Iterator[Finding]:
    """Every value for a vault or a Kubernetes Secret, and every kubeconfig, is a secret of Pulumi."""
    for secret in chain.secrets:
        for key, value in (secret.values or {}).items():
            if _is_shown(value):
                yield _unmarked(chain, secret.node, f"key '{key}'")
    for node in chain.graph:
        for path in _HOLDERS.get(unversioned(node.type), ()):
            # What mocks answer is no value.
            answered = None if chain.graph.source == "build" else node.get(path)
            if _is_shown(node.input(path)) or _is_shown(answered):
                yield _unmarked(chain, node, ".".join(path))


def _is_shown(value: Any) -> bool:
    return isinstance(value, str) and value not in (SECRET, "")


def _unmarked(chain: Chain, node: Node, place: str) -> Finding:
    workload, kind = chain.workload_of(node), node.type.rsplit(":", 1)[-1]
    return Finding(
        workload=workload.name if workload else "",
        text=f"{place} of {kind} '{node.get('metadata.name') or node.name}' is in plain text in the state",
        fix=f"secret-values:…: pulumi config set --secret, {_CHOOSE_ANOTHER}",
        urn=node.urn,
    )


@proof(
    "no-secret-in-outputs",
    of=lambda chain: chain.graph.outputs or {},
    reason="`pulumi stack output` prints a plain output.",
    source=_PULUMI,
)
def no_secret_in_outputs(chain: Chain) -> Iterator[Finding]:
    """No output of the stack is a secret in plain text, and a kubeconfig is always a secret one."""
    stack = next((node.urn for node in chain.graph.of_type(STACK_TYPE)), next(iter(chain.graph.nodes), ""))
    for name, value in (chain.graph.outputs or {}).items():
        secrets = list(plain_secrets({name: value}))
        if not secrets and "kubeconfig" in name.lower() and value not in (SECRET, UNKNOWN, "", None):
            secrets = [(name, "a kubeconfig")]
        for path, what in secrets:
            yield Finding(
                text=f"output {path} is {what} in plain text",
                fix="cluster.export_kubeconfig: remove it"
                if "kubeconfig" in path.lower()
                else "remove the output",
                urn=stack,
            )
