"""`operations settings`: what is in effect, and where each value stands."""

import json
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner, Result

from operations.cli import app
from rehearsal.simulator_process import REPOSITORY
from tests.support.plan import STACK_FILES

PROJECT = """\
name: aks-secrets
config:
  aks-secrets:tags:
    value: {application: shop, "1": one}
  aks-secrets:vault:
    default: {}
  aks-secrets:people: {value: {current: true}}
"""
BASE = """\
config:
  aks-secrets:cluster:
    tier: Free
    system_pool: {vm_size: Standard_D2s_v5, count: 2}
  workloads:
    - name: cart
      namespace: shop
      technique: sdk
      image: registry.example/cart:1
      command: ["/bin/cart", "--color=#fff"]
      secrets:
        - {name: mail-token, from: config}
    - {name: mail, namespace: shop, technique: sdk, kind: none}
"""
STACK = """\
config:
  azure-native:location: westeurope
  azure-native:subscriptionId: 5b5c5c5b-0000-4000-8000-00000000000b
  aks-secrets:base: base.yaml
  aks-secrets:cluster:
    system_pool: {count: 1}
  aks-secrets:workloads:
    - name: cart
      image: registry.example/cart:2
    - {name: mail, $patch: delete}
  secret-values:mail-token:
    secure: v1:hunter2
"""
TEXT = """\
azure-native:location: westeurope                                   # Pulumi.dev.yaml:2
azure-native:subscriptionId: 5b5c5c5b-0000-4000-8000-00000000000b   # Pulumi.dev.yaml:3
secret-values:mail-token: "[secret]"                                # Pulumi.dev.yaml:11
aks-secrets:base: base.yaml                                         # Pulumi.dev.yaml:4
aks-secrets:cluster:
  tier: Free                                                        # base.yaml:3
  system_pool:
    vm_size: Standard_D2s_v5                                        # base.yaml:4
    count: 1                                                        # Pulumi.dev.yaml:6
aks-secrets:workloads:
  - name: cart                                                      # Pulumi.dev.yaml:8
    namespace: shop                                                 # base.yaml:7
    technique: sdk                                                  # base.yaml:8
    image: registry.example/cart:2                                  # Pulumi.dev.yaml:9
    command: [/bin/cart, "--color=#fff"]                            # base.yaml:10
    secrets:
      - name: mail-token                                            # base.yaml:12
        from: config                                                # base.yaml:12
aks-secrets:people:
  current: true                                                     # Pulumi.yaml:7
aks-secrets:tags:
  application: shop                                                 # Pulumi.yaml:4
  "1": one                                                          # Pulumi.yaml:4
"""


def settings(folder: Path, *arguments: str) -> Result:
    done = CliRunner().invoke(app, ["settings", "--stack", "dev", "--program", str(folder), *arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert "hunter2" not in done.output
    return done


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {"Pulumi.yaml": PROJECT, "base.yaml": BASE, "Pulumi.dev.yaml": STACK}.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_each_value_is_shown_with_its_place(folder: Path) -> None:
    done = settings(folder)
    assert done.exit_code == 0, done.output
    assert done.stdout.split() == TEXT.split()
    assert "values are the program's defaults; --defaults shows them" in done.stderr


def test_defaults_and_rows_for_scripts(folder: Path) -> None:
    shown = YAML(typ="safe").load(settings(folder, "--defaults").stdout)
    assert shown["aks-secrets:vault"]["sku"] == "standard"
    assert shown["aks-secrets:workloads"][0]["replicas"] == 1
    document = json.loads(settings(folder, "--json").stdout)
    rows = {row["path"]: row for row in document["settings"]}
    assert rows["aks-secrets:cluster.tier"] == {
        "path": "aks-secrets:cluster.tier",
        "value": "Free",
        "source": "base",
        "file": "base.yaml",
        "line": 3,
    }
    assert rows["aks-secrets:workloads[0].image"]["source"] == "stack"
    assert rows["aks-secrets:tags.application"]["source"] == "project"
    sku = {"path": "aks-secrets:vault.sku", "value": "standard", "source": "default"}
    assert rows["aks-secrets:vault.sku"] == sku
    assert rows["secret-values:mail-token"]["value"] == "[secret]"
    assert document["problems"] == []


def test_a_refusal_names_file_and_line_of_either_file(folder: Path) -> None:
    (folder / "base.yaml").write_text(BASE.replace("Free", "Fre"))
    (folder / "Pulumi.dev.yaml").write_text(STACK.replace("count: 1", "count: x"))
    done = settings(folder)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "2 problems in the settings of dev; nothing was registered",
        "  base.yaml:3: cluster.tier: unknown tier 'Fre'; choose Free, Standard or Premium"
        " (pulumi config set --path 'cluster.tier' Free)",
        "  Pulumi.dev.yaml:6: cluster.system_pool.count: got 'x';"
        " write a whole number, without quotes, in the stack file",
    ]
    done = settings(folder, "--json")
    assert (done.exit_code, len(json.loads(done.stdout)["problems"])) == (1, 2)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "there is no file {file}; name one with --config-file"),
        ("config: {a: 1, a: hunter2}\n", "{file}:1: a key is listed twice"),
        ("- hunter2\n", "{file} holds no keys; write them below config"),
        ("config: hunter2\n", "{file}:1: config should hold keys with values"),
        (b"\xff\xfe", "{file} cannot be read: it is not UTF-8"),
    ],
)
def test_a_stack_file_that_cannot_be_read_is_told_in_one_line(folder: Path, text: Any, problem: str) -> None:
    file = folder / "other.yaml"
    if text is not None:
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    done = settings(folder, "--config-file", str(file))
    assert (done.exit_code, done.stderr) == (1, f"error: {problem.format(file=file)}\n")


def test_without_a_project_there_is_one_line(folder: Path) -> None:
    (folder / "Pulumi.yaml").unlink()
    done = settings(folder)
    missing = folder / "Pulumi.yaml"
    assert done.stderr == f"error: there is no Pulumi project: {missing} is missing, or has no name\n"


@pytest.mark.servers
@pytest.mark.parametrize("path", STACK_FILES, ids=lambda path: path.stem)
def test_what_is_shown_is_what_the_file_says(path: Path) -> None:
    """Read back, the text has every value of a shipped stack file."""
    done = settings(REPOSITORY, "--config-file", str(path))
    assert done.exit_code == 0, done.output
    shown = YAML(typ="safe").load(done.stdout)
    config = YAML(typ="safe").load(path)["config"]
    if "aks-secrets:base" in config:
        assert len(done.stdout.splitlines()) > 40
    else:
        secret = [key for key, value in config.items() if isinstance(value, dict) and "secure" in value]
        config |= dict.fromkeys(secret, "[secret]")
        assert {key: shown[key] for key in config} == config


def test_the_difference_of_two_stages_names_the_items_of_lists(folder: Path) -> None:
    """An item that one stage leaves out moves the others, and is the only one that differs."""
    stage = STACK.replace("{name: mail, $patch: delete}", "{name: mail}").replace("cart:2", "cart:3")
    (folder / "Pulumi.prod.yaml").write_text(stage.replace("count: 1", "count: 2"))
    more = "    - {name: first, namespace: shop, technique: sdk, kind: none}\n"
    (folder / "base.yaml").write_text(BASE.replace("  workloads:\n", f"  workloads:\n{more}"))
    dev = STACK.replace("  secret-values", "    - {name: first, $patch: delete}\n  secret-values")
    (folder / "Pulumi.dev.yaml").write_text(dev)
    document = json.loads(settings(folder, "--diff", "prod", "--json").stdout)
    rows = {row["path"]: row for row in document["differences"] if "workloads[first]" not in row["path"]}
    assert {path for path in rows if "workloads[mail]" not in path} == {
        "aks-secrets:cluster.system_pool.count",
        "aks-secrets:workloads[cart].image",
    }
    count = {"value": 2, "source": "stack", "file": "Pulumi.prod.yaml", "line": 6}
    assert rows["aks-secrets:cluster.system_pool.count"]["second"] == count
    mail = {path: row["first"] for path, row in rows.items() if "workloads[mail]" in path}
    names = ("name", "namespace", "technique", "kind")
    assert mail == {f"aks-secrets:workloads[mail].{name}": None for name in names}, "no defaults of the item"
    table = settings(folder, "--diff", str(folder / "Pulumi.prod.yaml")).stdout
    assert "registry.example/cart:2  # Pulumi.dev.yaml:9" in table
    assert "values differ" in table


def test_a_stack_does_not_differ_from_itself(folder: Path) -> None:
    assert json.loads(settings(folder, "--diff", "dev", "--json").stdout)["differences"] == []


def test_a_refusal_of_the_other_stack_is_reported(folder: Path) -> None:
    (folder / "Pulumi.prod.yaml").write_text(STACK.replace("count: 1", "count: x"))
    done = settings(folder, "--diff", "prod")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("1 problem in the settings of prod; nothing was registered")
    assert "  Pulumi.prod.yaml:6: cluster.system_pool.count: got 'x'" in done.stderr
