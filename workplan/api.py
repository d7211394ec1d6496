"""The REST map: one line per resource."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.urls import include, path, re_path, register_converter
from django.urls.converters import StringConverter
from drf_spectacular.renderers import OpenApiJsonRenderer2, OpenApiYamlRenderer
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.serializers import ChoiceField
from rest_framework.views import APIView

from accounts.rest import Resource
from reporting import api as reporting
from reporting.assessment import api as assessment
from reporting.saved import api as saved
from reporting.warnings import api as warnings
from submissions import api as submissions
from submissions import calendar_api
from submissions import import_api as bulk
from submissions import rule_api as rules
from submissions.converters import ReferenceMonth, UnitCode
from targets import api as targets
from workplan.lib.rest import FormatNegotiation, read_query
from workplan.lib.serializers import StrictSerializer


class YearConverter(StringConverter):
    regex = "[0-9]{4}"

    def to_python(self, value: str) -> int:
        return int(value)


class NumberConverter(YearConverter):
    regex = "[1-9][0-9]{0,3}"


class RoundConverter(StringConverter):
    regex = "[A-Z0-9][A-Z0-9-]{0,19}"


class IndicatorConverter(StringConverter):
    regex = "[A-Z][0-9A-Z]{1,11}"


register_converter(YearConverter, "plan_year")
register_converter(NumberConverter, "item_number")
register_converter(ReferenceMonth, "month")
register_converter(UnitCode, "unit_code")
register_converter(IndicatorConverter, "indicator_code")
register_converter(RoundConverter, "round_code")


class SchemaQuery(StrictSerializer):
    """How the document is written, and in which language."""

    format = ChoiceField(["json", "yaml"], required=False)
    lang = ChoiceField(settings.LANGUAGES, required=False)


class Schema(SpectacularAPIView):
    """The OpenAPI document, as JSON or YAML."""

    content_negotiation_class = FormatNegotiation
    renderer_classes: ClassVar = [OpenApiJsonRenderer2, OpenApiYamlRenderer]

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        read_query(request, SchemaQuery)


class Docs(SpectacularSwaggerSplitView):
    """The document for people, from our own files."""

    url_name = "api:schema"
    template_name = "api/docs.html"


class Unknown(Resource):
    """Whatever is not on this map: not found, whoever asks and however, once they are known."""

    schema = None

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        APIView.initial(self, request, *args, **kwargs)
        raise Http404


app_name = "api"
urlpatterns = [
    path("", include("accounts.api_urls")),
    path("plans/", targets.Plans.as_view(), name="plans"),
    path("plans/<plan_year:year>/", targets.PlanOfYear.as_view(), name="plan"),
    path("plans/<plan_year:year>/items/", reporting.Items.as_view(), name="items"),
    path("plans/<plan_year:year>/items/<item_number:number>/", reporting.OneItem.as_view(), name="item"),
    path("plans/<plan_year:year>/milestones/", targets.Milestones.as_view(), name="milestones"),
    path("plans/<plan_year:year>/targets/", targets.Targets.as_view(), name="targets"),
    path("indicators/", targets.Indicators.as_view(), name="indicators"),
    path("indicators/<indicator_code:indicator>/", targets.OneIndicator.as_view(), name="indicator"),
    path("units/", targets.Units.as_view(), name="units"),
    path("units/<unit_code:unit>/", targets.OneUnit.as_view(), name="unit"),
    path("reports/", submissions.Reports.as_view(), name="reports"),
    path("reports/<month:month>/<unit_code:unit>/", submissions.OneReport.as_view(), name="report"),
    *(
        path(
            f"reports/<month:month>/<unit_code:unit>/{verb.lower()}/",
            submissions.resource_for(verb).as_view(verb=verb),
            name=f"report-{verb.lower()}",
        )
        for verb in submissions.SERVICES
    ),
    path(
        "reports/<month:month>/<unit_code:unit>/ask-to-sign/",
        submissions.AskToSign.as_view(),
        name="report-ask-to-sign",
    ),
    path("months/<month:month>/extensions/", calendar_api.Extensions.as_view(), name="extensions"),
    path("progress/", reporting.Progress.as_view(), name="progress"),
    path("progress/series/", reporting.ProgressSeries.as_view(), name="series"),
    path("assessment/schemes/", assessment.Schemes.as_view(), name="assessment-schemes"),
    path("assessment/results/", assessment.Results.as_view(), name="assessment-results"),
    path(
        "assessment/results/<round_code:code>/<unit_code:unit>/",
        assessment.OneSheet.as_view(),
        name="assessment-sheet",
    ),
    path("figures/import/", bulk.FiguresImport.as_view(), name="figures-import"),
    path("figures/import/jobs/<uuid:key>/", bulk.OneImportJob.as_view(), name="import-job"),
    path("figures/import/jobs/<uuid:key>/cancel/", bulk.CancelImportJob.as_view(), name="import-job-cancel"),
    path("figures/import/jobs/<uuid:key>/retry/", bulk.RetryImportJob.as_view(), name="import-job-retry"),
    path("milestones/import/", bulk.MilestonesImport.as_view(), name="milestones-import"),
    path("figures/", reporting.Figures.as_view(), name="figures"),
    path("warnings/", warnings.Warnings.as_view(), name="warnings"),
    path("views/", saved.Views.as_view(), name="views"),
    path("views/<int:pk>/", saved.OneView.as_view(), name="view"),
    path("views/<int:pk>/run/", saved.ViewFile.as_view(), name="view-run"),
    path("views/<int:pk>/schedules/", saved.Schedules.as_view(), name="view-schedules"),
    path("views/schedules/<int:pk>/stop/", saved.StopSchedule.as_view(), name="view-schedule-stop"),
    path("views/files/", saved.Runs.as_view(), name="view-files"),
    path("views/files/<int:pk>/", saved.RunFile.as_view(), name="view-file"),
    path("views/files/<int:pk>/retry/", saved.RetryRun.as_view(), name="view-file-retry"),
    path("rules/", rules.Rules.as_view(), name="rules"),
    path("excuses/", rules.Excuses.as_view(), name="excuses"),
    path("excuses/<int:pk>/withdraw/", rules.WithdrawExcuse.as_view(), name="excuse-withdraw"),
    path("sdmx/", include("reporting.sdmx.urls")),
    path("schema/", Schema.as_view(), name="schema"),
    path("docs/", login_required(Docs.as_view()), name="docs"),
    re_path("", Unknown.as_view()),
]
