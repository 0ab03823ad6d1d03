"""Fixtures of the web tests."""

import io
import logging
from collections.abc import Iterator

import pytest
import structlog

from app.settings import Settings
from app.web.logs import configure_logs


@pytest.fixture
def log_settings_kept() -> Iterator[None]:
    """Puts logging back to how the test runner had it."""
    loggers = [logging.getLogger(name) for name in (None, "app", "httpx2", "uvicorn.error")]
    handlers, levels = list(loggers[0].handlers), [logger.level for logger in loggers]
    yield
    loggers[0].handlers[:] = handlers
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def log(log_settings_kept: None) -> io.StringIO:
    """What is logged meanwhile, one JSON object a line."""
    stream = io.StringIO()
    configure_logs(Settings.model_validate({"log_format": "json"}), stream)
    return stream
