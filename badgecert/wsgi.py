import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "badgecert.settings")
application = get_wsgi_application()
# All views are imported before the first visitor comes, not while they wait.
_ = get_resolver().url_patterns
