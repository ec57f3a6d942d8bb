"""What an issuer publishes for machines: its keys, and what of its credentials no longer counts."""

import json
from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from badgecert.core import seal
from certificates import hosted, status_lists
from certificates.addresses import did_of
from certificates.models import KeyKind, StatusList
from certificates.openbadges.canonical import JsonObject
from certificates.openbadges.keys import did_document
from certificates.views.answers import JSON_TYPES, OB2_TYPES, machine_file, problem
from issuers.models import Issuer

_DID_TYPES = ("application/json", "application/did+json", "application/did+ld+json")


@login_not_required
@require_safe
def did_json(request: HttpRequest, slug: str) -> HttpResponseBase:
    """All keys that ever signed, so that old credentials still verify; those that were stolen assert nothing."""
    issuer = get_object_or_404(Issuer, slug=slug)
    keys = list(issuer.signing_keys.order_by("activated_at", "pk").defer("sealed_private"))
    document = did_document(
        did_of(slug),
        ed25519=[(key.fragment, key.public) for key in keys if key.kind == KeyKind.ED25519],
        rsa=[(key.fragment, json.loads(key.public)) for key in keys if key.kind == KeyKind.RSA],
        compromised=[key.fragment for key in keys if key.compromised_at],
    )
    return machine_file(request, json.dumps(document), request.get_preferred_type(_DID_TYPES) or _DID_TYPES[0])


@login_not_required
@require_safe
def status_list(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    return _signed_list(request, slug, number, status_lists.revocation_list)


@login_not_required
@require_safe
def suspension_list(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    return _signed_list(request, slug, number, status_lists.suspension_list)


@login_not_required
@require_safe
def revoked_credentials(request: HttpRequest, slug: str) -> HttpResponseBase:
    issuer = get_object_or_404(Issuer, slug=slug)
    document = status_lists.revoked_credentials(issuer)
    return machine_file(request, json.dumps(document, ensure_ascii=False), JSON_TYPES[0])


def _signed_list(
    request: HttpRequest, slug: str, number: int, published: Callable[[StatusList], str]
) -> HttpResponseBase:
    found = get_object_or_404(StatusList.objects.select_related("issuer"), issuer__slug=slug, number=number)
    try:
        text = published(found)
    except seal.SealError:
        return problem(503, _("We cannot sign this list now"), _("This says nothing about any badge."))
    return machine_file(request, text, request.get_preferred_type(JSON_TYPES) or JSON_TYPES[0])


@login_not_required
@require_safe
def profile_ob2(request: HttpRequest, slug: str) -> HttpResponseBase:
    issuer = get_object_or_404(
        Issuer.objects.select_related("logo").defer("logo__png", "logo__webp", "logo__svg"), slug=slug
    )
    return _hosted(request, hosted.profile_of(issuer))


@login_not_required
@require_safe
def badge_ob2(request: HttpRequest, slug: str) -> HttpResponseBase:
    document = hosted.badge_class_of(slug)
    return _hosted(request, document) if document else problem(404, _("There is no such file"))


@login_not_required
@require_safe
def revocations_ob2(request: HttpRequest, slug: str) -> HttpResponseBase:
    return _hosted(request, hosted.revocations_of(get_object_or_404(Issuer, slug=slug)))


def _hosted(request: HttpRequest, document: JsonObject) -> HttpResponseBase:
    return machine_file(
        request,
        json.dumps(document, ensure_ascii=False),
        request.get_preferred_type(OB2_TYPES) or OB2_TYPES[0],
    )
