"""The change of a stack file: one key, and the rest of the text as it was."""

import difflib

import pytest

from operations.errors import OperationError
from operations.rotation.stack_file import Target, with_rotation

MOMENT = "2026-11-30T10:00:00Z"
BLOCK = """\
# about the file
config:
  aks-secrets:workloads:
    - name: orders # the shop
      secrets:
        # the password
        - name: orders-db-password
          from: random # drawn
          length: 40
        - {name: other, from: random}
"""


def _added(text: str, target: Target) -> list[str]:
    after = with_rotation(text, "aks-secrets", target, MOMENT)
    return [line for line in difflib.ndiff(text.splitlines(), after.splitlines()) if line[0] in "+-"]


def test_a_secret_in_lines_gets_a_line() -> None:
    assert _added(BLOCK, Target("orders", "Orders-DB-Password")) == [f'+           rotated: "{MOMENT}"']


def test_a_secret_in_braces_gets_a_key() -> None:
    assert _added(BLOCK, Target("orders", "other")) == [
        "-         - {name: other, from: random}",
        f'+         - {{name: other, from: random, rotated: "{MOMENT}"}}',
    ]


def test_another_time_replaces_the_first() -> None:
    once = with_rotation(BLOCK, "aks-secrets", Target("orders", "other"), "2026-01-01T00:00:00Z")
    twice = with_rotation(once, "aks-secrets", Target("orders", "other"), MOMENT)
    assert twice == with_rotation(BLOCK, "aks-secrets", Target("orders", "other"), MOMENT)


@pytest.mark.parametrize(
    "text",
    [
        "config:\n  aks-secrets:base: base.yaml\n",
        "config:\n  aks-secrets:base: base.yaml\n  aks-secrets:workloads:\n    - name: billing\n",
        "config:\n  aks-secrets:base: base.yaml\n  workloads:\n  - name: orders\n    namespace: o\n",
        "config:\n  aks-secrets:workloads:\n    - name: orders\n      secrets:\n        - name: other\n",
        "config:\n  aks-secrets:workloads:\n    - {name: orders, image: x}\n",
    ],
    ids=["no workloads", "another workload", "no secrets", "another secret", "a workload in braces"],
)
def test_a_secret_of_the_base_file_is_named_in_the_stack_file(text: str) -> None:
    from ruamel.yaml import YAML

    after = YAML(typ="safe").load(with_rotation(text, "aks-secrets", Target("orders", "db", "eu"), MOMENT))
    workloads = after["config"].get("aks-secrets:workloads") or after["config"]["workloads"]
    (orders,) = [workload for workload in workloads if workload["name"] == "orders"]
    assert {"name": "db", "vault": "eu", "rotated": MOMENT} in orders["secrets"]
    before = YAML(typ="safe").load(text)
    assert after["config"].keys() - before["config"].keys() <= {"aks-secrets:workloads"}


@pytest.mark.parametrize(
    "text", ["config: {a: b}\n", "other: 1\n", "config: [\n", "config:\n  aks-secrets:workloads: []\n", ""]
)
def test_a_form_that_cannot_be_changed_is_refused(text: str) -> None:
    with pytest.raises(OperationError):
        with_rotation(text, "aks-secrets", Target("orders", "db"), MOMENT)


def test_line_ends_of_windows_stay() -> None:
    text = BLOCK.replace("\n", "\r\n")
    after = with_rotation(text, "aks-secrets", Target("orders", "other"), MOMENT)
    assert after.replace("\r\n", "\n") == with_rotation(
        BLOCK, "aks-secrets", Target("orders", "other"), MOMENT
    )
