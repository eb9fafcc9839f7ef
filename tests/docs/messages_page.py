"""docs/提示.md: every code with its texts, made from the one table. `python tests/docs/messages_page.py` rewrites it."""

from __future__ import annotations

from pathlib import Path

from accounting.errors import messages

PAGE = Path(__file__).resolve().parents[2] / "docs" / "提示.md"
HEAD = """# 提示与错误 · Every message

每个问题有一个代码、位置、看到的值、原因和处理。下表由 `accounting/messages.toml` 生成。
Each problem has a code, an address, the value seen, the reason and what to do. Made from `accounting/messages.toml`.

| 代码 code | 含义 meaning | 处理 what to do |
|---|---|---|
"""


def page() -> str:
    """The whole page."""
    rows = [
        f"| `{code}` | {_cell(texts['zh'])}<br>{_cell(texts['en'])} | {_cell(texts['do_zh'])}<br>{_cell(texts['do_en'])} |"
        for code, texts in sorted(messages().items())
    ]
    return HEAD + "\n".join(rows) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
