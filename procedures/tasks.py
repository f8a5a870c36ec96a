"""What Celery runs: each task one line into the module that does the work."""

from celery import shared_task

from . import verification


@shared_task
def verify_journal() -> None:
    """Check every log, signature and certificate; the result stands in JournalCheck."""
    verification.run()
