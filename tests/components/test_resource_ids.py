"""Ids are parsed without loss, and nowhere but in components/resource_ids.py."""

import ast
import re
from pathlib import Path

import pytest

from components import resource_ids
from components.resource_ids import ArmId, KeyId

ROOT = Path(__file__).parents[2]
SUBNET = "/subscriptions/S/resourcegroups/rg-net/providers/Microsoft.Network/virtualNetworks/v/subnets/nodes"


def test_an_id_has_the_parts_that_it_spells() -> None:
    subnet = ArmId.parse(SUBNET)
    assert (subnet.subscription_id, subnet.resource_group) == ("S", "rg-net")
    assert (subnet.type, subnet.names) == ("Microsoft.Network/virtualNetworks/subnets", ("v", "nodes"))
    assert (subnet.name, subnet.parent.name) == ("nodes", "v")


def test_an_id_keeps_its_spelling() -> None:
    """ARM ignores case, but Pulumi compares text: an id in other letters would be another scope, and replace
    a role assignment.
    """
    assert ArmId.parse(SUBNET).format() == SUBNET
    assert resource_ids.network_of_subnet(SUBNET) == SUBNET.removesuffix("/subnets/nodes")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "vnet",
        "/subscriptions/S",
        "/subscriptions/S/resourceGroups/rg",
        "/subscriptions/S/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks",
        "x" + SUBNET,
        SUBNET + "/",
    ],
)
def test_other_text_is_not_an_id(text: str) -> None:
    with pytest.raises(ValueError, match="is not the ARM id of a resource"):
        ArmId.parse(text)


def test_a_resource_without_a_parent_resource_has_no_parent() -> None:
    with pytest.raises(ValueError, match="is not the ARM id of a resource"):
        _ = ArmId.parse(resource_ids.vault_id("S", "rg", "kv")).parent


def test_what_is_built_can_be_parsed() -> None:
    for build in (
        resource_ids.virtual_network_id,
        resource_ids.vault_id,
        resource_ids.workspace_id,
        resource_ids.action_group_id,
        resource_ids.identity_id,
    ):
        built = ArmId.parse(build("S", "rg", "thing"))
        assert (built.subscription_id, built.resource_group, built.names) == ("S", "rg", ("thing",))
    secret = ArmId.parse(resource_ids.child_id(resource_ids.vault_id("S", "rg", "kv"), "secrets", "db"))
    assert (secret.type, secret.names) == ("Microsoft.KeyVault/vaults/secrets", ("kv", "db"))


def test_a_key_is_of_a_vault_and_has_a_version() -> None:
    assert KeyId.parse("https://kv-x.vault.azure.net/keys/etcd/0a1b") == KeyId("kv-x", "etcd", "0a1b")
    with pytest.raises(ValueError, match="is not the id of a key's version"):
        KeyId.parse("https://kv-x.vault.azure.net/keys/etcd")


def _sources() -> list[Path]:
    files = [path for folder in ("components", "stacks") for path in (ROOT / folder).rglob("*.py")]
    assert len(files) > 100
    return [path for path in files if path != ROOT / "components" / "resource_ids.py"]


def _handmade(tree: ast.AST) -> list[int]:
    """Lines that split text at a slash by position, or that begin an id."""
    lines: list[int] = []
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="split" | "rsplit"), args=[ast.Constant(value=str(at)), *_]
            ):
                if at.startswith("/"):
                    lines.append(node.lineno)
            case ast.JoinedStr(values=[ast.Constant(value=str(begin)), *_]):
                if re.match(r"/subscriptions/", begin, re.IGNORECASE):
                    lines.append(node.lineno)
            case _:
                pass
    return sorted(lines)


def test_no_other_module_builds_or_splits_an_id() -> None:
    assert _handmade(ast.parse('group = vault_id.split("/")[4]\nmade = f"/subscriptions/{group}"')) == [1, 2]
    handmade = {
        str(path.relative_to(ROOT)): lines
        for path in _sources()
        if (lines := _handmade(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert handmade == {}, "use components.resource_ids"
