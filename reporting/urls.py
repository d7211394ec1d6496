"""Routes of what is read: the overview, one indicator, one unit, and the board of the plan."""

from django.urls import include, path

from reporting import region_views, trace_views, views

app_name = "reporting"
urlpatterns = [
    path("leader/", views.leader, name="leader"),
    path("overview/", views.overview, name="overview"),
    path("indicators/<str:code>/", views.indicator, name="indicator"),
    path("indicators/<str:code>/trace/", trace_views.trace, name="trace"),
    path("indicators/<str:code>/reasons/", trace_views.reasons, name="reasons"),
    path("regions/", region_views.regions, name="regions"),
    path("regions/reasons/", region_views.reasons, name="region-reasons"),
    path("compare/", region_views.compare, name="compare"),
    path("export/regions/", region_views.regions_csv, name="export-regions"),
    path("export/regions/reasons/", region_views.reasons_file, name="export-region-reasons"),
    path("units/<str:code>/", views.unit, name="unit"),
    path("circular/", include("reporting.circular.urls")),
    path("", include("reporting.board_urls")),
    path("", include("reporting.warnings.urls")),
    path("", include("reporting.saved.urls")),
    path("", include("reporting.assessment.urls")),
]
