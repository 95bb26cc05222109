"""Kubernetes Secrets that a release up to 0.1.0 named: the state tells which values stay in them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from stacks.preflight.kept_secrets import kept_secrets, with_kept_secrets
from stacks.preflight.own_state import EXTERNAL_SECRET, PROVIDER_CLASS, OwnState
from stacks.settings import Settings
from stacks.settings.loader import read
from stacks.settings.model.workloads import WorkloadSettings
from tests.settings.cases import as_config, document
from tests.settings.samples import DRIVER, csi, eso, secret

_RELEASE = Path(__file__).parents[2] / "releases" / "0.1.0"


def settings_of(config: Mapping[str, Any]) -> Settings:
    settings, problems = read("aks-secrets", "dev", as_config(config), lambda _: False)
    assert settings is not None, problems
    return settings


def workload(changes: Mapping[str, Any]) -> WorkloadSettings:
    (workload,) = settings_of(document(changes)).workloads
    return workload


def external_secret(name: str, *keys: str, **spec: Any) -> OwnState:
    """A state with one ExternalSecret."""
    data = [{"secretKey": key, "remoteRef": {"key": f"secret/{key}"}} for key in keys]
    target = {"name": name, "template": spec.pop("template", {"engineVersion": "v2"})}
    return OwnState({}, {(EXTERNAL_SECRET, f"shop/{name}"): {"data": data, "target": target, **spec}})


def test_values_of_release_0_1_0_stay_where_they_are() -> None:
    state = json.loads((_RELEASE / "state.json").read_text(encoding="utf-8"))
    specs = {
        (resource["type"], resource["urn"].rsplit("::", 1)[-1]): resource["outputs"]["spec"]
        for resource in state["checkpoint"]["latest"]["resources"]
        if resource["type"] in (EXTERNAL_SECRET, PROVIDER_CLASS)
    }
    config = YAML(typ="safe").load(_RELEASE / "Pulumi.dev.yaml")["config"]
    kept = with_kept_secrets(settings_of(config), OwnState({}, specs))
    by_name = {workload.name: workload for workload in kept.workloads}
    (shop,), (podinfo,) = (by_name[name].kept_secrets or {} for name in ("shop", "podinfo"))
    assert shop.startswith("shop-external-")
    assert podinfo.startswith("podinfo-synced-")
    for name, group in (("shop", shop), ("podinfo", podinfo)):
        workload = by_name[name]
        used = {
            workload.secret_key_ref(value).secret
            for _, value in workload.delivered_values
            if workload.uses_kubernetes_secret(value)
        }
        assert used == {group}


def test_a_value_that_is_added_after_the_upgrade_has_a_secret_of_its_own() -> None:
    listed = workload(
        eso(secret(from_="existing", env="DB"), secret(name="api-key", from_="existing", env="KEY"))
    )
    state = external_secret("shop-external-1fb3a9", "db-password")
    kept = listed.model_copy(update={"kept_secrets": kept_secrets(listed, state)})
    assert [kept.secret_key_ref(value).secret for value in kept.secrets] == [
        "shop-external-1fb3a9",
        "shop-external.api-key",
    ]


def test_extracted_and_searched_values_stay_too() -> None:
    listed = workload(
        eso(
            secret(name="json", from_="existing", extract=True),
            secret(name="nested", from_="existing", property="a.b", env="AB"),
            scope="vault",
            find=[{"regexp": "^app-"}],
        )
    )
    state = external_secret(
        "shop-external-1fb3a9",
        "a.b",
        dataFrom=[{"extract": {"key": "secret/json"}}, {"find": {"name": {"regexp": "^app-"}}}],
    )
    kept = listed.model_copy(update={"kept_secrets": kept_secrets(listed, state)})
    assert {kept.secret_key_ref(value).secret for value in kept.secrets} == {"shop-external-1fb3a9"}
    assert kept.find_secret_name(kept.find[0]) == "shop-external-1fb3a9"


def test_ingredients_of_a_template_do_not_count_as_values() -> None:
    replaced = {"mergePolicy": "Replace", "data": {"dsn": "{{ .db }}"}}
    state = external_secret("shop-external-1fb3a9", "db-password", template=replaced)
    assert kept_secrets(workload(eso(secret(from_="existing", env="DB"))), state) == {
        "shop-external-1fb3a9": ("dsn",)
    }


def test_names_of_today_of_others_and_of_another_technique_are_not_kept() -> None:
    listed = workload({"workloads": [csi(secret(from_="existing", env="DB"))], **DRIVER})
    for name in ("shop-synced.db-password", "shop-api-synced-1fb3a9", "shop-external-1fb3a9", "db"):
        synced = {"secretObjects": [{"secretName": name, "data": [{"key": "db-password"}]}]}
        assert kept_secrets(listed, OwnState({}, {(PROVIDER_CLASS, "shop"): synced})) == {}


def test_a_stack_file_that_writes_the_names_down_decides() -> None:
    config = document(eso(secret(from_="existing", env="DB"), kept_secrets={}))
    state = external_secret("shop-external-1fb3a9", "db-password")
    (moved,) = with_kept_secrets(settings_of(config), state).workloads
    assert moved.secret_key_ref(moved.secrets[0]).secret == "shop-external.db-password"
