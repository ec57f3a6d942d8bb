"""`field__any=values`: as `field__in`, for thousands of values."""

from typing import Any

from django.db.models import CharField, Field, UUIDField
from django.db.models.lookups import In


@CharField.register_lookup
@UUIDField.register_lookup
class AnyOf(In):
    """PostgreSQL gets one array: a list of thousands takes Django and the server longer to read than to look up."""

    lookup_name = "any"

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[object]]:
        lhs, params = self.process_lhs(compiler, connection)
        assert isinstance(self.lhs.output_field, Field)  # noqa: S101  the two above
        return f"{lhs} = ANY(%s)", [*params, list(self.rhs)]
