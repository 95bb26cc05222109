"""The objects of akv2k8s: each writes a Secret of its own, and the controller signs in as itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from trust.chain import Chain
from trust.nodes.fields import flag, known, mapping, text
from trust.operators import release
from trust.proofs.proof import Finding, proof
from trust.techniques.akv2k8s import CHART, SYNCED, AzureKeyVaultSecret
from trust.values import UNKNOWN

_UPSTREAM: Final = "https://github.com/SparebankenVest/azure-key-vault-to-kubernetes"
_METHOD: Final = "environment-azidentity"
_USE: Final = "azure.workload.identity/use"


def _fault(chain: Chain, item: AzureKeyVaultSecret, problem: str, fix: str) -> Finding:
    workload = chain.workload_of(item.node)
    name = workload.name if workload else ""
    return Finding(
        workload=name,
        text=f"AzureKeyVaultSecret '{item.name}' {problem}",
        fix=fix if fix.startswith("operators.") else f"workloads[name={name}].{fix}",
        urn=item.node.urn,
    )


@proof(
    "akv2k8s-writes-one-secret",
    of=lambda chain: SYNCED.of(chain),
    reason="The controller updates by a cached copy, so that one takes the key of the other away.",
    source=f"{_UPSTREAM}/blob/controller-1.8.4/cmd/azure-keyvault-controller/controller/secret.go",
    follows=["workload-in-one-namespace"],
)
def akv2k8s_writes_one_secret(chain: Chain) -> Iterator[Finding]:
    """No two AzureKeyVaultSecrets write one Kubernetes Secret."""
    first: dict[tuple[str, str, str], AzureKeyVaultSecret] = {}
    for item in SYNCED.of(chain):
        if UNKNOWN in (item.namespace, item.target):
            continue
        place = item.node.provider, known(item.namespace), known(item.target)
        if first.setdefault(place, item) is not item:
            problem = f"writes Secret '{item.target}', as AzureKeyVaultSecret '{first[place].name}' does"
            yield _fault(chain, item, problem, "secrets[].kubernetes_secret.name: another one")


@proof(
    "akv2k8s-signs-in",
    of=lambda chain: [item for item in SYNCED.of(chain) if release(chain, CHART)],
    reason="The controller would read as the nodes, and get 403.",
    source=f"{_UPSTREAM}/issues/739",
)
def akv2k8s_signs_in(chain: Chain) -> Iterator[Finding]:
    """The controller of the stack runs, and signs in with the token of its own ServiceAccount."""
    seen: set[str] = set()
    for item in SYNCED.of(chain):
        installed = release(chain, CHART, item.node.provider)
        if installed is None or installed.node.urn in seen:
            continue
        seen.add(installed.node.urn)
        controller = mapping(installed.values.get("controller"))
        default = text(mapping(installed.values.get("global")).get("keyVaultAuth"), "azureCloudConfig")
        method = text(controller.get("keyVaultAuth"), known(default))
        if method not in (UNKNOWN, _METHOD):
            problem = f"is read by a controller that signs in by {method}, and not as itself"
            yield _fault(chain, item, problem, f"operators.akv2k8s: keyVaultAuth {_METHOD}")
        if text(mapping(controller.get("podLabels")).get(_USE)) not in (UNKNOWN, "true"):
            problem = f"is read by a controller whose pod lacks the label {_USE}"
            yield _fault(chain, item, problem, "operators.akv2k8s: the chart's controller.podLabels")
        if flag(controller.get("enabled", True)) is False:
            problem = "is read by no controller: the chart has only the env injector"
            yield _fault(chain, item, problem, "operators.akv2k8s: the chart's controller.enabled")
