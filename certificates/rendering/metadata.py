"""The XMP metadata of a PDF that is PDF/A-3a and PDF/UA-1 at once, of which WeasyPrint writes one.

Also the signed head of the public log that it carries.
"""

import html
from collections.abc import Callable
from typing import Any

import pydyf

from certificates.openbadges.public_log import XMP_HEAD, XMP_NAMESPACE

_END = b"</rdf:RDF>"
_PDF_UA = '<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>'
# PDF/A allows only namespaces that it knows or that the file describes.
_SCHEMAS = """
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
  xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag>{schemas}</rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""
_SCHEMA = """<rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>{schema}</pdfaSchema:schema>
<pdfaSchema:namespaceURI>{namespace}</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>{prefix}</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>{name}</pdfaProperty:name>
<pdfaProperty:valueType>{kind}</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>{description}</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li>"""
_PDF_UA_SCHEMA = _SCHEMA.format(
    schema="PDF/UA identification schema",
    namespace="http://www.aiim.org/pdfua/ns/id/",
    prefix="pdfuaid",
    name="part",
    kind="Integer",
    description="Indicates which part of ISO 14289 the file follows",
)
_PREFIX, _colon, _NAME = XMP_HEAD.partition(":")
_LOG_SCHEMA = _SCHEMA.format(
    schema="Public log of a badge register",
    namespace=XMP_NAMESPACE,
    prefix=_PREFIX,
    name=_NAME,
    kind="Text",
    description="The newest signed head of the log when the file was made, as JSON",
)


def completed_metadata(log_head: str) -> Callable[[Any, pydyf.PDF], None]:
    """A `finisher` for WeasyPrint: puts all this into the one RDF element of the file."""
    schemas, head = _PDF_UA_SCHEMA, ""
    if log_head:
        schemas += _LOG_SCHEMA
        said = f"<{XMP_HEAD}>{html.escape(log_head)}</{XMP_HEAD}>"
        head = f'<rdf:Description rdf:about="" xmlns:{_PREFIX}="{XMP_NAMESPACE}">{said}</rdf:Description>'
    more = "\n".join((_PDF_UA, head, _SCHEMAS.format(schemas=schemas))).encode()

    def finish(_document: Any, pdf: pydyf.PDF) -> None:
        number = int(pdf.catalog["Metadata"].split()[0])
        metadata = pdf.objects[number]
        [packet] = metadata.stream
        metadata.stream = [packet.replace(_END, more + _END)]
        # So that programs that do not unpack streams read it too.
        metadata.compress = False
        if "AF" in pdf.catalog:
            # WeasyPrint names an attachment twice.
            pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))

    return finish
