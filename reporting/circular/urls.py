"""Routes of the circular: part of the reporting app's names."""

from django.urls import path, register_converter

from reporting.circular import views
from submissions.converters import ReferenceMonth, UnitCode


class FileKind(UnitCode):
    """What a document is handed out as."""

    regex = "docx|pdf"


register_converter(ReferenceMonth, "circular_month")
register_converter(UnitCode, "letter_unit")
register_converter(FileKind, "file_kind")

urlpatterns = [
    path("<circular_month:month>/", views.circular, name="circular"),
    path("<circular_month:month>/circular.<file_kind:kind>", views.document, name="circular-file"),
    path("<circular_month:month>/template.docx", views.word_template, name="circular-template"),
    path("<circular_month:month>/wording/", views.wording, name="circular-wording"),
    path("<circular_month:month>/letters.zip", views.letters, name="letters"),
    path("<circular_month:month>/letters/<letter_unit:code>.<file_kind:kind>", views.letter, name="letter"),
]
