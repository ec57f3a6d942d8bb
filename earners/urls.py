from django.urls import URLPattern, URLResolver

app_name = "earners"
urlpatterns: list[URLPattern | URLResolver] = []
