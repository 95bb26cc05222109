"""Technique sdk: the application reads the vault itself, with an Azure SDK (docs/sdk.md).

It needs only the annotated ServiceAccount, and the pod's label with which the webhook projects a token.
"""

from components.authorization.roles import READ_ACCESS, ObjectType
from components.workloads.args import VaultObjects, WorkloadArgs
from components.workloads.base import Workload
from components.workloads.network_policy import Egress
from components.workloads.pod_requirements import (
    IDENTITY,
    INJECTED_ENV,
    INJECTED_VOLUME,
    USE_IDENTITY,
    USE_IDENTITY_BINDING,
    VAULT_URL,
    Manifest,
    PodRequirements,
)
from components.workloads.technique import TechniqueSpec
from components.workloads.techniques.csi_access_modes import Access

SPEC = TechniqueSpec(
    description="the application asks the vault",
    reserved_env=INJECTED_ENV,
    reserved_volumes=frozenset({INJECTED_VOLUME}),
    env_by_vault=frozenset({VAULT_URL, "SECRET_NAME", "SECRET_NAMES"}),
    egress=frozenset({Egress.AZURE}),
    access_modes=frozenset({Access.WORKLOAD_IDENTITY, Access.IDENTITY_BINDING}),
)


class SdkWorkload(Workload):
    """A workload whose application reads the vault.

    Adds to the pod: the label, ``KEYVAULT_URL``, ``SECRET_NAMES`` (separated by commas), and ``SECRET_NAME``
    for a single secret. Variables of additional vaults have the vault's name as a suffix:
    ``KEYVAULT_URL_PAYMENTS``.
    """

    spec = SPEC

    def _make_delivery(self, _name: str, args: WorkloadArgs, /) -> PodRequirements:
        env = [entry for part in args.by_vault for entry in _env(part)]
        binding = {USE_IDENTITY_BINDING: "true"} if args.access is Access.IDENTITY_BINDING else {}
        return PodRequirements(
            env=env,
            labels={USE_IDENTITY: "true"},
            annotations={IDENTITY: args.identity.client_id, **binding},
        )


def _env(part: VaultObjects) -> list[Manifest]:
    # A certificate with its private key is read as a secret; the SDK reads keys and certificates with other
    # clients.
    secrets = READ_ACCESS[ObjectType.SECRET].collection
    names = [secret.name for secret in part.objects if READ_ACCESS[secret.type].collection == secrets]
    env = [{"name": f"{VAULT_URL}{part.env_suffix}", "value": part.vault.vault_uri}]
    if names:
        env.append({"name": f"SECRET_NAMES{part.env_suffix}", "value": ",".join(names)})
    if len(names) == 1:
        env.append({"name": f"SECRET_NAME{part.env_suffix}", "value": names[0]})
    return env
