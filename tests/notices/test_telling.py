"""A notice carries what its sentence says and nothing else, and is written once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import translation

from notices import telling
from notices.models import Notice, NoticeKind
from notices.sentences import check_words, sentence
from notices.telling import Letter
from tests.factories import UserFactory, person, shanghai

NOW = shanghai(2007, 10, 12)
WORDS = {"unit": "广东", "unit_en": "Guangdong", "month": "2007-09-01"}


@pytest.mark.parametrize(
    "words",
    [
        {**WORDS, "value": "310000"},
        {"unit": "广东"},
        {**WORDS, "unit": Decimal(310000)},
        {**WORDS, "month": "310000 人"},
        {**WORDS, "comment": "请核实"},
    ],
)
def test_t_09_a_figure_or_a_comment_has_no_place_in_a_notice(words):
    with pytest.raises(ValueError):
        check_words(NoticeKind.APPROVED, words)


@pytest.mark.django_db
def test_i_10_telling_twice_makes_one_notice():
    someone = UserFactory()
    letter = Letter([someone.pk, someone.pk], key="decision:1", path="/reports/", words=WORDS)

    telling.tell(NoticeKind.APPROVED, [letter], now=NOW)
    telling.tell(NoticeKind.APPROVED, [letter], now=NOW)

    assert Notice.objects.filter(recipient=someone).count() == 1


def test_the_sentence_is_in_the_readers_language():
    assert sentence("APPROVED", WORDS) == "广东2007年9月的报表已通过审核。"
    with translation.override("en"):
        assert sentence("APPROVED", WORDS) == "The September 2007 report of Guangdong has been approved."


@pytest.mark.django_db
def test_security_administrators_are_told_of_a_quarantined_file():
    guard, clerk = person("SECURITY_ADMIN"), UserFactory(display_name="林")
    person("SECURITY_ADMIN", is_active=False)

    telling.tell_security(key="upload:1", path="/admin/", file="决定.pdf", by=clerk, now=NOW)

    told = Notice.objects.get()
    assert told.recipient == guard
    assert sentence(told.kind, told.words) == "林上传的文件“决定.pdf”已被隔离，请核查。"
