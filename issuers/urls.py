from django.urls import path

from issuers import views

app_name = "issuers"
urlpatterns = [path("issuers/<slug:slug>/", views.issuer, name="issuer")]
