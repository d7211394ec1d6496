"""Door for the web server."""

import os

from django.core.wsgi import get_wsgi_application

from workplan.lib.limits import limit_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workplan.settings")
limit_connections()
application = get_wsgi_application()
