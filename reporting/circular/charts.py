"""The pages' own charts without a browser: the bundled script in V8, its SVG, and from that a PNG for Word."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import resvg_py
from django.conf import settings
from py_mini_racer import MiniRacer

from reporting.aggregates import ProgressRow
from reporting.circular.contents import Chart
from reporting.circular.facts import Facts
from reporting.circular.sentences import status_words, whole_percent
from reporting.pages import curves
from reporting.pages.curves import PERCENT
from reporting.series import Series
from targets import measures
from workplan.templatetags.figures import as_typed
from workplan.templatetags.portal import status_tone

WIDTH = 1_000
#: Dots per unit of the drawing: 156 mm at about 330 dpi.
SHARP = 2
FONT = "Noto Sans CJK SC, Microsoft YaHei, SimHei, sans-serif"
SCRIPT = Path(settings.BASE_DIR) / "static" / "dist" / "paper.js"
STYLES = Path(settings.BASE_DIR) / "static" / "css" / "charts.css"


# What is drawn ---------------------------------------------------------------------------------


def circular_charts(facts: Facts, series: Series | None) -> tuple[Chart, ...]:
    """Return the charts of a circular: completion by indicator, and the months of one indicator."""
    month = facts.period.month
    rows = [row for row in facts.with_target if row.progress.completion_rate is not None]
    charts = []
    if rows:
        title = f"图1　{month.year}年{month.month}月各项目标完成进度（%）"
        charts.append(Chart(title, progress_bars(rows), height=70 + 34 * len(rows)))
    if series is not None:
        row = next((row for row in facts.national if row.indicator == series.indicator), None)
        data = curves.curve(series, row, period=facts.period)
        charts.append(Chart(f"图{len(charts) + 1}　{month.year}年{series.indicator.name}各月累计", data))
    return tuple(charts)


def progress_bars(rows: Sequence[ProgressRow]) -> dict[str, object]:
    """Return the share done of each indicator, with the mark of what the calendar expects."""
    statuses = {row.status: status_words(row) for row in rows}
    return {
        "kind": "bars",
        "unit": "%",
        "name": "完成全年目标任务",
        "mark": "序时进度",
        "keys": [{"name": words, "tone": status_tone(status)} for status, words in statuses.items()],
        "months": [row.indicator.short_name for row in rows],
        "bars": [_bar(row) for row in rows],
        "sentences": [],
    }


def _bar(row: ProgressRow) -> dict[str, object]:
    rate = row.progress.completion_rate
    expected = measures.completion_rate(row.target.goal(), row.progress.pro_rata_target)
    return {
        "value": float(as_typed(rate, PERCENT)),
        "tone": status_tone(row.status),
        "text": f"{whole_percent(rate)}　{status_words(row)}",
        "expected": None if expected is None else float(as_typed(expected, PERCENT)),
    }


# Drawing ---------------------------------------------------------------------------------------


def svgs(charts: Iterable[Chart]) -> list[str]:
    """Return the charts as SVG, drawn by one engine that lives no longer than this."""
    with MiniRacer() as engine:
        engine.eval(SCRIPT.read_text(encoding="utf-8"))
        return [_svg(engine, chart) for chart in charts]


def _svg(engine: MiniRacer, chart: Chart) -> str:
    given = json.dumps({"data": chart.data, "theme": theme()}, ensure_ascii=False)
    drawn: str = engine.call("paperChart", given, WIDTH, chart.height)
    return drawn


def png(svg: str) -> bytes:
    """Return a drawing as a picture through which a watermark shows."""
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=WIDTH * SHARP, font_family=FONT))


@cache
def theme() -> dict[str, object]:
    """Return the light theme of the pages' charts: the names and colours of their stylesheet, and a font."""
    light = STYLES.read_text(encoding="utf-8").partition("}")[0]
    return {"colors": dict(re.findall(r"--chart-([\w-]+): ([^;]+);", light)), "font": FONT}
