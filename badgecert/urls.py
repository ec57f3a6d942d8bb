from django.contrib import admin
from django.urls import include, path

from badgecert import health

urlpatterns = [
    path("", include("badgecert.core.urls")),
    path("", include("badgecert.accounts.urls")),
    path("", include("issuers.urls")),
    path("", include("badges.urls")),
    path("", include("certificates.urls")),
    path("", include("earners.urls")),
    path("", include("notifications.urls")),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("admin/", admin.site.urls),
]
