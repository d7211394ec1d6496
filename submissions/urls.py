"""Routes of filing and review."""

from django.urls import path, register_converter

from submissions.converters import MonthAction, ReferenceMonth, UnitCode, VerbInAddress, VerdictInAddress
from submissions.views import calendar, evidence, grid, jobs, lists, report, review, rules, work, workbook

register_converter(ReferenceMonth, "reference_month")
register_converter(UnitCode, "reporting_unit")
register_converter(VerbInAddress, "verb")
register_converter(VerdictInAddress, "verdict")
register_converter(MonthAction, "month_action")

app_name = "submissions"
urlpatterns = [
    # /reports/
    path("reports/", work.my_work, name="my-work"),
    path("reports/export/", lists.units, name="units-export"),
    path("reports/grid/<reporting_unit:code>/", grid.grid, name="grid"),
    path("reports/grid/<reporting_unit:code>/cells/", grid.cells, name="grid-cells"),
    path("reports/workbook/", workbook.workbook, name="workbook"),
    path("reports/workbook/file/", workbook.download, name="workbook-file"),
    path("reports/workbook/<uuid:key>/", workbook.uploaded, name="uploaded"),
    path("reports/workbook/<uuid:key>/marked/", workbook.marked, name="uploaded-marked"),
    path("reports/imports/", jobs.imports, name="imports"),
    path("reports/imports/<uuid:key>/cancel/", jobs.cancel, name="import-cancel"),
    path("reports/imports/<uuid:key>/retry/", jobs.retry, name="import-retry"),
    path("reports/imports/<uuid:key>/import/", jobs.import_checked, name="import-checked"),
    path("reports/imports/<uuid:key>/errors/", jobs.errors, name="import-errors"),
    path("reports/grid/<reporting_unit:code>/cell/", grid.cell, name="grid-cell"),
    path("reports/grid/<reporting_unit:code>/draft/", grid.draft, name="grid-draft"),
    path("reports/<reference_month:month>/<reporting_unit:code>/", report.report, name="report"),
    path("reports/<reference_month:month>/<reporting_unit:code>/check/", report.check, name="check"),
    path("reports/<reference_month:month>/<reporting_unit:code>/ask-to-sign/", report.ask_to_sign, name="ask-to-sign"),
    path("reports/<reference_month:month>/<reporting_unit:code>/receipt/<int:number>/", report.receipt, name="receipt"),
    path(
        "reports/<reference_month:month>/<reporting_unit:code>/evidence/<uuid:key>/", evidence.download, name="evidence"
    ),
    path("reports/<reference_month:month>/<reporting_unit:code>/notes/", review.notes, name="notes"),
    path("reports/<reference_month:month>/<reporting_unit:code>/<verdict:verb>/", review.decide, name="decide"),
    path("reports/<reference_month:month>/<reporting_unit:code>/<verb:verb>/", report.act, name="act"),
    # /calendar/
    path("calendar/", calendar.year, name="calendar"),
    path("calendar/export/", calendar.export, name="calendar-export"),
    path("calendar/rules/", calendar.apply_rules, name="calendar-rules"),
    path("calendar/<reference_month:month>/", calendar.month, name="calendar-month"),
    path("calendar/<reference_month:month>/export/", lists.month, name="calendar-month-export"),
    path("calendar/<reference_month:month>/reminders/", lists.reminders, name="reminders-export"),
    path("calendar/<reference_month:month>/dates/", calendar.dates, name="calendar-dates"),
    path("calendar/<reference_month:month>/remind/", calendar.remind, name="calendar-remind"),
    path("calendar/<reference_month:month>/extend/", calendar.extend, name="calendar-extend"),
    path("calendar/<reference_month:month>/<month_action:action>/", calendar.act, name="calendar-act"),
    # /rules/
    path("rules/", rules.all_rules, name="rules"),
    path("rules/export/", lists.rules, name="rules-export"),
    path("rules/excuses/", rules.excuse, name="rule-excuse"),
    path("rules/excuses/<int:key>/withdraw/", rules.withdraw, name="rule-withdraw"),
    path("rules/settings/", rules.setting, name="rule-setting"),
    path("rules/settings/<int:key>/end/", rules.end, name="rule-end"),
    # /review/
    path("review/", review.queue, name="queue"),
    path("review/export/", lists.queue, name="queue-export"),
    path("review/clean/", review.approve_clean, name="approve-clean"),
]
