from django.urls import path, re_path, register_converter

from certificates.converters import CodeConverter
from certificates.views import files, verification, verify

register_converter(CodeConverter, "code")

app_name = "certificates"
urlpatterns = [
    path("verify/", verify.verify, name="verify"),
    path("v/<code:code>", verification.verification, name="verification"),
    path("v/<code:code>/versions/<int:number>", verification.version, name="version"),
    path("v/<code:code>.json", files.credential_json, name="credential_json"),
    path("v/<code:code>.png", files.badge_picture, {"kind": "png"}, name="badge_png"),
    path("v/<code:code>.svg", files.badge_picture, {"kind": "svg"}, name="badge_svg"),
    path("v/<code:code>/qr.svg", files.qr, name="qr_svg"),
    path("v/<code:code>/certificate.pdf", files.certificate, name="certificate_pdf"),
    # Everything else that somebody may have typed, scanned or pasted in place of a code.
    re_path(
        r"^[vV]/(?P<typed>[^/]+?)"
        r"(?P<rest>/|\.json|\.png|\.svg|/qr\.svg|/certificate\.pdf|/versions/\d{1,6})?$",
        verification.other_spelling,
        name="other_spelling",
    ),
]
