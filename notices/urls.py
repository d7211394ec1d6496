"""Routes of the inbox."""

from django.urls import path

from notices import views

app_name = "notices"
urlpatterns = [
    # /notices/
    path("", views.inbox, name="inbox"),
    path("read/", views.read, name="read"),
    path("preferences/", views.preferences, name="preferences"),
    path("<int:pk>/", views.follow, name="follow"),
]
