"""A fork of this process behind two pipes, where a new process of the same Python would be started."""

import os
import subprocess
import sys
import time
import traceback
from collections.abc import Callable

from rehearsal.data_planes import __main__ as with_planes
from rehearsal.simulator_process import Simulators, SimulatorsWithPlanes
from rehearsal.simulators import __main__ as simulators

SERVED = {Simulators: simulators.serve_world, SimulatorsWithPlanes: with_planes.serve_with_planes}


class ForkedProcess:
    """As much of ``subprocess.Popen`` as `Simulators` needs."""

    def __init__(self, run: Callable[[], object]) -> None:
        their_input, our_output = os.pipe()
        our_input, their_output = os.pipe()
        sys.stdout.flush()
        self.pid = os.fork()
        if not self.pid:
            os.setsid()
            for descriptor, end in enumerate((their_input, their_output)):
                os.dup2(end, descriptor)
            os.close(our_output)  # standard input ends when the other process dies
            os.close(our_input)
            try:
                run()
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(1)
        os.close(their_input)
        os.close(their_output)
        self.stdin = os.fdopen(our_output, "w", encoding="utf-8")
        self.stdout = os.fdopen(our_input, encoding="utf-8")

    def wait(self, timeout: float | None = None) -> None:
        end = None if timeout is None else time.monotonic() + timeout
        while not os.waitpid(self.pid, 0 if end is None else os.WNOHANG)[0]:
            if end is not None and time.monotonic() > end:
                raise subprocess.TimeoutExpired("a fork", timeout or 0)
            time.sleep(0.005)


def start_simulators(started: Simulators) -> ForkedProcess:
    """The process of `Simulators._start`, as a fork."""

    def serve() -> None:
        simulators.main(SERVED[type(started)])
        simulators.end()

    return ForkedProcess(serve)
