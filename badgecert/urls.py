from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from badgecert import health, metrics, search_engines

urlpatterns = [
    # First, because most requests are for the pages and files of a code.
    path("", include("certificates.urls")),
    path("", include("badgecert.core.urls")),
    path("", include("badgecert.accounts.urls")),
    path("", include("issuers.urls")),
    path("", include("badges.urls")),
    path("", include("earners.urls")),
    path("", include("notifications.urls")),
    path("robots.txt", search_engines.robots, name="robots"),
    path("sitemap.xml", search_engines.sitemap, name="sitemap"),
    path("sitemap-pages.xml", search_engines.sitemap_pages, name="sitemap_pages"),
    path("sitemap-badges-<int:number>.xml", search_engines.sitemap_badges, name="sitemap_badges"),
    path("sitemap-portfolios-<int:number>.xml", search_engines.sitemap_portfolios, name="sitemap_portfolios"),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("metrics", metrics.metrics, name="metrics"),
    path("api/schema/", login_not_required(SpectacularAPIView.as_view()), name="api_schema"),
    path("admin/", admin.site.urls),
]
