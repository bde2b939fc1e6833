"""The import page from the file to the result."""

import pytest
from django.test import Client

from makegood.audit.models import AuditEntry
from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.imports.carry_out import carry_out
from makegood.imports.models import FileImport, FileImportPart, SavedMap
from makegood.orders.selectors import get_order
from makegood.providers.models import Membership, Provider
from makegood.providers.services import change_membership
from tests.support import records
from tests.support.answers import Verified
from tests.web.imports.files import COLUMNS, CUSTOMERS, ORDERS, bring, check, newest
from tests.web.reading import source_of, words_of


def test_a_file_is_brought_mapped_checked_and_imported(
    carl: Client, clerk: Membership, north: Provider, assert_verified: Verified
) -> None:
    page = bring(carl)
    words = words_of(page)
    assert "The first rows, as they would be read" in words
    assert 'value="column:Customer no." selected' in source_of(page)
    assert "Customer: E-mail ann@new.example nina@example.org" in words
    checked = check(carl)
    assert checked.state == "checked"
    assert not Customer.objects.filter(number="N-9").exists()
    page = carl.get(f"/imports/{checked.pk}")
    words = words_of(page)
    assert "Rows 3 Bad rows 1 Customers to add 1 1 to change, 0 unchanged" in words
    assert "Line 4 E-mail no address email is not an e-mail address" in words
    answer = carl.post(f"/imports/{checked.pk}/start", {"skip_bad": "yes"}, follow=True)
    assert "The file is being imported" in words_of(answer)
    carry_out(checked.pk)
    words = words_of(carl.get(f"/imports/{checked.pk}"))
    assert "Customers added 1 1 changed, 0 unchanged" in words
    assert get_customer(north, "N-1").email == "ann@new.example"
    assert get_customer(north, "N-9").name == "Nina New"
    message = records.messages(clerk)[-1]
    assert (message.title, message.level) == ("new.csv is imported", "warning")
    assert (message.subject_type, message.subject_id) == ("import", checked.pk)
    assert AuditEntry.objects.get(action="customers.imported").staff_id == clerk.staff_id
    assert not FileImportPart.objects.exists()
    assert_verified()


def test_bad_rows_are_a_file_with_their_reasons(carl: Client) -> None:
    bring(carl, CUSTOMERS.replace("no address", "=cmd()"))
    checked = check(carl)
    source = source_of(carl.get(f"/imports/{checked.pk}/bad.csv"))
    assert "Line,Column,Value,Reason" in source
    assert "4,E-mail,'=cmd(),email is not an e-mail address" in source


def test_bad_rows_are_left_out_only_when_said(carl: Client) -> None:
    bring(carl)
    checked = check(carl)
    answer = carl.post(f"/imports/{checked.pk}/start", follow=True)
    assert "Rows are bad." in words_of(answer)
    assert newest().state == "checked"


def test_the_same_file_again_changes_nothing(carl: Client, north: Provider) -> None:
    good = "\n".join(CUSTOMERS.splitlines()[:3])
    for expected in ({"added": 1, "updated": 1, "unchanged": 0}, {"added": 0, "updated": 0, "unchanged": 2}):
        bring(carl, good)
        checked = check(carl)
        carl.post(f"/imports/{checked.pk}/start")
        carry_out(checked.pk)
        report = newest().report
        assert report is not None
        assert report["customers"] == expected


def test_starting_twice_imports_once(carl: Client) -> None:
    bring(carl, "\n".join(CUSTOMERS.splitlines()[:3]))
    checked = check(carl)
    for _ in range(3):
        carl.post(f"/imports/{checked.pk}/start")
    assert carry_out(checked.pk)
    assert not carry_out(checked.pk)
    carl.post(f"/imports/{checked.pk}/start")
    assert newest().state == "finished"
    assert AuditEntry.objects.filter(action="import.started").count() == 1
    assert AuditEntry.objects.filter(action="customers.imported").count() == 1


def test_orders_of_known_customers_come_alone(carl: Client, north: Provider, assert_verified: Verified) -> None:
    page = bring(carl, ORDERS.encode("cp1252"), holds="orders")
    source = source_of(page)
    assert 'value=";" selected' in source
    assert 'value="dd.mm.yyyy" selected' in source
    assert "$49.90" in source
    given = {"delimiter": ";", "encoding": "utf-8", "dates": "dd.mm.yyyy", "decimal": ","}
    columns = {"customer.number": "Customer no.", "order.number": "Order no.", "order.service": "Service"}
    columns |= {"order.price": "Monthly price", "order.from_date": "From", "order.area": "Area"}
    checked = check(carl, **given, **{name: f"column:{column}" for name, column in columns.items()})
    assert "customer X-1 is not known, and the file says no name" in words_of(carl.get(f"/imports/{checked.pk}"))
    carl.post(f"/imports/{checked.pk}/start", {"skip_bad": "yes"})
    carry_out(checked.pk)
    assert get_order(north, "N-3-1").price_minor == 4990
    assert get_customer(north, "N-3").name == "Cleo Cole"
    assert_verified()


def test_words_of_the_file_are_given_their_meaning(carl: Client, north: Provider) -> None:
    bring(carl, "No,Name,State\nA-1,Al,Live\nA-2,Bo,Dead\n")
    pk = newest().pk
    typed = {"customer.number": "column:No", "customer.name": "column:Name", "customer.status": "column:State"}
    page = carl.post(f"/imports/{pk}/map", typed | {"delimiter": ",", "encoding": "utf-8"})
    assert "“ Live ” means" in words_of(page)
    meaning = {"value:customer.status:Live": "active", "value:customer.status:Dead": "closed"}
    checked = check(carl, **typed, **meaning)
    carl.post(f"/imports/{checked.pk}/start")
    carry_out(checked.pk)
    assert get_customer(north, "A-2").status == "closed"


def test_a_map_is_kept_and_used_again(carl: Client) -> None:
    bring(carl)
    check(carl, **COLUMNS, save_as="Nightly <b>")
    saved = SavedMap.objects.get()
    assert saved.document["customer"]["number"] == {"column": "Customer no."}
    page = bring(carl, CUSTOMERS.replace("City", "Town"))
    assert "Nightly &lt;b&gt;" in source_of(page)
    page = carl.get(f"/imports/{newest().pk}/map", {"map": saved.pk})
    assert "The file does not have the column “City”" in words_of(page)
    check(carl, **COLUMNS, save_as="Nightly <b>")
    assert SavedMap.objects.count() == 1


def test_a_map_of_the_command_line_is_used_as_it_is(carl: Client, north: Provider) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    toml = b'[customer]\nnumber = { pattern = "P-{Customer no.}" }\nname = "Name"\n'
    page = bring(carl, map_file=SimpleUploadedFile("north.toml", toml))
    assert "This map says more than this form can show" in words_of(page)
    assert "P-N-9" in words_of(page)
    checked = check(carl, map="own")
    assert checked.report is not None
    assert checked.report["customers"]["added"] == 3
    page = bring(carl, map_file=SimpleUploadedFile("north.toml", b"[customer]\nnumber = 1"))
    assert page.status_code == 422
    assert "[customer]" in words_of(page)


def test_what_is_needed_is_asked_for(carl: Client) -> None:
    bring(carl, "A,B\n1,2\n")
    answer = carl.post(f"/imports/{newest().pk}/map", {"customer.number": "column:A", "action": "check"})
    assert answer.status_code == 422
    assert "Say which column holds: Name of the customer." in words_of(answer)
    assert newest().state == "draft"


def test_a_partial_answers_with_the_map_alone(carl: Client) -> None:
    bring(carl)
    partial = {"HX-Request": "true", "HX-Target": "map", "X-Makegood-Provider": "north"}
    answer = carl.post(f"/imports/{newest().pk}/map", COLUMNS, headers=partial)
    assert source_of(answer).lstrip().startswith('<div class="columns-main" id="map">')


def test_names_in_any_script_are_shown_as_text(carl: Client) -> None:
    bring(carl, "Number,Name\nA-1,<script>alert(1)</script>\nA-2,مرحبا\n", name="<b>ملف</b>.csv")
    source = source_of(carl.get(f"/imports/{newest().pk}/map"))
    assert "<script>alert" not in source
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in source
    assert "<b>ملف" not in source


def test_who_may_not_any_more_imports_nothing(carl: Client, clerk: Membership) -> None:
    bring(carl, "\n".join(CUSTOMERS.splitlines()[:3]))
    checked = check(carl)
    carl.post(f"/imports/{checked.pk}/start")
    change_membership(membership=clerk, role="viewer")
    carry_out(checked.pk)
    assert newest().state == "draft"
    assert "may not import customers" in newest().problem
    assert not Customer.objects.filter(number="N-9").exists()


def test_a_file_is_discarded_with_its_content(carl: Client) -> None:
    bring(carl)
    for _ in range(2):
        answer = carl.post(f"/imports/{newest().pk}/discard", follow=True)
        assert "The file was thrown away" in words_of(answer)
    assert not FileImportPart.objects.exists()
    assert carl.get(f"/imports/{newest().pk}/map").status_code == 302
    carl.post(f"/imports/{newest().pk}/start")
    assert newest().state == "discarded"


def test_the_list_tells_what_was_imported(carl: Client) -> None:
    assert "Nothing imported by page yet" in words_of(carl.get("/imports"))
    bring(carl)
    check(carl)
    words = words_of(carl.get("/imports"))
    assert "new.csv Checked Customers 3 1 carl@north.example" in words
    assert "new.csv" in source_of(carl.get("/imports.csv"))


@pytest.mark.parametrize("page", ["", "/map", "/progress", "/bad.csv"])
def test_files_of_others_do_not_exist(carl: Client, page: str) -> None:
    south = records.add_provider("south")
    other = FileImport.objects.create(
        provider=south,
        created_by=records.add_person(south, "admin").staff,
        created_at=south.created_at,
        file_name="secret.csv",
        size_bytes=1,
        holds="customers",
    )
    answer = carl.get(f"/imports/{other.pk}{page}")
    assert answer.status_code == 404
    assert "secret" not in words_of(answer)
    for action in ("check", "start", "discard"):
        assert carl.post(f"/imports/{other.pk}/{action}").status_code == 404


@pytest.mark.parametrize("path", ["/imports", "/imports/new", "/imports/count", "/imports.csv"])
def test_who_may_not_edit_customers_may_not_import(vera: Client, path: str) -> None:
    answer = vera.get(path)
    assert answer.status_code == 403
    assert "A person with role agent, billing, manager or admin can." in words_of(answer)
