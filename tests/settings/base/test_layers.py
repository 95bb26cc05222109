"""Base file, Pulumi.yaml and stack file together: what results, where a problem is, what mends it."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from aks_secrets_testing.stacks import as_config
from rehearsal.simulator_process import REPOSITORY
from stacks.settings.loader import read, report
from stacks.settings.validation.problems import Problem
from tests.settings.cases import Case, document
from tests.settings.samples import techniques
from tests.settings.test_commands import Config, faults_of_commands, offered
from tests.settings.test_refused import CASES_BY_FILE
from tests.settings.test_secrecy import MARKERS, config_of, is_shown, with_wrongs
from tests.support.walk import positions

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
EVERY = 1 if os.environ.get("SWEEP") == "all" else 10
BASE = """\
config:
  aks-secrets:cluster:
    tier: Free
    system_pool: {vm_size: Standard_D2s_v5}
  aks-secrets:workloads:
    - {name: cart, namespace: shop, technique: sdk, image: "registry.example/cart:1"}
    - {name: mail, namespace: shop, technique: sdk, kind: none}
"""
DECLARED = {
    **{f"aks-secrets:{key}": {} for key in ("cluster", "vault", "operators", "people", "tags")},
    **{f"aks-secrets:{key}": [] for key in ("vaults", "workloads", "identities", "namespaces")},
}
"""The additions of the engine to a stack file: the empty defaults of Pulumi.yaml."""


def problems(folder: Path, config: Mapping[str, Any], secret: tuple[str, ...] = ()) -> list[Problem]:
    return read("aks-secrets", "dev", as_config({**DECLARED, **config}), secret.__contains__, folder)[1]


def stack_file(folder: Path, base: str, **keys: Any) -> dict[str, Any]:
    """A stack file over a base file of this text."""
    (folder / "base.yaml").write_text(base, encoding="utf-8")
    own = {f"aks-secrets:{key}": value for key, value in keys.items()}
    return {"azure-native:location": "westeurope", "aks-secrets:base": "base.yaml", **own}


def messages(folder: Path, base: str, **keys: Any) -> list[str]:
    return [str(problem) for problem in problems(folder, stack_file(folder, base, **keys))]


def test_a_stage_says_an_image_tag_and_nothing_else(tmp_path: Path) -> None:
    config = stack_file(tmp_path, BASE, workloads=[{"name": "cart", "image": "registry.example/cart:2"}])
    settings, refusals = read("aks-secrets", "dev", as_config(config), lambda _: False, tmp_path)
    assert refusals == []
    assert settings is not None
    images = {workload.name: workload.image for workload in settings.workloads}
    assert images == {"cart": "registry.example/cart:2", "mail": None}


def test_the_settings_are_those_of_one_file_with_all_of_it(tmp_path: Path) -> None:
    stack = stack_file(
        tmp_path, BASE, cluster={"tier": "Standard"}, workloads=[{"name": "mail", "$patch": "delete"}]
    )
    cart = {"name": "cart", "namespace": "shop", "technique": "sdk", "image": "registry.example/cart:1"}
    whole = {
        "azure-native:location": "westeurope",
        "aks-secrets:cluster": {"tier": "Standard", "system_pool": {"vm_size": "Standard_D2s_v5"}},
        "aks-secrets:workloads": [cart],
    }
    merged = read("aks-secrets", "dev", as_config(stack), lambda _: False, tmp_path)[0]
    by_hand = read("aks-secrets", "dev", as_config(whole), lambda _: False, tmp_path)[0]
    assert merged is not None
    assert merged.model_copy(update={"base": None}) == by_hand


def test_a_problem_names_the_file_and_the_line_in_which_the_value_stands(tmp_path: Path) -> None:
    wrong = BASE.replace("Free", "Fre").replace("technique: sdk, kind", "technique: sdkk, kind")
    assert messages(tmp_path, wrong, workloads=[{"name": "cart", "port": 70000}]) == [
        "base.yaml:3: cluster.tier: unknown tier 'Fre'; choose Free, Standard or Premium"
        " (pulumi config set --path 'cluster.tier' Free)",
        "stack file: workloads[0].port: 70000 as a port is out of range; choose 1 to 65535"
        " (pulumi config set --path 'workloads[0].port' 65535)",
        "base.yaml:7: workloads[1].technique: unknown technique 'sdkk';"
        f" choose {techniques()}"
        " (pulumi config set --config-file base.yaml --path 'workloads[1].technique' sdk)",
    ]


def test_a_command_has_the_index_of_the_stack_file(tmp_path: Path) -> None:
    stage = [{"name": "mail"}, {"name": "cart", "port": 70000}]
    config = stack_file(tmp_path, BASE, workloads=stage)
    (message,) = messages(tmp_path, BASE, workloads=stage)
    assert message.startswith("stack file: workloads[1].port: ")
    assert message.endswith("(pulumi config set --path 'workloads[1].port' 65535)")
    assert list(faults_of_commands((with_base(tmp_path, config), ()), _reader(tmp_path))) == []


def test_a_command_changes_a_value_of_the_base_in_the_item_that_the_stack_file_has(tmp_path: Path) -> None:
    wrong = BASE.replace("cart:1", 'cart:1", port: 70000, kind: "Deployment')
    stage = [{"name": "mail"}, {"name": "cart"}]
    config = stack_file(tmp_path, wrong, workloads=stage)
    (message,) = messages(tmp_path, wrong, workloads=stage)
    assert message == (
        "base.yaml:6: workloads[0].port: 70000 as a port is out of range; choose 1 to 65535"
        " (pulumi config set --path 'workloads[1].port' 65535)"
    )
    assert list(faults_of_commands((with_base(tmp_path, config), ()), _reader(tmp_path))) == []
    (alone,) = messages(tmp_path, wrong)
    assert alone.endswith(
        "choose 1 to 65535 (pulumi config set --config-file base.yaml --path 'workloads[0].port' 65535)"
    ), "no single command names an item in the stack file and changes it"
    assert (
        list(faults_of_commands((with_base(tmp_path, stack_file(tmp_path, wrong)), ()), _reader(tmp_path)))
        == []
    )
    (unprefixed,) = messages(tmp_path, wrong.replace("aks-secrets:", ""))
    assert unprefixed.endswith("choose 1 to 65535"), "the CLI would write the key with the project's name"


def test_an_unknown_key_is_reported_where_it_stands(tmp_path: Path) -> None:
    unknown = "  aks-secrets:clsuter: {}\n  hunter2: 5\n"
    texts = messages(tmp_path, BASE + unknown, vautl={})
    assert [text.partition("; choose")[0] for text in texts] == [
        "stack file: vautl: unknown key; did you mean 'vault'? rename it in the stack file",
        "base.yaml:8: clsuter: unknown key; did you mean 'cluster'? rename it in base.yaml",
        "base.yaml:9: aks-secrets:…: unknown key, which is not shown here",
    ]


def test_an_empty_section_of_the_base_is_reported_although_pulumi_yaml_has_its_default(
    tmp_path: Path,
) -> None:
    assert messages(tmp_path, BASE + "  aks-secrets:vault:\n  aks-secrets:people: hunter2\n") == [
        "base.yaml:8: vault: is empty; write {} or leave the key out for its defaults",
        "base.yaml:9: people: got text; write keys with values below it in base.yaml,"
        " or use `pulumi config set --path`",
    ]


def test_a_default_of_pulumi_yaml_does_not_hide_the_base(tmp_path: Path) -> None:
    """The engine passes it as if the stack file had it, so the program refuses what it cannot tell apart."""
    project = "name: aks-secrets\nconfig:\n  aks-secrets:composition:\n    default: all-in-one\n"
    (tmp_path / "Pulumi.yaml").write_text(project)
    base = BASE + "  aks-secrets:composition: platform\n"
    assert messages(tmp_path, base, composition="all-in-one")[:1] == [
        "Pulumi.yaml:4: composition: has a default here, which would replace the value of base.yaml;"
        " remove that default"
    ]
    declared = (REPOSITORY / "Pulumi.yaml").read_text(encoding="utf-8")
    assert "default: {}" in declared
    (tmp_path / "Pulumi.yaml").write_text(declared)
    assert messages(tmp_path, base, workloads={"$patch": "delete"}) == []


def test_a_value_of_pulumi_yaml_is_reported_there_and_no_command_hides_the_rest_of_it(tmp_path: Path) -> None:
    """`pulumi config set --path` would write a key of the stack file with this one value in it."""
    project = "name: aks-secrets\nconfig:\n  aks-secrets:vault:\n    value: {name: kv-shop, sku: premuim}\n"
    (tmp_path / "Pulumi.yaml").write_text(project)
    vault = {"name": "kv-shop", "sku": "premuim"}
    cluster = {"system_pool": {"vm_size": "Standard_D2s_v5"}}
    plain = {
        "azure-native:location": "westeurope",
        "aks-secrets:cluster": cluster,
        "aks-secrets:vault": vault,
    }
    text = "Pulumi.yaml:4: vault.sku: unknown sku 'premuim'; choose standard or premium"
    assert [str(problem) for problem in problems(tmp_path, plain)] == [text]
    assert messages(tmp_path, BASE, vault=vault) == [text]


def test_a_key_that_the_base_sets_is_removed_by_a_directive(tmp_path: Path) -> None:
    (message,) = messages(tmp_path, BASE.replace("tier: Free", "tier: Free\n    unwanted: 1"))
    assert message.startswith('base.yaml:4: cluster["…"]: unknown key, which is not shown here')
    network = BASE + "  aks-secrets:vault: {network: {public: true}}\n"
    (message,) = messages(tmp_path, network)
    assert message.endswith("""(pulumi config set --path 'vault.network.public["$patch"]' delete)""")


def test_a_secret_section_is_reported_and_not_merged(tmp_path: Path) -> None:
    config = stack_file(tmp_path, BASE, cluster={"tier": "hunter2"})
    (problem,) = problems(tmp_path, config, ("aks-secrets:cluster",))
    assert str(problem).startswith("stack file: cluster: holds an encrypted value")


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    assert messages(tmp_path, BASE) == []
    assert len(messages(tmp_path, BASE.replace("Free", "Gold"))) == 1


def _reader(folder: Path) -> Callable[[Config], list[Problem]]:
    """Reads a stack file, and before it writes its base file as commands have left that."""

    def problems_of(config: Config) -> list[Problem]:
        stack = dict(config[0])
        if "base.yaml" in stack:
            (folder / "base.yaml").write_text(
                json.dumps({"config": stack.pop("base.yaml")}, indent=1), encoding="utf-8"
            )
        return problems(folder, stack, config[1])

    return problems_of


def in_a_base_file(folder: Path, config: Mapping[str, Any], secret: tuple[str, ...]) -> dict[str, Any]:
    """The same settings, all of the program's own keys in a base file."""
    own = {
        key: value for key, value in config.items() if key.startswith("aks-secrets:") and key not in secret
    }
    (folder / "base.yaml").write_text(json.dumps({"config": own}, indent=1), encoding="utf-8")
    return {**{key: config[key] for key in config.keys() - own}, "aks-secrets:base": "base.yaml"}


def with_base(folder: Path, stack: Mapping[str, Any]) -> dict[str, Any]:
    """The stack file and its base file, which commands change too."""
    return {
        **stack,
        "base.yaml": yaml.load((folder / "base.yaml").read_text(encoding="utf-8"), Loader=_LOADER)["config"],
    }


@pytest.mark.parametrize(
    ("path", "cases"),
    [(path, cases) for path, cases in CASES_BY_FILE.items() if path.parent != Path(__file__).parent],
    ids=lambda item: item.stem if isinstance(item, Path) else "",
)
def test_a_base_file_is_refused_like_a_stack_file_and_its_commands_mend(
    path: Path, cases: list[Case], tmp_path: Path
) -> None:
    """``SWEEP=all`` in the environment takes all cases."""
    for case in cases[len(path.stem) % min(EVERY, len(cases)) :: EVERY]:
        config = document(case.changes)
        stack = in_a_base_file(tmp_path, config, case.secret)
        alone = read("aks-secrets", "dev", as_config(config), case.secret.__contains__, tmp_path)[1]
        based = problems(tmp_path, stack, case.secret)
        assert sorted(problem.rule for problem in based) == sorted(problem.rule for problem in alone)
        assert [
            str(problem) for problem in based if "the stack file" in str(problem) and offered(problem)
        ] == []
        assert list(faults_of_commands((with_base(tmp_path, stack), case.secret), _reader(tmp_path))) == []


def with_names(config: dict[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """The stack file with an item for each workload of its base, as stages that change an image have."""
    workloads = base.get("aks-secrets:workloads")
    if not isinstance(workloads, list) or "aks-secrets:workloads" in config:
        return config
    names = [{"name": entry["name"]} for entry in workloads if isinstance(entry, dict) and "name" in entry]
    is_whole = len(names) == len(workloads) and all(isinstance(entry["name"], str) for entry in names)
    return {**config, "aks-secrets:workloads": names[::-1]} if is_whole else config


@pytest.mark.parametrize(
    "path", [path for path in CASES_BY_FILE if "workload" in str(path)], ids=lambda path: path.stem
)
def test_a_stage_that_names_the_workloads_of_its_base_is_refused_like_it(path: Path, tmp_path: Path) -> None:
    """``SWEEP=all`` in the environment takes all cases."""
    cases = CASES_BY_FILE[path]
    for case in cases[len(path.stem) % min(EVERY, len(cases)) :: 2 * EVERY]:
        config = document(case.changes)
        base = in_a_base_file(tmp_path, config, case.secret)
        if (stack := with_names(base, config)) == base:
            continue
        alone = read("aks-secrets", "dev", as_config(config), case.secret.__contains__, tmp_path)[1]
        based = problems(tmp_path, stack, case.secret)
        assert sorted(problem.rule for problem in based) == sorted(problem.rule for problem in alone)
        assert list(faults_of_commands((with_base(tmp_path, stack), case.secret), _reader(tmp_path))) == []


def test_no_message_about_a_base_file_repeats_a_secret(tmp_path: Path) -> None:
    config = config_of(REPOSITORY / "tests" / "stack_files" / "Pulumi.dev.yaml")
    own = {key: value for key, value in config.items() if key.startswith("aks-secrets:")}
    for index, at in enumerate(positions(own)):
        if index % EVERY:
            continue
        for number, (form, changed) in enumerate(with_wrongs(own, at, MARKERS[0])):
            before: Any = own
            for step in at:
                before = before[step]
            if (index + number) % EVERY or is_shown(form, at, before):
                continue
            stack = in_a_base_file(tmp_path, {**config, **changed}, ())
            text = report(problems(tmp_path, stack)).replace(MARKERS[0].lower(), MARKERS[0])
            assert MARKERS[0] not in text, (at, form)
