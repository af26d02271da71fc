"""The door of pypdf: the text of a PDF, page by page."""

from io import BytesIO

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from genaiops.errors import InputError


def pdf_text(data: bytes, shown: str) -> str:
    """The text of all pages, parted by an empty line; offsets of passages count in this text.

    Raises:
        InputError: it is no PDF, asks for a password, or holds pictures of text only.
    """
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise InputError(f"{shown}: the PDF asks for a password; save it without one")
        pages = [page.extract_text().strip() for page in reader.pages]
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(f"{shown}: the PDF cannot be read: {error}") from error
    text = "\n\n".join(page for page in pages if page)
    if not text:
        raise InputError(f"{shown}: the PDF holds no text; if it is a scan, run OCR on it first")
    return text
