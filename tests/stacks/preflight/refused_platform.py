"""Refusals of a platform, in the exact words of the preflight."""

from typing import Any

from aks_secrets_testing.builds import TENANT
from stacks.preflight.lookup import ONE_TENANT
from tests.stacks.preflight.cases import (
    ELSEWHERE,
    OLD,
    ON_PLATFORM,
    PLATFORM_STACK,
    case,
    platform,
    published_vault,
    vault,
    workload,
)

_AGAIN = f"(pulumi up --stack {PLATFORM_STACK})"

_DB: dict[str, Any] = {"name": "db", "from": "existing"}

_RELOADED = {
    **workload(technique="eso", secrets=[{**_DB, "env": "DB"}], reload=True),
    "kind": "Deployment",
    "image": "registry.example/shop:1",
}

CASES = [
    case(
        "platform-is-usable",
        ON_PLATFORM,
        f"platform.stack: stack aks-secrets/dev cannot read stack {PLATFORM_STACK}: unknown stack; name a"
        " stack that exists"
        " (pulumi stack ls --all)",
        answers={"platform": Exception("unknown stack")},
    ),
    case(
        "platform-is-usable",
        ON_PLATFORM,
        f"platform.stack: stack {PLATFORM_STACK} has no output 'platform', which stack aks-secrets/dev needs;"
        f" bring it up with composition platform or all-in-one {_AGAIN}",
        answers={"platform": {}},
    ),
    case(
        "platform-is-usable",
        ON_PLATFORM,
        f"platform.stack: stack {PLATFORM_STACK} publishes version 1 of its platform, but stack"
        " aks-secrets/dev reads version 2;"
        " run the same release of the program in both, the platform first",
        answers={"platform": platform(version=1)},
    ),
    case(
        "platform-is-usable",
        ON_PLATFORM,
        f"platform.stack: stack {PLATFORM_STACK} publishes a platform that stack aks-secrets/dev cannot read:"
        " cluster.issuerUrl: field required; run the same release of the program in both, the platform first",
        answers={"platform": platform(cluster={"name": "aks-old", "id": "x"})},
    ),
    case(
        "platform-in-this-tenant",
        ON_PLATFORM,
        f"platform.stack: stack {PLATFORM_STACK} is in tenant {ELSEWHERE}, but pulumi is signed in to"
        f" {TENANT}; {ONE_TENANT}",
        answers=OLD | {"platform": platform(tenantId=ELSEWHERE)},
    ),
    case(
        "platform-has-reloader",
        ON_PLATFORM | {"workloads": [_RELOADED]},
        f"workloads[0].reload: needs operators.reloader, which stack {PLATFORM_STACK} does not publish;"
        f" configure it there with namespaces: [shop], then update that stack {_AGAIN}",
        answers=OLD | {"platform": platform(operators={"external_secrets": {}})},
    ),
    case(
        "platform-has-reloader",
        ON_PLATFORM | {"workloads": [_RELOADED]},
        f"workloads[0].reload: has no effect: Reloader of stack {PLATFORM_STACK} does not watch namespace"
        " 'shop'; add it to operators.reloader.namespaces there, then update that stack"
        f" {_AGAIN}",
        answers=OLD
        | {"platform": platform(operators={"external_secrets": {}, "reloader": {"watched": ["billing"]}})},
    ),
    case(
        "platform-has-the-operators",
        ON_PLATFORM
        | {
            "workloads": [
                workload(technique="csi", secrets=[_DB]),
                workload(name="eso", technique="eso", secrets=[{**_DB, "env": "DB"}]),
            ]
        },
        f"workloads[0].technique: 'csi' needs operators.csi_driver, which stack {PLATFORM_STACK} does not"
        " publish;"
        f" configure it there, then update that stack {_AGAIN}",
        f"workloads[1].namespace: 'shop', but operators.external_secrets of stack {PLATFORM_STACK} serves"
        " 'eso' only;"
        f" change its scoped_namespace there, then update that stack {_AGAIN}",
        answers=OLD | {"platform": platform(operators={"external_secrets": {"scopedNamespace": "eso"}})},
    ),
    case(
        "platform-has-the-operators",
        ON_PLATFORM
        | {"workloads": [workload(technique="eso", kind="none", pushes=[{"name": "db", "secret": "db"}])]},
        "workloads[0].pushes: needs operators.external_secrets.push_secrets, which stack"
        f" {PLATFORM_STACK} does not set; set it there, then update that stack {_AGAIN}",
        answers=OLD | {"platform": platform(operators={"external_secrets": {}})},
    ),
    case(
        "platform-has-the-operators",
        ON_PLATFORM | {"workloads": [workload(technique="akv2k8s", secrets=[{**_DB, "env": "DB"}])]},
        f"workloads[0].technique: 'akv2k8s' needs the identity of operators.akv2k8s, which stack"
        f" {PLATFORM_STACK} does not publish; update that stack with this release of the program {_AGAIN}",
        answers=OLD | {"platform": platform(operators={"akv2k8s": {}})},
    ),
    case(
        "platform-isolation-stays",
        ON_PLATFORM | {"namespaces": [{"name": "shop", "isolated": False}]},
        f"namespaces[0].isolated: false, but stack {PLATFORM_STACK} isolates namespace 'shop'; remove this"
        " key"
        " (pulumi config rm --path 'namespaces[0].isolated')",
        answers=OLD | {"platform": platform(namespaces=["shop"], isolatedNamespaces=["shop"])},
    ),
    case(
        "vault-label-is-free",
        ON_PLATFORM
        | {"vaults": [{"name": "payments", "existing": {"name": "kv-pay", "resource_group": "rg-old"}}]},
        f"vaults[0].name: 'payments' is also the name of a vault of stack {PLATFORM_STACK}; choose another"
        " name",
        answers=OLD
        | {"vault kv-pay": vault(), "platform": platform(vaults={"payments": published_vault("kv-p")})},
    ),
    case(
        "vault-label-is-known",
        ON_PLATFORM | {"workloads": [workload(secrets=[{**_DB, "vault": "payment"}])]},
        "workloads[0].secrets[0].vault: 'payment' is neither in vaults nor a vault of stack"
        f" {PLATFORM_STACK};"
        " choose audit or payments",
        answers=OLD
        | {
            "platform": platform(
                vaults={"payments": published_vault("kv-p"), "audit": published_vault("kv-a")}
            )
        },
    ),
    case(
        "vault-label-is-known",
        ON_PLATFORM | {"workloads": [workload(secrets=[{**_DB, "vault": "payment"}])]},
        "workloads[0].secrets[0].vault: 'payment' is neither in vaults nor a vault of stack"
        f" {PLATFORM_STACK};"
        " list it in vaults, with existing",
        answers=OLD | {"platform": platform()},
    ),
    case(
        "platform-vault-policies",
        ON_PLATFORM,
        f"platform.stack: vault 'kv-old' of stack {PLATFORM_STACK} uses access policies, and that stack's"
        " next update would remove the"
        " policies that this one adds; move the vault to RBAC there as docs/migrations.md describes",
        answers=OLD | {"platform": platform(vault=published_vault("kv-old", keepsPolicies=True))},
    ),
]
