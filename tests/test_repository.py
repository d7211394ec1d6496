"""The repository keeps its own promises."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.apps import apps
from django.core.management import call_command
from django.db import models

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "notices", "targets", "submissions", "reporting", "workplan")

#: Longest module and function; a longer function says why in the comment above it.
MODULE_LINES, FUNCTION_LINES = 400, 60


def tracked(*patterns: str) -> list[Path]:
    """Return the repository's files: what git tracks, or would."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return [ROOT / name for name in listed if (ROOT / name).is_file()]


def modules() -> list[Path]:
    return [path for path in tracked(*(f"{app}/**.py" for app in APPS)) if "migrations" not in path.parts]


@pytest.mark.django_db
def test_models_and_migrations_agree():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_no_migration_is_named_by_a_machine():
    named = [path.name for path in tracked("*/migrations/*.py") if re.search(r"_auto_|_initial\.py$", path.name)]

    assert named == []


def test_generated_documents_are_fresh():
    call_command("generate_docs", check=True, verbosity=0)


def test_a_status_is_assigned_in_one_module():
    assigning = {
        str(path.relative_to(ROOT))
        for path in modules()
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"\breport\.status\s*=[^=]", line)
    }

    assert assigning == {"submissions/services.py"}


@pytest.mark.parametrize("name", ["views", "serializers", "exports", "api", "pages", "board"])
def test_nothing_but_the_measures_divides(name):
    dividing = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules()
        if name in path.stem or name in path.parent.name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and not _joins_paths(node)
    ]

    assert dividing == []


def _joins_paths(node: ast.BinOp) -> bool:
    """Say whether the operator joins path segments: one side is a text."""
    return any(isinstance(side, ast.Constant) and isinstance(side.value, str) for side in (node.left, node.right))


def test_templates_neither_divide_nor_style_nor_script():
    faults = [
        f"{path.relative_to(ROOT)}: {found.group()[:40]}"
        for path in tracked("templates/*.html", "templates/**/*.html")
        for found in re.finditer(
            r"divisibleby|widthratio|\sstyle=|\son[a-z]+=\"|<script(?![^>]*(src=|application/json))[^>]*>",
            path.read_text(encoding="utf-8"),
        )
    ]

    assert faults == []


def test_time_comes_from_the_clock():
    asking = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in modules()
        if path.name != "clock.py"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(r"datetime\.now\(|date\.today\(|datetime\.utcnow\(", line)
    ]

    assert asking == []


def test_modules_and_functions_stay_small():
    large = []
    for path in modules():
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines()
        if len(lines) > MODULE_LINES:
            large.append(f"{path.relative_to(ROOT)}: {len(lines)} lines")
        large += [
            f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef)
            and node.end_lineno - node.lineno >= FUNCTION_LINES
            and not lines[node.lineno - 2].strip().startswith("#")
        ]

    assert large == []


def test_every_constraint_and_trigger_is_violated_by_a_test():
    tests = "\n".join(path.read_text(encoding="utf-8") for path in tracked("tests/*.py", "tests/**/*.py"))
    ours = [model for app in APPS[:-1] for model in apps.get_app_config(app).get_models()]
    names = {
        constraint.name
        for model in ours
        for constraint in model._meta.constraints
        if isinstance(constraint, models.CheckConstraint | models.UniqueConstraint)
        and not model.__name__.endswith("Event")
    }

    assert sorted(name for name in names if name not in tests) == []


def test_the_english_catalogue_is_complete():
    with (ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po").open("rb") as source:
        catalogue = read_po(source)

    missing = [message.id for message in catalogue if message.id and (not message.string or message.fuzzy)]

    assert missing == []


def test_the_catalogue_names_the_same_parameters():
    with (ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po").open("rb") as source:
        catalogue = read_po(source)

    differing = [
        message.id
        for message in catalogue
        if message.id and isinstance(message.id, str) and _parameters(message.id) != _parameters(message.string)
    ]

    assert differing == []


def _parameters(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)", text))


def test_nothing_names_a_machine_or_a_registry():
    words = re.compile(
        r"(^|[^\w.])/(" + "wor" + r"k|roo" + r"t|hom" + r"e/\w+)/|registry\.npmjs|pypi\.org|files\.pythonhosted"
    )
    naming = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        if path.suffix not in {".png", ".svg", ".xlsx", ".mo"}
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if words.search(line)
    ]

    assert naming == []


def test_no_file_is_a_link_elsewhere():
    """A link to a machine's own folder replaces what `make` sets up, for everybody who pulls it."""
    stages = subprocess.run(["git", "ls-files", "--stage"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert [line for line in stages.splitlines() if line.startswith("120000 ")] == []


def test_every_dependency_says_what_it_is_for():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()

    silent = [
        line
        for before, line in zip(["", *lines], lines, strict=False)
        if re.match(r"[A-Za-z]", line) and "#" not in line and not before.startswith("#")
    ]

    assert silent == []
