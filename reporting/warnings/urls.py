"""Routes of early warning; `reporting.urls` includes them, so that they share its names."""

from django.urls import path

from reporting.warnings import views

urlpatterns = [
    path("warnings/", views.listed, name="warnings"),
    path("warnings/<int:pk>/", views.one, name="warning"),
    path("warnings/<int:pk>/answer/", views.answer, name="warning-answer"),
    path("export/warnings/", views.export, name="export-warnings"),
]
