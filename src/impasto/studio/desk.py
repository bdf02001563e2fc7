"""The desk: all parts of one studio put together, for the web process and for a worker alike."""

import logging
from functools import cached_property

from sqlalchemy import select

from impasto.studio.config import Config
from impasto.studio.database import Database
from impasto.studio.jobs import Jobs
from impasto.studio.limits import Limits
from impasto.studio.models import PaintingRow, PictureRow
from impasto.studio.pictures import Pictures
from impasto.studio.queue import Queue
from impasto.studio.storage import Storage
from impasto.studio.styles import Styles

LOG = logging.getLogger("impasto.studio")


class Desk:
    """What belongs to one studio. Raises InputError where its set-up leads nowhere."""

    def __init__(self, config: Config, limits: Limits | None = None) -> None:
        self.config, self.limits = config, limits or Limits()
        config.make_folder()
        self.database = Database(config.database_url)
        self.storage = Storage(config.storage_url)
        self.pictures = Pictures(self.database, self.storage, config.quota)
        self.jobs = Jobs(self.database, self.limits, config.lease)

    @cached_property
    def styles(self) -> Styles:
        """The styles by name."""
        return Styles(self.database, self.pictures)

    @cached_property
    def queue(self) -> Queue:
        """The queue, opened at its first use."""
        return Queue(self.config)

    def submit(self, identity: str) -> None:
        """Sends a queued job to the workers. One that could not be sent is sent by the next sweep."""
        try:
            self.queue.send(identity)
        except Exception:  # each queue has a family of errors of its own
            LOG.warning("the queue does not answer; the job is sent again later", exc_info=True)
            return
        self.jobs.mark_sent([identity])

    def forget(self, identity: str) -> None:
        """Deletes a painting with its files. Raises NotFound."""
        row = self.jobs.remove(identity)
        self.storage.remove(row.picture_key, row.thumbnail_key, row.preview_key, row.checkpoint_key)

    def named_keys(self) -> set[str]:
        """Keys of all files that a row names."""
        with self.database.read() as session:
            columns = (PaintingRow.picture_key, PaintingRow.thumbnail_key, PaintingRow.preview_key, PaintingRow.checkpoint_key)
            rows = [*session.execute(select(*columns)), *session.execute(select(PictureRow.key, PictureRow.thumbnail_key))]
        return {key for row in rows for key in row if key}

    def close(self) -> None:
        """Closes the connections."""
        self.database.close()
