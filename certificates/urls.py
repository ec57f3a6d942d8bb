from django.urls import path, re_path, register_converter

from certificates.converters import CodeConverter
from certificates.views import (
    batch_checks,
    embed,
    files,
    issuers,
    log,
    pictures,
    receipts,
    share_links,
    verification,
    verify,
    verify_api,
)

register_converter(CodeConverter, "code")

app_name = "certificates"
urlpatterns = [
    path("v/<code:code>", verification.verification, name="verification"),
    path("v/<code:code>/versions/<int:number>", verification.version, name="version"),
    path("v/<code:code>.json", files.credential_json, name="credential_json"),
    path("v/<code:code>.jwt", files.credential_jwt, name="credential_jwt"),
    path("v/<code:code>/versions/<int:number>.json", files.credential_json, name="version_json"),
    path("v/<code:code>/refresh", files.credential_json, name="refresh"),
    path("v/<code:code>/ob2.json", files.assertion_json, name="assertion_ob2"),
    path("v/<code:code>.png", files.badge_picture, {"kind": "png"}, name="badge_png"),
    path("v/<code:code>.svg", files.badge_picture, {"kind": "svg"}, name="badge_svg"),
    path("v/<code:code>.jpg", pictures.badge_jpeg, name="badge_jpeg"),
    path("v/<code:code>/live.png", pictures.live_picture, name="live_picture"),
    path("v/<code:code>/card-<slug:name>.png", pictures.preview_card, name="preview_card"),
    path("v/<code:code>/embed", embed.embed, name="embed"),
    path("v/<code:code>/qr.svg", files.qr, {"kind": "svg"}, name="qr_svg"),
    path("v/<code:code>/qr.png", files.qr, {"kind": "png"}, name="qr_png"),
    path("v/<code:code>/certificate.pdf", files.certificate, name="certificate_pdf"),
    path("v/<code:code>/check.pdf", receipts.receipt, name="receipt"),
    path("v/<code:code>/log", log.place_in_log, name="place_in_log"),
    path("v/<code:code>/log.json", log.place_in_log_json, name="place_in_log_json"),
    path("verify/", verify.verify, name="verify"),
    path("verify/list/", batch_checks.verify_list, name="verify_list"),
    path("verify/receipt.pdf", receipts.presented_receipt, name="presented_receipt"),
    path("api/verify/", verify_api.VerifyView.as_view(), name="api_verify"),
    path("card.png", pictures.neutral_card, name="neutral_card"),
    path("s/<str:token>", share_links.share_link, name="share_link"),
    path("s/<str:token>/credential.json", share_links.share_link_json, name="share_link_json"),
    path("s/<str:token>/badge.png", share_links.share_link_png, name="share_link_png"),
    path("s/<str:token>/certificate.pdf", share_links.share_link_certificate, name="share_link_certificate"),
    path("log/", log.log, name="log"),
    path("log/head.json", log.head_json, name="log_head"),
    path("log/key.json", log.key_json, name="log_keys"),
    path("log/entries.json", log.entries_json, name="log_entries"),
    path("log/proof.json", log.proof_json, name="log_proof"),
    path("log/consistency.json", log.consistency_json, name="log_consistency"),
    path("issuers/<slug:slug>/did.json", issuers.did_json, name="did_json"),
    path("issuers/<slug:slug>/status/<int:number>", issuers.status_list, name="status_list"),
    path("issuers/<slug:slug>/status/<int:number>/suspension", issuers.suspension_list, name="suspension_list"),
    path("issuers/<slug:slug>/revoked-credentials.json", issuers.revoked_credentials, name="revoked_credentials"),
    path("issuers/<slug:slug>/ob2.json", issuers.profile_ob2, name="issuer_ob2"),
    path("issuers/<slug:slug>/revocations.json", issuers.revocations_ob2, name="revocations_ob2"),
    path("badges/<slug:slug>/ob2.json", issuers.badge_ob2, name="badge_ob2"),
    # Everything else that somebody may have typed, scanned or pasted in place of a code.
    re_path(
        r"^[vV]/(?P<typed>[^/]+?)"
        r"(?P<rest>/|\.json|\.jwt|\.png|\.jpg|\.svg|/live\.png|/embed|/qr\.(?:svg|png)|/certificate\.pdf|/check\.pdf|/log(?:\.json)?|/ob2\.json|/refresh|/versions/\d{1,6}(?:\.json)?)?$",
        verification.other_spelling,
        name="other_spelling",
    ),
]
