"""Rules between the figures of one report: parts of a figure, what one figure is held under (F-22)."""

from decimal import Decimal

import pytest

from submissions.rules import PartFacts, check
from tests.submissions.rule_facts import figure, found, report
from workplan.templatetags.figures import sentence

WORKERS = PartFacts("workers")
RETIREES = PartFacts("retirees", Decimal("0.08"), Decimal("0.45"))


def in_parts(value, state="REPORTED", **parts):
    given = {code: Decimal(number) for code, number in parts.items()}
    return figure("T08", value, state=state, parts=given, declared_parts=[WORKERS, RETIREES])


# V05 -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figure_", "codes"),
    [
        (in_parts(100, workers=75, retirees=25), []),
        (in_parts(100, workers=92, retirees=8), []),
        (in_parts(100, workers=55, retirees=45), []),
        (in_parts(100, workers=93, retirees=7), ["V05 W"]),
        (in_parts(100, workers=54, retirees=46), ["V05 W"]),
        (in_parts(100, workers=75, retirees=24), ["V05 E"]),
        (in_parts(100, workers=75, retirees=26), ["V05 E"]),
        (in_parts(100, workers=100), ["V05 E"]),
        (in_parts(100), []),
        (in_parts(0, workers=0, retirees=0), []),
        (in_parts(None, state="NOT_APPLICABLE", workers=1), []),
    ],
)
def test_parts_add_up_to_the_figure_and_have_a_usual_share(figure_, codes):
    assert found(figure_) == codes


def test_the_sentence_names_all_cells_and_the_difference():
    """F-22: the clerk sees every number that does not fit, and by how much."""
    (finding,) = check(report(in_parts(100, workers=75, retirees=24)))
    names = {"T08": "T08 养老保险参保", "T08.workers": "在职职工", "T08.retirees": "离退休人员"}

    assert sentence(finding.template, finding.params, finding.shown_as, names) == (
        "T08 养老保险参保的分项（在职职工 75人、离退休人员 24人）之和 99人 与总数 100人 相差 1人。请核对各分项和总数。"
    )


def test_the_missing_part_is_named():
    (finding,) = check(report(in_parts(100, workers=100)))

    assert finding.params["part"] == "T08.retirees"


# V02 and V11 -----------------------------------------------------------------------------------

GROSS = {"GROSS_EMPLOYMENT": Decimal(500)}


@pytest.mark.parametrize(
    ("figures", "references", "codes"),
    [
        ([figure("T02", 500), figure("T01", 500)], {}, []),
        ([figure("T02", 501), figure("T01", 500)], {}, ["V02 W"]),
        ([figure("T02", 501), figure("T01", 500)], GROSS, ["V02 E"]),
        ([figure("T02", 500), figure("T01", 400)], GROSS, ["V02 W"]),
        ([figure("T02", 501)], {}, []),
        ([figure("T02", 501), figure("T01", state="NOT_REPORTED", note="系统故障")], {}, []),
        ([figure("T02", state="NOT_APPLICABLE"), figure("T01", 1)], {}, []),
    ],
)
def test_the_re_employed_are_among_the_newly_employed(figures, references, codes):
    assert found(*figures, references=references) == codes


def test_an_exceeded_ceiling_names_all_cells_and_the_difference():
    """F-22."""
    (finding,) = check(report(figure("T02", 501), figure("T01", 500)))

    assert sentence(finding.template, finding.params, finding.shown_as) == (
        "T02 501人 大于T01 500人，多出 1人。请核对口径；属实的，请写明原因。"
    )


def medical(value, **parts):
    given = {code: Decimal(number) for code, number in parts.items()}
    return figure("T10", value, parts=given, declared_parts=[WORKERS, RETIREES])


@pytest.mark.parametrize(
    ("figures", "references", "codes"),
    [
        ([figure("T09", 130)], {"URBAN_EMPLOYED": Decimal(130)}, []),
        ([figure("T09", 131)], {"URBAN_EMPLOYED": Decimal(130)}, ["V11 W"]),
        ([figure("T09", 131)], {"URBAN_EMPLOYED": Decimal(130), "EMPLOYED": Decimal(120)}, ["V11 W"]),
        ([figure("T09", 131)], {"EMPLOYED": Decimal(130)}, ["V11 W"]),
        ([figure("T09", 131)], {}, []),
        ([figure("T12", 70), medical(100, workers=70, retirees=30)], {}, []),
        ([figure("T12", 71), medical(100, workers=70, retirees=30)], {}, ["V11 W"]),
        ([figure("T12", 71), medical(100)], {}, []),
        ([figure("T12", 71), figure("T10", state="NOT_APPLICABLE")], {}, []),
    ],
)
def test_the_insured_workers_are_among_the_employed(figures, references, codes):
    assert found(*figures, references=references) == codes


def test_a_reference_is_called_by_its_name():
    (finding,) = check(report(figure("T09", 131), references={"URBAN_EMPLOYED": Decimal(130)}))

    assert "大于城镇从业人数 130人" in sentence(finding.template, finding.params, finding.shown_as)


# V12 -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figures", "codes"),
    [
        ([figure("T05", 401), figure("T06", 400)], ["V12 I"]),
        ([figure("T05", 400), figure("T06", 400)], []),
        ([figure("T05", 401)], []),
        ([figure("T05", state="NOT_APPLICABLE"), figure("T06", 400)], []),
    ],
)
def test_more_entrepreneurs_than_re_trained_is_told(figures, codes):
    assert found(*figures) == codes
