"""Mending a Helm release whose last operation was cut off.

Uninstalling is what the provider does to delete a release. Rolling back is beyond the provider, so the Helm
CLI does it, with the kubeconfig of the release's own provider.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from operations.adoption import scratch
from operations.adoption.releases import CutOffRelease
from operations.adoption.resume import Round
from operations.adoption.values import plain
from operations.errors import OperationError


def mend(release: CutOffRelease, round_: Round) -> None:
    """Run what the release needs. Raises OperationError if it fails."""
    if release.is_uninstalled:
        scratch.destroy(round_.read, release.urn)
        return
    provider = round_.rows[release.urn]["provider"].rpartition("::")[0]
    kubeconfig = plain(round_.rows[provider]["inputs"]["kubeconfig"])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "kubeconfig"
        file.touch(mode=0o600)
        file.write_text(kubeconfig, encoding="utf-8")
        command = " ".join(release.command)
        try:
            done = subprocess.run(
                release.command,
                env={**os.environ, "KUBECONFIG": str(file)},
                capture_output=True,
                text=True,
                check=False,
            )
        except FileNotFoundError as error:
            raise OperationError(
                f"the Helm CLI is not installed; install it, or type yourself: {command}"
            ) from error
    if done.returncode:
        raise OperationError(f"{command}: {' '.join(done.stderr.split())}")
