"""The key `recover` in a stack file."""

import pytest
from ruamel.yaml import YAML

from operations.errors import OperationError
from operations.restoration.stack_file import with_recovery


@pytest.mark.parametrize(
    ("text", "label", "line"),
    [
        ("config:\n  a:b: 1 # c\n", None, "    recover: true"),
        (
            "config:\n  p:vault:\n    # why\n    network:\n      public_access: true\n",
            None,
            "    recover: true",
        ),
        ("config:\n  p:vault: {}\n", None, "  p:vault: {recover: true}"),
        ('config: {"a:b": 1}\n', None, 'config: {"a:b": 1, "p:vault": {recover: true}}'),
        ('config: {"p:vault": {"sku": "a"}}\n', None, 'config: {"p:vault": {"sku": "a", recover: true}}'),
        ("config:\n  vault: {sku: standard}\n", None, "  vault: {sku: standard, recover: true}"),
        ("config:\n  p:vault:\n    recover: false # not now\n", None, "    recover: true # not now"),
        ("config:\n  p:vaults:\n    - name: eu\n      sku: standard\n", "eu", "      recover: true"),
        ("config:\n  p:vaults:\n    - {name: eu}\n", "eu", "    - {name: eu, recover: true}"),
        ("config:\n  p:vaults:\n    - name: us\n", "eu", "      recover: true"),
        ("config:\n  a:b: 1\n", "eu", "      recover: true"),
    ],
)
def test_the_key_is_set_and_nothing_else(text: str, label: str | None, line: str) -> None:
    after = with_recovery(text, "p", label)
    assert line in after.splitlines()
    before, now = YAML(typ="safe").load(text)["config"], YAML(typ="safe").load(after)["config"]
    if label is None:
        vault = now.get("p:vault") or now.get("vault")
    else:
        (vault,) = [each for each in now["p:vaults"] if each["name"] == label]
    assert vault.pop("recover") is True
    others = {key: value for key, value in now.items() if value not in ({}, [{"name": label}])}
    assert {key: value for key, value in before.items() if key in others} == {
        **others,
        **{key: value for key, value in before.items() if key in others and "vault" in key},
    }
    assert [mark for mark in ("# c", "# why", "# not now") if mark in text and mark not in after] == []


@pytest.mark.parametrize("text", ["", "config: {}\n", "config:\n  p:vault: text\n", "config: ["])
def test_a_form_that_cannot_be_changed_is_refused(text: str) -> None:
    with pytest.raises(OperationError):
        with_recovery(text, "p", None)
