"""/api/verify/: the verdict of the page, for programs."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from certificates.misses import WINDOW_SECONDS, may_verify_again
from certificates.openbadges.exceptions import NoCredentialError, UnreadableError
from certificates.openbadges.findings import Outcome, Question, Verdict
from certificates.verifying import verdict_on_content
from certificates.views.answers import problem

_CREDENTIAL_TYPES = ("application/json", "text/plain", "image/png", "image/svg+xml", "application/pdf")
_PROBLEM = OpenApiResponse(description="A problem as RFC 9457 has it: title, status and detail.")


class CheckSerializer(serializers.Serializer[Any]):
    question = serializers.ChoiceField([question.value for question in Question])
    name = serializers.CharField(help_text="What was checked: signature, source, issuer, key, dates, record or status.")
    outcome = serializers.ChoiceField([outcome.value for outcome in Outcome])
    title = serializers.CharField()
    sentence = serializers.CharField(help_text="The reason, for a person.")


class FactsSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(source="credential_id")
    badge = serializers.CharField()
    description = serializers.CharField()
    issuer = serializers.CharField()
    issuerId = serializers.CharField(source="issuer_id")  # noqa: N815  # as credentials write it
    holder = serializers.CharField(help_text="Empty when the badge does not say, or is revoked.")
    awardedDate = serializers.DateTimeField(source="awarded_at", allow_null=True)  # noqa: N815
    validFrom = serializers.DateTimeField(source="valid_from", allow_null=True)  # noqa: N815
    validUntil = serializers.DateTimeField(source="valid_until", allow_null=True)  # noqa: N815


class VerdictSerializer(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField([verdict.value for verdict in Verdict])
    isValid = serializers.BooleanField(source="is_valid", help_text="Every check passed.")  # noqa: N815
    checks = CheckSerializer(many=True)
    credential = FactsSerializer(
        source="facts", allow_null=True, help_text="What the verified bytes say; null when nothing of it is proven."
    )
    page = serializers.CharField(help_text="The badge's page in our register; empty for badges of others.")


class BytesParser(BaseParser):
    """The body as it came: what it is, its own bytes say."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> dict[str, bytes]:
        return {"content": stream.read()}


@method_decorator(login_not_required, name="dispatch")
class VerifyView(APIView):
    """Takes a credential as body, or as a file in the field `file` of a form."""

    parser_classes = (MultiPartParser, BytesParser)
    renderer_classes = (JSONRenderer,)

    @extend_schema(
        operation_id="verify",
        summary="Check a badge of this site or of another platform",
        request=dict.fromkeys(_CREDENTIAL_TYPES, bytes),
        responses={200: VerdictSerializer, 400: _PROBLEM, 413: _PROBLEM, 422: _PROBLEM, 429: _PROBLEM},
    )
    def post(self, request: Request) -> HttpResponseBase:
        if not may_verify_again(request._request):
            return _slowed_down()
        # Before any of it is read: what is larger would be written to a disk.
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.UPLOAD_BYTES_LIMIT:
            return problem(413, _("This is too large for a badge"))
        try:
            return Response(VerdictSerializer(verdict_on_content(_presented(request))).data)
        except NoCredentialError as error:
            return problem(422, _("There is no badge in it"), str(error))
        except UnreadableError as error:
            return problem(400, _("This cannot be read"), str(error))
        except ParseError as error:
            return problem(400, _("This cannot be read"), str(error.detail))


def _slowed_down() -> HttpResponse:
    response = problem(429, _("Too many tries"))
    response["Retry-After"] = str(WINDOW_SECONDS)
    return response


def _presented(request: Request) -> bytes:
    """Raises ParseError, UnreadableError."""
    data = request.data
    file = request.FILES.get("file")
    content = file.read() if file else data.get("content") if isinstance(data, dict) else None
    if not isinstance(content, bytes):
        msg = _("Send the credential as body, or as a file in the field “file”.")
        raise UnreadableError(msg)
    return content
