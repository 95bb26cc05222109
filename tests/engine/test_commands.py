"""The real CLI runs a sample of the commands that the settings offer: what it writes is what
``tests/support/config_commands.py`` says.
"""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from rehearsal.engine import find_engine
from rehearsal.simulator_process import REPOSITORY
from tests.support.config_commands import NEW_VALUE, RefusedError, apply_command

pytestmark = pytest.mark.engine

CONFIG: dict[str, Any] = {
    "azure-native:location": "West-Europa",
    "aks-secrets:cluster": {"system_pool": {"count": 1001, "zones": [1, "2"], "vm_size": "D2s_v5"}},
    "aks-secrets:vault": "kv-shop",
    "aks-secrets:workloads": [{"name": "shop", "secrets": [{"name": "db_password"}], "env": {"1ST": "x"}}],
    "aks-secrets:tags": {"prod": True, "cost.center": "shop"},
}
COMMANDS = (
    "pulumi config set azure-native:location westeurope",
    "pulumi config set --path 'cluster.system_pool.count' 1000",
    "pulumi config set --path --type string 'cluster.system_pool.zones[0]' 1",
    "pulumi config set --path 'workloads[0].schedule' '0 3 * * *'",
    "pulumi config set --path 'workloads[0].secrets[0].permission' 0444",
    "pulumi config set --path --plaintext 'workloads[0].secrets[0].name' db-password",
    "pulumi config set --path 'cluster.upgrades.maintenance.utc_offset' -- -05:00",
    "pulumi config set --path 'vault.network.public_access' true",
    "pulumi config set --path 'vault.protect[\"$patch\"]' delete",
    "pulumi config rm --path 'workloads[0].env[\"1ST\"]'",
    "pulumi config rm --path 'cluster.system_pool.zones[1]'",
    "pulumi config rm tags",
    "pulumi config set --secret secret-values:db-password",
)
ON_BASE = "pulumi config set --config-file config/base.yaml --path"
REFUSED = "pulumi config set --path 'workloads[0].secrets[0].type' cert-key-pair"


def _shell(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    """The command as a person pastes it into a shell."""
    environment = os.environ | {
        "PULUMI_BACKEND_URL": folder.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "none",
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    script = f'pulumi() {{ "{find_engine()}" --stack dev --non-interactive "$@"; }}; {command}'
    return subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=environment,
        input=NEW_VALUE,
        text=True,
        capture_output=True,
        check=False,
    )


def test_the_cli_does_what_the_tests_of_the_settings_take_for_granted(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text((REPOSITORY / "Pulumi.yaml").read_text(encoding="utf-8"), "utf-8")
    stack_file = tmp_path / "Pulumi.dev.yaml"
    assert _shell(tmp_path, "pulumi stack init").returncode == 0
    salt = yaml.safe_load(stack_file.read_text(encoding="utf-8"))["encryptionsalt"]
    stack_file.write_text(yaml.safe_dump({"config": CONFIG, "encryptionsalt": salt}), encoding="utf-8")
    expected: dict[str, Any] = CONFIG
    secret_keys: tuple[str, ...] = ()
    for command in COMMANDS:
        expected, secret_keys = apply_command(command, expected, secret_keys)
    done = _shell(tmp_path, " && ".join(COMMANDS))
    assert done.returncode == 0, done.stderr
    written = yaml.safe_load(stack_file.read_text(encoding="utf-8"))["config"]
    encrypted = {key: written.pop(key) for key in secret_keys}
    assert [list(value) for value in encrypted.values()] == [["secure"]]
    assert json.loads(json.dumps(written)) == {
        key: expected[key] for key in expected if key not in secret_keys
    }
    based = {"aks-secrets:workloads": [{"name": "shop"}, {"name": "mail", "technique": "esso"}]}
    base, on_base = tmp_path / "config" / "base.yaml", f"{ON_BASE} 'workloads[1].technique' eso"
    base.parent.mkdir()
    base.write_text(f"# shared\n{yaml.safe_dump({'config': based})}", encoding="utf-8")
    before = stack_file.read_text(encoding="utf-8")
    done = _shell(tmp_path, on_base)
    assert done.returncode == 0, done.stderr
    changed = apply_command(on_base, {"config/base.yaml": based})[0]["config/base.yaml"]
    assert yaml.safe_load(base.read_text(encoding="utf-8")) == {"config": changed}
    assert base.read_text(encoding="utf-8").startswith("# shared\n")
    assert stack_file.read_text(encoding="utf-8") == before
    refused = _shell(tmp_path, REFUSED)
    assert "looks like a secret" in refused.stderr
    with pytest.raises(RefusedError):
        apply_command(REFUSED, expected)
