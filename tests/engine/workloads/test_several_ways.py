"""One vault object in several ways, and several values in one Kubernetes Secret, as the driver and the
operator make of them.
"""

from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulator_process import Simulators
from tests.stacks.several_ways import ACCEPTED, OPERATORS, workload
from tests.support.rehearse import Rehearsal

pytestmark = pytest.mark.engine


def test_every_way_comes_up_with_every_technique_that_can_do_it(
    tmp_path: Path, simulators: Simulators
) -> None:
    config: dict[str, Any] = {
        "azure-native:location": "westeurope",
        "aks-secrets:cluster": {"system_pool": {"vm_size": "Standard_D4s_v5", "count": 2}},
        "aks-secrets:operators": OPERATORS,
        "aks-secrets:workloads": [
            workload(technique, way) for technique, ways in ACCEPTED.items() for way in sorted(ways)
        ],
    }
    # A pod that lacks a key of a Secret or a file is never ready.
    stack = Rehearsal(tmp_path, config, simulators)
    stack.up()
    assert stack.run("preview").summary == {}
