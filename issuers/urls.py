from django.urls import URLPattern, URLResolver

app_name = "issuers"
urlpatterns: list[URLPattern | URLResolver] = []
