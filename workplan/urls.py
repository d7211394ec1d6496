"""The site map: one line per app."""

from django.urls import include, path

from workplan import themes, views
from workplan.admin_site import site

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("reporting.urls")),
    path("", include("submissions.urls")),
    path("notices/", include("notices.urls")),
    path("accounts/", include("accounts.urls")),
    path("admin/", site.urls),
    path("api/v1/", include("workplan.api")),
    path("i18n/set-language/", views.switch_language, name="set_language"),
    path("theme/", themes.switch_theme, name="set_theme"),
    path("livez", views.alive, name="alive"),
    path("readyz", views.ready, name="ready"),
]

handler404 = views.page_not_found
handler500 = views.server_error
