"""The proofs of production break when the program does, and apply to production only."""

from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from tests.stack_files import shipped
from tests.trust.proofs.broken import Broken, check, ids
from trust.chain import Chain
from trust.graph import Graph, Node
from trust.proofs.production import production_local_accounts, production_purge_protection
from trust.published import is_production

_VAULT, _CLUSTER = "components.key_vault.vault", "components.cluster.aks_cluster"
_PROD: Mapping[str, Any] = {
    key: value
    for key, value in yaml.safe_load(shipped("Pulumi.prod.yaml").read_text(encoding="utf-8"))[
        "config"
    ].items()
    if key
    not in (
        "aks-secrets:workloads",
        "aks-secrets:namespaces",
        "aks-secrets:operators",
        "aks-secrets:monitoring",
    )
}
_WHOLE: Mapping[str, Any] = yaml.safe_load(shipped("Pulumi.prod.yaml").read_text(encoding="utf-8"))["config"]

BROKEN = [
    Broken(
        "production-purge-protection",
        _VAULT,
        "enable_purge_protection=True if args.purge_protection else None,",
        "",
        _PROD,
        says="no purge protection",
    ),
    Broken(
        "production-vault-network",
        _VAULT,
        "args.network.default_action if args.network.public_access else DefaultAction.DENY",
        "DefaultAction.ALLOW",
        {
            **_PROD,
            "aks-secrets:vault": {
                **{
                    key: value
                    for key, value in _PROD["aks-secrets:vault"].items()
                    if key != "private_endpoint"
                },
                "network": {"default_action": "Deny", "ip_rules": ["20.50.2.0/24"]},
            },
        },
        says="every address",
    ),
    Broken("production-protect", _VAULT, "protect=args.protect or None,", "", _PROD, says="vault"),
    Broken("production-protect", _CLUSTER, "protect=args.protect or None,", "", _PROD, says="cluster"),
    Broken(
        "production-local-accounts",
        _CLUSTER,
        "disable_local_accounts=not args.local_accounts,",
        "",
        _PROD,
        says="local accounts",
    ),
    Broken(
        "production-api-server",
        _CLUSTER,
        "args.private, args.authorized_ip_ranges, args.network",
        "args.private, (), args.network",
        _PROD,
        says="every address",
    ),
    Broken(
        "production-newest-version",
        "components.workloads.techniques.csi_objects",
        '"objectVersion": vault_object.version,',
        '"objectVersion": "0123456789abcdef0123456789abcdef",',
        _WHOLE,
        "orders",
        says="names version '0123456789abcdef0123456789abcdef' of 'orders-db-password'",
    ),
]


@pytest.mark.parametrize("broken", BROKEN, ids=ids)
def test_it_comes_first(broken: Broken, monkeypatch: pytest.MonkeyPatch) -> None:
    check(broken, monkeypatch)


def _graph(stack: str, tags: Mapping[str, str] | None) -> Graph:
    return Graph(
        [
            Node(
                urn=f"urn:pulumi:{stack}::shop::azure-native:keyvault:Vault::vault",
                type="azure-native:keyvault:Vault",
                name="vault",
                inputs={"tags": tags} if tags else {},
            )
        ],
        "state",
    )


@pytest.mark.parametrize(
    ("stack", "tags", "expected"),
    [
        ("prod", None, True),
        ("shop-production", None, True),
        ("org_prod.eu", None, True),
        ("dev", None, False),
        ("product", None, False),
        ("non-prod", None, False),
        ("pre-prod", None, False),
        ("dev", {"environment": "Production"}, True),
        ("dev", {"Stage": "prod"}, True),
        ("prod", {"environment": "test"}, False),
        ("prod", {"owner": "shop"}, True),
    ],
)
def test_the_tag_decides_what_is_production_then_the_name(
    stack: str, tags: Mapping[str, str] | None, expected: bool
) -> None:
    assert is_production(_graph(stack, tags)) is expected


_GROUP = "/subscriptions/5b5c5c5b-0000-4000-8000-00000000000b/resourceGroups/rg-hub/providers"
_AT = "--resource-group rg-hub --name {} --subscription 5b5c5c5b-0000-4000-8000-00000000000b"


def test_what_exists_is_mended_by_a_command_that_names_it_whole() -> None:
    def existing(type_: str, id_: str) -> Node:
        name = id_.rpartition("/")[2]
        urn = f"urn:pulumi:prod::shop::azure-native:{type_}::{name}"
        kind = f"azure-native:{type_}"
        return Node(
            urn=urn, type=kind, name=name, id=f"{_GROUP}/{id_}", outputs={"name": name}, external=True
        )

    vault = existing("keyvault:Vault", "Microsoft.KeyVault/vaults/kv-hub")
    cluster = existing(
        "containerservice:ManagedCluster", "Microsoft.ContainerService/managedClusters/aks-hub"
    )
    chain = Chain.read(Graph([vault, cluster], "state"))
    findings = [
        *production_purge_protection.judge(chain),
        *production_local_accounts.judge(chain),
    ]
    assert [finding.fix.partition(" (")[0] for finding in findings] == [
        f"az keyvault update {_AT.format('kv-hub')} --enable-purge-protection true",
        f"az aks update {_AT.format('aks-hub')} --disable-local-accounts",
    ]
