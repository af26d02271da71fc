from io import BytesIO

import pytest

from genaiops.errors import InputError

pypdf = pytest.importorskip("pypdf", reason="the extra 'pdf' is not installed")


def pdf(*lines: str) -> bytes:
    """A PDF by hand: a page for each line, in a font that every reader has."""
    pages = "".join(f"{4 + 2 * i} 0 R " for i in range(len(lines)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{pages}] /Count {len(lines)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for i, line in enumerate(lines):
        drawn = f"BT /F1 12 Tf 72 700 Td ({line}) Tj ET"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * i} 0 R "
            f"/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
    body = BytesIO(b"%PDF-1.4\n")
    body.seek(0, 2)
    places: list[int] = []
    for number, content in enumerate(objects, start=1):
        places.append(body.tell())
        body.write(f"{number} 0 obj\n{content}\nendobj\n".encode())
    start = body.tell()
    entries = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    body.write(f"xref\n0 {size}\n0000000000 65535 f \n{entries}".encode())
    body.write(f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode())
    return body.getvalue()


def pdf_text(data: bytes) -> str:
    from genaiops.index.pdf import pdf_text as read  # noqa: PLC0415  needs the extra

    return read(data, "docs/a.pdf")


def test_the_pages_of_a_pdf_are_parted_by_an_empty_line() -> None:
    assert pdf_text(pdf("Credit of GBP 30.", "Second page.")) == "Credit of GBP 30.\n\nSecond page."


def test_a_pdf_without_text_is_refused() -> None:
    with pytest.raises(InputError, match="holds no text; if it is a scan"):
        pdf_text(pdf(""))


def test_what_is_no_pdf_is_refused() -> None:
    with pytest.raises(InputError, match=r"docs/a.pdf: the PDF cannot be read"):
        pdf_text(b"<html>not a PDF</html>")


def test_a_pdf_with_a_password_is_refused() -> None:
    writer = pypdf.PdfWriter(clone_from=BytesIO(pdf("secret")))
    writer.encrypt("password", algorithm="RC4-128")
    locked = BytesIO()
    writer.write(locked)
    with pytest.raises(InputError, match="asks for a password"):
        pdf_text(locked.getvalue())
