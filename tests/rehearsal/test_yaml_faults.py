"""A YAML file that cannot be read: the place and the fault are shown, and no text of the file."""

from pathlib import Path

import pytest

from rehearsal.command_options import read_cloud
from rehearsal.errors import RehearsalError
from rehearsal.stack_files import UserFiles, read_document

FAULTS = {
    "a key is listed twice": 'config:\n  db: "hunter2"\n  db: "hunter2"\n',
    "a quote is not closed": 'config:\n  db: "hunter2\n  other: x\n',
    "a line has no key, or no space behind its colon": "config:\n  db: x\n  value:hunter2\n  other: x\n",
    "a tab stands where only spaces indent": "config:\n  db: x\n\tvalue: hunter2\n",
    "a second document begins; keep one": "config: {db: hunter2}\n---\ndb: hunter2\n",
    "a value begins with an asterisk; put it in quotes": "config:\n  db: *hunter2\n",
    "a bracket is not closed, or a comma is missing": "config: {db: hunter2, list: [x}\n",
    "a colon stands in a value; put the value in quotes": "config:\n  db: x: hunter2\n",
    "a value begins with a character that needs quotes around it": "config:\n  db: @hunter2\n",
    "a backslash stands in double quotes; use single quotes": 'config:\n  db: "\\qhunter2"\n',
    "the indentation does not fit the lines above": "config:\n  - x\n  db: hunter2\n",
    "<<: needs a mapping": "config:\n  <<: hunter2\n",
    "the text is no YAML from here on": "config:\n  db: |hunter2\n",
    "a character is not allowed in YAML": "config:\n  db: \x01hunter2\n",
    "it has too many levels": f"config: {'[' * 3000}",
    "a value is no number or date, though it looks like one; put it in quotes": "config: !!float hunter2",
    "should hold a mapping, but it holds a list": "- hunter2",
    "should hold a mapping, but it holds a text": "hunter2",
    "cannot be read: it is not UTF-8": "Z\udcfc rich",
}


@pytest.mark.parametrize(("fault", "text"), FAULTS.items(), ids=list(FAULTS))
def test_a_file_that_is_no_yaml_shows_the_fault_and_no_text(fault: str, text: str, tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(RehearsalError) as refused:
        read_document(file)
    assert str(refused.value).endswith(fault)
    assert "hunter2" not in str(refused.value)
    # PyYAML takes the last one of two keys; what a seed holds is judged later.
    if fault != "a key is listed twice" and not fault.startswith("should hold"):
        with pytest.raises(RehearsalError) as refused:
            read_cloud(file)
        assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "config: hunter2",
        "config: [hunter2]",
        "config: {'secret-values:db:hunter2': x}",
        "config: {':hunter2': x}",
        "config: {[hunter2]: x}",
        "config: {5: hunter2}",
        "config: {'a:b': {x: [{hunter2: .nan}]}}",
        "config: {'a:b': {[hunter2]: x}}",
        "hunter2: {}\nconfig: {}\nhunter2:x: {}",
    ],
)
def test_a_key_that_the_engine_cannot_read_is_not_repeated(text: str, tmp_path: Path) -> None:
    """The engine's own message repeats it."""
    (tmp_path / "Pulumi.yaml").write_text("name: app\nruntime: python\n", encoding="utf-8")
    (tmp_path / "Pulumi.dev.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RehearsalError) as refused:
        UserFiles.read("dev", tmp_path, None)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("day", ["2027-02-30", "2027-13-01", "2027-02-30T00:00:00Z", "2027-01-31 25:00:00"])
def test_a_day_that_does_not_exist_is_text(day: str, tmp_path: Path) -> None:
    """As to the engine; the settings say which key wants a day."""
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text(f"config: {{expires: {day}}}", encoding="utf-8")
    assert read_document(file) == {"config": {"expires": day}}


def test_a_value_that_contains_itself_is_the_engines_to_judge(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: app\nruntime: python\n", encoding="utf-8")
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {'a:b': &a {x: [*a]}}", encoding="utf-8")
    assert UserFiles.read("dev", tmp_path, None).stack
