class UnsafeDocumentError(ValueError):
    """A document that must not reach JSON-LD: it could run for ever, fetch, or leave terms unsigned. Says why."""


class UnknownContextError(UnsafeDocumentError):
    """Its words are defined in a context that is not in the package. It may well be good; nobody can tell here."""


class ProofError(ValueError):
    """A proof that does not hold, or that cannot be checked; the sentence says which and why."""


class UnreadableError(ValueError):
    """What somebody brought is damaged, too large or ambiguous; the sentence says what to do."""


class NoCredentialError(UnreadableError):
    """It is whole, and there is no badge in it."""


class UnavailableError(Exception):
    """Something that a check needs cannot be had now or here; the sentence says what and why."""
