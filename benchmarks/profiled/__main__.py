"""The program of the environment, profiled from its start to the end of the process."""

import atexit
import cProfile
import os
import runpy

from benchmarks.profiled import PROGRAM, STATISTICS

_profile = cProfile.Profile()


def _write() -> None:
    """The program has ended long after its last line: when all registrations are answered."""
    _profile.disable()
    _profile.dump_stats(os.environ[STATISTICS])


atexit.register(_write)
_profile.enable()
runpy.run_path(os.environ[PROGRAM], run_name="__main__")
