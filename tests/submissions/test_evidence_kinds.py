"""What evidence may be: decided by content, each refusal with a sentence and a way out of its own."""

from __future__ import annotations

import pytest

from submissions.evidence import kinds, taking
from submissions.evidence.refusals import SENTENCES, EvidenceRefused
from tests.submissions.evidence_samples import REFUSED, TAKEN


@pytest.mark.parametrize("name", TAKEN)
def test_what_offices_send_is_taken_by_its_content(name):
    content, kind = TAKEN[name]

    assert kinds.judge(content, name) == kind


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_taken_is_told_why(case):
    name, content, code = REFUSED[case]

    with pytest.raises(EvidenceRefused) as refused:
        kinds.judge(content, name)

    assert refused.value.code == code
    assert str(refused.value).count("。") >= 2 or "，" in str(refused.value)


def test_every_sentence_is_its_own_and_reached_by_a_case():
    assert len({str(one) for one in SENTENCES.values()}) == len(SENTENCES)
    assert set(SENTENCES) == {code for _name, _content, code in REFUSED.values()} - {"name_lies"}


def test_a_lying_name_is_told_what_it_should_be():
    with pytest.raises(EvidenceRefused) as refused:
        kinds.judge(TAKEN["名单.xlsx"][0], "名单.xlsx.exe")

    assert str(refused.value) == ("文件名以“.exe”结尾，内容却是Excel 工作簿。请核对文件，把结尾改为 .xlsx 后再上传。")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("C:\\材料\\通知.pdf", "通知.pdf"),
        ("../../etc/通知.pdf", "通知.pdf"),
        ("通知\u202efdp.exe", "通知fdp.exe"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
    ],
)
def test_u07_a_name_is_only_a_name(given, shown):
    assert taking.clean_name(given) == shown
