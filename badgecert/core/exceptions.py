from django.template import TemplateSyntaxError


class RefusedError(Exception):
    """An action will not do what was asked. Its text is a translated sentence fit for the page, with a way on."""


class ComponentError(TemplateSyntaxError):
    """A component of a page was asked for something it does not have."""
