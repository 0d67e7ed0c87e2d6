"""What the server of the web page logs → the lines of the office's own log, in Vietnamese where somebody can do something.

Gunicorn writes English lines of its own to the window of ``vanthu run``; here they go the way of all our lines.
"""

from __future__ import annotations

import logging
import re

from gunicorn.config import Config
from gunicorn.glogging import Logger

from pipeline.errors.base import ON_SCREEN

#: How a line of the server begins → what is said instead; of an empty one another line has said it already.
_WORDS = (
    (
        re.compile(r"Connection in use: \('?(?P<host>[^',]*)'?, (?P<port>\d+)"),
        "Trang web: cổng {port} của máy đang có chương trình khác dùng; đang thử lại. Hãy dừng nó, hoặc chọn cổng khác: --port hay [web] cong trong vanthu.toml.",
    ),
    (
        re.compile(r"Invalid address: \('?(?P<host>[^',]*)'?, "),
        "Trang web: máy này không có địa chỉ {host}. Hãy xem lại --host hoặc [web] dia_chi trong vanthu.toml.",
    ),
    (re.compile(r"connection to .* failed|Can't connect to|Shutting down|Reason:"), ""),
    (
        re.compile(r"WORKER TIMEOUT"),
        "Trang web: một tiến trình không trả lời nữa, được thay bằng tiến trình mới; ai đang chờ trang thì tải lại.",
    ),
    (
        re.compile(r"Worker \(pid:\d+\) was sent SIGKILL"),
        "Trang web: một tiến trình bị máy ngắt (có thể hết bộ nhớ), được thay bằng tiến trình mới.",
    ),
    (
        re.compile(r"Worker \(pid:\d+\) exited with code [34]\b"),
        "Trang web: tiến trình không khởi động được; lý do ở dòng trên.",
    ),
    (
        re.compile(r"Worker \(pid:\d+\) (exited|was sent)"),
        "Trang web: một tiến trình dừng bất thường, được thay bằng tiến trình mới.",
    ),
)


class ServerLog(Logger):
    """Gunicorn's log, without handlers of its own: what it says goes to ours."""

    def setup(self, cfg: Config) -> None:
        """Take the level from *cfg*, and hand the lines on."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
        if not any(isinstance(one, _InWords) for one in self.error_log.filters):
            self.error_log.addFilter(_InWords())


class _InWords(logging.Filter):
    """Gives a line its Vietnamese words, and keeps back what another line has said."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is logged at all."""
        told = record.getMessage()
        for begin, words in _WORDS:
            if found := begin.match(told):
                setattr(record, ON_SCREEN, words.format_map(found.groupdict()))
                return bool(words)
        return True
