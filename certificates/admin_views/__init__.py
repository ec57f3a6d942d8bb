"""The desk's pages about certificates: previews, a batch as one file, letters, what documents are
signed with, an organisation's domain."""

from certificates.admin_views.domains import domain
from certificates.admin_views.exports import export_certificates, exported_zip
from certificates.admin_views.letters import letter
from certificates.admin_views.previews import (
    preview_certificate,
    preview_corrected_certificate,
    preview_corrected_page,
    preview_design,
    preview_page,
    preview_tried_certificate,
    preview_tried_page,
)
from certificates.admin_views.signing import document_key

__all__ = [
    "document_key",
    "domain",
    "export_certificates",
    "exported_zip",
    "letter",
    "preview_certificate",
    "preview_corrected_certificate",
    "preview_corrected_page",
    "preview_design",
    "preview_page",
    "preview_tried_certificate",
    "preview_tried_page",
]
