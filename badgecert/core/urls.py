from django.urls import path, re_path

from badgecert.core import views

urlpatterns = [
    path("", views.home, name="home"),
    path("styleguide/", views.styleguide, name="styleguide"),
    re_path(r"^pictures/(?P<sha256>[0-9a-f]{64})\.png$", views.picture, {"kind": "png"}, name="picture"),
    re_path(r"^pictures/(?P<sha256>[0-9a-f]{64})\.(?P<kind>webp|svg)$", views.picture, name="picture_variant"),
]
