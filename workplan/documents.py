"""The documents drawn from code and plan: workflow, rules, measures, OpenAPI, one card per indicator."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from django.conf import settings
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

from submissions import rules, workflow
from targets import forecasts, measures

#: What the card of an indicator without a target says of it.
NO_TARGET = {"wording": "无目标 none", "bound": "–", "target_value": "–", "baseline_value": None, "strength": "–"}

#: Says in every generated file how it is made.
MADE = "<!-- Made by `manage.py generate_docs`; change the source, not this file. -->\n\n"


def documents() -> dict[Path, str]:
    """Return every generated document: its path below docs/ and its text."""
    plan = json.loads((settings.BASE_DIR / "fixtures" / "plan_2007.json").read_text(encoding="utf-8"))
    targets = {target["indicator"]: target for target in plan["targets"]}
    texts = {
        Path("workflow.md"): _workflow(),
        Path("rules.md"): rules.as_markdown(_in_english),
        Path("measures.md"): _measures(),
    }
    for indicator in plan["indicators"]:
        texts[Path("indicators") / f"{indicator['code']}.md"] = _card(
            indicator, targets.get(indicator["code"], NO_TARGET)
        )
    made = {path: MADE + text.rstrip() + "\n" for path, text in texts.items()}
    return made | {Path("openapi.yaml"): openapi()}


def openapi() -> str:
    """Return the OpenAPI document as it is answered, in the source language; its diff shows what clients will meet."""
    with translation.override(settings.LANGUAGE_CODE):
        schema = SchemaGenerator(urlconf=settings.ROOT_URLCONF).get_schema(request=None, public=True)
        text: bytes = OpenApiYamlRenderer().render(schema, renderer_context={})
    return text.decode()


def _workflow() -> str:
    rows = [
        f"| `{verb.lower()}` | {', '.join(sorted(step.sources))} | {step.target or 'stays'} "
        f"| `{step.allowed.__name__}` | {'yes' if step.needs_comment else 'no'} "
        f"| {'yes' if step.by_another_person else 'no'} | {'yes' if step.may_open_final else 'no'} |"
        for verb, step in workflow.STEPS.items()
    ]
    return "\n".join(
        [
            "# Workflow of a monthly report",
            "",
            "```mermaid",
            workflow.as_mermaid(),
            "```",
            "",
            "| verb | from | to | who (`accounts/permissions.py`) | needs a reason | not by the submitter "
            "| may open the final |",
            "|---|---|---|---|---|---|---|",
            *rows,
            "",
            "A closed month holds every report in it until the ministry reopens the report with a reason; reopening a",
            "report in another state than APPROVED leaves its state as it is.",
            "",
            "The final filing (年报) is the next filing of an approved report for December, a release of its own",
            "beside the flash (快报): the lead opens it by correcting, the ministry by reopening; no flash follows.",
            "",
            "An approval waits for the nearest units below that are due for the month and were never approved for it",
            "(`submissions/waiting.py`), unless its author names them and says why; the exception is kept with the",
            "decision. The nation's report waits for nobody.",
            "",
            "Asking the lead to sign (请审签, `submissions/signing.py`) is no verb: it tells the unit's leads that a",
            "draft is ready, open to who may edit and not submit, held to the same findings as `submit`. State and",
            "version stay; the request ends with the version it was made for, whatever moves the report on.",
        ]
    )


def _in_english(sentence: str) -> str:
    with translation.override("en"):
        return translation.gettext(sentence)


def _measures() -> str:
    sections = ["# Measures", "", "Every figure the portal states, with examples that run as tests.", ""]
    for module in (measures, forecasts):
        sections += [f"## {module.__name__}", ""]
        for function in _public_functions(module):
            sections += [f"### {function.__name__}", "", "```text", inspect.getdoc(function) or "", "```", ""]
    return "\n".join(sections)


def _public_functions(module: ModuleType) -> list[Callable[..., object]]:
    return [
        function
        for name, function in vars(module).items()
        if inspect.isfunction(function)
        and not name.startswith("_")
        and inspect.unwrap(function).__module__ == module.__name__
    ]


def _card(indicator: dict[str, object], target: dict[str, object]) -> str:
    """Return the card of one indicator: what is counted, how it adds up, what was promised, and on whose word."""
    facts = {
        "名称 Name": f"{indicator['name']} · {indicator['name_en']}",
        "类型 Kind": indicator["kind"],
        "计量单位 Unit": indicator["unit_of_measure"],
        "报送频率 Months per period": indicator["frequency"],
        "时间汇总 Over time": indicator["time_aggregation"],
        "单位汇总 Over units": indicator["unit_aggregation"],
        "分子 Numerator": indicator["numerator_name"] or "–",
        "分母 Denominator": indicator["denominator_name"] or "–",
        "其中项 Part of": indicator["part_of"] or "–",
        "2007年目标 Target": f"{target['wording']} ({target['bound']}, {target['target_value']})",
        "基数 Baseline": target["baseline_value"] or "–",
        "力度 Strength": target["strength"],
        "报送期限 Due": f"{indicator['due_rule']} · {indicator['due_rule_en']}",
        "依据 Source": indicator["source"],
    }
    rows = [f"| {name} | {text} |" for name, text in facts.items()]
    return "\n".join(
        [
            f"# {indicator['code']} {indicator['short_name']}",
            "",
            "| | |",
            "|---|---|",
            *rows,
            "",
            f"**指标解释** {indicator['definition']}",
            "",
            f"**Definition** {indicator['definition_en']}",
            "",
            f"**口径** {indicator['scope_note'] or '–'}",
            "",
            f"**Scope** {indicator['scope_note_en'] or '–'}",
        ]
    )
