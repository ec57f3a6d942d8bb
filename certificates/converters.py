from badgecert.core import codes


class CodeConverter:
    """A code in its canonical spelling; any other spelling is led to this one."""

    regex = f"[{codes.ALPHABET}]{{{codes.LENGTH}}}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
