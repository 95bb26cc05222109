"""The run of the checks over a section and the sections within it."""

from collections.abc import Iterator

from pydantic import BaseModel

from stacks.settings.validation.registry import RULES, Violation, check_value, rule


class _Door(BaseModel):
    open: bool = False


class _Room(BaseModel):
    door: _Door | None = None
    others: tuple[_Door, ...] = ()


class _House(BaseModel):
    inner: tuple[_Room, ...] | None = None


def test_a_rule_reaches_every_section_of_its_kind_also_if_it_is_registered_after_a_run() -> None:
    opened = _Door(open=True)
    house = _House(inner=(_Room(), _Room(door=opened, others=(_Door(), opened))))
    assert check_value(house, ("house",)) == []
    try:

        @rule("closed-doors", _Door, source="a rule of this test")
        def _closed(door: _Door) -> Iterator[Violation]:
            if door.open:
                yield Violation(("open",), "is open", "close it")

        assert [problem.path for problem in check_value(house, ("house",))] == [
            ("house", "inner", 1, "door", "open"),
            ("house", "inner", 1, "others", 1, "open"),
        ]
    finally:
        del RULES["closed-doors"]
