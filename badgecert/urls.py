from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("badgecert.core.urls")),
    path("", include("badgecert.accounts.urls")),
    path("", include("issuers.urls")),
    path("", include("badges.urls")),
    path("", include("certificates.urls")),
    path("", include("earners.urls")),
    path("", include("notifications.urls")),
    path("admin/", admin.site.urls),
]
