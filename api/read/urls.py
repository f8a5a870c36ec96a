from django.urls import path

from .cases import Cases, OneCase
from .consents import Consents
from .description import Description
from .exports import ExportFile, Exports, OneExport
from .health import OneHealth
from .protocols import OneProtocol, OneRelease, Protocols, Releases

urlpatterns = [
    path("protocols", Protocols.as_view()),
    path("protocols/<str:protocol>", OneProtocol.as_view()),
    path("protocols/<str:protocol>/releases", Releases.as_view()),
    path("protocols/<str:protocol>/releases/<str:digest>", OneRelease.as_view()),
    path("cases", Cases.as_view()),
    path("cases/<uuid:case>", OneCase.as_view()),
    path("consents", Consents.as_view()),
    path("exports", Exports.as_view()),
    path("exports/<uuid:export>", OneExport.as_view()),
    path("exports/<uuid:export>/file", ExportFile.as_view()),
    path("health", OneHealth.as_view()),
    path("schema", Description.as_view()),
]
