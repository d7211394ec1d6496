"""Routes of assessment; `reporting.urls` includes them, so that they share its names."""

from django.urls import path

from reporting.assessment import files, views

urlpatterns = [
    path("assessment/", views.listed, name="assessments"),
    path("assessment/<str:code>/publish/", views.publish, name="assessment-publish"),
    path("assessment/<str:code>/<str:unit>/", views.sheet, name="assessment"),
    path("assessment/<str:code>/<str:unit>/fill/", views.fill, name="assessment-fill"),
    path("assessment/<str:code>/<str:unit>/files/<uuid:key>/", files.download, name="assessment-file"),
    path("assessment/<str:code>/<str:unit>/<str:act>/", views.act, name="assessment-act"),
    path("export/assessment/", views.export, name="export-assessment"),
]
