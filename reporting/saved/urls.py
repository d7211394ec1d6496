"""Routes of saved views; `reporting.urls` includes them, so that they share its names."""

from django.urls import path

from reporting.saved import views

urlpatterns = [
    # /views/
    path("views/", views.listed, name="views"),
    path("views/new/", views.new, name="view-new"),
    path("views/<int:pk>/", views.opened, name="view"),
    path("views/<int:pk>/edit/", views.edit, name="view-edit"),
    path("views/<int:pk>/delete/", views.delete, name="view-delete"),
    path("views/<int:pk>/schedule/", views.schedule, name="view-schedule"),
    # /views/schedules/, /views/files/
    path("views/schedules/<int:pk>/stop/", views.stop, name="view-stop"),
    path("views/files/<int:pk>/", views.file, name="view-file"),
    path("views/files/<int:pk>/retry/", views.retry, name="view-retry"),
]
