"""What each kind of notice says, made from its words in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from notices.models import NoticeKind

#: The one sentence of each kind. What stands in it is all that a notice of the kind may carry.
SENTENCES: Mapping[str, str | Promise] = {
    NoticeKind.RETURNED: _("%(by)s退回了%(unit)s%(month)s的报表，请按意见修改后重新报送。"),
    NoticeKind.REOPENED: _("%(by)s重新开放了%(unit)s%(month)s的报表，请修改或补填后报送。"),
    NoticeKind.APPROVED: _("%(unit)s%(month)s的报表已通过审核。"),
    NoticeKind.DUE_3: _("%(unit)s%(month)s的报表将于%(due_on)s截止，尚未报送。"),
    NoticeKind.DUE_1: _("%(unit)s%(month)s的报表即将截止（%(due_on)s），尚未报送，请尽快办理。"),
    NoticeKind.OPENED: _("%(unit)s%(month)s的报表现在可以填报，截止日为%(due_on)s。"),
    NoticeKind.EXTENDED: _("%(unit)s%(month)s的报送期限延至%(until)s。"),
    NoticeKind.REMINDED: _("%(by)s催报：请尽快报送%(unit)s%(month)s的报表（截止日%(due_on)s）。"),
    NoticeKind.SECURITY: _("%(by)s上传的文件“%(file)s”已被隔离，请核查。"),
    NoticeKind.QUARANTINED: _("您上传的文件“%(file)s”疑似有害，已被隔离，没有附在报表上。请查杀后重新上传。"),
    NoticeKind.IMPORTED: _("您提交的文件“%(file)s”已处理完毕，请查看结果。"),
    NoticeKind.IMPORT_FAILED: _("您提交的文件“%(file)s”没有导入成功，请查看原因。"),
    NoticeKind.WARNED: _("%(unit)s%(month)s触发预警“%(rule)s”，请查看并登记措施。"),
    NoticeKind.WARNING_ANSWERED: _("%(by)s就%(unit)s的预警“%(rule)s”登记了措施。"),
    NoticeKind.WARNING_OVER: _("%(unit)s的预警“%(rule)s”已于%(month)s解除。"),
    NoticeKind.EXPORT_READY: _("定时导出“%(file)s”已生成，请在到期前下载。"),
    NoticeKind.EXPORT_FAILED: _("定时导出“%(file)s”没有生成，请查看原因。"),
    NoticeKind.EXPORT_ENDED: _("定时导出“%(file)s”已停止：您的账户停用或不再有导出权限。"),
    NoticeKind.SHEET_SUBMITTED: _("%(unit)s提交了考核自评，请核查。"),
    NoticeKind.SHEET_CHECKED: _("%(by)s核查了%(unit)s的考核表，请另一人确认。"),
    NoticeKind.SHEET_RETURNED: _("%(by)s退回了%(unit)s的考核表，请按意见修改后重新提交。"),
    NoticeKind.GRADED: _("%(unit)s的考核结果已经公布。"),
    NoticeKind.SIGNING_ASKED: _("%(by)s已填好%(unit)s%(month)s的报表，请您核对并报送。"),
}
#: What a kind says of several matters at once, naming the first of them: how many, and which.
_SEVERAL: Mapping[str, str | Promise] = {
    NoticeKind.WARNED: _("本次检查有 %(n)s 项预警，请查看并登记措施：%(first)s。"),
    NoticeKind.WARNING_OVER: _("本次检查解除了 %(n)s 项预警：%(first)s。"),
}
#: Kinds that say less by mail: what people call their files, views and rules may hold a figure.
_BY_MAIL: Mapping[str, str | Promise] = {
    NoticeKind.SECURITY: _("%(by)s上传的一个文件已被隔离，请核查。"),
    NoticeKind.QUARANTINED: _("您上传的一个文件疑似有害，已被隔离，没有附在报表上。请查杀后重新上传。"),
    NoticeKind.IMPORTED: _("您提交的一个文件已处理完毕，请查看结果。"),
    NoticeKind.IMPORT_FAILED: _("您提交的一个文件没有导入成功，请查看原因。"),
    NoticeKind.WARNED: _("%(unit)s%(month)s触发一项预警，请查看并登记措施。"),
    NoticeKind.WARNING_ANSWERED: _("%(by)s就%(unit)s的一项预警登记了措施。"),
    NoticeKind.WARNING_OVER: _("%(unit)s的一项预警已于%(month)s解除。"),
    NoticeKind.EXPORT_READY: _("一项定时导出已生成，请在到期前下载。"),
    NoticeKind.EXPORT_FAILED: _("一项定时导出没有生成，请查看原因。"),
    NoticeKind.EXPORT_ENDED: _("一项定时导出已停止：您的账户停用或不再有导出权限。"),
}

_SEVERAL_BY_MAIL: Mapping[str, str | Promise] = {
    NoticeKind.WARNED: _("本次检查有 %(n)s 项预警，请查看并登记措施。"),
    NoticeKind.WARNING_OVER: _("本次检查解除了 %(n)s 项预警。"),
}

_MONTHS, _DAYS = frozenset({"month"}), frozenset({"due_on", "until"})
#: Words that have an English form beside them.
_NAMES = frozenset({"unit", "by", "rule", "first"})
#: How many matters a notice tells of, the only number it may carry.
COUNT = "n"


class _Named(dict):
    """Remembers which words a sentence asks for."""

    def __missing__(self, name: str) -> str:
        self[name] = ""
        return ""


def words_of(kind: str, *, is_several: bool = False) -> frozenset[str]:
    """Return the names of the words a notice of the kind carries.

    >>> sorted(words_of("APPROVED")), sorted(words_of("WARNED", is_several=True))
    (['month', 'unit'], ['first', 'n'])
    """
    asked = _Named()
    str(_SEVERAL[kind] if is_several else SENTENCES[kind]) % asked
    return frozenset(asked)


def check_words(kind: str, words: Mapping[str, str]) -> None:
    """Hold what a notice carries against its kind: a figure has no place to stand in.

    :raises ValueError: a word is missing, is not one of the kind's, or is not a text, a month, a day or a count.
    """
    expected = words_of(kind, is_several=COUNT in words and kind in _SEVERAL)
    given = {name.removesuffix("_en") for name in words}
    if given != expected:
        raise ValueError(f"{kind} carries {sorted(expected)}, not {sorted(given)}")
    for name, word in words.items():
        if not isinstance(word, str):
            raise ValueError(f"{name} of {kind} is not a text: {word!r}")
        if name in _MONTHS | _DAYS:
            date.fromisoformat(word)
        if name == COUNT and int(word) < 2:
            raise ValueError(f"{kind} tells of {word} matters as of several")


def sentence(kind: str, words: Mapping[str, str]) -> str:
    """Return what the notice says, in the language of the moment."""
    form = _SEVERAL if COUNT in words else SENTENCES
    return str(form[kind]) % _spoken(kind, words)


def mail_sentence(kind: str, words: Mapping[str, str]) -> str:
    """Return what a mail says of the notice, in the language of the moment: nothing that a person named freely."""
    form = _SEVERAL_BY_MAIL[kind] if COUNT in words else _BY_MAIL.get(kind, SENTENCES[kind])
    return str(form) % _spoken(kind, words)


def _spoken(kind: str, words: Mapping[str, str]) -> dict[str, str]:
    return {name: _said(name, words) for name in words_of(kind, is_several=COUNT in words)}


def _said(name: str, words: Mapping[str, str]) -> str:
    word = words.get(name, "")
    if name in _MONTHS | _DAYS and word:
        return date_format(date.fromisoformat(word), "YEAR_MONTH_FORMAT" if name in _MONTHS else "DATE_FORMAT")
    if name in _NAMES and get_language() == "en":
        return words.get(f"{name}_en") or word
    return word
