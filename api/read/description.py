"""The description of the API, in OpenAPI 3.1: for programs, and no page of anybody's."""

from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny


class Description(SpectacularAPIView):
    """As YAML, or as JSON where that is asked for (`Accept: application/vnd.oai.openapi+json`). Needs no token."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    renderer_classes = [OpenApiYamlRenderer, OpenApiJsonRenderer]
