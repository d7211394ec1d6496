"""Figures as the rules take them, shortly written."""

from decimal import Decimal

from submissions.rules import RULES, FigureFacts, ReportFacts, Terms, check

WAN = 10_000
BOUNDS = {"T04": "AT_MOST", "T14": "AT_LEAST"}
KINDS = {
    "T01": ("FLOW", "PERSON"),
    "T02": ("FLOW", "PERSON"),
    "T03": ("FLOW", "PERSON"),
    "T04": ("RATIO", "RATE"),
    "T05": ("FLOW", "PERSON"),
    "T06": ("FLOW", "PERSON"),
    "T08": ("STOCK", "PERSON"),
    "T09": ("STOCK", "PERSON"),
    "T10": ("STOCK", "PERSON"),
    "T11": ("STOCK", "PERSON"),
    "T12": ("STOCK", "PERSON"),
    "T13": ("COUNT", "COUNT"),
    "T14": ("RATIO", "RATE"),
    "T16": ("STOCK", "PERSON"),
    "T17": ("STOCK", "PERSON"),
    "T18": ("ZERO", "YUAN"),
}
PART_OF = {"T03": "T02", "T16": "T10", "T17": "T11"}


def figure(code, value=None, *, month=9, **facts):
    """Return a figure as filed in September; whole numbers stand for decimals."""
    kind, unit = KINDS[code]
    facts.setdefault("state", "REPORTED")
    if any(name.startswith("previous_") and number is not None for name, number in facts.items()):
        facts.setdefault("previous_month", month - 1)
    numbers = {
        name: Decimal(number)
        for name, number in {"value": value, **facts}.items()
        if number is not None and name in NUMBERS
    }
    words = {name: word for name, word in facts.items() if name not in NUMBERS}
    return FigureFacts(
        code=code, kind=kind, unit_of_measure=unit, month=month, bound=BOUNDS.get(code), **words, **numbers
    )


NUMBERS = {
    "value",
    "numerator",
    "denominator",
    "persons",
    "previous_value",
    "previous_numerator",
    "previous_denominator",
    "baseline_value",
    "target_value",
    "flash",
    "separate",
}


def report(*figures, month=9, **facts):
    return ReportFacts(month=month, figures={one.code: one for one in figures}, part_of=PART_OF, **facts)


def found(*figures, limits=None, **facts):
    """Return the codes and severities of what is found."""
    book = dict.fromkeys(RULES, Terms(limits=limits)) if limits else {}
    return [f"{one.code} {one.severity}" for one in check(report(*figures, **facts), book)]


def rate(code, numerator, denominator=1_000, **facts):
    return figure(code, numerator=numerator, denominator=denominator, **facts)
