"""The report of a change, made from the stack's resources before and after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from operations.report.model import (
    Link,
    MovedValue,
    Possibility,
    Proof,
    Reading,
    Report,
    ResourceChange,
    Right,
    Waiver,
)
from trust import Graph
from trust.access import readings
from trust.chain import Chain
from trust.changes.access import AccessChange, access_changes
from trust.changes.attention import locks, notices
from trust.changes.moved_values import moved_values
from trust.changes.resources import resource_changes
from trust.changes.rights import RightChange, right_changes
from trust.changes.routes import depends
from trust.possible import possible
from trust.proofs import Verdict, run, waivers_of
from trust.rights.uses import uses


def build_report(stack: str, after: Graph, before: Graph | None = None, today: date | None = None) -> Report:
    """The report.

    Args:
        stack: Name of the stack.
        after: The resources after the change.
        before: The resources before it. None: there is nothing to compare with.
        today: The day by which waivers expire. None: today, in UTC.
    """
    day = today or datetime.now(UTC).date()
    chain = Chain.read(after)
    old = Chain.read(before) if before is not None else None
    now = readings(chain)
    was = readings(old) if old else now
    changes = access_changes(was, now)
    held = {reading.key: reading for reading in was}
    return Report(
        stack=stack,
        source=after.source,
        compared=before is not None,
        readings=[
            _reading(change).model_copy(
                update={
                    "conditional": change.reading.key in held
                    and depends(held[change.reading.key], change.reading)
                }
            )
            for change in changes
        ],
        rights=[_right(change) for change in right_changes(uses(old or chain), uses(chain))],
        moved=[
            MovedValue(workload=value.workload, text=value.text, another=value.is_another)
            for value in (moved_values(old, chain, was, now) if old is not None else ())
        ],
        possible=_possible(chain, old),
        loosened=locks(before, after) if before is not None else [],
        notices=list(notices(old, chain, was, now, day)) if old is not None else [],
        resources=[
            ResourceChange(
                operation=change.op,
                type=change.node.type,
                name=change.node.name,
                text=str(change),
                causes=list(change.causes),
                weighty=change.is_weighty,
            )
            for change in resource_changes(after, before)
        ],
        proofs=_proofs(run(chain, today=day), run(old, today=day) if old is not None else None),
        waivers=[
            Waiver(
                proof=waiver.proof,
                workload=waiver.workload,
                reason=waiver.reason,
                expires=waiver.last_day,
                expired=waiver.is_expired(day),
            )
            for waiver in waivers_of(after)
        ],
    )


def _right(change: RightChange) -> Right:
    use = change.use
    return Right(
        workload=use.workload,
        vault=use.vault,
        kind=use.kind,
        name=use.name,
        rights=sorted(use.configured),
        besides=sorted(use.surplus),
        by=list(use.by),
        text=str(change),
        short=change.short,
        awaits_grant=use.external,
        change=change.verdict,
    )


def _possible(chain: Chain, old: Chain | None) -> list[Possibility]:
    """Each sentence once, what the change adds first."""
    now, before = _sentences(chain), _sentences(old or chain)
    gained = [text for text in now if text not in before]
    return [
        *(Possibility(text=text, expected=now[text], change="gained") for text in gained),
        *(Possibility(text=text, expected=before[text], change="lost") for text in before if text not in now),
        *(Possibility(text=text, expected=now[text]) for text in now if text in before),
    ]


def _sentences(chain: Chain) -> dict[str, bool]:
    return {str(item): item.expected for item in possible(chain)}


def _reading(change: AccessChange) -> Reading:
    reading = change.reading
    return Reading(
        workload=reading.workload,
        namespace=str(reading.namespace),
        service_account=str(reading.service_account),
        vault=str(reading.vault),
        kind=reading.kind,
        name=str(reading.name),
        technique=reading.technique,
        reader=reading.agent,
        awaits_grant=reading.awaits_grant,
        links=[
            Link(what=link.what, source=link.start, target=link.end, state=link.state)
            for link in reading.links
        ],
        named=reading.named is not False,
        text=str(change),
        change=change.verdict,
    )


def _proofs(verdicts: Sequence[Verdict], before: Sequence[Verdict] | None) -> list[Proof]:
    old = {_finding(row) for verdict in before or () for row in verdict.rows()}
    return [
        Proof.model_validate(
            {
                **{key: value for key, value in row.items() if key in Proof.model_fields},
                "new": before is not None and bool(row["text"]) and _finding(row) not in old,
            }
        )
        for verdict in verdicts
        for row in verdict.rows()
    ]


def _finding(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(row[key]) for key in ("proof", "status", "workload", "text"))
