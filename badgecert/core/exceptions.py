class RefusedError(Exception):
    """An action will not do what was asked. Its text is a translated sentence fit for the page, with a way on."""
