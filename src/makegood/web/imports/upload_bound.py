"""Keeps an upload from filling the disk: what is beyond the largest file is not written, and the page says so."""

from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from makegood.imports.file_imports import LARGEST_FILE_BYTES


class BoundedUpload(FileUploadHandler):
    """Stands before the handlers that keep a file. Reads what is sent to its end, so that the answer is seen."""

    chunk_size = 64 * 2**10

    def __init__(self, request: object = None) -> None:
        super().__init__(request)  # type: ignore[arg-type]  # Django itself gives the request later
        self._received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Passes the piece on, until there are too many."""
        self._received += len(raw_data)
        if self._received > LARGEST_FILE_BYTES:
            if self.request is not None:
                self.request.upload_too_large = True  # type: ignore[attr-defined]  # for the page
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The file is another handler's."""
