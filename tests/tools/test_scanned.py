"""Checkov on the production stack: exactly the failures that docs/production.md lists with their reasons."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.stack_files import shipped
from tools.scan import PAGE, REPOSITORY, accepted, describe, obsolete, scan, unlisted

pytestmark = pytest.mark.engine

LISTED = accepted(PAGE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pulumi.prod.yaml, rehearsed and rendered."""
    folder = tmp_path_factory.mktemp("rendered")
    command = [sys.executable, "-m", "rehearsal", "render", "--stack", "prod"]
    command += ["--config-file", str(shipped("Pulumi.prod.yaml")), "--out", str(folder)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


VAULTS, CLUSTERS = "Microsoft.KeyVault/vaults", "Microsoft.ContainerService/managedClusters"
POOLS = f"{CLUSTERS}/agentPools"


def _templates(folder: Path) -> dict[Path, dict[str, Any]]:
    return {path: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("azure-*.json")}


def _resources(templates: dict[Path, dict[str, Any]], type_: str) -> list[dict[str, Any]]:
    resources = [resource for template in templates.values() for resource in template["resources"]]
    rendered = [resource for resource in resources if resource["type"] == type_]
    assert rendered, f"no {type_} was rendered"
    return rendered


def test_nothing_fails_but_what_is_listed_and_all_that_is_listed_fails(rendered: Path) -> None:
    result = scan(rendered)
    problems = [describe(finding) for finding in unlisted(result.failed, LISTED)]
    problems += [
        f"{check} no longer fails on {pattern}; take it out of docs/production.md"
        for check, pattern in obsolete(result.failed, LISTED)
    ]
    assert problems == []

    # A scanner that sees nothing finds nothing.
    templates = _templates(rendered)
    expected = {
        f"{type_}.{resource['name']}"
        for type_ in (VAULTS, CLUSTERS, POOLS)
        for resource in _resources(templates, type_)
    }
    assert expected <= result.resources("arm")
    assert {
        "Deployment.orders.orders",
        "Deployment.web.web",
        "ServiceAccount.orders.orders",
    } <= result.resources("kubernetes")
    passed = [finding.framework for finding in result.passed]
    assert passed.count("arm") > 10
    assert passed.count("kubernetes") > 150
    assert result.skipped == [], (
        "a check is switched off in docs/production.md, with its reason, not in the resource"
    )


def test_a_worse_stack_is_found(rendered: Path, tmp_path: Path) -> None:
    """Otherwise the test above would prove nothing."""
    worse = Path(shutil.copytree(rendered, tmp_path / "worse"))
    templates = _templates(worse)
    vault, cluster = _resources(templates, VAULTS)[0], _resources(templates, CLUSTERS)[0]
    vault["properties"] |= {"publicNetworkAccess": "Enabled", "enablePurgeProtection": False}
    vault["properties"]["networkAcls"]["defaultAction"] = "Allow"
    cluster["properties"] |= {"disableLocalAccounts": False, "enableRBAC": False}
    for path, template in templates.items():
        path.write_text(json.dumps(template), encoding="utf-8")

    deployment = worse / "deployment-orders-orders.yaml"
    yaml = YAML(typ="safe")
    manifest = yaml.load(deployment)
    pod = manifest["spec"]["template"]["spec"]
    pod["securityContext"] = {"runAsUser": 0}
    pod["automountServiceAccountToken"] = True
    pod["containers"][0]["securityContext"] = {"privileged": True}
    yaml.dump(manifest, deployment)

    failures = {(item.check, item.resource) for item in unlisted(scan(worse).failed, LISTED)}
    of_vault = {
        ("CKV_AZURE_109", "rules"),
        ("CKV_AZURE_110", "purge protection"),
        ("CKV_AZURE_189", "public access"),
    }
    assert {(check, f"{VAULTS}.{vault['name']}") for check, _ in of_vault} <= failures
    of_cluster = {("CKV_AZURE_5", "roles"), ("CKV_AZURE_141", "local accounts")}
    assert {(check, f"{CLUSTERS}.{cluster['name']}") for check, _ in of_cluster} <= failures
    of_pod = {
        ("CKV_K8S_16", "privileged"),
        ("CKV_K8S_23", "root"),
        ("CKV_K8S_31", "seccomp"),
        ("CKV_K8S_38", "token"),
    }
    assert {(check, "Deployment.orders.orders") for check, _ in of_pod} <= failures
