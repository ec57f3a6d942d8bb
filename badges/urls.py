from django.urls import URLPattern, URLResolver

app_name = "badges"
urlpatterns: list[URLPattern | URLResolver] = []
