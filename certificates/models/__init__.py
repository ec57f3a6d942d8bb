from certificates.models.documents import Document

__all__ = ["Document"]
