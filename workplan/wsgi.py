"""Door for the web server."""

import os

from django.core.wsgi import get_wsgi_application

from workplan.checks import refuse_unsafe_start
from workplan.lib.limits import limit_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workplan.settings")
limit_connections()
application = get_wsgi_application()
refuse_unsafe_start()
