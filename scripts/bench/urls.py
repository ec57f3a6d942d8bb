from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from issuers.models import Issuer


@login_not_required
def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello")


@login_not_required
def one_row(request: HttpRequest, slug: str) -> HttpResponse:
    return HttpResponse(Issuer.objects.get(slug=slug).name)


urlpatterns = [
    path("bench/hello", hello),
    path("bench/row/<slug:slug>", one_row),
    path("", include("badgecert.urls")),
]
