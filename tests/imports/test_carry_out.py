"""Files in the background: imported once, whoever works them, and left whole whatever goes wrong."""

from datetime import timedelta
from pathlib import Path
from unittest import mock
from uuid import uuid4

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from makegood.audit.models import AuditEntry
from makegood.customers.models import Customer
from makegood.imports import carry_out as module
from makegood.imports.carry_out import carry_out
from makegood.imports.file_imports import (
    KEPT_FOR,
    bring_file,
    choose_map,
    discard,
    save_map,
    start_check,
    start_import,
)
from makegood.imports.heartbeat import Heartbeat
from makegood.imports.models import FileImport, FileImportPart, SavedMap
from makegood.imports.selectors import iterate_parts, write_content
from makegood.imports.tasks import wake_imports_without_worker
from makegood.kit.clock import frozen_clock, now
from makegood.kit.refusal import Refused
from makegood.providers.models import Membership
from tests.imports.files_to_import import DOCUMENT, ask_for_import, bring_rows, reload
from tests.support import records
from tests.support.answers import Verified
from tests.support.processes import await_that
from tests.support.together import at_once


@pytest.fixture
def clerk(db: None) -> Membership:
    return records.add_person(records.add_provider())


@pytest.fixture
def real_clerk(committed_db: dict[str, str]) -> Membership:
    return records.add_person(records.add_provider())


def count_imports() -> int:
    return AuditEntry.objects.filter(action="customers.imported").count()


def test_two_workers_at_the_same_moment_import_once(real_clerk: Membership, assert_verified: Verified) -> None:
    file_import = ask_for_import(real_clerk, bring_rows(real_clerk))
    taken = at_once(*[lambda: carry_out(file_import.pk)] * 3)
    assert sorted(map(bool, taken)) == [False, False, True]
    assert (Customer.objects.count(), count_imports()) == (2, 1)
    assert_verified()


def test_the_same_form_many_times_at_once_starts_one_import(real_clerk: Membership) -> None:
    file_import = bring_rows(real_clerk)
    at_once(*[lambda: start_check(membership=real_clerk, file_import=file_import)] * 5)
    carry_out(file_import.pk)
    at_once(*[lambda: start_import(membership=real_clerk, file_import=file_import, skip_bad=False)] * 5)
    assert ProcrastinateJob.objects.filter(task_name="imports.carry_out").count() == 2
    carry_out(file_import.pk)
    assert count_imports() == 1


def test_who_has_lost_the_claim_commits_nothing(real_clerk: Membership) -> None:
    file_import = ask_for_import(real_clerk, bring_rows(real_clerk))

    def lose(taken: FileImport, path: Path) -> None:
        write_content(taken, path)
        FileImport.objects.filter(pk=file_import.pk).update(claim_token=uuid4())

    with mock.patch.object(module, "write_content", side_effect=lose):
        carry_out(file_import.pk)
    assert reload(file_import).state == "importing"
    assert (Customer.objects.count(), count_imports()) == (0, 0)
    assert FileImportPart.objects.filter(file_import=file_import).exists()


@pytest.mark.django_db
def test_a_worker_that_is_told_to_end_leaves_the_file_to_the_next(clerk: Membership) -> None:
    file_import = ask_for_import(clerk, bring_rows(clerk))
    carry_out(file_import.pk, should_let_go=lambda: True)
    assert (reload(file_import).claim_token, Customer.objects.count()) == (None, 0)
    carry_out(file_import.pk)
    assert (reload(file_import).state, Customer.objects.count()) == ("finished", 2)


@pytest.mark.django_db
def test_a_file_that_nobody_works_is_woken(clerk: Membership) -> None:
    file_import = ask_for_import(clerk, bring_rows(clerk))
    FileImport.objects.filter(pk=file_import.pk).update(claim_token=uuid4(), claimed_until=now() + timedelta(minutes=1))
    jobs = ProcrastinateJob.objects.filter(task_name="imports.carry_out")
    before = jobs.count()
    wake_imports_without_worker(0)
    assert jobs.count() == before
    assert not carry_out(file_import.pk)
    with frozen_clock(now() + timedelta(minutes=2)):
        wake_imports_without_worker(0)
        assert jobs.count() == before + 1
        assert carry_out(file_import.pk)
    assert count_imports() == 1


@pytest.mark.django_db
def test_an_error_in_the_program_is_told_and_nothing_is_written(clerk: Membership) -> None:
    file_import = ask_for_import(clerk, bring_rows(clerk))
    with mock.patch.object(module, "import_file", side_effect=ZeroDivisionError):
        carry_out(file_import.pk)
    assert reload(file_import).state == "draft"
    assert "An error in the program stopped it (ZeroDivisionError)" in reload(file_import).problem
    assert records.messages(clerk)[-1].level == "error"
    assert Customer.objects.count() == 0


@pytest.mark.django_db
def test_a_forgotten_file_is_thrown_away_after_a_week(clerk: Membership) -> None:
    file_import = bring_rows(clerk)
    wake_imports_without_worker(0)
    assert reload(file_import).state == "draft"
    with frozen_clock(now() + KEPT_FOR + timedelta(hours=1)):
        wake_imports_without_worker(0)
    assert reload(file_import).state == "discarded"
    assert not FileImportPart.objects.exists()


def test_signs_of_life_are_seen_from_outside(real_clerk: Membership, settings: Settings) -> None:
    settings.MAKEGOOD_LEASE_SECONDS = 0.2
    file_import = bring_rows(real_clerk)
    token = uuid4()
    FileImport.objects.filter(pk=file_import.pk).update(state="checking", claim_token=token)
    with Heartbeat(file_import.pk, token, module.end_of_claim) as heartbeat:
        heartbeat.tell_step("Reading the rows")
        heartbeat.tell_rows(4000)
        await_that(lambda: reload(file_import).progress_rows == 4000, "the progress is told")
        assert reload(file_import).step == "Reading the rows"
        assert reload(file_import).claimed_until is not None


@pytest.mark.django_db
@pytest.mark.parametrize("act", [start_check, discard])
def test_a_file_at_work_is_left_alone(clerk: Membership, act: object) -> None:
    file_import = ask_for_import(clerk, bring_rows(clerk))
    with pytest.raises(Refused, match="is being worked on"):
        act(membership=clerk, file_import=file_import)  # type: ignore[operator]  # either of the two
    with pytest.raises(Refused, match="is being worked on"):
        choose_map(membership=clerk, file_import=file_import, document=DOCUMENT)


@pytest.mark.django_db
def test_another_map_has_to_be_checked_again(clerk: Membership) -> None:
    file_import = bring_rows(clerk)
    start_check(membership=clerk, file_import=file_import)
    carry_out(file_import.pk)
    choose_map(membership=clerk, file_import=file_import, document=DOCUMENT)
    with pytest.raises(Refused, match="has to be checked first"):
        start_import(membership=clerk, file_import=file_import, skip_bad=False)


@pytest.mark.django_db
def test_who_may_not_edit_customers_may_not_import_by_any_way(clerk: Membership) -> None:
    file_import = bring_rows(clerk)
    viewer = records.add_person(clerk.provider, "viewer")
    with pytest.raises(Refused, match="may not import customers"):
        bring_file(membership=viewer, file_name="a.csv", content=[b"A,B"], holds="customers")
    with pytest.raises(Refused, match="may not import customers"):
        start_check(membership=viewer, file_import=file_import)
    with pytest.raises(Refused, match="may not import customers"):
        save_map(membership=viewer, name="Mine", document=DOCUMENT)
    assert not SavedMap.objects.exists()


@pytest.mark.django_db
def test_a_file_in_pieces_of_any_size_is_kept_as_it_is(clerk: Membership) -> None:
    rows = [f"A-{n},Al" for n in range(300_000)]
    content = ("Number,Name\n" + "\n".join(rows) + "\n").encode()
    file_import = bring_file(
        membership=clerk, file_name="x.csv", content=iterate_parts(iter([content]), 70_000), holds="customers"
    )
    parts = file_import.parts.order_by("number").values_list("content", flat=True)
    assert b"".join(bytes(part) for part in parts) == content
    assert (file_import.size_bytes, len(parts)) == (len(content), 4)
