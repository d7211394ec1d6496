"""Routes of the board and of the downloads; `reporting.urls` includes them, so that they share its names."""

from django.urls import path

from reporting import board_views, chart_views, export_views, trace_views
from reporting.explorer import views as explorer_views

urlpatterns = [
    # /plan/
    path("plan/", board_views.board, name="board"),
    path("plan/items/<int:number>/", board_views.item, name="item"),
    # /explore/
    path("explore/", explorer_views.explore, name="explore"),
    # /export/
    path("export/explore/", explorer_views.explore_file, name="export-explore"),
    path("export/progress/", export_views.progress, name="export-progress"),
    path("export/ranking/", export_views.ranking, name="export-ranking"),
    path("export/workbook/", export_views.workbook, name="export-workbook"),
    path("export/board/", export_views.board, name="export-board"),
    path("export/series/", chart_views.series_csv, name="export-series"),
    path("export/trace/", trace_views.trace_file, name="export-trace"),
    path("export/reasons/", trace_views.reasons_file, name="export-reasons"),
    path("export/figures/", export_views.figures, name="export-figures"),
]
