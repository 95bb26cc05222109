"""Names stay within Azure's limits."""

import re
import uuid

import pytest

from components import naming, resource_ids

_STACKS = [
    "dev",
    "a",
    "pr-1234",
    "feature.a_very_long_stack_name-" + "x" * 60,
    "UPPER",
    "with--two",
    "9",
    "dev.",
    "v1.-",
]


@pytest.mark.parametrize("stack", _STACKS)
def test_names_keep_to_the_rules_of_their_resource(stack: str) -> None:
    assert re.fullmatch(r"[-\w.()]{0,89}[-\w()]", naming.resource_group("aks-secrets", stack))
    assert re.fullmatch(r"[a-zA-Z0-9]([-\w]{0,61}[a-zA-Z0-9])?", naming.cluster(stack))
    assert re.fullmatch(
        r"[a-zA-Z0-9]([-a-zA-Z0-9]{0,52}[a-zA-Z0-9])?", naming.dns_prefix(naming.cluster(stack))
    )
    assert re.fullmatch(r"(?=.{3,24}$)[a-zA-Z](-?[a-zA-Z0-9])+", naming.vault("sub", "aks-secrets", stack))
    assert re.fullmatch(r"[^/&%\\?<>:+]{0,259}[^/&%\\?<>:+ .]", naming.action_group(stack))
    assert re.fullmatch(r"[a-zA-Z0-9-]{3,50}", naming.system_topic(naming.vault("sub", "aks-secrets", stack)))
    assert re.fullmatch(r"[a-zA-Z0-9][-\w]{2,127}", naming.identity("aks-secrets", stack, "shop"))
    assert re.fullmatch(r"[a-zA-Z0-9][-\w]{2,127}", naming.control_plane_identity(naming.cluster(stack)))


@pytest.mark.parametrize("account", ["shop", "shop.reader", "x" * 253])
def test_a_credential_name_keeps_to_its_rule(account: str) -> None:
    for name in (
        naming.federated_credential("n" * 63, account),
        naming.shared_identity_credential("n" * 63, account, _cluster_id("c" * 63)),
    ):
        assert re.fullmatch(r"[a-zA-Z0-9][-\w]{2,119}", name)


def test_long_names_that_begin_alike_stay_apart() -> None:
    assert naming.identity("p", "s", "w" * 150 + "1") != naming.identity("p", "s", "w" * 150 + "2")


def test_credentials_of_accounts_that_would_read_alike_stay_apart() -> None:
    assert naming.federated_credential("a-b", "c") != naming.federated_credential("a", "b-c")
    assert naming.federated_credential("a", "b.c") != naming.federated_credential("a", "b-c")


def test_credentials_of_accounts_in_clusters_of_one_name_stay_apart() -> None:
    blue, green = (_cluster_id("aks-one", group) for group in ("rg-blue", "rg-green"))
    names = {naming.shared_identity_credential("shop", "api", id_) for id_ in (blue, green)}
    assert len(names) == 2
    assert naming.shared_identity_credential("shop", "api", blue.replace("Groups", "groups")) in names, (
        "AKS returns ids in both spellings"
    )


def _cluster_id(name: str, group: str = "rg") -> str:
    return resource_ids.cluster_id("sub", group, name)


def test_receivers_whose_addresses_would_read_alike_stay_apart() -> None:
    assert naming.email_receiver("a.b@example.com") != naming.email_receiver("a-b@example.com")
    assert naming.email_receiver("Ops@example.com") == naming.email_receiver("ops@example.com")


def test_a_vault_name_differs_by_subscription_and_stays_the_same() -> None:
    assert naming.vault("one", "p", "dev") != naming.vault("two", "p", "dev")
    assert naming.vault("one", "p", "dev") == naming.vault("one", "p", "dev")


def test_a_grant_has_one_name_whatever_the_case_of_its_ids() -> None:
    name = naming.role_assignment("/subscriptions/A", "role", "PRINCIPAL")
    assert name == naming.role_assignment("/SUBSCRIPTIONS/a", "ROLE", "principal")
    assert uuid.UUID(name).version == 5
    assert name != naming.role_assignment("/subscriptions/B", "role", "PRINCIPAL")
