"""An event loop for programs whose answers are at hand: no thread, no waiting, and few objects a callback."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context
from typing import Any

_WAIT: Callable[[asyncio.AbstractEventLoop], None] = vars(asyncio.BaseEventLoop)["_run_once"]


class PromptLoop(asyncio.SelectorEventLoop):
    """Runs callbacks in the order of their calls. Calls in an executor are answered in the loop's own thread:
    threads would only wait for each other.
    """

    def __init__(self) -> None:
        super().__init__()
        self._soon: deque[tuple[Context, Callable[..., Any], tuple[Any, ...]]] = deque()
        self._tasks: list[asyncio.Task[Any]] = []

    def call_soon(self, callback: Callable[..., Any], *args: Any, context: Context | None = None) -> Any:
        """Run a callback in the next round. It cannot be cancelled: tasks and futures never do."""
        self._soon.append((context or copy_context(), callback, args))

    def create_task(self, coro: Any, **options: Any) -> asyncio.Task[Any]:
        task = asyncio.Task(coro, loop=self, **options)
        self._tasks.append(task)
        return task

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        del executor  # there is none
        future = self.create_future()
        self.call_soon(_answer, future, func, args)
        return future

    def cancel_what_is_left(self) -> None:
        """Cancel the tasks that have not ended, and wait for their end."""
        while left := [task for task in self._tasks if not task.done()]:
            for task in left:
                task.cancel()
            self.run_until_complete(asyncio.wait(left))
        self._tasks.clear()

    def _run_once(self) -> None:
        """One round: the callbacks that were there at its beginning, or else what has to be waited for."""
        if not self._soon:
            _WAIT(self)
            return
        for _ in range(len(self._soon)):
            context, callback, args = self._soon.popleft()
            try:
                context.run(callback, *args)
            except (SystemExit, KeyboardInterrupt):
                raise
            except BaseException as error:  # as asyncio's own handles do
                self.call_exception_handler({"message": f"exception in {callback!r}", "exception": error})


def _answer(future: asyncio.Future[Any], call: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    if future.cancelled():
        return
    try:
        future.set_result(call(*arguments))
    except Exception as error:  # whatever it is, it is the caller's
        future.set_exception(error)
