"""What the scripts of the grid and the form need to know: addresses, whom the page is for, and their words."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import ReportingUnit, User
from submissions.patches import MOST_CELLS
from targets import periods


def page_config(unit: ReportingUnit, *, person: User, scale: int, month: date | None = None) -> dict[str, object]:
    return {
        "month": None if month is None else periods.format_month(month),
        "unit": unit.code,
        "person": person.pk,
        "username": person.username,
        "scale": scale,
        "mostCells": MOST_CELLS,
        "csrfCookie": settings.CSRF_COOKIE_NAME,
        "cellsUrl": reverse("submissions:grid-cells", args=[unit.code]),
        "panelUrl": reverse("submissions:grid-cell", args=[unit.code]),
        "loginUrl": reverse(settings.LOGIN_URL),
        "words": {**_saving_words(), **_grid_words()},
    }


def _saving_words() -> dict[str, str]:
    return {
        "saving": _("保存中"),
        "saved": _("已保存"),
        "unsaved": _("未保存"),
        "conflict": _("有冲突"),
        "allSaved": _("全部已保存 {time}"),
        "someUnsaved": _("{n} 格未保存"),
        "someSaving": _("正在保存 {n} 格…"),
        "offline": _("连不上服务器；已填内容保存在本机，恢复后自动发送。"),
        "restored": _("{n} 格尚未保存，已从本机恢复并重新发送。"),
        "serverBusy": _("服务器暂时没有保存，稍后自动重试。"),
        "storageFull": _("本机存不下未保存的内容，请尽快联网保存，保存前不要关闭本页。"),
        "signedOut": _("登录已过期，请重新登录；已填内容都在。"),
        "signInFailed": _("没有登录成功，请核对密码。"),
        "signInElsewhere": _("还需要进一步验证。请在新窗口完成登录，再回到本页。"),
        "conflictBoth": _("您填的 {mine}，{by} 于 {at} 已存为 {theirs}"),
        "takeMine": _("用我的"),
        "takeTheirs": _("用现值"),
        "useSuggestion": _("改为 {text}"),
        "empty": _("空"),
    }


def _grid_words() -> dict[str, str]:
    return {
        "notDue": _("本月不需填报"),
        "notReported": _("未报"),
        "notApplicable": _("不适用"),
        "sum": _("求和"),
        "count": _("计数"),
        "mean": _("平均"),
        "unitsDiffer": _("单位不同，不求和"),
        "pasteLands": _("{landing} / {all} 格可以填入"),
        "pasteOutside": _("{n} 格超出表格，不填入"),
        "pasteReadOnly": _("{n} 格不能填写（不需填报、未开放或已报送），不填入"),
        "pasteMerged": _("{n} 格是合并单元格的一部分，没有自己的数，保持不变"),
        "pasteNamed": _("{what}：{cells}"),
        "pasteCell": _("第 {row} 行第 {col} 列“{text}”"),
        "pasteBareCell": _("第 {row} 行第 {col} 列"),
        "pasteAnd": _("、"),
        "pasteMore": _("{cells}等"),
        "pasteFull": _("{n} 格显示的是约数，已按完整的数填入"),
        "pasteRounded": _("{n} 格按显示的数填入，来源里可能还有更多位数，请核对：{example}"),
        "pasteNothing": _("剪贴板里没有可以填入的表格。"),
        "readOnly": _("这一格不能填写：{reason}"),
        "undone": _("已撤销 {n} 格"),
        "redone": _("已重做 {n} 格"),
        "released": _("再按 Tab 离开表格"),
    }
