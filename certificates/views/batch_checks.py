"""Many links and codes at once, as a table and as CSV."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from badgecert.core import clock
from badges.activity import count_check
from certificates.batch_checks import check_lines, csv_of
from certificates.forms import ListForm
from certificates.misses import may_check_many_again
from certificates.views.answers import slowed_down


# Without a token, as verify(): checking changes nothing.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def verify_list(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        response = render(request, "certificates/verify_list.html", {"form": ListForm()})
        response["Cache-Control"] = "no-cache"
        return response
    if not may_check_many_again(request):
        return slowed_down(request)
    form = ListForm(request.POST)
    if not form.is_valid():
        return render(request, "certificates/verify_list.html", {"form": form}, status=400)
    lines = check_lines(form.cleaned_data["lines"])
    for line in lines:
        if line.code and line.page:
            count_check(request, line.code)
    if request.POST.get("as") == "csv":
        response = HttpResponse(csv_of(lines), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="checked-{clock.now():%Y-%m-%d}.csv"'
    else:
        context = {"lines": lines, "checked_at": clock.now(), "form": form}
        response = render(request, "certificates/verify_list_result.html", context)
    response["Cache-Control"] = "no-store"
    return response
