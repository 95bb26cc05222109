"""Rights in the cluster and stores of Dapr that are changed in one place: what comes first, and its words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.trust.proofs.changing import Changed, ids

_ACCOUNT = {"kind": "ServiceAccount", "name": "app", "namespace": "shop"}


def _and(entry: Any) -> Any:
    return lambda old: [*(old or []), entry]


RIGHTS = [
    Changed(
        "RoleBinding::copied-token-role-binding",
        ("subjects",),
        _and({"kind": "Group", "name": "system:serviceaccounts", "apiGroup": "rbac.authorization.k8s.io"}),
        "eso-token-right",
        "also gives Group 'system:serviceaccounts' tokens of its ServiceAccounts",
        "copied",
    ),
    Changed(
        "Role::copied-token-role",
        ("rules",),
        _and({"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}),
        "eso-token-right",
        "Role 'copied-external-secrets' allows more than tokens",
        "copied",
    ),
    *(
        Changed(
            "RoleBinding::copied-token-role-binding",
            ("subjects",),
            [subject],
            "bindings-reveal-no-secrets",
            f"RoleBinding 'copied-external-secrets' lets {who} read Secrets and make pods and request tokens"
            " in namespace 'shop'",
            workload,
            more=((("roleRef",), {"kind": "ClusterRole", "name": role}),),
            added=True,
        )
        for subject, role, who, workload in (
            (_ACCOUNT, "cluster-admin", "ServiceAccount 'shop/app'", "app"),
            (_ACCOUNT, "edit", "ServiceAccount 'shop/app'", "app"),
            (
                {"kind": "Group", "name": "system:serviceaccounts:shop"},
                "admin",
                "group 'system:serviceaccounts:shop'",
                "",
            ),
        )
    ),
]
DAPR = [
    Changed(
        "Component::cart-component",
        ("spec", "metadata"),
        _and({"name": "azureTenantId", "value": "99999999-0000-4000-8000-000000000009"}),
        "dapr-store-identity",
        "names tenant '99999999-0000-4000-8000-000000000009', and the ServiceAccount",
        "cart",
    ),
    Changed(
        "Component::cart-component",
        ("auth",),
        {"secretStore": "kubernetes"},
        "dapr-store-identity",
        "Component 'cart-key-vault' takes its own settings from the secret store 'kubernetes'",
        "cart",
    ),
]


@pytest.mark.parametrize("case", [*RIGHTS, *DAPR], ids=ids)
def test_the_cause_comes_first(case: Changed) -> None:
    case.check()


def test_people_may_read_what_the_settings_give_them() -> None:
    user = {"kind": "User", "name": "anna@example.com", "apiGroup": "rbac.authorization.k8s.io"}
    role = {"kind": "ClusterRole", "name": "admin"}
    binding = Changed(
        "RoleBinding::copied-token-role-binding",
        ("subjects",),
        [user],
        "",
        "",
        "",
        more=((("roleRef",), role),),
        added=True,
    )
    assert binding.verdicts() == []
