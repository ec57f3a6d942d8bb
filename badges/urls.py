from django.urls import path

from badges import views

app_name = "badges"
urlpatterns = [
    path("badges/", views.catalogue, name="catalogue"),
    path("badges/<slug:slug>/", views.badge, name="badge"),
]
