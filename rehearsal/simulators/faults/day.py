"""The bad day of one world: it counts calls, and keeps the time at which new rights begin to work."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final, NoReturn, TypeVar

from rehearsal.simulators.faults.clients import Client
from rehearsal.simulators.faults.document import STALLED_FILE, Answer, BadDay, CallFault, Operation
from rehearsal.simulators.world import World

T = TypeVar("T")
_ASSIGNMENT: Final = "azure-native:authorization:RoleAssignment"
_CREDENTIAL: Final = "azure-native:managedidentity:FederatedIdentityCredential"


class Faults:
    """The faults of one world."""

    def __init__(self, world: World, day: BadDay) -> None:
        self._world = world
        self._day = day
        self._stall_at = day.kill.write if day.kill else day.stall_at
        self._stalled_file = world.folder / STALLED_FILE
        self._left = {index: fault.call for index, fault in enumerate(day.calls)}
        """Faults that have not happened yet, with the number of calls until then."""
        self._writes = 0
        self._lock = threading.Lock()

    def leaves_pending(self, token: str) -> bool:
        """Whether Helm is cut off in the middle of its install, whose answer is lost."""
        lost = any(fault.type == token and fault.answer is Answer.LOST for fault in self._day.calls)
        return self._day.pending and lost

    def sent(
        self, client: Client, token: str, name: str, operation: Operation, request: Callable[[], T]
    ) -> T:
        """The answer to a call. Raises WrongAnswerError or InterruptedWriteError."""
        fault = self._next(token, operation)
        return request() if fault is None else client.send(fault, token, name, request, self._world.wait)

    def _next(self, token: str, operation: Operation) -> CallFault | None:
        """The fault of this call. None: it is answered as ever. Of two faults the first one happens."""
        happens: CallFault | None = None
        with self._lock:
            for index in list(self._left):
                fault = self._day.calls[index]
                if not fault.fits(token, operation):
                    continue
                self._left[index] -= 1
                if not self._left[index] and happens is None:
                    happens = fault
                if not self._left[index]:
                    del self._left[index]
        return happens

    def created(self, token: str, id_: str) -> None:
        """Note when a new role assignment or federated credential begins to work."""
        delay = {_ASSIGNMENT: self._day.role_assignments, _CREDENTIAL: self._day.federated_credentials}
        if seconds := delay.get(token, 0):
            self._world.works_from[id_.lower()] = self._world.clock + seconds

    def before_write(self) -> None:
        """Wait for ever once the moment has come."""
        with self._lock:
            stalls = bool(self._stall_at) and self._writes >= self._stall_at
        if stalls:
            self._stall()

    def after_write(self) -> None:
        """The write is stored and not yet answered."""
        with self._lock:
            self._writes += 1
            stalls = self._writes == self._stall_at
        if stalls:
            self._stalled_file.touch()
            self._stall()

    def _stall(self) -> NoReturn:
        threading.Event().wait()
        raise AssertionError
