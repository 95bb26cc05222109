"""Technique sdk: the application asks the vault itself, with an Azure SDK (docs/sdk.md).

It needs nothing in the cluster but the annotated ServiceAccount, and in the pod the label that makes the webhook project its token.
"""

from components.roles import READ_ACCESS, ObjectType
from components.workloads.isolation import Egress
from components.workloads.manifests import IDENTITY, INJECTED_ENV, INJECTED_VOLUME, USE_IDENTITY, Delivery
from components.workloads.workload import Workload, WorkloadArgs


class SdkWorkload(Workload):
    """A workload whose application reads the vault.

    Adds to the pod: the label, ``KEYVAULT_URL``, ``SECRET_NAMES`` (a comma between them), and ``SECRET_NAME`` where there is one only.
    """

    seen_by_pod = "the application asks the vault"
    asks = frozenset({Egress.AZURE})
    own_env = frozenset({"KEYVAULT_URL", "SECRET_NAME", "SECRET_NAMES"}) | INJECTED_ENV
    own_volumes = frozenset({INJECTED_VOLUME})

    def _deliver(self, _name: str, args: WorkloadArgs, /) -> Delivery:
        # A certificate with its private key is read as the secret of its name; keys and bare certificates have clients of their own.
        served = READ_ACCESS[ObjectType.SECRET].collection
        names = [wanted.name for wanted in args.secrets if READ_ACCESS[wanted.type].collection == served]
        env = [{"name": "KEYVAULT_URL", "value": args.vault.vault_uri}]
        if names:
            env.append({"name": "SECRET_NAMES", "value": ",".join(names)})
        if len(names) == 1:
            env.append({"name": "SECRET_NAME", "value": names[0]})
        return Delivery(env=env, labels={USE_IDENTITY: "true"}, annotations={IDENTITY: args.identity.client_id})
