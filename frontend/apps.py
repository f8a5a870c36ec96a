from django.apps import AppConfig


class FrontendConfig(AppConfig):
    """Serves the tablet's program: one page, its worker, and the way there."""

    name = "frontend"
