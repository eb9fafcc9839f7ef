"""Every command in the documents runs, and prints what the documents say."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from docs.blocks import commands, fits

REPOSITORY = Path(__file__).resolve().parents[2]
DOCUMENTS = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))]
SAMPLES = ("datasets/sample-city", "datasets/sample-park")
BIN = Path(sys.executable).parent


@pytest.mark.parametrize("document", [d for d in DOCUMENTS if commands(d)], ids=lambda path: path.name)
def test_the_commands_of_a_document_print_what_it_says(document: Path, tmp_path: Path) -> None:
    for sample in SAMPLES:
        shutil.copytree(REPOSITORY / sample, tmp_path / sample)
    for command in commands(document):
        words = shlex.split(command.text)
        assert words[0] == "tanfeng", command.text
        answer = subprocess.run(
            [str(BIN / "tanfeng"), *words[1:]], capture_output=True, text=True, cwd=tmp_path,
            env={**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"},
        )  # fmt: skip
        assert answer.returncode in (0, 1), f"{command.text}\n{answer.stdout}{answer.stderr}"
        assert "Traceback" not in answer.stderr, answer.stderr
        printed = [line.rstrip() for line in answer.stdout.splitlines()]
        assert fits(command.expected, printed), f"{command.text}\n{answer.stdout}"


def test_the_python_of_the_readme_runs(tmp_path: Path) -> None:
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    program = text.split("```python\n")[1].split("```")[0]
    subprocess.run([str(BIN / "tanfeng"), "demo"], cwd=tmp_path, check=True, capture_output=True)
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True, capture_output=True)


def test_every_project_key_of_the_guide_is_read(tmp_path: Path) -> None:
    from accounting import project

    blocks = (REPOSITORY / "docs" / "使用指南.md").read_text(encoding="utf-8").split("```toml\n")[1:]
    text = blocks[0].split("```")[0]
    (tmp_path / "tanfeng.toml").write_text(text, encoding="utf-8")
    plan = project.load(tmp_path)
    assert plan.packs == ("ceads-2018",)
    assert set(tomllib.loads(text)) == {"view", "inputs", "factors", "tables"}


def test_the_project_of_its_own_tables_in_the_guide_runs(tmp_path: Path) -> None:
    import re

    text = (REPOSITORY / "docs" / "使用指南.md").read_text(encoding="utf-8")
    section = text.split("## 园区与企业、实测值、煤种比例")[1].split("\n## ")[0]
    for name, block in re.findall(r"`([^`\n]+\.(?:toml|csv))`：\n\n```\w+\n(.*?)```", section, re.DOTALL):
        (tmp_path / name).write_text(block, encoding="utf-8")
    answer = subprocess.run([str(BIN / "tanfeng"), "run", "--lang", "zh"], capture_output=True, text=True, cwd=tmp_path)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "钱塘园区 P1 · 2022" in answer.stdout
    assert "热电厂 F1 · 2022" in answer.stdout
    assert "不完整" not in answer.stdout


def test_a_wrong_line_would_be_seen() -> None:
    assert fits(["a", "…", "c"], ["a", "b", "b", "c"])
    assert not fits(["a", "…", "c"], ["a", "b", "d"])
    assert not fits(["a"], ["a", "b"])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    import re

    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target
