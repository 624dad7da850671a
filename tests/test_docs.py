"""The documentation keeps up with the code: what can be set, run, checked or refused is written down, and nothing else.

`python -m tests.test_docs` prints the tables of columns that docs/landing-contract.md holds.
"""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import typer

from wrapped_assets.assets.asset_checks import checks
from wrapped_assets.cli.main import app
from wrapped_assets.families import Kind, Source
from wrapped_assets.products import DIMENSIONS, FAMILIES, SOURCES
from wrapped_assets.products.usage import USAGE
from wrapped_assets.resources.duckdb import sql

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    [
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")),
    ]
)
CONTRACT = ROOT / "docs" / "landing-contract.md"
OPERATIONS = ROOT / "docs" / "operations.md"
CODE = ROOT / "wrapped_assets"

_KINDS: dict[Kind, str] = {
    "text": "text",
    "instant": "timestamp",
    "counter": "integer, 0 to 2^64 - 1",
    "code": "integer, 32 bit",
    "flag": "0 or 1, or boolean",
    "seconds": "number of seconds, 0 up to 2^45 us",
}


def text(page: Path) -> str:
    """What a file says."""
    return page.read_text(encoding="utf-8")


def everything() -> str:
    """All pages."""
    return "\n".join(text(page) for page in PAGES)


def columns_table(source: Source) -> str:
    """The columns of a family or dimension, as docs/landing-contract.md shows them."""
    lines = ["| column | type | may be null | meaning |", "|---|---|---|---|"]
    for column in source.columns:
        nullable = "yes, or left out" if column.nullable else "no"
        name = f"`{column.name}`" + (" (key)" if column.name in source.key else "")
        lines.append(f"| {name} | {_KINDS[column.kind]} | {nullable} | {column.description} |")
    return "\n".join(lines)


# ---- What there is, read from the code


def settings() -> set[str]:
    """Every variable that is a setting."""
    return set(re.findall(r"WRAPPED_[A-Z0-9_]+", text(CODE / "settings" / "__init__.py")))


def commands() -> Iterator[tuple[str, str]]:
    """Every (command, option) of the command line."""
    group: Any = typer.main.get_command(app)
    yield from _commands_of(group, "")


def _commands_of(group: Any, before: str) -> Iterator[tuple[str, str]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands_of(command, f"{before}{name} ")
            continue
        yield before + name, before + name
        for parameter in command.params:
            for option in parameter.opts:
                yield before + name, option


def make_targets() -> set[str]:
    """Every target that `make help` explains."""
    return set(re.findall(r"^([a-z-]+):.*##", text(ROOT / "Makefile"), re.MULTILINE))


def ways_in() -> set[tuple[str, str]]:
    """Every method and pattern of the API's routes."""
    found = set()
    for path in (CODE / "serving").rglob("*.py"):
        for node in ast.walk(ast.parse(text(path))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Route":
                given = {word.arg: ast.literal_eval(word.value) for word in node.keywords}
                pattern = ast.literal_eval(node.args[0])
                found |= {(method, pattern) for method in given.get("methods", ["GET"])}
    return found


_NUMBERS = ("UBIGINT", "INTEGER", "UTINYINT")


def reasons_for_rows() -> set[str]:
    """Why a row is set aside, without the column's name."""
    reasons = set()
    for source in SOURCES.values():
        names = "|".join(column.name for column in source.columns)
        usual = tuple((column.name, sql.TYPES[column.kind].upper()) for column in source.columns)
        doubles = tuple((name, "DOUBLE" if kind in _NUMBERS else kind) for name, kind in usual)
        for types in (usual, doubles):
            for reason in re.findall(r"then '([^']*)'", sql.reasons(source, types)):
                reasons.add(re.sub(rf"^({names}) ", "", reason))
    return reasons


def reasons_for_files() -> set[str]:
    """Why a whole file is set aside: the fixed parts of every such sentence in the code."""
    parts = set()
    for name in ("parquet.py", "landing.py"):
        tree = ast.parse(text(CODE / "resources" / "duckdb" / name))
        for sentence in _sentences(tree):
            parts |= {part.strip(" :,'") for part in _fixed_parts(sentence) if len(part.strip(" :,'")) > 3}
    return parts


def _sentences(tree: ast.Module) -> Iterator[ast.expr]:
    """What Unreadable is raised with, what is put into `quarantined[...]`, and constants spelled in capitals."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Unreadable":
            yield from node.args
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            place = node.targets[0].value
            if isinstance(place, ast.Name) and place.id == "quarantined":
                yield node.value
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            if node.targets[0].id.startswith("MISPLACED"):
                yield node.value


def _fixed_parts(sentence: ast.expr) -> Iterator[str]:
    for node in sentence.values if isinstance(sentence, ast.JoinedStr) else [sentence]:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def schema_fields() -> set[str]:
    """Every field of the published document."""
    schema = json.loads(text(ROOT / "docs" / "summary.schema.json"))
    parts: list[Mapping[str, Any]] = [schema, *schema["$defs"].values()]
    return {name for part in parts for name in part["properties"]}


# ---- Whether it is written down


def test_the_code_is_read_right() -> None:
    """The tests below look at something: a known one of each kind is found."""
    assert "WRAPPED_SECRET" in settings()
    assert ("summary", "--organization-id") in set(commands())
    assert {"demo", "test"} <= make_targets()
    assert {"is null", "is negative"} <= reasons_for_rows()
    assert {"required column", "is missing"} <= reasons_for_files()
    assert ("GET", "/wrapped/{url_key}") in ways_in()
    assert "peak_day" in schema_fields()


@pytest.mark.parametrize("name", sorted(settings()))
def test_every_setting_is_explained(name: str) -> None:
    """With its own name, in the list of settings."""
    assert f"`{name}`" in text(OPERATIONS)


def test_no_setting_is_explained_that_nobody_reads() -> None:
    """What a page calls a setting is one."""
    named = set(re.findall(r"WRAPPED_[A-Z0-9_]+", everything()))
    assert named - settings() == set()


@pytest.mark.parametrize(("command", "option"), sorted(set(commands())))
def test_every_command_and_option_is_explained(command: str, option: str) -> None:
    """In the line of that command, on the page about what is stable today."""
    (line,) = re.findall(rf"^\| `wrapped {command}` .*$", text(ROOT / "docs" / "api.md"), re.MULTILINE)
    assert f"`{option}`" in line or option == command


@pytest.mark.parametrize(("method", "pattern"), sorted(ways_in()))
def test_every_way_in_is_explained(method: str, pattern: str) -> None:
    """Each route of the API with its method, on the page about it."""
    explained = text(ROOT / "docs" / "api.md")
    assert f"`{method} {pattern}`" in explained or f"{pattern}`, `{method}`" in explained


@pytest.mark.parametrize("name", [story.name for story in USAGE.stories if story.look])
def test_every_slide_has_an_address_that_is_written_down(name: str) -> None:
    """For whoever links to one of them."""
    assert f"`#{name}`" in text(ROOT / "docs" / "api.md")


@pytest.mark.parametrize("name", sorted({key.name for check in checks for key in check.check_keys}))
def test_every_check_is_explained(name: str) -> None:
    """What it means and what to do when it fails."""
    assert f"`{name}`" in text(OPERATIONS)


@pytest.mark.parametrize("target", sorted(make_targets()))
def test_every_make_target_is_named(target: str) -> None:
    """Somewhere in the documentation."""
    assert f"`make {target}`" in everything()


@pytest.mark.parametrize("reason", sorted(reasons_for_rows() | reasons_for_files()))
def test_every_reason_of_the_quarantine_is_explained(reason: str) -> None:
    """In the words that an operator sees."""
    assert reason in text(CONTRACT)


@pytest.mark.parametrize("name", [*FAMILIES, *DIMENSIONS])
def test_the_columns_of_the_contract_are_those_of_the_declaration(name: str) -> None:
    """Column by column; `python -m tests.test_docs` prints what it should be."""
    assert columns_table(SOURCES[name]) in text(CONTRACT)


@pytest.mark.parametrize("field", sorted(schema_fields()))
def test_every_field_of_the_document_is_explained(field: str) -> None:
    """Its meaning, its unit, and where it comes from."""
    assert re.search(rf"`[a-z_.\[\]]*\b{field}`", text(ROOT / "docs" / "summary.md"))


# ---- Whether what is written is there


def links(page: Path) -> list[str]:
    """The relative links and pictures of a page."""
    found = re.findall(r"\]\(([^)\s]+)\)", text(page))
    return [link for link in found if not link.startswith(("http://", "https://", "#", "mailto:"))]


def named_files(page: Path) -> list[str]:
    """What stands in backticks and looks like a file or folder of this repository; `<x>` and `{x}` mean any."""
    roots = ("wrapped_assets/", "sql/", "tests/", "docs/", "benchmarks/", "examples/", ".ci/")
    found = []
    for name in re.findall(r"`([^`\s]+)`", text(page)):
        plain = name.split("::")[0]
        if plain.startswith(roots) or re.fullmatch(r"[a-z]+\.(yaml|toml|txt)|Makefile|[A-Z]+\.md", plain):
            found.append(plain)
    return found


def named_tests(page: Path) -> list[str]:
    """The tests that a page names."""
    return re.findall(r"`(?:tests/\w+\.py::)?(test_[a-z0-9_]+)`", text(page))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
class TestPage:
    """Each page by itself."""

    def test_its_links_lead_somewhere(self, page: Path) -> None:
        """A file of this repository, and where a heading is named, that heading."""
        for link in links(page):
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve()
            assert target.exists(), link
            if anchor:
                assert anchor in headings(target), link

    def test_the_files_it_names_exist(self, page: Path) -> None:
        """A pattern names at least one."""
        for name in named_files(page):
            pattern = re.sub(r"<[^>]*>|\{[^}]*\}", "*", name)
            assert list(ROOT.glob(pattern)), name

    def test_the_tests_it_names_exist(self, page: Path) -> None:
        """A promise's proof can be run."""
        code = "\n".join(text(path) for path in sorted((ROOT / "tests").glob("*.py")))
        for name in named_tests(page):
            assert f"def {name}(" in code or (ROOT / "tests" / f"{name}.py").exists(), name

    def test_it_names_nobodys_machine(self, page: Path) -> None:
        """No path of the place where it was written."""
        assert re.findall(r"(?<![\w.])/(?:work|root|home|Users)/\S*", text(page)) == []


def headings(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    found = re.findall(r"^#+ (.*)$", text(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


if __name__ == "__main__":
    for source_name, source in SOURCES.items():
        print(f"### `{source_name}`\n\n{columns_table(source)}\n")
