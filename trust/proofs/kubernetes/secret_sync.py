"""The objects of the Secrets Store Sync Controller: the class that a SecretSync reads, as which
ServiceAccount, and whether the controller can read for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from trust.chain import Chain
from trust.delivered_secrets import mounted_files
from trust.nodes.fields import known, listed, mapping, text
from trust.operators import release
from trust.proofs.proof import Finding, proof
from trust.techniques.secret_sync import CHART, SYNCS, SecretSync, class_of
from trust.values import UNKNOWN

_UPSTREAM: Final = "https://github.com/kubernetes-sigs/secrets-store-sync-controller/blob/v0.0.4"
_CONTROLLER: Final = f"{_UPSTREAM}/internal/controller/secretsync_controller.go"
_AUDIENCE: Final = "api://AzureADTokenExchange"


def _fault(chain: Chain, sync: SecretSync, problem: str, fix: str, *, unknown: bool = False) -> Finding:
    workload = chain.workload_of(sync.node)
    name = workload.name if workload else ""
    return Finding(
        workload=name,
        text=f"SecretSync '{sync.name}' {problem}",
        fix=fix if fix.startswith("operators.") else f"workloads[name={name}].{fix}",
        urn=sync.node.urn,
        unknown=unknown,
    )


@proof(
    "sync-reads-a-class",
    of=lambda chain: SYNCS.of(chain),
    reason="The controller writes no Secret, or leaves it as it was, and the pods wait for it.",
    source=_CONTROLLER,
    follows=["workload-in-one-namespace", "class-lists-objects"],
    about_requests=True,
)
def sync_reads_a_class(chain: Chain) -> Iterator[Finding]:
    """Every SecretSync names a SecretProviderClass of its namespace, and each key is one of its files."""
    fix = "technique: secret-sync makes the class with the SecretSync"
    for sync in SYNCS.of(chain):
        provider_class = class_of(chain, sync)
        if sync.class_name is UNKNOWN:
            yield _fault(chain, sync, "reads an unknown class", fix, unknown=True)
        elif provider_class is None:
            yield _fault(
                chain, sync, f"reads SecretProviderClass '{sync.class_name}', which nothing makes", fix
            )
        elif (files := mounted_files(provider_class)) is not None:
            known_files = {file for versions in files for file in versions}
            for entry in sync.data:
                if entry.get("sourcePath") not in known_files:
                    problem = (
                        f"fills key '{entry.get('targetKey')}' from '{entry.get('sourcePath')}', which is"
                    )
                    problem += f" no file of SecretProviderClass '{provider_class.name}'"
                    yield _fault(chain, sync, problem, "secrets: list the object")


@proof(
    "sync-identity",
    of=lambda chain: SYNCS.of(chain),
    reason="The controller would read as another identity, or get no token.",
    source=_CONTROLLER,
    follows=["workload-in-one-namespace"],
)
def sync_identity(chain: Chain) -> Iterator[Finding]:
    """Every SecretSync reads as the ServiceAccount of its workload."""
    for sync in SYNCS.of(chain):
        workload, name = chain.workload_of(sync.node), sync.service_account_name
        own = workload.service_account_name if workload else UNKNOWN
        if UNKNOWN in (name, own):
            continue
        if name != own:
            problem = f"reads as ServiceAccount '{name}', and the workload's is '{own}'"
            yield _fault(chain, sync, problem, "service_account: one for the pods and for the SecretSync")


@proof(
    "sync-controller-signs-in",
    of=lambda chain: [sync for sync in SYNCS.of(chain) if release(chain, CHART)],
    reason="The Azure provider gets no token, or is not there, and the controller reports a ProviderError.",
    source=f"{_UPSTREAM}/charts/secrets-store-sync-controller/values.yaml",
)
def sync_controller_signs_in(chain: Chain) -> Iterator[Finding]:
    """The controller of the stack has the Azure provider beside it, and requests tokens for Entra."""
    seen: set[str] = set()
    for sync in SYNCS.of(chain):
        installed = release(chain, CHART, sync.node.provider)
        if installed is None or installed.node.urn in seen:
            continue
        seen.add(installed.node.urn)
        audiences = [mapping(entry) for entry in listed(installed.values.get("tokenRequestAudience"))]
        if _AUDIENCE not in [entry.get("audience") for entry in audiences]:
            problem = f"is read without a token for {_AUDIENCE}"
            yield _fault(chain, sync, problem, "operators.sync_controller: the chart's tokenRequestAudience")
        containers = [mapping(entry) for entry in listed(installed.values.get("providerContainer"))]
        arguments = " ".join(str(part) for entry in containers for part in listed(entry.get("args")))
        if "/azure.sock" not in arguments:
            problem = "is read by a controller without the Azure provider"
            yield _fault(chain, sync, problem, "operators.sync_controller: the chart's providerContainer")
        types = listed(mapping(installed.values.get("validatingAdmissionPolicies")).get("allowedSecretTypes"))
        for other in SYNCS.of(chain) if types else ():
            kind = known(text(other.secret.get("type"), "Opaque"))
            if kind not in map(str, types):
                problem = f"makes a Secret of type {kind}, which the chart's policy does not allow"
                yield _fault(chain, other, problem, "operators.sync_controller: allowedSecretTypes")
