"""The proofs of the External Secrets Operator break when the program does."""

import pytest

from tests.trust.proofs.broken import UNREAD, Broken, check, config, ids

_ESO = "components.workloads.techniques.eso"
_SPEC = "components.workloads.techniques.eso_external_secret"
_COPIED = config("copied")

BROKEN = [
    *(
        Broken(
            "secret-stays-in-its-namespace",
            "",
            "",
            "",
            config(
                name,
                workloads=[{**entry, "annotations": {key: "true"}} for entry in config(name)["workloads"]],
            ),
            name,
            says=f"{operator} may copy",
        )
        for name, key, operator in (
            ("copied", "reflector.v1.k8s.emberstack.com/reflection-allowed", "Reflector"),
            ("files", "replicator.v1.mittwald.de/replicate-to", "kubernetes-replicator"),
            ("plain", "kubed.appscode.com/sync", "Config Syncer"),
        )
    ),
    Broken(
        "eso-token-right",
        "components.operators.external_secrets",
        '{"serviceAccountTokenCreate": False,',
        '{"serviceAccountTokenCreate": True,',
        _COPIED,
        says="whatever the Roles allow",
    ),
    Broken(
        "eso-token-right",
        _ESO,
        'api_groups=[""],',
        'api_groups=["v1"],',
        _COPIED,
        "copied",
        says="every ServiceAccount",
    ),
    Broken(
        "eso-api-version",
        _ESO,
        'API_VERSION = "external-secrets.io/v1"',
        'API_VERSION = "external-secrets.io/v1beta1"',
        _COPIED,
        "copied",
        says="v1beta1",
    ),
    Broken(
        "eso-store-is-namespaced",
        _ESO,
        '            "SecretStore",\n',
        '            "ClusterSecretStore",\n',
        _COPIED,
        "copied",
        UNREAD,
        says="serves every namespace",
    ),
    Broken(
        "eso-store-is-namespaced",
        _SPEC,
        'return {"kind": "SecretStore"',
        'return {"kind": "ClusterSecretStore"',
        _COPIED,
        "copied",
        UNREAD,
    ),
    Broken(
        "eso-store-identity",
        _ESO,
        '"authType": "WorkloadIdentity"',
        '"authType": "ManagedIdentity"',
        _COPIED,
        "copied",
        UNREAD,
        says="ManagedIdentity",
    ),
    Broken(
        "eso-store-identity",
        _ESO,
        '"serviceAccountRef": {"name": args.service_account.name}',
        '"serviceAccountRef": {"name": "default"}',
        _COPIED,
        "copied",
        frozenset({"eso-token-right"}),
        says="'default'",
    ),
    Broken(
        "eso-store-identity",
        _ESO,
        '"serviceAccountRef": {"name": args.service_account.name},',
        '"serviceAccountRef": {"name": args.service_account.name}, "tenantId": args.identity.tenant_id,',
        _COPIED,
        "copied",
        says="names the tenant",
    ),
    Broken(
        "eso-store-vault",
        _ESO,
        '"vaultUrl": part.vault.vault_uri,',
        '"vaultUrl": "https://another.vault.azure.net/",',
        _COPIED,
        "copied",
        UNREAD,
        says="another",
    ),
    Broken(
        "eso-reads-a-store",
        _SPEC,
        '"name": qualified_name(workload, vault)}',
        '"name": "store"}',
        _COPIED,
        "copied",
        UNREAD,
        says="'store'",
    ),
    Broken(
        "eso-target",
        _SPEC,
        '"creationPolicy": sync.creation_policy.value',
        '"creationPolicy": "None"',
        _COPIED,
        "copied",
        frozenset({"secret-key-is-made"}),
        says="pods read it",
    ),
    Broken(
        "eso-target",
        _SPEC,
        '"deletionPolicy": sync.deletion_policy.value',
        '"deletionPolicy": "Never"',
        _COPIED,
        "copied",
        says="Never",
    ),
    Broken(
        "eso-refresh",
        _SPEC,
        '"refreshInterval": sync.refresh_interval',
        '"refreshInterval": "0"',
        _COPIED,
        "copied",
        says="never refreshed",
    ),
    Broken(
        "eso-refresh",
        _SPEC,
        '"refreshInterval": sync.refresh_interval',
        '"refreshInterval": "15m" if "db" in self.name else "1h"',
        _COPIED,
        "copied",
        says="at another time",
    ),
    Broken(
        "eso-token-right",
        _ESO,
        'api_groups=[""],',
        'api_groups=["apps"],',
        _COPIED,
        "copied",
        says="or of none",
    ),
    Broken(
        "eso-token-right",
        _ESO,
        "resource_names=[args.service_account.name],",
        "",
        _COPIED,
        "copied",
        says="every ServiceAccount",
    ),
    Broken(
        "eso-token-right",
        _ESO,
        "name=args.operator_account.name,",
        'name="default",',
        _COPIED,
        "copied",
        says="bound to no ServiceAccount",
    ),
    Broken(
        "eso-token-right",
        _ESO,
        "if args.operator_account is None:",
        "if args.operator_account:",
        _COPIED,
        "copied",
        says="gets no token",
    ),
]


@pytest.mark.parametrize("broken", BROKEN, ids=ids)
def test_it_comes_first(broken: Broken, monkeypatch: pytest.MonkeyPatch) -> None:
    check(broken, monkeypatch)
