"""A pytest plugin that gives the tests an environment of their own, whatever that of the machine says.

Without it they would read the developer's root keys, count in his cache, and run on the database that his
DATABASE_URL names. Like tests/postgres.py it must be a `-p` plugin (pyproject.toml names it), since
pytest-django reads the settings before any conftest.py; so start the tests as `python -m pytest`.
"""

import os
import shutil
import tempfile
from collections.abc import Generator

import pytest

OURS = ("BEDSIDE_", "CELERY_", "DATABASE_")
# Two, so that whatever picks a key by its number is seen to do so.
ROOT_KEYS = "1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8,2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    for name in [name for name in os.environ if name.startswith(OURS)]:
        del os.environ[name]
    folder = tempfile.mkdtemp(prefix="bedside-tests-")
    early_config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    # Debug lets the test client speak plain HTTP; Django's own DEBUG is off in tests all the same.
    os.mkdir(os.path.join(folder, "static"))  # whitenoise warns where nothing was collected
    os.environ |= {"BEDSIDE_DEBUG": "1", "BEDSIDE_VAR_DIR": folder, "BEDSIDE_ROOT_KEYS": ROOT_KEYS}
    return (yield)
