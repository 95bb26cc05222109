"""A project with a platform and two teams, whose stack files pods can deploy."""

from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from operations.cli import app

PROJECT = "name: aks-secrets\nruntime: python\n"
KEY = "azurekeyvault://kv-shop-ci.vault.azure.net/keys/pulumi"
ENCRYPTION = f"secretsprovider: {KEY}\nencryptedkey: QUFBQQ==\n"
PLATFORM = """\
config:
  azure-native:location: westeurope
  azure-native:subscriptionId: 5b5c5c5b-0000-4000-8000-00000000000b
  aks-secrets:composition: platform
  aks-secrets:cluster: {system_pool: {vm_size: Standard_D4s_v5, count: 3}}
  aks-secrets:operators: {csi_driver: {}}
  aks-secrets:namespaces: [{name: shop}, {name: billing}]
"""
TEAM = """\
config:
  azure-native:location: westeurope
  azure-native:subscriptionId: 5b5c5c5b-0000-4000-8000-00000000000b
  aks-secrets:composition: workloads
  aks-secrets:platform: {stack: organization/aks-secrets/platform}
  aks-secrets:workloads:
    - {name: NAME, namespace: NAME, technique: sdk, kind: none, secrets: [{name: NAME-key, from: config}]}
  secret-values:NAME-key: {secure: v1:canary-of-a-secret}
"""
IDENTITIES = {
    "platform": "11111111-0000-4000-8000-000000000001",
    "shop": "11111111-0000-4000-8000-000000000002",
    "billing": "11111111-0000-4000-8000-000000000003",
}
OPTIONS: dict[str, Any] = {
    "--repository": "https://git.example.com/shop/infra.git",
    "--backend": "azblob://state?storage_account=stshopci",
    "--image": "registry.example/pulumi-aks:3.272.0",
}


def project(folder: Path, **files: str) -> Path:
    """The folder of the project; `files` replaces stack files, and an empty one leaves it out."""
    program = folder / "program"
    program.mkdir()
    (program / "Pulumi.yaml").write_text(PROJECT)
    teams = {name: ENCRYPTION + TEAM.replace("NAME", name) for name in ("shop", "billing")}
    for name, text in {"platform": ENCRYPTION + PLATFORM, **teams, **files}.items():
        if text:
            (program / f"Pulumi.{name}.yaml").write_text(text)
    return program


def run(program: Path, *arguments: object) -> Result:
    words = ["stacks", "--program", *map(str, (program, *arguments))]
    return CliRunner().invoke(app, words)


def written(program: Path, out: Path, *arguments: object, **options: str) -> Result:
    """The command with all options that it needs; `options` without dashes replace them."""
    chosen = {**OPTIONS, **{f"--{name.replace('_', '-')}": value for name, value in options.items()}}
    words = [word for name, value in chosen.items() if value for word in (name, value)]
    identities = [word for name, client in IDENTITIES.items() for word in ("--identity", f"{name}={client}")]
    return run(program, "--out", out, *words, *identities, *arguments)
