"""Pages, messages, documents and code avoid words that a reader of English as a second language must look up."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Iterator

from tests.architecture.kept_files import kept_files, root

#: Old or figurative words for: each, no one, fix, follow, sustain, report, again.
words = re.compile(
    r"\b(?:whoever|whosoever|nobody|heeds?|heeded|mend(?:s|ed|ing)?|bears?|tells?|told(?!\s+apart)|says?|said"
    r"|aloud|anew|hither|thereof|wherein)\b",
    re.IGNORECASE,
)
#: Beginnings of sentences that hide their subject.
beginnings = re.compile(r"(?:^|[.!?] )(?:Who|Whoever|Nobody|None of|Of (?:the|those|all)|Those)\b", re.MULTILINE)
#: First words of a function's docstring that describe something instead of what the function does.
nouns = re.compile(
    r"(?:The|An?|How|Whether|Where|What|Which|When|All|Every|One|From|None|Those|Of|As|In|If|For|To|At|With|Raises|Returns"
    r"|Is|Its|Most|Two|Up|Until|So|[`λ0-9a-z].*)$"
)
longest_name = 90
tags = re.compile(r"\{[{%#].*?[}%#]\}|<[^>]*>", re.DOTALL)
code = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)


def blanked(pattern: re.Pattern[str], text: str) -> str:
    """Return the text with every match replaced by its line breaks, so that line numbers stay."""
    return pattern.sub(lambda found: "\n" * found.group().count("\n"), text)


def documents() -> Iterator[tuple[str, str]]:
    """Yield the name and the prose of every document, guide page and template."""
    for file in kept_files():
        text = (root / file).read_text(encoding="utf-8") if file.suffix in {".md", ".html"} else ""
        if text:
            yield str(file), blanked(code, text) if file.suffix == ".md" else blanked(tags, text)


def product() -> Iterator[tuple[str, ast.Module]]:
    """Yield the name and the tree of every module that users run or maintainers measure with."""
    for file in kept_files():
        if file.suffix == ".py" and file.parts[0] not in {"tests", "docs"}:
            yield str(file), ast.parse((root / file).read_text(encoding="utf-8"))


def explanations() -> Iterator[tuple[str, str]]:
    """Yield the place and the text of every docstring and comment of the product."""
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    for name, tree in product():
        for node in ast.walk(tree):
            if isinstance(node, documented) and (text := ast.get_docstring(node)):
                yield f"{name}: {text.splitlines()[0]}", blanked(code, text)
        with (root / name).open(encoding="utf-8") as lines:
            for token in tokenize.generate_tokens(lines.readline):
                if token.type == tokenize.COMMENT:
                    yield f"{name}:{token.start[0]}", blanked(code, token.string)


def messages() -> Iterator[tuple[str, str]]:
    """Yield the place and the text of every string of three words or more in the product, but docstrings."""
    for file in kept_files():
        if file.suffix == ".py" and file.parts[0] in {"concurrency_lab_inside", "workloads", "services", "dashboard"}:
            tree = ast.parse((root / file).read_text(encoding="utf-8"))
            bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            strings = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in bare]
            for string in strings:
                if isinstance(string.value, str) and len(string.value.split()) >= 3:
                    yield f"{file}:{string.lineno}", string.value


def hits(texts: Iterator[tuple[str, str]]) -> list[str]:
    """Return the place and the words of each match."""
    return [
        f"{place}: {text[max(0, found.start() - 30) : found.end() + 30]!r}"
        for place, text in texts
        for pattern in (words, beginnings)
        for found in pattern.finditer(text)
    ]


def test_documents_pages_and_guide_use_plain_words() -> None:
    assert hits(documents()) == []


def test_messages_use_plain_words() -> None:
    assert hits(messages()) == []


def test_docstrings_and_comments_use_plain_words() -> None:
    assert hits(explanations()) == []


def test_docstrings_of_functions_begin_with_a_verb() -> None:
    found = [
        f"{name}:{node.lineno}: {text.splitlines()[0]}"
        for name, tree in product()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not node.name.startswith("__")
        and not any("property" in ast.unparse(one) for one in node.decorator_list)
        and (text := ast.get_docstring(node))
        and nouns.match(text.split()[0])
    ]
    assert found == []


def test_names_of_tests_can_be_read_at_a_glance() -> None:
    tests = [file for file in kept_files() if file.suffix == ".py" and file.parts[0] == "tests"]
    names = [
        node.name
        for file in tests
        for node in ast.walk(ast.parse((root / file).read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    assert [name for name in names if len(name) > longest_name] == []
