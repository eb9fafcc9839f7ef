"""Errors: every code has both languages, and a problem tells where, what, why and what to do."""

import ast
import pickle
import re
import string
from importlib.resources import files

import pytest

from accounting import errors
from accounting.errors import DataRefused, UsageError, Where

PARTS = ("zh", "en", "why_zh", "why_en", "do_zh", "do_en")


def placeholders(text: str) -> set[str]:
    return {re.sub(r"_(zh|en)$", "", name) for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", errors.messages())
def test_a_code_has_both_languages_with_the_same_facts(code: str) -> None:
    texts = errors.messages()[code]
    assert set(texts) == set(PARTS)
    assert all(texts[part].strip() for part in PARTS)
    for part in ("why", "do"):
        assert placeholders(texts[f"{part}_zh"]) == placeholders(texts[f"{part}_en"])


@pytest.mark.parametrize("code", errors.messages())
def test_no_english_text_scolds_or_begs(code: str) -> None:
    texts = errors.messages()[code]
    english = " ".join(texts[part] for part in ("en", "why_en", "do_en")).lower()
    assert not re.search(r"\b(invalid|failed|please|oops)\b", english)


def test_every_code_in_the_source_is_in_the_table() -> None:
    raised = re.compile(
        r"(?:DataRefused|UsageError|Refused|InvariantBroken|VerificationFailed|EnvironmentFault|BudgetExceeded"
        r'|rejection|finding)\(\s*"([a-z_]+\.[a-z_]+)"'
    )
    sources = list(_python_files(files("accounting")))
    used = {code for source in sources for code in raised.findall(source.read_text(encoding="utf-8"))}
    assert used
    assert used <= set(errors.messages())


GIVEN_ALWAYS = {"rejection": {"close"}, "finding": {"close", "entity", "year", "category", "item", "used"}}


def calls_with_a_code() -> list[tuple[str, str, set[str], str]]:
    """Callee, code, names of the facts given, and place of each call that gives its facts one by one."""
    found = []
    for source in _python_files(files("accounting")):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args and _is_code(node.args[0]):
                given = {keyword.arg for keyword in node.keywords}
                if None not in given:
                    found.append((node.func.id, node.args[0].value, given, f"{source.name}:{node.lineno}"))
    return found


def _is_code(argument: ast.expr) -> bool:
    return isinstance(argument, ast.Constant) and argument.value in errors.messages()


def test_every_fact_of_a_text_is_given_where_its_code_is_raised() -> None:
    raising = {name for name in dir(errors) if isinstance(getattr(errors, name), type)} | {"rejection", "finding"}
    calls = [call for call in calls_with_a_code() if call[0] in raising]
    assert len(calls) > 50
    for callee, code, given, place in calls:
        texts = [errors.messages()[code][part] for part in PARTS[2:]]
        demanded = {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}
        known = given | GIVEN_ALWAYS.get(callee, set()) | ({"seen"} if callee == "rejection" else set())
        assert demanded <= known, (place, code, demanded - known)


@pytest.mark.parametrize("code", errors.messages())
def test_a_chinese_text_has_chinese_punctuation_and_no_unit_twice(code: str) -> None:
    for part in ("zh", "why_zh", "do_zh"):
        text = errors.messages()[code][part]
        assert not re.search(r"[\u4e00-\u9fff][,;:?!]|[,;:?!][\u4e00-\u9fff]|百分之 ?[{]|年\}? ?年|  |。$", text), text
        assert text.count("“") == text.count("”")
        assert text.count("（") == text.count("）")


def _python_files(folder):
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _python_files(entry)
        elif entry.name.endswith(".py"):
            yield entry


def test_lines_say_where_seen_why_do() -> None:
    error = UsageError("view.unknown", where=Where("a.xlsx", "工业", "F17"), seen="gpcc", views="gpc", close="gpc")
    assert errors.lines(error, "zh") == [
        "view.unknown  没有这个视图",
        "  位置  a.xlsx › 工业 › F17",
        "  看到  gpcc",
        "  原因  可用的视图是 gpc",
        "  处理  改写 --view；相近的名称：gpc",
    ]


def test_the_id_of_a_finding_changes_with_the_value_seen() -> None:
    one, same, other = (
        errors.finding("factor.missing", "missing_factor", "warning", item="raw_coal", seen=seen)["id"]
        for seen in ("1 t", "1 t", "2 t")
    )
    assert one == same != other


def test_an_error_survives_pickling_with_its_address() -> None:
    error = pickle.loads(pickle.dumps(DataRefused("sum.overflow", where=Where("a.csv"), name="x", magnitude="1")))
    assert (error.code, error.where.file, error.facts["name"], error.exit_code) == ("sum.overflow", "a.csv", "x", 3)
