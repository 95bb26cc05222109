"""Management locks on what the stack writes: the rules of other people that no role overrides.

https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources. A lock applies to the
control plane: values in a vault are read and written as before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from operations.azure.api_versions import LOCKS
from operations.azure.documents import text_at
from operations.checks import Check, Finding
from operations.doctor.examination import Examination
from operations.doctor.family import family
from operations.doctor.governance.touched import in_each_group, own_resources, writes
from operations.doctor.scopes import is_at_or_above, shown

_SUBJECT: Final = "locks"
_CHECK: Final = "management locks"
_PROVIDER: Final = "/providers/Microsoft.Authorization/locks"


@family(asks_azure=True)
def nothing_is_locked(examination: Examination) -> Iterator[Check]:
    """No lock keeps `up` from writing."""
    yield Check(_SUBJECT, _CHECK, lambda: _judge(examination))


def _judge(examination: Examination) -> Iterator[Finding]:
    scopes = [*writes(examination), *own_resources(examination)]
    # without a filter: at, above and below the scope
    locks, refused = in_each_group(examination, (_SUBJECT, _CHECK), _PROVIDER, LOCKS)
    yield from refused
    met = [lock for lock in locks if any(is_at_or_above(_scope(lock), scope) for scope in scopes)]
    if not met:
        yield Finding(_SUBJECT, _CHECK, "fine", "none on what the stack writes")
    for lock in met:
        yield _finding(lock)


def _scope(lock: Mapping[str, Any]) -> str:
    """The scope that is locked: the lock's id without its end, in whatever case Azure writes it."""
    id_ = text_at(lock, "id")
    end = id_.lower().rfind(_PROVIDER.lower())
    return id_[:end] if end > 0 else id_


def _finding(lock: Mapping[str, Any]) -> Finding:
    name, level, scope = text_at(lock, "name"), text_at(lock, "properties", "level"), _scope(lock)
    check, delete = f"lock {name}", f"az lock delete --ids {text_at(lock, 'id')}"
    if level == "ReadOnly":
        text = f"is ReadOnly on {shown(scope)}: Azure refuses every write there (ScopeLocked)"
        return Finding(_SUBJECT, check, "wrong", text, f"let its owner type: {delete}")
    # https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources#considerations-before-applying-your-locks
    text = (
        f"is {level} on {shown(scope)}: `up` works; what deletes there fails, such as `destroy`,"
        " a replacement, or a role assignment that the settings no longer need"
    )
    return Finding(_SUBJECT, check, "fine", text, f"before such a change: {delete}")
