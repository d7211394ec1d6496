"""The monthly circular of a plan, put together: what the data says, around the blocks people may word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reporting.circular import sentences, wording
from reporting.circular.blocks import Wording
from reporting.circular.contents import Annex, Chart, Document, Mark, Paragraph, Style
from reporting.circular.facts import Facts
from reporting.circular.models import Block
from reporting.circular.tables import matrices
from targets.models import Item

CHAPTERS = ("总体情况", "各项目标任务完成情况", "存在的主要问题", "数据报送情况", "下一步工作要求")
_NUMERALS = "一二三四五六七八九十"


def bulletin(facts: Facts, worded: dict[Block, Wording], charts: Iterable[Chart] = ()) -> Document:
    """Return the circular of the facts' month; charts come drawn from the same rows."""
    texts = {block: one.text for block, one in worded.items()}
    plan = facts.period.plan
    annexes = [Annex("各地区目标任务完成情况表", tables=matrices(facts))]
    drawn = tuple(charts)
    if drawn:
        annexes.append(Annex("目标任务进度图", charts=drawn))
    return Document(
        mark=f"{plan.issuer}文件",
        number=texts[Block.NUMBER],
        title=tuple(wording.title_lines(facts)),
        recipients=texts[Block.RECIPIENTS].rstrip("：:") + "：",
        body=tuple(_body(facts, texts)),
        issuer=plan.issuer,
        signed_on=texts[Block.SIGNED_ON],
        annexes=tuple(annexes),
        copies=texts[Block.COPIES],
        printed_by=f"{plan.issuer}办公厅",
        watermark=mark_of(facts),
    )


def mark_of(facts: Facts) -> Mark:
    """Return the watermark: none once the month is published."""
    return Mark.NONE if facts.period.is_published else Mark.DRAFT


def _body(facts: Facts, texts: dict[Block, str]) -> Iterator[Paragraph]:
    yield from paragraphs(texts[Block.OPENING])
    parts = (
        paragraphs(wording.overall(facts)),
        _indicators(facts),
        paragraphs(texts[Block.PROBLEMS]),
        map(Paragraph, wording.discipline(facts)),
        paragraphs(texts[Block.REQUIREMENTS]),
    )
    for place, (heading, part) in enumerate(zip(CHAPTERS, parts, strict=True)):
        yield Paragraph(f"{_NUMERALS[place]}、{heading}", Style.CHAPTER)
        yield from part
    yield from paragraphs(texts[Block.CLOSING])


def paragraphs(text: str) -> Iterator[Paragraph]:
    """Return the lines of a text as paragraphs of the body."""
    yield from (Paragraph(line) for line in text.split("\n") if line.strip())


def _indicators(facts: Facts) -> Iterator[Paragraph]:
    """Tell every indicator under the item of the plan it belongs to; those without a target come last."""
    number = 0
    item: Item | None = None
    for row in facts.with_target:
        if facts.item_of(row) != item:
            item = facts.item_of(row)
            number += 1
            yield Paragraph(f"（{in_chinese(number)}）{item.heading}", Style.SECTION)
        below = facts.siblings(row.indicator)
        told = sentences.standing(row) + sentences.by_region(below) + sentences.leaders(below)
        yield Paragraph(told, lead=f"{row.indicator.name}。")
    if facts.without_target:
        yield Paragraph(f"（{in_chinese(number + 1)}）其他情况", Style.SECTION)
        for row in facts.without_target:
            yield Paragraph(sentences.standing(row), lead=f"{row.indicator.name}。")


def in_chinese(number: int) -> str:
    """Write a small number as headings are numbered.

    >>> in_chinese(3), in_chinese(10), in_chinese(12), in_chinese(20)
    ('三', '十', '十二', '二十')
    """
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _NUMERALS[ones - 1]
    return ("" if tens == 1 else _NUMERALS[tens - 1]) + "十" + (_NUMERALS[ones - 1] if ones else "")
