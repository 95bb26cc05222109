"""Settings that stages share, on the real engine: values of Pulumi.yaml, and a base file."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from aks_secrets_testing import build_stack
from rehearsal.engine import find_engine
from rehearsal.simulator_process import REPOSITORY, Simulators
from stacks.settings.base.project_file import project_values
from stacks.settings.base.yaml_document import parse
from tests.support.forks import Forks
from tests.support.rehearse import Rehearsal
from tests.support.small_program import program

pytestmark = pytest.mark.engine

SCALARS = (
    "yes no on off y n True TRUE true false ~ null Null NULL x 0777 0o17 0O17 0x1F 0X1f 1_000 "
    "0b11 0B11 -5 +5 1.5 1e3 1E3 .5 5. 1:30 0123abc 09 1.0 1.10 -0 0.0 1e400 1.0e+2 1e-7 -0x1F "
    "0o8 0x -1_0 1_0.5 .5e3 0b2 +0x1 00 0_7 1__0 _1 -.5 +.5 . + -x 1.2.3 1_ 0x_1f 0_x1 -0o7 1e "
    "1e+ 0.1e-2 '5' \"5\" = << a:b 1:2:3 08 -08 .e3 1. 127.0.0.1 2_0.0_1 12345678 "
    "2027-01-31 2027-1-3 2027-02-30 20270131 2027-01-31T00:00:00Z 2027-01-31T01:02:03 2027-01-31t1:2:3Z "
    "2027-01-31T01:02:03.50Z 2027-01-31T01:02:03.123456789-05:30 2027-01-31T25:00:00Z 2027-01-31T01:02"
)
PROJECT = """\
name: shop
runtime: python
config:
  aws:region: eu-central-1
  azure-native:location: {value: westeurope}
  shop:only-here: {value: {a: 1, b: [x, {c: true}]}}
  shop:in-both: {value: {a: 1, b: 2}}
  shop:a-default: {default: [1, 2]}
  shop:a-hidden-default: {default: {a: 1}}
  shop:text: {value: "5"}
"""
STACK = f"""\
config:
  shop:in-both: {{b: 3}}
  shop:a-hidden-default: {{b: 2}}
  shop:scalars: [{", ".join(SCALARS.split())}, !!str 5, !!int "5", "a # b",
    2027-01-31 01:02:03, 2027-01-31 01:02:03.5, 2027-01-31 01:02:03Z]
  shop:merged: {{x: &x {{a: 1, b: 2}}, y: {{<<: *x, b: 3}}, 1: one, true: two, 1.5: three}}
  shop:block: "line\\n  second"
"""


def cli_config(folder: Path, project: str, stack: str) -> dict[str, Any]:
    """The config that the engine gives to a program: key → text."""
    (folder / "Pulumi.yaml").write_text(project)
    (folder / "Pulumi.dev.yaml").write_text(stack)
    environment = os.environ | {
        "PULUMI_BACKEND_URL": folder.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "none",
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    for command in (["stack", "init", "dev"], ["config", "--json", "--stack", "dev"]):
        engine = [str(find_engine()), *command]
        done = subprocess.run(engine, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return {key: entry["value"] for key, entry in json.loads(done.stdout).items()}


def test_a_base_file_is_read_and_pulumi_yaml_is_merged_as_the_engine_does_it(tmp_path: Path) -> None:
    """The engine merges whole keys: one of the stack file replaces that of Pulumi.yaml."""
    printed = cli_config(tmp_path, PROJECT, STACK)
    stack = parse(STACK).value["config"]
    whole = {**{key: declared.value for key, declared in project_values(tmp_path).items()}, **stack}
    assert printed.keys() == whole.keys()
    values = {key: text if isinstance(whole[key], str) else json.loads(text) for key, text in printed.items()}
    assert values == whole
    scalars = zip(SCALARS.split(), values["shop:scalars"], whole["shop:scalars"], strict=False)
    assert [word for word, engine, base in scalars if type(engine) is not type(base)] == []
    assert json.loads(printed["shop:in-both"]) == {"b": 3}


def test_a_rehearsal_has_the_values_of_pulumi_yaml(tmp_path: Path, forks: Forks) -> None:
    exports = "pulumi.export('tags', config.get_object('tags'))\npulumi.export('own', config.get('own'))\n"
    text = f"import pulumi\nconfig = pulumi.Config()\n{exports}"
    small = program(tmp_path / "app", text, "config: {app:own: stack}\n", forks)
    project = "name: app\nruntime: python\nconfig:\n  tags: {value: {team: shop}}\n  own: {value: project}\n"
    (small.folder / "Pulumi.yaml").write_text(project)
    assert small.document("up", "--skip-preview")["outputs"] == {"tags": {"team": "shop"}, "own": "stack"}


def test_stages_come_up_and_have_the_resources_of_their_builds(
    tmp_path: Path, simulators: Simulators
) -> None:
    stage = Rehearsal.of("examples/stages/Pulumi.prod.yaml", tmp_path, simulators)
    stage.stack = "prod"
    made = stage.up().document
    built = build_stack(REPOSITORY / "examples/stages/Pulumi.prod.yaml")
    assert {(resource.type, resource.name) for resource in built.resources} == {
        (resource["type"], resource["name"])
        for resource in made["resources"]
        if resource["type"] != "pulumi:pulumi:Stack" and not resource["name"].startswith("default")
    }
    images = {row["name"]: row.get("image") for row in stage.config["aks-secrets:workloads"]}
    assert images == {"api": None, "load-generator": None}, "the stage says no image"
    assert stage.up().summary == {}
    stage.config["aks-secrets:workloads"] = [{"name": "api", "image": "registry.example/shop/api:2.4.0"}]
    changed = stage.up()
    assert changed.changes["update"] == ["api-deployment"]
    assert [name for name in changed.changes["create"] if not name.startswith("load-generator")] == []
