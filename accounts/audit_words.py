"""What the trail's actions are called where people read them; programs read the codes."""

from __future__ import annotations

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

ACTIONS = {
    "account.activate": gettext_lazy("启用账户"),
    "account.create": gettext_lazy("创建账户"),
    "account.deactivate": gettext_lazy("停用账户"),
    "account.demo": gettext_lazy("创建演示账户"),
    "account.demo_ended": gettext_lazy("停用演示账户"),
    "account.email": gettext_lazy("修改邮箱"),
    "account.first": gettext_lazy("创建首位管理员"),
    "account.rename": gettext_lazy("修改姓名"),
    "assessment.cancel": gettext_lazy("取消考核等次"),
    "assessment.check": gettext_lazy("核查考核自评"),
    "assessment.confirm": gettext_lazy("确认考核结果"),
    "assessment.publish": gettext_lazy("公布考核结果"),
    "assessment.return": gettext_lazy("退回考核自评"),
    "assessment.save": gettext_lazy("保存考核自评"),
    "assessment.submit": gettext_lazy("提交考核自评"),
    "assessment.withdraw": gettext_lazy("撤回考核自评"),
    "audit.export": gettext_lazy("导出审计记录"),
    "audit.verify": gettext_lazy("校验审计记录"),
    "backup.restored": gettext_lazy("从备份恢复"),
    "circular.word": gettext_lazy("修改通报文字"),
    "demo.removed": gettext_lazy("清除演示数据"),
    "rule.set": gettext_lazy("设置审核规则"),
    "rule.end": gettext_lazy("停用规则设置"),
    "excuse.grant": gettext_lazy("批准豁免"),
    "excuse.withdraw": gettext_lazy("撤销豁免"),
    "evidence.add": gettext_lazy("上传佐证材料"),
    "evidence.quarantined": gettext_lazy("隔离佐证材料"),
    "evidence.remove": gettext_lazy("移除佐证材料"),
    "export": gettext_lazy("导出表格"),
    "export.make": gettext_lazy("生成定时导出"),
    "export.take": gettext_lazy("下载定时导出"),
    "import.cancel": gettext_lazy("取消后台导入"),
    "import.finish": gettext_lazy("后台导入结束"),
    "import.queue": gettext_lazy("提交后台导入"),
    "month.close": gettext_lazy("关闭报告期"),
    "month.extend": gettext_lazy("延长报送期限"),
    "month.move": gettext_lazy("调整报告期日期"),
    "month.open": gettext_lazy("开放报告期"),
    "month.publish": gettext_lazy("发布报告期"),
    "month.freeze": gettext_lazy("冻结发布快照"),
    "month.remind": gettext_lazy("催报"),
    "month.reopen": gettext_lazy("撤销关闭报告期"),
    "notice.import": gettext_lazy("导入通知原文"),
    "password.change": gettext_lazy("更改密码"),
    "password.reset": gettext_lazy("重置密码"),
    "report.approve": gettext_lazy("通过报表"),
    "report.ask_to_sign": gettext_lazy("请负责人审签"),
    "report.correct": gettext_lazy("更正报表"),
    "report.reopen": gettext_lazy("重新开放报表"),
    "report.return": gettext_lazy("退回报表"),
    "report.save": gettext_lazy("保存报表"),
    "report.submit": gettext_lazy("报送报表"),
    "report.withdraw": gettext_lazy("撤回报表"),
    "role.end": gettext_lazy("终止角色"),
    "role.grant": gettext_lazy("授予角色"),
    "scale.seeded": gettext_lazy("生成测试规模数据"),
    "second_factor.add": gettext_lazy("启用第二步验证"),
    "second_factor.failed": gettext_lazy("第二步验证失败"),
    "second_factor.remove": gettext_lazy("停用第二步验证"),
    "second_factor.reset": gettext_lazy("重新生成恢复码"),
    "sign_in": gettext_lazy("登录"),
    "sign_in.failed": gettext_lazy("登录失败"),
    "sign_in.locked": gettext_lazy("登录锁定"),
    "sign_out": gettext_lazy("退出"),
    "view.save": gettext_lazy("保存视图"),
    "view.change": gettext_lazy("修改视图"),
    "view.delete": gettext_lazy("删除视图"),
    "view.schedule": gettext_lazy("设置定时导出"),
    "view.unschedule": gettext_lazy("停止定时导出"),
    "warning.answer": gettext_lazy("登记预警措施"),
    "warningrule.change": gettext_lazy("修改预警规则"),
    "warningrule.create": gettext_lazy("新增预警规则"),
    "token.create": gettext_lazy("生成令牌"),
    "token.revoke": gettext_lazy("撤销令牌"),
}

#: Ends the code of an action that was tried and not taken: report.approve.refused.
REFUSED = ".refused"

#: What happens to reference data, after the name of its model: target.change.
STEPS = {
    "create": gettext_lazy("新建：%(kind)s"),
    "change": gettext_lazy("修改：%(kind)s"),
    "export": gettext_lazy("导出：%(kind)s"),
}


def action_label(action: str) -> str:
    """Return the action in the reader's language, or its code where it has no words.

    >>> action_label("month.eclipse")
    'month.eclipse'
    """
    if action in ACTIONS:
        return str(ACTIONS[action])
    if action.endswith(REFUSED) and (tried := action.removesuffix(REFUSED)) in ACTIONS:
        return _("被拒绝：%(action)s") % {"action": ACTIONS[tried]}
    kind, _dot, step = action.rpartition(".")
    name = _kinds().get(kind)
    return str(STEPS[step]) % {"kind": name} if name and step in STEPS else action


def object_label(object_type: str, object_id: str) -> str:
    """Return what was acted on: the kind in the reader's language and its number."""
    if not object_type:
        return ""
    return _("%(kind)s %(number)s") % {"kind": apps.get_model(object_type)._meta.verbose_name, "number": object_id}


def _kinds() -> dict[str, str]:
    return {model._meta.model_name or "": str(model._meta.verbose_name) for model in apps.get_models()}
