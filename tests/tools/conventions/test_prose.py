"""tools/conventions/prose.py: first words of docstrings and words for persons."""

from tests.each import each
from tools.conventions import prose
from tools.conventions.sources import Source


@each(
    "text, finding",
    [
        ('"""What a module owns."""', "the docstring begins with 'What'"),
        ('a = 1\n"""Of a cluster."""', "the docstring begins with 'Of'"),
        ('"""Of a path: neither empty, nor a stop."""', "the docstring begins with 'Of'"),
        ('def f():\n    """\n    Where it runs.\n    """', "the docstring begins with 'Where'"),
        ('"""That a pod reads it."""', "the docstring begins with 'That a'"),
        ('class A:\n    """The client of whoever is signed in."""', "'whoever' names no thing"),
        ("a = 1  # Nobody reads it.", "'Nobody' names no thing"),
    ],
)
def test_a_clause_without_a_subject_and_a_word_without_a_thing_are_found(text: str, finding: str) -> None:
    [problem] = prose.check([Source("stacks/a.py", text)])
    assert finding in problem.text


@each(
    "text",
    [
        '"""Whatever a module owns, it lists."""',
        '"""Whether a pod reads it."""',
        '"""Who reads which secret? The report answers."""',
        '"""Where no vault is configured, the program makes one."""',
        '"""Of two objects, ARM takes the first."""',
        '"""That file is generated."""',
        '"""The rule somebody-can-sign-in, and the account `nobody`."""',
        'a = "What is nobody?"',
        'f("Of a cluster")',
    ],
)
def test_sentences_ids_quotes_and_plain_texts_are_free(text: str) -> None:
    assert list(prose.check([Source("stacks/a.py", text)])) == []
