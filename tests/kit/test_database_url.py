from pathlib import Path

import pytest
from django.db import connection

from makegood.kit.database_url import KEEPALIVES, django_database, local_url
from makegood.kit.refusal import Refused


def test_an_address_becomes_the_settings_that_django_wants() -> None:
    database = django_database("postgresql://ann:se%20cret@db.example:5433/bills?sslmode=require")
    assert database["NAME"] == "bills"
    assert (database["USER"], database["PASSWORD"]) == ("ann", "se cret")
    assert (database["HOST"], database["PORT"]) == ("db.example", "5433")
    assert database["OPTIONS"] == {"sslmode": "require", "connect_timeout": 10} | KEEPALIVES


def test_connections_work_as_the_role_beside_options_that_are_there() -> None:
    url = "postgresql://localhost/bills?options=-c%20statement_timeout%3D5000"
    database = django_database(url, role="makegood_app")
    assert database["OPTIONS"]["options"] == (
        "-c idle_in_transaction_session_timeout=120s -c jit=off -c statement_timeout=5000 -c role=makegood_app"
    )


def test_the_address_of_a_socket_survives_odd_folder_names() -> None:
    folder = Path("/srv/a folder & more/ü?x=1")
    database = django_database(local_url(folder, "makegood", "makegood"))
    assert database["HOST"] == str(folder)
    assert (database["NAME"], database["USER"]) == ("makegood", "makegood")


@pytest.mark.parametrize("url", ["mysql://localhost/bills", "bills", "postgresql://localhost"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(Refused) as refused:
        django_database(url)
    assert refused.value.code == "database_url_invalid"


@pytest.mark.django_db
@pytest.mark.sql
def test_statements_are_not_compiled_whatever_the_server_would_do() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)
