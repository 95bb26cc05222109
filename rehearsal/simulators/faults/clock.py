"""The clock of a simulated world, and the rights that are on their way. Time passes on bad days only."""

from __future__ import annotations

import threading

from rehearsal.simulators.journal import Table


class Clock:
    """Simulated seconds: what clients have waited, one after the other."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.clock = 0
        self.works_from: Table[int] = Table()
        """Id of a new role assignment or federated credential → when it is known everywhere, by the clock."""

    def wait(self, seconds: int) -> None:
        """Let simulated time pass."""
        with self.lock:
            self.clock += seconds
            self.changed()

    def works(self, id_: str) -> bool:
        """Whether a role assignment or a credential is known everywhere."""
        return self.works_from.get(id_.lower(), 0) <= self.clock

    def awaits_rights(self) -> bool:
        """Whether one is on its way."""
        return any(begin > self.clock for begin in self.works_from.values())

    def changed(self) -> None:
        """Note that the next commit has something to write. The world, which is a clock, knows how."""
        raise NotImplementedError
