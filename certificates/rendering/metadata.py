"""The XMP metadata of a PDF that is PDF/A-3a and PDF/UA-1 at once, of which WeasyPrint writes one."""

from typing import Any

import pydyf

_END = b"</rdf:RDF>"
# PDF/A allows only namespaces that it knows or that the file describes.
_PDF_UA = b"""
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
  xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Indicates which part of ISO 14289 the file follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""


def complete_metadata(document: Any, pdf: pydyf.PDF) -> None:
    """WeasyPrint's `finisher`: puts the mark of PDF/UA and its description into the one RDF element of the file."""
    number = int(pdf.catalog["Metadata"].split()[0])
    metadata = pdf.objects[number]
    [packet] = metadata.stream
    metadata.stream = [packet.replace(_END, _PDF_UA + _END)]
    # So that programs that do not unpack streams read it too.
    metadata.compress = False
    if "AF" in pdf.catalog:
        # WeasyPrint names an attachment twice.
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
