"""The axis of a curve reaches as far as what is drawn, the forecast's band among it."""

from __future__ import annotations

import re

import pytest

from reporting.circular.charts import svgs
from reporting.circular.contents import Chart


def curve(values: list[float | None], low: float, high: float, *, from_zero: bool = False) -> Chart:
    data = {
        "kind": "curve",
        "unit": "%",
        "fromZero": from_zero,
        "months": [f"{number}月" for number in range(1, 13)],
        "lines": {"actual": {"name": "实际", "values": values + [None] * (12 - len(values))}},
        "forecast": {"name": "预测", "value": (low + high) / 2, "low": low, "high": high, "sentence": ""},
        "sentences": [""] * 12,
    }
    return Chart("曲线", data, height=400)


def ticks(svg: str) -> list[float]:
    """Return the numbers at the axis."""
    texts = re.findall(r"<text[^>]*>([^<]+)</text>", svg)
    return [float(text.replace(",", "")) for text in texts if re.fullmatch(r"-?[\d.,]+", text)]


def band(svg: str) -> list[tuple[float, float]]:
    """Return the corners of the band, in the drawing's own units."""
    corners = re.findall(r"[-\d.]+", re.search(r'<polygon points="([^"]+)"', svg).group(1))
    return [(float(across), float(down)) for across, down in zip(corners[::2], corners[1::2], strict=True)]


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [([4.1, 4.1, 4.12, 4.1, 4.11, 4.1], 3.2, 4.9), ([4.0, 4.3], 4.1, 6.5), ([4.3, 4.0], 1.5, 3.9)],
)
def test_the_axis_reaches_as_far_as_the_band(values, low, high):
    drawn = svgs([curve(values, low, high)])[0]

    assert min(ticks(drawn)) <= low
    assert max(ticks(drawn)) >= high


def test_the_band_stays_above_the_axis_of_the_months():
    drawn = svgs([curve([4.1, 4.1, 4.12, 4.1, 4.11, 4.1], 3.2, 4.9)])[0]
    months = [float(down) for down in re.findall(r"<text[^>]*translate\([-\d.]+ ([-\d.]+)\)[^>]*>12月<", drawn)]

    assert len(band(drawn)) == 3
    assert max(down for _across, down in band(drawn)) < months[0]


def test_a_band_below_zero_is_cut_off_where_the_axis_begins():
    """A total since January begins at zero, whatever the forecast says."""
    drawn = svgs([curve([1.0, 2.0], -3.0, 9.0, from_zero=True)])[0]

    assert min(ticks(drawn)) == 0
    around = drawn[: drawn.index("<polygon")].rpartition("<g")[2]
    assert "clip-path" in around
