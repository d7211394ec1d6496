"""What planners set for rules, and whom reviewers excuse from them: read for a month, changed with a trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import audit, permissions
from accounts.models import ReportingUnit, User
from submissions import rules
from submissions.models import Excuse, RuleSetting
from targets.models import Indicator
from workplan.lib import numbers
from workplan.lib.refusals import Refused

#: A reason shorter than this says nothing.
SHORTEST_REASON = 5


class Book:
    """The settings of all rules, read once; told for a month."""

    def __init__(self) -> None:
        self.settings = list(RuleSetting.objects.order_by("rule", "valid_from"))

    def in_month(self, month: date) -> rules.RuleBook:
        """Return the terms of the rules that were set otherwise than built."""
        newest = {one.rule: one for one in self.settings if one.valid_from <= month}
        return {code: terms_of(one, month) for code, one in newest.items()}


def terms_of(setting: RuleSetting, month: date) -> rules.Terms:
    limits = {name: Decimal(text) for name, text in setting.limits.items()}
    return rules.Terms(
        limits=replace(rules.RuleLimits(), **limits),
        severity=rules.Severity(setting.severity) if setting.severity else None,
        is_in_force=setting.valid_to is None or month <= setting.valid_to,
    )


class LimitsRefused(Refused):
    """What was set for a rule cannot be held."""

    code = "invalid_limits"
    http_status = 400


def check_limits(rule: str, given: Mapping[str, object]) -> dict[str, str]:
    """Return the limits as stored: each known to the rule, a number that is not negative.

    :raises LimitsRefused: there is no such rule, limit or number.
    """
    if rule not in rules.RULES:
        raise LimitsRefused(_("没有编号为“%(rule)s”的规则。"), rule=rule)
    known = rules.RULES[rule].limits
    stored = {}
    for name, raw in given.items():
        if name not in known:
            raise LimitsRefused(
                _("规则 %(rule)s 没有名为“%(name)s”的界限；可设：%(known)s。"),
                rule=rule, name=name, known=gettext("、").join(known) or "–",
            )  # fmt: skip
        try:
            value = numbers.from_json_number(raw, decimals=4, maximum=Decimal(10) ** 12).value
        except numbers.NumberRefused as refusal:
            raise LimitsRefused(_("界限“%(name)s”须是不小于 0 的数。"), name=name) from refusal
        stored[name] = numbers.plain_text(value)
    return stored


class SettingRefused(Refused):
    """The rule cannot be set so, or not by this person."""

    code = "setting_refused"


class NotYourSetting(SettingRefused):
    """Rules are set by planners."""

    code = "not_permitted"
    http_status = 403


@transaction.atomic
def set_rule(
    *,
    rule: str,
    valid_from: date,
    valid_to: date | None,
    severity: str,
    limits: Mapping[str, object],
    reason: str,
    by: User,
) -> RuleSetting:
    """Hold a rule on other limits or another severity from a month on; what was approved before stays approved.

    :raises SettingRefused: not the person's to set, nothing is set, no reason, or the month has a setting already.
    :raises LimitsRefused: there is no such rule, limit or number.
    """
    _check_may_set(by)
    stored = check_limits(rule, limits)
    if rules.RULES[rule].subject == rules.Subject.UPHELD:
        raise SettingRefused(_("规则 %(rule)s 由系统本身保证，没有可设的内容。"), rule=rule)
    if valid_to is not None and valid_to < valid_from:
        raise SettingRefused(_("终止报告期不能早于起始报告期。"))
    if not stored and not severity and valid_to is None:
        raise SettingRefused(_("请至少设一项：界限、处理方式或终止报告期。"))
    _check_reason(reason)
    try:
        with transaction.atomic():
            setting = RuleSetting.objects.create(
                rule=rule, valid_from=valid_from, valid_to=valid_to, severity=severity, limits=stored,
                reason=reason.strip(),
            )  # fmt: skip
    except IntegrityError as error:
        raise SettingRefused(_("这条规则从该报告期起已有设置，请改那一条。")) from error
    audit.record("rule.set", by=by, obj=setting, details=_setting_told(setting))
    return setting


@transaction.atomic
def end_setting(setting: RuleSetting, *, valid_to: date, reason: str, by: User) -> RuleSetting:
    """Give a setting its last month; after it the rule is not held at all until it is set anew.

    :raises SettingRefused: not the person's to set, no reason, or the month lies before the setting's first.
    """
    _check_may_set(by)
    held = RuleSetting.objects.select_for_update().get(pk=setting.pk)
    if valid_to < held.valid_from:
        raise SettingRefused(_("终止报告期不能早于起始报告期。"))
    _check_reason(reason)
    held.valid_to = valid_to
    held.save(update_fields=["valid_to"])
    audit.record("rule.end", by=by, obj=held, details={**_setting_told(held), "reason": reason.strip()})
    return held


def _check_may_set(by: User) -> None:
    if not permissions.may_set_rules(by):
        raise NotYourSetting(_("只有计划管理员可以设置规则。"))


def _check_reason(reason: str) -> None:
    if len(reason.strip()) < SHORTEST_REASON:
        raise SettingRefused(_("请写明依据，至少 %(least)s 个字。"), least=SHORTEST_REASON)


def _setting_told(setting: RuleSetting) -> dict[str, object]:
    return {
        "rule": setting.rule,
        "valid_from": f"{setting.valid_from:%Y-%m}",
        "valid_to": f"{setting.valid_to:%Y-%m}" if setting.valid_to else None,
        "severity": setting.severity,
        "limits": setting.limits,
        "reason": setting.reason,
    }


# Excuses ---------------------------------------------------------------------------------------


class ExcuseRefused(Refused):
    """The excuse cannot be granted or withdrawn."""

    code = "excuse_refused"


class NotYourRule(ExcuseRefused):
    """Rules are excused by the ministry and by planners."""

    code = "not_permitted"
    http_status = 403


@transaction.atomic
def grant_excuse(
    *,
    unit: ReportingUnit,
    indicator: Indicator,
    rule: str,
    since: date,
    until: date,
    reason: str,
    by: User,
    now: datetime,
) -> Excuse:
    """Let a finding of this rule be information for the unit in these months.

    :raises ExcuseRefused: not the person's to grant, no such rule, no reason, or one stands already.
    """
    check_may_excuse(by)
    known = rules.RULES.get(rule)
    if known is None or known.subject not in {rules.Subject.FIGURE, rules.Subject.REPORT}:
        raise ExcuseRefused(_("没有编号为“%(rule)s”的报表规则。"), rule=rule)
    if not known.is_excusable:
        raise ExcuseRefused(_("规则 %(rule)s 不能豁免。"), rule=rule)
    if known.subject == rules.Subject.FIGURE and indicator.kind not in known.kinds:
        raise ExcuseRefused(_("规则 %(rule)s 不检查 %(code)s，不需要豁免。"), rule=rule, code=indicator.code)
    if since.day != 1 or until.day != 1 or until < since:
        raise ExcuseRefused(_("豁免须从某个报告期起，到同一或更晚的报告期止。"))
    if len(reason.strip()) < SHORTEST_REASON:
        raise ExcuseRefused(_("豁免须写明理由，至少 %(least)s 个字。"), least=SHORTEST_REASON)
    try:
        with transaction.atomic():
            excuse = Excuse.objects.create(
                unit=unit, indicator=indicator, rule=rule, since=since, until=until,
                reason=reason.strip(), granted_by=by, granted_at=now,
            )  # fmt: skip
    except IntegrityError as error:
        raise ExcuseRefused(_("%(unit)s的这一项已有豁免；请先撤销。"), unit=unit.label) from error
    audit.record("excuse.grant", by=by, obj=excuse, details=_told(excuse))
    return excuse


@transaction.atomic
def withdraw_excuse(excuse: Excuse, *, by: User, now: datetime) -> Excuse:
    """End an excuse: from now on the rule is held again. What was approved under it stays.

    :raises ExcuseRefused: not the person's to withdraw, or withdrawn already.
    """
    check_may_excuse(by)
    held = Excuse.objects.select_for_update().get(pk=excuse.pk)
    if held.withdrawn_at is not None:
        raise ExcuseRefused(_("这项豁免已经撤销。"))
    held.withdrawn_by, held.withdrawn_at = by, now
    held.save(update_fields=["withdrawn_by", "withdrawn_at"])
    audit.record("excuse.withdraw", by=by, obj=held, details=_told(held))
    return held


def check_may_excuse(by: User) -> None:
    """Refuse who excuses nobody.

    :raises ExcuseRefused: neither planner nor the ministry's reviewer.
    """
    if not permissions.may_excuse(by):
        raise NotYourRule(_("只有部审核人员和计划管理员可以豁免规则。"))


def _told(excuse: Excuse) -> dict[str, object]:
    return {
        "unit": excuse.unit.code,
        "rule": excuse.rule,
        "indicator": excuse.indicator.code,
        "since": f"{excuse.since:%Y-%m}",
        "until": f"{excuse.until:%Y-%m}",
        "reason": excuse.reason,
    }
