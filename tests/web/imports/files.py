"""Files that are brought to the import page, and what is done with them there."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from makegood.imports.carry_out import carry_out
from makegood.imports.models import FileImport
from tests.web.reading import Answer

CUSTOMERS = """Customer no.,Name,E-mail,City,Status
N-1,Ann Archer,ann@new.example,Springfield,Active
N-9,Nina New,nina@example.org,Shelbyville,Active
N-8,Bad Bo,no address,Springfield,Gone
"""
COLUMNS = {
    "customer.number": "column:Customer no.",
    "customer.name": "column:Name",
    "customer.email": "column:E-mail",
    "customer.city": "column:City",
}
ORDERS = """Customer no.;Order no.;Service;Monthly price;From;Area
N-3;N-3-1;Fiber;49,90;01.02.2026;Springfield
X-1;X-1-1;Fiber;49,90;01.02.2026;Springfield
"""


def bring(
    client: Client, content: str | bytes = CUSTOMERS, *, holds: str = "customers", name: str = "new.csv", **more: object
) -> Answer:
    """The answer to an upload."""
    sent = content.encode() if isinstance(content, str) else content
    given = {"file": SimpleUploadedFile(name, sent, "text/csv"), "holds": holds} | more
    return client.post("/imports/new", given, follow=True)


def newest() -> FileImport:
    """The file that was brought last."""
    return FileImport.objects.latest("id")


def check(client: Client, **typed: str) -> FileImport:
    """The newest file, checked with the customers' columns or as typed."""
    pk = newest().pk
    given = {"delimiter": ",", "encoding": "utf-8", "dates": "yyyy-mm-dd", "decimal": ".", "action": "check"}
    client.post(f"/imports/{pk}/map", given | (typed or COLUMNS))
    carry_out(pk)
    return newest()
