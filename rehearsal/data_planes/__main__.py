"""The process of the simulators with the data planes beside them, in front of the same worlds.

The answer to the request to open a world has one key more (rehearsal/simulators/__main__.py):

    {"open": "<folder>", …} → {"providers": "…", "environment": {"HTTPS_PROXY": "…", …}}
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from rehearsal.data_planes.faults import PlaneFaults
from rehearsal.data_planes.planes import Planes
from rehearsal.simulators import __main__ as process
from rehearsal.simulators.__main__ import ServedWorld
from rehearsal.simulators.faults.document import read_text


def serve_with_planes(request: dict[str, Any]) -> ServedWorld:
    served = process.serve_world(request)
    folder = Path(served.others.enter_context(tempfile.TemporaryDirectory(prefix="rehearsal-planes-")))
    planes = Planes(served.world, folder, PlaneFaults.of_day(read_text(request.get("faults", "")).planes))
    served.others.enter_context(planes.serving())
    served.more["environment"] = planes.environment()
    return served


if __name__ == "__main__":
    process.main(serve_with_planes)
    process.end()
