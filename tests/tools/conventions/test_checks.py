"""tools/conventions: what each check finds."""

from collections.abc import Iterable

import pytest

from tests.each import each
from tools.conventions import imports, names, sizes, unused
from tools.conventions.__main__ import main
from tools.conventions.sources import Finding, Source

BANNED = {".": {"said": "`driver`", "Old": "`New`"}, "components": {"after": "`depends_on`"}}


def texts(findings: Iterable[Finding]) -> list[str]:
    return [str(finding) for finding in findings]


@each(
    "text",
    [
        "def said(): ...",
        "async def said(): ...",
        "class Old: ...",
        "def f(said): ...",
        "def f(*, said=1): ...",
        "lambda said: 1",
        "said = 1",
        "_said = 1",
        "said: int",
        "a, (said, b) = c",
        "for said in a: ...",
        "[b for said in a]",
        "with a as said: ...",
        "if said := a: ...",
        "class A:\n    said: int",
        "class A:\n    def f(self):\n        self._said = 1",
        "try: ...\nexcept A as said: ...",
        "import a as said",
        "match a:\n    case {'b': said}: ...",
        "match a:\n    case [*said]: ...",
        "match a:\n    case {**said}: ...",
    ],
)
def test_a_banned_name_is_found_wherever_it_is_defined(text: str) -> None:
    [finding] = names.check([Source("stacks/a.py", text)], BANNED)
    assert finding.text.startswith("the name '")
    assert "is banned; write `" in finding.text


@pytest.mark.parametrize(
    "text",
    [
        "a = b.said",
        "b.said = 1",
        "f(said=1)",
        "said()",
        "a = 'said'",
        "def test_said(): ...",
        "saidier = 1",
        "from b import said",
    ],
)
def test_a_banned_name_of_others_or_in_a_test_is_free(text: str) -> None:
    assert texts(names.check([Source("stacks/a.py", text)], BANNED)) == []


def test_the_message_shows_what_to_write_instead() -> None:
    [finding] = names.check([Source("stacks/a.py", "\nsaid = 1")], BANNED)
    assert str(finding) == "stacks/a.py:2: the name 'said' is banned; write `driver`"


def test_a_name_may_be_banned_in_one_folder() -> None:
    files = [Source(f"{folder}/a.py", "after = 1") for folder in ("components", "stacks", "components_too")]
    assert [finding.path for finding in names.check(files, BANNED)] == ["components/a.py"]


def test_keys_of_the_configuration_are_free_and_other_names_beside_them_are_not() -> None:
    text = "class Settings:\n    said: int\n    def f(self, Old): ..."
    [finding] = names.check([Source("stacks/settings/model/a.py", text)], BANNED)
    assert finding.line == 3


def test_each_banned_name_has_a_replacement() -> None:
    for folder, replacements in names.banned_names().items():
        assert replacements, folder
        assert all(old.isidentifier() and new for old, new in replacements.items())


def project(**files: str) -> list[Source]:
    """Sources by their module names, ``__`` for a dot."""
    return [
        Source("__main__.py" if name == "__main__" else f"{name.replace('__', '/')}.py", text)
        for name, text in files.items()
    ]


@each(
    "importer, target",
    [
        ("components__a", "stacks__b"),
        ("components__a", "rehearsal__b"),
        ("stacks__a", "rehearsal__b"),
        ("stacks__a", "tools__b"),
        ("stacks__settings__loader", "stacks__b"),
        ("stacks__settings__model__a", "stacks__settings__rules__b"),
        ("stacks__settings__types__a", "stacks__settings__model__b"),
        ("stacks__settings__validation__a", "stacks__settings__types__b"),
        ("rehearsal__a", "stacks__b"),
        ("rehearsal__a", "components__b"),
        ("trust__a", "components__b"),
        ("trust__a", "operations__b"),
        ("operations__a", "stacks__b"),
        ("policy__a", "operations__b"),
        ("stacks__a", "trust__b"),
    ],
)
@each("statement", ["import {module}", "from {module} import x", "def f():\n    from {parent} import {last}"])
def test_an_import_against_the_direction_of_knowledge_is_found(
    importer: str, target: str, statement: str
) -> None:
    module = target.replace("__", ".")
    parent, _, last = module.rpartition(".")
    text = statement.format(module=module, parent=parent, last=last)
    [finding] = imports.check_direction(project(**{importer: text, target: ""}))
    assert f"may not import {module}; it may import " in finding.text


@pytest.mark.parametrize(
    ("importer", "target"),
    [
        ("__main__", "stacks__b"),
        ("stacks__a", "components__b"),
        ("stacks__a", "stacks__settings__b"),
        ("stacks__settings__rules__a", "stacks__settings__model__b"),
        ("stacks__settings__model__a", "stacks__settings__types__b"),
        ("stacks__settings__types__a", "stacks__settings__validation__b"),
        ("operations__a", "stacks__settings__b"),
        ("operations__a", "trust__b"),
        ("tests__a", "rehearsal__b"),
    ],
)
def test_an_import_along_the_direction_of_knowledge_is_free(importer: str, target: str) -> None:
    files = project(**{importer: f"import {target.replace('__', '.')}", target: ""})
    assert texts(imports.check_direction(files)) == []


def test_an_import_circle_is_found() -> None:
    files = project(
        stacks__a="import stacks.b",
        stacks__b="def f():\n    import stacks.c",
        stacks__c="from stacks import a",
    )
    [finding] = imports.check_circles(files)
    assert finding.text.startswith("import circle: stacks.")
    assert texts(imports.check_circles(files[:2])) == []


def test_a_circle_of_folders_is_found() -> None:
    files = project(
        stacks__a__x="import stacks.b.x", stacks__b__x="", stacks__b__y="import stacks.a.y", stacks__a__y=""
    )
    [finding] = imports.check_circles(files)
    assert finding.text in (
        "folder circle: stacks/a <- stacks/b <- stacks/a",
        "folder circle: stacks/b <- stacks/a <- stacks/b",
    )
    assert (
        texts(
            imports.check_circles(
                project(
                    stacks__x="import stacks.a.x",
                    stacks__a__x="",
                    stacks__a__y="import stacks.y",
                    stacks__y="",
                )
            )
        )
        == []
    )


@pytest.mark.parametrize(
    "text",
    [
        "a = workload.technique == Technique.ESO",
        "if technique is Technique.ESO: ...",
        "if x in (Technique.ESO, Technique.CSI): ...",
        "if 'eso' != a.technique: ...",
        "match workload.technique:\n    case _: ...",
    ],
)
def test_a_comparison_with_a_technique_is_found_outside_its_folder(text: str) -> None:
    [finding] = imports.check_techniques([Source("stacks/a.py", text)])
    assert "TechniqueSpec" in finding.text
    assert texts(imports.check_techniques([Source("components/workloads/a.py", text)])) == []


@each(
    "text",
    [
        'a = {"sdk": 1, "csi": 2, "eso": 3}',
        'a = ("kubernetes-secret", "csi", "dapr")',
        "a = [Technique.SDK, Technique.CSI, Technique.ESO]",
    ],
)
def test_a_list_of_techniques_is_found_outside_their_folder(text: str) -> None:
    [finding] = imports.check_techniques([Source("operations/a.py", text)])
    assert "lists techniques" in str(finding)
    assert texts(imports.check_techniques([Source("components/workloads/a.py", text)])) == []


def test_a_table_by_technique_is_no_comparison() -> None:
    text = "a = {Technique.ESO: 1}[workload.technique]"
    assert texts(imports.check_techniques([Source("stacks/a.py", text)])) == []


def test_a_long_file_and_a_full_folder_are_found() -> None:
    files = [Source(f"stacks/a{number}.py", "x\n" * number) for number in range(4)]
    assert texts(sizes.check([*files, Source("stacks/__init__.py", "")], lines=2, most=3)) == [
        "stacks/a3.py:3: has 3 lines; split it, 2 are the limit",
        "stacks:1: has 4 Python files; divide it, 3 are the limit",
    ]
    assert texts(sizes.check(files, lines=3, most=4)) == []


def test_a_folder_with_one_file_a_section_may_be_full() -> None:
    files = [Source(f"stacks/settings/rules/a{number}.py", "") for number in range(4)]
    assert texts(sizes.check(files, most=3)) == []


@pytest.mark.parametrize(
    "text",
    [
        "import a",
        "def f(): ...",
        "class A: ...",
        "a = 1",
        "import functools\n@functools.cache\ndef f(): ...",
        "def f(a):\n    b = a\nf(1)",
    ],
)
def test_unused_code_is_found(text: str) -> None:
    [finding] = unused.check([Source("stacks/a.py", text)], [])
    assert finding.text.startswith("unused ")
    assert finding.text.endswith("; delete it, or list it in pyproject.toml")


@pytest.mark.parametrize(
    "text",
    [
        "import enum\nclass A(enum.StrEnum):\n    B = 'b'\nA('b')",
        "def rule(f): return f\n@rule\ndef f(): ...",
        "import a\n@a.rule('x', source='y')\ndef f(): ...",
        "import a\n@a.register\nclass A: ...",
        "ignored = 1",
    ],
)
def test_what_is_used_by_name_or_registered_is_not_unused(text: str) -> None:
    assert texts(unused.check([Source("stacks/a.py", text)], ["ignored"])) == []


VIOLATIONS = [
    Source("components/a.py", "import stacks.b\nused = stacks.b"),
    Source("stacks/b.py", "\n" * 301),
]


def test_all_checks_run_and_each_finding_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], VIOLATIONS) == 1
    assert capsys.readouterr().out.splitlines() == [
        "components/a.py:1: components may not import stacks.b; it may import components",
        "stacks/b.py:301: has 301 lines; split it, 300 are the limit",
        "components/a.py:2: unused variable 'used'; delete it, or list it in pyproject.toml",
    ]
    assert main([], [Source("stacks/b.py", "\n" * 301)]) == 1
    assert main([], [Source("stacks/b.py", "\n")]) == 0


def test_a_check_that_is_chosen_by_its_name_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sizes"], VIOLATIONS) == 1
    assert capsys.readouterr().out == "stacks/b.py:301: has 301 lines; split it, 300 are the limit\n"
    assert main(["circles"], VIOLATIONS) == 0


def test_an_unknown_check_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["colours"])
    assert "unknown check colours; choose names, prose, directions, " in capsys.readouterr().err
