class UnsafeDocumentError(ValueError):
    """A document that must not reach JSON-LD: it could run for ever, fetch, or leave terms unsigned. Says why."""


class ProofError(ValueError):
    """A proof that does not hold, or that cannot be checked; the sentence says which and why."""
