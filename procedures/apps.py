from django.apps import AppConfig


class ProceduresConfig(AppConfig):
    """The domain: protocols, wards, the journal and its records."""

    name = "procedures"
    verbose_name = "Bedside"

    def ready(self) -> None:
        from . import checks  # noqa: F401  (registers the system checks)
