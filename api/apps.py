from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The HTTP API: views and shapes only."""

    name = "api"
