"""What Celery runs: each task one line into the module that does the work."""

import logging
import uuid

from celery import shared_task
from kombu.exceptions import OperationalError

from . import records, verification
from .exports import jobs

logger = logging.getLogger(__name__)


@shared_task
def verify_journal() -> None:
    """Check every log, signature and certificate; the result stands in JournalCheck."""
    verification.run()


@shared_task
def catch_up_records() -> None:
    """Fold the records that time has made something else of, so that whoever reads them need not wait for it."""
    records.catch_up()


@shared_task
def build_export(job_id: str) -> None:
    """Build the file of a waiting ExportJob."""
    jobs.build(uuid.UUID(job_id))


@shared_task
def sweep_exports() -> None:
    """Send exports again whose worker died; remove old files."""
    for job_id in jobs.sweep():
        send_export(job_id)


def send_export(job_id: uuid.UUID) -> None:
    """Tell a worker of a waiting job. Where the broker is not to be reached, the job waits for the next sweep."""
    try:
        build_export.delay(str(job_id))
    except OperationalError:
        logger.warning("export %s waits: the broker is not to be reached", job_id)
