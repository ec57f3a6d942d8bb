from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from earners.guides import GUIDES, find_guide


@login_not_required
@require_safe
def guides(request: HttpRequest) -> HttpResponse:
    return render(request, "guides/index.html", {"guides": GUIDES})


@login_not_required
@require_safe
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """One guide; printed, it is the same in a picture a step."""
    found = find_guide(slug)
    if found is None:
        raise Http404
    return render(request, found.template, {"guide": found})


@login_not_required
@require_safe
def sharing(request: HttpRequest) -> HttpResponse:
    """The address that organisations print and that earners know by heart."""
    return redirect("earners:guide", "sharing", permanent=True)
