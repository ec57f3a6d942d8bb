"""/api/verify/: the verdict of the page, for programs."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from certificates.misses import WINDOW_SECONDS, may_verify_again
from certificates.openbadges.exceptions import NoCredentialError, UnreadableError
from certificates.openbadges.findings import Facts, Result, Verdict
from certificates.verifying import verdict_on_content
from certificates.views.answers import problem


class BytesParser(BaseParser):
    """The body as it came: what it is, its own bytes say."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> bytes:
        content: bytes = stream.read()
        return content


@method_decorator(login_not_required, name="dispatch")
class VerifyView(APIView):
    """Takes a credential as body, or a file in the field `file` of a form."""

    parser_classes = (MultiPartParser, BytesParser)
    renderer_classes = (JSONRenderer,)

    def post(self, request: Request) -> HttpResponse:
        if not may_verify_again(request._request):
            response = problem(429, _("Too many tries"))
            response["Retry-After"] = str(WINDOW_SECONDS)
            return response
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.UPLOAD_BYTES_LIMIT:
            return problem(413, _("This is too large for a badge"))
        try:
            result = verdict_on_content(_presented(request))
        except NoCredentialError as error:
            return problem(422, _("There is no badge in it"), str(error))
        except UnreadableError as error:
            return problem(400, _("This cannot be read"), str(error))
        except ParseError as error:
            return problem(400, _("This cannot be read"), str(error.detail))
        return JsonResponse(result_json(result))


def _presented(request: Request) -> bytes:
    """Raises ParseError, UnreadableError."""
    data = request.data
    if isinstance(data, bytes):
        return data
    file = request.FILES.get("file")
    if file is None:
        msg = "Send the credential as body, or as a file in the field “file”."
        raise UnreadableError(msg)
    content: bytes = file.read()
    return content


def result_json(result: Result) -> dict[str, Any]:
    return {
        "verdict": result.verdict,
        "isValid": result.verdict == Verdict.VALID,
        "checks": [
            {
                "question": check.question,
                "name": check.name,
                "outcome": check.outcome,
                "title": check.title,
                "sentence": check.sentence,
            }
            for check in result.checks
        ],
        "credential": _facts_json(result.facts) if result.facts else None,
        "page": result.page or None,
    }


def _facts_json(facts: Facts) -> dict[str, Any]:
    return {
        "id": facts.credential_id or None,
        "badge": facts.badge or None,
        "description": facts.description or None,
        "issuer": {"id": facts.issuer_id or None, "name": facts.issuer or None},
        "holder": facts.holder or None,
        "awardedDate": facts.awarded_at,
        "validFrom": facts.valid_from,
        "validUntil": facts.valid_until,
    }
