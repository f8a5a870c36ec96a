from django.db import transaction
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import Answer


class AnswerIn(serializers.Serializer[Answer]):
    """One answer of the request. The uniqueness is left to the database, so that no query is made for each."""

    enrolment = serializers.UUIDField()
    seq = serializers.IntegerField(min_value=1)
    digest = serializers.CharField(max_length=64)
    sealed = serializers.CharField()


class Answers(APIView):
    """POST a batch of answers: validated, stored in one transaction with one statement, counted back."""

    def post(self, request: Request) -> Response:
        batch: dict[str, object] = dict(request.data)
        answers = AnswerIn(data=batch["entries"], many=True)
        answers.is_valid(raise_exception=True)
        with transaction.atomic():
            stored = Answer._default_manager.bulk_create(Answer(**answer) for answer in answers.validated_data)
        return Response({"stored": len(stored)})
